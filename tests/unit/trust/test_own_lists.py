"""``netintegrity manifest build`` and ``sign``: an owner's own list."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from netintegrity.app.registries import PLATFORMS
from netintegrity.cli._manifest_images import release_in
from netintegrity.model.device import Device
from netintegrity.model.evidence import Evidence, HostKeyStatus
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE
from netintegrity.store.run_record import RunRecord
from netintegrity.store.runs import RunFolder, RunInputs
from netintegrity.trust.image_kinds import RECOGNISED, release_named
from tests.adversary.vendor_simulator import entry, pem_of
from tests.unit.platforms.boxes import AT, GOOD, IMAGE, catalyst, converse
from tests.unit.trust.desk import VENDOR, Desk


def test_a_list_of_ones_own_goes_from_files_to_verified(desk: Desk) -> None:
    image = b"an image"
    desk.write("images/cat9k_iosxe.17.09.04a.SPA.bin", image)
    desk.write("images/cat9k-rpbase.17.09.04a.SPA.pkg", b"a package")
    desk.write("images/README.txt", b"")
    payload, envelope = desk.folder / "p.json", desk.folder / "p.dsse.json"
    build = ("manifest", "build", "--from-images", desk.folder / "images", "--id", "golden")
    options = ("--sequence", 1, "--expires-in-days", 30, "--output", payload)
    platform = ("--platform", "cisco_iosxe", "--hardware", "C9300")
    assert desk.run(*build, *options, *platform, keys=False)[0] == 0
    key = desk.write("me.key", pem_of(ed25519.Ed25519PrivateKey.generate()))
    sign = ("manifest", "sign", payload, "--key", key, "--output", envelope)
    status, out, err = desk.run(*sign, keys=False)
    assert (status, out) == (0, "")
    # What it says to stderr is all that somebody needs to trust the key.
    pem, _, stanza = err.partition("me-public.pem:\n")[2].partition("keyring.yaml:\n")
    desk.write("ours/me-public.pem", pem.encode())
    desk.write("ours/keyring.yaml", stanza.encode())
    ours = ("--keys", desk.folder / "ours")
    status, document = desk.json("manifest", "verify", envelope, *ours, keys=False)
    assert (status, document["vendor_signed"], document["images"]) == (0, False, 2)
    assert document["caveats"] == ["owner-signed"]
    status, document = desk.json("manifest", "show", envelope, *ours, keys=False)
    package, whole = document["images"]  # type: ignore[misc]
    assert (package["kind"], whole["kind"]) == ("package", "image")  # type: ignore[has-type]
    assert whole["release"] == "17.09.04a"  # type: ignore[has-type]
    assert whole["size_bytes"] == len(image)  # type: ignore[has-type]
    assert set(whole["digests"]) == {"md5", "sha256", "sha512"}  # type: ignore[has-type]


def test_nothing_is_built_or_signed_that_nobody_would_accept(desk: Desk) -> None:
    desk.write("images/nameless.bin", b"x")
    build = ("manifest", "build", "--from-images", desk.folder / "images", "--id", "golden")
    options = ("--sequence", 1, "--expires-in-days")
    platform = ("--platform", "cisco_iosxe")
    assert desk.run(*build, *options, 30, *platform, keys=False)[0] == 2
    assert desk.run(*build, *options, 30, keys=False)[0] == 2
    assert desk.run(*build, *options, 30, "--platform", "toaster", keys=False)[0] == 2
    released = (*platform, "--release", "17.09.04a")
    wrong = (*platform, "--release", "seventeen")
    assert desk.run(*build, *options, 30, *wrong, keys=False)[0] == 2
    assert desk.run(*build, *options, 0, *released, keys=False)[0] == 2
    assert desk.run(*build, *options, 30, *released, keys=False)[0] == 0
    assert (
        desk.run(*build[:2], "--from-run", desk.folder, *build[4:], *options, 30, keys=False)[0]
        == 2
    )
    key = desk.write("me.key", pem_of(ed25519.Ed25519PrivateKey.generate()))
    junk = desk.write("junk.json", VENDOR.payload(images=[]))
    assert desk.run("manifest", "sign", junk, "--key", key, keys=False)[0] == 2
    assert desk.run("manifest", "sign", junk, "--key", junk, keys=False)[0] == 2


def test_a_release_that_nobody_reads_is_signed_with_a_warning(desk: Desk) -> None:
    image = entry(platforms=("cisco_iosxe",), release="seventeen")
    payload = desk.write("p.json", replace(VENDOR, entries=(image,)).payload())
    key = desk.write("me.key", pem_of(ed25519.Ed25519PrivateKey.generate()))
    status, out, err = desk.run("manifest", "sign", payload, "--key", key, keys=False)
    assert status == 0
    assert json.loads(out)["signatures"]
    assert "seventeen" in err


@pytest.mark.parametrize(
    ("filename", "platform_id", "release"),
    [
        ("cat9k_iosxe.17.09.04a.SPA.bin", "cisco_iosxe", "17.09.04a"),
        ("isr4300-universalk9.16.03.01.SPA.bin", "cisco_iosxe", "16.03.01"),
        ("nothing.bin", "cisco_iosxe", None),
        ("", "cisco_iosxe", None),
    ],
)
def test_a_release_is_read_from_a_file_name(
    filename: str, platform_id: str, release: str | None
) -> None:
    assert release_in(filename, PLATFORMS[platform_id]) == release


def golden_run(folder: Path, box: Mapping[str, str]) -> Path:
    evidence = Evidence(
        run_id="20260101T000000Z-site",
        device=Device(
            name="golden", address="192.0.2.1", platform_id=IOSXE.id, credential_ref="ro"
        ),
        collected_at=AT,
        host_key_fingerprint="SHA256:x",
        host_key_status=HostKeyStatus.MATCHED,
        exchanges=converse(IOSXE, box),
    )
    run = RunFolder.at(folder / "run")
    run.write_evidence(evidence)
    run.write_inputs(
        RunInputs(manifests={}, keys={}, policy=b"", inventory={}, known_hosts=b"", memory=b"")
    )
    run.finish(
        RunRecord(
            run_id=evidence.run_id,
            site="site",
            started_at=AT,
            finished_at=AT,
            at=AT,
            tool_version="0",
        )
    )
    return run.path


def build_from(desk: Desk, run: Path, device: str = "golden") -> tuple[int, str]:
    options = ("--id", "golden", "--sequence", 1, "--expires-in-days", 30)
    arguments = ("manifest", "build", "--from-run", run, "--device", device, *options)
    status, _, err = desk.run(*arguments, "--output", desk.folder / "p.json", keys=False)
    return status, err


def test_a_golden_box_of_a_run_becomes_a_list(desk: Desk) -> None:
    run = golden_run(desk.folder, catalyst())
    assert build_from(desk, run)[0] == 0
    (image,) = json.loads((desk.folder / "p.json").read_bytes())["images"]
    assert (image["filename"], image["kind"]) == (IMAGE.rpartition(":")[2], "image")
    assert (image["release"], image["hardware"]) == ("17.09.04a", ["C9300-24T"])
    assert image["digests"] == {"sha512": GOOD}
    assert image["provenance"]["origin"] == "run"
    assert image["provenance"]["source"] == "20260101T000000Z-site golden"


def test_a_box_with_gaps_or_without_digests_is_no_golden_one(desk: Desk) -> None:
    silent = {c: a for c, a in catalyst().items() if not c.startswith("verify")}
    run = golden_run(desk.folder, silent)
    assert build_from(desk, run)[0] == 2
    status, err = build_from(desk, run, "absent")
    assert (status, "no such device" in err) == (2, True)


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("vyos-1.4.0-generic-amd64.iso", "1.4.0"),
        ("vyos-1.4.0-epa1-amd64.iso", "1.4.0-epa1"),
        ("vyos-1.5-rolling-202401010025-amd64.iso", "1.5-rolling-202401010025"),
        ("vyos-2025.09.17-0018-rolling-generic-amd64.iso", "2025.09.17-0018-rolling"),
        ("router.iso", None),
        ("vyos-.iso", None),
    ],
)
def test_vyos_names_its_images_after_their_release(name: str, release: str | None) -> None:
    assert release_named("vyos-iso", name) == release
    assert release_named("sonic-onie", name) is None
    assert release_named(None, name) is None


@pytest.mark.parametrize(
    ("name", "is_cisco"),
    [
        ("isr4300-universalk9.17.09.04a.SPA.bin", True),
        ("cat9k-rpbase.17.09.04a.SPA.pkg", True),
        ("c800-universalk9-mz.SPA.159-3.M12.bin", True),
        ("cat9k_iosxe.17.06.03.CSCwa85257.SPA.smu.bin", True),
        ("cat4500e-universalk9.SSA.03.05.02.E.152-1.E2.bin", True),
        ("nxos64-cs.10.3.2.F.bin", True),
        ("c2960x-universalk9-mz.152-7.E10.bin", False),
        ("image.bin", False),
        ("SPA.bin", False),
    ],
)
def test_images_that_only_the_box_can_check_are_told_by_their_names(
    name: str, is_cisco: bool
) -> None:
    assert RECOGNISED["cisco-embedded"].is_named(name) == is_cisco
