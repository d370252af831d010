"""What an ``ssh_config`` says of a host, read without running or resolving anything.

paramiko's reader runs what ``Match exec`` names, asks the resolver for canonical names, and knows
no ``Include``; this one reads the file the operator named and refuses, with its line, what it
would have to run or ask to understand. Options that are not about the way to a host are skipped:
none of them could make a check here weaker.

Source: ssh_config(5) of OpenSSH 9.2; the first value that is obtained counts.
"""

import getpass
import hashlib
import os
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from netintegrity.collect.ssh_config_text import Asked, Directive, Reader, refuse
from netintegrity.errors import ConfigError

_TOKEN: Final = re.compile(r"%(.)")
_NOT_READ: Final = {
    "canonicalizehostname": "it would make the resolver choose the host",
    "hostkeyalias": "pin the key under the address itself",
    "proxyusefdpass": "a command that hands over a connection is not used",
}
_OFF: Final = frozenset({"no", "none", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HostConfig:
    """What holds for one host."""

    address: str
    port: int | None
    """None: not stated."""
    user: str | None
    identity_files: tuple[Path, ...]
    certificate_file: Path | None
    uses_agent: bool
    proxy_jump: tuple[str, ...]
    """Outermost first, as written; empty: none, or a command instead."""
    proxy_command: tuple[str, str] | None
    """As written, tokens and all, and its file and line; None: none, or jump hosts instead."""
    known_hosts: tuple[Path, ...]
    control_path: Path | None


class SshConfig:
    """One file, with all it includes."""

    def __init__(self, directives: Sequence[Directive], file: Path, home: Path) -> None:
        """Keep them in their order; use :meth:`read`."""
        self._directives = tuple(directives)
        self._file = file
        self._home = home
        self.is_private = True
        """False: others can read it, or what it includes."""

    @classmethod
    def read(cls, file: Path, *, home: Path) -> "SshConfig":
        """Return what a file says.

        Args:
            file: the operator named it; nothing is read that they did not.
            home: whose ``.ssh`` relative names in it mean.

        Raises:
            ConfigError: it cannot be read, others could have written it, or it says what cannot be
                followed; with its line.
        """
        reader = Reader(home)
        found = cls(list(reader.read(file, (), 0)), file, home)
        found.is_private = reader.all_private
        return found

    def of(self, name: str) -> HostConfig:
        """Return what holds for a host, as it would be named to ``ssh``.

        Raises:
            ConfigError: what it says cannot be followed; with its line.
        """
        values: dict[str, Directive] = {}
        files: dict[str, list[str]] = {"identityfile": [], "certificatefile": []}
        for directive in self._directives:
            asked = Asked(name, values)
            if not all(holds(asked) for holds in directive.conditions):
                continue
            if directive.keyword in files:
                files[directive.keyword].append(directive.words[0])
            else:
                values.setdefault(directive.keyword, directive)
        for keyword, why in _NOT_READ.items():
            if keyword in values and values[keyword].words[0].lower() not in _OFF:
                refuse(values[keyword], why)
        return self._of(Asked(name, values), files)

    def _of(self, asked: Asked, files: Mapping[str, Sequence[str]]) -> HostConfig:
        values = asked.values
        port, user = _port(values.get("port")), _first(values, "user")
        tokens = self._tokens(asked, port, user)

        def path(text: str) -> Path:
            return self._path(text, tokens)

        jump, command = values.get("proxyjump"), values.get("proxycommand")
        if jump is not None and command is not None:
            # Whichever stands first counts, for OpenSSH too.
            order = list(values)
            jump, command = (
                (jump, None)
                if order.index("proxyjump") < order.index("proxycommand")
                else (None, command)
            )
        hops = _first(values, "proxyjump") if jump else None
        identity = [f for f in files["identityfile"] if f.lower() != "none"]
        control = _first(values, "controlpath")
        known = values["userknownhostsfile"].words if "userknownhostsfile" in values else ()
        return HostConfig(
            address=tokens["h"],
            port=port,
            user=user,
            identity_files=tuple(dict.fromkeys(path(f) for f in identity)),
            certificate_file=next((path(f) for f in files["certificatefile"]), None),
            uses_agent=(_first(values, "identityagent") or "").lower() != "none",
            proxy_jump=() if hops is None or hops.lower() == "none" else tuple(hops.split(",")),
            proxy_command=(
                (" ".join(command.words), f"{command.file}:{command.line}")
                if command is not None and command.words[0].lower() != "none"
                else None
            ),
            known_hosts=tuple(path(f) for f in known if f.lower() != "none"),
            control_path=path(control) if control and control.lower() != "none" else None,
        )

    def _tokens(self, asked: Asked, port: int | None, user: str | None) -> dict[str, str]:
        here, local = socket.gethostname(), getpass.getuser()
        address, number, remote = asked.address.lower(), str(port or 22), user or local
        whole = hashlib.sha1(f"{here}{address}{number}{remote}".encode(), usedforsecurity=False)
        return {
            "%": "%",
            "C": whole.hexdigest(),
            "d": str(self._home),
            "h": address,
            "i": str(os.getuid()),
            "L": here.split(".", 1)[0],
            "l": here,
            "n": asked.name,
            "p": number,
            "r": remote,
            "u": local,
        }

    def _path(self, text: str, tokens: Mapping[str, str]) -> Path:
        whole = expanded(text, tokens, where=str(self._file))
        if whole.startswith("~/"):
            return self._home / whole[2:]
        path = Path(whole)
        if not path.is_absolute():
            raise ConfigError(
                f"expected a whole path or one that begins with ~/, got {text!r}",
                where=str(self._file),
            )
        return path


def expanded(text: str, tokens: Mapping[str, str], *, where: str) -> str:
    """Return ``text`` with its ``%`` tokens replaced.

    Raises:
        ConfigError: one is not known here.
    """

    def replaced(found: re.Match[str]) -> str:
        if found[1] not in tokens:
            raise ConfigError(f"the token {found[0]!r} is not known here", where=where)
        return tokens[found[1]]

    return _TOKEN.sub(replaced, text)


def _first(values: Mapping[str, Directive], keyword: str) -> str | None:
    return values[keyword].words[0] if keyword in values else None


def _port(directive: Directive | None) -> int | None:
    if directive is None:
        return None
    text = directive.words[0]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        refuse(directive, f"expected a port, got {text!r}")
    return int(text)
