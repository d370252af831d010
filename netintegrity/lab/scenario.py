"""A scenario: which images exist, which of them are signed, and which devices there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from netintegrity import platforms, strict_yaml
from netintegrity.errors import ConfigError
from netintegrity.lab._read_change import LabChange, read_change
from netintegrity.lab._read_devices import read_devices
from netintegrity.lab._read_images import read_images
from netintegrity.lab._read_manifests import ManifestPlan, read_manifests, read_policy
from netintegrity.lab._read_memory import Remembered, read_memory
from netintegrity.lab._reading import Entry
from netintegrity.lab.device import LabDevice
from netintegrity.lab.images import Image
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from netintegrity.strict_yaml import Faults

SCHEMA: Final = "netintegrity/lab-scenario/1"
_PACKAGE: Final = "netintegrity.lab"
_FOLDER: Final = "scenarios"
_FIELDS: Final = frozenset(
    {"schema", "images", "manifest", "further_manifests", "policy", "memory", "change", "devices"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Everything a simulated fleet is made of."""

    name: str
    images: Mapping[str, Image]
    manifests: tuple[ManifestPlan, ...]
    policy: Mapping[str, object]
    """As ``policy.yaml`` has it, without its schema."""
    memory: tuple[Remembered, ...]
    devices: tuple[LabDevice, ...]
    change: LabChange | None = None
    """What is announced for its change window; None: it has none."""


def builtin_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the program."""
    names = (p.name for p in files(_PACKAGE).joinpath(_FOLDER).iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


def read_builtin(name: str) -> bytes:
    """Return the text of a scenario that comes with the program.

    Raises:
        ConfigError: there is none of that name; names those there are.
    """
    if name not in builtin_scenarios():
        raise ConfigError(
            f"no scenario {name!r}; expected {', '.join(builtin_scenarios())}, or a file",
            hint="`netintegrity lab list` shows what each of them holds",
        )
    return files(_PACKAGE).joinpath(_FOLDER, f"{name}.yaml").read_bytes()


def load_scenario(raw: bytes, name: str) -> Scenario:
    """Return the scenario in ``raw``.

    Args:
        raw: YAML, UTF-8.
        name: of the file, or of a scenario of ours; for messages and for the site.

    Raises:
        ConfigError: it is no YAML.
        ExceptionGroup: of ConfigErrors: every fault in it, each with its line.
    """
    document = strict_yaml.load(raw, name=name)
    faults = Faults(name)
    fields = faults.mapping(document, "")
    if fields is None:
        if not faults.errors:
            faults.add(1, "", f"nothing in it; a scenario begins with `schema: {SCHEMA}`")
        faults.raise_any(name)
    top = Entry(faults, fields or strict_yaml.Map(), "")
    faults.known(top.fields, _FIELDS, "")
    top.one_of("schema", frozenset({SCHEMA}))
    known = discover(platforms, Platform)
    images = dict(read_images(top, known))
    devices = tuple(read_devices(top, images))
    scenario = Scenario(
        name=name,
        images=MappingProxyType(images),
        manifests=tuple(read_manifests(top, images)),
        policy=read_policy(top, images),
        memory=tuple(read_memory(top, devices, known)),
        devices=devices,
        change=read_change(top),
    )
    faults.raise_any(f"{name}: {len(faults.errors)} faults")
    return scenario
