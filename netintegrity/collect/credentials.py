"""Who logs in where: the operator's own credentials, and the hosts each may be offered to.

An inventory names a credential and never holds one. Sources, field by field, the first that has
it: environment, the operator's file, a prompt on a terminal.
"""

import getpass
import ipaddress
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Self

from netintegrity import strict_yaml
from netintegrity.collect.secret import SHORTEST_CUT, Secret
from netintegrity.errors import ConfigError, CredentialError
from netintegrity.model.device import Device

FILE_VARIABLE: Final = "NETINTEGRITY_CREDENTIALS"
_FIELDS: Final = frozenset({"username", "password", "enable", "hosts", "key_file", "agent"})
_FLAGS: Final = {"true": True, "yes": True, "false": False, "no": False, "": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is offered to one device."""

    ref: str
    username: str
    password: Secret | None
    """None: only where a key file or an agent answers."""
    enable: Secret | None = None
    key_file: Path | None = None
    """Private key; the password unlocks it where it needs one."""
    agent: bool = False
    """Ask the operator's ssh-agent."""
    hosts: tuple[str, ...] = ()
    """Networks or name globs it may be offered to."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must appear in no evidence."""
        return tuple(s for s in (self.password, self.enable) if s is not None)

    def may_be_offered_to(self, address: str) -> bool:
        """Say whether ``hosts`` covers ``address``, an IP address or a name."""
        return any(_covers(pattern, address) for pattern in self.hosts)


@dataclass(frozen=True, slots=True)
class _Fields:
    """What one source says; None: nothing."""

    username: str | None = None
    password: str | None = None
    enable: str | None = None
    hosts: tuple[str, ...] | None = None
    key_file: str | None = None
    agent: bool | None = None

    def over(self, other: "_Fields") -> "_Fields":
        """Return this, and ``other`` where this says nothing."""
        mine = {f: getattr(self, f) for f in self.__dataclass_fields__}
        return replace(other, **{f: v for f, v in mine.items() if v is not None})

    def __repr__(self) -> str:
        return "<credential fields>"


class CredentialProvider:
    """Resolves the credential of each device, asking a person at most once for each."""

    def __init__(
        self,
        environ: Mapping[str, str],
        file: Path | None = None,
        *,
        ask: "Ask | None" = None,
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
        self._stored = {} if file is None else _read(file)
        self._resolved: dict[str, Credential] = {}
        self._lock = threading.Lock()

    @classmethod
    def of_operator(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Return the provider of whoever runs this process.

        Raises:
            CredentialError: see :class:`CredentialProvider`; also a named file that is absent.
        """
        env = os.environ if environ is None else environ
        named = env.get(FILE_VARIABLE)
        path = Path(named) if named else _default_file(env)
        if path is not None and not named and not path.exists() and not path.is_symlink():
            path = None
        return cls(env, path, ask=ask_on_terminal if sys.stdin.isatty() else None)

    def for_device(self, device: Device) -> Credential:
        """Return the credential this device names.

        Raises:
            CredentialError: there is none, it lacks a field, or it is not for this address.
        """
        credential = self._resolve(device.credential_ref)
        if not credential.may_be_offered_to(device.address):
            raise CredentialError(
                f"credential {credential.ref!r} may not be offered to {device.address}; "
                f"its hosts: {', '.join(credential.hosts)}",
                where=device.name,
                hint="add the address to `hosts` of the credential, if that is where it belongs",
            )
        return credential

    def require(self, devices: Iterable[Device]) -> None:
        """Check that every device has its credential, before anything is connected to.

        Raises:
            ExceptionGroup: of CredentialErrors, one for each device or credential that lacks one.
        """
        faults: dict[str, CredentialError] = {}
        for device in devices:
            try:
                self.for_device(device)
            except CredentialError as error:
                faults.setdefault(str(error), error)
        if faults:
            raise ExceptionGroup("credentials", list(faults.values()))

    def short_secrets(self) -> tuple[str, ...]:
        """Return the references whose password is too short to be cut out of an answer."""
        return tuple(
            ref
            for ref, credential in sorted(self._resolved.items())
            if any(len(s.reveal()) < SHORTEST_CUT for s in credential.secrets)
        )

    def _resolve(self, ref: str) -> Credential:
        with self._lock:
            if ref not in self._resolved:
                found = _of_environment(self._environ, ref).over(self._stored.get(ref, _Fields()))
                if self._ask is not None:
                    found = found.over(self._asked(ref, found))
                self._resolved[ref] = self._checked(ref, found)
            return self._resolved[ref]

    def _asked(self, ref: str, found: _Fields) -> _Fields:
        ask = self._ask
        if ask is None or (found.password or found.key_file or found.agent):
            return _Fields()
        hosts = found.hosts or _listed(ask(f"Hosts credential {ref!r} may be offered to: ", False))
        username = found.username or ask(f"User name of {ref!r}: ", False)
        return _Fields(username, ask(f"Password of {ref!r}: ", True) or None, None, hosts)

    def _checked(self, ref: str, found: _Fields) -> Credential:
        if not found.username:
            raise self._missing(ref, "user name", "USERNAME")
        if not (found.password or found.key_file or found.agent):
            raise self._missing(ref, "password", "PASSWORD")
        if not found.hosts:
            raise self._missing(ref, "list of hosts it may be offered to", "HOSTS")
        try:
            return Credential(
                ref=ref,
                username=found.username,
                password=Secret(found.password) if found.password else None,
                enable=Secret(found.enable) if found.enable else None,
                key_file=Path(found.key_file).expanduser() if found.key_file else None,
                agent=bool(found.agent),
                hosts=found.hosts,
            )
        except ValueError as error:
            raise CredentialError(f"credential {ref!r}: {error}") from error

    def _missing(self, ref: str, what: str, variable: str) -> CredentialError:
        looked = [f"${_variable(ref, variable)}"]
        looked.append(str(self._file) if self._file else "no credentials file")
        looked.append("a prompt" if self._ask else "no terminal to ask on")
        return CredentialError(
            f"credential {ref!r} has no {what}; looked in {', '.join(looked)}",
            hint=f"put `{ref}: {{username: …, password: …, hosts: […]}}` into a file of your own, "
            f"mode 0600, and name it in ${FILE_VARIABLE}",
        )


Ask = Callable[[str, bool], str]
"""Question, and whether the answer is secret; returns the answer."""


def ask_on_terminal(question: str, secret: bool) -> str:
    """Ask a person; what is secret is not echoed."""
    if secret:
        return getpass.getpass(question, stream=sys.stderr)
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _default_file(environ: Mapping[str, str]) -> Path | None:
    base = environ.get("XDG_CONFIG_HOME") or (
        f"{environ['HOME']}/.config" if environ.get("HOME") else None
    )
    return Path(base) / "netintegrity" / "credentials.yaml" if base else None


def _variable(ref: str, field: str) -> str:
    return f"NETINTEGRITY_{ref.upper().replace('-', '_').replace('.', '_')}_{field}"


def _of_environment(environ: Mapping[str, str], ref: str) -> _Fields:
    hosts = environ.get(_variable(ref, "HOSTS"))
    return _Fields(
        username=environ.get(_variable(ref, "USERNAME")) or None,
        password=environ.get(_variable(ref, "PASSWORD")) or None,
        enable=environ.get(_variable(ref, "ENABLE")) or None,
        hosts=_listed(hosts) if hosts else None,
        key_file=environ.get(_variable(ref, "KEY_FILE")) or None,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _covers(pattern: str, address: str) -> bool:
    name = address.rstrip(".").lower()
    try:
        ip = ipaddress.ip_address(name)
        return ip in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        # One of the two is a name: a network says nothing of names, which anybody may point at it.
        return fnmatchcase(name, pattern.rstrip(".").lower())


def _read(file: Path) -> dict[str, _Fields]:
    try:
        value = strict_yaml.load(_own_bytes(file), name=str(file))
    except CredentialError:
        raise
    except ConfigError as error:
        # Without its cause: a YAML error carries the lines around the fault, secrets among them.
        raise CredentialError(str(error)) from None
    faults = strict_yaml.Faults(str(file), CredentialError)
    stored: dict[str, _Fields] = {}
    if isinstance(value, strict_yaml.Map):
        stored = {ref: _stored(faults, ref, value[ref]) for ref in value}
    elif value is not None:
        faults.add(value.line, "", "expected credentials by name")
    faults.raise_any(str(file))
    return stored


def _stored(faults: strict_yaml.Faults, ref: str, value: strict_yaml.Value) -> _Fields:
    # Not by `faults.mapping`: its message shows what stands there instead, maybe a password.
    if not isinstance(value, strict_yaml.Map):
        faults.add(value.line, ref, "expected username, password and hosts below it")
        return _Fields()
    entry = value
    faults.known(entry, _FIELDS, ref)
    words = {
        field: text
        for field in ("username", "password", "enable", "key_file")
        if (text := faults.text(entry.get(field), f"{ref}.{field}"))
    }
    hosts = tuple(
        str(text)
        for item in faults.sequence(entry.get("hosts"), f"{ref}.hosts")
        if (text := faults.text(item, f"{ref}.hosts"))
    )
    if not hosts:
        faults.add(entry.line, f"{ref}.hosts", "expected the networks or names it is for")
    agent = faults.text(entry.get("agent"), f"{ref}.agent")
    if agent is not None and agent.lower() not in _FLAGS:
        faults.add(agent.line, f"{ref}.agent", "expected true or false")
    return _Fields(
        username=words.get("username"),
        password=words.get("password"),
        enable=words.get("enable"),
        hosts=hosts or None,
        key_file=words.get("key_file"),
        agent=_FLAGS.get(agent.lower()) if agent is not None else None,
    )


def _own_bytes(file: Path) -> bytes:
    hint = f"chmod 600 {file}; it must be yours, and a file rather than a link"
    try:
        # Without following a link, and without waiting for the other end of a FIFO; what is judged
        # is the very file that is read.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise CredentialError(
            f"cannot be opened: {error.strerror}", where=str(file), hint=hint
        ) from error
    with os.fdopen(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise CredentialError("not a plain file", where=str(file), hint=hint)
        if found.st_uid not in {0, os.geteuid()}:
            raise CredentialError("belongs to somebody else", where=str(file), hint=hint)
        if found.st_mode & 0o077:
            mode = stat.S_IMODE(found.st_mode)
            raise CredentialError(
                f"others can read it (mode {mode:04o})", where=str(file), hint=hint
            )
        return stream.read(strict_yaml.MAX_BYTES + 1)
