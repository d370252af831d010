"""What a box prints becomes part of a command only if it is one plain file of that box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.platforms._spec import Platform, Probe
from netintegrity.platforms.cisco_asa import PLATFORM as ASA
from netintegrity.platforms.cisco_ios import PLATFORM as IOS
from netintegrity.platforms.cisco_nxos import PLATFORM as NXOS

GOOD = {
    "cisco_ios": "flash:c2960x-universalk9-mz.152-7.E10.bin",
    "cisco_nxos": "bootflash:nxos.9.3.10.bin",
    "cisco_asa": "disk0:/asa9-16-4-85-lfbff-k8.SPA",
}
HASHES = [
    pytest.param(platform, probe, id=f"{platform.id}-{probe.id}")
    for platform in (IOS, NXOS, ASA)
    for probe in platform.probes
    if probe.id.startswith("hash")
]


@pytest.mark.parametrize(("platform", "probe"), HASHES)
@given(at=st.integers(0, 60), char=st.sampled_from(list("|;&?<>'\"`$(){}\\ \t\r\n\x00\x1b*!^~,=é")))
def test_one_changed_character_is_refused(
    platform: Platform, probe: Probe, at: int, char: str
) -> None:
    good = GOOD[platform.id]
    assert probe.admits(probe.command.replace("{}", good))
    bad = good[: at % len(good)] + char + good[at % len(good) :]
    with pytest.raises(ValueError, match="cannot be part"):
        probe.request(bad)
    assert not platform.admits(probe.command.replace("{}", bad))


@pytest.mark.parametrize(("platform", "probe"), HASHES)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "tftp://192.0.2.1/x",
        "http://192.0.2.1/x",
        "scp://a@192.0.2.1/x",
        "nvram:startup-config",
        "system:running-config",
        "bootflash://module-1/x",
    ],
)
def test_no_other_place_is_asked_for(platform: Platform, probe: Probe, path: str) -> None:
    if path.startswith("bootflash:") and platform is not NXOS:
        return
    assert not platform.admits(probe.command.replace("{}", path))
    with pytest.raises(ValueError, match="cannot be part"):
        probe.request(path)


@pytest.mark.parametrize("platform", [IOS, NXOS, ASA], ids=lambda p: p.id)
@pytest.mark.parametrize(
    "line", ["configure terminal", "reload", "write memory", "changeto system", "copy a b", "login"]
)
def test_no_line_that_changes_anything_is_on_a_list(platform: Platform, line: str) -> None:
    assert not platform.admits(line)
    assert line not in platform.session_lines
