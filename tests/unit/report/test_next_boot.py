"""What will run after a reload, and what is known of it."""

from dataclasses import replace

import pytest

from netintegrity.assess.appraise import appraise
from netintegrity.assess.next_boot import NextBoot, next_boots
from netintegrity.assess.rules.image import image_matches_manifest
from netintegrity.model.claims import BootClaim, ImageClaim, ImageKind, ImageRole, Source
from netintegrity.model.conclusion import Conclusion
from tests.builders import BAD, CHASSIS, MEMBER_2, NEWER, case, claims, image


def told(*images: ImageClaim, **boot: object) -> tuple[NextBoot, ...]:
    said = BootClaim(subject=CHASSIS, source=Source("boot", 1), **boot)  # type: ignore[arg-type]
    subject = case(claims=claims(images=images, boots=(said,)))
    return next_boots(subject.claims, appraise(subject, [image_matches_manifest]))


RUNS = image(ImageRole.RUNNING)
BOOTS = image(ImageRole.BOOT_NEXT)


def test_the_same_image_again_is_settled() -> None:
    (found,) = told(RUNS, BOOTS, entries=("flash:image.bin",))
    assert (found.is_running, found.digest_known, found.is_settled) == (True, True, True)
    assert found.fallbacks == ()


def test_another_image_is_named_with_its_release_and_what_was_concluded_of_it() -> None:
    staged = replace(BOOTS, path="flash:new.bin", release=NEWER, digests=frozenset({BAD}))
    (found,) = told(RUNS, staged, entries=("flash:new.bin", "flash:image.bin"))
    assert (found.paths, found.release) == (("flash:new.bin",), NEWER.text)
    assert not found.is_running
    assert found.conclusion is Conclusion.UNKNOWN_IMAGE
    assert not found.is_settled
    assert [(f.source, f.is_network) for f in found.fallbacks] == [("flash:image.bin", False)]


def test_a_network_source_behind_the_first_is_told() -> None:
    (found,) = told(RUNS, BOOTS, entries=("flash:image.bin", "tftp://192.0.2.9/x.bin"))
    assert [(f.source, f.is_network) for f in found.fallbacks] == [("tftp://192.0.2.9/x.bin", True)]


def test_a_set_is_known_when_every_package_is() -> None:
    listed = replace(
        BOOTS, path="flash:packages.conf", kind=ImageKind.PACKAGE_LIST, digests=frozenset()
    )
    first = replace(BOOTS, path="flash:a.pkg", kind=ImageKind.PACKAGE)
    second = replace(first, path="flash:b.pkg", digests=frozenset())
    assert told(RUNS, listed, first)[0].digest_known
    assert not told(RUNS, listed, first, second)[0].digest_known
    assert told(RUNS, listed, first)[0].paths == ("flash:packages.conf",)


@pytest.mark.parametrize(
    ("boot", "stops"),
    [
        ({"manual_boot": True}, "manual boot"),
        ({"config_register": 0x2100}, "configuration register 0x2100"),
        (
            {"config_register": 0x2102, "config_register_next": 0x0},
            "configuration register 0x0",
        ),
        ({"config_register": 0x2100, "config_register_next": 0x2102}, ""),
        ({"config_register": 0x102}, ""),
        ({}, ""),
    ],
)
def test_a_part_that_waits_at_its_boot_loader_says_why(boot: dict[str, int], stops: str) -> None:
    (found,) = told(RUNS, BOOTS, **boot)
    assert found.stops == stops
    assert found.is_settled is not bool(stops)


def test_a_part_that_tells_nothing_of_its_next_boot_is_not_settled() -> None:
    (found,) = told(RUNS)
    assert (found.paths, found.digest_known, found.is_settled) == ((), False, False)


def test_every_part_is_told_of_by_itself() -> None:
    other = (replace(RUNS, subject=MEMBER_2), replace(BOOTS, subject=MEMBER_2, path="flash:x.bin"))
    found = {str(n.subject): n.is_running for n in told(RUNS, BOOTS, *other)}
    assert found == {"chassis 1": True, "member 2": False}
