"""One spelling for one file, and no name that could do harm in a command."""

import pytest

from netintegrity.platforms._paths import (
    LOCAL_FILE,
    PACKAGE_LIST_FILE,
    beside,
    is_network,
    normalised,
    on_member,
    on_standby,
    one_flash,
)


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("flash:/x.bin", "flash:x.bin"),
        ("flash:x.bin", "flash:x.bin"),
        (" bootflash:///a/x.bin ", "bootflash:a/x.bin"),
        ("tftp://10.0.0.1//x.bin", "tftp://10.0.0.1//x.bin"),
        ("/flash1/user/x.pkg", "/flash1/user/x.pkg"),
    ],
)
def test_slashes_after_the_file_system_mean_nothing(printed: str, path: str) -> None:
    assert normalised(printed) == path


@pytest.mark.parametrize(
    "path",
    [
        "flash:x.bin",
        "flash-2:a/x.bin",
        "stby-bootflash:x.bin",
        "usbflash1:x",
        "harddisk:x",
        "slot0:x",
    ],
)
def test_a_file_in_the_box_can_be_asked_for(path: str) -> None:
    assert LOCAL_FILE.fullmatch(path)


@pytest.mark.parametrize(
    "path",
    [
        "tftp://192.0.2.1/x.bin",
        "tftp:x.bin",
        "https://192.0.2.1/x",
        "null:x",
        "system:running-config",
        "nvram:startup-config",
        "flash:x.bin | redirect tftp://192.0.2.1/x",
        "flash:x.bin?",
        "flash:x.bin\nreload",
        "flash:x;y",
        "flash:",
        "x.bin",
        "flash:" + "x" * 300,
        "flash:x.bin\n",
        "flash:ü.bin",
    ],
)
def test_nothing_else_can(path: str) -> None:
    assert LOCAL_FILE.fullmatch(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "flash:packages.conf",
        "flash-2:packages.conf",
        "bootflash:a/prev_packages.conf",
        "flash:cat9k_iosxe.17.18.03.SPA.conf",
    ],
)
def test_a_package_list_can_be_shown(path: str) -> None:
    assert PACKAGE_LIST_FILE.fullmatch(path)


@pytest.mark.parametrize(
    "path", ["flash:startup.conf", "flash:config.text", "nvram:packages.conf", "flash:vlan.dat"]
)
def test_no_other_file_is_ever_shown(path: str) -> None:
    assert PACKAGE_LIST_FILE.fullmatch(path) is None


def test_files_of_other_parts_have_their_place() -> None:
    assert on_member("flash:packages.conf", 2) == "flash-2:packages.conf"
    assert on_member("flash-1:packages.conf", 2) == "flash-1:packages.conf"
    assert on_member("tftp://192.0.2.1/x", 2) == "tftp://192.0.2.1/x"
    assert on_standby("bootflash:x") == "stby-bootflash:x"
    assert on_standby("stby-bootflash:x") == "stby-bootflash:x"
    assert on_standby("ftp://192.0.2.1/x") == "ftp://192.0.2.1/x"
    assert beside("bootflash:packages.conf", "a.pkg") == "bootflash:a.pkg"
    assert beside("bootflash:d/packages.conf", "a.pkg") == "bootflash:d/a.pkg"


def test_bootflash_and_flash_are_one_file_system_where_they_are() -> None:
    assert one_flash("bootflash:x") == one_flash("flash:x")
    assert one_flash("bootflash-2:x") != one_flash("flash:x")
    assert one_flash("harddisk:x") != one_flash("flash:x")


def test_a_network_source_is_told_from_a_local_one() -> None:
    assert is_network("TFTP://192.0.2.1/x")
    assert is_network("tftp:/x 255.255.255.255")
    assert not is_network("flash:tftp")
    assert not is_network("tftp")
