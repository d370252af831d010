"""Classic IOS boxes as tables of answers, in the shapes real ones print."""

from netintegrity.platforms.cisco_ios import PLATFORM

IMAGE = "flash:c2960x-universalk9-mz.152-7.E10.bin"
MD5 = "b1" * 16
_SWITCH = "C2960X Software (C2960X-UNIVERSALK9-M)"


def show_version(
    release: str = "15.2(7)E10",
    image: str = "flash:/c2960x-universalk9-mz.152-7.E10.bin",
    *,
    register: str = "0xF",
    others: dict[int, str] | None = None,
) -> str:
    """``others``: serials of the further switches of a stack, by number."""
    text = f"""\
Cisco IOS Software, {_SWITCH}, Version {release}, RELEASE SOFTWARE (fc3)
Technical Support: http://www.cisco.com/techsupport
Copyright (c) 1986-2024 by Cisco Systems, Inc.
Compiled Tue 05-Mar-24 09:53 by mcpre

ROM: Bootstrap program is C2960X boot loader
BOOTLDR: C2960X Boot Loader (C2960X-HBOOT-M) Version 15.2(7r)E2, RELEASE SOFTWARE (fc1)

sw1 uptime is 3 weeks, 2 days, 1 hour, 4 minutes
System returned to ROM by power-on
System image file is "{image}"
Last reload reason: Unknown reason

cisco WS-C2960X-24TS-L (APM86XXX) processor (revision A0) with 524288K bytes of memory.
Processor board ID FCW00000001
Last reset from power-on
The password-recovery mechanism is enabled.

512K bytes of flash-simulated non-volatile configuration memory.
Base ethernet MAC Address       : 00:00:5E:00:53:01
Motherboard serial number       : FOC00000091
Model revision number           : A0
Model number                    : WS-C2960X-24TS-L
System serial number            : FCW00000001


Switch Ports Model                     SW Version            SW Image
------ ----- -----                     ----------            ----------
*    1 28    WS-C2960X-24TS-L          {release:<21} C2960X-UNIVERSALK9-M
"""
    for number in others or {}:
        text += (
            f"     {number} 28    WS-C2960X-24TS-L          {release:<21} C2960X-UNIVERSALK9-M\n"
        )
    for number, serial in (others or {}).items():
        text += f"""

Switch 0{number}
---------
Switch Uptime                   : 3 weeks, 2 days, 1 hour, 4 minutes
Base ethernet MAC Address       : 00:00:5E:00:53:0{number}
Model number                    : WS-C2960X-24TS-L
System serial number            : {serial}
"""
    return f"{text}\n\nConfiguration register is {register}\n\n"


def show_boot(path: str = "flash:/c2960x-universalk9-mz.152-7.E10.bin") -> str:
    return f"""\
BOOT path-list      : {path}
Config file         : flash:/config.text
Private Config file : flash:/private-config.text
Enable Break        : no
Manual Boot         : no
Allow Dev Key         : no
HELPER path-list    :
Auto upgrade        : yes
"""


def show_boot_of_stack(*paths: str) -> str:
    return "".join(
        f"-------------------\nSwitch {n}\n-------------------\n{show_boot(path)}"
        for n, path in enumerate(paths, start=1)
    )


def show_inventory(*rows: tuple[str, str]) -> str:
    rows = rows or (("1", "FCW00000001"),)
    return "".join(
        f'NAME: "{name}", DESCR: "WS-C2960X-24TS-L"\n'
        f"PID: WS-C2960X-24TS-L  , VID: V07  , SN: {serial}\n\n"
        for name, serial in rows
    )


AUTHENTICITY = """\
SYSTEM IMAGE
------------
Image type                    : Production
    Signer Information
        Common Name           : CiscoSystems
        Organization Unit     : C2960X
        Organization Name     : CiscoSystems
    Certificate Serial Number : 65E6F0AA
    Hash Algorithm            : SHA512
    Signature Algorithm       : 2048-bit RSA
    Key Version               : A

    Verifier Information
        Verifier Name         : ROMMON
        Verifier Version      : System Bootstrap, Version 15.2(7r)E2, RELEASE SOFTWARE (fc1)
"""


def hashed(path: str, digest: str = MD5) -> dict[str, str]:
    return {
        f"verify /md5 {path}": f"......MD5 of {path} Done!\nverify /md5 ({path}) = {digest}\n\n"
    }


def catalyst(**changes: str) -> dict[str, str]:
    """A Catalyst 2960-X; a change is given by probe id."""
    box = {
        "show version": show_version(),
        "show boot": show_boot(),
        "show inventory": show_inventory(),
        "show software authenticity running": AUTHENTICITY,
        **hashed(IMAGE),
    }
    by_id = {p.id: p.command for p in PLATFORM.probes}
    return box | {by_id[i]: text for i, text in changes.items()}


def stack() -> dict[str, str]:
    """Two of them."""
    path = "flash:/c2960x-universalk9-mz.152-7.E10.bin"
    return {
        "show version": show_version(others={2: "FCW00000002"}),
        "show boot": show_boot_of_stack(path, path),
        "show inventory": show_inventory(("Switch 1", "FCW00000001"), ("Switch 2", "FCW00000002")),
        "show software authenticity running": AUTHENTICITY,
        **hashed(IMAGE),
        **hashed(IMAGE.replace("flash:", "flash-2:")),
    }


ROUTER_IMAGE = "flash:c800-universalk9-mz.SPA.159-3.M12.bin"


def router() -> dict[str, str]:
    """An 800 router, which has ``show bootvar`` and no ``show boot``."""
    software = "C800 Software (C800-UNIVERSALK9-M)"
    return {
        "show version": f"""\
Cisco IOS Software, {software}, Version 15.9(3)M12, RELEASE SOFTWARE (fc1)
ROM: System Bootstrap, Version 15.8(3r)M0b, RELEASE SOFTWARE (fc1)

r1 uptime is 3 weeks
System image file is "{ROUTER_IMAGE}"
Cisco C881-K9 (revision 1.0) with 488524K/35763K bytes of memory.
Processor board ID FGL00000001
Configuration register is 0x2102
""",
        "show bootvar": f"""\
BOOT variable = {ROUTER_IMAGE},12;
CONFIG_FILE variable =
BOOTLDR variable =
Configuration register is 0x2102

Standby not ready to show bootvar
""",
        "show inventory": 'NAME: "C881-K9", DESCR: "C881-K9 chassis"\n'
        "PID: C881-K9           , VID: V01 , SN: FGL00000001\n",
        "show software authenticity running": AUTHENTICITY,
        **hashed(ROUTER_IMAGE),
    }
