"""What NX-OS is asked, and what it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms.cisco_nxos import PLATFORM
from tests.unit.platforms import boxes, boxes_nxos
from tests.unit.platforms.boxes import CHASSIS, converse, exchange, images, of_image
from tests.unit.platforms.boxes_nxos import IMAGE, INVALID, modular, nexus, pair, show_boot

GOOD = Digest(DigestAlgorithm.SHA512, bytes.fromhex(boxes_nxos.SHA512))
RUNNING, NEXT = ImageRole.RUNNING, ImageRole.BOOT_NEXT
STANDBY = IMAGE.replace(":", "://sup-standby/")
HASH = f"show file {IMAGE} sha512sum"


def asked(box: dict[str, str]) -> list[str]:
    return of_image(converse(PLATFORM, box))


def gaps(box: dict[str, str]) -> list[str]:
    return [g.probe_id for g in boxes.claims(box, PLATFORM).gaps]


def test_a_switch_in_order() -> None:
    said = boxes.claims(nexus(), PLATFORM)
    assert said.platform_id == "cisco_nxos"
    assert said.running_release is not None
    assert said.running_release.text == "9.3(10)"
    assert said.identities == (
        Identity(subject=CHASSIS, serial="FDO00000001", pid="N9K-C93180YC-EX"),
    )
    assert [(i.path, i.role, i.digests) for i in said.images] == [
        (IMAGE, RUNNING, frozenset({GOOD})),
        (IMAGE, NEXT, frozenset({GOOD})),
    ]
    assert said.boots[0].entries == (IMAGE,)
    assert said.boots[0].loader_release == "05.45"
    assert said.gaps == ()


def test_the_questions_and_their_order() -> None:
    assert asked(nexus()) == [
        "show version",
        "show boot",
        "show inventory",
        "show software authenticity running",
        "show install active",
        HASH,
    ]


def test_kickstart_and_system_are_two_images_in_two_roles() -> None:
    said = boxes.claims(pair(), PLATFORM)
    assert len(images(said, RUNNING)) == len(images(said, NEXT)) == 2
    assert all(i.digests for i in said.images)
    assert [g.probe_id for g in said.gaps] == ["authenticity", "install"]


@pytest.mark.parametrize("missing", ["kickstart variable", "system variable"])
def test_half_a_pair_is_no_system_to_boot(missing: str) -> None:
    box = pair() | {"show boot": boxes_nxos.SHOW_BOOT_PAIR.replace(missing, "other variable")}
    assert "boot" in gaps(box)


@pytest.mark.parametrize("missing", ["kickstart image file", "system image file"])
def test_half_a_pair_is_no_system_that_runs(missing: str) -> None:
    text = boxes_nxos.show_version_pair().replace(missing, "other image file")
    assert "version" in gaps(pair() | {"show version": text})


def test_a_pair_of_two_releases_is_a_gap() -> None:
    text = boxes_nxos.show_version_pair(kickstart="7.3(6)N1(1)")
    assert "version" in gaps(pair() | {"show version": text})


def test_what_holds_on_the_next_reload_counts() -> None:
    staged = "bootflash:nxos.9.3.7.bin"
    said = boxes.claims(
        nexus(boot=show_boot(following="bootflash:///nxos.9.3.7.bin"))
        | boxes_nxos.hashed(staged, "66" * 64),
        PLATFORM,
    )
    (following,) = images(said, NEXT).values()
    assert following.path == staged
    assert following.release is not None
    assert following.release.text == "9.3(7)"


@pytest.mark.parametrize("boot", ["NXOS variable =\n", "Boot POAP Disabled\n", "sup-1\n"])
def test_boot_variables_that_name_nothing_are_a_gap(boot: str) -> None:
    assert "boot" in gaps(nexus(boot=boot))


def test_two_images_for_one_boot_are_a_gap() -> None:
    boot = "NXOS variable = bootflash:/nxos.9.3.10.bin;bootflash:/other.bin\n"
    assert "boot" in gaps(nexus(boot=boot))


def test_each_supervisor_has_images_of_its_own() -> None:
    said = boxes.claims(modular(), PLATFORM)
    first, second = (Subject(SubjectKind.SUPERVISOR, n) for n in ("27", "28"))
    assert [(i.subject, i.role, i.path) for i in said.images] == [
        (first, RUNNING, IMAGE),
        (first, NEXT, IMAGE),
        (second, RUNNING, STANDBY),
        (second, NEXT, STANDBY),
    ]
    assert [i.serial for i in said.identities] == ["SAL00000027", "SAL00000028"]
    assert said.gaps == ()
    assert asked(modular())[5:] == ["show module", HASH, f"show file {STANDBY} sha512sum"]


def test_the_second_slot_may_be_the_one_that_answers() -> None:
    said = boxes.claims(modular("ha-standby", "active *"), PLATFORM)
    assert {i.subject.id: i.path for i in said.images} == {"27": STANDBY, "28": IMAGE}
    assert {b.subject.id: b.loader_release for b in said.boots} == {"27": None, "28": "05.45"}


def test_a_supervisor_that_does_not_run_is_a_gap() -> None:
    box = modular("active *", "powered-dn")
    said = boxes.claims(box, PLATFORM)
    assert {i.subject.id for i in said.images} == {"27"}
    assert [i.subject.id for i in said.identities] == ["27", "28"]
    assert "inventory" in [g.probe_id for g in said.gaps]


def test_without_show_module_nobody_knows_which_supervisor_answers() -> None:
    box = modular()
    del box["show module"]
    said = boxes.claims(box, PLATFORM)
    assert not any(i.digests for i in said.images)
    assert {"module", "inventory"} <= {g.probe_id for g in said.gaps}


def test_a_supervisor_the_inventory_leaves_out_is_a_gap() -> None:
    assert "boot" in gaps(nexus(boot=show_boot(sups=2)))


def test_weaker_hashes_are_asked_where_the_strongest_is_no_command() -> None:
    md5 = {f"show file {IMAGE} md5sum": f"{boxes_nxos.MD5}\n"}
    box = nexus(hash=INVALID) | md5
    assert asked(box)[-3:] == [
        HASH,
        f"show file {IMAGE} sha256sum",
        f"show file {IMAGE} md5sum",
    ]
    said = boxes.claims(box, PLATFORM)
    assert {d.algorithm for i in said.images for d in i.digests} == {DigestAlgorithm.MD5}


def test_a_file_that_is_not_there_is_not_asked_for_again() -> None:
    box = nexus(hash="No such file or directory\n")
    assert asked(box)[-1] == HASH
    assert gaps(box) == ["hash"]


@pytest.mark.parametrize(
    "output",
    [
        "",
        f"{boxes_nxos.SHA512}\n{boxes_nxos.SHA512}\n",
        f"{boxes_nxos.SHA512}\n{boxes_nxos.MD5}\n",
        f"{boxes_nxos.SHA512[:-1]}\n",
        f"{boxes_nxos.SHA512}0\n",
        f"{boxes_nxos.SHA512}  {IMAGE}\n",
        f"{boxes_nxos.MD5}\n",
        f"{boxes_nxos.SHA512[:64]}\n{boxes_nxos.SHA512[64:]}\n",
        f"{boxes_nxos.SHA512[:80]}\nnoise\n{boxes_nxos.SHA512[80:]}\n",
        f"{boxes_nxos.SHA512}leaf1#\n",
        f"% Permission denied for the role\n{boxes_nxos.SHA512}\n",
    ],
)
def test_anything_but_one_digest_of_the_exact_length_is_a_gap(output: str) -> None:
    said = boxes.claims(nexus(hash=output), PLATFORM)
    assert not any(i.digests for i in said.images)
    assert "hash" in [g.probe_id for g in said.gaps]


@pytest.mark.parametrize("columns", [79, 80, 132])
def test_a_digest_that_the_terminal_cut_is_put_together(columns: int) -> None:
    text = "\n".join(
        boxes_nxos.SHA512[i : i + columns] for i in range(0, len(boxes_nxos.SHA512), columns)
    )
    said = boxes.claims(nexus(hash=f"{text}\n"), PLATFORM)
    assert all(i.digests == {GOOD} for i in said.images)


def test_a_digest_of_an_answer_that_was_cut_off_counts_for_nothing() -> None:
    cut = exchange(PLATFORM, HASH, f"{boxes_nxos.SHA512}\n", complete=False)
    assert not PLATFORM.interpret((cut,)).images


@pytest.mark.parametrize(
    "path",
    [
        "bootflash:///nxos.9.3.10.bin",
        "bootflash:/nxos.9.3.10.bin",
        "bootflash:nxos.9.3.10.bin",
        "bootflash://sup-local/nxos.9.3.10.bin",
        "/bootflash/nxos.9.3.10.bin",
    ],
)
def test_one_file_has_one_spelling(path: str) -> None:
    said = boxes.claims(nexus(version=boxes_nxos.show_version(image=path)), PLATFORM)
    assert {i.path for i in said.images} == {IMAGE}
    assert said.gaps == ()


@pytest.mark.parametrize(
    "path", ["bootflash:a|b.bin", "bootflash:a;reload", "tftp:x?", "http://192.0.2.1/x.bin", "x"]
)
def test_what_a_box_names_cannot_become_a_command_of_its_own(path: str) -> None:
    box = nexus(version=boxes_nxos.show_version(image=path), boot=show_boot(path))
    assert not [c for c in asked(box) if set(c) & set("|;?") or "http" in c]
    assert all(not i.digests for i in boxes.claims(box, PLATFORM).images)


def test_packages_beside_the_image_are_told_once() -> None:
    smu = "nxos.CSCab00001-n9k_ALL-1.0.0-9.3.10.lib32_n9000"
    box = nexus(
        install=f"{boxes_nxos.INSTALL}    {smu}\n",
        version=boxes_nxos.show_version(packages=f"  {smu}\n"),
    )
    said = boxes.claims(box, PLATFORM)
    assert [(p.name, p.state, p.source.probe_id) for p in said.packages] == [
        (smu, "active", "install")
    ]


def test_the_signature_of_what_runs_is_the_boxs_own_word() -> None:
    (signature,) = boxes.claims(nexus(), PLATFORM).signatures
    assert (signature.path, signature.signing_type, signature.accepted) == (
        IMAGE,
        "production",
        True,
    )


@given(st.sampled_from(sorted(nexus())), st.text(max_size=300))
def test_no_answer_at_all_makes_it_raise_or_invent_a_digest(command: str, text: str) -> None:
    said = boxes.claims(nexus() | {command: text}, PLATFORM)
    for image in said.images:
        assert all(d == GOOD or d.value.hex() in text.lower() for d in image.digests)


@given(st.text(max_size=200))
def test_no_text_at_all_makes_a_fault(text: str) -> None:
    for probe in PLATFORM.probes:
        command = probe.command.replace("{}", IMAGE)
        exchanges = (exchange(PLATFORM, command, text),)
        PLATFORM.interpret(exchanges)
        assert all(PLATFORM.admits(r.command) for r in PLATFORM.plan(exchanges))
