"""Half a hundred kilobytes of anything are read in no time, whatever they resemble.

Every platform, by the registry. `python -m benchmarks.linear_readers` holds each reading to 0.2 s;
the bound here only catches what hangs.
"""

import time

import pytest

from netintegrity.platforms._spec import Platform, Probe
from tests.examples import PLATFORMS, command_of
from tests.long_lines import SEEDS, texts_of
from tests.unit.platforms.boxes import exchange

LIMIT_S = 5.0
"""Ten times what it takes on a slow machine; quadratic readers take many times that."""
EACH_PROBE = [(platform, probe) for platform in PLATFORMS.values() for probe in platform.probes]


def held_to_the_limit(platform: Platform, probe: Probe, text: str) -> None:
    exchanges = (exchange(platform, command_of(platform, probe), text),)
    began = time.process_time()
    claims = platform.interpret(exchanges)
    requests = platform.plan(exchanges)
    assert time.process_time() - began < LIMIT_S
    assert not any(i.digests for i in claims.images)
    assert all(platform.admits(r.command) or r.wants_nonce for r in requests)


@pytest.mark.parametrize(
    ("number", "platform", "probe"),
    [(n, *both) for n, both in enumerate(EACH_PROBE)],
    ids=lambda v: str(getattr(v, "id", v)),
)
def test_no_line_makes_a_reader_wait(number: int, platform: Platform, probe: Probe) -> None:
    """A share of the seeds each, in turns: together the probes meet all of them many times."""
    for turn in range(4):
        seed = SEEDS[(4 * number + turn) % len(SEEDS)]
        held_to_the_limit(platform, probe, texts_of(seed)[turn])


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda p: p.id)
def test_no_line_of_any_kind_makes_any_reader_wait(platform: Platform) -> None:
    """Every seed for every probe; the four texts that begin with it take turns."""
    for number, probe in enumerate(platform.probes):
        for turn, seed in enumerate(SEEDS):
            texts = texts_of(seed)
            held_to_the_limit(platform, probe, texts[(number + turn) % len(texts)])
