"""A lab that runs: the servers, and the site that an ordinary audit takes."""

import os
import re
import resource
import secrets
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

import paramiko

from netintegrity.errors import ConfigError
from netintegrity.lab import site_files
from netintegrity.lab.device import LabDevice
from netintegrity.lab.scenario import Scenario
from netintegrity.lab.server import ADDRESS, LabServer, Login, ServedDevice
from netintegrity.lab.sudi import Maker

SCHEMA: Final = "netintegrity/lab/1"
MOST_DEVICES: Final = 5000
_USERNAME: Final = "audit"
_FILES_PER_DEVICE: Final = 4


class LabWorld:
    """A running lab; leaving it stops the servers and removes its folder."""

    def __init__(self, scenario: Scenario, devices: tuple[LabDevice, ...], root: Path) -> None:
        """Prepare a lab in ``root``; :meth:`create` is the way to make one."""
        stem = re.sub(r"[^A-Za-z0-9._-]", "-", Path(scenario.name).stem)[:50] or "scenario"
        self.scenario = scenario
        self.root = root
        self.site: Path = root / f"lab-{stem}"
        self.keys: Path = root / "keys"
        self.state: Path = root / "state"
        self.credentials: Path = root / "credentials.yaml"
        self.manifest: Path = self.site / "manifests" / "lab.dsse.json"
        self.signing_key: Path = root / "signing.pem"
        self._secrets = {f: secrets.token_urlsafe(18) for f in ("password", "enable")}
        login = Login(username=_USERNAME, **self._secrets)
        self._cleanup = ExitStack()
        self.devices: tuple[ServedDevice, ...] = tuple(
            ServedDevice(device, _host_key(), login) for device in devices
        )

    @classmethod
    def create(
        cls,
        scenario: Scenario,
        *,
        now: datetime,
        root: Path | None = None,
        devices: int | None = None,
    ) -> Self:
        """Write the site and start the servers.

        Args:
            scenario: what there is to be.
            now: UTC; lists are issued before it and expire after it.
            root: an empty folder, or one to be made, that is kept at the end; None: a temporary
                one, removed at the end.
            devices: how many; those of the scenario are repeated, or the first of them taken.

        Raises:
            ConfigError: ``root`` is not empty, or the number is out of range.
        """
        fleet, names = _repeated(scenario.devices, devices)
        maker = Maker(now) if any(d.sudi for d in fleet) else None
        fleet = tuple(replace(d, maker=maker) for d in fleet)
        folder = _made(root)
        _allow_files(_FILES_PER_DEVICE * len(fleet) + 256)
        try:
            world = cls(scenario, fleet, folder)
        except BaseException:
            if root is None:
                shutil.rmtree(folder)
            raise
        if root is None:
            world._cleanup.callback(shutil.rmtree, folder)
        try:
            world._write(names, now)
            world._cleanup.enter_context(LabServer(world.devices))
        except BaseException:
            world.close()
            raise
        return world

    def __enter__(self) -> Self:
        """Return the lab, which is running already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.close()

    def close(self) -> None:
        """Stop the servers, and remove the folder unless it was given; again is no harm."""
        self._cleanup.close()
        for device in self.devices:
            device.listener.close()

    def audit_arguments(self) -> list[str]:
        """Return the complete command line that audits this lab."""
        return ["netintegrity", "audit", "-i", str(self.site), "--keys", str(self.keys)]

    def environment(self) -> dict[str, str]:
        """Return the variables that command needs."""
        return {
            "NETINTEGRITY_STATE": str(self.state),
            # A simulated fleet has no business in the operator's own history.
            "NETINTEGRITY_HISTORY": str(self.state / "history.sqlite3"),
            "NETINTEGRITY_CREDENTIALS": str(self.credentials),
        }

    def document(self) -> dict[str, object]:
        """Return the document that ``lab up --format json`` prints."""
        return {
            "schema": SCHEMA,
            "site": str(self.site),
            "keys": str(self.keys),
            "state": str(self.state),
            "credentials": str(self.credentials),
            "manifest": str(self.manifest),
            "signing_key": str(self.signing_key),
            "audit": self.audit_arguments(),
            "environment": self.environment(),
        }

    def device(self, name: str) -> ServedDevice:
        """Return the device of this name.

        Raises:
            KeyError: there is none.
        """
        for device in self.devices:
            if device.name == name:
                return device
        raise KeyError(name)

    def _write(self, names: dict[str, tuple[str, ...]], now: datetime) -> None:
        maker = self.devices[0].device.maker
        lists = [site_files.signed(plan, now=now) for plan in self.scenario.manifests]
        served = [(d.device, d.port) for d in self.devices]
        memory = site_files.memory_json(self.scenario, names, now=now)
        texts = {
            self.site / "hosts.yaml": site_files.hosts_yaml(served, address=ADDRESS),
            self.site / "policy.yaml": site_files.policy_yaml(self.scenario),
            self.site / "lab.yaml": site_files.marker_yaml(self.scenario, now=now),
            self.site / "known_hosts": "".join(_pinned(d) for d in self.devices),
            self.keys / "keyring.yaml": site_files.keyring_yaml(lists, maker),
            self.state / self.site.name / "memory.json": memory,
            self.credentials: site_files.credentials_yaml(username=_USERNAME, **self._secrets),
        }
        contents = {path: text.encode() for path, text in texts.items()}
        if maker is not None:
            contents |= {self.keys / name: raw for name, raw in maker.key_files().items()}
        for index, made in enumerate(lists):
            first = index == 0
            name = "lab" if first else made.plan.id
            contents[self.manifest.with_name(f"{name}.dsse.json")] = made.envelope
            contents[self.keys / made.key_file] = made.public_pem
            key = self.signing_key if first else self.root / f"signing-{made.plan.id}.pem"
            contents[key] = made.private_pem
        for path, content in contents.items():
            _make_folders(path.parent, below=self.root)
            _write_private(path, content)


def _repeated(
    scenario: tuple[LabDevice, ...], count: int | None
) -> tuple[tuple[LabDevice, ...], dict[str, tuple[str, ...]]]:
    """Return ``count`` devices, and the names of those made of each of the scenario."""
    if count is None:
        return scenario, {d.name: (d.name,) for d in scenario}
    if not 1 <= count <= MOST_DEVICES:
        raise ConfigError(f"expected 1-{MOST_DEVICES} devices, got {count}", where="--devices")
    names: dict[str, list[str]] = {}
    fleet = []
    for number in range(count):
        device = scenario[number % len(scenario)]
        round_ = number // len(scenario)
        name = f"{device.name[:57]}-{round_ + 1}" if round_ else device.name
        names.setdefault(device.name, []).append(name)
        fleet.append(replace(device, name=name))
    return tuple(fleet), {name: tuple(made) for name, made in names.items()}


def _made(root: Path | None) -> Path:
    if root is None:
        return Path(tempfile.mkdtemp(prefix="netintegrity-lab-"))
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ConfigError("expected a folder that is empty or not there yet", where=str(root))
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)
    return root


def _make_folders(folder: Path, *, below: Path) -> None:
    """Make ``folder``, and those over it: the mode of `mkdir` is of the last one alone."""
    for part in reversed([folder, *folder.parents]):
        if part.is_relative_to(below):
            part.mkdir(mode=0o700, exist_ok=True)


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def _host_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate(bits=256)


def _pinned(device: ServedDevice) -> str:
    """Return the line of known_hosts that the scenario wants; "" where nothing is pinned."""
    how = device.device.behaviour.host_key
    if how == "unknown":
        return ""
    key = _host_key() if how == "changed" else device.key
    return f"[{ADDRESS}]:{device.port} {key.get_name()} {key.get_base64()}\n"


def _allow_files(wanted: int) -> None:
    """Raise the limit on open files as far as this process may, if it is too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        room = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (room, hard))
