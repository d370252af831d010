"""Cuts secrets out of answers before they become evidence.

A marker is numbered by a counter of the session and by nothing else: equal secrets get different
numbers, so that a marker says nothing of what it stands for. Where a cut could spoil what is to be
judged (a secret shorter than eight characters, one inside a larger word such as a digest, one that
reads like a release) the answer is withheld whole: a gap, never an edit.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from netintegrity.collect.secret import SHORTEST_CUT, Secret
from netintegrity.platforms._spec import Redaction

_WORD: Final = re.compile(r"[0-9A-Za-z]")
# d41d8cd98f00b204e9800998ecf8427e: the shortest digest anything prints is an MD5 of 32 digits.
_DIGEST: Final = re.compile(r"[0-9A-Fa-f]{32,}")
# 17.09.04a   15.2(7)E3
_RELEASE: Final = re.compile(r"[0-9]{1,4}[.(][0-9]{1,4}[0-9A-Za-z.()]*")


@dataclass(frozen=True, slots=True)
class Redacted:
    """An answer that may be kept."""

    text: str
    whole: bool
    """False: it was withheld, and only a marker stands for it."""


class Redactor:
    """Redacts the answers of one session, counting its markers."""

    def __init__(self, secrets: Iterable[Secret], patterns: Sequence[Redaction]) -> None:
        """Begin with the secrets in use and the patterns the platform declares."""
        values = {secret.reveal() for secret in secrets}
        # The longest first: one secret may be the beginning of another.
        self._values = sorted(values, key=len, reverse=True)
        self._patterns = tuple(patterns)
        self._markers = 0

    def redact(self, text: str) -> Redacted:
        """Return ``text`` without any secret."""
        spans = [*self._literal(text), *self._declared(text)]
        if any(not _may_be_cut(text, start, end) for start, end in spans):
            return Redacted(self._marker(), whole=False)
        kept: list[str] = []
        at = 0
        for start, end in _joined(spans):
            kept += (text[at:start], self._marker())
            at = end
        return Redacted("".join((*kept, text[at:])), whole=True)

    def is_in(self, text: str) -> bool:
        """Say whether a secret in use stands in ``text``, whatever surrounds it."""
        return any(value in text for value in self._values)

    def _literal(self, text: str) -> Iterable[tuple[int, int]]:
        for value in self._values:
            at = text.find(value)
            while at >= 0:
                yield at, at + len(value)
                at = text.find(value, at + 1)

    def _declared(self, text: str) -> Iterable[tuple[int, int]]:
        for redaction in self._patterns:
            for match in redaction.pattern.finditer(text):
                if match.group("secret"):
                    yield match.span("secret")

    def _marker(self) -> str:
        self._markers += 1
        return f"<redacted-{self._markers}>"


def _may_be_cut(text: str, start: int, end: int) -> bool:
    found = text[start:end]
    if len(found) < SHORTEST_CUT or _DIGEST.search(found) or _RELEASE.fullmatch(found):
        return False
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    inside = (_WORD.match(before) and _WORD.match(found[0])) or (
        _WORD.match(after) and _WORD.match(found[-1])
    )
    return not inside


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
