"""From a folder, or a single inventory file, to a site; every fault of it at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from netintegrity import inventory, platforms, strict_yaml
from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import ConfigError, InventoryError
from netintegrity.inventory._entries import entry_of, mapping_in, named_entries
from netintegrity.inventory._files import SiteFiles
from netintegrity.inventory._grammar import UnfitError, name_of
from netintegrity.inventory._jump_hosts import JUMP_HOSTS_FILE, jump_hosts, why_lost
from netintegrity.inventory._merge import Devices, Groups
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.inventory._spec import Entry, Source, as_kind, text
from netintegrity.inventory._stated import NOTHING, Stated, stated
from netintegrity.inventory.policy import POLICY_FILE, parse_policy, read_policy
from netintegrity.inventory.site import Site
from netintegrity.model.device import Device, JumpHost
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from netintegrity.strict_yaml import Faults

HOSTS_FILE: Final = "hosts.yaml"
GROUPS_FILE: Final = "groups.yaml"
DEFAULTS_FILE: Final = "defaults.yaml"
KNOWN_HOSTS_FILE: Final = "known_hosts"
LAB_FILE: Final = "lab.yaml"
_NO_SITE: Final = "expected a folder with hosts.yaml, or an inventory file"
_MOST_KNOWN_HOSTS_BYTES: Final = 64 * 1024 * 1024

T = TypeVar("T")


def load_site(path: Path, *, policy_file: Path | None = None) -> Site:
    """Return the site ``path`` describes.

    The files beside a single inventory file (groups, defaults, policy, known_hosts, manifests)
    count as those of a folder do: naming the file must not lose the policy.

    Args:
        path: a folder with ``hosts.yaml``, or an inventory file of any source.
        policy_file: read in the place of the site's own policy.

    Raises:
        ExceptionGroup: of InventoryError and PolicyError; every fault of every file, each with
            file, line and field.
    """
    try:
        loader = _Loader(path)
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise ExceptionGroup(str(path), [InventoryError(what, where=str(path))]) from error
    return loader.site(policy_file)


class _Loader:
    """Reads one site; what fails is noted, and the rest is read nevertheless."""

    def __init__(self, path: Path) -> None:
        self._path = path
        is_file = path.is_file()
        self._root = path.parent if is_file else path
        self._hosts = path.name if is_file else HOSTS_FILE
        self._files = SiteFiles(self._root)
        self._errors: list[ConfigError] = []
        self._names = PlatformNames(discover(platforms, Platform))

    def site(self, policy_file: Path | None) -> Site:
        name = self._attempt(self._name, "")
        jumps = self._jump_hosts()
        devices = self._devices(jumps)
        policy, raw_policy = self._policy(policy_file)
        for beside, most_bytes in (
            (KNOWN_HOSTS_FILE, _MOST_KNOWN_HOSTS_BYTES),
            (LAB_FILE, strict_yaml.MAX_BYTES),
        ):
            self._content(beside, most_bytes)
        if self._errors:
            raise ExceptionGroup(f"{self._path}: {len(self._errors)} faults", self._errors)
        return Site(
            name=name,
            root=self._root,
            devices=devices,
            policy=policy,
            policy_bytes=raw_policy,
            files=tuple(self._files.read.items()),
            known_hosts=self._root / KNOWN_HOSTS_FILE,
            manifests=self._root / "manifests",
            is_lab=LAB_FILE in self._files.read,
            jump_hosts=jumps,
        )

    def _attempt(self, do: Callable[[], T], otherwise: T) -> T:
        """Return what ``do`` returns, or note what it raises."""
        try:
            return do()
        except InventoryError as error:
            self._errors.append(error)
        except ConfigError as error:
            self._errors.append(as_kind(InventoryError, error))
        return otherwise

    def _keep(self, faults: Faults) -> None:
        """Take over the faults of one file, as a person reads it: from the top."""
        self._errors += sorted(faults.errors, key=_line)

    def _name(self) -> str:
        # `.` and `site/..` have no name of their own.
        path = self._path if self._path.name not in {"", ".."} else self._path.resolve()
        try:
            return name_of(path.stem if path.is_file() else path.name)
        except UnfitError as unfit:
            what = f"the site cannot be called so: {unfit}"
            raise InventoryError(what, where=str(self._path), hint="rename it") from unfit

    def _content(self, name: str, most_bytes: int) -> bytes | None:
        return self._attempt(lambda: self._files.bytes_of(name, most_bytes=most_bytes), None)

    def _faults(self, name: str) -> Faults:
        return Faults(str(self._root / name), InventoryError)

    def _jump_hosts(self) -> dict[str, JumpHost]:
        raw = self._content(JUMP_HOSTS_FILE, strict_yaml.MAX_BYTES)
        if raw is None:
            return {}
        faults = self._faults(JUMP_HOSTS_FILE)
        nobody: list[Entry] = []
        entries = self._attempt(lambda: list(named_entries(raw, faults)), nobody)
        found = jump_hosts(entries, faults)
        self._keep(faults)
        return found

    def _devices(self, jumps: Mapping[str, JumpHost]) -> tuple[Device, ...]:
        found = self._attempt(self._source, None)
        if found is None:
            return ()
        raw, source = found
        groups, defaults = self._groups(source), self._defaults()
        faults = self._faults(self._hosts)
        made: list[Device] = []
        devices = Devices(groups, defaults, faults, self._names)

        def read() -> None:
            for entry in source.read(raw, faults):
                if (device := devices.device(entry)) is not None:
                    made.append(device)
                    for why in why_lost(device, jumps):
                        faults.add(entry.line, entry.path, why)

        self._attempt(read, None)
        self._keep(faults)
        return tuple(made)

    def _source(self) -> tuple[bytes, Source]:
        """Return the inventory and who reads it.

        Raises:
            InventoryError: there is none, or nobody can read it.
        """
        if not self._path.exists():
            raise InventoryError("no such site", where=str(self._path), hint=_NO_SITE)
        where = str(self._root / self._hosts)
        sources: Mapping[str, Source] = discover(inventory, Source)
        largest = max(source.most_bytes for source in sources.values())
        raw = self._files.bytes_of(self._hosts, most_bytes=largest)
        if raw is None:
            hint = "`netintegrity init` writes a commented site"
            raise InventoryError(f"missing; {_NO_SITE}", where=where, hint=hint)
        for source in sources.values():
            if source.sniff(self._hosts, raw):
                if len(raw) > source.most_bytes:
                    raise InventoryError(f"larger than {source.most_bytes} bytes", where=where)
                return raw, source
        titles = "; ".join(source.title for source in sources.values())
        raise InventoryError("nobody reads such a file", where=where, hint=f"expected {titles}")

    def _groups(self, source: Source) -> Groups:
        raw = self._content(GROUPS_FILE, strict_yaml.MAX_BYTES)
        faults = self._faults(GROUPS_FILE)
        entries: Iterable[Entry] | None = None
        if raw is not None:
            entries = self._attempt(lambda: tuple(named_entries(raw, faults)), None)
        elif source.groups_are_declared:
            entries = ()
        groups = Groups(entries, faults, self._names)
        self._keep(faults)
        return groups

    def _defaults(self) -> Stated:
        raw = self._content(DEFAULTS_FILE, strict_yaml.MAX_BYTES)
        if raw is None:
            return NOTHING
        faults = self._faults(DEFAULTS_FILE)

        def read() -> Stated:
            entry = entry_of(faults, text("defaults", 1), mapping_in(raw, faults), path="")
            for group in entry.groups:
                faults.add(group.line, "groups", "groups are said of a host or of a group")
            return stated(entry, faults, self._names, is_host=False)

        defaults = self._attempt(read, NOTHING)
        self._keep(faults)
        return defaults

    def _policy(self, policy_file: Path | None) -> tuple[SitePolicy, bytes]:
        try:
            if policy_file is not None:
                return read_policy(policy_file)
            raw = self._content(POLICY_FILE, strict_yaml.MAX_BYTES)
            if raw is None:
                return SitePolicy(), b""
            return parse_policy(raw, name=str(self._root / POLICY_FILE)), raw
        except ExceptionGroup as group:
            faults = (e for e in group.exceptions if isinstance(e, ConfigError))
            self._errors += sorted(faults, key=_line)
        return SitePolicy(), b""


def _line(error: ConfigError) -> int:
    found = re.search(r":(\d+)(?: |\Z)", error.where)
    return int(found[1]) if found else 0
