"""Every reader of every platform on 64 kB of lines that are made to take long.

Run ``python -m benchmarks.linear_readers``. Each reading is to stay under 0.2 s, and twice the text
is to take about twice the time: the ratio of the two is what shows a reader that looks back.
"""

import sys
import time
from datetime import UTC, datetime
from typing import Final

from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform, Probe
from tests.examples import PLATFORMS, command_of
from tests.long_lines import SEEDS, texts_of

LIMIT_S: Final = 0.2
MOST_RATIO: Final = 3.0
"""Of the time for twice the text: 2 for a linear reader, 4 for a quadratic one."""
_WORTH_A_RATIO_S: Final = 0.02


def _seconds(platform: Platform, probe: Probe, text: str) -> float:
    exchange = Exchange(
        probe_id=probe.id,
        command=command_of(platform, probe),
        output=text,
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed_s=0.0,
        complete=True,
    )
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        platform.interpret((exchange,))
        platform.plan((exchange,))
        best = min(best, time.process_time() - began)
    return best


def main() -> int:
    """Print the slowest reading of each platform; 1 if one is too slow."""
    slow = 0
    print(f"{'platform':<24}{'probe':<18}{'slowest':>10}{'twice the text':>16}  begins with")
    for platform in PLATFORMS.values():
        worst = max(
            (
                (_seconds(platform, probe, text), probe, seed, text)
                for probe in platform.probes
                for seed in SEEDS
                for text in texts_of(seed)
            ),
            key=lambda found: found[0],
        )
        took, probe, seed, text = worst
        ratio = _seconds(platform, probe, text + text) / took
        print(f"{platform.id:<24}{probe.id:<18}{took:>8.3f} s{ratio:>15.1f}x  {seed[:40]!r}")
        slow += took > LIMIT_S or (took > _WORTH_A_RATIO_S and ratio > MOST_RATIO)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
