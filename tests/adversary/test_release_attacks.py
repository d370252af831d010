"""An image with a signature beside it is verified by whose key it is, and rejected when changed."""

import base64
import gzip
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from netintegrity.errors import KeyringError
from netintegrity.model.assurance import Caveat
from netintegrity.trust.certificates import fingerprint_of
from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.keyring import Keyring
from tests.adversary.cms_peer import certificate_for, purposes
from tests.adversary.peers import needs
from tests.adversary.release_simulator import (
    IMAGE,
    Releases,
    judge,
    keyring_of,
    openssl_accepts,
    openssl_signs,
)
from tests.adversary.vendor_simulator import fingerprint, flip, public_pem_of, rsa_key

pytestmark = needs("openssl")

KEY, OTHER = rsa_key(3072), rsa_key(3072)


def wrapped(value: bytes) -> bytes:
    """Write as ``openssl base64`` does, 64 digits a line."""
    digits = base64.b64encode(value)
    return b"".join(digits[at : at + 64] + b"\n" for at in range(0, len(digits), 64))


FORMS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "f5-iso": (".384.sig", "sha384", bytes),
    "opnsense-image": (".sig", "sha256", wrapped),
    "dell-os10": (".sha256.base64", "sha256", base64.b64encode),
}


def bare(
    form: str, fields: Mapping[str, str] = MappingProxyType({}), key: rsa.RSAPrivateKey = KEY
) -> Keyring:
    pinned = fingerprint_of(key.public_key())
    stated = {"formats": f"[{form}]", "algorithm": f"rsa-pkcs1v15-{FORMS[form][1]}", **fields}
    return keyring_of(public_pem_of(key), pinned, **stated)


def told(judged: VerifiedImage) -> tuple[str, str, str | None]:
    return judged.verdict.value, judged.signature.value, judged.reason


VERIFIED = ("verified", "verified", None)
BAD = ("mismatch", "rejected", "bad-signature")


@pytest.mark.parametrize("form", FORMS)
def test_a_bare_rsa_signature_verifies_and_names_its_form(form: str, tmp_path: Path) -> None:
    suffix, digest, written = FORMS[form]
    beside = {f"X.iso{suffix}": written(openssl_signs(tmp_path, KEY, IMAGE, digest))}
    judged = judge(IMAGE, "X.iso", beside, bare(form))
    assert told(judged) == VERIFIED
    assert (judged.container, judged.signer, judged.caveats) == (form, "toy/image", frozenset())
    assert judged.size_bytes == len(IMAGE)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda image: flip(image, 0),
    "last byte": lambda image: flip(image, len(image) - 1),
    "a byte more": lambda image: image + b"\0",
    "a byte less": lambda image: image[:-1],
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", CHANGES)
def test_neither_takes_another_image(form: str, change: str, tmp_path: Path) -> None:
    suffix, digest, written = FORMS[form]
    signature = written(openssl_signs(tmp_path, KEY, IMAGE, digest))
    changed = CHANGES[change](IMAGE)
    assert told(judge(changed, "X.iso", {f"X.iso{suffix}": signature}, bare(form))) == BAD
    assert not openssl_accepts(tmp_path, KEY, changed, digest)


@pytest.mark.parametrize("form", FORMS)
def test_no_spoilt_bare_signature_counts(form: str, tmp_path: Path) -> None:
    suffix, digest, written = FORMS[form]
    value = openssl_signs(tmp_path, KEY, IMAGE, digest)
    other = "sha512" if digest != "sha512" else "sha256"
    spoilt = [
        flip(value, 0),
        flip(value, len(value) - 1),
        value[:-1],
        value + b"\0",
        b"\0" + value,
        bytes(len(value)),
        openssl_signs(tmp_path, OTHER, IMAGE, digest),
        openssl_signs(tmp_path, KEY, IMAGE, other),
        bytes(4096),
    ]
    for one in spoilt:
        assert told(judge(IMAGE, "X.iso", {f"X.iso{suffix}": written(one)}, bare(form))) == BAD
    assert told(judge(IMAGE, "X.iso", {f"X.iso{suffix}": b""}, bare(form))) == BAD
    if written is not bytes:
        for text in (b"!" + written(value), b" " + written(value), written(value) + b"=\n"):
            assert told(judge(IMAGE, "X.iso", {f"X.iso{suffix}": text}, bare(form))) == BAD


def test_a_key_counts_for_its_own_form_purpose_and_channel(tmp_path: Path) -> None:
    beside = {"X.iso.384.sig": openssl_signs(tmp_path, KEY, IMAGE, "sha384")}
    for fields in (
        {"formats": "[dell-os10]"},
        {"formats": "[cisco-release]"},
        {"channel": "rolling"},
        {"purpose": "waiver"},
        {"purpose": "manifest"},
    ):
        judged = judge(IMAGE, "X.iso", beside, bare("f5-iso", fields))
        assert told(judged) == ("unknown", "unverifiable", None), fields


def test_without_a_signature_beside_it_a_file_is_what_lists_say(tmp_path: Path) -> None:
    beside = {"Y.iso.384.sig": openssl_signs(tmp_path, KEY, IMAGE, "sha384")}
    judged = judge(IMAGE, "X.iso", beside, bare("f5-iso"))
    assert told(judged) == ("unknown", "unsupported", None)


def test_a_short_key_and_one_out_of_date_are_told(tmp_path: Path) -> None:
    short = rsa_key(1024)
    beside = {"X.iso.384.sig": openssl_signs(tmp_path, short, IMAGE, "sha384")}
    judged = judge(IMAGE, "X.iso", beside, bare("f5-iso", key=short))
    assert judged.reason == "weak-algorithm"
    beside = {"X.iso.384.sig": openssl_signs(tmp_path, KEY, IMAGE, "sha384")}
    old = bare("f5-iso", {"not_after": '"2025-01-01T00:00:00Z"'})
    assert judge(IMAGE, "X.iso", beside, old).caveats == {Caveat.ANCHOR_EXPIRED}


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(folder=tmp_path)


def test_a_release_verifies_by_its_authority_and_the_subject_that_is_demanded(
    releases: Releases,
) -> None:
    for certificate in (
        releases.certificate.public_bytes(Encoding.PEM),
        releases.certificate.public_bytes(Encoding.DER),
    ):
        beside = releases.beside(**{"product.cer": certificate})
        judged = judge(IMAGE, "image.bin", beside, releases.keyring())
        assert told(judged) == VERIFIED
        assert (judged.signer, judged.container) == ("CN=product", "cisco-release")


def test_a_release_verifies_by_its_pinned_certificate(releases: Releases) -> None:
    pem = releases.certificate.public_bytes(Encoding.PEM)
    keyring = keyring_of(pem, fingerprint(releases.certificate), formats="[cisco-release]")
    assert told(judge(IMAGE, "image.bin", releases.beside(), keyring)) == VERIFIED


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT])
def test_an_archive_is_judged_by_the_image_inside(releases: Releases, form: int) -> None:
    archive = releases.archive(releases.beside(), form=form)
    judged = judge(archive, "release.tar", {}, releases.keyring())
    assert told(judged) == VERIFIED
    assert judged.size_bytes == len(IMAGE)
    assert "image.bin" in judged.described.notes[0]


def test_a_changed_archive_never_verifies_but_where_nothing_is_signed(releases: Releases) -> None:
    archive = releases.archive(releases.beside())
    start = archive.index(IMAGE)
    keyring = releases.keyring()
    for position in (start, start + len(IMAGE) - 1, start + 5000):
        assert told(judge(flip(archive, position), "release.tar", {}, keyring)) == BAD
    for cut in (archive[: start + 100], archive[:600]):
        assert judge(cut, "release.tar", {}, keyring).verdict == "unknown"


def test_an_archive_that_can_be_read_in_two_ways_is_not_read(releases: Releases) -> None:
    beside = releases.beside()
    twice = releases.archive({}, image=b"evil")[:1024] + releases.archive(beside)
    assert judge(twice, "release.tar", {}, releases.keyring()).verdict == "unknown"
    pax = releases.archive(beside | {"n" * 150: b""}, form=tarfile.PAX_FORMAT)
    assert judge(pax, "release.tar", {}, releases.keyring()).verdict == "unknown"


def test_another_product_of_the_same_authority_is_a_stranger(tmp_path: Path) -> None:
    releases = Releases(folder=tmp_path, subject="other product")
    judged = judge(IMAGE, "image.bin", releases.beside(), releases.keyring())
    assert told(judged) == ("mismatch", "rejected", "unknown-signer")


def test_an_authority_without_a_demanded_subject_vouches_for_nobody(releases: Releases) -> None:
    pem = releases.root.public_bytes(Encoding.PEM)
    keyring = keyring_of(pem, fingerprint(releases.root), formats="[cisco-release]")
    assert judge(IMAGE, "image.bin", releases.beside(), keyring).verdict == "mismatch"
    signed_by_it = releases.beside()
    signed_by_it["image.bin.signature"] = openssl_signs(
        releases.folder, releases.root_key, IMAGE, "sha512"
    )
    judged = judge(IMAGE, "image.bin", signed_by_it, keyring)
    assert told(judged) == ("mismatch", "rejected", "wrong-purpose")


@pytest.mark.parametrize(
    ("changes", "extensions"),
    [
        ({"authority": True}, ()),
        ({}, (purposes(ExtendedKeyUsageOID.SERVER_AUTH),)),
        ({"issuer_key": rsa_key()}, ()),
        ({"issuer": "another"}, ()),
    ],
)
def test_a_certificate_that_may_not_is_refused(
    releases: Releases, changes: dict[str, object], extensions: tuple[object, ...]
) -> None:
    fields: dict[str, object] = {"issuer": "authority", "issuer_key": releases.root_key}
    made = certificate_for("product", releases.key, *extensions, **(fields | changes))  # type: ignore[arg-type]
    beside = releases.beside(**{"product.cer": made.public_bytes(Encoding.PEM)})
    judged = judge(IMAGE, "image.bin", beside, releases.keyring())
    assert told(judged) == ("mismatch", "rejected", "unknown-signer")


def test_no_certificate_or_a_broken_one_is_a_stranger(releases: Releases) -> None:
    pem = releases.certificate.public_bytes(Encoding.PEM)
    for broken in (b"", b"hello", flip(pem, 100), b"\x30\x80" * 9000):
        beside = releases.beside(**{"product.cer": broken})
        judged = judge(IMAGE, "image.bin", beside, releases.keyring())
        assert told(judged) == ("mismatch", "rejected", "unknown-signer")


def test_a_certificate_of_the_right_name_for_another_key_does_not_help(releases: Releases) -> None:
    stranger = releases.issue("product", rsa_key())
    beside = releases.beside(**{"product.cer": stranger.public_bytes(Encoding.PEM)})
    assert told(judge(IMAGE, "image.bin", beside, releases.keyring())) == BAD


def test_demanding_a_subject_is_for_authorities_over_images_alone() -> None:
    for fields in ({"purpose": "manifest", "formats": "[cisco-kgv]"}, {"formats": "[f5-iso]"}):
        with pytest.raises(KeyringError):
            bare("f5-iso", {"end_entity": '"CN=product"', **fields})


def test_an_archive_is_read_as_it_was_downloaded_packed(releases: Releases) -> None:
    archive = releases.archive(releases.beside())
    packed = gzip.compress(archive)
    judged = judge(packed, "release.tgz", {}, releases.keyring())
    assert told(judged) == ("verified", "verified", None)
    assert (judged.container, judged.filename) == ("cisco-release", "image.bin")
    assert judged.size_bytes == len(IMAGE)
    for place in (archive.index(IMAGE), archive.index(IMAGE) + 5000):
        spoilt = gzip.compress(flip(archive, place))
        assert told(judge(spoilt, "release.tgz", {}, releases.keyring())) == BAD
    for broken in (packed[:-4], packed + b"x", gzip.compress(b"no archive at all" * 100)):
        assert judge(broken, "release.tgz", {}, releases.keyring()).verdict == "unknown"
