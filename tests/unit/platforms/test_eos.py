"""What Arista EOS is asked, and what it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Identity
from netintegrity.platforms.arista_eos import PLATFORM
from tests.unit.platforms import boxes
from tests.unit.platforms.boxes import (
    CHASSIS,
    EOS_IMAGE,
    arista,
    converse,
    exchange,
    hashed,
    images,
    of_image,
)

GOOD = Digest(DigestAlgorithm.SHA512, bytes.fromhex(boxes.GOOD))
RUNNING, NEXT = ImageRole.RUNNING, ImageRole.BOOT_NEXT


def named(path: str, version: str = "4.30.1F") -> dict[str, str]:
    base = arista()
    return {
        "show version": base["show version"].replace(
            "version: 4.30.1F\n", f"version: {version}\n", 1
        ),
        "show boot-config": f"Software image: {path}\n",
        "show extensions": base["show extensions"],
        **hashed(path.replace(":/", ":")),
    }


def test_a_switch_in_order() -> None:
    said = boxes.claims(arista(), PLATFORM)
    assert said.platform_id == "arista_eos"
    assert said.running_release is not None
    assert said.running_release.text == "4.30.1F"
    assert dict(said.other_releases)["build-version"] == "4.30.1F-32308478.4301F"
    assert said.identities == (
        Identity(subject=CHASSIS, serial="JPE00000001", pid="DCS-7050TX-64-R"),
    )
    assert [(i.path, i.role) for i in said.images] == [(EOS_IMAGE, RUNNING), (EOS_IMAGE, NEXT)]
    assert all(i.digests == {GOOD} for i in said.images)
    assert said.boots[0].entries == (EOS_IMAGE,)
    assert said.gaps == ()


def test_the_questions_and_their_order() -> None:
    assert of_image(converse(PLATFORM, arista())) == [
        "show version",
        "show boot-config",
        "show extensions",
        f"verify /sha512 {EOS_IMAGE}",
    ]


def test_a_file_named_after_another_release_is_not_what_runs() -> None:
    said = boxes.claims(named("flash:/EOS-4.31.0F.swi"), PLATFORM)
    (running,), (following,) = images(said, RUNNING).values(), images(said, NEXT).values()
    assert not running.digests
    assert following.digests == {GOOD}
    assert following.release is not None
    assert following.release.text == "4.31.0F"
    assert [g.probe_id for g in said.gaps] == ["boot"]


def test_a_file_of_an_own_name_is_taken_to_be_what_runs() -> None:
    said = boxes.claims(named("flash:/EOS.swi"), PLATFORM)
    assert all(i.digests for i in said.images)
    (following,) = images(said, NEXT).values()
    assert following.release is None
    assert said.gaps == ()


def test_an_internal_build_is_marked() -> None:
    text = "4.31.6M-39953990.4316M (engineering build)"
    said = boxes.claims(named("flash:/EOS-4.31.6M.swi", text), PLATFORM)
    assert dict(said.other_releases)["internal-build"] == text
    assert all(i.digests for i in said.images)
    other = boxes.claims(named("flash:/EOS-4.31.5M.swi", text), PLATFORM)
    assert not next(iter(images(other, RUNNING).values())).digests


@pytest.mark.parametrize("path", ["(not set)", ""])
def test_no_boot_image_is_a_gap(path: str) -> None:
    said = boxes.claims(arista(boot=f"Software image: {path}\nConsole speed: 9600\n"), PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["boot"]
    assert said.images == ()


def test_two_boot_images_are_a_gap() -> None:
    text = "Software image: flash:/a.swi\nSoftware image: flash:/b.swi\n"
    assert [g.probe_id for g in boxes.claims(arista(boot=text), PLATFORM).gaps] == ["boot"]


def test_a_network_image_is_not_hashed_and_no_gap() -> None:
    box = named("http://192.0.2.66/EOS.swi")
    assert not any(e.probe_id == "hash" for e in converse(PLATFORM, box))
    said = boxes.claims(box, PLATFORM)
    assert said.gaps == ()
    assert not any(i.digests for i in said.images)


def test_a_file_no_command_can_carry_is_a_gap() -> None:
    said = boxes.claims(named("flash:/EOS.swi | bash"), PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["hash"]


@pytest.mark.parametrize("probe", ["version", "boot", "extensions"])
def test_a_refusal_is_a_gap_of_its_probe(probe: str) -> None:
    said = boxes.claims(arista(**{probe: "% Invalid input\n"}), PLATFORM)
    assert [g.probe_id for g in said.gaps] == [probe]


def test_a_refused_hash_is_a_gap() -> None:
    said = boxes.claims({k: v for k, v in arista().items() if "verify" not in k}, PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["hash"]
    assert not any(i.digests for i in said.images)


def test_a_release_out_of_the_grammar_is_a_gap() -> None:
    said = boxes.claims(named("flash:/EOS.swi", "unknown"), PLATFORM)
    assert said.running_release is None
    assert dict(said.other_releases)["unreadable"] == "unknown"
    assert [g.probe_id for g in said.gaps] == ["version"]


def test_extensions_are_packages() -> None:
    text = """\
Name                           Version/Release      Status      Extension
------------------------------ -------------------- ----------- ---------
TerminAttr-1.30.1-1.swix       v1.30.1/1            A, I, B     1
helper.rpm                     1.0/1                A, NI       1

A: available | NA: not available | I: installed | NI: not installed | F: forced
"""
    said = boxes.claims(arista(extensions=text), PLATFORM)
    assert [(p.name, p.version, p.state) for p in said.packages] == [
        ("TerminAttr-1.30.1-1.swix", "v1.30.1/1", "A, I, B"),
        ("helper.rpm", "1.0/1", "A, NI"),
    ]


def test_a_digest_alone_is_one_of_a_stored_file() -> None:
    only = exchange(
        PLATFORM, f"verify /sha512 {EOS_IMAGE}", hashed(EOS_IMAGE)[f"verify /sha512 {EOS_IMAGE}"]
    )
    (claim,) = PLATFORM.interpret((only,)).images
    assert (claim.role, claim.digests) == (ImageRole.STORED, frozenset({GOOD}))


def test_nothing_asked_is_nothing_missing() -> None:
    assert PLATFORM.interpret(()).gaps == ()


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Aboot password (encrypted): $1$ap1QM$DTqs7/Qxbi2l1", "$1$ap1QM$DTqs7/Qxbi2l1"),
        ("Aboot password (encrypted): $6$a b", "$6$a b"),
        ("Aboot password (encrypted): (not set)", None),
    ],
)
def test_the_password_of_the_boot_loader_is_cut_out(line: str, secret: str | None) -> None:
    found = [m["secret"] for r in PLATFORM.redactions if (m := r.pattern.search(f"x\n{line}\ny"))]
    assert found == ([] if secret is None else [secret])


@given(st.sampled_from(sorted(arista())), st.text())
def test_any_text_at_all_can_be_interpreted(command: str, text: str) -> None:
    said = PLATFORM.interpret((exchange(PLATFORM, command, text),))
    assert not any(i.digests for i in said.images)
    assert all(
        PLATFORM.admits(r.command) for r in PLATFORM.plan((exchange(PLATFORM, command, text),))
    )
