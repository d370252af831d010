"""Where credentials are kept: environment, systemd, the operator's own file, a person's head."""

import atexit
import functools
import getpass
import sys
import termios
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from netintegrity import strict_yaml
from netintegrity.collect.operator_files import own_bytes
from netintegrity.collect.secret_command import check_command
from netintegrity.errors import ConfigError, CredentialError

DIRECTORY_VARIABLE: Final = "CREDENTIALS_DIRECTORY"
"""Where systemd puts what ``LoadCredential=`` and its kin name; systemd.exec(5), "Credentials"."""
FILE_VARIABLE: Final = "NETINTEGRITY_CREDENTIALS"
_WORDS: Final = ("username", "password", "enable", "key_file", "passphrase", "certificate_file")
_SECRETS: Final = ("password", "enable", "passphrase")
_COMMANDS: Final = tuple(f"{secret}_command" for secret in _SECRETS)
_FILE_NAME: Final = "credentials.yaml"
_KNOWN: Final = frozenset({*_WORDS, *_COMMANDS, "hosts", "agent"})
_MOST_SECRET_BYTES: Final = 4096
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
    password_command: tuple[str, ...] | None = None
    enable_command: tuple[str, ...] | None = None
    passphrase_command: tuple[str, ...] | None = None

    @property
    def can_log_in(self) -> bool:
        """True if there is something to offer."""
        return bool(self.password or self.password_command or self.key_file or self.agent)

    def over(self, other: "Fields") -> "Fields":
        """Return this, and ``other`` where this says nothing."""
        mine = {f: getattr(self, f) for f in self.__dataclass_fields__}
        return replace(other, **{f: v for f, v in mine.items() if v is not None})

    def __repr__(self) -> str:
        return "<credential fields>"


def ask_on_terminal(question: str, secret: bool) -> str:
    """Ask a person; what is secret is not echoed."""
    if secret:
        _echo_again_at_exit()
        return getpass.getpass(question, stream=sys.stderr)
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


@functools.cache
def _echo_again_at_exit() -> None:
    """Leave the terminal as it was, even where the thread that asks never gets an answer."""
    try:
        before = termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, OSError, ValueError):
        return
    atexit.register(termios.tcsetattr, sys.stdin.fileno(), termios.TCSADRAIN, before)


def default_file(environ: Mapping[str, str]) -> Path | None:
    """Return where the operator's file lies by default; None: there is no home.

    A service's own is the one systemd hands it as ``credentials.yaml``.
    """
    handed = _handed_over(environ, _FILE_NAME)
    if handed is not None:
        return handed
    base = environ.get("XDG_CONFIG_HOME") or (
        f"{environ['HOME']}/.config" if environ.get("HOME") else None
    )
    return Path(base) / "netintegrity" / _FILE_NAME if base else None


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


def of_systemd(environ: Mapping[str, str], ref: str) -> Fields:
    """Return the secrets systemd hands over for a credential: ``<ref>.password`` and the like.

    Raises:
        CredentialError: one is no single line, or others can read it.
    """
    found: dict[str, str] = {}
    for secret in _SECRETS:
        file = _handed_over(environ, f"{ref}.{secret}")
        if file is not None:
            raw = own_bytes(file, most_bytes=_MOST_SECRET_BYTES, group_may_read=True)
            try:
                line = raw.decode().removesuffix("\n")
            except UnicodeDecodeError:
                raise CredentialError("not UTF-8", where=str(file)) from None
            if len(raw) > _MOST_SECRET_BYTES or not line or "\n" in line:
                raise CredentialError("expected one line, the secret", where=str(file))
            found[secret] = line
    return Fields(
        password=found.get("password"),
        enable=found.get("enable"),
        passphrase=found.get("passphrase"),
    )


def _handed_over(environ: Mapping[str, str], name: str) -> Path | None:
    folder = environ.get(DIRECTORY_VARIABLE)
    if not folder or not Path(folder).is_absolute():
        return None
    file = Path(folder) / name
    return file if file.is_file() else None


def _content(file: Path, environ: Mapping[str, str]) -> bytes:
    from_systemd = file == _handed_over(environ, _FILE_NAME)
    return own_bytes(file, most_bytes=strict_yaml.MAX_BYTES, group_may_read=from_systemd)


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a list written with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def of_file(file: Path, environ: Mapping[str, str]) -> dict[str, Fields]:
    """Return what the operator's file says, by name of the credential.

    Raises:
        CredentialError: it is not the operator's own, others can read it, or it is no YAML.
        ExceptionGroup: of CredentialErrors, one for each fault in it.
    """
    try:
        value = strict_yaml.load(_content(file, environ), name=str(file))
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
    for secret, command in zip(_SECRETS, _COMMANDS, strict=True):
        if secret in words and entry.get(command) is not None:
            faults.add(entry.line, f"{ref}.{command}", f"expected it or {secret}, not both")
    commands = {name: _command(faults, f"{ref}.{name}", entry.get(name)) for name in _COMMANDS}
    return Fields(
        username=words.get("username"),
        password=words.get("password"),
        enable=words.get("enable"),
        hosts=hosts or None,
        key_file=words.get("key_file"),
        agent=_FLAGS.get(agent.lower()) if agent is not None else None,
        passphrase=words.get("passphrase"),
        certificate_file=words.get("certificate_file"),
        password_command=commands["password_command"],
        enable_command=commands["enable_command"],
        passphrase_command=commands["passphrase_command"],
    )


def _command(
    faults: strict_yaml.Faults, path: str, value: strict_yaml.Value | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    # Not by `faults.sequence`: its message shows what stands there instead.
    if not isinstance(value, strict_yaml.Seq) or not all(
        isinstance(word, strict_yaml.Text) for word in value
    ):
        what = "expected a list of words, the program first; there is no shell"
        faults.add(value.line, path, what)
        return None
    words = tuple(str(word) for word in value)
    try:
        check_command(words)
    except ValueError as error:
        faults.add(value.line, path, str(error))
    return words
