"""What is claimed by an IOS-XE box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import ImageKind, ImageRole
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._releases import parse_iosxe
from netintegrity.platforms.cisco_iosxe import PLATFORM
from tests.unit.platforms import boxes
from tests.unit.platforms.boxes import (
    CHASSIS,
    IMAGE,
    alone,
    catalyst,
    claims,
    converse,
    exchange,
    hashed,
    images,
    show_boot,
    show_inventory,
    show_version,
)

RUNNING, NEXT = ImageRole.RUNNING, ImageRole.BOOT_NEXT

BESIDE = frozenset({"event-policies", "containers", "privilege"})


def sha512(text: str) -> Digest:
    return Digest(DigestAlgorithm.SHA512, bytes.fromhex(text))


def demanded_gaps(box: dict[str, str]) -> list[str]:
    optional = {p.id for p in PLATFORM.probes if not p.demanded}
    return [g.probe_id for g in claims(box).gaps if g.probe_id not in optional]


def test_a_switch_in_bundle_mode() -> None:
    said = claims(catalyst())
    assert said.platform_id == "cisco_iosxe"
    assert said.running_release == parse_iosxe("17.09.04a")
    assert said.other_releases == (("iosd", "17.9.4a"),)
    assert said.identities == (Identity(subject=CHASSIS, serial="FOC00000001", pid="C9300-24T"),)
    assert [(i.path, i.role, i.kind) for i in said.images] == [
        (IMAGE, RUNNING, ImageKind.IMAGE),
        (IMAGE, NEXT, ImageKind.IMAGE),
    ]
    assert all(i.digests == {sha512(boxes.GOOD)} for i in said.images)
    assert all(i.release == said.running_release for i in said.images)
    assert all(i.assurance.level is AssuranceLevel.REPORTED for i in said.images)
    assert [i.source.probe_id for i in said.images] == ["hash", "hash"]
    (boot,) = said.boots
    assert boot.entries == (IMAGE,)
    assert (boot.config_register, boot.config_register_next) == (0x102, None)
    assert boot.loader_release == "17.12.1r"
    assert said.gaps == ()


def test_a_register_that_will_change_is_told() -> None:
    version = show_version(register="0x2102 (will be 0x2142 at next reload)")
    boot = show_boot(IMAGE).replace("0x102", "0x2102")
    (said,) = claims(catalyst(version=version, boot=boot)).boots
    assert (said.config_register, said.config_register_next) == (0x2102, 0x2142)


def test_two_registers_of_one_box_are_a_gap() -> None:
    assert demanded_gaps(catalyst(version=show_version(register="0x2142"))) == ["boot"]


def test_a_box_that_waits_at_its_boot_loader_says_so() -> None:
    assert claims(catalyst(boot=show_boot(IMAGE, manual="yes"))).boots[0].manual_boot


def test_development_keys_are_told() -> None:
    boot = f"BOOT path-list      : {IMAGE}\nAllow Dev Key         : yes\nManual Boot : no\n"
    (said,) = claims(catalyst(boot=boot)).boots
    assert said.allows_development_keys
    assert not said.manual_boot


def test_each_member_of_a_stack_is_a_subject_of_its_own() -> None:
    said = claims(boxes.stack())
    members = [Subject(SubjectKind.MEMBER, n) for n in ("1", "2")]
    assert [i.subject for i in said.identities] == members
    assert [i.serial for i in said.identities] == ["FOC00000001", "FOC00000002"]
    for subject, place in zip(members, ("flash", "flash-2"), strict=True):
        for role in (RUNNING, NEXT):
            of = [i for i in said.images if (i.subject, i.role) == (subject, role)]
            (listed,) = [i for i in of if i.kind is ImageKind.PACKAGE_LIST]
            packages = {i.path for i in of if i.kind is ImageKind.PACKAGE}
            assert listed.path == f"{place}:packages.conf"
            assert not listed.digests
            assert set(listed.members) == packages == {f"{place}:{n}" for n in boxes.PACKAGES}
            assert all(i.digests for i in of if i.kind is ImageKind.PACKAGE)
    assert said.gaps == ()


def test_a_patched_package_on_one_member_is_seen_there_alone() -> None:
    path = f"flash-2:{boxes.PACKAGES[0]}"
    said = claims(boxes.stack() | hashed(path, boxes.BAD))
    odd = [i for i in said.images if sha512(boxes.BAD) in i.digests]
    assert {str(i.subject) for i in odd} == {"member 2"}


def test_a_member_with_another_release_keeps_it() -> None:
    version = show_version(
        image="flash:packages.conf", mode="INSTALL", others={2: ("FOC00000002", "17.06.03")}
    )
    said = claims(boxes.stack() | {"show version": version})
    releases = {str(i.subject): i.release for i in said.images if i.role is RUNNING}
    assert releases["member 1"] == parse_iosxe("17.09.04a")
    assert releases["member 2"] == parse_iosxe("17.06.03")


def test_a_member_only_the_inventory_shows_is_a_subject_without_images() -> None:
    rows = [(f"Switch {n}", "C9300-24T", f"FOC0000000{n}") for n in (1, 2, 3)]
    said = claims(boxes.stack() | {"show inventory": show_inventory(*rows)})
    assert [i.subject.id for i in said.identities] == ["1", "2", "3"]
    assert not [i for i in said.images if i.subject.id == "3"]


def test_members_are_heard_one_by_one_where_show_boot_leaves_them_out() -> None:
    others = {n: (f"FOC0000000{n}", "17.09.04a") for n in (2, 3)}
    box = catalyst(version=show_version(others=others)) | {
        "show boot system": boxes.show_boot_of_stack(dict.fromkeys((1, 2, 3), IMAGE))
    }
    said = claims(box)
    assert {i.subject.id for i in said.images if i.role is NEXT} == {"1", "2", "3"}
    silent = claims(catalyst(version=show_version(others=others)))
    assert [g.reason for g in silent.gaps if g.probe_id == "boot"] == [
        f"member {n}: what the next boot loads is not stated" for n in (2, 3)
    ]


def test_the_standby_of_two_switches_is_the_other_one() -> None:
    version = show_version(others={2: ("FOC00000002", "17.09.04a")})
    standby = f"Standby BOOT variable = {IMAGE};\nStandby MANUAL_BOOT variable = yes\n"
    boot = f"{show_boot(IMAGE)}\n{standby}"
    said = claims(catalyst(version=version, boot=boot))
    (first, second) = said.boots
    assert (first.manual_boot, second.manual_boot) == (False, True)
    assert "member 2 flash-2:cat9k_iosxe.17.09.04a.SPA.bin" in images(said, NEXT)


def test_a_stack_that_does_not_mark_its_active_switch_is_a_gap() -> None:
    version = show_version(others={2: ("FOC00000002", "17.09.04a")}).replace("*", " ")
    assert "version" in demanded_gaps(catalyst(version=version))


def test_two_route_processors_are_two_subjects() -> None:
    said = claims(boxes.asr())
    r0, r1 = said.identities
    assert (r0.subject, r0.serial) == (Subject(SubjectKind.SUPERVISOR, "R0"), "JAE00000001")
    assert (r1.subject, r1.serial) == (Subject(SubjectKind.SUPERVISOR, "R1"), "JAE00000002")
    standby = [i for i in said.images if i.subject == r1.subject]
    assert [i.role for i in standby] == [RUNNING, NEXT]
    assert {i.path for i in standby} == {f"stby-{boxes.ASR_IMAGE}"}
    assert [b.loader_release for b in said.boots] == ["16.3(2r)", "16.2(1r)"]


def test_two_processors_without_show_platform_are_a_gap_that_counts() -> None:
    assert "inventory" in demanded_gaps(
        {k: v for k, v in boxes.asr().items() if k != "show platform"}
    )


def test_a_processor_that_is_down_is_a_subject_without_images() -> None:
    platform = boxes.SHOW_PLATFORM.replace("ok, standby ", "disabled    ")
    said = claims(boxes.asr() | {"show platform": platform})
    assert [i.subject.id for i in said.identities] == ["R0", "R1"]
    assert not [i for i in said.images if i.subject.id == "R1"]


CAT9400 = """\
Slot      Type                State                 Insert time (ago)
--------- ------------------- --------------------- -----------------
1         C9400-LC-48U        ok                    5w1d
3         C9400-SUP-1         ok, active            5w1d
4         C9400-SUP-1         ok, standby           5w1d
R0        C9400-SUP-1         ok, active            5w1d
R1        C9400-SUP-1         ok, standby           5w1d
"""


@pytest.mark.parametrize("name", ["Slot {} Supervisor", "Supervisor(slot {})"])
def test_supervisors_of_a_catalyst_are_counted_once(name: str) -> None:
    rows = [("Chassis", "C9407R", "FXS00000001")]
    rows += [(name.format(n), "C9400-SUP-1", f"JAE0000000{n}") for n in (3, 4)]
    said = claims(catalyst(inventory=show_inventory(*rows), platform=CAT9400))
    assert [(i.subject.id, i.serial) for i in said.identities] == [
        ("3", "JAE00000003"),
        ("4", "JAE00000004"),
    ]


def test_supervisors_under_two_naming_schemes_are_matched_in_order() -> None:
    rows = [(f"Slot {n} Supervisor", "C9400-SUP-1", f"JAE0000000{n}") for n in (3, 4)]
    platform = "\n".join(
        line for line in CAT9400.splitlines() if "LC" not in line and line[0] not in "34"
    )
    said = claims(catalyst(inventory=show_inventory(*rows), platform=platform))
    assert [(i.subject.id, i.serial) for i in said.identities] == [
        ("R0", "JAE00000003"),
        ("R1", "JAE00000004"),
    ]


def test_two_supervisors_in_one_switch_of_a_stack_are_a_gap() -> None:
    rows = [(f"Switch 1 Slot {n} Supervisor", "C9400-SUP-1", f"J{n}") for n in (3, 4)]
    rows += [(f"Switch 2 Slot {n} Supervisor", "C9400-SUP-1", f"K{n}") for n in (3,)]
    assert demanded_gaps(boxes.stack() | {"show inventory": show_inventory(*rows)}) == ["inventory"]


def test_virtual_stackwise_prints_no_table() -> None:
    version = show_version(others={2: ("FOC00000002", "17.09.04a")})
    lines = [
        t
        for t in version.splitlines()
        if not t.startswith(("Switch Ports", "---- -", "* ", "     2"))
    ]
    said = claims(boxes.stack() | {"show version": "\n".join(lines)})
    assert [(i.subject.id, i.serial) for i in said.identities] == [
        ("1", "FOC00000001"),
        ("2", "FOC00000002"),
    ]


def test_a_standalone_switch_of_any_number_is_the_chassis() -> None:
    version = show_version().replace("*    1 41", "*    3 41")
    boot = boxes.show_boot_of_stack({3: IMAGE})
    inventory = show_inventory(("Switch 3", "C9300-24T", "FOC00000001"))
    said = claims(catalyst(version=version, boot=boot, inventory=inventory))
    assert {i.subject for i in said.images} == {CHASSIS}
    assert said.boots[0].entries == (IMAGE,)


def test_the_first_entry_is_what_the_next_boot_loads() -> None:
    url = "tftp://192.0.2.66/cat9k_iosxe.17.09.04a.SPA.bin"
    said = claims(catalyst(boot=show_boot(url, IMAGE)))
    (claim,) = images(said, NEXT).values()
    assert claim.path == url
    assert not claim.digests
    assert said.boots[0].entries == (url, IMAGE)


def test_a_staged_image_has_the_release_of_its_name() -> None:
    staged = "flash:cat9k_iosxe.17.12.01.SPA.bin"
    said = claims(catalyst(boot=show_boot(staged)) | hashed(staged, boxes.BAD))
    (claim,) = images(said, NEXT).values()
    assert claim.release == parse_iosxe("17.12.01")
    assert claim.digests == {sha512(boxes.BAD)}


def test_a_staged_image_of_an_own_name_has_no_release() -> None:
    said = claims(catalyst(boot=show_boot("flash:new.bin")) | hashed("flash:new.bin"))
    (claim,) = images(said, NEXT).values()
    assert claim.release is None


@pytest.mark.parametrize("spelling", ["bootflash:/", "bootflash:", "flash:/"])
def test_one_file_under_two_names_is_one_image(spelling: str) -> None:
    said = claims(catalyst(boot=show_boot(IMAGE.replace("flash:", spelling))))
    assert {i.path for i in said.images} == {IMAGE}


def test_where_bootflash_is_another_file_system_the_names_stay_apart() -> None:
    version = 'Cisco IOS XE Software, Version 16.12.05\nSystem image file is "bootflash:x.bin"\n'
    said = claims({"show version": version, "show boot": show_boot("flash:x.bin")})
    assert [i.path for i in said.images] == ["bootflash:x.bin", "flash:x.bin"]


@pytest.mark.parametrize(
    "boot", ["BOOT variable does not exist\n", "BOOT variable =\n", "BOOT path-list :\n"]
)
def test_a_boot_variable_that_names_nothing_is_a_gap(boot: str) -> None:
    assert demanded_gaps(catalyst(boot=boot)) == ["boot"]


def test_bootvar_fills_in_for_show_boot() -> None:
    box = catalyst(boot=boxes.INVALID, bootvar=f"BOOT variable = {IMAGE},12;\n")
    assert demanded_gaps(box) == []
    assert claims(box).boots[0].source.probe_id == "bootvar"


def test_neither_of_both_is_a_gap_of_boot() -> None:
    assert demanded_gaps(catalyst(boot=boxes.INVALID)) == ["boot"]


def test_bootvar_that_names_nothing_is_a_gap_of_boot() -> None:
    box = catalyst(boot=boxes.INVALID, bootvar="BOOT variable =\n")
    assert demanded_gaps(box) == ["boot"]


def test_only_what_was_asked_can_be_a_gap() -> None:
    assert PLATFORM.interpret(()).gaps == ()
    assert alone("show inventory", show_inventory()).gaps == ()
    assert alone("show bootvar", f"BOOT variable = {IMAGE},12;\n").gaps == ()


@pytest.mark.parametrize(
    ("probe", "command"),
    # Where nothing stands beside the image, nothing is printed; and of the account nothing depends.
    [(p.id, p.command) for p in PLATFORM.probes if not p.is_template and p.id not in BESIDE],
)
@pytest.mark.parametrize("output", [boxes.INVALID, "", "\n\n", "\x00\x08\x1b["])
def test_a_refused_or_empty_answer_is_a_gap_of_its_probe(
    probe: str, command: str, output: str
) -> None:
    assert probe in {g.probe_id for g in alone(command, output).gaps}


@pytest.mark.parametrize(
    "command", [f"verify /sha512 {IMAGE}", f"verify /md5 {IMAGE}", "more flash:packages.conf"]
)
def test_so_it_is_where_a_file_was_asked_for(command: str) -> None:
    (gap,) = alone(command, boxes.INVALID).gaps
    assert gap.probe_id == exchange(PLATFORM, command, "").probe_id
    assert "Invalid input" in gap.reason


def test_md5_stands_in_where_the_box_is_too_old() -> None:
    md5 = "0a" * 16
    box = catalyst() | {
        f"verify /sha512 {IMAGE}": boxes.INVALID,
        f"verify /md5 {IMAGE}": f".....Done!\nverify /md5 ({IMAGE}) = {md5}\n",
    }
    said = claims(box)
    assert all(i.digests == {Digest(DigestAlgorithm.MD5, bytes.fromhex(md5))} for i in said.images)
    assert said.gaps == ()


def test_two_answers_about_one_file_are_both_kept() -> None:
    once = converse(PLATFORM, catalyst())
    again = exchange(
        PLATFORM, f"verify /sha512 {IMAGE}", hashed(IMAGE, boxes.BAD)[f"verify /sha512 {IMAGE}"]
    )
    said = PLATFORM.interpret((*once, again))
    assert all(i.digests == {sha512(boxes.GOOD), sha512(boxes.BAD)} for i in said.images)


def test_a_read_error_that_was_retried_is_no_gap() -> None:
    command = f"verify /sha512 {IMAGE}"
    first = exchange(PLATFORM, command, "....", complete=False)
    said = PLATFORM.interpret((first, *converse(PLATFORM, catalyst())))
    assert said.gaps == ()
    assert said.images[0].digests


def test_what_was_cut_off_weighs_nothing() -> None:
    cut = exchange(PLATFORM, "show version", show_version(), complete=False)
    assert PLATFORM.interpret((cut,)).images[0].assurance.level is AssuranceLevel.NONE


def test_packages_that_wait_for_a_reload_are_not_what_runs() -> None:
    names = ("cat9k-rpbase.17.12.01.SPA.pkg", "cat9k-rpboot.17.12.01.SPA.pkg")
    path = "flash:packages.conf"
    box = catalyst(version=show_version(image=path), boot=show_boot(path)) | {
        f"more {path}": boxes.packages_conf(*names)
    }
    for name in names:
        box |= hashed(f"flash:{name}")
    said = claims(box)
    assert not any(i.digests for i in said.images if i.role is RUNNING)
    staged = [i for i in said.images if i.role is NEXT and i.kind is ImageKind.PACKAGE]
    assert all(i.digests and i.release == parse_iosxe("17.12.01") for i in staged)
    assert "conf" in {g.probe_id for g in said.gaps}


@pytest.mark.parametrize(
    "spoiled",
    [
        "[output truncated]",
        "iso   rp 0 0   rp_base     ../../etc/x.pkg",
        "iso   rp 0 0   rp_base     x.pkg;reload",
    ],
)
def test_a_package_list_with_a_line_that_is_none_is_a_gap(spoiled: str) -> None:
    text = boxes.packages_conf(*boxes.PACKAGES) + spoiled + "\n"
    said = alone("more flash:packages.conf", text)
    assert [g.probe_id for g in said.gaps] == ["conf"]
    assert said.images[0].members == ()


def test_a_package_list_that_names_nothing_or_was_cut_off_is_a_gap() -> None:
    assert alone("more flash:packages.conf", "#! /usr/binos/bin/packages_conf.sh\n").gaps
    whole = boxes.packages_conf(*boxes.PACKAGES)
    cut = exchange(PLATFORM, "more flash:packages.conf", whole, complete=False)
    assert PLATFORM.interpret((cut,)).gaps


def test_more_packages_than_any_system_has_are_a_gap() -> None:
    names = [f"cat9k-{n:03}.17.09.04a.SPA.pkg" for n in range(65)]
    assert alone("more flash:packages.conf", boxes.packages_conf(*names)).gaps


def test_package_lists_and_digests_alone_are_claims_of_stored_files() -> None:
    conf = exchange(PLATFORM, "more flash:packages.conf", boxes.packages_conf(*boxes.PACKAGES))
    path = f"flash:{boxes.PACKAGES[0]}"
    verify = exchange(PLATFORM, f"verify /sha512 {path}", hashed(path)[f"verify /sha512 {path}"])
    said = PLATFORM.interpret((conf, verify))
    assert [(i.role, i.kind) for i in said.images] == [
        (ImageRole.STORED, ImageKind.PACKAGE_LIST),
        (ImageRole.STORED, ImageKind.PACKAGE),
    ]


def test_a_file_that_no_command_can_carry_is_a_gap() -> None:
    assert demanded_gaps(catalyst(boot=show_boot("flash:x?.bin"))) == ["hash"]
    assert demanded_gaps(catalyst(boot=show_boot("nvram:packages.conf"))) == ["conf"]


def test_a_file_on_a_server_is_none_for_no_digest_is_expected() -> None:
    assert demanded_gaps(catalyst(boot=show_boot("tftp://192.0.2.66/x.bin"))) == []


@pytest.mark.parametrize(
    ("image_type", "signing_type"),
    [
        ("Production", "production"),
        ("Release", "production"),
        ("Special", "special"),
        ("Development", "development"),
        ("Odd", "odd"),
    ],
)
def test_signing_types_have_one_vocabulary(image_type: str, signing_type: str) -> None:
    said = alone(
        "show software authenticity running", boxes.AUTHENTICITY.replace("Production", image_type)
    )
    (claim,) = said.signatures
    assert (claim.accepted, claim.signing_type) == (True, signing_type)
    assert claim.certificate_serial == "6540BEEF"


def test_only_a_failure_in_words_is_a_refused_signature() -> None:
    failed = boxes.AUTHENTICITY + "    Signature Verification    : Failed\n"
    (claim,) = alone("show software authenticity running", failed).signatures
    assert claim.accepted is False
    (claim,) = alone(
        "show software authenticity running", "SYSTEM IMAGE\n------------\nKey Version : A\n"
    ).signatures
    assert claim.accepted is None


def test_the_placeholder_of_a_box_without_an_anchor_is_neutral() -> None:
    canned = """\
Microloader
-----------
Image type                    : Release
    Certificate Serial Number : 4143616e6e65642d5348413235362d48
        Verifier Version      : ACannedHwAnchorVersionApril2012
"""
    assert (
        len(alone("show software authenticity running", boxes.AUTHENTICITY + canned).signatures)
        == 1
    )


def test_a_signature_is_of_the_image_that_runs() -> None:
    package = boxes.PACKAGES[0]
    text = boxes.AUTHENTICITY + boxes.AUTHENTICITY.replace("SYSTEM IMAGE", f"PACKAGE {package}")
    said = claims(boxes.stack() | {"show software authenticity running": text})
    assert [s.path for s in said.signatures] == ["flash:packages.conf", f"flash:{package}"]
    assert {s.subject.id for s in said.signatures} == {"1"}


def test_patches_are_packages_of_the_members_they_are_on() -> None:
    install = boxes.INSTALL.replace("[ Switch 1 ]", "[ Switch 1 2 ]").replace(
        "IMG   C    17.09.04a.0.6", "SMU   U    flash:cat9k_iosxe.17.09.04a.CSCwh87343.SPA.smu.bin"
    )
    said = claims(boxes.stack() | {"show install summary": install})
    assert [(p.subject.id, p.state, p.version) for p in said.packages] == [
        ("1", "U", "17.09.04a"),
        ("2", "U", "17.09.04a"),
    ]


def test_two_releases_in_one_show_version_are_a_gap() -> None:
    assert demanded_gaps(catalyst(version=show_version(iosd="17.6.3"))) == ["version"]


@pytest.mark.parametrize("release", ["!!", "9.3(10)"])
def test_a_release_out_of_the_grammar_is_a_gap(release: str) -> None:
    assert "version" in demanded_gaps(catalyst(version=show_version(release)))


def test_an_engineering_special_is_itself() -> None:
    said = claims(catalyst(version=show_version("V1712_4_ESW13", iosd="17.12.4")))
    assert said.running_release == parse_iosxe("V1712_4_ESW13")
    assert said.gaps == ()


def test_a_version_without_anything_is_a_gap() -> None:
    said = alone("show version", "hello\n")
    assert said.platform_id is None
    assert {g.probe_id for g in said.gaps} == {"version"}


def test_an_inventory_without_rows_is_a_gap() -> None:
    assert [g.probe_id for g in alone("show inventory", "hello\n").gaps] == ["inventory"]


def test_a_boot_line_the_terminal_cut_is_put_together_again() -> None:
    long = "flash:" + "x" * 120 + ".bin"
    line = f"BOOT variable = {long};flash:y.bin;"
    cut = "\n".join(line[i : i + 80] for i in range(0, len(line), 80))
    said = alone("show boot", f"{cut}\nStandby not ready to show bootvar\n")
    assert said.boots[0].entries == (long, "flash:y.bin")


def test_an_image_line_the_terminal_cut_is_put_together_again() -> None:
    path = "flash:" + "x" * 100 + ".bin"
    line = f'System image file is "{path}"'
    said = alone(
        "show version",
        show_version().replace(f'System image file is "{IMAGE}"', f"{line[:80]}\n{line[80:]}"),
    )
    assert said.images[0].path == path


def test_a_release_line_the_terminal_cut_is_put_together_again() -> None:
    cut = show_version().replace("Version 17.9.4a, RELEASE", "Version 17.9.\n4a, RELEASE")
    assert alone("show version", cut).other_releases == (("iosd", "17.9.4a"),)


TEXTS = list(boxes.stack().items()) + list(boxes.asr().items())


@settings(max_examples=150)
@given(st.data())
def test_no_text_makes_the_reader_raise_or_make_up_a_digest(data: st.DataObject) -> None:
    command, text = data.draw(st.sampled_from(TEXTS))
    at = data.draw(st.integers(0, len(text)))
    junk = data.draw(st.text(max_size=40))
    cut = data.draw(st.integers(0, 40))
    changed = text[:at] + junk + text[at + cut :]
    box = boxes.stack() if data.draw(st.booleans()) else boxes.asr()
    exchanges = converse(PLATFORM, box | {command: changed})
    said = PLATFORM.interpret(exchanges)
    printed = "".join("".join(e.output.split()).lower() for e in exchanges)
    assert all(d.value.hex() in printed for i in said.images for d in i.digests)


@settings(max_examples=100)
@given(st.sampled_from(sorted({c for c, _ in TEXTS})), st.text())
def test_any_text_at_all_can_be_interpreted(command: str, text: str) -> None:
    assert not any(i.digests for i in alone(command, text).images)


def test_the_table_names_the_product_where_nothing_else_does() -> None:
    kept = ("Cisco", "System image", "Switch Ports", "*")
    lines = [t for t in show_version().splitlines() if t.startswith(kept)]
    said = alone("show version", "\n".join(lines))
    assert said.identities == (Identity(subject=CHASSIS, serial=None, pid="C9300-24T"),)


HOSTILE = {
    "blanks": " " * 60_000 + "x",
    "dots": "." * 60_000 + "x",
    "paths": "flash:" + "a/" * 30_000,
    "hex": "0" * 60_000,
    "quotes": 'System image file is "' + "x" * 60_000,
    "commas": "BOOT variable = " + "a,1;" * 15_000,
    "colons": "A" + " " * 60_000 + ": x",
    "words": "Cisco IOS Software" + " Version" * 7_000,
    "names": "iso rp 0 0 rp_base " + "a.17.09." * 7_000,
    "backspaces": "ab\b\b" * 15_000,
    "lines": "Switch 02\n" * 6_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_keeps_the_reader_busy(text: str) -> None:
    for probe in PLATFORM.probes:
        command = probe.command.replace("{}", "flash:packages.conf")
        exchanges = (exchange(PLATFORM, command, text),)
        PLATFORM.interpret(exchanges)
        PLATFORM.plan(exchanges)
