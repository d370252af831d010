"""What Junos Evolved is asked, and what it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.platforms.juniper_junos_evolved import PLATFORM
from tests.unit.platforms.boxes import claims, converse, exchange

RULE = "-" * 31
NAME = "junos-evo-install-ptx-fixed-x86-64-{}-EVO"
NEW, OLD = NAME.format("22.3R1-S1.4"), NAME.format("22.3R1.9")
LEGEND = "    '-' running version\n    '>' next boot version after upgrade/downgrade\n\n"


def node(number: int, *rows: tuple[str, str]) -> str:
    listed = "".join(f" {mark}   {name} - [2026-01-18 14:15:56]\n" for mark, name in rows)
    return f"{RULE}\nnode: re{number}\n{RULE}\n{LEGEND}{listed}"


def router(**changes: str) -> dict[str, str]:
    box = {
        "show version": f"Model: ptx1\nJunos: 22.3R1-S1.4-EVO\nJUNOS-EVO OS 64-bit [{NEW}]\n",
        "show system software list": node(0, ("-", NEW), ("<", OLD)),
        "show chassis hardware": "Hardware inventory:\n"
        "Item             Version  Part number  Serial number     Description\n"
        "Chassis                                FH0000AF0001      PTX10001-36MR\n",
        "show chassis routing-engine": "Routing Engine status:\n  Slot 0:\n"
        "    Current state                  Master\n",
    }
    by_id = {p.id.replace("-", "_"): p.command for p in PLATFORM.probes}
    return box | {by_id[i]: text for i, text in changes.items()}


def roles(box: dict[str, str]) -> list[tuple[str, str]]:
    return [(i.role.value, i.path) for i in claims(box, PLATFORM).images]


def test_a_router_in_order() -> None:
    said = claims(router(), PLATFORM)
    assert said.platform_id == "juniper_junos_evolved"
    assert said.gaps == ()
    assert [(str(i.subject), i.serial) for i in said.identities] == [("chassis 1", "FH0000AF0001")]
    assert roles(router()) == [("running", NEW), ("boot-next", NEW), ("stored", OLD)]
    assert said.boots[0].entries == (NEW, OLD)
    assert [e.command for e in converse(PLATFORM, router())] == [p.command for p in PLATFORM.probes]


def test_the_version_marked_for_the_next_boot_is_what_it_boots() -> None:
    staged = router(software=node(0, (">", OLD), ("-", NEW)))
    assert roles(staged) == [("boot-next", OLD), ("running", NEW)]


@pytest.mark.parametrize(
    "rows",
    [
        (),
        ((" ", NEW),),
        (("-", NEW), ("-", OLD)),
        (("-", NEW), (">", OLD), (">", NAME.format("22.4R1.11"))),
    ],
)
def test_marks_that_leave_a_choice_are_a_gap(rows: tuple[tuple[str, str], ...]) -> None:
    said = claims(router(software=node(0, *rows)), PLATFORM)
    assert "software" in {g.probe_id for g in said.gaps}
    by_role = [i.role for i in said.images]
    assert by_role.count(ImageRole.RUNNING) + by_role.count(ImageRole.BOOT_NEXT) < 2


def test_the_version_that_runs_and_the_mark_have_to_agree() -> None:
    said = claims(router(software=node(0, ("-", OLD))), PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["version"]


def test_a_routing_engine_that_lists_nothing_is_a_gap() -> None:
    second = "Routing Engine status:\n  Slot 1:\n    Current state                  Backup\n"
    engines = router()["show chassis routing-engine"] + second
    said = claims(router(routing_engines=engines), PLATFORM)
    assert "software" in {g.probe_id for g in said.gaps}


@pytest.mark.parametrize("probe", ["version", "software", "hardware", "routing_engines"])
def test_a_refusal_is_a_gap_of_its_probe(probe: str) -> None:
    said = claims(router(**{probe: "error: permission denied: x\n"}), PLATFORM)
    assert probe.replace("_", "-") in {g.probe_id for g in said.gaps}


def test_a_box_of_the_other_kind_is_named_as_such() -> None:
    plain = "Model: mx240\nJunos: 21.4R3-S5.4\n"
    assert claims(router(version=plain), PLATFORM).platform_id == "juniper_junos"


@given(st.sampled_from(sorted(router())), st.text())
def test_any_text_at_all_can_be_interpreted(command: str, text: str) -> None:
    exchanges = (exchange(PLATFORM, command, text),)
    assert not any(i.digests for i in PLATFORM.interpret(exchanges).images)
    assert all(PLATFORM.admits(r.command) for r in PLATFORM.plan(exchanges))
