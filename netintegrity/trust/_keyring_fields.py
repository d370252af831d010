"""Reading the fields of a keyring: each fault with its file and line, and what was expected."""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final, NoReturn, TypeVar

from netintegrity.errors import KeyringError
from netintegrity.strict_yaml import Map, Seq, Text

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
WORD: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
TRAIN: Final = re.compile(r"[A-Za-z0-9._*?/+ -]{1,64}")

Word = TypeVar("Word", bound=StrEnum)


def fail(name: str, line: int, detail: str, *, hint: str = "", fingerprint: str = "") -> NoReturn:
    """Say at which line of the keyring something is wrong."""
    error = KeyringError(
        manifest_id=f"{name}:{line}", key_fingerprint=fingerprint or None, detail=detail
    )
    if hint:
        error.hint = hint
    raise error


class Fields:
    """The fields of one keyring file.

    Every method raises :class:`~netintegrity.errors.KeyringError` where a field is not as expected.
    """

    def __init__(self, name: str) -> None:
        """Take the name of the file, for messages."""
        self.name = name

    def only(self, entry: Map, known: Collection[str]) -> None:
        """Return unless there is a field that is not known."""
        for field, line in entry.key_lines.items():
            if field not in known:
                expected = ", ".join(sorted(known))
                fail(self.name, line, f"{field!r} is not a known field; expected {expected}")

    def text(self, entry: Map, field: str) -> str:
        """Return a value that is not empty."""
        value = entry.get(field)
        if value is None:
            self.missing(entry, field, "which every key needs")
        if not isinstance(value, Text) or not value.strip():
            self.wrong(entry, field, "expected one value that is not empty")
        return str(value)

    def matching(self, entry: Map, field: str, grammar: re.Pattern[str], expected: str) -> str:
        """Return a value of the form ``grammar``, which ``expected`` puts into words."""
        text = self.text(entry, field)
        if grammar.fullmatch(text) is None:
            self.wrong(entry, field, f"expected {expected}, got {text!r}")
        return text

    def word(self, entry: Map, field: str, words: type[Word]) -> Word:
        """Return a value that is one of ``words``."""
        text = self.text(entry, field)
        try:
            return words(text)
        except ValueError:
            self.wrong(entry, field, f"expected one of {', '.join(words)}, got {text!r}")

    def words(self, entry: Map, field: str, grammar: re.Pattern[str]) -> tuple[str, ...]:
        """Return a list of values of the form ``grammar``; absent: none."""
        listed = entry.get(field)
        if listed is None:
            return ()
        if not isinstance(listed, Seq) or not listed:
            self.wrong(entry, field, "expected a list of words, [like, this]")
        for item in listed:
            if not isinstance(item, Text) or grammar.fullmatch(item) is None:
                self.wrong(entry, field, f"{item!r} cannot stand here")
        return tuple(str(item) for item in listed)

    def missing(self, entry: Map, field: str, why: str) -> NoReturn:
        """Say that a field is not there."""
        fail(self.name, entry.line, f"{field!r} is missing: {why}")

    def wrong(
        self, entry: Map, field: str, detail: str, *, hint: str = "", fingerprint: str = ""
    ) -> NoReturn:
        """Say that a field is not as it should be."""
        line = entry.key_lines.get(field, entry.line)
        fail(self.name, line, f"{field}: {detail}", hint=hint, fingerprint=fingerprint)
