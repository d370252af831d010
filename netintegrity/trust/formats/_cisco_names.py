"""What the name of a Cisco file says of it: platform, release, and what kind of file it is.

A name is part of the signed bytes. What it does not say surely is not said: a wrong release would
accuse a healthy box.

Source: file names in Cisco's lists and captures; "Cisco IOS and NX-OS software reference guide",
image naming; release notes of IOS XE 16 and 17.
"""

import re
from typing import Final

from netintegrity.model.reference import ReferenceKind
from netintegrity.model.release import Release
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.formats import _cisco_hardware as hardware

_IOSXE: Final = "cisco_iosxe"
_IOS: Final = "cisco_ios"
# One object for all rows of a list: half a million of them are kept.
_ONLY_IOSXE: Final = frozenset({_IOSXE})
_IOS_OR_IOSXE: Final = frozenset({_IOS, _IOSXE})

# cat9k_iosxe.17.09.04a.SPA.bin    isr4300-universalk9.16.03.01.SPA.bin
_NAME_XE: Final = re.compile(
    r"\.((?:1[6-9]|[2-9]\d)\.\d{2}\.\d{2}(?:[a-z]{0,2}|[a-z]{3,8}\d{0,4}))(?=\.)", re.ASCII
)
# asr1000rp2-adventerprisek9.03.16.04b.S.155-3.S4b-ext.bin    cat3k_caa-….SPA.03.06.06E.152-2.E6.bin
_NAME_XE3: Final = re.compile(r"\.(03\.\d{2}\.\d{2}[a-z]?\.?[A-Z]{1,3})(?=[.-])", re.ASCII)
# c2960x-universalk9-mz.152-7.E10.bin    c2600-adventerprisek9-mz.124-12.bin
_NAME_IOS: Final = re.compile(
    r"\.(1[0-5])(\d)-(\d{1,3}[a-z]?)(?:\.([A-Z]{1,4}\d{0,3}[a-z]?))?\.bin$", re.ASCII
)
# nxos64-cs.10.2.3.F.bin    asa9-16-4-85-smp-k8.bin    asr9k-mini-x64-7.3.2.iso
_OTHER_SYSTEMS: Final = (
    (re.compile(r"nxos(?:64)?[.-]", re.ASCII), frozenset({"cisco_nxos"})),
    (re.compile(r"asa\d{3,4}-|asa\d{1,2}-", re.ASCII), frozenset({"cisco_asa"})),
    (re.compile(r"asr9k-", re.ASCII), frozenset({"cisco_iosxr"})),
)


def kind_of(filename: str) -> ReferenceKind:
    """Return what kind of file a name is of; an image unless it says otherwise."""
    lower = filename.lower()
    # isr4200_4300_rommon_1612_2r_SPA.pkg
    if "rommon" in lower:
        return ReferenceKind.BOOT_LOADER
    # cat9k-rpbase.17.09.04a.SPA.pkg    cat9k_iosxe.17.09.04a.CSCwf00001.SPA.smu.bin
    return ReferenceKind.PACKAGE if lower.endswith((".pkg", ".smu.bin")) else ReferenceKind.IMAGE


def hardware_of(filename: str) -> frozenset[str] | None:
    """Return prefixes of the PIDs an IOS-XE file is for; None: the name does not say."""
    return hardware.of_file(filename) if filename.endswith((".bin", ".pkg")) else None


def platforms_of(filename: str) -> frozenset[str] | None:
    """Return the platforms a file is for; None: the name does not say surely."""
    if hardware_of(filename) is not None:
        return _ONLY_IOSXE
    if _NAME_IOS.search(filename):
        # A box of either system may have been declared as the other; the release tells them apart.
        return _IOS_OR_IOSXE
    return next((system for name, system in _OTHER_SYSTEMS if name.match(filename)), None)


def release_text(filename: str) -> str | None:
    """Return the release a name states, as its platform writes it; None: none, or not surely."""
    for pattern in (_NAME_XE, _NAME_XE3):
        if (match := pattern.search(filename)) is not None:
            return match.group(1)
    if (match := _NAME_IOS.search(filename)) is not None:
        major, minor, maintenance, train = match.groups(default="")
        return f"{major}.{minor}({maintenance}){train}"
    return None


def release_of(text: str, releases: ParseReleases) -> Release | None:
    """Return what :func:`release_text` found, as a release; None: no grammar takes it."""
    return releases(_IOSXE, text) or releases(_IOS, text)
