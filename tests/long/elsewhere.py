"""A lab's site, turned to servers that this program did not write."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest
import yaml

from netintegrity.cli import main
from netintegrity.lab import site_files
from netintegrity.lab.device import LabDevice
from netintegrity.lab.world import LabWorld

ADDRESS = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a server lets in."""

    username: str
    password: str | None = None
    enable: str | None = None
    key_file: Path | None = None


def credentials_of(world: LabWorld) -> Account:
    """Return the account a lab made for its own servers."""
    (stored,) = yaml.safe_load(world.credentials.read_text()).values()
    return Account(
        username=stored["username"], password=stored["password"], enable=stored["enable"]
    )


def point(
    world: LabWorld,
    served: Iterable[tuple[LabDevice, int]],
    *,
    key: paramiko.PKey,
    account: Account,
) -> None:
    """Make the site name these ports, pin this key for each, and offer this account alone."""
    places = list(served)
    hosts = site_files.hosts_yaml(places, address=ADDRESS)
    (world.site / "hosts.yaml").write_text(hosts)
    pins = (f"[{ADDRESS}]:{port} {key.get_name()} {key.get_base64()}\n" for _, port in places)
    (world.site / "known_hosts").write_text("".join(pins))
    offered: dict[str, object] = {"username": account.username, "hosts": ["127.0.0.0/8"]}
    for word in ("password", "enable", "key_file"):
        if (value := getattr(account, word)) is not None:
            offered[word] = str(value)
    world.credentials.write_text(yaml.safe_dump({site_files.CREDENTIAL: offered}))


def audit(
    world: LabWorld, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, dict[str, object]]]:
    """Audit the site as an operator would; return the status, and each device of the report."""
    capsys.readouterr()
    before = {name: os.environ.get(name) for name in world.environment()}
    os.environ.update(world.environment())
    try:
        status = main([*world.audit_arguments()[1:], "--format", "json", *more])
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    document = json.loads(capsys.readouterr().out)
    return int(status), {d["name"]: d for d in document["devices"]}
