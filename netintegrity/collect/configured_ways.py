"""The ways an ``ssh_config`` leads, put over those a site states.

Of a device it may say where it really is (HostName, Port) and how to get there (ProxyJump,
ProxyCommand); the jump hosts a site names keep their place. The hops of a ProxyJump are looked up
in the same file, as ``ssh`` does, and log in with what it says of them.
"""

import getpass
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from netintegrity.collect.credential_sources import Fields
from netintegrity.collect.credentials import Credential, CredentialProvider
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.proxy_command import ProxyCommand, words_of
from netintegrity.collect.ssh_config import HostConfig, SshConfig, expanded
from netintegrity.collect.ways import Way, Ways
from netintegrity.errors import ConfigError
from netintegrity.model.device import Device, JumpHost

_DEEPEST: Final = 8
_DEFAULT_KEYS: Final = ("id_ed25519", "id_ecdsa", "id_rsa")
# bastion    audit@bastion:2222    [2001:db8::1]:22    ssh://audit@bastion:2222
_HOP: Final = re.compile(
    r"(?:ssh://)?(?:([^@\s]{1,64})@)?(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?/?"
)


@dataclass
class ConfiguredWays:
    """One ``ssh_config``, followed for the devices of one run."""

    config: SshConfig
    provider: CredentialProvider
    home: Path
    environ: Mapping[str, str]
    may_run: bool
    """True: the operator allowed ProxyCommand by name."""
    _hosts: dict[str, JumpHost] = field(default_factory=dict)
    _logins: dict[JumpHost, Credential] = field(default_factory=dict)
    _masters: dict[str, Path] = field(default_factory=dict)
    _commands: dict[str, ProxyCommand] = field(default_factory=dict)
    _known: list[Path] = field(default_factory=list)

    def over(self, base: Ways, devices: Iterable[Device]) -> Ways:
        """Return ``base`` with what the file says of these devices.

        Raises:
            ConfigError: what it says cannot be followed; with its line.
        """
        ways = {device.name: self._way(device) for device in devices}
        for key, host in base.hosts.items():
            named = self.config.of(host.name)
            found = named if named.address == host.address else self.config.of(host.address)
            if found.control_path is not None:
                self._masters[key] = found.control_path

        def credentials(host: JumpHost) -> Credential:
            login = self._logins.get(host)
            if login is None or self.provider.has(host.credential_ref):
                return base.credentials(host)
            return login

        return replace(
            base,
            hosts={**base.hosts, **self._hosts},
            credentials=credentials,
            devices=ways,
            masters=self._masters,
            commands=self._commands,
        )

    def keys_beside(self, keys: HostKeys) -> HostKeys:
        """Return ``keys``, and those of every UserKnownHostsFile that was met on the way.

        Raises:
            ConfigError: one cannot be read, or others can write it.
        """
        for file in self._known:
            if not file.exists():
                continue
            found = file.stat()
            if found.st_uid not in {0, os.geteuid()} or found.st_mode & 0o022:
                raise ConfigError("others can write it, and so pin keys", where=str(file))
            keys = keys.and_those_of(HostKeys.read(file))
        return keys

    def _way(self, device: Device) -> Way:
        found = self.config.of(device.address)
        port = found.port if found.port is not None and device.port == 22 else device.port
        self._known += [f for f in found.known_hosts if f not in self._known]
        login = Fields(
            username=found.user,
            key_file=str(found.identity_files[0]) if found.identity_files else None,
            certificate_file=str(found.certificate_file) if found.certificate_file else None,
        )
        way = Way(address=found.address, port=port, jump=device.jump, login=login)
        if way.jump is not None:
            return way
        if found.proxy_command is not None:
            return replace(way, command=self._command(found, way.address, way.port))
        return replace(way, jump=self._chain(found.proxy_jump, (device.address,)))

    def _chain(self, hops: tuple[str, ...], seen: tuple[str, ...]) -> str | None:
        """Return the key of the last of some hops; each leads to the next, the first as it may."""
        key: str | None = None
        for number, hop in enumerate(hops):
            key = self._hop(hop.strip(), key, seen, is_first=number == 0)
        return key

    def _hop(self, hop: str, before: str | None, seen: tuple[str, ...], *, is_first: bool) -> str:
        parts = _HOP.fullmatch(hop)
        if parts is None:
            raise ConfigError(f"ProxyJump: no host: {hop[:80]!r}", where="ssh_config")
        user, name, port = parts[1], parts[2] or parts[3], parts[4]
        if name.lower() in seen or len(seen) > _DEEPEST:
            raise ConfigError(
                f"ProxyJump leads in a circle, or too far: {' behind '.join([*seen, name])[:200]}",
                where="ssh_config",
            )
        found = self.config.of(name)
        self._known += [f for f in found.known_hosts if f not in self._known]
        at = int(port) if port else found.port or 22
        if is_first:
            before = self._chain(found.proxy_jump, (*seen, name.lower()))
        host = JumpHost(name=name, address=found.address, port=at, credential_ref=name, jump=before)
        key = f"{before or ''} > {hop}"
        self._hosts[key] = host
        self._logins[host] = self._login(name, user, found)
        if found.control_path is not None:
            self._masters[key] = found.control_path
        if is_first and before is None and found.proxy_command is not None:
            self._commands[key] = self._command(found, found.address, at)
        return key

    def _login(self, name: str, user: str | None, found: HostConfig) -> Credential:
        keys = found.identity_files
        if not keys:
            default = (self.home / ".ssh" / file for file in _DEFAULT_KEYS)
            keys = tuple(file for file in default if file.is_file())
        return Credential(
            ref=f"ssh_config {name}",
            username=user or found.user or getpass.getuser(),
            password=None,
            key_files=keys,
            certificate_file=found.certificate_file,
            agent=found.uses_agent,
            hosts=(found.address,),
        )

    def _command(self, found: HostConfig, address: str, port: int) -> ProxyCommand:
        if found.proxy_command is None:
            raise AssertionError("only asked where there is one")
        text, where = found.proxy_command
        if not self.may_run:
            raise ConfigError(
                "ProxyCommand runs a program",
                where=where,
                hint="--allow-proxy-command allows it; ProxyJump and ControlPath need none",
            )
        if not self.config.is_private:
            raise ConfigError(
                "others can read a file that names a program to run", where=where, hint="chmod 600"
            )
        tokens = {
            "%": "%",
            "h": address,
            "p": str(port),
            "r": found.user or getpass.getuser(),
        }
        try:
            words = words_of(text)
        except ValueError as error:
            raise ConfigError(f"ProxyCommand: {error}", where=where) from error
        return ProxyCommand(
            words=tuple(expanded(word, tokens, where=where) for word in words),
            environ=self.environ,
        )
