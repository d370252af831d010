"""Answers spoilt on their way, on every platform: no surprise, no invention, no pass.

Every platform takes part through the registry: its conformance cases, and the devices of the
built-in scenarios, which are judged against the lists of the lab. Captures take part where they are
at hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest

from netintegrity.app.grounds import Material, make_grounds
from netintegrity.app.judging import assess
from netintegrity.app.registries import PLATFORMS, RULES
from netintegrity.assess.policy import Policy
from netintegrity.inventory.load import load_site
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.world import LabWorld
from netintegrity.model.claims import DeviceClaims
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.device import Device
from netintegrity.model.evidence import Evidence, Exchange, HostKeyStatus
from netintegrity.model.memory import Memory
from netintegrity.model.reference import ReferenceSet
from netintegrity.platforms._spec import Platform, Probe
from netintegrity.platforms._text import rendered
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifests
from netintegrity.store.memory import read_memory_bytes
from netintegrity.trust.anchors import Keyring
from tests.adversary.mutations import MUTATIONS, Draw, mutated
from tests.conformance.test_platforms import FOLDERS
from tests.conformance.test_platforms import exchanges_of as answers_of
from tests.examples import command_of
from tests.paths import CAPTURES
from tests.unit.lab.worlds import NOW, built_in

AT = NOW + timedelta(minutes=1)
EACH = 50
"""Mutations of one test."""
# Hardware quotes are over a nonce, and have attacks of their own.
SCENARIOS = sorted(set(built_in()) - {"attested"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A device of a scenario, and what it takes to judge it."""

    name: str
    platform: Platform
    device: Device
    exchanges: tuple[Exchange, ...]
    policy: Policy
    references: ReferenceSet
    memory: Memory
    keyring: Keyring
    expected: Conclusion


@cache
def judged_devices() -> tuple[Judged, ...]:
    return tuple(j for name in SCENARIOS for j in _of_scenario(name))


def _of_scenario(name: str) -> Iterator[Judged]:
    with LabWorld.create(built_in()[name], now=NOW) as world:
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
            exchanges = exchanges_of(served.device, platform, NOW)
            if exchanges and all(e.complete for e in exchanges):
                yield Judged(
                    name=f"{name}/{device.name}",
                    platform=platform,
                    device=device,
                    exchanges=exchanges,
                    policy=site.policy.of(platform.id, RULES),
                    references=grounds.references,
                    memory=grounds.memory.of(device.name),
                    keyring=grounds.anchors,
                    expected=served.expected,
                )


def conclusion(judged: Judged, exchanges: tuple[Exchange, ...]) -> Conclusion:
    evidence = Evidence(
        run_id="t",
        device=judged.device,
        collected_at=NOW,
        host_key_fingerprint="SHA256:x",
        host_key_status=HostKeyStatus.MATCHED,
        exchanges=exchanges,
    )
    result = assess(
        evidence,
        judged.platform,
        references=judged.references,
        policy=judged.policy,
        memory=judged.memory,
        at=AT,
        keyring=judged.keyring,
        lab=True,
    )
    assert result.appraisal.faults == ()
    return result.appraisal.conclusions[0]


@cache
def texts() -> tuple[tuple[Platform, tuple[Exchange, ...]], ...]:
    """Return the cases of every platform, and each capture as an answer it was not asked for."""
    found = [(PLATFORMS[f.parent.name], answers_of(f)) for f in FOLDERS]
    files = sorted(p for p in CAPTURES.rglob("*") if p.is_file()) if CAPTURES.is_dir() else []
    for number, file in enumerate(files):
        platform = tuple(PLATFORMS.values())[number % len(PLATFORMS)]
        probe = platform.probes[number % len(platform.probes)]
        text = file.read_bytes()[:65536].decode("utf-8", "backslashreplace")
        found.append((platform, (_exchange(platform, probe.id, text),)))
    return tuple((p, e) for p, e in found if e)


def _exchange(platform: Platform, probe_id: str, output: str) -> Exchange:
    return Exchange(
        probe_id=probe_id,
        command=command_of(platform, platform.probe(probe_id)),
        output=output,
        started_at=NOW,
        elapsed_s=0.1,
        complete=True,
    )


def squeezed(exchanges: tuple[Exchange, ...]) -> str:
    """Return all there is to read, without blanks, ends of lines and what a terminal takes out."""
    shown = (rendered(line) for e in exchanges for line in e.output.split("\n"))
    return "".join("".join(line.split()) for line in shown)


def assert_nothing_is_made_up(claims: DeviceClaims, exchanges: tuple[Exchange, ...]) -> None:
    text = squeezed(exchanges)
    folded = text.lower()
    for image in claims.images:
        for digest in image.digests:
            assert digest.value.hex() in folded
    if claims.running_release is not None:
        assert "".join(claims.running_release.text.split()) in text
    for added in claims.added:
        assert "".join(added.name.split()) in text


def read_whatever_it_is(platform: Platform, exchanges: tuple[Exchange, ...]) -> None:
    claims = platform.interpret(exchanges)
    assert_nothing_is_made_up(claims, exchanges)
    assert all(r.wants_nonce or platform.admits(r.command) for r in platform.plan(exchanges))


def _spoilt(judged: Judged, draw: Draw) -> tuple[str, tuple[Exchange, ...]]:
    """Return the answers with some of them changed that the conclusion may not do without.

    A second opinion that cannot be read is as if the box had none: that is no obstacle, by design.
    """
    probes = {p.id: p for p in judged.platform.probes}
    needed = tuple(e for e in judged.exchanges if _is_needed(probes[e.probe_id]))
    name, changed = mutated(needed, draw)
    by_place = dict(zip((id(e) for e in needed), changed, strict=True))
    return name, tuple(by_place.get(id(e), e) for e in judged.exchanges)


def _is_needed(probe: Probe) -> bool:
    return probe.demanded or bool(probe.lists)


def mutate(seed: int) -> None:
    """Spoil ``EACH`` answers: read every one, and judge those of devices that are not in order."""
    for number in range(EACH):
        draw = Draw(f"{seed}/{number}")
        if draw.below(3):
            platform, exchanges = texts()[draw.below(len(texts()))]
            _, changed = mutated(exchanges, draw)
            read_whatever_it_is(platform, changed)
            continue
        devices = judged_devices()
        judged = devices[draw.below(len(devices))]
        name, changed = _spoilt(judged, draw)
        read_whatever_it_is(judged.platform, changed)
        if judged.expected is not Conclusion.VERIFIED:
            now = conclusion(judged, changed)
            assert now is not Conclusion.VERIFIED, f"{judged.name}: {name}, seed {seed}/{number}"


@pytest.mark.parametrize("seed", range(10))
def test_five_hundred_spoilt_answers_are_no_surprise_and_no_pass(seed: int) -> None:
    mutate(seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_ten_thousand_spoilt_answers_are_no_surprise_and_no_pass(seed: int) -> None:
    mutate(seed)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("platform_id", PLATFORMS)
def test_a_case_cut_off_at_any_line_says_nothing_it_does_not_say_whole(platform_id: str) -> None:
    for platform, exchanges in texts():
        if platform.id != platform_id:
            continue
        for n, exchange in enumerate(exchanges):
            lines = exchange.output.split("\n")[:400]
            for end in range(len(lines)):
                cut = _exchange(platform, exchange.probe_id, "\n".join(lines[:end]))
                read_whatever_it_is(platform, (*exchanges[:n], cut, *exchanges[n + 1 :]))


def test_every_platform_and_every_mutation_takes_part() -> None:
    assert {p.id for p, _ in texts()} == set(PLATFORMS)
    assert {j.platform.id for j in judged_devices()} == set(PLATFORMS)
    names = set()
    for seed in range(100):
        draw = Draw(f"names/{seed}")
        exchange = (_exchange(PLATFORMS["cisco_iosxe"], "version", "a\nb\n"),)
        names.add(mutated(exchange, draw)[0])
    assert names == {m.name for m in MUTATIONS}
