"""The many names of a platform: ours, netmiko's, Ansible's (long and short) and NAPALM's.

Sources: `netmiko.ssh_dispatcher` 4.8; the `ansible_network_os` values of the collections named;
https://napalm.readthedocs.io/en/latest/support/ ("Driver name"). A platform module adds its own.
"""

import difflib
from collections.abc import Mapping
from typing import Final

from netintegrity.inventory._grammar import (
    UnfitError,
    quoted,
)
from netintegrity.platforms._spec import Platform

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "cisco_ios": ("ios", "cisco.ios.ios"),
    "cisco_iosxe": ("cisco_xe", "iosxe"),
    "cisco_iosxr": ("cisco_xr", "iosxr", "cisco.iosxr.iosxr"),
    "cisco_nxos": ("nxos", "nxos_ssh", "cisco.nxos.nxos"),
    "cisco_asa": ("asa", "cisco.asa.asa"),
    "cisco_fxos": ("fxos", "cisco_ftd"),
    "arista_eos": ("eos", "arista.eos.eos"),
    "juniper_junos": ("junos", "juniper", "junipernetworks.junos.junos"),
    "juniper_junos_evolved": ("junos_evolved",),
    "nokia_sros": ("sros", "alcatel_sros", "nokia.sros.md", "nokia.sros.classic"),
    "huawei_vrp": ("vrp", "huawei", "huawei_vrpv8", "ce", "community.network.ce"),
    "aruba_aoscx": ("aoscx", "arubanetworks.aoscx.aoscx"),
    "aruba_aoss": ("aruba_osswitch", "aruba_procurve", "hp_procurve", "procurve"),
    "paloalto_panos": ("panos",),
    "fortinet_fortios": ("fortios", "fortinet", "fortinet.fortios.fortios"),
    "f5_tmos": ("tmos", "f5_tmsh", "f5_ltm", "f5_linux"),
    "dell_os10": ("os10", "dellos10", "dellemc.os10.os10"),
    "extreme_exos": ("exos", "extreme", "community.network.exos"),
    "extreme_voss": ("voss", "extreme_vsp", "avaya_vsp", "community.network.voss"),
    "mikrotik_routeros": ("routeros", "ros", "community.routeros.routeros"),
    "sonic": ("dell_sonic", "edgecore_sonic", "dellemc.enterprise_sonic.sonic"),
    "vyos": ("vyatta_vyos", "vyos.vyos.vyos"),
    "openwrt": (),
    "cumulus": ("cumulus_linux",),
    "opnsense": (),
    "openbsd": (),
    "debian": (),
}
"""Every platform this program means to know, whether or not a module reads it yet."""

_LINES: Final = {"_telnet": "Telnet", "_serial": "a serial line"}
_PROTOCOLS: Final = frozenset({"netconf", "httpapi", "restconf", "grpc", "gnmi", "eapi", "nxapi"})
_DRIVERS_OF_MANY: Final = frozenset({"linux", "generic", "autodetect"})
"""Drivers that say nothing of the platform behind them."""
_MOST_GUESSES: Final = 100
"""Looking for near names is slow, and a file may hold a million wrong ones."""


class PlatformNames:
    """Which platform a word of the inventory means."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        """Know ``platforms``, by id, and the names of those nobody reads yet."""
        self._ids = {id_: id_ for id_ in NAMES}
        self._ids |= {alias: id_ for id_, aliases in NAMES.items() for alias in aliases}
        for platform in platforms.values():
            driver = {platform.netmiko_device_type} - _DRIVERS_OF_MANY
            own = (*platform.aliases, *driver)
            self._ids |= {alias: platform.id for alias in own if alias not in platforms}
            self._ids[platform.id] = platform.id
        self._platforms = platforms
        self._told: dict[str, UnfitError] = {}

    def find(self, word: str) -> Platform:
        """Return the platform ``word`` means.

        Raises:
            UnfitError: it means none that can be read over SSH; says why, and what looks like it.
        """
        id_ = self._ids.get(word) or self._ids.get(word.removesuffix("_ssh"), "")
        found = self._platforms.get(id_)
        if found is not None:
            return found
        if word not in self._told:
            unfit = self._why_not(word, id_)
            if len(self._told) >= _MOST_GUESSES:
                raise unfit
            self._told[word] = unfit
        raise UnfitError(str(self._told[word]), self._told[word].hint)

    def id_of(self, word: str) -> str:
        """Return the id of the platform ``word`` means; of a word that means none, the word."""
        return self._ids.get(word) or self._ids.get(word.removesuffix("_ssh")) or word

    def _why_not(self, word: str, id_: str) -> UnfitError:
        for suffix, line in _LINES.items():
            if word.endswith(suffix):
                return UnfitError(
                    f"{quoted(word)} is spoken over {line}, which proves nothing of who answers; "
                    "only SSH is used",
                    f"write {word.removesuffix(suffix)[:40]!a} and use the SSH port",
                )
        if _PROTOCOLS & set(word.lower().replace(".", "_").split("_")):
            return UnfitError(
                f"{quoted(word)} is no command line; only a command line over SSH is used"
            )
        readable = ", ".join(self._platforms)
        if id_:
            return UnfitError(
                f"{quoted(word)} is {id_}, for which this version has no reader",
                f"this version reads {readable}; leave the device out until it reads more",
            )
        near: list[str] = []
        if len(self._told) < _MOST_GUESSES:
            near = difflib.get_close_matches(word[:63].lower(), self._ids, n=3)
        return UnfitError(
            f"no platform is called {quoted(word)}",
            f"did you mean {' or '.join(near)}?" if near else f"this version reads {readable}",
        )
