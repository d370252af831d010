"""ASA boxes as tables of answers, in the shapes real ones print."""

IMAGE = "disk0:/asa9-16-4-85-lfbff-k8.SPA"
SHA512 = "a5" * 64
MD5 = "d4" * 16
INVALID = "                 ^\nERROR: % Invalid input detected at '^' marker.\n"


def show_version(
    release: str = "9.16(4)85", image: str = IMAGE, *, register: str = "0x1", hardware: str = ""
) -> str:
    return f"""\
Cisco Adaptive Security Appliance Software Version {release}
SSP Operating System Version 2.10(1.3000)
Device Manager Version 7.23(1)

Compiled on Wed 13-Aug-25 03:28 GMT by builders
System image file is "{image}"
Config file at boot was "startup-config"

fw1 up 16 days 14 hours

Hardware:   {hardware or "ASA5516"}, 8192 MB RAM, CPU Atom C2000 series 2416 MHz, 1 CPU (8 cores)
Internal ATA Compact Flash, 8000MB
BIOS Flash M25P64 @ 0xfed01000, 16384KB

 1: Ext: GigabitEthernet1/1  : address is 0000.5e00.5301, irq 255

Licensed features for this platform:
Maximum VLANs                     : 150            perpetual
Failover                          : Active/Standby perpetual

Serial Number: JAD00000001
Running Permanent Activation Key: 0x0 0x0 0x0 0x0 0x0
Configuration register is {register}
Image type                : Release
Key Version               : A
ROMMON Version            : 1.1.18
Configuration last modified by enable_15 at 09:15:45.959 UTC Mon Jan 5 2026
"""


def show_bootvar(saved: str = IMAGE, current: str | None = None) -> str:
    return f"""\

BOOT variable = {saved}
Current BOOT variable = {saved if current is None else current}
CONFIG_FILE variable =
Current CONFIG_FILE variable =

"""


INVENTORY = """\
Name: "Chassis", DESCR: "ASA 5516-X with FirePOWER services, 8GE, AC, DES"
PID: ASA5516           , VID: V05     , SN: JMX00000001

Name: "Storage Device 1", DESCR: "ASA 5516-X SSD"
PID: ASA5516-SSD       , VID: N/A     , SN: MSA00000001

"""
AUTHENTICITY = """\
Image type                    : Release
    Signer Information
        Common Name           : abraxas
        Organization Unit     : NCS_Kenton_ASA
        Organization Name     : CiscoSystems
    Certificate Serial Number : 68AFDEF8
    Hash Algorithm            : SHA2 512
    Signature Algorithm       : 2048-bit RSA
    Key Version               : A
    Verifier Information
        Verifier Name         : ROMMON
        Verifier Version      : Cisco ROMMON,1.1.18
"""


def hashed(path: str, digest: str = SHA512) -> dict[str, str]:
    marks = "!" * 77 + "\n" + "!" * 40 + "Done!\n"
    return {f"verify /sha-512 {path}": f"{marks}verify /SHA-512 ({path}) = {digest}\n"}


def appliance(**changes: str) -> dict[str, str]:
    """An ASA 5516-X; a change is given by probe id."""
    box = {
        "show version": show_version(),
        "show bootvar": show_bootvar(),
        "show inventory": INVENTORY,
        "show software authenticity running": AUTHENTICITY,
        **hashed(IMAGE),
    }
    ids = {
        "version": "show version",
        "boot": "show bootvar",
        "inventory": "show inventory",
        "authenticity": "show software authenticity running",
        "hash": f"verify /sha-512 {IMAGE}",
    }
    return box | {ids[i]: text for i, text in changes.items()}
