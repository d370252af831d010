"""A run verifies its lists once, judges by what holds at its end, and forgets nobody's floors."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from netintegrity.app import grounds
from netintegrity.app.auditing import Request, audit
from netintegrity.app.grounds import release_of_train
from netintegrity.clock import utc_now
from netintegrity.collect.session import SessionFactory
from netintegrity.errors import UnreachableError
from netintegrity.inventory.load import load_site
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from netintegrity.model.memory import FleetMemory
from netintegrity.store.memory import (
    locked,
    read_memory_bytes,
    state_folder,
    write_memory,
)
from netintegrity.store.memory_file import parse_memory
from netintegrity.trust.admit import judge_all

START = utc_now().replace(microsecond=0)


@dataclass
class Clock:
    """What a run takes for the time; it stands still until somebody moves it."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Desk:
    """A site whose devices never answer, and what its lists were asked."""

    request: Request
    clock: Clock = field(default_factory=Clock)
    verified: int = 0
    during: list[object] = field(default_factory=list)

    def memory(self) -> FleetMemory:
        folder = self.request.state_folder
        return parse_memory(read_memory_bytes(folder), release_of_train, name="memory.json")

    def sessions(self, happens: object = None) -> SessionFactory:
        def open_session(*_: object, **__: object) -> object:
            if callable(happens) and not self.during:
                self.during.append(happens())
            raise UnreachableError("nobody is there")

        return open_session  # type: ignore[return-value]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    scenario = load_scenario(read_builtin("default"), "default")
    with LabWorld.create(scenario, now=START, root=tmp_path / "lab") as world:
        site = load_site(world.site)
        desk = Desk(
            Request(
                site=site,
                devices=site.devices[:2],
                keys_folder=world.keys,
                manifests_folder=site.manifests,
                state_folder=state_folder(site.name, world.environment()),
                output=tmp_path / "run",
                at=None,
            )
        )

        def counted(*arguments: object, **named: object) -> object:
            desk.verified += 1
            return judge_all(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(grounds, "judge_all", counted)
        yield desk


def test_the_lists_of_a_run_are_verified_once(desk: Desk) -> None:
    audit(desk.request, desk.sessions(), now=desk.clock)
    assert desk.verified == 1
    assert desk.memory().manifests
    assert {at for _, at in desk.memory().imports} == {START}


def test_a_list_that_expires_while_boxes_are_asked_is_rejected_at_the_end(desk: Desk) -> None:
    def years_pass() -> None:
        desk.clock.at = START + timedelta(days=3650)

    outcome = audit(desk.request, desk.sessions(years_pass), now=desk.clock)
    assert "expired" in {m.reason for m in outcome.report.manifests}
    assert desk.verified == 1


def test_what_another_run_remembered_meanwhile_stays_remembered(desk: Desk) -> None:
    first = replace(desk.request, output=desk.request.state_folder / "first")
    audit(first, desk.sessions(), now=desk.clock)
    (identity, *_) = sorted(f.identity for f in desk.memory().manifests)

    def another_run_ends() -> None:
        with locked(desk.request.state_folder):
            before = desk.memory()
            raised = tuple(
                replace(f, sequence=999) if f.identity == identity else f for f in before.manifests
            )
            imports = (*before.imports, ("sha256:" + "0" * 64, START))
            write_memory(
                desk.request.state_folder, replace(before, manifests=raised, imports=imports)
            )

    audit(desk.request, desk.sessions(another_run_ends), now=desk.clock)
    assert {f.sequence for f in desk.memory().manifests if f.identity == identity} == {999}
    assert "sha256:" + "0" * 64 in dict(desk.memory().imports)
