"""Every scenario is judged as it states, and no device of it otherwise."""

from datetime import timedelta

import pytest

from netintegrity.app.grounds import Material, make_grounds
from netintegrity.app.judging import assess
from netintegrity.app.registries import PLATFORMS, RULES
from netintegrity.inventory.load import load_site
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.world import LabWorld
from netintegrity.model.evidence import CollectionFailure, Evidence, FailureKind, HostKeyStatus
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifests
from netintegrity.store.memory import read_memory_bytes
from tests.unit.lab.worlds import NOW, built_in


def failure_of(behaviour: object) -> FailureKind | None:
    """Return the failure that collecting from such a device ends in."""
    table = {
        "silent": (True, FailureKind.UNREACHABLE),
        "host_key": ("changed", FailureKind.HOST_KEY_CHANGED),
        "login": ("refused", FailureKind.AUTHENTICATION),
    }
    for word, (value, kind) in table.items():
        if getattr(behaviour, word) == value:
            return kind
    return FailureKind.TIMEOUT if getattr(behaviour, "truncate", None) else None


@pytest.mark.parametrize("name", sorted(built_in()))
def test_each_device_is_concluded_to_be_what_the_scenario_expects(name: str) -> None:
    at = NOW + timedelta(minutes=1)
    with LabWorld.create(built_in()[name], now=NOW) as world:
        site = load_site(world.site)
        state = world.state / site.name
        material = Material(
            keys=read_keys(world.keys),
            manifests=read_manifests(site.manifests),
            policy=site.policy,
            policy_bytes=site.policy_bytes,
            memory_bytes=read_memory_bytes(state),
            memory_name="memory.json",
            lab=True,
        )
        grounds, _ = make_grounds(material, at=at)
    judged = {}
    for device, served in zip(site.devices, world.devices, strict=True):
        platform = PLATFORMS[device.platform_id]
        exchanges = exchanges_of(served.device, platform, NOW)
        kind = failure_of(served.device.behaviour)
        evidence = Evidence(
            run_id="t",
            device=device,
            collected_at=NOW,
            host_key_fingerprint="SHA256:x" if exchanges else None,
            host_key_status=HostKeyStatus.MATCHED if exchanges else HostKeyStatus.NO_SESSION,
            exchanges=exchanges,
            failure=None if kind is None else CollectionFailure(kind=kind, detail="x"),
        )
        result = assess(
            evidence,
            platform,
            references=grounds.references,
            policy=site.policy.of(platform.id, RULES),
            memory=grounds.memory.of(device.name),
            at=at,
            keyring=grounds.anchors,
            lab=grounds.lab,
        )
        assert not result.appraisal.faults
        judged[device.name] = result.appraisal
    assert {n: a.conclusions[0] for n, a in judged.items()} == {
        d.name: d.expected for d in world.devices
    }
    for served in world.devices:
        if served.expected_level is not None:
            assert judged[served.name].assurance.level is served.expected_level
