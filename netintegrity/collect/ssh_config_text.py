"""The lines of an ``ssh_config``, each with the conditions it stands under.

Source: ssh_config(5) of OpenSSH 9.2: Host, Match, Include, PATTERNS.
"""

import getpass
import glob
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NoReturn

from netintegrity.errors import ConfigError

_MOST_BYTES: Final = 1024 * 1024
_DEEPEST: Final = 16
# Host a b    Host=a    IdentityFile "~/my keys/id"
_LINE: Final = re.compile(r"([A-Za-z]+)(?:[ \t]*=[ \t]*|[ \t]+)(.+)")
_WORD: Final = re.compile(r'"([^"]*)"|([^\s"]+)')
_CRITERIA: Final = frozenset({"all", "host", "originalhost", "user", "localuser"})

Condition = Callable[["Asked"], bool]


@dataclass(frozen=True, slots=True)
class Directive:
    """One line that is no Host, Match or Include."""

    conditions: tuple[Condition, ...]
    """All have to hold."""
    keyword: str
    words: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A host, and what was obtained for it so far."""

    name: str
    values: Mapping[str, Directive]
    """By keyword in lower case."""

    @property
    def address(self) -> str:
        """What HostName made of the name so far."""
        stated = self.values.get("hostname")
        return stated.words[0].replace("%h", self.name) if stated else self.name


class Reader:
    """Reads one file and what it includes."""

    def __init__(self, home: Path) -> None:
        """Read for the user of this home."""
        self._home = home
        self.all_private = True
        """False: others can read one of the files."""

    def read(self, file: Path, outer: tuple[Condition, ...], depth: int) -> Iterator[Directive]:
        """Yield the directives of a file, each with the conditions it stands under.

        Raises:
            ConfigError: it cannot be read, others can write it, or a line cannot be followed.
        """
        if depth > _DEEPEST:
            raise ConfigError(f"more than {_DEEPEST} files deep", where=str(file))
        inner: tuple[Condition, ...] = ()
        for number, line in enumerate(self._text(file).split("\n"), 1):
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            keyword, words = _parsed(text, f"{file}:{number}")
            directive = Directive((*outer, *inner), keyword, words, str(file), number)
            if keyword == "host":
                inner = (_host_condition(words),)
            elif keyword == "match":
                inner = tuple(_match_conditions(words, f"{file}:{number}"))
            elif keyword == "include":
                for included in self._included(words):
                    yield from self.read(included, directive.conditions, depth + 1)
            else:
                yield directive

    def _text(self, file: Path) -> str:
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror}", where=str(file)) from error
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            raise ConfigError("expected a plain file", where=str(file))
        with os.fdopen(descriptor, "rb") as stream:
            if found.st_uid not in {0, os.geteuid()} or found.st_mode & 0o022:
                raise ConfigError(
                    "others can write it, and so choose where logins go",
                    where=str(file),
                    hint=f"chmod 600 {file}; it must be yours or root's",
                )
            self.all_private = self.all_private and not found.st_mode & 0o077
            raw = stream.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise ConfigError(f"larger than {_MOST_BYTES} bytes", where=str(file))
        return raw.decode("utf-8", "replace")

    def _included(self, words: Sequence[str]) -> Iterator[Path]:
        for word in words:
            pattern = str(self._home / word[2:]) if word.startswith("~/") else word
            if not Path(pattern).is_absolute():
                pattern = str(self._home / ".ssh" / pattern)
            # A pattern that matches nothing includes nothing, for OpenSSH too.
            yield from (Path(found) for found in sorted(glob.glob(pattern)))  # noqa: PTH207


def _parsed(text: str, where: str) -> tuple[str, tuple[str, ...]]:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ConfigError("expected a keyword and its value", where=where)
    keyword = found[1].lower()
    if keyword == "proxycommand":
        return keyword, (found[2],)
    words = []
    for word in _WORD.finditer(found[2]):
        if word[2] is not None and word[2].startswith("#"):
            break
        words.append(word[1] if word[2] is None else word[2])
    if not words:
        raise ConfigError(f"{keyword}: expected a value", where=where)
    return keyword, tuple(words)


def _host_condition(patterns: Sequence[str]) -> Condition:
    return lambda asked: _listed(patterns, asked.name)


def _match_conditions(words: Sequence[str], where: str) -> Iterator[Condition]:
    at = 0
    while at < len(words):
        negated, word = words[at].startswith("!"), words[at].removeprefix("!").lower()
        if word not in _CRITERIA:
            raise ConfigError(
                f"Match {word[:40]!r} is not followed: it cannot be told without running or asking "
                f"something; expected {', '.join(sorted(_CRITERIA))}",
                where=where,
            )
        patterns: tuple[str, ...] = ()
        if word != "all":
            if at + 1 >= len(words):
                raise ConfigError(f"Match {word}: expected patterns", where=where)
            at += 1
            patterns = tuple(words[at].split(","))
        at += 1
        yield _criterion(word, patterns, negated=negated)


def _criterion(word: str, patterns: tuple[str, ...], *, negated: bool) -> Condition:
    def holds(asked: Asked) -> bool:
        local = getpass.getuser()
        stated = asked.values.get("user")
        subject = {
            "all": "",
            "host": asked.address,
            "originalhost": asked.name,
            "user": stated.words[0] if stated else local,
            "localuser": local,
        }[word]
        return (word == "all" or _listed(patterns, subject)) is not negated

    return holds


def _listed(patterns: Sequence[str], name: str) -> bool:
    """Match as OpenSSH does: one negated pattern that matches rules the whole list out."""
    found = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        # Its patterns know `*` and `?` only, and tell upper case from lower.
        if fnmatchcase(name, pattern[negated:].replace("[", "[[]")):
            if negated:
                return False
            found = True
    return found


def refuse(directive: Directive, why: str) -> NoReturn:
    """Say that a line cannot be followed.

    Raises:
        ConfigError: with the line.
    """
    raise ConfigError(
        f"{directive.keyword} is not followed: {why}", where=f"{directive.file}:{directive.line}"
    )
