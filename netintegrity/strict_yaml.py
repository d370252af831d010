"""YAML as this program reads it: every scalar a string, nothing twice, nothing hidden.

``no``, ``0123``, ``17:10`` and ``1e5`` are names and ports, and ``17.10`` is not ``17.1``: typing
happens afterwards, by whoever knows what a field means. Aliases, tags and duplicate keys are
faults. Every value knows its line, so that a fault can name it.

Source: YAML 1.1 as PyYAML composes it; https://yaml.org/spec/1.1/.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NoReturn

import yaml

from netintegrity.errors import ConfigError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 20

_PREFIX = "tag:yaml.org,2002:"
_PLAIN = frozenset({"str", "int", "float", "bool", "null", "timestamp", "merge", "value"})
"""Tags of scalars that a plain word comes to by its shape; any other was written by hand."""


class Text(str):
    """A scalar."""

    __slots__ = ("line",)
    line: int
    """1-based."""


class Seq(list["Value"]):
    """A sequence."""

    line: int


class Map(dict[str, "Value"]):
    """A mapping; its keys are scalars, each at its own line."""

    line: int
    key_lines: dict[str, int]


Value = Text | Seq | Map


def load(raw: bytes, *, name: str) -> Value | None:
    """Return the one document of ``raw``; None: there is nothing in it.

    Args:
        raw: UTF-8.
        name: of the file, for messages.

    Raises:
        ConfigError: it is not one plain YAML document; says where and what was expected.
    """
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"larger than {MAX_BYTES} bytes", where=name)
    try:
        text = raw.decode("utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        # `compose` resolves an alias to the node it names; only the events still show it.
        aliases = [e for e in yaml.parse(text, Loader=yaml.SafeLoader) if _is_alias(e)]
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 at byte {error.start}", where=name) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"not YAML: {error.problem}", where=f"{name}:{line}") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        # The last two: an escape such as "\\UFFFFFFFF", which PyYAML hands to chr() unchecked.
        problem = " ".join(str(error).split()) or "nested too deeply"
        raise ConfigError(f"not YAML: {problem}", where=name) from error
    for alias in aliases:
        line = alias.start_mark.line + 1 if alias.start_mark else 1
        _fail(name, line, "an alias (*name): write the value out")
    return None if node is None else _typed(node, name, 0)


def _is_alias(event: yaml.Event) -> bool:
    return isinstance(event, yaml.AliasEvent)


def _fail(name: str, line: int, what: str) -> NoReturn:
    raise ConfigError(what, where=f"{name}:{line}")


def _typed(node: yaml.Node, name: str, depth: int) -> Value:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        _fail(name, line, f"nested more than {MAX_DEPTH} deep")
    if isinstance(node, yaml.ScalarNode):
        if not node.tag.startswith(_PREFIX) or node.tag.removeprefix(_PREFIX) not in _PLAIN:
            _fail(name, line, f"the tag {node.tag!r}: plain values only")
        text = Text(node.value)
        text.line = line
        return text
    if node.tag not in {f"{_PREFIX}seq", f"{_PREFIX}map"}:
        _fail(name, line, f"the tag {node.tag!r}: plain values only")
    if isinstance(node, yaml.SequenceNode):
        items = Seq(_typed(n, name, depth + 1) for n in node.value)
        items.line = line
        return items
    mapping = Map()
    mapping.line, mapping.key_lines = line, {}
    for key_node, value_node in node.value:
        at = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            _fail(name, at, "a key that is not a plain word")
        key = key_node.value
        if key in mapping:
            _fail(name, at, f"{key!r} stands here twice (first on line {mapping.key_lines[key]})")
        mapping.key_lines[key] = at
        mapping[key] = _typed(value_node, name, depth + 1)
    return mapping


class Faults:
    """Collects the faults of one file, so that a person mends them in one pass."""

    def __init__(self, name: str, kind: Callable[..., ConfigError] = ConfigError) -> None:
        """Begin; ``kind`` is the class of the errors made."""
        self.name = name
        self._kind = kind
        self.errors: list[ConfigError] = []

    def add(self, line: int, path: str, message: str, *, hint: str = "") -> None:
        """Note a fault at ``path`` (``r7.port``), on a 1-based line."""
        where = f"{self.name}:{line}" + (f" {path}" if path else "")
        self.errors.append(self._kind(message, where=where, hint=hint))

    def mapping(self, value: Value | None, path: str) -> Map | None:
        """Return ``value`` if it is a mapping, else note a fault; None and empty are no fault."""
        if value is None or value == "":
            return None
        if isinstance(value, Map):
            return value
        self.add(value.line, path, f"expected a mapping, got {_shape(value)}")
        return None

    def sequence(self, value: Value | None, path: str) -> Iterator[Value]:
        """Yield the items of ``value``, or note that it is no list."""
        if value is None or value == "":
            return
        if isinstance(value, Seq):
            yield from value
        else:
            self.add(value.line, path, f"expected a list, got {_shape(value)}")

    def text(self, value: Value | None, path: str) -> Text | None:
        """Return ``value`` if it is a scalar, else note a fault; None is no fault."""
        if value is None or isinstance(value, Text):
            return value
        self.add(value.line, path, f"expected one word, got {_shape(value)}")
        return None

    def needed(self, mapping: Map, field: str, path: str, expected: str) -> Text:
        """Return the word of a field that has to be there; an empty one, and a fault, if not."""
        here = f"{path}.{field}" if path else field
        value = mapping.get(field)
        word = self.text(value, here)
        if word:
            return word
        nothing = Text("")
        nothing.line = mapping.line if value is None else value.line
        if value is None or value == "":
            self.add(nothing.line, here, f"missing; expected {expected}")
        return nothing

    def known(self, mapping: Map, allowed: Collection[str], path: str) -> None:
        """Note every key that is not ``allowed``."""
        for key, line in mapping.key_lines.items():
            if key not in allowed:
                here = f"{path}.{key}" if path else key
                self.add(line, here, f"not a known field; expected {', '.join(sorted(allowed))}")

    def raise_any(self, title: str) -> None:
        """Raise all faults as one group, if there is one.

        Raises:
            ExceptionGroup: of the ``kind`` given.
        """
        if self.errors:
            raise ExceptionGroup(title, self.errors)


def _shape(value: Value) -> str:
    if isinstance(value, Map):
        return "a mapping"
    return "a list" if isinstance(value, Seq) else repr(str(value))
