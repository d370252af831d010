"""The servers a site is reached through: ``jump_hosts.yaml``, in the shape of its hosts.

A jump host is logged in to and asked nothing, so it has no platform and no place among the devices.
Each leads to the next by its own ``jump``; a circle leads nowhere and is refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from netintegrity.inventory._grammar import UnfitError, address_of, name_of, port_of, quoted, shown
from netintegrity.inventory._merge import DEFAULT_CREDENTIAL, DEFAULT_PORT
from netintegrity.inventory._spec import Entry
from netintegrity.model.device import Device, JumpHost
from netintegrity.strict_yaml import Faults

T = TypeVar("T")

JUMP_HOSTS_FILE: Final = "jump_hosts.yaml"
JUMP_KEY: Final = "jump"
"""Of ``data``: a device's tag ``jump=NAME``, a jump host's own way."""
DEEPEST: Final = 8
"""Jump hosts one behind the other."""


def jump_hosts(entries: Iterable[Entry], faults: Faults) -> dict[str, JumpHost]:
    """Return the jump hosts of a site by name, and note every fault."""
    found: dict[str, JumpHost] = {}
    written: dict[str, Entry] = {}
    for entry in entries:
        written[str(entry.name)] = entry
        if (host := _jump_host(entry, faults)) is not None:
            found[host.name] = host
    usable = {}
    for name, host in found.items():
        if (why := _lost(name, found)) is None:
            usable[name] = host
        elif host.jump not in written or host.jump in found:
            # A way through one that is faulty itself is told there.
            line = written[name].tags[JUMP_KEY].line
            faults.add(line, f"{written[name].path}.data.{JUMP_KEY}", why)
    return usable


def why_lost(device: Device, hosts: Mapping[str, JumpHost]) -> Iterator[str]:
    """Yield what is wrong with the way to a device."""
    name = device.jump
    if device.name in hosts:
        yield f"a jump host of {JUMP_HOSTS_FILE} has this name too"
    if name is not None and name not in hosts:
        there = ", ".join(sorted(hosts)) or "none"
        yield f"there is no jump host {quoted(name)} in {JUMP_HOSTS_FILE}; there is: {there}"


def _jump_host(entry: Entry, faults: Faults) -> JumpHost | None:
    before = len(faults.errors)
    name = _read(entry, "name", name_of, faults)
    stated = "hostname" in entry.words
    address = _read(entry, "hostname" if stated else "name", address_of, faults)
    port = _read(entry, "port", port_of, faults) if "port" in entry.words else DEFAULT_PORT
    ref: str | None = DEFAULT_CREDENTIAL
    if "credential" in entry.words:
        ref = _read(entry, "credential", name_of, faults)
    if (word := entry.words.get("platform")) is not None:
        faults.add(word.line, f"{entry.path}.platform", "a jump host is not asked what it runs")
    for group in entry.groups:
        faults.add(group.line, f"{entry.path}.groups", "a jump host is in no group")
    if entry.subjects is not None:
        faults.add(entry.line, f"{entry.path}.data.subjects", "a jump host is not looked at")
    for key, value in entry.tags.items():
        if key != JUMP_KEY:
            what = f"not a known field of a jump host; expected credential, {JUMP_KEY}"
            faults.add(value.line, f"{entry.path}.data.{shown(key)}", what)
    if len(faults.errors) > before or not (name and address and port and ref):
        return None
    jump = entry.tags.get(JUMP_KEY)
    return JumpHost(
        name=name, address=address, port=port, credential_ref=ref, jump=str(jump) if jump else None
    )


_PLACES: Final = {"credential": ".data.credential", "name": "", "hostname": ".hostname"}


def _read(entry: Entry, field: str, parse: Callable[[str], T], faults: Faults) -> T | None:
    word = entry.name if field == "name" else entry.words[field]
    try:
        return parse(str(word))
    except UnfitError as unfit:
        place = _PLACES.get(field, f".{field}")
        faults.add(word.line, f"{entry.path}{place}", str(unfit), hint=unfit.hint)
        return None


def _lost(name: str, hosts: Mapping[str, JumpHost]) -> str | None:
    """Return why the way to a jump host never begins; None: it does."""
    seen = [name]
    while (before := hosts[seen[-1]].jump) is not None:
        if before not in hosts:
            return f"there is no jump host {quoted(before)}"
        if before in seen:
            return f"leads in a circle: {' behind '.join([*seen, before])}"
        seen.append(before)
        if len(seen) > DEEPEST:
            return f"more than {DEEPEST} jump hosts one behind the other"
    return None
