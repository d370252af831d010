"""Real outputs of the further routers and firewalls, and what is known of each."""

from pathlib import Path

import pytest

from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.aruba_aoscx import PLATFORM as AOSCX
from netintegrity.platforms.aruba_aoss import PLATFORM as AOSS
from netintegrity.platforms.cisco_fxos import PLATFORM as FXOS
from netintegrity.platforms.cisco_iosxr import PLATFORM as IOSXR
from netintegrity.platforms.dell_os9 import PLATFORM as OS9
from netintegrity.platforms.dell_os10 import PLATFORM as OS10
from netintegrity.platforms.extreme_exos import PLATFORM as EXOS
from netintegrity.platforms.extreme_voss import PLATFORM as VOSS
from netintegrity.platforms.f5_tmos import PLATFORM as TMOS
from netintegrity.platforms.fortinet_fortios import PLATFORM as FORTIOS
from netintegrity.platforms.huawei_vrp import PLATFORM as VRP
from netintegrity.platforms.nokia_sros import PLATFORM as SROS
from netintegrity.platforms.paloalto_panos import PLATFORM as PANOS
from tests.captures.further_facts import FURTHER
from tests.captures.more_facts import KNOWN, Facts
from tests.examples import command_of
from tests.paths import CAPTURES, needs_captures
from tests.unit.platforms.boxes import exchange

_READERS: dict[str, Platform] = {
    "cisco/iosxr": IOSXR,
    "cisco/fxos": FXOS,
    "paloalto_panos": PANOS,
    "fortinet": FORTIOS,
    "aruba_aoscx": AOSCX,
    "hp_procurve": AOSS,
    "dell_os10": OS10,
    "dell_force10": OS9,
    "extreme_exos": EXOS,
    "avaya_vsp": VOSS,
    "huawei_vrp": VRP,
    "nokia_sros": SROS,
    "f5_linux": TMOS,
    "f5_tmsh": TMOS,
}
READ = KNOWN | FURTHER
FILES = [
    (platform, file)
    for folder, platform in _READERS.items()
    for file in sorted((CAPTURES / folder).rglob("*"))
    if file.is_file()
]


def _text(file: Path) -> str:
    raw = file.read_bytes().decode("utf-8", errors="backslashreplace")
    return raw.replace("\r\n", "\n")


def _asked(platform: Platform, text: str, *, complete: bool = True) -> list[Exchange]:
    return [
        exchange(
            platform,
            command_of(platform, p),
            text,
            complete=complete,
        )
        for p in platform.probes
    ]


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_a_capture_as_the_answer_to_any_question_is_no_trap(platform: Platform, file: Path) -> None:
    text = _text(file)
    for asked in _asked(platform, text):
        claims = platform.interpret((asked,))
        release = claims.running_release
        assert release is None or release.text in text
        for digest in (d for i in claims.images for d in i.digests):
            assert digest.value.hex() in text
        assert all(platform.admits(r.command) for r in platform.plan((asked,)))


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_a_capture_cut_off_at_any_line_bears_no_weight(platform: Platform, file: Path) -> None:
    lines = _text(file).splitlines(keepends=True)[:60]
    for end in range(len(lines)):
        for cut in _asked(platform, "".join(lines[:end]), complete=False):
            claims = platform.interpret((cut,))
            assert not any(i.assurance.level for i in claims.images)
            assert not any(i.digests for i in claims.images)


def _read(claims: DeviceClaims, wanted: Facts) -> Facts:
    release = claims.running_release
    who = claims.identities[0] if claims.identities else None
    packages = {(p.name, p.version) for p in claims.packages}
    following = (i for i in claims.images if i.role is ImageRole.BOOT_NEXT)
    return Facts(
        platform=claims.platform_id,
        release=release.text if release else None,
        train=release.train if release else None,
        running=tuple(i.path for i in claims.images if i.role is ImageRole.RUNNING),
        following=tuple(i.release.text if i.release else "" for i in following),
        subjects=tuple(str(i.subject) for i in claims.identities),
        serial=(who.serial or "") if who else None,
        pid=(who.pid or "") if who else None,
        packages=len(claims.packages),
        one_package=wanted.one_package if wanted.one_package in packages else None,
        other=wanted.other if wanted.other in claims.other_releases else None,
        signatures=tuple((s.accepted, s.signing_type) for s in claims.signatures),
        digests=sum(len(i.digests) for i in claims.images),
        registers=tuple(b.config_register for b in claims.boots),
        gaps=len(claims.gaps),
    )


@needs_captures
@pytest.mark.parametrize("name", READ)
def test_what_a_capture_says_is_read(name: str) -> None:
    known = READ[name]
    platform = next(p for folder, p in _READERS.items() if name.startswith(f"{folder}/"))
    claims = platform.interpret((exchange(platform, known.command, _text(CAPTURES / name)),))
    read = _read(claims, known.facts)
    for field in Facts.__dataclass_fields__:
        expected = getattr(known.facts, field)
        assert expected is None or getattr(read, field) == expected, field
