"""A folder of TUF metadata can be handed over as it lies."""

from datetime import timedelta
from pathlib import Path

import pytest

from netintegrity.errors import ConfigError
from netintegrity.store.manifests import read_manifest
from netintegrity.store.metadata_folder import archive_of
from tests.adversary.tuf_simulator import ROLES, Repository, keyring_of
from tests.adversary.vendor_simulator import reason_with
from tests.unit.trust.desk import NOW, Desk


def write(folder: Path, repository: Repository) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in repository.files().items():
        (folder / name).write_bytes(content)


def test_a_folder_is_judged_like_an_archive_of_it(tmp_path: Path) -> None:
    repository = Repository()
    write(tmp_path / "metadata", repository)
    (tmp_path / "metadata" / "README").write_text("not looked at")
    (tmp_path / "metadata" / "more.json").mkdir()
    submission = read_manifest(tmp_path / "metadata")
    assert submission.filename == "metadata.tuf.tar"
    assert reason_with(keyring_of(repository.root()), submission) == "verified"
    assert read_manifest(tmp_path / "metadata").raw == submission.raw


def test_any_other_folder_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"without timestamp\.json") as caught:
        read_manifest(tmp_path)
    assert "TUF" in caught.value.hint
    (tmp_path / "timestamp.json").write_bytes(bytes(100))
    with pytest.raises(ConfigError, match="99 bytes"):
        archive_of(tmp_path, max_bytes=99)


def test_the_command_takes_a_folder_and_imports_it(desk: Desk) -> None:
    repository = Repository(expires=dict.fromkeys(ROLES, NOW + timedelta(days=30)))
    write(desk.folder / "metadata", repository)
    root = repository.root()
    anchor = keyring_of(root).anchors[0]
    text = f"""\
anchors:
  - id: toy/tuf
    file: 1.root.json
    fingerprint: "{anchor.fingerprint}"
    algorithm: tuf
    signer: vendor
    vendor: toy
    purpose: manifest
    formats: [tuf]
"""
    desk.write("keys/tuf/keyring.yaml", text.encode())
    desk.write("keys/tuf/1.root.json", root)
    status, said, _ = desk.run("manifest", "verify", desk.folder / "metadata")
    assert (status, "toy/tuf" in said) == (0, True)
    status, said, _ = desk.run("manifest", "import", desk.folder / "metadata", "-i", desk.site)
    assert (status, "2 images" in said) == (0, True)
    assert (desk.site / "manifests" / "metadata.tuf.tar").is_file()
    status, document = desk.json("manifest", "list", "-i", desk.site)
    assert status == 0
    assert "1000001000001" in str(document["manifests"])
