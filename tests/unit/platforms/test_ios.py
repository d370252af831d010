"""What classic IOS is asked and claims, and what becomes of a box filed under the wrong name."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.app.judging import shown_platform
from netintegrity.app.registries import PLATFORMS
from netintegrity.model.claims import ImageRole
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Identity
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cisco_ios import PLATFORM as IOS
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE
from tests.builders import evidence
from tests.unit.platforms import boxes, boxes_ios
from tests.unit.platforms.boxes import CHASSIS, converse, of_image
from tests.unit.platforms.boxes_ios import IMAGE, ROUTER_IMAGE

GOOD = Digest(DigestAlgorithm.MD5, bytes.fromhex(boxes_ios.MD5))
RUNNING, NEXT = ImageRole.RUNNING, ImageRole.BOOT_NEXT
ODD_RELEASES = ["15.2(4.0.55)E", "no such thing"]


def asked(box: dict[str, str], platform: Platform = IOS) -> list[str]:
    return of_image(converse(platform, box))


def test_a_switch_in_order() -> None:
    said = boxes.claims(boxes_ios.catalyst(), IOS)
    assert said.platform_id == "cisco_ios"
    assert said.running_release is not None
    assert (said.running_release.text, said.running_release.train) == ("15.2(7)E10", "ios-E")
    assert said.identities == (
        Identity(subject=CHASSIS, serial="FCW00000001", pid="WS-C2960X-24TS-L"),
    )
    assert [(i.path, i.role, i.digests) for i in said.images] == [
        (IMAGE, RUNNING, frozenset({GOOD})),
        (IMAGE, NEXT, frozenset({GOOD})),
    ]
    assert said.boots[0].config_register == 0xF
    assert said.boots[0].loader_release == "15.2(7r)E2"
    assert said.gaps == ()


def test_a_router_without_show_boot() -> None:
    said = boxes.claims(boxes_ios.router(), IOS)
    assert {i.path for i in said.images} == {ROUTER_IMAGE}
    assert all(i.digests == {GOOD} for i in said.images)
    assert said.gaps == ()
    assert said.boots[0].entries == (ROUTER_IMAGE,)


def test_each_switch_of_a_stack_is_hashed() -> None:
    said = boxes.claims(boxes_ios.stack(), IOS)
    assert sorted({str(i.subject) for i in said.images}) == ["member 1", "member 2"]
    assert all(i.digests == {GOOD} for i in said.images)
    assert [i.serial for i in said.identities] == ["FCW00000001", "FCW00000002"]


@pytest.mark.parametrize("platform", [IOS, IOSXE], ids=lambda p: p.id)
def test_ios_is_hashed_with_md5_under_whatever_name_it_was_filed(platform: Platform) -> None:
    commands = asked(boxes_ios.catalyst(), platform)
    assert commands[-1] == f"verify /md5 {IMAGE}"
    assert not [c for c in commands if "sha512" in c]


@pytest.mark.parametrize("platform", [IOS, IOSXE], ids=lambda p: p.id)
def test_ios_xe_is_hashed_with_sha512_under_whatever_name_it_was_filed(platform: Platform) -> None:
    commands = asked(boxes.catalyst(), platform)
    assert f"verify /sha512 {boxes.IMAGE}" in commands
    assert not [c for c in commands if "md5" in c]


@pytest.mark.parametrize(
    "box", [boxes_ios.catalyst(), boxes_ios.stack(), boxes_ios.router(), boxes.catalyst()]
)
def test_either_reader_reads_what_either_plan_asked(box: dict[str, str]) -> None:
    for plan in (IOS, IOSXE):
        exchanges = converse(plan, box)
        assert IOS.interpret(exchanges) == IOSXE.interpret(exchanges)
        for exchange in exchanges:
            assert IOS.probe(exchange.probe_id).admits(exchange.command)
            assert IOSXE.probe(exchange.probe_id).admits(exchange.command)


@pytest.mark.parametrize("filed_as", [IOS, IOSXE], ids=lambda p: p.id)
def test_the_boxs_own_words_decide_which_of_the_two_it_is(filed_as: Platform) -> None:
    for box, shown in ((boxes_ios.catalyst(), "cisco_ios"), (boxes.catalyst(), "cisco_iosxe")):
        heard = evidence(exchanges=converse(filed_as, box))
        assert shown_platform(heard, filed_as).id == shown


def test_a_box_that_does_not_say_what_it_is_stays_what_it_was_filed_as() -> None:
    for filed_as in (IOS, IOSXE):
        heard = evidence(exchanges=converse(filed_as, {}))
        assert shown_platform(heard, filed_as) is filed_as


def test_nothing_turns_out_to_be_what_is_not_declared() -> None:
    heard = evidence(exchanges=converse(IOS, boxes_ios.catalyst()))
    strict = replace(IOSXE, may_turn_out=frozenset())
    assert shown_platform(heard, strict) is strict
    nexus = PLATFORMS["cisco_nxos"]
    assert shown_platform(heard, nexus) is nexus


def test_a_reader_that_fails_leaves_the_platform_as_filed() -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    broken = replace(IOS, interpret=fail)  # type: ignore[arg-type]
    assert shown_platform(evidence(), broken) is broken


def test_platforms_that_may_turn_out_to_be_one_another_ask_alike() -> None:
    for platform in PLATFORMS.values():
        for other in (PLATFORMS[id_] for id_ in platform.may_turn_out):
            assert platform.id in other.may_turn_out
            assert platform.session_lines == other.session_lines
            assert platform.enable_line == other.enable_line
            asks = [(p.id, p.command, p.argument) for p in platform.probes]
            assert asks == [(p.id, p.command, p.argument) for p in other.probes]
            # What is demanded without an argument is "never asked" if the other did not ask it.
            plain = [p.demanded for p in platform.probes if not p.is_template]
            assert plain == [p.demanded for p in other.probes if not p.is_template]


@pytest.mark.parametrize("release", ODD_RELEASES)
def test_a_private_build_or_no_release_is_never_ordered(release: str) -> None:
    said = boxes.claims(boxes_ios.catalyst(version=boxes_ios.show_version(release)), IOS)
    released = boxes.claims(boxes_ios.catalyst(), IOS).running_release
    assert released is not None
    assert said.running_release is None or said.running_release.train != released.train


def test_a_hash_that_is_refused_is_a_gap() -> None:
    box = boxes_ios.catalyst()
    del box[f"verify /md5 {IMAGE}"]
    said = boxes.claims(box, IOS)
    assert not any(i.digests for i in said.images)
    assert "hash-md5" in [g.probe_id for g in said.gaps]
    assert IOS.probe("hash-md5").demanded


@given(st.sampled_from(sorted(boxes_ios.catalyst())), st.text(max_size=300))
def test_no_answer_at_all_makes_it_raise_or_invent_a_digest(command: str, text: str) -> None:
    said = boxes.claims(boxes_ios.catalyst() | {command: text}, IOS)
    for image in said.images:
        assert all(d == GOOD or d.value.hex() in text.lower() for d in image.digests)
