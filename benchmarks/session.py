"""One device and one session: ours, complete, against stock netmiko in the same run.

Both send the same six commands to the same process; ours with its host key check, guard, transcript
and evidence. The runs are interleaved, and only their ratio means anything.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from netmiko import ConnectHandler

from benchmarks.box import COMMANDS, DIGEST, Served, served
from netintegrity.clock import utc_now
from netintegrity.collect.credentials import Credential
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.pacing import Pace
from netintegrity.collect.runner import collect_device
from netintegrity.collect.secret import Secret
from netintegrity.collect.ssh import open_session_factory
from netintegrity.model.codec import evidence_bytes
from netintegrity.model.device import Device
from netintegrity.platforms._spec import Probe
from tests.loopback.box import PASSWORD, PLATFORM

ROUNDS = 15
GOALS = {0.0: 20.0, 0.02: 2.5}
PROBES = tuple(
    Probe(id=f"p{n}", command=command, read_timeout_s=30.0) for n, command in enumerate(COMMANDS)
)
SIX = replace(
    PLATFORM,
    probes=PROBES,
    plan=lambda done: () if done else tuple(p.request() for p in PROBES),
)


def ours(box: Served) -> Callable[[], None]:
    """Return what collects from ``box`` once."""
    known = f"[127.0.0.1]:{box.port} {box.key}\n".encode()
    credential = Credential(
        ref="ro",
        username="audit",
        password=Secret(PASSWORD),
        enable=None,
        hosts=("127.0.0.0/8",),
    )
    opened = open_session_factory(
        host_keys=HostKeys.parse(known, name="known_hosts"),
        credentials=lambda _: credential,
        pace=Pace(starts_per_s=1e6, all_starts_per_s=1e6),
    )
    device = Device(
        name="r1", address="127.0.0.1", port=box.port, platform_id="toy", credential_ref="ro"
    )

    def once() -> None:
        found = collect_device(device, SIX, opened, run_id="bench", now=utc_now)
        whole = [e.complete for e in found.evidence.exchanges]
        if whole != [True] * len(COMMANDS) or DIGEST.encode() not in evidence_bytes(found.evidence):
            raise SystemExit(f"not collected: {found}")

    return once


def stock(box: Served) -> Callable[[], None]:
    """Return what netmiko as it comes does on ``box``, host keys unchecked."""

    def once() -> None:
        with ConnectHandler(
            device_type="cisco_xe",
            host="127.0.0.1",
            port=box.port,
            username="audit",
            password=PASSWORD,
        ) as connection:
            said = [str(connection.send_command(c, read_timeout=30)) for c in COMMANDS]
        if DIGEST not in said[-1]:
            raise SystemExit(f"not collected: {said}")

    return once


def _ms(once: Callable[[], None]) -> float:
    began = time.perf_counter()
    once()
    return (time.perf_counter() - began) * 1000


def main(rounds: int = ROUNDS) -> None:
    """Print the medians and their ratio, for each round-trip time."""
    for rtt_s, goal in GOALS.items():
        with served(rtt_s) as box:
            us, them = ours(box), stock(box)
            us(), them()
            times = [(_ms(us), _ms(them)) for _ in range(rounds)]
        mine, theirs = (statistics.median(t) for t in zip(*times, strict=True))
        print(
            f"one session, RTT {rtt_s * 1000:g} ms: ours {mine:.0f} ms, stock netmiko "
            f"{theirs:.0f} ms, {theirs / mine:.1f} times as fast (goal {goal:g})"
        )


if __name__ == "__main__":
    main()
