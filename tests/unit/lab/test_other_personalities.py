"""What the boxes of the scenario `others` say of their files is true, unless they are to lie."""

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
OTHERS = built_in()["others"].devices
HEALTHY = [d for d in OTHERS if d.expected is not Conclusion.INCOMPLETE]


@pytest.mark.parametrize("device", HEALTHY, ids=lambda d: d.name)
def test_a_box_that_can_hash_tells_the_true_digest_of_every_file(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    told = {d.value.hex() for i in claims.images for d in i.digests}
    held = {
        hashlib.sha256(content).hexdigest()
        for image in device.active.flash.values()
        for content in (image.content, *(image.package(p) for p in image.packages))
    }
    if platform.cannot_hash:
        assert told == set()
    else:
        assert told
        assert told <= held
        booted = [i for i in claims.images if i.role is not ImageRole.STORED]
        assert all(i.digests for i in booted)


def test_every_platform_beside_the_first_two_is_staged_in_order_and_not() -> None:
    staged: dict[str, set[Conclusion]] = {}
    for device in OTHERS:
        staged.setdefault(device.platform_id, set()).add(device.expected)
    for platform_id, conclusions in staged.items():
        unable = PLATFORMS[platform_id].cannot_hash
        wanted = {Conclusion.DOWNGRADED, Conclusion.INCOMPLETE}
        wanted |= (
            {Conclusion.UNSUPPORTED}
            if unable
            else {Conclusion.VERIFIED, Conclusion.PATCHED, Conclusion.UNKNOWN_IMAGE}
        )
        assert conclusions >= wanted, platform_id


@pytest.mark.parametrize("device", HEALTHY, ids=lambda d: d.name)
def test_a_refusal_of_a_simulated_box_is_read_as_one(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    personality = PERSONALITIES[device.personality]
    first = next(p for p in platform.probes if not p.is_template)
    (exchange, *_) = exchanges_of(device, platform, NOW)
    assert exchange.command == first.command
    refused = replace(exchange, output=personality.refusal(device, first.command))
    assert [g.probe_id for g in platform.interpret((refused,)).gaps] == [first.id]
