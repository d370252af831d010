"""Of every probe of every platform, a command as it is really sent; nothing here is kept by hand.

The arguments are those of the built-in scenarios and of the conformance cases. A probe that neither
ever asks borrows the argument of one whose grammar admits it.
"""

import json
from functools import cache
from pathlib import Path

from netintegrity import platforms
from netintegrity.lab.device import LabDevice
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.scenario import builtin_scenarios, load_scenario, read_builtin
from netintegrity.platforms._spec import Platform, Probe
from netintegrity.registry import discover
from tests.builders import AT

PLATFORMS = discover(platforms, Platform)
CASES = Path(__file__).parent / "conformance" / "platforms"


@cache
def _devices() -> tuple[LabDevice, ...]:
    names = builtin_scenarios()
    return tuple(d for n in names for d in load_scenario(read_builtin(n), n).devices)


@cache
def commands_of(platform_id: str) -> tuple[str, ...]:
    """Return every command with an argument that a scenario or a case holds for a platform."""
    platform = PLATFORMS[platform_id]
    found: dict[str, None] = {}
    for device in _devices():
        if device.platform_id == platform_id:
            sent = exchanges_of(device, platform, AT)
            found.update(dict.fromkeys(e.command for e in sent))
    for file in sorted(CASES.glob(f"{platform_id}/*/commands.json")):
        told = json.loads(file.read_text())
        found.update(dict.fromkeys(str(t["command"]) for t in told.values() if "command" in t))
    return tuple(found)


@cache
def _arguments(platform_id: str) -> tuple[str, ...]:
    platform = PLATFORMS[platform_id]
    found: dict[str, None] = {}
    for command in commands_of(platform_id):
        for probe in platform.probes:
            head, hole, tail = probe.command.partition("{}")
            if hole and not probe.takes_nonce and probe.admits(command):
                found.setdefault(command[len(head) : len(command) - len(tail)])
    return tuple(found)


def command_of(platform: Platform, probe: Probe) -> str:
    """Return a command of ``probe``, whole."""
    if probe.takes_nonce:
        return probe.request("7001").command
    if not probe.is_template:
        return probe.command
    # A box may turn out to be another platform's, and is then asked what that one is asked.
    known = (a for id_ in (platform.id, *sorted(platform.may_turn_out)) for a in _arguments(id_))
    for argument in known:
        if probe.argument.fullmatch(argument):
            return probe.request(argument).command
    raise AssertionError(f"{platform.id} {probe.id}: no scenario and no case ever asks it")
