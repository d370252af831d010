"""``lab window``: a simulated change window, audited before and after, and compared."""

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from netintegrity import rfc3339
from netintegrity.cli import _compare_pages, _compare_show
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.errors import ConfigError, ExitStatus
from netintegrity.lab.device import SAME

if TYPE_CHECKING:
    from pathlib import Path

    from netintegrity.app.auditing import Outcome
    from netintegrity.app.windows import PlanFile
    from netintegrity.assess.compare import ComparedDevice, Comparison
    from netintegrity.lab._read_change import LabChange
    from netintegrity.lab.device import LabDevice
    from netintegrity.lab.world import LabWorld

    Audited = Callable[["LabWorld", Path, "PlanFile | None"], Outcome]
    """Audits a running lab into a folder, by the ordinary path."""

_AROUND: Final = timedelta(hours=2)


def window(arguments: argparse.Namespace, world: "LabWorld", audited: "Audited") -> ExitStatus:
    """Audit, change, audit, compare; 0 where everything is said as the scenario expects.

    Args:
        arguments: of the command line.
        world: running.
        audited: audits it.

    Raises:
        ConfigError: the scenario has no change window.
    """
    from netintegrity.app.comparing import compare_stored
    from netintegrity.app.windows import PlanFile
    from netintegrity.assess.plan import Phase

    change = world.scenario.change
    if change is None:
        raise ConfigError("has no change window", where=world.scenario.name, hint="lab audit")
    plan = PlanFile(name="plan.yaml", raw=_plan(change).encode())
    before = audited(world, world.root / "before", replace(plan, phase=Phase.PRE))
    for served in world.devices:
        after_it = served.device.after
        if after_it is not None:
            served.device = replace(after_it, maker=served.device.maker)
    after = audited(world, world.root / "after", replace(plan, phase=Phase.POST))
    comparison = compare_stored(before.folder, after.folder, plan, keys_folder=world.keys)
    if arguments.format == "json":
        emit_json(_compare_show.document(comparison))
    elif arguments.format == "table":
        emit(_compare_show.table(comparison))
    else:
        emit(getattr(_compare_pages, arguments.format)(comparison))
    expected = {d.name: d for d in world.scenario.devices}
    differing = list(_differences(comparison, expected))
    for line in differing:
        say(f"netintegrity: {line}")
    if differing:
        return ExitStatus.FINDING
    say(f"netintegrity: all {len(expected)} devices were judged and compared as expected")
    return ExitStatus.VERIFIED


def _plan(change: "LabChange") -> str:
    from netintegrity.clock import utc_now

    begins, ends = (rfc3339.show(utc_now() + way * _AROUND) for way in (-1, 1))
    devices = ", ".join(f'"{d}"' for d in change.devices)
    return (
        "schema: netintegrity/plan/1\n"
        "ticket: CHG-LAB\n"
        f'window: {{begins: "{begins}", ends: "{ends}"}}\n'
        f"changes:\n  - devices: [{devices}]\n"
        f'    from: "{change.from_release}"\n'
        f'    to: "{change.to_release}"\n'
    )


def _differences(comparison: "Comparison", expected: Mapping[str, "LabDevice"]) -> Iterator[str]:
    for device in comparison.devices:
        wanted = expected[device.name]
        outcome = _outcome(device)
        if outcome != wanted.expected_change:
            yield f"{device.name}: expected {wanted.expected_change}, compared {outcome}"
        conclusion = (wanted.after or wanted).expected
        if device.conclusion is not conclusion:
            yield f"{device.name}: expected {conclusion} after it, judged {device.conclusion}"


def _outcome(device: "ComparedDevice") -> str:
    if device.unplanned:
        return "unplanned"
    return "planned" if device.changes else SAME
