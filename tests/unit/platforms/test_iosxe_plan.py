"""What an IOS-XE box is asked, and in which order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.platforms.cisco_iosxe import PLATFORM
from tests.unit.platforms import boxes
from tests.unit.platforms.boxes import catalyst, converse, hashed, of_image, show_boot, show_version

ALWAYS = [
    "show version",
    "show boot",
    "show inventory",
    "show software authenticity running",
    "show install summary",
]


def asked(box: dict[str, str]) -> list[str]:
    """Everything but what asks for a quote: see test_iosxe_quotes."""
    return of_image(e for e in converse(PLATFORM, box) if e.nonce is None)


def test_one_image_in_both_roles_is_hashed_once() -> None:
    assert asked(catalyst()) == [*ALWAYS, f"verify /sha512 {boxes.IMAGE}"]


def test_bootvar_is_asked_where_show_boot_is_refused() -> None:
    assert "show bootvar" in asked(catalyst(boot=boxes.INVALID))


def test_bootvar_is_asked_where_show_boot_has_nothing_to_read() -> None:
    assert "show bootvar" in asked(catalyst(boot="Config file : flash:/config.text\n"))


def test_an_empty_boot_variable_was_read_so_bootvar_is_not_asked() -> None:
    assert "show bootvar" not in asked(catalyst(boot="BOOT variable does not exist\n"))


def test_every_package_of_every_member_is_hashed() -> None:
    commands = asked(boxes.stack())
    for place in ("flash", "flash-2"):
        assert f"more {place}:packages.conf" in commands
        for name in boxes.PACKAGES:
            assert commands.count(f"verify /sha512 {place}:{name}") == 1


def test_members_of_a_stack_that_show_boot_leaves_out_are_asked_for() -> None:
    others = {2: ("FOC00000002", "17.09.04a"), 3: ("FOC00000003", "17.09.04a")}
    box = catalyst(version=show_version(others=others))
    assert "show boot system" in asked(box)


def test_show_platform_is_asked_of_a_box_that_may_have_two_processors() -> None:
    assert "show platform" in asked(boxes.asr())
    assert "show platform" not in asked(catalyst())


@pytest.mark.parametrize("pid", ["C9407R", "C9606R", "WS-C4507R+E", "ASR1009-X"])
def test_a_modular_chassis_with_one_processor_is_asked_too(pid: str) -> None:
    box = catalyst(inventory=boxes.show_inventory(("Chassis", pid, "FXS00000001")))
    assert "show platform" in asked(box)


def test_md5_is_asked_only_where_the_box_does_not_know_sha512() -> None:
    assert f"verify /md5 {boxes.IMAGE}" in asked(
        catalyst() | {f"verify /sha512 {boxes.IMAGE}": boxes.INVALID}
    )
    absent = f"%Error opening {boxes.IMAGE} (No such file or directory)\n"
    assert f"verify /md5 {boxes.IMAGE}" not in asked(
        catalyst() | {f"verify /sha512 {boxes.IMAGE}": absent}
    )


@pytest.mark.parametrize(
    "entry",
    [
        "tftp://192.0.2.66/cat9k_iosxe.17.09.04a.SPA.bin",
        "flash:x.bin | redirect tftp://192.0.2.66/x",
        "nvram:startup-config",
        "flash:startup.conf",
    ],
)
def test_what_is_not_a_file_in_the_box_is_never_put_into_a_command(entry: str) -> None:
    box = catalyst(boot=show_boot(entry), version=show_version(image=entry))
    assert asked(box) == ALWAYS


def test_a_staged_image_is_hashed_as_well() -> None:
    staged = "flash:cat9k_iosxe.17.12.01.SPA.bin"
    box = catalyst(boot=show_boot(staged, boxes.IMAGE)) | hashed(staged)
    assert asked(box)[-2:] == [f"verify /sha512 {boxes.IMAGE}", f"verify /sha512 {staged}"]


def test_one_file_under_two_names_is_hashed_once() -> None:
    box = catalyst(boot=show_boot(boxes.IMAGE.replace("flash:", "bootflash:/")))
    assert asked(box) == [*ALWAYS, f"verify /sha512 {boxes.IMAGE}"]


def test_a_box_that_refuses_everything_is_asked_the_fixed_questions_and_no_more() -> None:
    assert asked({}) == [*ALWAYS, "show bootvar"]


def test_every_command_is_admitted_by_a_probe() -> None:
    for box in (catalyst(), boxes.stack(), boxes.asr(), {}):
        assert all(PLATFORM.admits(command) for command in asked(box))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from([*ALWAYS, "show bootvar", "show platform"]), st.text()))
def test_the_plan_ends_whatever_the_box_says(box: dict[str, str]) -> None:
    assert len(asked(box)) < 40


def test_a_hostile_package_list_does_not_keep_us_busy() -> None:
    names = [f"cat9k-{n:03}.17.09.04a.SPA.pkg" for n in range(500)]
    box = boxes.stack() | {"more flash:packages.conf": boxes.packages_conf(*names)}
    assert len(asked(box)) < 40
