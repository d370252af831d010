"""Platform configuration registers, recomputed from the values that went into them.

A register starts as 32 zero bytes and is only ever extended: ``P = SHA-256(P || SHA-256(value))``.
Cisco hashes the printed measurement once more before it extends, where a TPM would extend with the
measurement itself (TCG "TPM 2.0 Library", part 1, section 17.2); found out on genuine quotes.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Final

from netintegrity.model.attestation import QuotedValue

REGISTER_BYTES: Final = 32
_START: Final = bytes(REGISTER_BYTES)
_CANNED: Final = b"ACanned"
_FILLER: Final = 32


def extend_all(values: Iterable[bytes]) -> bytes:
    """Return the register into which ``values`` went, in their order."""
    *_, register = _states(values)
    return register


def covered(values: Iterable[bytes], register: bytes) -> int | None:
    """Return how many of the first ``values`` are in ``register``; None: it is no such prefix.

    Boxes list more than was measured: Catalyst 9500 in install mode prints the file on disk and
    patches behind the packages. Nothing at all is no prefix.
    """
    for number, state in enumerate(_states(values)):
        if number and hmac.compare_digest(state, register):
            return number
    return None


def is_unused(register: bytes) -> bool:
    """Say whether nothing was ever measured into it."""
    return hmac.compare_digest(register, _START)


def is_placeholder(quoted: QuotedValue) -> bool:
    """Say whether a value was filled in by the maker, where there is nothing to measure.

    Seen: all ``F`` (boot 0 of Catalyst 9400), a loader that ends in 32 bytes of them, the ASCII
    text ``ACanned-SHA256-HMACVal-April2012``, the version ``ACannedSecureBootVersionNov2011``.
    """
    return (
        quoted.value.endswith((b"\xff" * _FILLER, bytes(_FILLER)))
        or _CANNED in quoted.value
        or _CANNED.decode() in quoted.version
    )


def is_complete(values: Iterable[QuotedValue]) -> bool:
    """Say whether there are values, and each was read whole."""
    seen = tuple(values)
    return bool(seen) and all(v.value for v in seen)


def _states(values: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the register before anything went into it, and after each value."""
    register = _START
    yield register
    for value in values:
        register = hashlib.sha256(register + hashlib.sha256(value).digest()).digest()
        yield register
