"""What the boxes of the scenarios of further platforms say is read as it is meant."""

import hashlib
from dataclasses import replace

import pytest

from netintegrity import platforms
from netintegrity.lab.answering import PERSONALITIES
from netintegrity.lab.device import LabDevice
from netintegrity.lab.offline import exchanges_of
from netintegrity.model.claims import ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from tests.unit.lab.worlds import NOW, built_in

PLATFORMS = discover(platforms, Platform)
SCENARIOS = ("more", "aruba", "dell", "extreme", "f5", "huawei", "nokia")
MORE = [d for name in SCENARIOS for d in built_in()[name].devices]
HEALTHY = [d for d in MORE if d.expected is not Conclusion.INCOMPLETE]


@pytest.mark.parametrize("device", HEALTHY, ids=lambda d: d.name)
def test_a_healthy_box_leaves_no_gap_and_tells_only_true_digests(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    assert claims.gaps == ()
    assert claims.platform_id == device.platform_id
    assert {i.subject for i in claims.identities} == {p.subject for p in device.parts}
    booted = [i for i in claims.images if i.role is not ImageRole.STORED]
    assert {i.role for i in booted} == {ImageRole.RUNNING, ImageRole.BOOT_NEXT}
    assert all(bool(i.digests) is not bool(platform.cannot_hash) for i in booted)
    algorithm = platform.strongest_digest.value
    contents = (i.content for i in device.active.flash.values())
    held = {hashlib.new(algorithm, c, usedforsecurity=False).hexdigest() for c in contents}
    assert {d.value.hex() for i in claims.images for d in i.digests} <= held


def test_every_platform_is_shown_old_and_silent_and_as_good_as_it_gets() -> None:
    staged: dict[str, set[Conclusion]] = {}
    for device in MORE:
        staged.setdefault(device.platform_id, set()).add(device.expected)
    for platform_id, conclusions in staged.items():
        best = {Conclusion.UNSUPPORTED}
        if not PLATFORMS[platform_id].cannot_hash:
            best = {Conclusion.VERIFIED, Conclusion.PATCHED, Conclusion.UNKNOWN_IMAGE}
        wanted = {Conclusion.DOWNGRADED, Conclusion.INCOMPLETE} | best
        assert conclusions >= wanted, platform_id


@pytest.mark.parametrize("device", HEALTHY, ids=lambda d: d.name)
def test_a_refusal_of_a_simulated_box_is_read_as_one(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    personality = PERSONALITIES[device.personality]
    (exchange, *_) = exchanges_of(device, platform, NOW)
    refused = replace(exchange, output=personality.refusal(device, exchange.command))
    claims = platform.interpret((refused,))
    assert [g.probe_id for g in claims.gaps] == [exchange.probe_id]
    assert claims.images == ()
