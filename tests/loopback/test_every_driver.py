"""Every platform there is, by the registry: what its real driver sends is on its list."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from netintegrity.app.registries import PLATFORMS
from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.device import LabDevice
from netintegrity.lab.scenario import Scenario
from netintegrity.lab.world import LabWorld
from netintegrity.model.conclusion import Conclusion
from tests.unit.lab.worlds import built_in

RANKS = (Conclusion.VERIFIED, Conclusion.UNSUPPORTED, Conclusion.INCOMPLETE)
"""What is looked for in this order: of some platforms no device is ever more than incomplete."""


def _answers(device: LabDevice) -> bool:
    said = device.behaviour
    spoilt = said.truncate or said.hang or said.flood or said.silent or said.closed
    return not spoilt and said.host_key == "pinned" and said.login != "refused"


def one_of_each() -> Iterator[Scenario]:
    """Yield scenarios that together have one device of every platform, as much in order as any."""
    best: dict[str, tuple[int, str, LabDevice]] = {}
    for name, scenario in sorted(built_in().items(), key=lambda pair: pair[0] == "attested"):
        for device in scenario.devices:
            if device.expected in RANKS and _answers(device):
                rank = RANKS.index(device.expected)
                known = best.get(device.platform_id)
                if known is None or rank < known[0]:
                    best[device.platform_id] = rank, name, device
    for name in sorted({name for _, name, _ in best.values()}):
        chosen = tuple(d for _, n, d in best.values() if n == name)
        yield replace(built_in()[name], name=name, devices=chosen)


def test_from_connect_to_disconnect_every_line_is_on_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: dict[str, set[str]] = {}
    for scenario in one_of_each():
        root = tmp_path / scenario.name
        with LabWorld.create(scenario, now=utc_now(), root=root) as world:
            for name, value in world.environment().items():
                monkeypatch.setenv(name, value)
            arguments = [*world.audit_arguments()[1:], "--output", str(root / "run")]
            assert main(arguments) in {0, 1, 3}
            for served in world.devices:
                heard[served.device.platform_id] = {t.strip() for t in served.received}
    capsys.readouterr()
    assert set(heard) == set(PLATFORMS), "a platform without a device in a scenario"
    for id_, lines in heard.items():
        platform = PLATFORMS[id_]
        asked = {line for line in lines if platform.admits(line)}
        enabled = {platform.enable_line} if platform.enable_line else set()
        assert lines - asked <= platform.session_lines | enabled, id_
        # What is never a template was asked for; so the recording is of a whole conversation.
        plain = {p.command for p in platform.probes if p.demanded and not p.is_template}
        assert plain - {"show version invoke-on all-routing-engines"} <= asked, id_
        assert not any(line.startswith(("conf", "edit", "set system", "copy")) for line in lines)
