"""From images as their makers signed them to boxes that run what is in them, and boxes that do not.

Every step is the command an operator types: build, sign, audit; the boxes are simulated and answer
over real SSH on 127.0.0.1.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.images import Image
from netintegrity.lab.scenario import Scenario, load_scenario
from netintegrity.lab.world import LabWorld
from netintegrity.trust.certificates import read_key
from tests.adversary.peers import needs
from tests.adversary.sonic_simulator import SonicVendor, unsigned
from tests.adversary.swi_simulator import SwiVendor
from tests.adversary.vendor_simulator import flip, pem_of
from tests.adversary.vyos_simulator import NAME as VYOS_NAME
from tests.adversary.vyos_simulator import VyosVendor, iso_of, tree_of

pytestmark = needs("openssl")

EOS_NAME = "EOS-4.30.1F.swi"
SCENARIO = b"""\
schema: netintegrity/lab-scenario/1
images:
  vyos:
    platform: vyos
    release: 1.4.0
    filename: 1.4.0.squashfs
    seed: 1
    packages: [1.4.0.vmlinuz, 1.4.0.initrd.img]
  vyos-patched: {like: vyos, seed: 2}
  vyos-initrd: {like: vyos, altered: [1.4.0.initrd.img]}
  sonic:
    platform: sonic
    release: "202311.2"
    filename: 202311.2.fs.squashfs
    seed: 3
    packages: [202311.2.vmlinuz-6.1.0-11-2-amd64, 202311.2.initrd.img-6.1.0-11-2-amd64]
  sonic-patched: {like: sonic, seed: 4}
  sonic-kernel: {like: sonic, altered: [202311.2.vmlinuz-6.1.0-11-2-amd64]}
  eos:
    platform: arista_eos
    release: 4.30.1F
    filename: EOS-4.30.1F.swi
    seed: 5
  eos-patched: {like: eos, seed: 6}
manifest: {images: [vyos, sonic, eos], expires_in_days: 30}
policy: {}
devices:
  - {name: vyos-good, personality: vyos, pid: RT-1000, flash: {"boot:1.4.0": vyos},
     running: "boot:1.4.0", expected: verified}
  - {name: vyos-patched, like: vyos-good, flash: {"boot:1.4.0": vyos-patched}, expected: patched}
  - {name: vyos-initrd, like: vyos-good, flash: {"boot:1.4.0": vyos-initrd}, expected: patched}
  - {name: sonic-good, personality: sonic, pid: SW100, flash: {"host:202311.2": sonic},
     running: "host:202311.2", expected: verified}
  - {name: sonic-patched, like: sonic-good, flash: {"host:202311.2": sonic-patched},
     expected: patched}
  - {name: sonic-kernel, like: sonic-good, flash: {"host:202311.2": sonic-kernel},
     expected: patched}
  - {name: eos-good, personality: arista_eos, pid: DCS-7050SX3-48YC8,
     flash: {"flash:EOS-4.30.1F.swi": eos}, running: "flash:EOS-4.30.1F.swi",
     boot: ["flash:EOS-4.30.1F.swi"], expected: verified}
  - {name: eos-patched, like: eos-good, flash: {"flash:EOS-4.30.1F.swi": eos-patched},
     expected: patched}
"""


class Bench:
    """Three makers, the images they signed, and the folders an operator keeps them in."""

    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self.images, self.keys = folder / "images", folder / "makers"
        for path in (self.images, self.keys):
            path.mkdir()
        work = folder / "openssl"
        work.mkdir()
        self._sonic, self._vyos = SonicVendor(folder=work), VyosVendor()
        self._eos = SwiVendor()
        by_name = scenario.images
        self._put(by_name["sonic"], by_name["vyos"])
        swi = self._eos.sign()
        (self.images / EOS_NAME).write_bytes(swi)
        for device in scenario.devices:
            for image in device.active.flash.values():
                if image.name == "eos":
                    # A lab's image is made from a number; on this box lies the one that was signed.
                    vars(image)["content"] = swi
        self._write_keys()

    def _put(self, sonic: Image, vyos: Image) -> None:
        files = {"fs.squashfs": sonic.content} | {
            f"boot/{p.removeprefix('202311.2.')}": sonic.package(p) for p in sonic.packages
        }
        signed = self._sonic.sign(unsigned("202311.2", files))
        (self.images / "sonic-vs.bin").write_bytes(signed)
        tree = {"live/filesystem.squashfs": vyos.content} | {
            f"live/{p.removeprefix('1.4.0.')}": vyos.package(p) for p in vyos.packages
        }
        image = iso_of(tree_of(tree))
        (self.images / VYOS_NAME).write_bytes(image)
        for name, content in self._vyos.beside(image).items():
            (self.images / name).write_bytes(content)

    def _write_keys(self) -> None:
        files = {
            "sonic.pem": self._sonic.root.public_bytes(Encoding.PEM),
            "eos.pem": self._eos.root.public_bytes(Encoding.PEM),
            "vyos.pub": self._vyos.key.public,
        }
        formats = {
            "sonic.pem": ("sonic-onie", "ecdsa-p256-sha256"),
            "eos.pem": ("arista-swi", "ecdsa-p256-sha256"),
            "vyos.pub": ("vyos-iso", "ed25519-blake2b512"),
        }
        text = "anchors:\n"
        for name, content in files.items():
            (self.keys / name).write_bytes(content)
            form, algorithm = formats[name]
            text += (
                f"  - id: toy/{form}\n    file: {name}\n"
                f'    fingerprint: "{read_key(content).fingerprint}"\n'
                f"    algorithm: {algorithm}\n    signer: vendor\n    vendor: toy\n"
                f"    purpose: image\n    formats: [{form}]\n"
            )
        (self.keys / "keyring.yaml").write_text(text)

    def build(self, output: Path, *more: str) -> int:
        arguments = ["manifest", "build", "--from-images", str(self.images), "--id", "golden"]
        arguments += ["--sequence", "1", "--expires-in-days", "30", "--keys", str(self.keys)]
        return int(main([*arguments, "--output", str(output), *more]))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(SCENARIO, "from-images")


@pytest.fixture
def bench(tmp_path: Path, scenario: Scenario) -> Bench:
    return Bench(tmp_path, scenario)


@pytest.fixture
def world(bench: Bench, scenario: Scenario, tmp_path: Path) -> Iterator[LabWorld]:
    assert bench.images.is_dir()
    with LabWorld.create(scenario, now=utc_now(), root=tmp_path / "lab") as running:
        yield running


def sign(payload: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Sign a list, and write the folder of keys that trusts it, as the command says to."""
    key, envelope, keys = folder / "owner.pem", folder / "golden.dsse.json", folder / "owner-keys"
    key.write_bytes(pem_of(ed25519.Ed25519PrivateKey.generate()))
    key.chmod(0o600)
    capsys.readouterr()
    assert (
        main(["manifest", "sign", str(payload), "--key", str(key), "--output", str(envelope)]) == 0
    )
    said = capsys.readouterr().err
    pem, _, stanza = said.partition("owner-public.pem:\n")[2].partition("keyring.yaml:\n")
    keys.mkdir()
    (keys / "owner-public.pem").write_text(pem)
    (keys / "keyring.yaml").write_text(stanza)
    return keys


def test_boxes_that_run_what_was_signed_are_verified_on_the_owners_word_and_no_others(
    bench: Bench,
    world: LabWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    payload = tmp_path / "golden.json"
    assert bench.build(payload) == 0
    keys = sign(payload, tmp_path, capsys)
    site = tmp_path / "site"
    shutil.copytree(world.site, site)
    (site / "lab.yaml").unlink()
    (site / "manifests" / world.manifest.name).unlink()
    shutil.copy(tmp_path / "golden.dsse.json", site / "manifests")
    arguments = ["audit", "-i", str(site), "--keys", str(keys), "--format", "json"]
    status = main([*arguments, "--output", str(tmp_path / "run")])
    document = json.loads(capsys.readouterr().out)
    labels = {d["name"]: d["label"] for d in document["devices"]}
    assert labels == {
        name: "verified (self-reported)" if name.endswith("-good") else "patched" for name in labels
    }
    assert (status, len(labels)) == (1, 8)
    for device in document["devices"]:
        if device["name"].endswith("-good"):
            assert "owner-signed" in device["assurance"]["caveats"], device["name"]


def test_each_entry_names_the_signed_file_it_came_from(bench: Bench, tmp_path: Path) -> None:
    payload = tmp_path / "golden.json"
    assert bench.build(payload) == 0
    entries = json.loads(payload.read_bytes())["images"]
    sources = {e["filename"]: e["provenance"] for e in entries}
    assert {p["source"] for p in sources.values()} == {
        f"arista-swi {EOS_NAME}",
        "sonic-onie sonic-vs.bin",
        f"vyos-iso {VYOS_NAME}",
    }
    assert {(p["origin"], p["digest"][:7]) for p in sources.values()} == {("file", "sha256:")}
    assert {e["release"] for e in entries} == {"4.30.1F", "202311.2", "1.4.0"}
    assert len(entries) == 1 + 3 + 3


def test_an_image_whose_signature_was_rejected_is_refused_by_name(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = tmp_path / "golden.json"
    for path in sorted(bench.images.iterdir()):
        if path.suffix == ".minisig":
            continue
        honest = path.read_bytes()
        path.write_bytes(flip(honest, len(honest) // 2))
        for more in ((), ("--accept-unsigned",)):
            assert bench.build(payload, *more) == 2
            said = capsys.readouterr().err
            assert path.name in said
            assert "rejected" in said
        assert not payload.exists()
        path.write_bytes(honest)
    assert bench.build(payload) == 0


def test_an_image_that_lost_its_signature_is_the_owners_word_only_where_he_says_so(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bench.images / f"{VYOS_NAME}.minisig").unlink()
    payload = tmp_path / "golden.json"
    assert bench.build(payload) == 2
    assert "unsigned" in capsys.readouterr().err
    assert bench.build(payload, "--accept-unsigned") == 0
    assert "on your word alone" in capsys.readouterr().err
    entries = json.loads(payload.read_bytes())["images"]
    # Nothing is taken out of what nobody signed.
    assert [e["provenance"]["source"] for e in entries if e["release"] == "1.4.0"] == [VYOS_NAME]


def test_what_was_signed_cannot_be_restated(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = tmp_path / "golden.json"
    for name in ("sonic-vs.bin", VYOS_NAME, f"{VYOS_NAME}.minisig"):
        (bench.images / name).unlink()
    assert bench.build(payload, "--release", "4.31.0F") == 2
    assert "4.30.1F by what was signed" in capsys.readouterr().err
    assert bench.build(payload, "--platform", "cisco_iosxe") == 2
    assert "an image for arista_eos" in capsys.readouterr().err


def test_what_lost_all_that_tells_it_is_signed_is_no_image_either(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = tmp_path / "golden.json"
    path = bench.images / "sonic-vs.bin"
    path.write_bytes(path.read_bytes().replace(b"payload_image_size", b"payload_image_sizf"))
    for name in (EOS_NAME, VYOS_NAME, f"{VYOS_NAME}.minisig"):
        (bench.images / name).unlink()
    stated = ("--platform", "sonic", "--release", "202311.2")
    assert bench.build(payload, *stated) == 2
    assert "images for sonic are sonic-aboot or sonic-onie" in capsys.readouterr().err
    assert bench.build(payload, *stated, "--accept-unsigned") == 0
