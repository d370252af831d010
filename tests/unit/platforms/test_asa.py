"""What Cisco ASA is asked, and what it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Identity
from netintegrity.platforms.cisco_asa import PLATFORM
from tests.unit.platforms import boxes, boxes_asa
from tests.unit.platforms.boxes import CHASSIS, converse, exchange, images, of_image
from tests.unit.platforms.boxes_asa import (
    IMAGE,
    INVALID,
    appliance,
    hashed,
    show_bootvar,
    show_version,
)

GOOD = Digest(DigestAlgorithm.SHA512, bytes.fromhex(boxes_asa.SHA512))
RUNNING, NEXT = ImageRole.RUNNING, ImageRole.BOOT_NEXT
PATH = IMAGE.replace(":/", ":")
HASH = f"verify /sha-512 {IMAGE}"
OLDER = "disk0:/asa9-16-4-76-lfbff-k8.SPA"


def asked(box: dict[str, str]) -> list[str]:
    return of_image(converse(PLATFORM, box))


def gaps(box: dict[str, str]) -> list[str]:
    return [g.probe_id for g in boxes.claims(box, PLATFORM).gaps]


def test_an_appliance_in_order() -> None:
    said = boxes.claims(appliance(), PLATFORM)
    assert said.platform_id == "cisco_asa"
    assert said.running_release is not None
    assert said.running_release.text == "9.16(4)85"
    assert said.identities == (Identity(subject=CHASSIS, serial="JMX00000001", pid="ASA5516"),)
    assert [(i.path, i.role, i.digests) for i in said.images] == [
        (PATH, RUNNING, frozenset({GOOD})),
        (PATH, NEXT, frozenset({GOOD})),
    ]
    (boot,) = said.boots
    assert (boot.entries, boot.config_register, boot.loader_release) == ((PATH,), 1, "1.1.18")
    assert [(s.path, s.signing_type, s.accepted) for s in said.signatures] == [
        (PATH, "production", True)
    ]
    assert said.gaps == ()


def test_the_questions_and_their_order() -> None:
    assert asked(appliance()) == [
        "show version",
        "show bootvar",
        "show inventory",
        "show software authenticity running",
        HASH,
    ]


def test_what_is_saved_is_what_boots_next_and_what_is_not_saved_yet_is_judged_too() -> None:
    box = appliance(boot=show_bootvar(IMAGE, OLDER)) | hashed(OLDER, "0f" * 64)
    said = boxes.claims(box, PLATFORM)
    paths = [i.path for i in said.images if i.role is NEXT]
    assert paths == [PATH, OLDER.replace(":/", ":")]
    assert [i.release.text for i in said.images if i.release] == ["9.16(4)85"] * 2 + ["9.16(4)76"]
    assert said.boots[0].entries == tuple(paths)


def test_only_the_first_entry_is_booted_and_the_others_are_told() -> None:
    said = boxes.claims(appliance(boot=show_bootvar(f"{IMAGE};{OLDER}")), PLATFORM)
    assert len(images(said, NEXT)) == 1
    assert said.boots[0].entries == (PATH, OLDER.replace(":/", ":"))


@pytest.mark.parametrize("boot", [show_bootvar(""), "CONFIG_FILE variable =\n"])
def test_without_a_boot_variable_nobody_knows_what_boots_next(boot: str) -> None:
    said = boxes.claims(appliance(boot=boot), PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["boot"]
    assert not images(said, NEXT)


def test_an_unsaved_boot_variable_is_none_that_the_next_boot_uses() -> None:
    assert gaps(appliance(boot=show_bootvar("", IMAGE))) == ["boot"]


@pytest.mark.parametrize("columns", [79, 80])
def test_long_boot_lists_and_hash_lines_wrap(columns: int) -> None:
    def wrapped(text: str) -> str:
        parts = (
            line[i : i + columns]
            for line in text.splitlines()
            for i in range(0, max(len(line), 1), columns)
        )
        return "\n".join(parts) + "\n"

    box = appliance(
        boot=wrapped(show_bootvar(f"{IMAGE};{OLDER};disk0:/asa9-14-4-24-lfbff-k8.SPA")),
        hash=wrapped(hashed(IMAGE)[HASH]),
    )
    said = boxes.claims(box, PLATFORM)
    assert len(said.boots[0].entries) == 3
    assert all(i.digests == {GOOD} for i in said.images)
    assert said.gaps == ()


def test_a_virtual_one_runs_what_it_keeps_elsewhere() -> None:
    running = "boot:/asa984-10-smp-k8.bin"
    following = "disk0:/asa984-10-smp-k8.bin"
    box = appliance(version=show_version("9.8(4)10", running), boot=show_bootvar(following))
    box |= hashed(running) | hashed(following)
    said = boxes.claims(box, PLATFORM)
    assert [i.path for i in said.images] == [
        "boot:asa984-10-smp-k8.bin",
        "disk0:asa984-10-smp-k8.bin",
    ]
    assert all(i.digests and i.release and i.release.text == "9.8(4)10" for i in said.images)


def test_a_security_context_does_not_see_the_image() -> None:
    said = boxes.claims(appliance(version=show_version("9.8(3)21 <context>", "")), PLATFORM)
    assert said.running_release is not None
    assert "version" in [g.probe_id for g in said.gaps]


def test_the_register_after_the_next_reload_is_read() -> None:
    text = show_version(register="0x1 (will be 0x41 at next reload)")
    (boot,) = boxes.claims(appliance(version=text), PLATFORM).boots
    assert (boot.config_register, boot.config_register_next) == (0x1, 0x41)


def test_md5_is_asked_only_where_the_box_does_not_know_sha512() -> None:
    md5 = {f"verify /md5 {IMAGE}": f"!!!Done!\nverify /MD5 ({IMAGE}) = {boxes_asa.MD5}\n"}
    assert asked(appliance(hash=INVALID) | md5)[-1] == f"verify /md5 {IMAGE}"
    said = boxes.claims(appliance(hash=INVALID) | md5, PLATFORM)
    assert {d.algorithm for i in said.images for d in i.digests} == {DigestAlgorithm.MD5}
    missing = "%Error verifying disk0:/x (No such file or directory)\n"
    assert asked(appliance(hash=missing))[-1] == HASH


@pytest.mark.parametrize(
    "output",
    [
        "",
        f"verify /SHA-512 ({OLDER}) = {boxes_asa.SHA512}\n",
        f"verify /SHA-512 ({IMAGE}) = {boxes_asa.SHA512[:-2]}\n",
        f"Verified ({IMAGE}) = {boxes_asa.SHA512}\n",
        hashed(IMAGE)[HASH] * 2,
        "Command authorization failed\n",
    ],
)
def test_anything_but_one_digest_of_that_file_is_a_gap(output: str) -> None:
    said = boxes.claims(appliance(hash=output), PLATFORM)
    assert not any(i.digests for i in said.images)
    assert "hash" in [g.probe_id for g in said.gaps]


@pytest.mark.parametrize("text", [INVALID, "", "nothing\n"])
def test_no_word_of_a_signature_is_no_obstacle(text: str) -> None:
    said = boxes.claims(appliance(authenticity=text), PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["authenticity"]
    assert said.signatures == ()


@pytest.mark.parametrize("path", ["disk0:/a|b", "disk0:/a b", "tftp://192.0.2.1/x", "x", "disk0:/"])
def test_what_a_box_names_cannot_become_a_command_of_its_own(path: str) -> None:
    box = appliance(version=show_version(image=path), boot=show_bootvar(path))
    assert not [c for c in asked(box) if c.startswith("verify")]


@given(st.sampled_from(sorted(appliance())), st.text(max_size=300))
def test_no_answer_at_all_makes_it_raise_or_invent_a_digest(command: str, text: str) -> None:
    said = boxes.claims(appliance() | {command: text}, PLATFORM)
    for image in said.images:
        assert all(d == GOOD or d.value.hex() in text.lower() for d in image.digests)


@given(st.text(max_size=200))
def test_no_text_at_all_makes_a_fault(text: str) -> None:
    for probe in PLATFORM.probes:
        exchanges = (exchange(PLATFORM, probe.command.replace("{}", IMAGE), text),)
        PLATFORM.interpret(exchanges)
        assert all(PLATFORM.admits(r.command) for r in PLATFORM.plan(exchanges))
