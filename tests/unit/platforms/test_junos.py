"""What Junos is asked, and what it claims."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms.juniper_junos import PLATFORM
from tests.unit.platforms.boxes import CHASSIS, alone, claims, converse, exchange

VERSION = """\
Hostname: r1
Model: mx240
Junos: 21.4R3-S5.4
JUNOS Base OS boot [21.4R3-S5.4]
JUNOS Base OS Software Suite [21.4R3-S5.4]
JUNOS Online Documentation [21.4R3-S5.4]
"""
HARDWARE = """\
Hardware inventory:
Item             Version  Part number  Serial number     Description
Chassis                                JN11A34B5AFC      MX240
Routing Engine 0 REV 12   740-013063   9009023456        RE-S-2000
FPC 2            REV 25   750-031089   YB1234            MPC Type 2 3D
"""
ENGINE = """\
Routing Engine status:
  Slot 0:
    Current state                  Master
"""
SECOND = "Routing Engine status:\n  Slot 1:\n    Current state                  Backup\n"
RULE = "-" * 74
NOTHING_PENDING = "/packages/sets/pending: No such file or directory\n"
KERNEL = (
    "Nov 24 10:00:01  r1 /kernel: veriexec: fingerprint for dev 100, file 70750 "
    f"{'64' * 20} != {'00' * 20}\n"
)


def router(**changes: str) -> dict[str, str]:
    box = {
        "show version": VERSION,
        "show chassis hardware": HARDWARE,
        "show chassis routing-engine": ENGINE,
        "show system snapshot media internal": "syntax error, expecting <command>.\n",
        "file list /packages/sets/pending": NOTHING_PENDING,
        "show log messages | match veriexec": "",
        "show version invoke-on all-routing-engines": "syntax error.\n",
    }
    by_id = {p.id.replace("-", "_"): p.command for p in PLATFORM.probes}
    return box | {by_id[i]: text for i, text in changes.items()}


def parted(heading: str, *texts: str) -> str:
    return "".join(f"{heading}{n}:\n{RULE}\n{text}\n" for n, text in enumerate(texts))


def test_a_router_in_order() -> None:
    said = claims(router(), PLATFORM)
    assert said.platform_id == "juniper_junos"
    assert said.running_release is not None
    assert said.running_release.text == "21.4R3-S5.4"
    assert said.identities == (Identity(subject=CHASSIS, serial="JN11A34B5AFC", pid="MX240"),)
    assert [i.role for i in said.images] == [ImageRole.RUNNING, ImageRole.BOOT_NEXT]
    assert not any(i.digests for i in said.images)
    assert said.gaps == ()


def test_nothing_that_changes_a_box_is_ever_asked() -> None:
    display = r" \| display inheritance \| display set"
    allowed = re.compile(rf"(?:show|file list) [a-z/ -]+(?: \| match veriexec|{display})?")
    assert all(allowed.fullmatch(p.command) for p in PLATFORM.probes)
    assert not any(p.is_template for p in PLATFORM.probes)


def test_the_other_routing_engine_is_asked_for_only_where_there_is_one() -> None:
    every = "show version invoke-on all-routing-engines"
    assert every not in {e.command for e in converse(PLATFORM, router())}
    two = router(routing_engines=ENGINE + SECOND)
    assert every in {e.command for e in converse(PLATFORM, two)}
    members = router(routing_engines=ENGINE + SECOND, version=parted("fpc", VERSION, VERSION))
    assert every not in {e.command for e in converse(PLATFORM, members)}
    empty = router(routing_engines=ENGINE + SECOND.replace("Backup", "Empty"))
    assert every not in {e.command for e in converse(PLATFORM, empty)}


def test_each_member_has_a_release_of_its_own() -> None:
    other = VERSION.replace("21.4R3-S5.4", "20.4R3.8")
    said = alone("show version", parted("fpc", VERSION, other), PLATFORM)
    running = [i for i in said.images if i.role is ImageRole.RUNNING]
    assert [(str(i.subject), i.release.text if i.release else "") for i in running] == [
        ("member 0", "21.4R3-S5.4"),
        ("member 1", "20.4R3.8"),
    ]


def test_a_member_that_is_named_twice_says_nothing() -> None:
    text = f"fpc0:\n{RULE}\n{VERSION}\nfpc0:\n{RULE}\n{VERSION}\nfpc1:\n{RULE}\n{VERSION}\n"
    said = alone("show version", text, PLATFORM)
    assert {str(i.subject) for i in said.images} == {"member 1"}
    assert [g.probe_id for g in said.gaps] == ["version"]


def test_a_member_that_cannot_be_asked_is_a_gap() -> None:
    text = "error: Could not connect to fpc2 : No route to host\n" + parted("fpc", VERSION, VERSION)
    said = alone("show version", text, PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["version"]
    assert len(said.images) == 4


def test_a_box_of_countless_members_is_not_read() -> None:
    said = alone("show version", parted("fpc", *[VERSION] * 65), PLATFORM)
    assert said.images == ()
    assert [g.probe_id for g in said.gaps] == ["version"]


def test_a_heading_without_a_rule_below_is_no_heading() -> None:
    said = alone("show version", f"re1:\n{VERSION}", PLATFORM)
    assert {i.subject for i in said.images} == {CHASSIS}


def test_a_member_the_hardware_counts_and_the_version_does_not_is_a_gap() -> None:
    rows = "".join(
        f"FPC {n}            REV 11   650-044938   TA371348022{n}      QFX5100-48T-6Q\n"
        for n in (0, 1)
    )
    hidden = router(version=parted("fpc", VERSION), hardware=HARDWARE + rows)
    assert "hardware" in {g.probe_id for g in claims(hidden, PLATFORM).gaps}


def test_a_second_routing_engine_in_the_hardware_alone_is_a_gap() -> None:
    row = "Routing Engine 1 REV 12   740-013063   9009023457        RE-S-2000\n"
    said = claims(router(hardware=HARDWARE + row), PLATFORM)
    assert "hardware" in {g.probe_id for g in said.gaps}


def test_line_cards_are_no_members() -> None:
    assert "hardware" not in {g.probe_id for g in claims(router(), PLATFORM).gaps}


@pytest.mark.parametrize("probe", ["version", "hardware", "routing_engines"])
@pytest.mark.parametrize(
    "text",
    [
        "error: permission denied: x\n",
        "               ^\nunknown command.\n",
        "                     ^\nsyntax error, expecting <command>.\n",
        "",
    ],
)
def test_a_refusal_is_a_gap_of_its_probe(probe: str, text: str) -> None:
    said = claims(router(**{probe: text}), PLATFORM)
    assert probe.replace("_", "-") in {g.probe_id for g in said.gaps}


def test_a_release_out_of_the_grammar_is_a_gap() -> None:
    said = claims(router(version=VERSION.replace("21.4R3-S5.4", "newest")), PLATFORM)
    assert said.running_release is None
    assert dict(said.other_releases) == {"unreadable-1": "newest"}
    assert "version" in {g.probe_id for g in said.gaps}


def test_only_a_line_of_the_kernel_is_its_word() -> None:
    hostile = KERNEL.replace("/kernel: ", "sshd[7]: Invalid user /kernel: ")
    asked = "Nov 24 10:00:00  r1 mgd[1]: UI_CMDLINE_READ_LINE: 'show log | match veriexec'\n"
    assert claims(router(veriexec=hostile + asked), PLATFORM).signatures == ()
    (said,) = claims(router(veriexec=hostile + KERNEL + KERNEL), PLATFORM).signatures
    assert (said.accepted, said.path) == (False, "file 70750 of device 100")


def test_something_that_waits_for_the_next_boot_is_a_gap() -> None:
    said = claims(router(pending="/packages/sets/pending:\njunos-runtime-x86@\n"), PLATFORM)
    (following,) = (i for i in said.images if i.role is ImageRole.BOOT_NEXT)
    assert following.release is None
    assert "version" in {g.probe_id for g in said.gaps}
    nothing = claims(router(pending="\n/packages/sets/pending/:\n"), PLATFORM)
    assert "version" not in {g.probe_id for g in nothing.gaps}


def test_a_slice_of_two_first_choices_says_nothing_of_the_next_boot() -> None:
    one = (
        "Information for snapshot on       internal (/dev/da0s1a) (primary)\n  junos  : 20.4R3.8\n"
    )
    said = claims(router(snapshot=one + one.replace("s1a", "s2a")), PLATFORM)
    assert said.boots == ()
    assert {i.path for i in said.images} == {"junos 21.4R3-S5.4"}


def test_a_box_of_the_evolved_kind_is_named_as_such() -> None:
    said = claims(router(version="Model: ptx\nJunos: 22.3R1-S1.4-EVO\n"), PLATFORM)
    assert said.platform_id == "juniper_junos_evolved"


def test_engines_of_routers_in_a_virtual_chassis_are_told_apart() -> None:
    text = "".join(f"member{m}-re{e}:\n{RULE}\n{VERSION}\n" for m in (0, 1) for e in (0, 1))
    said = alone("show version", text, PLATFORM)
    engine = SubjectKind.ROUTING_ENGINE
    assert Subject(engine, "member1-re0") in {i.subject for i in said.images}
    assert len({i.subject for i in said.images}) == 4


def test_a_second_opinion_that_is_not_permitted_is_told_and_one_the_model_lacks_is_not() -> None:
    denied = "error: permission denied: log\n"
    for probe in ("snapshot", "pending", "veriexec"):
        assert [g.probe_id for g in claims(router(**{probe: denied}), PLATFORM).gaps] == [probe]
        assert claims(router(**{probe: "unknown command.\n"}), PLATFORM).gaps == ()


def test_nothing_asked_is_nothing_missing() -> None:
    assert PLATFORM.interpret(()).gaps == ()


@given(st.sampled_from(sorted(router())), st.text())
def test_any_text_at_all_can_be_interpreted(command: str, text: str) -> None:
    exchanges = (exchange(PLATFORM, command, text),)
    said = PLATFORM.interpret(exchanges)
    assert not any(i.digests for i in said.images)
    assert all(PLATFORM.admits(r.command) for r in PLATFORM.plan(exchanges))


@given(
    st.sampled_from(sorted(router())),
    st.integers(0, 400),
    st.sampled_from(["", "\r", "\n", "\x1b[K", "---(more)---\r", "ops@r1> ", "\x00", "\udcff"]),
)
def test_a_cut_or_a_stray_byte_never_makes_another_release(
    command: str, at: int, stray: str
) -> None:
    box = router()
    text = box[command][:at] + stray + (box[command][at:] if stray else "")
    said = PLATFORM.interpret((exchange(PLATFORM, command, text, complete=False),))
    release = said.running_release
    assert release is None or "21.4R3-S5.4".startswith(release.text)
    assert not any(i.assurance.level for i in said.images)
