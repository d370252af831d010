"""What an inventory comes to, whatever it was read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netintegrity.assess.policy import SitePolicy
from netintegrity.model.device import Device, JumpHost


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site: its devices and what its operator demands of them."""

    name: str
    root: Path
    """The folder; of a single inventory file, the folder it lies in."""
    devices: tuple[Device, ...]
    """In the order of the inventory."""
    policy: SitePolicy
    policy_bytes: bytes
    """As read; empty: there is no policy.yaml, and the defaults hold."""
    files: tuple[tuple[str, bytes], ...]
    """What the inventory was read from, by POSIX path relative to ``root``: kept with the run."""
    known_hosts: Path
    """May be absent, which is as an empty one."""
    manifests: Path
    """May be absent, which is as an empty one."""
    is_lab: bool = False
    """It carries the ``lab.yaml`` that ``lab up`` wrote."""
    jump_hosts: Mapping[str, JumpHost] = field(default_factory=dict)
    """By name; a device behind one has the tag ``jump=NAME``."""
