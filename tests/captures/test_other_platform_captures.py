"""Real outputs of boxes that are neither Cisco's nor Arista's, and what is known of each."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cumulus import PLATFORM as CUMULUS
from netintegrity.platforms.juniper_junos import PLATFORM as JUNOS
from netintegrity.platforms.juniper_junos_evolved import PLATFORM as EVOLVED
from netintegrity.platforms.sonic import PLATFORM as SONIC
from netintegrity.platforms.vyos import PLATFORM as VYOS
from tests.examples import command_of
from tests.paths import CAPTURES, needs_captures
from tests.unit.platforms.boxes import exchange

_FOLDERS: dict[str, tuple[Platform, ...]] = {
    "juniper_junos": (JUNOS, EVOLVED),
    "vyos": (VYOS,),
    "sonic": (SONIC,),
    "ubiquiti_edgerouter": (VYOS,),
    "cumulus_linux": (CUMULUS, SONIC, VYOS),
    "nvos": (SONIC,),
    "openwrt": (SONIC, VYOS),
}
# What was asked, by the name of the file; the first word that occurs in it.
_COMMANDS = {
    "juniper_junos": {
        "evo_show_system_software_list": "show system software list",
        "show_system_snapshot": "show system snapshot media internal",
        "show_version": "show version",
    },
    "vyos": {"show_version": "show version"},
    "sonic": {"show_version": "show version", "installer_list": "sudo sonic-installer list"},
    "ubiquiti_edgerouter": {"show_version": "show version"},
    "cumulus_linux": {"lsb-release": "cat /etc/lsb-release"},
}


def _files() -> list[tuple[Platform, Path]]:
    return [
        (platform, file)
        for folder, readers in _FOLDERS.items()
        for platform in readers
        for file in sorted((CAPTURES / folder).rglob("*"))
        if file.is_file()
    ]


FILES = _files()


def _text(file: Path) -> str:
    raw = file.read_bytes().decode("utf-8", errors="backslashreplace")
    return raw.replace("\r\n", "\n")


def _asked(platform: Platform, text: str) -> list[tuple[Exchange, ...]]:
    return [(exchange(platform, command_of(platform, p), text),) for p in platform.probes]


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_a_capture_as_the_answer_to_any_question_is_no_trap(platform: Platform, file: Path) -> None:
    text = _text(file)
    for exchanges in _asked(platform, text):
        claims = platform.interpret(exchanges)
        release = claims.running_release
        assert release is None or release.text in text
        assert not any(i.digests for i in claims.images)
        assert all(platform.admits(r.command) for r in platform.plan(exchanges))


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_a_capture_cut_off_at_any_line_says_nothing_it_does_not_say_whole(
    platform: Platform, file: Path
) -> None:
    lines = _text(file).splitlines(keepends=True)[:40]
    for exchanges in _asked(platform, ""):
        for end in range(len(lines)):
            cut = Exchange(
                probe_id=exchanges[0].probe_id,
                command=exchanges[0].command,
                output="".join(lines[:end]),
                started_at=exchanges[0].started_at,
                elapsed_s=0.1,
                complete=False,
            )
            assert not any(i.assurance.level for i in platform.interpret((cut,)).images)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a person reads in a capture; None: not asked."""

    platform: str | None = None
    release: str | None = None
    train: str | None = None
    running: tuple[str, ...] | None = None
    """Release of each part, in order."""
    following: tuple[str, ...] | None = None
    stored: tuple[str, ...] | None = None
    entries: tuple[str, ...] | None = None
    subjects: tuple[str, ...] | None = None
    serial: str | None = None
    pid: str | None = None
    packages: int | None = None
    one_package: tuple[str, str] | None = None
    gaps: int | None = None


JUNOS_NTC = "juniper_junos/ntc/show_version/juniper_junos_show_version"
KNOWN: dict[str, Facts] = {
    f"{JUNOS_NTC}.raw": Facts(
        platform="juniper_junos",
        release="13.3R1.4",
        train="junos",
        running=("13.3R1.4",),
        subjects=("chassis 1",),
        packages=31,
        one_package=("labpkg", "7.0"),
        gaps=0,
    ),
    f"{JUNOS_NTC}_ex.raw": Facts(
        platform="juniper_junos",
        release="13.2X51-D35.3",
        train="junos-13.2X51",
        running=("13.2X51-D35.3", "13.2X51-D35.3"),
        subjects=("member 0", "member 1"),
        packages=10,
        gaps=0,
    ),
    f"{JUNOS_NTC}_qfx5100.raw": Facts(
        platform="juniper_junos",
        release="21.4R3-S3.4",
        train="junos",
        running=("21.4R3-S3.4",),
        subjects=("chassis 1",),
        # The host below it runs another release, which is no contradiction.
        one_package=("JUNOS Host Software", "20.4R3-S4.8"),
        gaps=0,
    ),
    # Without `show version` nothing is known to run; the slices say what would.
    "juniper_junos/show_system_snapshot_media_internal.txt": Facts(
        entries=("/dev/da0s2a", "/dev/da0s1a"), running=(), gaps=0
    ),
    "juniper_junos/show_system_snapshot_srx_real.txt": Facts(
        entries=("/dev/da0s1a", "/dev/da0s2a"), running=(), gaps=0
    ),
    "juniper_junos/evo_show_system_software_list.txt": Facts(
        subjects=("chassis 1",),
        running=("22.3R1.9-EVO",),
        following=("22.3R1-S1.4-EVO",),
        stored=("22.4R1.11-EVO",),
        gaps=0,
    ),
    "juniper_junos/evo_show_system_software_list_after_reboot.txt": Facts(
        subjects=("chassis 1",),
        running=("22.3R1-S1.4-EVO",),
        following=("22.3R1-S1.4-EVO",),
        stored=("22.3R1.9-EVO", "22.4R1.11-EVO"),
        entries=(
            "junos-evo-install-ptx-fixed-x86-64-22.3R1-S1.4-EVO",
            "junos-evo-install-ptx-fixed-x86-64-22.3R1.9-EVO",
        ),
        gaps=0,
    ),
    "vyos/show_version.txt": Facts(
        platform="vyos",
        release="1.4-rolling-202106270801",
        train="vyos-1.4-rolling",
        subjects=("chassis 1",),
        serial="",
        pid="Standard PC (i440FX + PIIX, 1996)",
        running=(),
        gaps=0,
    ),
    "sonic/show_version.txt": Facts(
        platform="sonic",
        release="HEAD.32-21ea29a",
        train="sonic-special:HEAD.32-21ea29a",
        serial="MT1822K07815",
        pid="MSN2700-CS2FO",
        packages=22,
        one_package=("docker-database", "HEAD.32-21ea29a"),
        gaps=0,
    ),
    # Another image is staged; neither has a number that could be ordered.
    "sonic/sonic-installer_list.txt": Facts(
        entries=("SONiC-OS-201911.0-2bec3004e",),
        following=("201911.0-2bec3004e",),
        gaps=0,
    ),
    "cumulus_linux/etc_lsb-release.txt": Facts(
        platform="cumulus",
        release="4.2.0",
        train="cumulus",
        running=("4.2.0",),
        following=("4.2.0",),
        gaps=0,
    ),
    # It descends from the same ancestor, and is no VyOS.
    "ubiquiti_edgerouter/ntc/show_version/ubiquiti_edgerouter_show_version.raw": Facts(
        running=(), gaps=1
    ),
}


def _read(claims: DeviceClaims, wanted: Facts) -> Facts:
    release = claims.running_release
    boot = next((b for b in claims.boots if b.entries), None)
    who = claims.identities[0] if claims.identities else None
    packages = {(p.name, p.version) for p in claims.packages}

    def of(role: ImageRole) -> tuple[str, ...]:
        images = (i for i in claims.images if i.role is role)
        return tuple(i.release.text if i.release else "" for i in images)

    return Facts(
        platform=claims.platform_id,
        release=release.text if release else None,
        train=release.train if release else None,
        running=of(ImageRole.RUNNING),
        following=of(ImageRole.BOOT_NEXT),
        stored=of(ImageRole.STORED),
        entries=boot.entries if boot else None,
        subjects=tuple(str(i.subject) for i in claims.identities),
        serial=(who.serial or "") if who else None,
        pid=who.pid if who else None,
        packages=len(claims.packages),
        one_package=wanted.one_package if wanted.one_package in packages else None,
        gaps=len(claims.gaps),
    )


@needs_captures
@pytest.mark.parametrize("name", KNOWN)
def test_what_a_capture_says_is_read(name: str) -> None:
    folder = name.partition("/")[0]
    platform = _platform_of(name)
    command = next(c for word, c in _COMMANDS[folder].items() if word in name)
    known = KNOWN[name]
    claims = platform.interpret((exchange(platform, command, _text(CAPTURES / name)),))
    read = _read(claims, known)
    for field in Facts.__dataclass_fields__:
        expected = getattr(known, field)
        assert expected is None or getattr(read, field) == expected, field


def _platform_of(name: str) -> Platform:
    return EVOLVED if "/evo_" in name else _FOLDERS[name.partition("/")[0]][0]


@needs_captures
def test_the_slices_of_a_box_that_runs_the_primary_one_are_what_it_boots() -> None:
    folder = CAPTURES / "juniper_junos"
    version = "Hostname: r1\nModel: mx80\nJunos: 21.4R3-S5.4\n"
    snapshot = _text(folder / "show_system_snapshot_media_internal.txt")
    claims = JUNOS.interpret(
        (
            exchange(JUNOS, "show version", version),
            exchange(JUNOS, "show system snapshot media internal", snapshot),
        )
    )
    read = _read(claims, Facts())
    assert (read.running, read.following, read.stored) == (
        ("21.4R3-S5.4",),
        ("21.4R3-S5.4-domestic",),
        ("21.4R2-domestic",),
    )
