"""What a router of one's own reads takes no time, however long and odd it is."""

import time

import pytest

from netintegrity.platforms._spec import Platform
from tests.unit.platforms.boxes import exchange
from tests.unit.platforms.test_router_platforms import ARGUMENTS, PLATFORMS

SIZE_BYTES = 64 * 1024
# Each begins as a line that some reader looks for, and goes on for ever or again and again.
SEEDS: dict[str, tuple[str, ...]] = {
    "openwrt": (
        "DISTRIB_RELEASE='",
        '{"release": {"version": "',
        "[[[[",
        "root=/dev/nfs nfsroot=",
        "fetch=http://",
        f"{'0' * 64}  /",
        "/overlay/upper/usr/",
        "/rom/usr/",
        "find: a",
        "a - ",
        "a-1-r1 a {a} [",
    ),
    "opnsense": (
        "OPNsense 24.7.",
        " 1 1 0xffffffff80200000 21 kernel (/boot/",
        "kernel=",
        "grep: a",
        "default\tN",
        "a-1 ",
        "SHA256 (/",
        f"a:\n\tsha256digest (0x{'0' * 64}, 0x",
        "a: checksum mismatch for /",
    ),
    "openbsd": (
        "OpenBSD 7.6 (a) #1: ",
        "set image ",
        "b a",
        "001_",
        "a-1-a",
        "SHA256 (/bsd) = ",
        "cat: /etc/boot.conf: ",
    ),
    "debian": (
        "ID=",
        "Linux 6.1.0 #1 Debian ",
        "BOOT_IMAGE=/boot/vmlinuz-",
        "menuentry a\n\tlinux /a\n\tinitrd ",
        'set default="',
        "next_entry=",
        "a\t1",
        "SecureBoot ",
        "??5??????   /usr/",
        "missing   c /",
    ),
    "mikrotik_routeros": (
        "  version: ",
        ' 0   name="',
        ' 0 AR name="part0" version="RouterOS v',
        " 0   a=",
        "[a] > ",
        "bad command name ",
        '\\"',
    ),
}
LIMIT_S = 5.0
CASES = [(PLATFORMS[id_], seed) for id_, seeds in SEEDS.items() for seed in seeds]


@pytest.mark.parametrize(("platform", "seed"), CASES, ids=lambda v: getattr(v, "id", None))
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
