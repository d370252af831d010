"""IOS filed as IOS-XE, or the reverse: judged as what it is, by the references of what it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from netintegrity.app.grounds import Material, make_grounds
from netintegrity.app.judging import Collected, RunTimes, judge_run
from netintegrity.app.registries import PLATFORMS
from netintegrity.inventory.load import load_site
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import Evidence, HostKeyStatus
from netintegrity.model.run import DeviceResult
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifests
from netintegrity.store.memory import read_memory_bytes
from tests.unit.lab.worlds import NOW

AT = NOW + timedelta(minutes=1)


def judged(scenario: str, name: str, filed_as: str) -> DeviceResult:
    """Judge one device of a scenario, filed under ``filed_as`` in the inventory."""
    with LabWorld.create(load_scenario(read_builtin(scenario), scenario), now=NOW) as world:
        site = load_site(world.site)
        material = Material(
            keys=read_keys(world.keys),
            manifests=read_manifests(site.manifests),
            policy=site.policy,
            policy_bytes=site.policy_bytes,
            memory_bytes=read_memory_bytes(world.state / site.name),
            memory_name="memory.json",
            lab=True,
        )
        grounds, _ = make_grounds(material, at=AT)
        device = next(d for d in site.devices if d.name == name)
        served = world.device(name).device
    evidence = Evidence(
        run_id="t",
        device=replace(device, platform_id=filed_as),
        collected_at=NOW,
        host_key_fingerprint="SHA256:x",
        host_key_status=HostKeyStatus.MATCHED,
        exchanges=exchanges_of(served, PLATFORMS[filed_as], NOW),
        failure=None,
    )
    report = judge_run(
        (Collected(evidence=evidence),),
        grounds,
        run_id="t",
        site="lab",
        tool_version="0",
        times=RunTimes(started_at=NOW, finished_at=AT, at=AT),
    )
    (result,) = report.results
    return result


@pytest.mark.parametrize("filed_as", ["cisco_ios", "cisco_iosxe"])
@pytest.mark.parametrize(
    ("scenario", "name", "platform_id", "expected"),
    [
        ("cisco", "ios-clean", "cisco_ios", Conclusion.VERIFIED),
        ("cisco", "ios-stack", "cisco_ios", Conclusion.VERIFIED),
        ("cisco", "ios-patched", "cisco_ios", Conclusion.PATCHED),
        ("cisco", "ios-downgraded", "cisco_ios", Conclusion.DOWNGRADED),
        ("cisco", "ios-owners-md5", "cisco_ios", Conclusion.INSUFFICIENT_ASSURANCE),
        ("cisco", "ios-refused", "cisco_ios", Conclusion.INCOMPLETE),
        ("default", "clean-bundle", "cisco_iosxe", Conclusion.VERIFIED),
        ("default", "clean-install", "cisco_iosxe", Conclusion.VERIFIED),
        ("default", "patched-file", "cisco_iosxe", Conclusion.PATCHED),
        ("default", "below-minimum", "cisco_iosxe", Conclusion.DOWNGRADED),
        ("default", "hash-refused", "cisco_iosxe", Conclusion.INCOMPLETE),
    ],
)
def test_whatever_it_was_filed_as_it_is_judged_as_what_it_is(
    scenario: str, name: str, platform_id: str, expected: Conclusion, filed_as: str
) -> None:
    result = judged(scenario, name, filed_as)
    assert result.platform_id == platform_id
    assert result.evidence.device.platform_id == filed_as
    assert result.appraisal.conclusions[0] is expected
    assert not result.appraisal.faults


@pytest.mark.parametrize("name", ["nx-clean", "asa-clean"])
def test_what_is_not_declared_is_never_verified(name: str) -> None:
    result = judged("cisco", name, "cisco_ios")
    assert result.platform_id == "cisco_ios"
    assert Conclusion.VERIFIED not in result.appraisal.conclusions
