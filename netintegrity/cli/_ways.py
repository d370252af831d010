"""How devices are reached and logged in to: what the commands that connect share."""

import argparse
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from netintegrity.errors import ConfigError

if TYPE_CHECKING:
    from netintegrity.collect.credentials import Credential, CredentialProvider
    from netintegrity.collect.hostkeys import HostKeys
    from netintegrity.collect.ways import Ways
    from netintegrity.inventory.site import Site
    from netintegrity.model.device import Device, JumpHost


def add_ssh_config(parser: argparse.ArgumentParser) -> None:
    """Add what says how ``ssh`` would get there."""
    parser.add_argument(
        "--ssh-config",
        type=Path,
        metavar="FILE",
        help="follow this ssh_config too, such as ~/.ssh/config: HostName, Port, User, "
        "IdentityFile, ProxyJump, ControlPath, UserKnownHostsFile; none is followed by default",
    )
    parser.add_argument(
        "--allow-proxy-command",
        action="store_true",
        help="run the programs its ProxyCommand names, without a shell",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Everything it takes to reach the devices of a site."""

    keys: "HostKeys"
    provider: "CredentialProvider"
    ways: "Ways"

    def credential_of(self, server: "Device | JumpHost") -> "Credential":
        """Return what may be offered to a server.

        Raises:
            CredentialError: nothing may.
        """
        from netintegrity.model.device import Device

        if not isinstance(server, Device):
            return self.ways.credentials(server)
        way = self.ways.to(server)
        return self.provider.for_server(
            server.credential_ref, way.address, name=server.name, otherwise=way.login
        )


def access_to(
    site: "Site",
    devices: "Iterable[Device]",
    *,
    ssh_config: Path | None = None,
    allow_proxy_command: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Access:
    """Return the ways to these devices, by what the site says and the file that was named.

    Raises:
        ConfigError: the file cannot be followed.
        CredentialError: the operator's own file is not in order.
    """
    from netintegrity.collect.credentials import CredentialProvider
    from netintegrity.collect.hostkeys import HostKeys
    from netintegrity.collect.ways import Ways

    if allow_proxy_command and ssh_config is None:
        raise ConfigError("is for the file of --ssh-config", where="--allow-proxy-command")
    keys = HostKeys.read(site.known_hosts)
    provider = CredentialProvider.of_operator(environ)
    ways = Ways(
        hosts=site.jump_hosts, credentials=provider.for_jump_host, person=provider.at_terminal
    )
    if ssh_config is not None:
        from netintegrity.collect.configured_ways import ConfiguredWays
        from netintegrity.collect.ssh_config import SshConfig

        home = Path(environ.get("HOME") or Path.home())
        configured = ConfiguredWays(
            SshConfig.read(ssh_config, home=home),
            provider,
            home=home,
            environ=environ,
            may_run=allow_proxy_command,
        )
        ways = configured.over(ways, devices)
        keys = configured.keys_beside(keys)
    return Access(keys=keys, provider=provider, ways=ways)


def located(server: "Device | JumpHost", ways: "Ways") -> "Device | JumpHost":
    """Return a server under the address by which it is reached, and known by its key."""
    from netintegrity.model.device import Device

    if not isinstance(server, Device):
        return server
    way = ways.to(server)
    return replace(server, address=way.address, port=way.port)
