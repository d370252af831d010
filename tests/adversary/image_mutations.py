"""Ways to spoil bytes that nobody thought of, and what must then be left of a signed image."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hypothesis import strategies as st

from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.keyring import Keyring
from tests.adversary.release_simulator import judge

Files = Mapping[str, bytes]
Edit = Callable[[bytes], bytes]


def _flipped(place: float, mask: int) -> Edit:
    def edit(raw: bytes) -> bytes:
        at = int(place * len(raw))
        return raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :] if raw else raw

    return edit


def _replaced(place: float, length: int, by: bytes) -> Edit:
    def edit(raw: bytes) -> bytes:
        at = int(place * len(raw))
        return raw[:at] + by + raw[at + length :]

    return edit


def _copied(place: float, target: float, length: int) -> Edit:
    def edit(raw: bytes) -> bytes:
        at, to = int(place * len(raw)), int(target * len(raw))
        return raw[:to] + raw[at : at + length] + raw[to:]

    return edit


def _cut(start: float, end: float) -> Edit:
    return lambda raw: raw[int(min(start, end) * len(raw)) : int(max(start, end) * len(raw)) + 1]


_PLACES = st.floats(0, 1, exclude_max=True)
_LENGTHS = st.one_of(st.integers(0, 8), st.integers(0, 4096))
EDITS = st.one_of(
    st.builds(_flipped, _PLACES, st.integers(1, 255)),
    st.builds(_replaced, _PLACES, _LENGTHS, st.binary(max_size=40)),
    st.builds(_copied, _PLACES, _PLACES, _LENGTHS),
    st.builds(_cut, _PLACES, _PLACES),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A valid image, and what no mutation may change while it verifies."""

    name: str
    image: bytes
    keyring: Keyring
    beside: Files = field(default_factory=lambda: MappingProxyType({}))
    essence: Callable[[bytes, Files], object]
    """The signed bytes, and the signature."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of what can be changed; the image's is empty."""
        return ("", *sorted(self.beside))

    def changed(self, target: str, edits: list[Edit]) -> tuple[bytes, Files]:
        raw = self.beside[target] if target else self.image
        for edit in edits:
            raw = edit(raw)
        return (raw, self.beside) if not target else (self.image, {**self.beside, target: raw})

    def judged(self, image: bytes, beside: Files) -> VerifiedImage:
        return judge(image, self.name, beside, self.keyring)
