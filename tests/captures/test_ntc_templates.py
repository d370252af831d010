"""ntc-templates as a second opinion on captures: release and serial numbers; differences explained.

The templates are other people's reading of the same outputs, written without a look at ours.
"""

from collections.abc import Iterator

import pytest
from ntc_templates.parse import parse_output  # type: ignore[import-untyped]

from netintegrity.model.release import Order
from tests.captures.test_facts import TABLE
from tests.examples import PLATFORMS
from tests.paths import CAPTURES, needs_captures

NAMES = {
    "cisco_ios": "cisco_ios",
    "cisco_iosxe": "cisco_ios",
    "cisco_nxos": "cisco_nxos",
    "cisco_asa": "cisco_asa",
    "cisco_iosxr": "cisco_xr",
    "arista_eos": "arista_eos",
    "juniper_junos": "juniper_junos",
    "fortinet_fortios": "fortinet",
    "aruba_aoscx": "aruba_aoscx",
}
"""What the templates call a platform."""
COMMANDS = {"show version", "show inventory", "get system status", "show system"}
_VERSION = ("version", "os", "junos_version", "image")
_SERIAL = ("serial", "serial_number", "sn")
_XE = "cisco/iosxe/genie/"
_BOARD = "it takes the number of the processor board for that of the box"
_BOOT_LOADER = "it takes the line of the boot loader, which is printed further below"
_SPECIAL = "it takes the release a private build was made of for the build"
_NOT_OF_VERSION = "we read serial numbers where the hardware is listed, part by part"
EXPLAINED = {
    (f"{_XE}ShowVersion__golden_output_2.txt", "serial"): _BOARD,
    (f"{_XE}ShowVersion__golden_output_3.txt", "serial"): _BOARD,
    (f"{_XE}ShowVersion__golden_output_4.txt", "serial"): _BOARD,
    (f"{_XE}ShowVersion__golden_output_ios_2.txt", "version"): _BOOT_LOADER,
    (
        "cisco/ios_iosxe_ntc/ntc/cisco_ios_show_version_special_build.txt",
        "version",
    ): _SPECIAL,
    ("cisco/asa/ntc/cisco_asa_show_inventory_pid_spaces.txt", "serial"): (
        "the product id has a blank in it, and the row is a gap to us"
    ),
    ("juniper_junos/ntc/show_version/juniper_junos_show_version.raw", "serial"): _NOT_OF_VERSION,
    ("aruba_aoscx/ntc/show_system/show_system.raw", "version"): (
        "we read the release from `show version` and from nowhere else"
    ),
    ("aruba_aoscx/ntc/show_system/show_system3.raw", "version"): (
        "we read the release from `show version` and from nowhere else"
    ),
}
UNREAD = {
    "aruba_aoscx/show_version_manual.txt",
    "cisco/asa/doc/version_and_text.txt",
    "cisco/asa/genie/ShowVersion__golden_output1.txt",
    "cisco/asa/genie/ShowVersion__golden_output4.txt",
    "cisco/iosxr/genie/ShowVersion__golden_output_1.txt",
    "cisco/iosxr/genie/ShowVersion__golden_output_2.txt",
    "cisco/iosxr/genie/ShowVersion__golden_output_4.txt",
}
"""There is no template, or it stops at a line it does not know: the prompt, the processor."""
ASKED = [n for n, (p, row) in TABLE.items() if p in NAMES and row["command"] in COMMANDS]


def _first(parsed: dict[str, object], names: tuple[str, ...]) -> list[str]:
    for name in names:
        said = parsed.get(name)
        values = said if isinstance(said, list) else [said]
        if found := [str(v) for v in values if v]:
            return found
    return []


def differences(name: str, parsed: dict[str, object]) -> Iterator[str]:
    """Yield in what a template and we differ; what either leaves out by design is no difference."""
    platform_id, row = TABLE[name]
    ours = str(row.get("release", ""))
    for version in _first(parsed, _VERSION)[:1]:
        parse = PLATFORMS[platform_id].parse_release
        # FortiGate-60F v7.4.8,build2795,250523 (GA.M)        10.4(5) [Maintenance Release]
        spoken = (version, version.partition(", ")[0], *version.split(" "))
        theirs = [r for text in spoken if (r := parse(text)) is not None]
        known = parse(ours)
        if known is None or not any(known.compared_to(r) is Order.SAME for r in theirs):
            yield "version"
    serials = str(row.get("serials", ""))
    if any(s not in serials for s in _first(parsed, _SERIAL)):
        yield "serial"


@needs_captures
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ASKED)
def test_a_template_reads_what_we_read_or_it_is_said_why_not(name: str) -> None:
    platform_id, row = TABLE[name]
    raw = (CAPTURES / name).read_bytes().decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    try:
        parsed = parse_output(platform=NAMES[platform_id], command=str(row["command"]), data=raw)
    except Exception:  # noqa: BLE001 - the library raises bare ones
        assert name in UNREAD
        return
    assert name not in UNREAD
    first = dict(parsed[0]) if parsed else {}
    found = set(differences(name, first))
    assert found == {what for n, what in EXPLAINED if n == name}, (row, first)


def test_every_explanation_is_of_a_capture_that_is_compared() -> None:
    assert {name for name, _ in EXPLAINED} <= set(ASKED)
    assert len(ASKED) >= 60
