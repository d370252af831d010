"""The hardware quote of a simulated IOS-XE box, in both generations of commands."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from netintegrity.lab.device import LabDevice, Part
from netintegrity.lab.measured import BOOT0_VERSION, LOADER_VERSION, booted
from netintegrity.lab.sudi import Chip, Maker, pem

_NONCE: Final = r"nonce (?P<nonce>[1-9][0-9]{0,19})"
COMMANDS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "sudi-certificate": re.compile(rf"show platform sudi certificate sign {_NONCE}"),
        "platform-integrity": re.compile(rf"show platform integrity sign {_NONCE}"),
        "trust-chain": re.compile(rf"show system integrity all trust_chain {_NONCE}"),
        "trust-chain-hyphen": re.compile(rf"show system integrity all trust-chain {_NONCE}"),
        "measurement": re.compile(rf"show system integrity all measurement {_NONCE}"),
        "compliance": re.compile(rf"show system integrity all compliance {_NONCE}"),
    }
)
_OLDER: Final = frozenset({"sudi-certificate", "platform-integrity"})
_RECORDED: Final = 4711
"""The nonce of a quote that somebody wrote down earlier."""
_RULER: Final = "-" * 33
_NAMES: Final = ("CRCA", "CMCA", "SUDI")


def quoted(device: LabDevice, word: str, nonce: int) -> str | None:
    """Return the answer to a quote command; None: a box like this does not know it."""
    maker = device.maker
    if maker is None or device.sudi != ("older" if word in _OLDER else "newer"):
        return None
    if device.behaviour.quote == "recorded":
        nonce = _RECORDED
    match word:
        case "sudi-certificate":
            return _older_chain(_chip(device, device.active, maker), nonce)
        case "platform-integrity":
            return _older_measurements(device, maker, nonce)
        case "measurement":
            return _located(device, maker, nonce, _measurement)
        case "compliance":
            return _located(device, maker, nonce, _compliance)
        case _:
            return _located(device, maker, nonce, _chain)


def _chip(device: LabDevice, part: Part, maker: Maker) -> Chip:
    """Return the chip of a part; a relayed quote comes from a box of the same model."""
    twin = "TWIN" if device.behaviour.quote == "relayed" else ""
    return maker.chip(part.pid, f"{twin}{part.serial}"[:20])


def _hex(value: bytes) -> str:
    return value.hex().upper()


def _older_chain(chip: Chip, nonce: int) -> str:
    shown = "".join(pem(der).decode() for der in chip.chain)
    signature = chip.signature(nonce, b"".join(chip.chain))
    return f"{shown}Signature version: 1\nSignature:\n{_hex(signature)}\n"


def _older_measurements(device: LabDevice, maker: Maker, nonce: int) -> str:
    part = device.active
    state = booted(device, part)
    pcr0, pcr8 = state.registers
    if len(state.printed_os) == 1:
        shown = f"OS Hash: {_hex(state.printed_os[0][1])}"
    else:
        rows = (f"{name}: {_hex(value)}" for name, value in state.printed_os)
        shown = "\n".join(("OS Hashes:", *rows))
    signature = _chip(device, part, maker).signature(nonce, pcr0 + pcr8)
    return (
        f"Platform: {part.pid}\n"
        f"Boot 0 Version: {BOOT0_VERSION}\n"
        f"Boot 0 Hash: {_hex(state.boot0)}\n"
        f"Boot Loader Version: {LOADER_VERSION}\n"
        f"Boot Loader Hash: {_hex(state.loader)}\n"
        f"OS Version: {part.release}\n"
        f"{shown}\n"
        f"PCR0: {_hex(pcr0)}\n"
        f"PCR8: {_hex(pcr8)}\n"
        f"Signature version: 1\n"
        f"Signature:\n{_hex(signature)}\n"
    )


def _located(
    device: LabDevice,
    maker: Maker,
    nonce: int,
    content: Callable[[LabDevice, Part, Chip], tuple[str, bytes]],
) -> str:
    """Return a block for each part of the box: where it is, what it says, its signature."""
    text = ""
    for index, part in enumerate(device.parts):
        chip = _chip(device, part, maker)
        shown, signed = content(device, part, chip)
        number = part.subject.id if device.is_stack else "-1"
        slot = index if device.is_redundant else 0
        place = f"FRU=fru-rp SLOT={slot} BAY=0 CHASSIS={number} NODE=0"
        text += f"{_RULER}\nLOCATION {place}\n{_RULER}\n{shown}\n"
        text += f"  Signature:\n  Version: 1\n  Value:\n  {_hex(chip.signature(nonce, signed))}\n\n"
    return text


def _chain(_: LabDevice, __: Part, chip: Chip) -> tuple[str, bytes]:
    shown = "".join(
        f"Certificate Name: {name} CERTIFICATE\n{pem(der).decode()}"
        for name, der in zip(_NAMES, chip.chain, strict=True)
    )
    return shown, b"".join(chip.chain)


def _measurement(device: LabDevice, part: Part, _: Chip) -> tuple[str, bytes]:
    state = booted(device, part)
    pcr0, pcr8 = state.registers
    rows = "".join(f"  {name}: {_hex(value)}\n" for name, value in state.printed_os)
    shown = (
        f"  Platform: {part.pid}\n\n"
        f"  Boot Hashes:\n"
        f"  {BOOT0_VERSION}: {_hex(state.boot0)}\n"
        f"  {LOADER_VERSION}: {_hex(state.loader)}\n\n"
        f"  OS:\n"
        f"  Version: {part.release}\n"
        f"  Hashes:\n{rows}\n"
        f"  Registers:\n"
        f"  PCR0: {_hex(pcr0)}\n"
        f"  PCR8: {_hex(pcr8)}\n"
    )
    return shown, pcr0 + pcr8


def _compliance(device: LabDevice, _: Part, __: Chip) -> tuple[str, bytes]:
    stated = dict(_attributes(armed=device.behaviour.quote != "unarmed"))
    rows = "".join(f"  {name}: {value}\n" for name, value in stated.items())
    signed = "".join(f"{name}:{value}," for name, value in stated.items())
    return f"  Compliance:\n{rows}", signed.encode()


def _attributes(*, armed: bool) -> Iterator[tuple[str, str]]:
    yield "secure_boot", "true" if armed else "false"
    yield "tam_service", "hardware"
    yield "ldwm_envelope", "false"
    yield "num_btlstage", "2"
    yield "bivlen", "64"
    yield "register.pcr0.disabled", "false"
    yield "register.pcr8.disabled", "false"
