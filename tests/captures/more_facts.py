"""What a person reads in the captures of the further routers and firewalls."""

from dataclasses import dataclass

from netintegrity.platforms.cisco_iosxr import PLATFORM as IOSXR
from netintegrity.platforms.fortinet_fortios import PLATFORM as FORTIOS


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a person reads in a capture; None: not asked."""

    platform: str | None = None
    release: str | None = None
    train: str | None = None
    running: tuple[str, ...] | None = None
    """Paths, in order."""
    following: tuple[str, ...] | None = None
    """Releases, in order."""
    subjects: tuple[str, ...] | None = None
    serial: str | None = None
    pid: str | None = None
    packages: int | None = None
    one_package: tuple[str, str] | None = None
    other: tuple[str, str] | None = None
    signatures: tuple[tuple[bool | None, str | None], ...] | None = None
    digests: int | None = None
    registers: tuple[int | None, ...] | None = None
    gaps: int | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What was asked, and what the answer says."""

    command: str
    facts: Facts


_XR_VERSION, _XR_ACTIVE, _XR_COMMITTED = (p.command for p in IOSXR.probes[:3])
_XR = "cisco/iosxr"
_FXOS = "cisco/fxos/doc"
_FORTI = "fortinet/ntc/get_system_status/fortinet_get_system_status"
_FORTI_STATUS = FORTIOS.probes[0].command
KNOWN: dict[str, Known] = {
    f"{_XR}/ntc/cisco_xr_show_version.txt": Known(
        command=_XR_VERSION,
        facts=Facts(
            platform="cisco_iosxr",
            release="6.1.4",
            train="iosxr",
            other=("built-by", "ahoang"),
            running=("IOS XR 6.1.4",),
            gaps=0,
        ),
    ),
    f"{_XR}/ntc/cisco_xr_show_version2.txt": Known(
        command=_XR_VERSION, facts=Facts(platform="cisco_iosxr", release="6.5.1", gaps=0)
    ),
    f"{_XR}/ntc/cisco_xr_show_version_label.txt": Known(
        command=_XR_VERSION, facts=Facts(release="6.6.3", other=("label", "6.6.3-80"), gaps=0)
    ),
    f"{_XR}/genie/ShowVersion__golden_output_1.txt": Known(
        command=_XR_VERSION,
        facts=Facts(
            release="6.1.4.10I",
            train="iosxr-special:6.1.4.10I",
            running=("disk0:asr9k-os-mbi-6.1.4.10I/0x100305/mbiasr9k-rsp3.vm",),
            registers=(0x1922,),
            gaps=0,
        ),
    ),
    f"{_XR}/genie/ShowVersion__golden_output_2.txt": Known(
        command=_XR_VERSION,
        facts=Facts(
            release="6.2.1.23I",
            running=("bootflash:disk0/xrvr-os-mbi-6.2.1.23I/mbixrvr-rp.vm",),
            registers=(0x1,),
            gaps=0,
        ),
    ),
    f"{_XR}/genie/ShowVersion__golden_output_3.txt": Known(
        command=_XR_VERSION, facts=Facts(release="6.3.1.15I", other=("built-by", "nkhai"), gaps=0)
    ),
    f"{_XR}/genie/ShowVersion__golden_output_4.txt": Known(
        command=_XR_VERSION,
        facts=Facts(
            release="6.4.2",
            train="iosxr",
            running=("disk0:hfr-os-mbi-6.4.2.CSCvm85739-1.0.0/0x100008/mbihfr-rp-x86e.vm",),
            registers=(None,),
            gaps=0,
        ),
    ),
    f"{_XR}/genie/ShowInstallActiveSummary__golden_output_1.txt": Known(
        command=_XR_ACTIVE,
        facts=Facts(
            packages=4, one_package=("disk0:asr9k-mini-px-6.1.21.15I", ""), running=(), gaps=0
        ),
    ),
    f"{_XR}/genie/ShowInstallActiveSummary__golden_output_3.txt": Known(
        command=_XR_ACTIVE,
        facts=Facts(
            packages=16,
            one_package=("xr-8000-core", "7.10.2v1.0.1-1"),
            other=(
                "active-software-hash",
                "454175afbe3ad586c3b39a79db238b53844fe794723ea99fa00ac1acd5442359",
            ),
            digests=0,
            gaps=0,
        ),
    ),
    # 15 packages of the router and 22 of its administration plane, one of which is cut short.
    f"{_XR}/genie/ShowInstallCommitSummary__golden_output_1.txt": Known(
        command=_XR_COMMITTED,
        facts=Facts(
            packages=37,
            one_package=("disk0:hfr-px-5.3.3.CSCuy08977-1.0.0", "CSCuy08977"),
            following=("5.3.3",),
            gaps=0,
        ),
    ),
    # It runs a build for export, and the next boot changes that.
    "paloalto_panos/ntc/debug_swm_status/paloalto_panos_debug_swm_status.raw": Known(
        command="debug swm status",
        facts=Facts(running=("sysroot0",), following=("9.1.2",), digests=0, gaps=0),
    ),
    f"{_FORTI}.raw": Known(
        command=_FORTI_STATUS,
        facts=Facts(
            platform="fortinet_fortios",
            release="v6.0.7,build0302,191112",
            train="fortios",
            serial="FG1K501234567890",
            pid="FortiGate-1500D",
            other=("virtual-domains", "enable"),
            signatures=(),
            gaps=0,
        ),
    ),
    f"{_FORTI}_7.0_40f.raw": Known(
        command=_FORTI_STATUS,
        facts=Facts(
            release="v7.0.15,build0632,240401",
            pid="FortiGate-40F",
            other=("bios-security-level", "1"),
            signatures=((True, "production"),),
            gaps=0,
        ),
    ),
    f"{_FORTI}_7.0_eval.raw": Known(
        command=_FORTI_STATUS,
        facts=Facts(
            release="v7.0.3,build0237,211207", pid="FortiGate-VM64-KVM", signatures=(), gaps=0
        ),
    ),
    f"{_FORTI}_7.4.8.raw": Known(
        command=_FORTI_STATUS,
        facts=Facts(
            release="v7.4.8,build2795,250523",
            serial="FGT60ABC3303F26X",
            other=("bios-security-level", "Low"),
            signatures=((True, "production"),),
            gaps=0,
        ),
    ),
    f"{_FORTI}_7.4.raw": Known(
        command=_FORTI_STATUS,
        facts=Facts(release="v7.4.1,build2463,230830", pid="FortiGate-60E-POE", gaps=0),
    ),
    # It says 189 files, and two are shown.
    "fortinet/diagnose_sys_filesystem_hash.txt": Known(
        command="diagnose sys filesystem hash", facts=Facts(digests=0, gaps=1)
    ),
    # The end is missing, so it is not known which bank runs.
    "aruba_aoscx/show_images.txt": Known(
        command="show images",
        facts=Facts(running=(), following=("FL.10.06.0010",), digests=2, gaps=0),
    ),
    "aruba_aoscx/show_version_manual.txt": Known(
        command="show version",
        facts=Facts(
            platform="aruba_aoscx", release="XL.10.00.0002", train="aoscx-XL", digests=0, gaps=0
        ),
    ),
    "aruba_aoscx/ntc/show_system/show_system.raw": Known(
        command="show system", facts=Facts(serial="XXXXXXXXXX", pid="JL665A", gaps=0)
    ),
    "aruba_aoscx/ntc/show_system/show_system3.raw": Known(
        command="show system", facts=Facts(serial="xxxxxxxxxx", pid="JL664A", gaps=0)
    ),
    f"{_FXOS}/software_authenticity_running_fpr4150.txt": Known(
        command="show software authenticity running",
        facts=Facts(signatures=((True, "production"),) * 3, running=(), gaps=0),
    ),
    # Answers to other commands: their digests are of no file that was asked for.
    f"{_FXOS}/verify_signature_fpr4150.txt": Known(
        command="show version", facts=Facts(running=(), digests=0, gaps=1)
    ),
    f"{_FXOS}/ftd_text_and_integ.txt": Known(
        command="show version", facts=Facts(running=(), digests=0, gaps=1)
    ),
}
