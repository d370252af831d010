"""What `lab audit` shows of every platform, by the registry.

Each platform has a device in order, one patched, one downgraded, one that an older or a network
image is staged on, one with an unknown image, one that refuses a command, and one as grown networks
are, in which nothing is found. What a platform has not is declared in
``matrix/<platform>.json``, with the reason; of what cannot hash two of them are never asked.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from netintegrity.lab.device import NETWORK, LabDevice, normalised
from netintegrity.model.conclusion import Conclusion
from tests.examples import PLATFORMS
from tests.unit.lab.worlds import built_in

DECLARED = Path(__file__).parent / "matrix"
DEVICES = [(name, d) for name, s in built_in().items() for d in s.devices]
IN_ORDER = {Conclusion.VERIFIED, Conclusion.UNSUPPORTED}


def _is_staged(device: LabDevice) -> bool:
    """Say whether the next boot takes something else than what runs."""
    if device.expected not in {Conclusion.DOWNGRADED, Conclusion.BOOT_CHAIN}:
        return False
    return any(
        NETWORK.match(entry) or normalised(entry) != normalised(part.running)
        for part in device.parts
        for entry in device.boot_of(part)[:1]
    )


def _is_grown(scenario: str, device: LabDevice) -> bool:
    """Say whether it has what grown networks have, and nothing is found all the same."""
    said = device.behaviour
    odd = device.beside or said.noise or said.wrap or any(len(p.flash) > 1 for p in device.parts)
    return device.expected in IN_ORDER and (scenario.startswith("brownfield") or bool(odd))


KINDS: dict[str, Callable[[str, LabDevice], bool]] = {
    "in order": lambda _, d: d.expected in IN_ORDER,
    "patched": lambda _, d: d.expected is Conclusion.PATCHED,
    "downgraded": lambda _, d: d.expected is Conclusion.DOWNGRADED,
    "staged": lambda _, d: _is_staged(d),
    "unknown image": lambda _, d: d.expected is Conclusion.UNKNOWN_IMAGE,
    "refused": lambda _, d: d.expected is Conclusion.INCOMPLETE and bool(d.behaviour.refuse),
    "grown": _is_grown,
}
NEEDS_DIGESTS = {"patched", "unknown image"}


def _excused(platform_id: str) -> dict[str, str]:
    file = DECLARED / f"{platform_id}.json"
    said: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    why = PLATFORMS[platform_id].cannot_hash
    return said | (dict.fromkeys(NEEDS_DIGESTS, why) if why else {})


@pytest.mark.parametrize("platform_id", PLATFORMS)
def test_the_scenarios_show_every_kind_of_trouble_of_a_platform(platform_id: str) -> None:
    own = [(s, d) for s, d in DEVICES if d.platform_id == platform_id]
    missing = {k for k, shows in KINDS.items() if not any(shows(*each) for each in own)}
    excused = _excused(platform_id)
    assert missing <= set(excused), f"{platform_id}: {missing - set(excused)}"
    assert all(excused.values())


def test_a_declared_exception_is_of_a_platform_and_of_a_kind_that_is_missing() -> None:
    for file in DECLARED.glob("*.json"):
        own = [(s, d) for s, d in DEVICES if d.platform_id == file.stem]
        for kind in json.loads(file.read_text()):
            assert not any(KINDS[kind](*each) for each in own), f"{file.stem}: {kind}"


def test_a_grown_network_is_audited_without_a_finding() -> None:
    grown = {n: s for n, s in built_in().items() if n.startswith("brownfield")}
    assert {d.expected for s in grown.values() for d in s.devices} <= IN_ORDER
