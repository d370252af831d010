"""``image verify`` reads the signature and the certificate that lie beside an image."""

from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from netintegrity.store.image_reader import files_beside
from netintegrity.trust.certificates import fingerprint_of
from tests.adversary.vendor_simulator import public_pem_of, rsa_key
from tests.unit.trust.desk import Desk

KEY = rsa_key(3072)
IMAGE = b"an image"


def write_keys(desk: Desk) -> None:
    text = f"""\
anchors:
  - id: toy/images
    file: images.pem
    fingerprint: "{fingerprint_of(KEY.public_key())}"
    algorithm: rsa-pkcs1v15-sha384
    signer: vendor
    vendor: toy
    purpose: image
    formats: [f5-iso]
"""
    desk.write("keys/images/keyring.yaml", text.encode())
    desk.write("keys/images/images.pem", public_pem_of(KEY))


def test_the_signature_beside_an_image_is_found(desk: Desk) -> None:
    write_keys(desk)
    path = desk.write("BIGIP.iso", IMAGE)
    desk.write("BIGIP.iso.384.sig", KEY.sign(IMAGE, padding.PKCS1v15(), hashes.SHA384()))
    status, document = desk.json("image", "verify", path)
    assert (status, document["verdict"], document["container"]) == (0, "verified", "f5-iso")
    desk.write("BIGIP.iso", IMAGE + b"!")
    status, document = desk.json("image", "verify", path)
    assert (status, document["verdict"], document["reason"]) == (1, "mismatch", "bad-signature")


def test_only_small_plain_files_that_may_sign_it_are_read(tmp_path: Path) -> None:
    for name in ("X.iso", "X.iso.sig", "X.iso.signature", "ca.CER", "Y.iso.sig", "README"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "X.iso.big").write_bytes(bytes(64 * 1024 + 1))
    (tmp_path / "X.iso.folder").mkdir()
    (tmp_path / "X.iso.gone").symlink_to("nowhere")
    found = files_beside(tmp_path / "X.iso")
    assert set(found) == {"X.iso.sig", "X.iso.signature", "ca.CER"}
    assert files_beside(tmp_path / "none" / "X.iso") == {}
