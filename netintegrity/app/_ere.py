"""A grammar of ours as other software reads one: POSIX extended regular expressions.

Command authorisation servers match with those. Ours look ahead and back, which they cannot: where a
grammar does, the expression admits somewhat more than we ever send, and never less.
"""

import re
from typing import Final

# As little as can be is written with a backslash: quoting it is what configuration files differ in.
_SPECIAL: Final = frozenset(".[]{}()*+?|^$\\")
_CLASSES: Final = {"d": "0-9", "w": "A-Za-z0-9_", "s": " "}
_GROUP: Final = re.compile(r"\(\?(?::|P<(?P<name>\w+)>)")
_BACK: Final = re.compile(r"\(\?P=(?P<name>\w+)\)")
_LOOK: Final = re.compile(r"\(\?(?:<?[=!])")


def literal(text: str) -> str:
    """Return an expression that matches ``text`` and nothing else."""
    return "".join(_character(char) for char in text)


def expression(pattern: re.Pattern[str]) -> str:
    """Return an expression that matches whatever ``pattern`` matches whole.

    Raises:
        ValueError: the pattern uses what this does not know.
    """
    if pattern.flags & (re.IGNORECASE | re.VERBOSE | re.MULTILINE | re.DOTALL):
        raise ValueError(f"{pattern.pattern!r}: a flag that has no place in a grammar")
    return _Reader(pattern.pattern).whole()


def _character(char: str) -> str:
    if char not in _SPECIAL:
        return char
    # A caret in brackets means "any but", and a backslash is read in many ways.
    return f"\\{char}" if char in "^\\[]" else f"[{char}]"


class _Reader:
    """Goes through one pattern."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._groups: dict[str, str] = {}

    def whole(self) -> str:
        out = self._alternatives()
        if self._at != len(self._text):
            raise ValueError(f"{self._text!r}: a bracket too many")
        return out

    def _alternatives(self) -> str:
        out = ""
        while self._at < len(self._text) and self._text[self._at] != ")":
            out += self._item()
        return out

    def _item(self) -> str:
        text, at = self._text, self._at
        char = text[at]
        if char == "(":
            return self._group()
        if char == "[":
            return self._bracket()
        if char == "\\":
            self._at += 2
            after = text[at + 1]
            if after in _CLASSES:
                return f"[{_CLASSES[after]}]"
            if after.isalnum():
                raise ValueError(f"{text!r}: \\{after} is not known")
            return _character(after)
        self._at += 1
        # What follows a quantifier only says how to search.
        if char in "*+?}" and self._text[self._at : self._at + 1] in {"?", "+"}:
            self._at += 1
        return char

    def _group(self) -> str:
        text = self._text
        if (back := _BACK.match(text, self._at)) is not None:
            self._at = back.end()
            return self._groups[back["name"]]
        look, head = _LOOK.match(text, self._at), _GROUP.match(text, self._at)
        self._at = (look or head).end() if look or head else self._at + 1  # type: ignore[union-attr]
        inner = self._alternatives()
        if text[self._at : self._at + 1] != ")":
            raise ValueError(f"{text!r}: a bracket too few")
        self._at += 1
        if look is not None:
            return ""
        if head is not None and head["name"]:
            self._groups[head["name"]] = f"({inner})"
        return f"({inner})"

    def _bracket(self) -> str:
        text = self._text
        negated = text.startswith("[^", self._at)
        self._at += 2 if negated else 1
        inner, hyphen, first = "", False, True
        while text[self._at] != "]" or first:
            first = False
            char = text[self._at]
            self._at += 1
            if char == "\\":
                char = text[self._at]
                self._at += 1
                inner += _CLASSES.get(char, "" if char == "-" else char)
                hyphen = hyphen or char == "-"
            elif char == "-" and (text[self._at] == "]" or not inner):
                hyphen = True
            else:
                inner += char
        self._at += 1
        # A closing bracket counts as itself only in front, a hyphen only at the end.
        front = "]" if "]" in inner else ""
        return f"[{'^' if negated else ''}{front}{inner.replace(']', '')}{'-' if hyphen else ''}]"
