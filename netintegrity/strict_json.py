"""JSON of which only one reading exists: no member twice, no NaN, not too deep.

Two readers of one signed document must not see two documents (RFC 8259 section 4 leaves duplicate
names open; RFC 7493 section 2 forbids them).
"""

import json
from typing import Final, NoReturn

MAX_DEPTH: Final = 24


class Path(str):
    """Where in a document a value is: ``$.images[3].digests``."""

    __slots__ = ()

    def member(self, name: str) -> "Path":
        """Return the path of a member."""
        return Path(f"{self}.{name}" if name.isidentifier() else f"{self}[{name!r}]")

    def item(self, index: int) -> "Path":
        """Return the path of an item."""
        return Path(f"{self}[{index}]")


ROOT: Final = Path("$")


def load(raw: bytes, *, fractions: bool = False) -> object:
    """Return the document: dicts, lists, strings, integers, booleans, None; fractions if asked for.

    Raises:
        ValueError: it is not such a document; says where.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    if text.startswith("\ufeff"):
        raise ValueError("begins with a byte order mark")
    try:
        document: object = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=float if fractions else _fraction,
        )
    except json.JSONDecodeError as error:
        raise ValueError(
            f"not JSON at line {error.lineno} column {error.colno}: {error.msg}"
        ) from error
    except RecursionError as error:
        raise ValueError(f"nested more than {MAX_DEPTH} deep") from error
    _refuse_depth(document)
    return document


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"the member {name!r} stands twice in one object")
        members[name] = value
    return members


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _fraction(text: str) -> NoReturn:
    raise ValueError(f"the number {text[:40]} is no integer")


def _refuse_depth(document: object) -> None:
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]


def members(value: object, at: Path) -> dict[str, object]:
    """Return ``value`` as an object.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{at}: expected an object, got {_shape(value)}")  # noqa: TRY004
    return value


def items(value: object, at: Path) -> list[object]:
    """Return ``value`` as an array.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, list):
        raise ValueError(f"{at}: expected an array, got {_shape(value)}")  # noqa: TRY004
    return value


def text(value: object, at: Path) -> str:
    """Return ``value`` as a string that is not empty.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or not value:
        raise ValueError(f"{at}: expected a string, got {_shape(value)}")
    return value


def texts(value: object, at: Path) -> tuple[str, ...]:
    """Return the strings of a list.

    Raises:
        ValueError: it is no list, or holds something else.
    """
    return tuple(text(t, at.item(n)) for n, t in enumerate(items(value, at)))


def integer(value: object, at: Path, *, minimum: int = 0) -> int:
    """Return ``value`` as an integer of at least ``minimum`` and at most 2**63 - 1.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value < 2**63:
        raise ValueError(f"{at}: expected an integer from {minimum} on, got {_shape(value)}")
    return value


def boolean(value: object, at: Path) -> bool:
    """Return ``value`` as a truth value.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, bool):
        raise ValueError(f"{at}: expected true or false, got {_shape(value)}")  # noqa: TRY004
    return value


def only(value: dict[str, object], known: frozenset[str], at: Path) -> None:
    """Refuse every member that is not ``known``.

    Raises:
        ValueError: there is one.
    """
    for name in value:
        if name not in known:
            expected = ", ".join(sorted(known))
            raise ValueError(f"{at.member(name)}: not a known field; expected {expected}")


def _shape(value: object) -> str:
    if value is None:
        return "null or nothing"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return repr(value)[:60]
