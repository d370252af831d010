"""Where credentials are kept: the environment, the operator's own file, a person's head."""

import getpass
import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from netintegrity import strict_yaml
from netintegrity.errors import ConfigError, CredentialError

FILE_VARIABLE: Final = "NETINTEGRITY_CREDENTIALS"
_WORDS: Final = ("username", "password", "enable", "key_file", "passphrase", "certificate_file")
_KNOWN: Final = frozenset({*_WORDS, "hosts", "agent"})
_FLAGS: Final = {"true": True, "yes": True, "false": False, "no": False, "": False}

Ask = Callable[[str, bool], str]
"""Question, and whether the answer is secret; returns the answer."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What one source says; None: nothing."""

    username: str | None = None
    password: str | None = None
    enable: str | None = None
    hosts: tuple[str, ...] | None = None
    key_file: str | None = None
    agent: bool | None = None
    passphrase: str | None = None
    certificate_file: str | None = None

    def over(self, other: "Fields") -> "Fields":
        """Return this, and ``other`` where this says nothing."""
        mine = {f: getattr(self, f) for f in self.__dataclass_fields__}
        return replace(other, **{f: v for f, v in mine.items() if v is not None})

    def __repr__(self) -> str:
        return "<credential fields>"


def ask_on_terminal(question: str, secret: bool) -> str:
    """Ask a person; what is secret is not echoed."""
    if secret:
        return getpass.getpass(question, stream=sys.stderr)
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def default_file(environ: Mapping[str, str]) -> Path | None:
    """Return where the operator's file lies by default; None: there is no home."""
    base = environ.get("XDG_CONFIG_HOME") or (
        f"{environ['HOME']}/.config" if environ.get("HOME") else None
    )
    return Path(base) / "netintegrity" / "credentials.yaml" if base else None


def variable_of(ref: str, field: str) -> str:
    """Return the environment variable of one field of a credential."""
    return f"NETINTEGRITY_{ref.upper().replace('-', '_').replace('.', '_')}_{field}"


def of_environment(environ: Mapping[str, str], ref: str) -> Fields:
    """Return what the environment says of a credential."""
    hosts = environ.get(variable_of(ref, "HOSTS"))
    return Fields(
        username=environ.get(variable_of(ref, "USERNAME")) or None,
        password=environ.get(variable_of(ref, "PASSWORD")) or None,
        enable=environ.get(variable_of(ref, "ENABLE")) or None,
        hosts=listed(hosts) if hosts else None,
        key_file=environ.get(variable_of(ref, "KEY_FILE")) or None,
        passphrase=environ.get(variable_of(ref, "PASSPHRASE")) or None,
        certificate_file=environ.get(variable_of(ref, "CERTIFICATE_FILE")) or None,
    )


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a list written with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def of_file(file: Path) -> dict[str, Fields]:
    """Return what the operator's file says, by name of the credential.

    Raises:
        CredentialError: it is not the operator's own, others can read it, or it is no YAML.
        ExceptionGroup: of CredentialErrors, one for each fault in it.
    """
    try:
        value = strict_yaml.load(_own_bytes(file), name=str(file))
    except CredentialError:
        raise
    except ConfigError as error:
        # Without its cause: a YAML error carries the lines around the fault, secrets among them.
        raise CredentialError(str(error)) from None
    faults = strict_yaml.Faults(str(file), CredentialError)
    stored: dict[str, Fields] = {}
    if isinstance(value, strict_yaml.Map):
        stored = {ref: _stored(faults, ref, value[ref]) for ref in value}
    elif value is not None:
        faults.add(value.line, "", "expected credentials by name")
    faults.raise_any(str(file))
    return stored


def _stored(faults: strict_yaml.Faults, ref: str, value: strict_yaml.Value) -> Fields:
    # Not by `faults.mapping`: its message shows what stands there instead, maybe a password.
    if not isinstance(value, strict_yaml.Map):
        faults.add(value.line, ref, "expected username, password and hosts below it")
        return Fields()
    entry = value
    faults.known(entry, _KNOWN, ref)
    words = {
        field: text for field in _WORDS if (text := faults.text(entry.get(field), f"{ref}.{field}"))
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
    return Fields(
        **words,
        hosts=hosts or None,
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
    try:
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
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return stream.read(strict_yaml.MAX_BYTES + 1)
    finally:
        os.close(descriptor)
