"""NX-OS boxes as tables of answers, in the shapes real ones print."""

IMAGE = "bootflash:nxos.9.3.10.bin"
SHA512 = "5a" * 64
MD5 = "c4" * 16
INVALID = "                   ^\n% Invalid command at '^' marker.\n"

_HEAD = """\
Cisco Nexus Operating System (NX-OS) Software
TAC support: http://www.cisco.com/tac

Software
"""


def show_version(
    release: str = "9.3(10)",
    image: str = "bootflash:///nxos.9.3.10.bin",
    *,
    serial: str = "FDO00000001",
    packages: str = "",
) -> str:
    return f"""\
{_HEAD}  BIOS: version 05.45
 NXOS: version {release}
  BIOS compile time:  07/05/2021
  NXOS image file is: {image}
  NXOS compile time:  5/20/2022 12:00:00 [05/20/2022 19:45:32]


Hardware
  cisco Nexus9000 C93180YC-EX Chassis
  Intel(R) Xeon(R) CPU  @ 1.80GHz with 24571352 kB of memory.
  Processor Board ID {serial}

  Device name: leaf1
  bootflash:   53298520 kB
Kernel uptime is 60 day(s), 17 hour(s), 8 minute(s), 18 second(s)

Last reset at 237566 usecs after Wed May 28 16:56:48 2025
  Reason: Reset Requested by CLI command reload
  System version: 9.3(7a)
  Service:

plugin
  Core Plugin, Ethernet Plugin

Active Package(s):
{packages}"""


def show_version_pair(
    release: str = "7.3(7)N1(1)", kickstart: str = "7.3(7)N1(1)", serial: str = "FOC00000001"
) -> str:
    """A Nexus 5000, which loads two files."""
    return f"""\
{_HEAD}  BIOS:      version 3.6.0
  loader:    version N/A
  kickstart: version {kickstart}
  system:    version {release}
  kickstart image file is: bootflash:///n5000-uk9-kickstart.7.3.7.N1.1.bin
  kickstart compile time:  3/19/2020 3:00:00 [03/19/2020 23:12:59]
  system image file is:    bootflash:///n5000-uk9.7.3.7.N1.1.bin
  system compile time:     3/19/2020 3:00:00 [03/20/2020 01:10:47]

Hardware
  cisco Nexus5548 Chassis ("O2 32X10GE/Modular Universal Platform Supervisor")
  Processor Board ID {serial}
"""


def show_boot(
    now: str = "bootflash:/nxos.9.3.10.bin", following: str | None = None, *, sups: int = 1
) -> str:
    def section(value: str) -> str:
        return "".join(
            f"sup-{n}\nNXOS variable = {value}\nBoot POAP Disabled\n" for n in range(1, sups + 1)
        )

    following = now if following is None else following
    return f"""\
Current Boot Variables:

{section(now)}
Boot Variables on next reload:

{section(following)}"""


SHOW_BOOT_PAIR = """\
Current Boot Variables:


kickstart variable = bootflash:/n5000-uk9-kickstart.7.3.7.N1.1.bin
system variable = bootflash:/n5000-uk9.7.3.7.N1.1.bin
Boot POAP Disabled

Boot Variables on next reload:


kickstart variable = bootflash:/n5000-uk9-kickstart.7.3.7.N1.1.bin
system variable = bootflash:/n5000-uk9.7.3.7.N1.1.bin
Boot POAP Disabled
"""


def show_inventory(*rows: tuple[str, str, str, str]) -> str:
    rows = rows or (
        ("Chassis", "Nexus9000 C93180YC-EX chassis", "N9K-C93180YC-EX", "FDO00000001"),
        ("Slot 1", "48x10/25G + 6x40/100G Ethernet Module", "N9K-C93180YC-EX", "FDO00000001"),
        ("Power Supply 1", "Nexus9000 C93180YC-EX chassis Power Supply", "NXA-PAC-650W-PE", "A1"),
        ("Fan 1", "Nexus9000 C93180YC-EX chassis Fan Module", "NXA-FAN-30CFM-F", "N/A"),
    )
    return "".join(
        f'NAME: "{name}",  DESCR: "{description}"\nPID: {pid:<20},  VID: V03 ,  SN: {serial}\n\n'
        for name, description, pid, serial in rows
    )


AUTHENTICITY = """\
NXOS IMAGE
------------------------
Image type                    : Release
    Signer Information
        Common Name           : CiscoSystems
        Organization Unit     : Nexus9k
        Organization Name     : CiscoSystems
    Certificate Serial Number : 62880516
    Hash Algorithm            : SHA512
    Signature Algorithm       : 2048-bit RSA
    Key Version               : A

    Verifier Information
        Verifier Name         : BIOS
        Verifier Version      :

"""
INSTALL = """\
Boot Image:
\tNXOS Image: bootflash:/nxos.9.3.10.bin

Active Packages:

"""


def hashed(path: str, digest: str = SHA512) -> dict[str, str]:
    return {f"show file {path} sha512sum": f"{digest}\n"}


def nexus(**changes: str) -> dict[str, str]:
    """A Nexus 9300 with one image; changes are given by probe id."""
    box = {
        "show version": show_version(),
        "show boot": show_boot(),
        "show inventory": show_inventory(),
        "show software authenticity running": AUTHENTICITY,
        "show install active": INSTALL,
        **hashed(IMAGE),
    }
    ids = {
        "version": "show version",
        "boot": "show boot",
        "inventory": "show inventory",
        "authenticity": "show software authenticity running",
        "install": "show install active",
        "hash": f"show file {IMAGE} sha512sum",
    }
    return box | {ids[i]: text for i, text in changes.items()}


def pair() -> dict[str, str]:
    """A Nexus 5000."""
    return {
        "show version": show_version_pair(),
        "show boot": SHOW_BOOT_PAIR,
        "show inventory": show_inventory(
            ("Chassis", "Nexus5548 Chassis", "N5K-C5548UP", "SSI00000001"),
            ("Module 1", "O2 32X10GE/Modular Universal Platform Supervisor", "N5K-C5548UP", "FOC1"),
        ),
        **hashed("bootflash:n5000-uk9-kickstart.7.3.7.N1.1.bin", "11" * 64),
        **hashed("bootflash:n5000-uk9.7.3.7.N1.1.bin", "22" * 64),
    }


SHOW_MODULE = """\
Mod Ports             Module-Type                      Model           Status
--- ----- ------------------------------------- --------------------- ---------
1    36   36x40G Ethernet Module                N9K-X9636PQ           ok
22   0    4-slot Fabric Module                  N9K-C9504-FM          ok
27   0    Supervisor Module                     N9K-SUP-A             {first}
28   0    Supervisor Module                     N9K-SUP-A             {second}
29   0    System Controller                     N9K-SC-A              active
30   0    System Controller                     N9K-SC-A              standby

Mod  Sw                       Hw    Slot
---  ----------------------- ------ ----
1    9.3(10)                  1.1    LC1
22   9.3(10)                  1.1    FM2
27   9.3(10)                  1.1    SUP1
28   9.3(10)                  1.1    SUP2

Mod  MAC-Address(es)                         Serial-Num
---  --------------------------------------  ----------
27   00-00-5e-00-53-01 to 00-00-5e-00-53-12  SAL00000027
28   00-00-5e-00-53-21 to 00-00-5e-00-53-32  SAL00000028
"""


def modular(first: str = "active *", second: str = "ha-standby", **more: str) -> dict[str, str]:
    """A Nexus 9504 with two supervisors."""
    standby = IMAGE.replace(":", "://sup-standby/")
    return {
        "show version": show_version(serial="SAL00000027"),
        "show boot": show_boot(sups=2),
        "show inventory": show_inventory(
            ("Chassis", "Nexus9000 C9504 (4 Slot) Chassis", "N9K-C9504", "FOX00000001"),
            ("Slot 1", "36x40G Ethernet Module", "N9K-X9636PQ", "SAL00000001"),
            ("Slot 27", "Supervisor Module", "N9K-SUP-A", "SAL00000027"),
            ("Slot 28", "Supervisor Module", "N9K-SUP-A", "SAL00000028"),
            ("Slot 29", "System Controller", "N9K-SC-A", "SAL00000029"),
        ),
        "show module": SHOW_MODULE.format(first=first, second=second),
        "show software authenticity running": AUTHENTICITY,
        "show install active": INSTALL,
        **hashed(IMAGE),
        **hashed(standby),
        **more,
    }
