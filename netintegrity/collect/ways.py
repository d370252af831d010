"""Which way leads to each device, and who may log in to the jump hosts on it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from netintegrity.collect.control_master import is_alive
from netintegrity.collect.credential_sources import Fields
from netintegrity.collect.credentials import Credential
from netintegrity.collect.login import Person
from netintegrity.collect.proxy_command import ProxyCommand
from netintegrity.errors import CredentialError
from netintegrity.model.device import Device, JumpHost


def _nobody(host: JumpHost) -> Credential:
    raise CredentialError("no credential is known for it", where=host.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one server is reached."""

    address: str
    """As whoever is before it resolves and reaches it; its host key is pinned under this."""
    port: int
    jump: str | None = None
    """Key of the jump host before it; None: none."""
    command: ProxyCommand | None = None
    """Carries the connection instead; None: nothing does."""
    login: Fields | None = None
    """A user name, and a key where the credential has nothing to log in with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways of one run."""

    hosts: Mapping[str, JumpHost] = field(default_factory=dict)
    """By key; each one's way begins at a host that is reached directly."""
    credentials: Callable[[JumpHost], Credential] = _nobody
    """Whom a jump host lets in; raises CredentialError."""
    person: Person | None = None
    """Asked for what no stored secret answers; None: nobody is there."""
    devices: Mapping[str, Way] = field(default_factory=dict)
    """By name, those whose way is another than the inventory says."""
    masters: Mapping[str, Path] = field(default_factory=dict)
    """By key of a jump host: where OpenSSH may hold a session on it open."""
    commands: Mapping[str, ProxyCommand] = field(default_factory=dict)
    """By key of a jump host: what carries the connection to it."""

    def to(self, device: Device) -> Way:
        """Return the way to a device."""
        plain = Way(address=device.address, port=device.port, jump=device.jump)
        return self.devices.get(device.name, plain)

    def to_server(self, server: Device | JumpHost) -> Way:
        """Return the way to a device, or to a jump host the site names."""
        return self.to(server) if isinstance(server, Device) else self.to_jump_host(server.name)

    def to_jump_host(self, key: str) -> Way:
        """Return the way to a jump host.

        Raises:
            KeyError: there is none.
        """
        host = self.hosts[key]
        return Way(
            address=host.address, port=host.port, jump=host.jump, command=self.commands.get(key)
        )

    def is_ridden(self, key: str) -> bool:
        """Say whether OpenSSH holds a session on a jump host open, and we need none of ours."""
        return key in self.masters and is_alive(self.masters[key])

    def needed_by(self, devices: Iterable[Device]) -> tuple[JumpHost, ...]:
        """Return the jump hosts that have to be logged in to on the way to any of ``devices``."""
        needed: dict[str, JumpHost] = {}
        for device in devices:
            key = self.to(device).jump
            while key is not None and key in self.hosts and key not in needed:
                if self.is_ridden(key):
                    break
                needed[key] = self.hosts[key]
                key = needed[key].jump
        return tuple(needed.values())


DIRECT: Final = Ways()
"""No jump host at all."""
