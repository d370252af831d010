"""What a further platform reads takes no time, however long and odd it is."""

import time

import pytest

from netintegrity.platforms._spec import Platform
from netintegrity.platforms.aruba_aoscx import PLATFORM as AOSCX
from netintegrity.platforms.cisco_fxos import PLATFORM as FXOS
from netintegrity.platforms.cisco_iosxr import PLATFORM as IOSXR
from netintegrity.platforms.fortinet_fortios import PLATFORM as FORTIOS
from netintegrity.platforms.paloalto_panos import PLATFORM as PANOS
from tests.unit.platforms.boxes import exchange

PLATFORMS = (IOSXR, PANOS, FORTIOS, AOSCX, FXOS)
ARGUMENTS: dict[tuple[str, str], str] = {}
SIZE_BYTES = 64 * 1024
# Each begins as a line that some reader looks for, and goes on for ever or again and again.
SEEDS = (
    "RP/0/RP0/CPU0:",
    "Cisco IOS XR Software, Version ",
    "Active Packages: 1\nLabel:  ",
    "    a-",
    "xr-a     1",
    "0/RP0/CPU0 a(",
    'NAME: "0/RP0',
    "PID: ",
    "sw-version: ",
    "sysroot0    A",
    "Server error : ",
    "Version: FortiGate-",
    "1  a 1 1 1% ",
    f"{'0' * 64}  /",
    "Firmware Signature: ",
    f"{'-' * 20}\nArubaOS-CX Primary Image\n{'-' * 20}\nSHA-256 : ",
    "1 00:00:5e:00:53:01 a  ",
    "Active Image : ",
    "Model    : a Version ",
    "File Name : ",
    "System version: 2.1(",
)
LIMIT_S = 5.0


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda p: p.id)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_line_makes_a_reader_wait(platform: Platform, seed: str) -> None:
    texts = (
        seed * (SIZE_BYTES // len(seed)),
        seed + "a" * SIZE_BYTES,
        seed + " " * SIZE_BYTES,
        (seed + "a" * 200 + "\n") * (SIZE_BYTES // 220),
    )
    for probe in platform.probes:
        command = probe.request(ARGUMENTS.get((platform.id, probe.id))).command
        for text in texts:
            exchanges = (exchange(platform, command, text),)
            began = time.process_time()
            claims = platform.interpret(exchanges)
            requests = platform.plan(exchanges)
            assert time.process_time() - began < LIMIT_S
            assert not any(i.digests for i in claims.images)
            assert all(platform.admits(r.command) for r in requests)
