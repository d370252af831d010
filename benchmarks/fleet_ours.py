"""What this project does with the simulated fleet: guard, transcript, host keys and evidence on."""

import argparse
import json
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.fleet_peers import DIGEST, PASSWORD, hosts
from benchmarks.session import SIX
from netintegrity.clock import utc_now
from netintegrity.collect.credentials import Credential
from netintegrity.collect.gate import Gate
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.pacing import Pace
from netintegrity.collect.runner import CollectedDevice, Job, collect_fleet
from netintegrity.collect.secret import Secret
from netintegrity.collect.ssh import open_session_factory
from netintegrity.model.device import Device
from netintegrity.store.runs import RunFolder


def main() -> None:
    """Collect once and print one JSON line; imports do not count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--gate", type=int, default=8)
    parser.add_argument("--read-timeout-s", type=float, default=600.0)
    arguments = parser.parse_args()
    names = hosts(arguments.devices)
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    known = "".join(f"[{n}]:{arguments.port} {arguments.key}\n" for n in names).encode()
    credential = Credential(
        ref="ro", username="audit", password=Secret(PASSWORD), enable=None, hosts=("127.0.0.0/8",)
    )
    opened = open_session_factory(
        host_keys=HostKeys.parse(known, name="known_hosts"),
        credentials=lambda _: credential,
        pace=Pace(starts_per_s=1e6, all_starts_per_s=1e6),
        gate=Gate(arguments.gate),
    )
    probes = tuple(replace(p, read_timeout_s=arguments.read_timeout_s) for p in SIX.probes)
    platform = replace(
        SIX, probes=probes, plan=lambda done: () if done else tuple(p.request() for p in probes)
    )
    jobs = [
        Job(
            device=Device(
                name=f"d{number}",
                address=name,
                port=arguments.port,
                platform_id="toy",
                credential_ref="ro",
            ),
            platform=platform,
        )
        for number, name in enumerate(names)
    ]
    whole = 0
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder))

        def keep(found: CollectedDevice) -> None:
            nonlocal whole
            run.write_evidence(found.evidence)
            said = found.evidence.exchanges
            whole += bool(said) and all(e.complete for e in said) and DIGEST in said[-1].output

        collect_fleet(
            jobs, opened, run_id="bench", now=utc_now, workers=arguments.workers, on_done=keep
        )
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"whole": whole, "wall_s": wall_s, "cpu_s": cpu_s, "kib": after.ru_maxrss}))


if __name__ == "__main__":
    main()
