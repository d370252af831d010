"""Half a hundred kilobytes of anything are read in no time, whatever they resemble."""

import time

import pytest

from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cumulus import PLATFORM as CUMULUS
from netintegrity.platforms.juniper_junos import PLATFORM as JUNOS
from netintegrity.platforms.juniper_junos_evolved import PLATFORM as EVOLVED
from netintegrity.platforms.sonic import PLATFORM as SONIC
from netintegrity.platforms.vyos import PLATFORM as VYOS
from tests.unit.platforms.boxes import exchange

ARGUMENTS = {
    ("vyos", "hash"): "/usr/lib/live/mount/persistence/boot/1.4.0/vmlinuz",
    ("vyos", "overlay"): "/usr/lib/live/mount/persistence/boot/1.4.0/rw/usr/bin",
    ("sonic", "boot-files"): "/host/image-202311.2/boot",
    ("sonic", "hash"): "/host/image-202311.2/fs.squashfs",
}
SIZE_BYTES = 64 * 1024
# Each begins as a line that some reader looks for, and goes on for ever or again and again.
SEEDS = (
    "JUNOS a [",
    "Junos: ",
    "fpc0:\n-----\n",
    "Slot 0:\n  Current state ",
    "Information for snapshot on internal (/dev/da0s1a) ",
    "Nov 24 10:00:01  r1 kernel: ",
    " - junos-evo-install-",
    "Version:          VyOS ",
    "   1: a (default boot)",
    "Name  Default boot    Running\n",
    "vmlinuz-",
    "Current: SONiC-OS-",
    "docker-a  b  ",
    "DISTRIB_RELEASE=",
    "adduser\t",
    "Product Name         0x21   6 ",
    f"{'0' * 64}  /",
    "find: a: ",
    "a: ",
    "\x1b[",
    "\b\r ",
)
LIMIT_S = 5.0
"""Ten times what it takes on a slow machine; quadratic readers take many times that."""


@pytest.mark.parametrize("platform", [JUNOS, EVOLVED, VYOS, SONIC, CUMULUS], ids=lambda p: p.id)
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
