"""What the boxes of the scenario `routers` say of their files is true, unless they are to lie."""

import hashlib
from dataclasses import replace

import pytest

from netintegrity import platforms
from netintegrity.lab.answering import PERSONALITIES
from netintegrity.lab.device import LabDevice
from netintegrity.lab.offline import exchanges_of
from netintegrity.model.claims import ImageKind, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from tests.unit.lab.worlds import NOW, built_in

PLATFORMS = discover(platforms, Platform)
ROUTERS = built_in()["routers"].devices
PLAIN = [d for d in ROUTERS if not d.behaviour.refuse and not d.behaviour.truncate]
HASHED = [d for d in PLAIN if d.platform_id in {"debian", "opnsense"} and "fetched" not in d.name]


@pytest.mark.parametrize("device", HASHED, ids=lambda d: d.name)
def test_a_box_that_can_hash_tells_the_true_digest_of_every_file(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    told = {d.value.hex() for i in claims.images for d in i.digests}
    held = {
        hashlib.sha256(content).hexdigest()
        for image in device.active.flash.values()
        for content in (image.content, *(image.package(p) for p in image.packages))
    }
    assert told <= held
    if not device.behaviour.hash_names:
        files = [i for i in claims.images if i.kind is not ImageKind.SYSTEM]
        assert {i.role for i in files} == {ImageRole.RUNNING, ImageRole.BOOT_NEXT}
        assert all(i.digests for i in files)


def test_a_box_that_cannot_hash_what_runs_tells_no_digest_of_it() -> None:
    for device in PLAIN:
        platform = PLATFORMS[device.platform_id]
        if platform.cannot_hash:
            claims = platform.interpret(exchanges_of(device, platform, NOW))
            assert all(i.role is ImageRole.STORED for i in claims.images if i.digests)


def test_every_platform_is_staged_in_order_old_and_refusing() -> None:
    staged: dict[str, set[Conclusion]] = {}
    for device in ROUTERS:
        staged.setdefault(device.platform_id, set()).add(device.expected)
    for platform_id, conclusions in staged.items():
        platform = PLATFORMS[platform_id]
        wanted = {Conclusion.DOWNGRADED, Conclusion.INCOMPLETE}
        if platform.cannot_hash or platform.no_digest_covers:
            wanted.add(Conclusion.UNSUPPORTED)
        if not platform.cannot_hash:
            wanted.add(Conclusion.PATCHED)
        assert conclusions >= wanted, platform_id
        # Nothing on such a box says that all of it is what its maker published.
        assert Conclusion.VERIFIED not in conclusions, platform_id


@pytest.mark.parametrize("device", PLAIN, ids=lambda d: d.name)
def test_a_refusal_of_a_simulated_box_is_read_as_one(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    personality = PERSONALITIES[device.personality]
    first = next(p for p in platform.probes if not p.is_template)
    (exchange, *_) = exchanges_of(device, platform, NOW)
    assert exchange.command == first.command
    refused = replace(exchange, output=personality.refusal(device, first.command))
    assert [g.probe_id for g in platform.interpret((refused,)).gaps] == [first.id]


@pytest.mark.parametrize("device", PLAIN, ids=lambda d: d.name)
def test_a_box_is_read_as_what_it_is(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    assert claims.platform_id == device.platform_id
    assert claims.running_release is not None
    assert [i.pid for i in claims.identities] == [device.pid]
    # Of OpenWrt alone something is always missing.
    if device.expected not in {Conclusion.INCOMPLETE, Conclusion.BOOT_CHAIN}:
        expected = {"root"} if device.platform_id == "openwrt" else set()
        assert {g.probe_id for g in claims.gaps} == expected
