"""Boxes as tables of answers, in the shapes real ones print."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from netintegrity.model.claims import DeviceClaims, ImageClaim, ImageRole
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.arista_eos import PLATFORM as EOS
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE

AT = datetime(2026, 1, 1, tzinfo=UTC)
CHASSIS = Subject(SubjectKind.CHASSIS, "1")
INVALID = "                ^\n% Invalid input detected at '^' marker.\n"
IMAGE = "flash:cat9k_iosxe.17.09.04a.SPA.bin"
GOOD = "1f" * 64
BAD = "e2" * 64

_CATALYST = "Catalyst L3 Switch Software (CAT9K_IOSXE)"
_ASR = "ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"

_SET = " | display inheritance | display set"
NOTHING_BESIDE = {
    "show event manager policy registered": "",
    "show app-hosting list": "No App found\n",
    "show running-config eem": "!Command: show running-config eem\n",
    "show virtual-service list": "Virtual Service List:\n",
    "show running-config event manager": "",
    "show appmgr application-table": "",
    "show script status": "",
    "show event-handler": "",
    "show daemon": "",
    "dir flash:": "Directory of flash:/\n",
    f"show configuration system scripts{_SET}": "",
    f"show configuration event-options{_SET}": "",
    f"show configuration system extensions{_SET}": "",
    "find /etc/systemd/system -type f": "",
    "show container": "",
    "show system automation-stitch": "config system automation-stitch\nend\n",
}
"""What is said where nothing stands beside the image; a box may say otherwise."""

Answers = Mapping[str, str]


def exchange(platform: Platform, command: str, output: str, *, complete: bool = True) -> Exchange:
    probe = next((p.id for p in platform.probes if p.admits(command)), command)
    return Exchange(
        probe_id=probe,
        command=command,
        output=output,
        started_at=AT,
        elapsed_s=0.1,
        complete=complete,
    )


def converse(platform: Platform, box: Answers) -> tuple[Exchange, ...]:
    """Ask until nothing is left to ask; what the box does not know it refuses."""
    exchanges: tuple[Exchange, ...] = ()
    for _ in range(12):
        requests = platform.plan(exchanges)
        if not requests:
            return exchanges
        asked = {e.command for e in exchanges}
        assert not asked & {r.command for r in requests}
        for planned in requests:
            sent = planned
            if planned.wants_nonce:
                sent = platform.probe(planned.probe_id).request(str(7001 + len(exchanges)))
            output = box.get(planned.command, unless_told(planned.command))
            exchanges += (replace(exchange(platform, sent.command, output), nonce=sent.nonce),)
    raise AssertionError("the plan does not end")


def unless_told(command: str) -> str:
    in_layer = command.startswith("find /host/")
    return "" if in_layer else NOTHING_BESIDE.get(command, INVALID)


def of_image(exchanges: Iterable[Exchange]) -> list[str]:
    """Return the commands that are not about what stands beside it, nor about the account."""
    sent = (e.command for e in exchanges)
    aside = {*NOTHING_BESIDE, "show privilege", "show curpriv"}
    return [c for c in sent if c not in aside and not c.startswith("find /host/")]


def claims(box: Answers, platform: Platform = IOSXE) -> DeviceClaims:
    return platform.interpret(converse(platform, box))


def alone(command: str, output: str, platform: Platform = IOSXE) -> DeviceClaims:
    return platform.interpret((exchange(platform, command, output),))


def images(claimed: DeviceClaims, role: ImageRole) -> dict[str, ImageClaim]:
    return {f"{i.subject} {i.path}": i for i in claimed.images if i.role is role}


def hashed(path: str, digest: str = GOOD) -> dict[str, str]:
    return {f"verify /sha512 {path}": f"......Done!\nverify /sha512 ({path}) = {digest}\n\n"}


def show_version(
    release: str = "17.09.04a",
    image: str = IMAGE,
    *,
    iosd: str = "17.9.4a",
    pid: str = "C9300-24T",
    serial: str = "FOC00000001",
    mode: str = "BUNDLE",
    others: Mapping[int, tuple[str, str]] | None = None,
    register: str = "0x102",
) -> str:
    """``others``: serial and release of the further switches, by number."""
    text = f"""\
Cisco IOS XE Software, Version {release}
Cisco IOS Software [Cupertino], {_CATALYST}, Version {iosd}, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2023 by Cisco Systems, Inc.
Compiled Tue 31-Oct-23 10:10 by mcpre


ROM: IOS-XE ROMMON
BOOTLDR: System Bootstrap, Version 17.12.1r, RELEASE SOFTWARE (P)
sw1 uptime is 3 weeks, 2 days, 1 hour, 4 minutes
Uptime for this control processor is 3 weeks, 2 days, 1 hour, 6 minutes
System returned to ROM by Reload Command
System image file is "{image}"
Last reload reason: Reload Command

cisco {pid} (X86) processor with 1333273K/6147K bytes of memory.
Processor board ID {serial}
1 Virtual Ethernet interface
8388608K bytes of physical memory.
11264000K bytes of Flash at flash:.

Base Ethernet MAC Address          : 00:00:5e:00:53:01
Motherboard Assembly Number        : 73-00000-01
Motherboard Serial Number          : FOC00000091
Model Revision Number              : A0
Motherboard Revision Number        : A0
Model Number                       : {pid}
System Serial Number               : {serial}


Switch Ports Model              SW Version        SW Image              Mode
------ ----- -----              ----------        ----------            ----
*    1 41    {pid:<18} {release:<17} CAT9K_IOSXE           {mode}
"""
    for number, (_, running) in (others or {}).items():
        text += f"     {number} 41    {pid:<18} {running:<17} CAT9K_IOSXE           {mode}\n"
    for number, (other, _) in (others or {}).items():
        text += f"""

Switch 0{number}
---------
Switch uptime                      : 3 weeks, 2 days, 1 hour, 6 minutes

Base Ethernet MAC Address          : 00:00:5e:00:53:0{number}
Model Number                       : {pid}
System Serial Number               : {other}
"""
    return f"{text}\nConfiguration register is {register}\n\n"


def show_boot(*entries: str, manual: str = "no") -> str:
    value = ";".join((*entries, ""))
    return f"""\
BOOT variable = {value}
Configuration Register is 0x102
MANUAL_BOOT variable = {manual}
BAUD variable = 9600
ENABLE_BREAK variable does not exist
BOOTMODE variable does not exist
IPXE_TIMEOUT variable does not exist
CONFIG_FILE variable =
"""


def show_boot_of_stack(entries: Mapping[int, str]) -> str:
    return "".join(
        f"""\
---------------------------
Switch {number}
---------------------------
Current Boot Variables:
BOOT variable = {entry};

Boot Variables on next reload:
BOOT variable = {entry};
Manual Boot = no
Enable Break = yes
Boot Mode = DEVICE
iPXE Timeout = 0
"""
        for number, entry in entries.items()
    )


def show_inventory(*rows: tuple[str, str, str]) -> str:
    rows = rows or (
        ("c93xx Stack", "C9300-24T", "FOC00000001"),
        ("Switch 1", "C9300-24T", "FOC00000001"),
        ("Switch 1 - Power Supply A", "PWR-C1-715WAC", "LIT00000001"),
    )
    return "".join(
        f'NAME: "{name}", DESCR: "{name}"\nPID: {pid:<18}, VID: V01  , SN: {serial}\n\n'
        for name, pid, serial in rows
    )


AUTHENTICITY = """\
SYSTEM IMAGE
------------
Image type                    : Production
    Signer Information
        Common Name           : CiscoSystems
        Organization Unit     : IOS-XE
        Organization Name     : CiscoSystems
    Certificate Serial Number : 6540BEEF
    Hash Algorithm            : SHA512
    Signature Algorithm       : 2048-bit RSA
    Key Version               : A

    Verifier Information
        Verifier Name         : ROMMON
        Verifier Version      : System Bootstrap, Version 17.12.1r, RELEASE SOFTWARE (P)
"""

INSTALL = """\
[ Switch 1 ] Installed Package(s) Information:
State (St): I - Inactive, U - Activated & Uncommitted,
            C - Activated & Committed, D - Deactivated & Uncommitted
--------------------------------------------------------------------------------
Type  St   Filename/Version
--------------------------------------------------------------------------------
IMG   C    17.09.04a.0.6

--------------------------------------------------------------------------------
Auto abort timer: inactive
--------------------------------------------------------------------------------
"""


def packages_conf(*names: str) -> str:
    rows = "".join(f"iso   rp 0 0   rp_base     {name}\n" for name in names)
    return f"""\
#! /usr/binos/bin/packages_conf.sh

sha1sum: {"0c" * 20}

# sha1sum above - used to verify that this file is not corrupted.
#
# package.conf: provisioned software file for build 2023-10-31_09.00
#
boot  rp 0 0   rp_boot     {names[0]}
{rows}iso   rp 0 1   rp_base     {names[0]}
iso   fp 0 0   fp          {names[-1]}
iso   cc 0 0   cc_srdriver {names[-1]}
"""


def catalyst(**changes: str) -> dict[str, str]:
    """A C9300 that stands alone and runs one image; a change is given by probe id."""
    box = {
        "show version": show_version(),
        "show boot": show_boot(IMAGE),
        "show inventory": show_inventory(),
        "show software authenticity running": AUTHENTICITY,
        "show install summary": INSTALL,
        **hashed(IMAGE),
    }
    by_id = {p.id: p.command for p in IOSXE.probes}
    return box | {by_id[i]: text for i, text in changes.items()}


PACKAGES = ("cat9k-rpbase.17.09.04a.SPA.pkg", "cat9k-rpboot.17.09.04a.SPA.pkg")


def stack() -> dict[str, str]:
    """Two C9300 in install mode."""
    box = {
        "show version": show_version(
            image="flash:packages.conf", mode="INSTALL", others={2: ("FOC00000002", "17.09.04a")}
        ),
        "show boot": show_boot_of_stack({1: "flash:packages.conf", 2: "flash:packages.conf"}),
        "show inventory": show_inventory(
            ("c93xx Stack", "C9300-24T", "FOC00000001"),
            ("Switch 1", "C9300-24T", "FOC00000001"),
            ("Switch 2", "C9300-24T", "FOC00000002"),
        ),
        "show software authenticity running": AUTHENTICITY,
        "show install summary": INSTALL.replace("[ Switch 1 ]", "[ Switch 1 2 ]"),
        "more flash:packages.conf": packages_conf(*PACKAGES),
        "more flash-2:packages.conf": packages_conf(*PACKAGES),
    }
    for place in ("flash", "flash-2"):
        for name in PACKAGES:
            box |= hashed(f"{place}:{name}")
    return box


ASR_IMAGE = "bootflash:asr1000rp2-adventerprisek9.17.06.04.SPA.bin"
SHOW_PLATFORM = """\
Chassis type: ASR1006

Slot      Type                State                 Insert time (ago)
--------- ------------------- --------------------- -----------------
0         ASR1000-SIP10       ok                    5w1d
 0/0      SPA-5X1GE-V2        ok                    5w1d
R0        ASR1000-RP2         ok, active            5w1d
R1        ASR1000-RP2         ok, standby           5w1d
F0        ASR1000-ESP20       ok, active            5w1d
P0        ASR1006-PWR-AC      ok                    5w1d

Slot      CPLD Version        Firmware Version
--------- ------------------- ---------------------------------------
0         07091401            16.3(2r)
R0        10021901            16.3(2r)
R1        10021901            16.2(1r)
F0        1003190E            16.3(2r)
"""


def asr() -> dict[str, str]:
    """An ASR 1006 with two route processors."""
    version = f"""\
Cisco IOS XE Software, Version 17.06.04
Cisco IOS Software [Bengaluru], {_ASR}, Version 17.6.4, RELEASE SOFTWARE (fc1)

ROM: IOS-XE ROMMON
System image file is "{ASR_IMAGE}"
cisco ASR1006 (RP2) processor (revision RP2) with 4138965K/6147K bytes of memory.
Processor board ID FOX00000001
Configuration register is 0x2102
"""
    boot = f"""\
BOOT variable = {ASR_IMAGE},12;
CONFIG_FILE variable =
BOOTLDR variable does not exist
Configuration register is 0x2102

Standby BOOT variable = {ASR_IMAGE},12;
Standby CONFIG_FILE variable =
Standby BOOTLDR variable does not exist
Standby Configuration register is 0x2102
"""
    inventory = show_inventory(
        ("Chassis", "ASR1006", "FOX00000001"),
        ("module R0", "ASR1000-RP2", "JAE00000001"),
        ("module R1", "ASR1000-RP2", "JAE00000002"),
        ("module F0", "ASR1000-ESP20", "JAE00000003"),
    )
    return {
        "show version": version,
        "show boot": boot,
        "show inventory": inventory,
        "show platform": SHOW_PLATFORM,
        **hashed(ASR_IMAGE),
        **hashed(f"stby-{ASR_IMAGE}"),
    }


EOS_IMAGE = "flash:EOS-4.30.1F.swi"


def arista(**changes: str) -> dict[str, str]:
    box = {
        "show version": """\
Arista DCS-7050TX-64-R
Hardware version: 01.11
Serial number: JPE00000001
Hardware MAC address: 0000.5e00.5301
System MAC address: 0000.5e00.5301

Software image version: 4.30.1F
Architecture: i686
Internal build version: 4.30.1F-32308478.4301F
Internal build ID: 00000000-0000-4000-8000-000000000001
Image format version: 1.0
Image optimization: None

Uptime: 5 weeks, 2 days, 15 hours and 56 minutes
Total memory: 3981328 kB
Free memory: 2754856 kB
""",
        "show boot-config": """\
Software image: flash:/EOS-4.30.1F.swi
Console speed: (not set)
Aboot password (encrypted): (not set)
Memory test iterations: (not set)
""",
        "show extensions": "No extensions are available\n",
        **hashed(EOS_IMAGE),
    }
    by_id = {p.id: p.command for p in EOS.probes}
    return box | {by_id[i]: text for i, text in changes.items()}
