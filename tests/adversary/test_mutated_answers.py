"""Answers spoilt on their way, on every platform: no surprise, no invention, no pass.

Every platform takes part through the registry: its conformance cases, and the devices of the
built-in scenarios, which are judged against the lists of the lab. Captures take part where they are
at hand.
"""

from functools import cache

import pytest

from netintegrity.app.registries import PLATFORMS
from netintegrity.model.claims import DeviceClaims
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform, Probe
from netintegrity.platforms._text import rendered
from tests.adversary.mutations import MUTATIONS, Draw, mutated
from tests.conformance.test_platforms import FOLDERS
from tests.conformance.test_platforms import exchanges_of as answers_of
from tests.examples import command_of
from tests.paths import CAPTURES
from tests.unit.lab.grounds import Judged, judged_devices
from tests.unit.lab.worlds import NOW, built_in

EACH = 50
"""Mutations of one test."""
# Hardware quotes are over a nonce, and have attacks of their own.
SCENARIOS = sorted(set(built_in()) - {"attested"})


@cache
def devices() -> tuple[Judged, ...]:
    """Return every device of a scenario that answers whole."""
    made = (j for name in SCENARIOS for j in judged_devices(built_in()[name]))
    return tuple(j for j in made if j.exchanges and all(e.complete for e in j.exchanges))


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
        judged = devices()[draw.below(len(devices()))]
        name, changed = _spoilt(judged, draw)
        read_whatever_it_is(judged.platform, changed)
        if judged.served.expected is not Conclusion.VERIFIED:
            now = judged.appraisal(changed).conclusions[0]
            where = f"{judged.device.name}: {name}, seed {seed}/{number}"
            assert now is not Conclusion.VERIFIED, where


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
    assert {j.platform.id for j in devices()} == set(PLATFORMS)
    names = set()
    for seed in range(100):
        draw = Draw(f"names/{seed}")
        exchange = (_exchange(PLATFORMS["cisco_iosxe"], "version", "a\nb\n"),)
        names.add(mutated(exchange, draw)[0])
    assert names == {m.name for m in MUTATIONS}
