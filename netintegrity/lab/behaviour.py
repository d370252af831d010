"""What a simulated device does beside answering well; each is a word of the scenario."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from netintegrity.lab.images import Image
from netintegrity.strict_yaml import Faults, Value

NOISES: Final = frozenset({"load", "dots", "syslog", "pager"})
HOST_KEYS: Final = frozenset({"pinned", "changed", "unknown"})
LOGINS: Final = frozenset({"privileged", "user", "refused"})
QUOTES: Final = frozenset(
    {"genuine", "recorded", "relayed", "altered", "unlisted-loader", "canned", "unarmed"}
)
SIGNINGS: Final = frozenset({"production", "special", "development"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a device departs from the plain one; the default is the plain one."""

    hash_says: Image | None = None
    """The hash command prints the digest of this image, whatever lies on flash."""
    hash_names: str | None = None
    """The hash line names this path instead of the one asked for."""
    refuse: frozenset[str] = frozenset()
    """Probes answered with a refusal."""
    truncate: frozenset[str] = frozenset()
    """Probes in the middle of whose answer the session is dropped."""
    hang: frozenset[str] = frozenset()
    """Probes that are echoed and never answered."""
    flood: frozenset[str] = frozenset()
    """Probes whose answer does not end."""
    inject_prompt: frozenset[str] = frozenset()
    """Probes whose answer holds the device's own prompt."""
    silent: bool = False
    """Takes the connection and never says a word."""
    closed: bool = False
    """Nobody listens at its port."""
    host_key: str = "pinned"
    """``changed``: another than the pinned one; ``unknown``: none is pinned."""
    login: str = "privileged"
    """``user``: the account must raise its privilege first; ``refused``: no password is right."""
    config_register: int | None = None
    config_register_next: int | None = None
    boot: tuple[str, ...] | None = None
    """What every part will boot; None: what the scenario says of each."""
    authenticity: str | None = None
    """The signing type the box prints; None: the image's own."""
    quote: str = "genuine"
    """What its hardware quotes: ``recorded`` over an earlier nonce; ``relayed`` from a twin of its
    model that booted what ``hash_says``; ``altered`` in the lines, to those of that image;
    ``unlisted-loader``, ``canned``: a value no list has, one that the maker filled in; ``unarmed``:
    that secure boot is off."""
    wrap: int | None = None
    """Columns at which the terminal breaks lines, whatever width it was told."""
    noise: frozenset[str] = frozenset()
    """What stands around answers: load average, progress dots, log messages, a pager's traces."""
    delay_ms: int = 0
    """Before each answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the words of a behaviour may name."""

    images: Mapping[str, Image]
    probes: frozenset[str]
    """Of the device's personality."""


class _Reader:
    """Reads the values of one behaviour, noting faults."""

    def __init__(self, faults: Faults, known: Known) -> None:
        self._faults, self._known = faults, known

    def text(self, value: Value, path: str) -> str | None:
        return self._faults.text(value, path)

    def image(self, value: Value, path: str) -> Image | None:
        text = self.text(value, path)
        return None if text is None else self._named(value, path, text)

    def _named(self, value: Value, path: str, text: str) -> Image | None:
        image = self._known.images.get(text)
        if image is None:
            known = ", ".join(sorted(self._known.images)) or "none"
            self._faults.add(value.line, path, f"no image {text!r}; the scenario has {known}")
        return image

    def flag(self, value: Value, path: str) -> bool:
        text = self.text(value, path)
        if text not in {None, "true", "false"}:
            self._faults.add(value.line, path, f"expected true or false, got {text!r}")
        return text == "true"

    def one_of(self, words: frozenset[str]) -> Callable[[Value, str], str | None]:
        def read(value: Value, path: str) -> str | None:
            text = self.text(value, path)
            if text is not None and text not in words:
                self._expected(value, path, words, text)
                return None
            return text

        return read

    def some_of(self, words: frozenset[str]) -> Callable[[Value, str], frozenset[str]]:
        def read(value: Value, path: str) -> frozenset[str]:
            found = set()
            for item in self._faults.sequence(value, path):
                text = self.text(item, path)
                if text is not None and text not in words:
                    self._expected(item, path, words, text)
                elif text is not None:
                    found.add(str(text))
            return frozenset(found)

        return read

    def paths(self, value: Value, path: str) -> tuple[str, ...]:
        listed = (self.text(item, path) for item in self._faults.sequence(value, path))
        return tuple(str(text) for text in listed if text is not None)

    def register(self, value: Value, path: str) -> int | None:
        text = self.text(value, path)
        if text is None or re.fullmatch(r"0x[0-9a-fA-F]{1,4}", text) is None:
            self._faults.add(value.line, path, f"expected a register such as 0x2102, got {text!r}")
            return None
        return int(text, 16)

    def number(self, low: int, high: int) -> Callable[[Value, str], int | None]:
        def read(value: Value, path: str) -> int | None:
            text = self.text(value, path)
            if text is None or not text.isascii() or not text.isdigit():
                self._faults.add(value.line, path, f"expected a number, got {text!r}")
                return None
            if not low <= int(text) <= high:
                self._faults.add(value.line, path, f"expected {low}-{high}, got {text}")
                return None
            return int(text)

        return read

    def _expected(self, value: Value, path: str, words: frozenset[str], text: str) -> None:
        self._faults.add(
            value.line, path, f"expected one of {', '.join(sorted(words))}, got {text!r}"
        )


def read_behaviour(faults: Faults, value: Value | None, path: str, known: Known) -> Behaviour:
    """Return the behaviour ``value`` describes; an unknown word is a fault."""
    mapping = faults.mapping(value, path)
    if mapping is None:
        return Behaviour()
    reader = _Reader(faults, known)
    probes = reader.some_of(known.probes)
    readers: dict[str, Callable[[Value, str], object]] = {
        "hash_says": reader.image,
        "hash_names": reader.text,
        "refuse": probes,
        "truncate": probes,
        "hang": probes,
        "flood": probes,
        "inject_prompt": probes,
        "silent": reader.flag,
        "closed": reader.flag,
        "host_key": reader.one_of(HOST_KEYS),
        "login": reader.one_of(LOGINS),
        "config_register": reader.register,
        "config_register_next": reader.register,
        "boot": reader.paths,
        "authenticity": reader.one_of(SIGNINGS),
        "quote": reader.one_of(QUOTES),
        "wrap": reader.number(20, 511),
        "noise": reader.some_of(NOISES),
        "delay_ms": reader.number(0, 60_000),
    }
    faults.known(mapping, readers, path)
    read: dict[str, Any] = {
        word: found
        for word, item in mapping.items()
        if word in readers and (found := readers[word](item, f"{path}.{word}")) is not None
    }
    return Behaviour(**read)
