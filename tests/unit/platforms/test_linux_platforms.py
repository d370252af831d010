"""What VyOS and SONiC are asked, and what they claim."""

import hashlib
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageKind, ImageRole
from netintegrity.platforms._spec import Platform, Subsystem
from netintegrity.platforms.sonic import PLATFORM as SONIC
from netintegrity.platforms.vyos import PLATFORM as VYOS
from tests.unit.platforms.boxes import claims, converse, exchange, of_image

BOOT = "/usr/lib/live/mount/persistence/boot"
HEAD = (
    "Name                      Default boot    Running\n"
    "------------------------  --------------  ---------\n"
)
RUNS = "1.4.0                     Yes             Yes\n"
KERNEL = "6.1.0-11-2-amd64"


def digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()


def summed(*paths: str) -> dict[str, str]:
    return {f"sha256sum {p}": f"{digest(p)}  {p}\n" for p in paths}


def vyos(**changes: str) -> dict[str, str]:
    files = [f"{BOOT}/1.4.0/{f}" for f in ("1.4.0.squashfs", "vmlinuz", "initrd.img")]
    overlays = [f"{BOOT}/1.4.0/rw/usr/{d}" for d in ("bin", "sbin")]
    box = {
        "show version": "Version:          VyOS 1.4.0\nHardware model:   RT-1000\n"
        "Hardware S/N:     2108ABC1234\n",
        "show system image": HEAD + RUNS,
        **summed(*files),
        **{f"find {p} -mindepth 1": f"find: '{p}': No such file or directory\n" for p in overlays},
    }
    words = {"version": "show version", "images": "show system image"}
    return box | {words[w]: text for w, text in changes.items()}


def sonic(**changes: str) -> dict[str, str]:
    listed = "Current: SONiC-OS-202311.2\nNext: SONiC-OS-202311.2\nAvailable:\nSONiC-OS-202311.2\n"
    folder = "/host/image-202311.2"
    box = {
        "show version": "SONiC Software Version: SONiC.202311.2\n"
        "Serial Number: SW1000000001\nModel Number: SW100-32X\n",
        "sudo sonic-installer list": listed,
        "show boot": listed,
        f"ls -1 {folder}/boot": f"initrd.img-{KERNEL}\nvmlinuz-{KERNEL}\n",
        **summed(
            f"{folder}/fs.squashfs",
            f"{folder}/boot/initrd.img-{KERNEL}",
            f"{folder}/boot/vmlinuz-{KERNEL}",
        ),
    }
    words = {
        "version": "show version",
        "images": "sudo sonic-installer list",
        "boot": "show boot",
        "folder": f"ls -1 {folder}/boot",
    }
    return box | {words[w]: text for w, text in changes.items()}


BOXES: dict[str, tuple[Platform, dict[str, str]]] = {
    "vyos": (VYOS, vyos()),
    "sonic": (SONIC, sonic()),
}


def hashed(platform: Platform, box: Mapping[str, str]) -> set[str]:
    return {i.path for i in claims(box, platform).images if i.digests}


@pytest.mark.parametrize("name", BOXES)
def test_a_box_in_order(name: str) -> None:
    platform, box = BOXES[name]
    said = claims(box, platform)
    assert said.platform_id == name
    assert said.gaps == ()
    for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT):
        files = [i for i in said.images if i.role is role]
        assert [i.kind for i in files] == [ImageKind.IMAGE, ImageKind.PACKAGE, ImageKind.PACKAGE]
        assert all({d.value.hex() for d in i.digests} == {digest(i.path)} for i in files)
        # The names on disk are those of every release; a list has to tell them apart.
        assert len({i.filename for i in files}) == 3
        assert all(i.filename.startswith(("1.4.0.", "202311.2.")) for i in files)


@pytest.mark.parametrize("name", BOXES)
def test_digests_come_from_the_shell(name: str) -> None:
    platform, _ = BOXES[name]
    assert platform.probe("hash").subsystem is Subsystem.SHELL


@pytest.mark.parametrize("name", BOXES)
def test_nothing_that_changes_a_box_is_ever_asked(name: str) -> None:
    platform, _ = BOXES[name]
    allowed = re.compile(
        r"show [a-z ]+|sudo sonic-installer list|sha256sum \{\}|ls -1 \{\}"
        r"|find \{\} -mindepth 1(?: -type f)?"
    )
    assert all(allowed.fullmatch(p.command) for p in platform.probes)


HOSTILE = (
    "1.4.0;reboot",
    "1.4.0 /etc/shadow",
    "../../../etc",
    "$(id)",
    "`id`",
    "-delete",
    "a\nb",
    "a|b",
    "a&b",
    "a>b",
    "",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_a_box_gives_an_image_gets_into_a_command(name: str) -> None:
    for command in (
        f"sha256sum {BOOT}/{name}/vmlinuz",
        f"find {BOOT}/{name}/rw/usr/bin -mindepth 1",
        f"find {BOOT}/1.4.0/rw/usr/bin -mindepth 1 {name}x",
    ):
        assert not VYOS.admits(command)
    for command in (
        f"sha256sum /host/image-{name}/fs.squashfs",
        f"sha256sum /host/image-202311.2/boot/{name}",
        f"ls -1 /host/image-{name}/boot",
    ):
        assert not SONIC.admits(command)
    row = f"{name:<26}Yes             Yes\n"
    asked = set(of_image(converse(VYOS, vyos(images=HEAD + row))))
    assert asked <= {"show version", "show system image"} | {
        c for c in asked if name.split(" ", maxsplit=1)[0] in c and VYOS.admits(c)
    }


def test_the_squashfs_must_be_of_the_folder_it_lies_in() -> None:
    assert VYOS.admits(f"sha256sum {BOOT}/1.4.0/1.4.0.squashfs")
    assert not VYOS.admits(f"sha256sum {BOOT}/1.4.0/1.3.8.squashfs")


@pytest.mark.parametrize(
    "images",
    [
        HEAD,
        HEAD + RUNS + RUNS,
        HEAD + RUNS.replace("             Yes", ""),
        RUNS,
        HEAD + "1.4.0                                     Yes\n1.3.8                     No\n",
    ],
)
def test_marks_that_leave_a_choice_are_a_gap_of_vyos(images: str) -> None:
    said = claims(vyos(images=images), VYOS)
    assert [g.probe_id for g in said.gaps] == ["images"]
    assert said.images == ()


def test_the_list_of_older_vyos_is_read_too() -> None:
    old = "installed:\n\n   1: 1.4.0 (default boot) (running image)\n   2: 1.3.8\n"
    assert len(hashed(VYOS, vyos(images=old))) == 3


@pytest.mark.parametrize(
    "images",
    [
        "Current: SONiC-OS-202311.2\nAvailable:\n",
        "Current: SONiC-OS-a\nCurrent: SONiC-OS-b\nNext: SONiC-OS-a\n",
        "Current: SONiC-OS-a;reboot\nNext: SONiC-OS-a\n",
    ],
)
def test_marks_that_leave_a_choice_are_a_gap_of_sonic(images: str) -> None:
    said = claims(sonic(images=images), SONIC)
    assert "images" in {g.probe_id for g in said.gaps}
    assert said.images == ()


def test_programs_in_the_writable_layer_are_a_gap() -> None:
    command = f"find {BOOT}/1.4.0/rw/usr/bin -mindepth 1"
    said = claims(vyos() | {command: f"{BOOT}/1.4.0/rw/usr/bin/sudo\n"}, VYOS)
    assert [g.probe_id for g in said.gaps] == ["images"]
    assert claims(vyos() | {command: ""}, VYOS).gaps == ()


@pytest.mark.parametrize("name", BOXES)
@pytest.mark.parametrize(
    "text",
    [
        "sha256sum: x: Permission denied\n",
        "-bash: sha256sum: command not found\n",
        "Invalid command: [sha256sum]\n",
        "[sudo] password for audit: \n",
        "",
    ],
)
def test_a_refused_hash_is_a_gap(name: str, text: str) -> None:
    platform, box = BOXES[name]
    for command in (c for c in box if c.startswith("sha256sum")):
        said = claims(box | {command: text}, platform)
        assert [g.probe_id for g in said.gaps] == ["hash"]
        assert command.rpartition(" ")[2] not in hashed(platform, box | {command: text})


@pytest.mark.parametrize("name", BOXES)
@pytest.mark.parametrize(
    "change",
    [
        lambda hex_, path: f"{hex_}  {path}x\n",
        lambda hex_, path: f"{hex_[:-1]}  {path}\n",
        lambda hex_, path: f"{hex_}0  {path}\n",
        lambda hex_, path: f"{hex_}  {path}\n{hex_}  {path}\n",
        lambda hex_, path: f"{hex_}  {path}\n{'0' * 64}  /other\n",
        lambda hex_, path: f"\\{hex_}  {path}\n",
        lambda hex_, path: f"{hex_.upper()}  {path}\n",
        lambda hex_, path: f"{hex_}  {path}\nand more\n",
        lambda hex_, path: f"{hex_} {path}\n",
        lambda hex_, _: f"{hex_}  -\n",
    ],
)
def test_a_line_that_is_not_of_that_very_file_is_a_gap(name: str, change: object) -> None:
    assert callable(change)
    platform, box = BOXES[name]
    command = next(c for c in box if c.startswith("sha256sum"))
    path = command.rpartition(" ")[2]
    box = box | {command: change(digest(path), path)}
    assert path not in hashed(platform, box)
    assert [g.probe_id for g in claims(box, platform).gaps] == ["hash"]


def test_a_kernel_nobody_can_see_is_a_gap() -> None:
    for folder in (
        "",
        "vmlinuz-6.1\n",
        "initrd.img-6.1\n",
        "ls: cannot access 'x': No such file\n",
    ):
        said = claims(sonic(folder=folder), SONIC)
        assert "boot-files" in {g.probe_id for g in said.gaps}


def test_every_kernel_in_the_folder_is_hashed() -> None:
    more = f"initrd.img-{KERNEL}\nvmlinuz-{KERNEL}\nvmlinuz-old\n"
    said = claims(sonic(folder=more), SONIC)
    assert "/host/image-202311.2/boot/vmlinuz-old" in {i.path for i in said.images}
    assert [g.probe_id for g in said.gaps] == ["hash"]


def test_two_lists_of_images_that_differ_are_a_gap() -> None:
    other = "Current: SONiC-OS-202311.2\nNext: SONiC-OS-202205.3\n"
    assert [g.probe_id for g in claims(sonic(boot=other), SONIC).gaps] == ["images"]


def test_answers_that_were_left_out_are_missed() -> None:
    for platform, box, prefix in ((VYOS, vyos(), "find"), (SONIC, sonic(), "ls")):
        kept = tuple(e for e in converse(platform, box) if not e.command.startswith(prefix))
        assert platform.interpret(kept).gaps


@pytest.mark.parametrize("name", BOXES)
def test_nothing_asked_is_nothing_missing(name: str) -> None:
    assert BOXES[name][0].interpret(()).gaps == ()


@given(st.sampled_from(sorted(BOXES)), st.data())
def test_any_text_at_all_can_be_interpreted(name: str, data: st.DataObject) -> None:
    platform, box = BOXES[name]
    command, text = data.draw(st.sampled_from(sorted(box))), data.draw(st.text())
    exchanges = (exchange(platform, command, text),)
    assert not any(i.digests for i in platform.interpret(exchanges).images)
    assert all(platform.admits(r.command) for r in platform.plan(exchanges))


@given(
    st.sampled_from(sorted(BOXES)),
    st.integers(0, 30),
    st.integers(0, 300),
    st.sampled_from(["", "\r", "\n", "\x1b[K", "audit@r1:~$ ", "\x00", "0", "\udcff"]),
)
def test_a_stray_byte_never_makes_another_digest(
    name: str, which: int, at: int, stray: str
) -> None:
    platform, box = BOXES[name]
    command = sorted(box)[which % len(box)]
    text = box[command][:at] + stray + (box[command][at:] if stray else "")
    said = claims(box | {command: text}, platform)
    known = {digest(c.rpartition(" ")[2]) for c in box if c.startswith("sha256sum")}
    assert {d.value.hex() for i in said.images for d in i.digests} <= known
