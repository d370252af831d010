"""Judges the devices of a lab without any network, on the very grounds an audit of it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from netintegrity.app.grounds import Material, make_grounds
from netintegrity.app.judging import assess
from netintegrity.app.registries import PLATFORMS, RULES
from netintegrity.assess.policy import Policy
from netintegrity.inventory.load import load_site
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.scenario import Scenario
from netintegrity.lab.server import ServedDevice
from netintegrity.lab.world import LabWorld
from netintegrity.model.device import Device
from netintegrity.model.evidence import CollectionFailure, Evidence, Exchange, HostKeyStatus
from netintegrity.model.finding import Appraisal
from netintegrity.model.memory import Memory
from netintegrity.model.reference import ReferenceSet
from netintegrity.platforms._spec import Platform
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifests
from netintegrity.store.memory import read_memory_bytes
from netintegrity.trust.anchors import Keyring
from tests.unit.lab.worlds import NOW

AT = NOW + timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A device of a lab, what it answers, and all that it is judged by."""

    served: ServedDevice
    device: Device
    platform: Platform
    exchanges: tuple[Exchange, ...]
    """None if nobody could log in."""
    policy: Policy
    references: ReferenceSet
    memory: Memory
    keyring: Keyring

    def appraisal(
        self, exchanges: tuple[Exchange, ...], failure: CollectionFailure | None = None
    ) -> Appraisal:
        """Return what comes of ``exchanges``, be they its own or others."""
        evidence = Evidence(
            run_id="t",
            device=self.device,
            collected_at=NOW,
            host_key_fingerprint="SHA256:x" if exchanges else None,
            host_key_status=HostKeyStatus.MATCHED if exchanges else HostKeyStatus.NO_SESSION,
            exchanges=exchanges,
            failure=failure,
        )
        result = assess(
            evidence,
            self.platform,
            references=self.references,
            policy=self.policy,
            memory=self.memory,
            at=AT,
            keyring=self.keyring,
            lab=True,
        )
        assert result.appraisal.faults == ()
        return result.appraisal


def judged_devices(scenario: Scenario) -> Iterator[Judged]:
    """Yield every device of a scenario with its grounds."""
    with LabWorld.create(scenario, now=NOW) as world:
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
        for device, served in zip(site.devices, world.devices, strict=True):
            platform = PLATFORMS[device.platform_id]
            yield Judged(
                served=served,
                device=device,
                platform=platform,
                exchanges=exchanges_of(served.device, platform, NOW),
                policy=site.policy.of(platform.id, RULES, device.tags),
                references=grounds.references,
                memory=grounds.memory.of(device.name),
                keyring=grounds.anchors,
            )
