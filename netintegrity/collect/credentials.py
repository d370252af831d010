"""Who logs in where: the operator's own credentials, and the hosts each may be offered to.

An inventory names a credential and never holds one. Sources, field by field, the first that has
it: environment, what systemd hands over, the operator's file, which may name a program that prints
a secret, a prompt on a terminal.
"""

import ipaddress
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self

from netintegrity.collect.credential_sources import (
    FILE_VARIABLE,
    Ask,
    Fields,
    ask_on_terminal,
    default_file,
    listed,
    of_environment,
    of_file,
    of_systemd,
    variable_of,
)
from netintegrity.collect.secret import SHORTEST_CUT, Secret
from netintegrity.collect.secret_command import secret_of
from netintegrity.errors import CredentialError
from netintegrity.model.device import Device, JumpHost


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is offered to one device."""

    ref: str
    username: str
    password: Secret | None
    """None: only where a key file or an agent answers."""
    enable: Secret | None = None
    key_files: tuple[Path, ...] = ()
    """Private keys; the passphrase unlocks one that needs it, and without one the password."""
    certificate_file: Path | None = None
    """OpenSSH certificate of the key; None: the one beside it, ``<key file>-cert.pub``."""
    passphrase: Secret | None = None
    agent: bool = False
    """Ask the operator's ssh-agent."""
    hosts: tuple[str, ...] = ()
    """Networks or name globs it may be offered to."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must appear in no evidence."""
        held = (self.password, self.enable, self.passphrase)
        return tuple(s for s in held if s is not None)

    def may_be_offered_to(self, address: str) -> bool:
        """Say whether ``hosts`` covers ``address``, an IP address or a name."""
        return any(_covers(pattern, address) for pattern in self.hosts)


class CredentialProvider:
    """Resolves the credential of each device, asking a person at most once for each."""

    def __init__(
        self,
        environ: Mapping[str, str],
        file: Path | None = None,
        *,
        ask: Ask | None = None,
    ) -> None:
        """Read the operator's file, if there is one.

        Args:
            environ: variables ``NETINTEGRITY_<REF>_…`` are read from it.
            file: must exist where given; None: there is none.
            ask: asks a person; None: nobody is there to ask.

        Raises:
            CredentialError: the file is not the operator's own, or readable by others.
            ExceptionGroup: of CredentialErrors, one for each fault in it.
        """
        self._environ = environ
        self._file = file
        self._ask = ask
        self._stored = {} if file is None else of_file(file, environ)
        self._resolved: dict[tuple[str, Fields], Credential] = {}
        self._lock = threading.Lock()

    @classmethod
    def of_operator(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Return the provider of whoever runs this process.

        Raises:
            CredentialError: see :class:`CredentialProvider`; also a named file that is absent.
        """
        env = os.environ if environ is None else environ
        named = env.get(FILE_VARIABLE)
        path = Path(named) if named else default_file(env)
        if path is not None and not named and not path.exists() and not path.is_symlink():
            path = None
        return cls(env, path, ask=ask_on_terminal if sys.stdin.isatty() else None)

    def for_device(self, device: Device) -> Credential:
        """Return the credential this device names.

        Raises:
            CredentialError: there is none, it lacks a field, or it is not for this address.
        """
        return self.for_server(device.credential_ref, device.address, name=device.name)

    def for_jump_host(self, host: JumpHost) -> Credential:
        """Return the credential a jump host names.

        Raises:
            CredentialError: as for a device.
        """
        return self.for_server(host.credential_ref, host.address, name=host.name)

    @property
    def at_terminal(self) -> Ask | None:
        """Asks whoever is at the terminal, one question at a time; None: nobody is."""
        return None if self._ask is None else self._one_at_a_time

    def _one_at_a_time(self, question: str, secret: bool) -> str:
        with self._lock:
            return self._ask(question, secret) if self._ask is not None else ""

    def for_server(
        self, ref: str, address: str, *, name: str, otherwise: Fields | None = None
    ) -> Credential:
        """Return a credential, for the server of this address.

        Args:
            ref: its name.
            address: what is connected to.
            name: of the server, for messages.
            otherwise: a user name, and a key where the credential has nothing to log in with.

        Raises:
            CredentialError: as for a device.
        """
        credential = self._resolve(ref, otherwise or Fields())
        if not credential.may_be_offered_to(address):
            raise CredentialError(
                f"credential {ref!r} may not be offered to {address}; "
                f"its hosts: {', '.join(credential.hosts)}",
                where=name,
                hint="add the address to `hosts` of the credential, if that is where it belongs",
            )
        return credential

    def has(self, ref: str) -> bool:
        """Say whether a credential of this name is stated anywhere, a person's head left out."""
        found = of_environment(self._environ, ref).over(of_systemd(self._environ, ref))
        return ref in self._stored or found != Fields()

    def require(
        self,
        servers: Iterable[Device | JumpHost],
        credential_of: Callable[[Device | JumpHost], object] | None = None,
    ) -> None:
        """Check that every server has its credential, before anything is connected to.

        Args:
            servers: each.
            credential_of: looks it up; None: by the address the server has.

        Raises:
            ExceptionGroup: of CredentialErrors, one for each server or credential that lacks one.
        """
        faults: dict[str, CredentialError] = {}
        for server in servers:
            try:
                if credential_of is not None:
                    credential_of(server)
                else:
                    self.for_server(server.credential_ref, server.address, name=server.name)
            except CredentialError as error:
                faults.setdefault(str(error), error)
        if faults:
            raise ExceptionGroup("credentials", list(faults.values()))

    def short_secrets(self) -> tuple[str, ...]:
        """Return the references whose password is too short to be cut out of an answer."""
        short = {
            credential.ref
            for credential in self._resolved.values()
            if any(len(s.reveal()) < SHORTEST_CUT for s in credential.secrets)
        }
        return tuple(sorted(short))

    def _resolve(self, ref: str, otherwise: Fields) -> Credential:
        key = ref, otherwise
        with self._lock:
            if key not in self._resolved:
                found = (
                    of_environment(self._environ, ref)
                    .over(of_systemd(self._environ, ref))
                    .over(self._stored.get(ref, Fields()))
                )
                found = found.over(Fields(username=otherwise.username))
                if not found.can_log_in:
                    found = found.over(otherwise)
                if self._ask is not None:
                    found = found.over(self._asked(ref, found))
                self._resolved[key] = self._checked(ref, found)
            return self._resolved[key]

    def _asked(self, ref: str, found: Fields) -> Fields:
        ask = self._ask
        if ask is None or found.can_log_in:
            return Fields()
        hosts = found.hosts or listed(ask(f"Hosts credential {ref!r} may be offered to: ", False))
        username = found.username or ask(f"User name of {ref!r}: ", False)
        password = ask(f"Password of {ref!r}: ", True) or None
        return Fields(username=username, password=password, hosts=hosts)

    def _checked(self, ref: str, found: Fields) -> Credential:
        if not found.username:
            raise self._missing(ref, "user name", "USERNAME")
        if not found.can_log_in:
            raise self._missing(ref, "password", "PASSWORD")
        if not found.hosts:
            raise self._missing(ref, "list of hosts it may be offered to", "HOSTS")
        try:
            return Credential(
                ref=ref,
                username=found.username,
                password=self._secret(ref, found.password, found.password_command),
                enable=self._secret(ref, found.enable, found.enable_command),
                key_files=(Path(found.key_file).expanduser(),) if found.key_file else (),
                certificate_file=(
                    Path(found.certificate_file).expanduser() if found.certificate_file else None
                ),
                passphrase=self._secret(ref, found.passphrase, found.passphrase_command),
                agent=bool(found.agent),
                hosts=found.hosts,
            )
        except ValueError as error:
            raise CredentialError(f"credential {ref!r}: {error}") from error

    def _secret(
        self, ref: str, value: str | None, command: tuple[str, ...] | None
    ) -> Secret | None:
        if value:
            return Secret(value)
        if command is None:
            return None
        return Secret(secret_of(command, self._environ, where=f"credential {ref!r}"))

    def _missing(self, ref: str, what: str, variable: str) -> CredentialError:
        looked = [f"${variable_of(ref, variable)}"]
        looked.append(str(self._file) if self._file else "no credentials file")
        looked.append("a prompt" if self._ask else "no terminal to ask on")
        return CredentialError(
            f"credential {ref!r} has no {what}; looked in {', '.join(looked)}",
            hint=f"put `{ref}: {{username: …, password: …, hosts: […]}}` into a file of your own, "
            f"mode 0600, and name it in ${FILE_VARIABLE}",
        )


def _covers(pattern: str, address: str) -> bool:
    name = address.rstrip(".").lower()
    try:
        ip = ipaddress.ip_address(name)
        return ip in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        # One of the two is a name: a network says nothing of names, which anybody may point at it.
        return fnmatchcase(name, pattern.rstrip(".").lower())
