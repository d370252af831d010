"""What can be read of a saved output besides the answers to probes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap, ImageClaim, ImageRole
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms import _cisco_more as cisco
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._releases import eos_in_name
from netintegrity.platforms._spec import Platform
from netintegrity.platforms._stored import read_listing
from netintegrity.platforms._text import Answer, read
from netintegrity.platforms._verify import read_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the answers to commands of one shape."""

    command: re.Pattern[str]
    """Matched whole, without regard to case."""
    read: Callable[[Answer], DeviceClaims] | None = None
    same_as: str = ""
    """Id of the probe whose answers look alike; used where there is no ``read``."""


def _reader(command: str, read_answer: Callable[[Answer], DeviceClaims]) -> Reader:
    return Reader(command=re.compile(command, re.IGNORECASE), read=read_answer)


def _alias(command: str, probe_id: str) -> Reader:
    return Reader(command=re.compile(command, re.IGNORECASE), same_as=probe_id)


def _eos_digest(answer: Answer) -> DeviceClaims:
    _, option, path = answer.exchange.command.split(" ")
    algorithm = DigestAlgorithm(option.lower().lstrip("/"))
    found = read_digest(answer, algorithm, normalised(path))
    if isinstance(found, Gap):
        return DeviceClaims(gaps=(found,))
    claim = ImageClaim(
        subject=Subject(SubjectKind.CHASSIS, "1"),
        path=normalised(path),
        role=ImageRole.STORED,
        source=found[1],
        assurance=answer.assurance,
        digests=frozenset({found[0]}),
        release=eos_in_name(path),
    )
    return DeviceClaims(images=(claim,))


_AUTHENTICITY_OF_FILE: Final = _reader(
    r"show software authenticity file \S+", cisco.read_authenticity_of_file
)
_KEYS: Final = _reader(r"show software authenticity keys", cisco.read_keys)
_IOS: Final = (
    _alias(r"show romvar( .*)?", "boot"),
    _alias(r"show install (active|committed|uncommitted|inactive|rollback)( .*)?", "install"),
    _reader(r"show rom-monitor( .*)?", cisco.read_rom_monitor),
    _reader(r"show install package \S+", cisco.read_package),
    _reader(r"show install version( .*)?", cisco.read_install_versions),
    _reader(r"show version( .+)? (running|mode|installed)", cisco.read_running_packages),
    _AUTHENTICITY_OF_FILE,
    _KEYS,
    _reader(
        r"(show platform software authenticity )?verify [^/\s]\S*", cisco.read_own_verification
    ),
    _reader(r"dir( .*)?", cisco.read_files),
)
READERS: Final[Mapping[str, tuple[Reader, ...]]] = {
    # One may turn out to be the other.
    "cisco_ios": _IOS,
    "cisco_iosxe": _IOS,
    "cisco_nxos": (
        _alias(r"show install (committed|inactive|patches)", "install"),
        _AUTHENTICITY_OF_FILE,
        _KEYS,
    ),
    "cisco_asa": (_AUTHENTICITY_OF_FILE, _KEYS),
    "arista_eos": (
        _reader(r"verify /(md5|sha1|sha256) \S+", _eos_digest),
        _reader(r"dir( .*)?", lambda a: DeviceClaims(images=tuple(read_listing(a, eos_in_name)))),
    ),
}


def claims_of_saved(platform: Platform, exchange: Exchange) -> DeviceClaims | None:
    """Return the claims in one saved answer; None: nothing reads answers to that command.

    A refusal or an empty answer is claims with nothing but a gap.
    """
    command = exchange.command.strip()
    probe = next((p for p in platform.probes if p.admits(command)), None)
    if probe is not None:
        return platform.interpret((replace(exchange, probe_id=probe.id, command=command),))
    for reader in READERS.get(platform.id, ()):
        if reader.command.fullmatch(command) is None:
            continue
        plain = replace(exchange, probe_id=reader.same_as or command, command=command)
        if reader.read is None:
            return platform.interpret((plain,))
        answer = read(plain)
        if (why := answer.why_unread) is not None:
            return DeviceClaims(gaps=(Gap(probe_id=command, reason=why),))
        return reader.read(answer)
    return None
