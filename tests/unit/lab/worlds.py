"""Small scenarios; a test spoils one thing of them."""

from datetime import UTC, datetime

from netintegrity.lab.device import LabDevice
from netintegrity.lab.scenario import Scenario, builtin_scenarios, load_scenario, read_builtin

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PLAIN = """\
schema: netintegrity/lab-scenario/1
images:
  good:
    platform: cisco_iosxe
    release: "17.09.04a"
    filename: cat9k_iosxe.17.09.04a.SPA.bin
    hardware: [C9300]
    seed: 1
    packages: [cat9k-rpboot.17.09.04a.SPA.pkg, cat9k-rpbase.17.09.04a.SPA.pkg]
  patched: {like: good, seed: 2}
  eos: {platform: arista_eos, release: 4.30.1F, filename: EOS-4.30.1F.swi, seed: 3}
manifest: {images: [good, eos]}
devices:
  - name: switch
    personality: cisco_iosxe
    flash: {"flash:cat9k_iosxe.17.09.04a.SPA.bin": good}
    running: flash:cat9k_iosxe.17.09.04a.SPA.bin
    expected: verified
  - name: leaf
    personality: arista_eos
    flash: {"flash:EOS-4.30.1F.swi": eos}
    running: flash:EOS-4.30.1F.swi
    expected: verified
"""


def plain(more: str = "") -> Scenario:
    """Return the small scenario with more devices; each line of ``more`` is indented already."""
    return load_scenario((PLAIN + more).encode(), "plain.yaml")


def behaving(behaviour: str, *, like: str = "switch") -> Scenario:
    """Return the small scenario with a device ``odd`` that behaves so."""
    return plain(
        f"  - {{name: odd, like: {like}, expected: incomplete, behaviour: {{{behaviour}}}}}\n"
    )


def built_in() -> dict[str, Scenario]:
    """Return the scenarios that come with the program."""
    return {name: load_scenario(read_builtin(name), name) for name in builtin_scenarios()}


def device_of(scenario: Scenario, name: str) -> LabDevice:
    """Return the device of this name."""
    return next(d for d in scenario.devices if d.name == name)
