"""An image file is looked up in the lists that verified, and the command says what came of it."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.errors import ConfigError
from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.verdict import Verdict
from netintegrity.store.image_reader import reading
from netintegrity.trust.admit import admit_all
from netintegrity.trust.image_file import VerifiedImage, verify_image
from netintegrity.trust.sign import Entry
from tests.adversary.swi_simulator import SwiVendor, reader
from tests.adversary.vendor_simulator import AT, VendorSimulator, entry, releases
from tests.paths import CAPTURES, needs_captures
from tests.unit.trust.desk import Desk

CONTENT = b"an image without a signature"
LISTS, IMAGES = VendorSimulator(), SwiVendor()


def digest(algorithm: str, content: bytes = CONTENT) -> Digest:
    kind = DigestAlgorithm(algorithm)
    return Digest(kind, hashlib.new(algorithm, content, usedforsecurity=False).digest())


def listed(*digests: Digest, **changes: object) -> Entry:
    return entry(filename="toy.bin", digests=digests, **changes)


def judge(
    *entries: Entry, vendor: VendorSimulator = LISTS, name: str = "toy.bin", days: int = 0
) -> VerifiedImage:
    at = AT + timedelta(days=days)
    submission = vendor.issue(entries=entries)
    references, _ = admit_all([submission], keyring=vendor.keyring, at=at, releases=releases)
    return verify_image(
        *(reader(CONTENT), len(CONTENT)),
        filename=name,
        keyring=vendor.keyring,
        references=references,
        at=at,
    )


def test_a_listed_digest_verifies_a_file_that_carries_no_signature() -> None:
    judged = judge(listed(digest("sha512"), digest("md5")))
    assert (judged.verdict, judged.signature, judged.container) == ("verified", "unsupported", None)
    assert [i.filename for i in judged.references] == ["toy.bin"]
    assert judged.caveats == frozenset()


def test_a_file_that_no_list_has_is_unknown() -> None:
    assert judge(listed(digest("sha512", b"other")), name="x.bin").verdict is Verdict.UNKNOWN


def test_a_known_name_with_another_digest_is_a_mismatch() -> None:
    assert judge(listed(digest("sha512", b"other"))).verdict is Verdict.MISMATCH
    both = (listed(digest("sha512", b"other")), listed(digest("sha512")))
    assert judge(*both).verdict is Verdict.VERIFIED


def test_a_digest_that_agrees_where_a_stronger_one_does_not_is_a_mismatch() -> None:
    torn = listed(digest("md5"), digest("sha512", b"other"))
    assert judge(torn, name="x.bin").verdict is Verdict.MISMATCH


def test_an_image_its_vendor_took_back_is_a_mismatch() -> None:
    assert judge(listed(digest("sha512"), withdrawn=True)).verdict is Verdict.MISMATCH


def test_another_name_and_a_weak_digest_are_caveats() -> None:
    assert judge(listed(digest("sha256")), name="x.bin").caveats == {Caveat.RENAMED}
    assert judge(listed(digest("md5"))).caveats == {Caveat.WEAK_DIGEST}
    owner = LISTS.with_anchor(signer="owner", vendor=None)
    assert judge(listed(digest("sha256")), vendor=owner).caveats == {Caveat.OWNER_SIGNED}
    assert judge(listed(digest("md5")), vendor=owner).verdict is Verdict.UNKNOWN


def test_an_expired_list_vouches_for_nothing() -> None:
    assert judge(listed(digest("sha512")), days=200).verdict is Verdict.UNKNOWN


def write_keys(desk: Desk, certificate: x509.Certificate = IMAGES.root) -> None:
    fingerprint = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    text = f"""\
anchors:
  - id: toy/images
    file: root.pem
    fingerprint: "sha256:{fingerprint}"
    algorithm: ecdsa-p256-sha256
    signer: vendor
    vendor: toy
    purpose: image
    formats: [arista-swi]
"""
    desk.write("keys/images/keyring.yaml", text.encode())
    desk.write("keys/images/root.pem", certificate.public_bytes(Encoding.PEM))


def test_the_command_prints_the_document_of_the_contract(desk: Desk) -> None:
    write_keys(desk)
    image = IMAGES.sign()
    path = desk.write("EOS.swi", image)
    status, document = desk.json("image", "verify", path)
    assert (status, document["verdict"], document["signature"]) == (0, "verified", "verified")
    assert document["schema"] == "netintegrity/image-verification/1"
    assert (document["container"], document["release"]) == ("arista-swi", "4.30.1F")
    assert document["size_bytes"] == len(image)
    assert document["digests"] == {
        a: hashlib.new(a, image, usedforsecurity=False).hexdigest()
        for a in ("md5", "sha256", "sha512")
    }
    _, fewer = desk.json("image", "verify", path, "--signature-only")
    assert fewer["digests"] == {"sha256": hashlib.sha256(image).hexdigest()}
    assert fewer["verdict"] == document["verdict"]
    assert document["references"] == []
    signer = document["signer"]
    assert isinstance(signer, dict)
    assert (signer["subject"], signer["key"]) == ("CN=signer", "toy/images")


def test_the_command_ends_1_where_it_was_changed_and_3_where_nobody_knows_it(desk: Desk) -> None:
    write_keys(desk)
    path = desk.write("EOS.swi", IMAGES.sign().replace(b"hsqs", b"hsqt", 1))
    status, out, err = desk.run("image", "verify", path)
    assert (status, "bad-signature" in out, "bad-signature" in err) == (1, True, True)
    assert desk.run("image", "verify", desk.write("x.bin", CONTENT))[0] == 3
    assert desk.run("image", "verify", str(desk.folder / "absent"))[0] == 2
    assert desk.run("image", "verify", str(desk.folder))[0] == 2


def test_the_command_looks_a_file_up_in_signed_lists(desk: Desk) -> None:
    good = desk.write("toy.bin", CONTENT)
    issued = LISTS.issue(entries=(listed(digest("sha512")),))
    desk.write("keys/keyring.yaml", b"anchors: []\n")
    for name, content in LISTS.key_files.items():
        desk.write(f"keys/{name}", content)
    desk.write("lists/toy.dsse.json", issued.raw)
    folder = str(desk.folder / "lists")
    at = ("--at", "2026-06-01T00:00:00Z")
    status, document = desk.json("image", "verify", good, "--manifests", folder, *at)
    assert (status, document["signature"]) == (0, "unsupported")
    references = document["references"]
    assert isinstance(references, list)
    assert [r["filename"] for r in references] == ["toy.bin"]
    patched = desk.write("patched/toy.bin", CONTENT + b"!")
    assert desk.run("image", "verify", patched, "--manifests", folder, *at)[0] == 1
    desk.write("lists/bad.dsse.json", issued.raw[:-40])
    assert desk.run("image", "verify", good, "--manifests", folder, *at)[0] == 4
    assert desk.run("image", "verify", good, "--manifests", str(desk.folder / "none"))[0] == 2


def test_a_file_that_is_changed_while_it_is_read_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(CONTENT)

    def read(change: bytes) -> None:
        with reading(path) as (read_at, size):
            assert (read_at(3, 5), read_at(size - 1, 9), read_at(size + 5, 1)) == (
                *(CONTENT[3:8], CONTENT[-1:]),
                b"",
            )
            path.write_bytes(change)
            read_at(0, size)

    for change in (b"", CONTENT[::-1], CONTENT + b"more"):
        with pytest.raises(ConfigError, match="changed"):
            read(change)
        path.write_bytes(CONTENT)


@needs_captures
@pytest.mark.parametrize(
    ("name", "status", "signature"),
    [
        ("toy-signed.swi", 0, "verified"),
        ("Toy.swix", 0, "verified"),
        ("toy-tampered.swi", 1, "rejected"),
    ],
)
def test_images_signed_by_arista_s_own_program(
    name: str, status: int, signature: str, desk: Desk
) -> None:
    toy = CAPTURES / "arista_eos" / "toy"
    write_keys(desk, x509.load_pem_x509_certificate((toy / "root.crt").read_bytes()))
    at = ("--at", "2026-11-24T12:00:00Z")
    found, document = desk.json("image", "verify", str(toy / name), *at)
    assert (found, document["signature"]) == (status, signature)
    assert desk.json("image", "verify", str(toy / name), *at, keys=False)[0] == 1
