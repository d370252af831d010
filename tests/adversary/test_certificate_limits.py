"""What a certificate may sign, how long its key is and how it was signed: asked on every way in.

Three ways lead from a certificate to "verified": a chain pinned in the keyring (Known Good Values),
the signer's certificate beside a list (CMS), and one inside an image (SWI). Each limit is broken
here on each way, by somebody who holds all the keys.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from netintegrity.errors import TrustError
from netintegrity.model.assurance import Caveat
from netintegrity.trust.admit import Submission, admit_all
from netintegrity.trust.certificates import read_pem
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.path import path_to
from tests.adversary.vendor_simulator import AT, ChainedVendor, releases, rsa_key
from tests.unit.trust.test_path import ROOT, leaf, sub

USAGE = {
    "digital_signature": True,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


CONTENT = ChainedVendor().content()
_KEYS: dict[str, rsa.RSAPrivateKey] = {}


def some_key(holder: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return one and the same key for each holder: to make them takes long."""
    if holder not in _KEYS:
        _KEYS[holder] = rsa_key(bits)
    return _KEYS[holder]


def named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def over_sha1(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> x509.Certificate:
    """Return the same certificate signed as was usual until 2017; the library makes none now."""
    made = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    body = made["tbs_certificate"]
    body["signature"] = made["signature_algorithm"] = {"algorithm": "sha1_rsa"}
    signed = body.dump(force=True)
    made["signature_value"] = key.sign(signed, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
    return x509.load_der_x509_certificate(made.dump(force=True))


@dataclass(kw_only=True)
class Chain:
    """Root, sub-CA and the signer of lists, each of which can be made otherwise."""

    root_key: rsa.RSAPrivateKey = field(default_factory=lambda: some_key("root"))
    sub_key: rsa.RSAPrivateKey = field(default_factory=lambda: some_key("sub"))
    leaf_key: rsa.RSAPrivateKey = field(default_factory=lambda: some_key("leaf"))
    leaf_authority: bool = False
    leaf_usage: dict[str, bool] = field(default_factory=lambda: dict(USAGE))
    leaf_purpose: x509.ObjectIdentifier | None = None
    sub_authority: bool = True
    sub_usage: dict[str, bool] = field(default_factory=lambda: USAGE | {"key_cert_sign": True})
    sub_purpose: x509.ObjectIdentifier | None = None
    root_depth: int | None = None
    sub_digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    leaf_digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    root_digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    leaf_until: datetime = datetime(2037, 1, 1, tzinfo=UTC)
    critical: bool = False

    def _make(
        self,
        name: str,
        key: rsa.RSAPrivateKey,
        issuer: str,
        issuer_key: rsa.RSAPrivateKey,
        *,
        authority: bool,
        depth: int | None,
        usage: dict[str, bool],
        purpose: x509.ObjectIdentifier | None,
        digest: hashes.HashAlgorithm,
        until: datetime = datetime(2037, 1, 1, tzinfo=UTC),
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2017, 1, 1, tzinfo=UTC))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=depth), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
        )
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if self.critical and name == "Lists":
            unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
            builder = builder.add_extension(unknown, critical=True)
        if isinstance(digest, hashes.SHA1):
            return over_sha1(builder.sign(issuer_key, hashes.SHA256()), issuer_key)
        return builder.sign(issuer_key, hashes.SHA256())

    def certificates(self) -> dict[str, x509.Certificate]:
        certifies = USAGE | {"key_cert_sign": True}
        root = self._make(
            "Root", self.root_key, "Root", self.root_key,
            authority=True, depth=self.root_depth, usage=certifies, purpose=None,
            digest=self.root_digest,
        )  # fmt: skip
        below = self._make(
            "Sub", self.sub_key, "Root", self.root_key,
            authority=self.sub_authority, depth=None if not self.sub_authority else 0,
            usage=self.sub_usage, purpose=self.sub_purpose, digest=self.sub_digest,
        )  # fmt: skip
        signer = self._make(
            "Lists", self.leaf_key, "Sub", self.sub_key,
            authority=self.leaf_authority, depth=None, usage=self.leaf_usage,
            purpose=self.leaf_purpose, digest=self.leaf_digest, until=self.leaf_until,
        )  # fmt: skip
        return {"root": root, "sub": below, "leaf": signer}

    def judged(self, *, at: datetime = AT) -> tuple[str, frozenset[Caveat]]:
        """Return the reason of a list the chain signs, or ``verified``, and the caveats."""
        files = {f"{n}.pem": c.public_bytes(Encoding.PEM) for n, c in self.certificates().items()}
        pins = {n.partition(".")[0]: read_pem(c).fingerprint for n, c in files.items()}
        text = f"""\
anchors:
  - id: toy/lists
    file: leaf.pem
    fingerprint: "{pins["leaf"]}"
    issuers:
      - {{file: sub.pem, fingerprint: "{pins["sub"]}"}}
      - {{file: root.pem, fingerprint: "{pins["root"]}"}}
    algorithm: rsa-pkcs1v15-sha512
    signer: vendor
    vendor: toy
    purpose: manifest
    formats: [cisco-kgv]
"""
        content = CONTENT
        signature = self.leaf_key.sign(content, padding.PKCS1v15(), hashes.SHA512())
        issued = Submission(filename="kgv.json", raw=content, detached={".signature": signature})
        try:
            keyring = load_keyring({"keyring.yaml": text.encode(), **files})
        except TrustError as error:
            return error.reason, frozenset()
        _, (outcome,) = admit_all([issued], keyring=keyring, at=at, releases=releases)
        return outcome.reason or "verified", outcome.caveats


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "verified"),
        # Lists, and what signs them.
        ({"leaf_authority": True, "leaf_usage": USAGE | {"key_cert_sign": True}}, "keyring"),
        ({"leaf_usage": USAGE | {"digital_signature": False, "key_agreement": True}}, "keyring"),
        ({"leaf_purpose": ExtendedKeyUsageOID.SERVER_AUTH}, "keyring"),
        ({"leaf_purpose": ExtendedKeyUsageOID.CODE_SIGNING}, "verified"),
        ({"critical": True}, "keyring"),
        # Authorities.
        ({"sub_authority": False}, "keyring"),
        ({"sub_usage": USAGE}, "keyring"),
        ({"sub_purpose": ExtendedKeyUsageOID.SERVER_AUTH}, "keyring"),
        ({"root_depth": 0}, "keyring"),
        # Hashes and lengths.
        ({"leaf_digest": hashes.SHA1()}, "keyring"),  # noqa: S303
        ({"sub_digest": hashes.SHA1()}, "keyring"),  # noqa: S303
        ({"sub_key": "short"}, "keyring"),
        ({"root_key": "short"}, "keyring"),
        ({"leaf_key": "short"}, "weak-algorithm"),
        # The root is pinned byte for byte: how it signed itself says nothing more.
        ({"root_digest": hashes.SHA1()}, "verified"),  # noqa: S303
    ],
)
def test_a_pinned_chain_is_held_to_every_limit(changes: dict[str, object], expected: str) -> None:
    made = {k: some_key("short", 1024) if v == "short" else v for k, v in changes.items()}
    reason, _ = Chain(**made).judged()  # type: ignore[arg-type]
    assert reason == expected


def test_a_certificate_that_ended_since_is_a_caveat_and_undoes_nothing() -> None:
    ended = Chain(leaf_until=AT - timedelta(days=1))
    assert ended.judged() == ("verified", frozenset({Caveat.ANCHOR_EXPIRED}))
    # Judged for a moment at which it was valid, it is not: `--at` is asked, and nothing else.
    assert ended.judged(at=AT - timedelta(days=2)) == ("verified", frozenset())


def test_validity_is_told_for_the_moment_that_is_asked_about() -> None:
    path = path_to(ROOT, leaf(), [sub()])
    for certificate in path.certificates[:-1]:
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        assert certificate not in path.outside(start)
        assert certificate not in path.outside(end)
        assert certificate in path.outside(start - timedelta(seconds=1))
        assert certificate in path.outside(end + timedelta(seconds=1))
