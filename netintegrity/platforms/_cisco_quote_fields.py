"""Single fields of a printed quote: hex, base64, a signature."""

import base64
import binascii
import re
from typing import Final

from netintegrity.model.attestation import BootStage, QuotedSignature, QuotedValue
from netintegrity.platforms._cisco_quote_lines import Block

# MIIDQzCCAiugAwIBAgIQX/h7KCtU3I1CoxW1aMmt/zANBgkqhkiG9w0BAQUFADA1
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{1,76}\n)*[A-Za-z0-9+/]{1,76}={0,2}")
_HEX: Final = re.compile(r"[0-9A-F]+")
# Of the line `Version: 1`
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_REGISTER_DIGITS: Final = frozenset({64})
# ISR and Catalyst print 64 digits for boot 0, IE3100 128; ISR1000 64 for the boot loader.
_VALUE_DIGITS: Final = frozenset({64, 128})


def signature_below(block: Block) -> tuple[QuotedSignature | None, tuple[str, ...]]:
    """Return the signature below a block, and what is wrong with it."""
    letters = ("X", "v") if "X" in block.shape else ("S", "s")
    printed, version = block.value(letters[0]), block.values(letters[1])[-1:]
    if letters[0] not in block.shape:
        return None, ()
    value = _hex_bytes(printed)
    if value is None:
        return None, ("the signature is empty or not whole",)
    number = int(version[0]) if version and _NUMBER.fullmatch(version[0]) else None
    return QuotedSignature(version=number, value=value), ()


def value_of(stage: BootStage, name: str, version: str, printed: str) -> QuotedValue:
    """Return a printed value; empty where it is not of a length that boxes print."""
    value = _hex_bytes(printed) if len(printed) in _VALUE_DIGITS else None
    return QuotedValue(stage=stage, name=name, version=version, value=value or b"")


def register_of(block: Block, kind: str) -> bytes | None:
    """Return a register; None: it was not printed whole."""
    printed = block.value(kind)
    return _hex_bytes(printed) if len(printed) in _REGISTER_DIGITS else None


def _hex_bytes(printed: str) -> bytes | None:
    """Return the bytes; boxes print capitals, and one value has one spelling."""
    if len(printed) % 2 or _HEX.fullmatch(printed) is None:
        return None
    return bytes.fromhex(printed)


def der_of(printed: str) -> bytes:
    """Return the certificate; empty: it is not the one way to write these bytes in base64."""
    if _BASE64.fullmatch(printed) is None:
        return b""
    joined = printed.replace("\n", "")
    try:
        der = base64.b64decode(joined, validate=True)
    except binascii.Error:
        return b""
    return der if base64.b64encode(der).decode() == joined else b""
