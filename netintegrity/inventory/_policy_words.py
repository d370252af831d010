"""Single words of a policy, from text to types."""

import re
from typing import Final

from netintegrity.assess.approvals import Approval
from netintegrity.inventory._grammar import UnfitError, printed, quoted, shown
from netintegrity.model.claims import ImageRole, SoftwareKind
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.release import Release
from netintegrity.platforms._spec import Platform
from netintegrity.strict_yaml import Faults, Map, Value

SOFTWARE_KEYS: Final = {
    "ApprovedPackages": SoftwareKind.PACKAGE,
    "ApprovedScripts": SoftwareKind.SCRIPT,
    "ApprovedServices": SoftwareKind.SERVICE,
    "ApprovedContainers": SoftwareKind.CONTAINER,
    "ApprovedOverlays": SoftwareKind.OVERLAY,
}
"""Lists of what may stand beside an image, platform by platform."""
_REGISTER: Final = re.compile(r"0[xX][0-9A-Fa-f]{1,4}")
# cat9k_iosxe.17.09.04a.CSCwb00001.SPA.smu.bin    /config/scripts/x    Network Down
_SOFTWARE: Final = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
_SIGNING_TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,39}")


def role_of(word: str) -> ImageRole:
    """Return the role of an image.

    Raises:
        UnfitError: there is no such role.
    """
    if word not in ImageRole.__members__.values():
        raise UnfitError(f"expected {' or '.join(ImageRole)}, got {quoted(word)}")
    return ImageRole(word)


def register_of(word: str) -> int:
    """Return the value of a configuration register, written in hex.

    Raises:
        UnfitError: it is not 16 bits of hex with ``0x``.
    """
    if not _REGISTER.fullmatch(word):
        raise UnfitError(f"expected a register such as 0x2102, got {quoted(word)}")
    return int(word, 16)


def signing_type_of(word: str) -> str:
    """Return a signing type in the spelling claims have.

    Raises:
        UnfitError: it is no word.
    """
    if not _SIGNING_TYPE.fullmatch(word):
        raise UnfitError(f"expected a word such as production or special, got {quoted(word)}")
    return word.lower()


def approval_of(word: str) -> Approval:
    """Return an approval written as ``NAME`` or ``NAME@PIN``.

    Raises:
        UnfitError: it is empty, or no line that a box could print.
    """
    name, at, pin = word.rpartition("@") if "@" in word else (word, "", "")
    for part in (name, *((pin,) if at else ())):
        if not _SOFTWARE.fullmatch(part):
            raise UnfitError(
                f"expected NAME or NAME@PIN, got {quoted(word)}",
                "a name as the box prints it; * and ? stand for any characters; the pin is a "
                "version, an image id, or a digest written as sha256:HEX",
            )
    return Approval(name, pin)


def digest_of(word: str) -> Digest:
    """Return a digest written as ``algorithm:hex``, all of it.

    Raises:
        UnfitError: it is none, or not of the length of its algorithm.
    """
    algorithm, colon, value = word.partition(":")
    known = {a.value: a for a in DigestAlgorithm}
    if not colon or algorithm not in known:
        raise UnfitError(f"expected ALGORITHM:HEX, such as sha512:8f3c..., got {quoted(word)}")
    length = known[algorithm].size_bytes * 2
    if not re.fullmatch(r"[0-9a-fA-F]*", value) or len(value) != length:
        raise UnfitError(
            f"expected {length} hex digits after {algorithm}:, got {len(value)} characters"
        )
    return Digest(known[algorithm], bytes.fromhex(value))


def bracketed(address: str) -> tuple[str, ...]:
    """Return how a URL names an IPv6 address (RFC 3986 section 3.2.2)."""
    return (f"[{address}]",) if ":" in address else ()


def release_of(platform: Platform, word: str) -> Release:
    """Return a release of ``platform``.

    Raises:
        UnfitError: its grammar has none such.
    """
    parsed = platform.parse_release(word)
    if parsed is None:
        raise UnfitError(f"{quoted(word)} is no release of {platform.title}")
    return parsed


def advisories_of(
    faults: Faults, platform: Platform, value: Value, path: str
) -> tuple[tuple[Release, str], ...]:
    """Return releases with the advisory of each; what does not parse is noted and left out."""
    section = faults.mapping(value, path) or Map()
    found = []
    for release, advisory in section.items():
        here = f"{path}.{shown(release)}"
        name = faults.text(advisory, here)
        try:
            found.append((release_of(platform, release), printed(name or "")))
        except UnfitError as unfit:
            faults.add(section.key_lines[release], here, str(unfit), hint=unfit.hint)
    return tuple(found)
