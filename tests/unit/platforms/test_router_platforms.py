"""What OpenWrt, OPNsense, OpenBSD, Debian and RouterOS are asked, and what is made of it."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.lab.offline import exchanges_of
from netintegrity.model.claims import ImageKind, ImageRole
from netintegrity.model.digest import Digest
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.debian import PLATFORM as DEBIAN
from netintegrity.platforms.mikrotik_routeros import PLATFORM as ROUTEROS
from netintegrity.platforms.openbsd import PLATFORM as OPENBSD
from netintegrity.platforms.openwrt import PLATFORM as OPENWRT
from netintegrity.platforms.opnsense import PLATFORM as OPNSENSE
from tests.conformance.test_platforms import CASES
from tests.conformance.test_platforms import exchanges_of as case_of
from tests.unit.lab.worlds import NOW, built_in
from tests.unit.platforms.boxes import exchange

PLATFORMS = {p.id: p for p in (OPENWRT, OPNSENSE, OPENBSD, DEBIAN, ROUTEROS)}
ARGUMENTS = {
    ("opnsense", "hash"): "/boot/kernel/kernel",
    ("debian", "hash"): "/boot/vmlinuz-6.1.0-18-amd64",
}
ROUTERS = built_in()["routers"].devices
WORDS = re.compile(
    r"(?:cat|grep|find|uname|sha256(?:sum)?|sysctl -n|kenv -q|kldstat|(?:freebsd|opnsense)-version"
    r"|ubus call system board|opkg list-installed|apk list|bectl list|pkg info|pkg check|pkg_info"
    r"|syspatch -l|mtree -e -p|dpkg-query --show|dpkg --verify|mokutil --sb-state"
    r"|/[a-z ]+ print)\b"
)


def commands(platform: Platform) -> list[str]:
    return [p.request(ARGUMENTS.get((platform.id, p.id))).command for p in platform.probes]


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_nothing_that_changes_a_box_is_ever_asked(platform: Platform) -> None:
    for command in commands(platform):
        assert WORDS.match(command), command
        # No second command, no redirection, nothing run in the place of something else.
        assert not re.search(r"[;&`<>]|\$\(|\|\||-delete|-exec|-u\b|-U\b|--fix", command), command


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_every_command_fits_a_line_and_is_admitted(platform: Platform) -> None:
    for command in commands(platform):
        assert len(command) <= 240
        assert platform.admits(command)


HOSTILE = (
    "kernel;reboot",
    "kernel /etc/master.passwd",
    "../etc/shadow",
    "$(id)",
    "`id`",
    "-c",
    "a\nb",
    "a|b",
    "a&b",
    "a>b",
    "",
    "/x",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_a_box_gives_a_file_gets_into_a_command(name: str) -> None:
    for command in (
        f"sha256 /boot/{name}/kernel",
        f"sha256 /boot/kernel/{name}.ko",
        f"sha256 /boot/kernel/kernel {name}x",
    ):
        assert not OPNSENSE.admits(command), command
    for command in (f"sha256sum /boot/vmlinuz-{name}", f"sha256sum /boot/{name}"):
        assert not DEBIAN.admits(command), command
    lines = (
        ("opnsense", "kldstat -v", f" 1 1 0xffffffff80200000 21 kernel (/boot/{name}/kernel)\n"),
        ("debian", "cat /proc/cmdline", f"BOOT_IMAGE=/boot/vmlinuz-{name} root=/dev/sda1\n"),
        ("debian", DEBIAN.probe("boot").command, f"menuentry 'x' {{\n\tlinux /vmlinuz-{name}\n"),
    )
    for platform_id, command, text in lines:
        platform = PLATFORMS[platform_id]
        asked = tuple(
            exchange(platform, c, text if c == command else "")
            for p in platform.probes
            if not p.is_template and (c := p.request().command)
        )
        assert all(platform.admits(r.command) for r in platform.plan(asked))


ODD = tuple(" ;|&<>$`'\"*?()[]{}!#~\\\n\r\t\x00\x1b\u00e9\u2028")
TEMPLATES = [(PLATFORMS[id_], argument) for (id_, _), argument in ARGUMENTS.items()]


@pytest.mark.parametrize(("platform", "argument"), TEMPLATES, ids=lambda v: getattr(v, "id", None))
def test_no_sign_a_shell_reads_gets_into_an_argument(platform: Platform, argument: str) -> None:
    mutated = {
        argument[:at] + sign + argument[at + cut :]
        for at in range(len(argument) + 1)
        for sign in ODD
        for cut in (0, 1)
    }
    # A tilde and what looks like one stand in versions of Debian's, and mean nothing inside a word.
    harmless = {m for m in mutated if re.fullmatch(r"/boot/vmlinuz-[\w.+~-]+", m, re.ASCII)}
    assert len(mutated) > 200
    command = platform.probe("hash").command
    for wrong in mutated - harmless:
        assert not platform.admits(command.replace("{}", wrong)), wrong


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@given(data=st.data())
def test_any_text_at_all_can_be_interpreted(platform: Platform, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from(commands(platform)))
    text = data.draw(st.text())
    exchanges = (exchange(platform, command, text),)
    assert not any(i.digests for i in platform.interpret(exchanges).images)
    assert all(platform.admits(r.command) for r in platform.plan(exchanges))


def digests(platform: Platform, exchanges: tuple[Exchange, ...]) -> set[Digest]:
    return {d for i in platform.interpret(exchanges).images for d in i.digests}


def whole(platform: Platform) -> tuple[Exchange, ...]:
    name = "x86_kernel" if platform is OPENWRT else "normal"
    return case_of(CASES / platform.id / name)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_an_answer_cut_at_any_line_brings_no_digest_the_whole_one_does_not(
    platform: Platform,
) -> None:
    exchanges = whole(platform)
    known = digests(platform, exchanges)
    for at, one in enumerate(exchanges):
        lines = one.output.splitlines(keepends=True)
        for end in range(len(lines)):
            cut = exchange(platform, one.command, "".join(lines[:end]))
            assert digests(platform, (*exchanges[:at], cut, *exchanges[at + 1 :])) <= known


# --- what each has of its own ---------------------------------------------------------------------


def expected(platform_id: str, case: str) -> dict[str, object]:
    text = (Path(CASES) / platform_id / case / "expected.json").read_text()
    document: dict[str, object] = json.loads(text)
    return document


def test_a_snapshot_of_openwrt_is_told_apart_by_its_revision() -> None:
    read = expected("openwrt", "snapshot")
    assert read["running_release"] == "SNAPSHOT r26608-a1b2c3d4e5 (openwrt-SNAPSHOT)"


def test_what_lies_in_the_flash_of_openwrt_is_always_a_gap() -> None:
    for folder in (CASES / "openwrt").iterdir():
        read = expected("openwrt", folder.name)
        if read["running_release"]:
            assert "root" in {g[0] for g in read["gaps"]}  # type: ignore[attr-defined]


def test_a_changed_program_is_believed_and_a_changed_configuration_is_not() -> None:
    claims = DEBIAN.interpret(case_of(CASES / "debian" / "altered_programs"))
    assert [s.path for s in claims.signatures] == [
        "/usr/sbin/sshd",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
    ]
    assert {s.checked_by for s in claims.signatures} == {"dpkg"}
    assert all(s.accepted is False for s in claims.signatures)
    assert DEBIAN.interpret(case_of(CASES / "debian" / "normal")).signatures == ()


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_no_box_says_anything_for_itself(platform: Platform) -> None:
    for device in (d for d in ROUTERS if d.platform_id == platform.id):
        claims = platform.interpret(exchanges_of(device, platform, NOW))
        assert not any(s.accepted for s in claims.signatures)


def test_a_flood_of_changed_files_is_ten_claims() -> None:
    text = "".join(f"??5??????   /usr/bin/p{n}\n" for n in range(5000))
    claims = DEBIAN.interpret((exchange(DEBIAN, "dpkg --verify", text),))
    assert len(claims.signatures) == 10


def test_the_kernel_of_debian_and_its_system_each_have_a_release() -> None:
    claims = DEBIAN.interpret(case_of(CASES / "debian" / "another_kernel_next"))
    releases = {(i.role, i.kind): i.release.text for i in claims.images if i.release is not None}
    assert releases == {
        (ImageRole.RUNNING, ImageKind.SYSTEM): "12.5",
        (ImageRole.BOOT_NEXT, ImageKind.SYSTEM): "12.5",
        (ImageRole.RUNNING, ImageKind.IMAGE): "6.1.76-1",
        (ImageRole.RUNNING, ImageKind.PACKAGE): "6.1.76-1",
        (ImageRole.BOOT_NEXT, ImageKind.IMAGE): "6.1.55-1",
        (ImageRole.BOOT_NEXT, ImageKind.PACKAGE): "6.1.55-1",
    }


@pytest.mark.parametrize(
    ("boot", "entries"),
    [
        ("set tty com0\n", ("/bsd",)),
        ("boot /bsd.sp\n", ("/bsd.sp",)),
        ("b hd1a:/bsd\n", ("hd1a:/bsd",)),
        ("set device hd1a\nset image /bsd.test\n", ("hd1a", "/bsd.test")),
        ("boot tftp:/bsd\n", ("tftp:",)),
        ("boot -s\n", ("/bsd",)),
    ],
)
def test_what_the_boot_loader_of_openbsd_was_told(boot: str, entries: tuple[str, ...]) -> None:
    version = "OpenBSD 7.6 (GENERIC.MP) #338: Mon Sep 30 08:55:35 MDT 2024\n"
    asked = (
        exchange(OPENBSD, "sysctl -n kern.version", version),
        exchange(OPENBSD, "cat /etc/boot.conf", boot),
    )
    claims = OPENBSD.interpret(asked)
    assert [b.entries for b in claims.boots] == [entries]
    assert bool(claims.gaps) is (entries != ("/bsd",))


def test_a_name_on_routeros_cannot_pass_for_a_version() -> None:
    text = ' 0 AR name="x\\" version=\\"RouterOS v9.9" version="RouterOS v7.12.2" size=64.0MiB \n'
    command = "/partitions print detail without-paging"
    resource = "  version: 7.12.2 (stable)\n  platform: MikroTik\n"
    claims = ROUTEROS.interpret(
        (
            exchange(ROUTEROS, "/system resource print without-paging", resource),
            exchange(ROUTEROS, command, text),
        )
    )
    assert {i.release.text for i in claims.images if i.release} == {"7.12.2"}


@pytest.mark.parametrize("device", ["ethernet", "try-ethernet-once-then-nand", "flash-boot-x"])
def test_what_asks_a_server_first_is_a_network_source(device: str) -> None:
    asked = (
        exchange(
            ROUTEROS,
            "/system resource print without-paging",
            "  version: 7.12.2 (stable)\n  platform: MikroTik\n",
        ),
        exchange(
            ROUTEROS,
            "/system routerboard settings print without-paging",
            f"  boot-device: {device}\n  boot-protocol: dhcp\n",
        ),
    )
    assert ROUTEROS.interpret(asked).boots[0].entries == ("dhcp:", device)
