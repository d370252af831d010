"""Which jump hosts a run may go through, and who may log in to them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from netintegrity.collect.credentials import Credential
from netintegrity.collect.login import Person
from netintegrity.errors import CredentialError
from netintegrity.model.device import Device, JumpHost


def _nobody(host: JumpHost) -> Credential:
    raise CredentialError("no credential is known for it", where=host.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The jump hosts of one run."""

    hosts: Mapping[str, JumpHost] = field(default_factory=dict)
    """By name; each one's way begins at a host that is reached directly."""
    credentials: Callable[[JumpHost], Credential] = _nobody
    """Whom a jump host lets in; raises CredentialError."""
    person: Person | None = None
    """Asked for what no stored secret answers; None: nobody is there."""

    def needed_by(self, devices: Iterable[Device]) -> tuple[JumpHost, ...]:
        """Return the jump hosts on the way to any of ``devices``."""
        needed: dict[str, JumpHost] = {}
        for device in devices:
            name = device.jump
            while name is not None and name not in needed and name in self.hosts:
                needed[name] = self.hosts[name]
                name = needed[name].jump
        return tuple(needed.values())


DIRECT: Final = Ways()
"""No jump host at all."""
