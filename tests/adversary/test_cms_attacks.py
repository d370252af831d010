"""What openssl signs as CMS we accept; what was changed in any way, nobody does.

Where openssl accepts what we reject, the reason is beside the case.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms as asn1  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from netintegrity.trust.admit import Submission
from tests.adversary.cms_peer import Signer, certificate_for, ec_key, purposes, usage
from tests.adversary.cms_tampering import SPOILT, STRICTER, rebuilt
from tests.adversary.peers import needs
from tests.adversary.signed_checksums import LIST
from tests.adversary.tampering import MESSAGES
from tests.adversary.vendor_simulator import flip, judge_with, pem_of, reason_with, rsa_key

pytestmark = needs("openssl")

RSA = rsa_key()
PSS = ("-keyopt", "rsa_padding_mode:pss")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(folder=tmp_path)


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ((), "DER"),
        ((), "PEM"),
        (("-md", "sha256"), "DER"),
        (("-nosmimecap",), "PEM"),
        (("-keyid",), "DER"),
        (("-nocerts",), "DER"),
        (("-keyid", "-nocerts"), "DER"),
        (("-noattr",), "DER"),
    ],
)
def test_what_openssl_signs_we_accept(signer: Signer, options: tuple[str, ...], form: str) -> None:
    signature = signer.sign(LIST, *options, form=form)
    assert signer.openssl_accepts(LIST, signature)
    assert signer.judge(LIST, signature) == "verified"


@pytest.mark.parametrize(
    ("algorithm", "options"),
    [
        ("rsa-pkcs1v15-sha256", ("-md", "sha256")),
        ("rsa-pkcs1v15-sha384", ("-md", "sha384")),
        ("rsa-pkcs1v15-sha512", ("-md", "sha512")),
        ("rsa-pss-sha256", ("-md", "sha256", *PSS)),
    ],
)
def test_every_rsa_signature_openssl_makes_counts_under_its_own_name_alone(
    tmp_path: Path, algorithm: str, options: tuple[str, ...]
) -> None:
    signer = Signer(folder=tmp_path, key=RSA, algorithm=algorithm)
    signature = signer.sign(LIST, *options)
    assert signer.judge(LIST, signature) == "verified"
    other = "rsa-pkcs1v15-sha256" if algorithm != "rsa-pkcs1v15-sha256" else "rsa-pss-sha256"
    assert signer.judge(LIST, signature, algorithm=other) == "bad-signature"


def test_a_p384_signature_counts(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    signer = Signer(folder=tmp_path, key=key, algorithm="ecdsa-p384-sha384")
    assert signer.judge(LIST, signer.sign(LIST, "-md", "sha384")) == "verified"
    # RFC 5480 section 4: a digest shorter than the curve is not what this name stands for.
    assert signer.judge(LIST, signer.sign(LIST, "-md", "sha256")) == "bad-signature"


def test_what_smime_signs_is_the_same_form(signer: Signer) -> None:
    assert signer.judge(LIST, signer.sign(LIST, command="smime")) == "verified"


def test_the_signing_time_tells_how_old_the_list_is(signer: Signer) -> None:
    def newest(*options: str) -> object:
        beside = {".p7s": signer.sign(LIST, *options)}
        submission = Submission(filename="list", raw=LIST, detached=beside)
        _, (outcome,) = judge_with(signer.keyring(), submission)
        return outcome.newest_entry

    assert newest() is not None
    assert newest("-noattr") is None


@pytest.mark.parametrize("change", MESSAGES)
@pytest.mark.parametrize("options", [(), ("-noattr",)], ids=["attributes", "plain"])
def test_neither_takes_another_list(signer: Signer, change: str, options: tuple[str, ...]) -> None:
    signature = signer.sign(LIST, *options)
    assert signer.judge(MESSAGES[change], signature) == "bad-signature"
    assert not signer.openssl_accepts(MESSAGES[change], signature)


def test_neither_takes_a_strangers_signature(signer: Signer, tmp_path: Path) -> None:
    stranger = Signer(folder=tmp_path)
    assert signer.judge(LIST, stranger.sign(LIST)) == "unknown-signer"
    assert signer.judge(LIST, stranger.sign(LIST, "-nocerts")) == "unknown-signer"
    assert not signer.openssl_accepts(LIST, stranger.sign(LIST))


def test_neither_takes_a_strangers_key_under_the_signers_certificate(signer: Signer) -> None:
    signature = signer.sign(LIST)
    foreign = Signer(folder=signer.folder, key=ec_key())
    forged = foreign.sign(LIST)

    def value_of_the_forgery(data: asn1.SignedData) -> None:
        made = asn1.ContentInfo.load(forged)["content"]["signer_infos"][0]
        data["signer_infos"][0]["signed_attrs"] = made["signed_attrs"]
        data["signer_infos"][0]["signature"] = made["signature"]

    changed = rebuilt(signature, value_of_the_forgery)
    assert signer.judge(LIST, changed) == "bad-signature"
    assert not signer.openssl_accepts(LIST, changed)


@pytest.mark.parametrize("spoilt", SPOILT)
def test_no_spoilt_signature_counts(signer: Signer, spoilt: str) -> None:
    change, expected = SPOILT[spoilt]
    signature = rebuilt(signer.sign(LIST), change)
    assert signer.judge(LIST, signature) == expected
    if spoilt not in STRICTER:
        assert not signer.openssl_accepts(LIST, signature)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda raw: raw + b"\0", "something behind the value"),
        (lambda raw: raw[:-1], "cut short"),
        (lambda raw: b"\0" + raw, "something before the value"),
        (lambda _: b"", "nothing"),
        (lambda _: b"\x30\x80" + b"\x30\x80" * 50_000, "nested without end"),
        (lambda _: b"\x30\x84\xff\xff\xff\xff\x00", "a length of four gigabytes"),
        (lambda _: b"\x30\x88" + b"\xff" * 8, "a length of sixteen exabytes"),
        (lambda raw: b"\x30\x83\x00" + raw[2:4] + raw[4:], "a length with a zero before it"),
        (lambda raw: raw + bytes(300 * 1024), "too large"),
        (lambda raw: b"-----BEGIN CMS-----\n" + raw, "no PEM"),
    ],
)
def test_what_is_not_one_value_in_der_is_refused(
    signer: Signer, change: Callable[[bytes], bytes], why: str
) -> None:
    assert signer.judge(LIST, change(signer.sign(LIST))) == "bad-signature", why


def test_a_length_that_is_not_stated_is_refused_although_openssl_takes_it(signer: Signer) -> None:
    signature = signer.sign(LIST)
    # BER of indefinite length around the same content: a second spelling (X.690 section 10.1).
    other = b"\x30\x80" + signature[4:] + b"\0\0"
    assert signer.judge(LIST, other) == "bad-signature"
    assert signer.openssl_accepts(LIST, other)


def test_a_signature_of_attributes_is_none_over_them_as_content(signer: Signer) -> None:
    """Without its attributes, a signature covers whatever is byte for byte like them."""
    signature = signer.sign(LIST)
    info = asn1.ContentInfo.load(signature)["content"]["signer_infos"][0]
    content = b"\x31" + info["signed_attrs"].dump()[1:]
    bare = rebuilt(signature, SPOILT["no attributes"][0])
    assert signer.openssl_accepts(content, bare)
    assert signer.judge(content, bare) == "bad-signature"


def test_no_changed_byte_leaves_a_list_verified(signer: Signer) -> None:
    signature = signer.sign(LIST, "-md", "sha256")
    keyring = signer.keyring()
    for position in range(len(signature)):
        for mask in (0x01, 0x20, 0x80):
            changed = flip(signature, position, mask)
            submission = Submission(filename="list", raw=LIST, detached={".p7s": changed})
            assert reason_with(keyring, submission) != "verified", (position, mask)


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        ({"authority": True}, "wrong-purpose"),
        ({"extensions": (usage(sign=False, certify=True),)}, "wrong-purpose"),
        ({"extensions": (purposes(ExtendedKeyUsageOID.SERVER_AUTH),)}, "wrong-purpose"),
        ({"extensions": (purposes(ExtendedKeyUsageOID.TIME_STAMPING),)}, "wrong-purpose"),
        ({"extensions": (purposes(ExtendedKeyUsageOID.EMAIL_PROTECTION),)}, "verified"),
        ({"extensions": ()}, "verified"),
    ],
)
def test_a_certificate_for_another_thing_signs_no_list(
    tmp_path: Path, certificate: dict[str, object], expected: str
) -> None:
    key = ec_key()
    extensions = certificate.pop("extensions", ())
    made = certificate_for("signer", key, *extensions, **certificate)  # type: ignore[arg-type,misc]
    signer = Signer(folder=tmp_path, key=key, certificate=made)
    assert signer.judge(LIST, signer.sign(LIST)) == expected


def test_a_short_key_is_too_weak(tmp_path: Path) -> None:
    signer = Signer(folder=tmp_path, key=rsa_key(1024), algorithm="rsa-pkcs1v15-sha256")
    assert signer.judge(LIST, signer.sign(LIST)) == "weak-algorithm"


def test_what_an_authority_of_the_keyring_issued_signs_no_list(tmp_path: Path) -> None:
    """It issues for other products too: the keyring names who signs lists, and nobody else does."""
    root_key, key = ec_key(), ec_key()
    root = certificate_for("root", root_key, authority=True)
    leaf = certificate_for("leaf", key, issuer="root", issuer_key=root_key)
    signer = Signer(folder=tmp_path, key=key, certificate=leaf)
    signature = signer.sign(LIST)
    authority = Signer(folder=tmp_path, key=root_key, certificate=root)
    assert authority.judge(LIST, signature) == "unknown-signer"


def test_sha1_is_weak_although_openssl_signs_it(signer: Signer) -> None:
    signature = signer.sign(LIST, "-md", "sha1")
    assert signer.openssl_accepts(LIST, signature)
    assert signer.judge(LIST, signature) == "weak-algorithm"


def test_two_signers_of_one_list_are_refused(signer: Signer) -> None:
    other = Signer(folder=signer.folder)
    (signer.folder / "k2.pem").write_bytes(pem_of(other.key))
    (signer.folder / "c2.pem").write_bytes(other.own.public_bytes(Encoding.PEM))
    signature = signer.sign(LIST, "-signer", "c2.pem", "-inkey", "k2.pem")
    assert signer.judge(LIST, signature) == "malformed"


@pytest.mark.parametrize("command", ["-encrypt", "-data_create", "-digest_create", "-compress"])
def test_cms_of_another_kind_is_no_signature(signer: Signer, command: str) -> None:
    signer.sign(LIST)
    arguments = ["-in", "content", "-binary", "-outform", "DER", "-out", "other"]
    key = ["cert.pem"] if command == "-encrypt" else []
    done = subprocess.run(
        ["openssl", "cms", command, *arguments, *key],
        cwd=signer.folder,
        capture_output=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        assert command == "-compress", "openssl may be built without zlib, and with all else"
        return
    other = (signer.folder / "other").read_bytes()
    assert signer.judge(LIST, other) == "bad-signature"
