"""A folder with keys and files, and a command line to use them with."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.clock import utc_now
from tests.adversary.vendor_simulator import VendorSimulator, entry

NOW = utc_now()
VENDOR = VendorSimulator(
    entries=(entry(platforms=("cisco_iosxe",), release="17.09.04a"),),
    issued_at=NOW - timedelta(days=1),
    expires_at=NOW + timedelta(days=30),
)


class Desk:
    """A folder with keys and files, and a command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.site = folder, folder / "site"
        self.site.mkdir()
        self.keys = folder / "keys"
        self._capsys = capsys
        for name, content in VENDOR.key_files.items():
            self.write(f"keys/{name}", content)

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return str(path)

    def run(self, *arguments: object, keys: bool = True) -> tuple[int, str, str]:
        chosen = ["--keys", str(self.keys)] if keys else []
        self._capsys.readouterr()
        status = main([*map(str, arguments), *chosen])
        said = self._capsys.readouterr()
        return status, said.out, said.err

    def json(self, *arguments: object, keys: bool = True) -> tuple[int, dict[str, object]]:
        status, out, _ = self.run(*arguments, "--format", "json", keys=keys)
        return status, json.loads(out)
