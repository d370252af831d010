"""Real outputs and files of routers one installs oneself, and what is known of each."""

from pathlib import Path

import pytest

from netintegrity.model.claims import ImageRole
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cumulus import PLATFORM as CUMULUS
from netintegrity.platforms.debian import PLATFORM as DEBIAN
from netintegrity.platforms.mikrotik_routeros import PLATFORM as ROUTEROS
from netintegrity.platforms.openbsd import PLATFORM as OPENBSD
from netintegrity.platforms.openwrt import PLATFORM as OPENWRT
from netintegrity.platforms.opnsense import PLATFORM as OPNSENSE
from tests.captures.more_facts import Facts, Known
from tests.captures.test_more_platform_captures import _read
from tests.paths import CAPTURES, needs_captures
from tests.unit.platforms.boxes import exchange
from tests.unit.platforms.test_router_platforms import ARGUMENTS

_READERS: dict[str, tuple[Platform, ...]] = {
    "openwrt": (OPENWRT, DEBIAN),
    "opnsense": (OPNSENSE, OPENBSD),
    "openbsd": (OPENBSD, OPNSENSE),
    "debian": (DEBIAN, OPENWRT),
    "mikrotik_routeros": (ROUTEROS,),
    "cumulus_linux": (DEBIAN,),
    "vyos": (DEBIAN,),
    "signify_misc": (OPENBSD,),
}
FILES = [
    (platform, file)
    for folder, readers in _READERS.items()
    for platform in readers
    for file in sorted((CAPTURES / folder).rglob("*"))
    if file.is_file()
]
_RESOURCE = "/system resource print without-paging"
_NTC = "mikrotik_routeros/ntc/system_resource_print/mikrotik_routeros_system_resource_print"
KNOWN: dict[str, tuple[Platform, Known]] = {
    f"{_NTC}_2.raw": (
        ROUTEROS,
        Known(
            command=_RESOURCE,
            facts=Facts(
                platform="mikrotik_routeros",
                release="6.48.7",
                train="routeros",
                other=("channel", "long-term"),
                pid="hEX PoE lite",
                running=("RouterOS 6.48.7",),
                following=("6.48.7",),
                gaps=0,
            ),
        ),
    ),
    f"{_NTC}_3.raw": (
        ROUTEROS,
        Known(
            command=_RESOURCE,
            facts=Facts(
                release="7.12.2",
                other=("build-time", "Dec/20/2023 08:41:00"),
                pid="CHR",
                running=("RouterOS 7.12.2",),
                gaps=0,
            ),
        ),
    ),
    f"{_NTC}_4.raw": (
        ROUTEROS,
        Known(
            command=_RESOURCE,
            facts=Facts(
                release="7.12.2",
                other=("architecture-name", "arm64"),
                pid="CCR2004-1G-12S+2XS",
                gaps=0,
            ),
        ),
    ),
    # The board alone does not show which system it is; the release file does.
    "openwrt/ubus_call_system_board.json": (
        OPENWRT,
        Known(command="ubus call system board", facts=Facts(running=(), digests=0, gaps=0)),
    ),
    # A list of the project's, and no answer to any question.
    "openbsd/SHA256": (
        OPENBSD,
        Known(command="sha256 /bsd.rd", facts=Facts(running=(), digests=0, gaps=0)),
    ),
    "opnsense/changelog-26.7.txt": (
        OPNSENSE,
        Known(command="opnsense-version", facts=Facts(running=(), digests=0, gaps=1)),
    ),
    "debian/bookworm-security_InRelease": (
        DEBIAN,
        Known(command="cat /etc/os-release", facts=Facts(running=(), digests=0, gaps=1)),
    ),
}


def _text(file: Path) -> str:
    raw = file.read_bytes().decode("utf-8", errors="backslashreplace")
    return raw.replace("\r\n", "\n")


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_a_capture_as_the_answer_to_any_question_is_no_trap(platform: Platform, file: Path) -> None:
    text = _text(file)
    for probe in platform.probes:
        command = probe.request(ARGUMENTS.get((platform.id, probe.id))).command
        asked = (exchange(platform, command, text),)
        claims = platform.interpret(asked)
        release = claims.running_release
        assert release is None or release.text in text
        # The lists in these folders hold digests by the hundred, and none of a file that was asked.
        assert not any(i.digests for i in claims.images)
        assert not any(s.accepted is not None for s in claims.signatures)
        assert all(platform.admits(r.command) for r in platform.plan(asked))


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_a_capture_cut_off_at_any_line_bears_no_weight(platform: Platform, file: Path) -> None:
    lines = _text(file).splitlines(keepends=True)[:40]
    for probe in platform.probes:
        command = probe.request(ARGUMENTS.get((platform.id, probe.id))).command
        for end in range(len(lines)):
            cut = exchange(platform, command, "".join(lines[:end]), complete=False)
            assert not any(i.assurance.level for i in platform.interpret((cut,)).images)


@needs_captures
@pytest.mark.parametrize("name", KNOWN)
def test_what_a_capture_says_is_read(name: str) -> None:
    platform, known = KNOWN[name]
    claims = platform.interpret((exchange(platform, known.command, _text(CAPTURES / name)),))
    read = _read(claims, known.facts)
    for field in Facts.__dataclass_fields__:
        wanted = getattr(known.facts, field)
        assert wanted is None or getattr(read, field) == wanted, field


@needs_captures
def test_the_board_of_a_real_device_agrees_with_the_release_file_of_its_release() -> None:
    board = _text(CAPTURES / "openwrt" / "ubus_call_system_board.json")
    told = (
        "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='22.03.6'\n"
        "DISTRIB_REVISION='r20265-f85a79bcb4'\nDISTRIB_TARGET='ath79/tiny'\n"
    )
    asked = (
        exchange(OPENWRT, "cat /etc/openwrt_release", told),
        exchange(OPENWRT, "ubus call system board", board),
    )
    claims = OPENWRT.interpret(asked)
    assert claims.running_release is not None
    assert claims.running_release.text == "22.03.6"
    assert [i.pid for i in claims.identities] == ["tplink,tl-wr841-v9"]
    assert dict(claims.other_releases)["rootfs"] == "squashfs"
    assert [g.probe_id for g in claims.gaps] == ["root"]


@needs_captures
def test_the_table_of_an_nvos_names_what_runs_and_what_is_booted_next() -> None:
    table = _text(CAPTURES / "nvos" / "nv_show_system_image.txt")
    asked = (
        exchange(CUMULUS, "cat /etc/lsb-release", "DISTRIB_ID=x\n"),
        exchange(CUMULUS, "nv show system version", "image       nvos-25.02.2930-010\n"),
        exchange(CUMULUS, "nv show system image", table),
    )
    claims = CUMULUS.interpret(asked)
    told = [(i.role, i.release.text) for i in claims.images if i.release is not None]
    assert told == [
        (ImageRole.RUNNING, "nvos-25.02.2930-010"),
        (ImageRole.STORED, "nvos-25.02.1936"),
        (ImageRole.BOOT_NEXT, "nvos-25.02.2930-010"),
    ]
