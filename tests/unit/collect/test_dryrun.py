"""Every command is shown before one is sent."""

from dataclasses import replace

from netintegrity.collect.dryrun import dry_run
from tests.loopback.box import PLATFORM, device


def test_every_line_that_could_be_sent_is_shown() -> None:
    text = "\n".join(dry_run([device(22)], {"toy": PLATFORM}))
    for line in (*PLATFORM.session_lines, "enable", "show version", "verify /sha512 <path>"):
        assert f"  {line}" in text
    assert "{}" not in text
    assert "nothing was sent" in text


def test_an_optional_probe_is_told_apart() -> None:
    probes = tuple(replace(p, demanded=False) for p in PLATFORM.probes)
    text = "\n".join(dry_run([device(22)], {"toy": replace(PLATFORM, probes=probes)}))
    assert "ask (optional)  show version" in text


def test_the_fleet_takes_as_long_as_its_slowest_device_or_its_sum_over_the_workers() -> None:
    slow = replace(
        PLATFORM, probes=tuple(replace(p, read_timeout_s=2400.0) for p in PLATFORM.probes)
    )
    few = list(dry_run([device(22)] * 2, {"toy": slow}, workers=32))[-1]
    many = list(dry_run([device(22)] * 64, {"toy": slow}, workers=32))[-1]
    assert "about 10 min" in few
    assert "about 20 min" in many


def test_an_unknown_platform_is_shown_as_such() -> None:
    assert "  nothing: no such platform" in list(dry_run([device(22)], {}))
