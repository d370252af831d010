"""Dell SmartFabric OS10: two partitions, unpacked, of which nobody publishes digests.

The installers may still lie beside; those are hashed by the Linux below, and are not what runs.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._asked import Asking, fields_of, readable
from netintegrity.platforms._installed import Installed, Place
from netintegrity.platforms._os10_text import (
    FIELD,
    Node,
    files_of,
    is_os10,
    nodes_of,
    units_of,
)
from netintegrity.platforms._releases_dell import os10_in_name, parse_os10
from netintegrity.platforms._shell_text import summed_files
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer
from netintegrity.platforms._unbooted import Listed, claims_of_files

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_FOLDER: Final = "/var/os10-image/"
_FILE: Final = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}\.bin"
_MOST_HASHED: Final = 4
_HASH: Final = Probe(
    id="hash",
    command='system "sha256sum {}"',
    argument=re.compile(rf"{_FOLDER}{_FILE}", re.ASCII),
    subsystem=Subsystem.SHELL,
    # What is stored is not what runs.
    demanded=False,
    why="the digest of installers that lie beside what is installed",
    read_timeout_s=600.0,
)
_PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="boot", command="show boot detail"),
    Probe(id="inventory", command="show inventory"),
    # Known to some models and releases only.
    Probe(id="secure-boot", command="show secure-boot status", demanded=False),
    Probe(
        id="images",
        command="dir image",
        demanded=False,
        why="installers that lie beside what is installed",
    ),
    _HASH,
)
_ASKING: Final = Asking(
    probes=_PROBES,
    refusal=re.compile(r"(?!)"),
    # % Error: Unrecognized command.
    unknown=re.compile(r"% ?Error: (?:Unrecognized|Illegal|Ambiguous|Incomplete)"),
    level="the role netoperator, and sysadmin for `system`",
)
_SECURE: Final = {
    "Last boot was via secure boot": "booted-by-secure-boot",
    "Secure boot configured": "secure-boot",
}
_IS_FILE: Final = re.compile(_FILE, re.ASCII)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version_answer = readable(_ASKING.last(exchanges, "version"))
        self.is_shown = is_os10(self.version_answer)
        self.version = fields_of(self.version_answer, FIELD) if self.is_shown else {}
        self.boot = readable(_ASKING.last(exchanges, "boot"))
        self.nodes = nodes_of(self.boot)
        self.inventory = readable(_ASKING.last(exchanges, "inventory"))
        self.units = units_of(self.inventory)

    @property
    def printed(self) -> str | None:
        """What runs, with its build where that is said."""
        found = self.version.get("Build Version") or self.version.get("OS Version")
        return found[0] if found else None

    @property
    def release(self) -> Release | None:
        return None if self.printed is None else parse_os10(self.printed)

    def subject_of(self, node: Node) -> Subject:
        return _CHASSIS if len(self.nodes) < 2 else Subject(SubjectKind.NODE, node.id)

    @property
    def first(self) -> Subject:
        return self.subject_of(self.nodes[0]) if self.nodes else _CHASSIS

    def installed(self) -> Iterator[Installed]:
        for node in self.nodes:
            if self.boot is None:
                return
            yield Installed(
                subject=self.subject_of(node),
                answer=self.boot,
                places=tuple(_places(node)),
                running=node.said("Active Partition"),
                following=node.following,
                boot_answer=self.boot,
                boot_line=node.fields["Next-Boot"][1] if "Next-Boot" in node.fields else None,
                # Of several, `show version` speaks of the one that answers.
                runs=self._runs(node) if len(self.nodes) == 1 else None,
            )

    def _runs(self, node: Node) -> Release | None:
        """Return what runs, with its build only where the partition is listed with one."""
        if node.said("Active SW Build Version") is not None:
            return self.release
        found = self.version.get("OS Version")
        return parse_os10(found[0]) if found else self.release

    @property
    def listed(self) -> Answer | None:
        return readable(_ASKING.last(self.exchanges, "images"))

    def files(self) -> Listed:
        """Return the installers that lie on the box."""
        found = files_of(self.listed) if self.listed and self.listed.exchange.complete else {}
        return {_FOLDER + n: told for n, told in found.items() if _IS_FILE.fullmatch(n)}


def _places(node: Node) -> Iterator[Place]:
    for which in ("Active", "Standby"):
        name = node.said(f"{which} Partition")
        keys = (f"{which} SW Build Version", f"{which} SW Version")
        printed = next((v for k in keys if (v := node.said(k))), "")
        if name is not None:
            yield Place(
                name=name,
                printed=printed,
                release=parse_os10(printed),
                line=node.fields[f"{which} Partition"][1],
            )


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    if left := _ASKING.left(exchanges):
        return left
    asked = {e.command for e in exchanges}
    wanted = (_HASH.request(path) for path in tuple(_Heard(exchanges).files())[:_MOST_HASHED])
    return tuple(r for r in wanted if r.command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    installed = tuple(heard.installed())
    hashed = summed_files(exchanges, _HASH.id)
    return DeviceClaims(
        platform_id="dell_os10" if heard.is_shown else None,
        running_release=heard.release,
        other_releases=tuple(_told(heard)),
        identities=tuple(_identities(heard)),
        images=(
            *(i for part in installed for i in part.images()),
            *claims_of_files(heard.first, heard.listed, heard.files(), hashed, os10_in_name),
        ),
        boots=tuple(b for part in installed for b in part.boots()),
        gaps=(*_gaps(heard, installed), *hashed.left()),
    )


def _told(heard: _Heard) -> Iterator[tuple[str, str]]:
    for key in ("OS Version", "Build Time"):
        if key in heard.version:
            yield key.lower().replace(" ", "-"), heard.version[key][0]
    secure = fields_of(_ASKING.last(heard.exchanges, "secure-boot"), FIELD)
    for key, word in _SECURE.items():
        if key in secure:
            yield word, secure[key][0]


def _identities(heard: _Heard) -> Iterator[Identity]:
    nodes = {n.id: heard.subject_of(n) for n in heard.nodes} or {"1": _CHASSIS}
    if heard.inventory is None and len(nodes) < 2:
        return
    for node, subject in nodes.items():
        type_, tag = heard.units.get(node, (None, None))
        yield Identity(subject=subject, serial=tag, pid=type_)


def _gaps(heard: _Heard, installed: tuple[Installed, ...]) -> Iterator[Gap]:
    yield from _ASKING.gaps(heard.exchanges, "version", "boot", "inventory")
    if heard.version_answer is not None and heard.release is None:
        yield Gap(probe_id="version", reason="no OS10 version in the answer")
    if heard.boot is not None and not heard.nodes:
        yield Gap(probe_id="boot", reason="no node in the answer")
    if len({n.id for n in heard.nodes}) != len(heard.nodes):
        yield Gap(probe_id="boot", reason="a node stands twice in the answer")
    if heard.inventory is not None and not heard.units:
        yield Gap(probe_id="inventory", reason="no unit with a service tag in the answer")
    for part in installed:
        yield from part.gaps("partition")


PLATFORM: Final = Platform(
    id="dell_os10",
    title="Dell SmartFabric OS10",
    aliases=frozenset({"os10", "dellos10"}),
    netmiko_device_type="dell_os10",
    session_lines=frozenset({"terminal length 0"}),
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_os10,
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none of what is installed; the vendor signs the installer that is "
    "downloaded, which can be verified on your own machine",
    cannot_hash="it unpacks an installer to a partition, and nobody publishes digests of what then "
    "lies there",
)
