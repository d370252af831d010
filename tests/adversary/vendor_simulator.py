"""A vendor with its keys in memory, and everything somebody might do to what it issues."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.release import Release
from netintegrity.model.run import ManifestOutcome
from netintegrity.trust.admit import Submission, admit_all
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.sign import (
    Entry,
    PrivateKey,
    anchor_yaml,
    build_manifest,
    sign_manifest,
)

AT = datetime(2026, 6, 1, tzinfo=UTC)
GOOD = Digest(DigestAlgorithm.SHA512, b"\x01" * 64)
EVIL = Digest(DigestAlgorithm.SHA512, b"\x02" * 64)


def releases(platform_id: str, text: str) -> Release | None:
    """Read dotted numbers, each first number a train: a grammar small enough to see through."""
    parts = text.split(".")
    if platform_id not in {"toy", "cisco_iosxe"} or not all(p.isdigit() for p in parts):
        return None
    return Release(text, f"{platform_id}-{int(parts[0])}", tuple(int(p) for p in parts))


def entry(**changes: object) -> Entry:
    plain = Entry(filename="toy.bin", platforms=("toy",), release="17.9.4", digests=(GOOD,))
    return replace(plain, **changes)  # type: ignore[arg-type]


def pem_of(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem_of(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def flip(raw: bytes, position: int, mask: int = 1) -> bytes:
    return raw[:position] + bytes([raw[position] ^ mask]) + raw[position + 1 :]


@dataclass(kw_only=True)
class VendorSimulator:
    """Issues lists in our own format; each method is one list, honest or not."""

    key: PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)
    anchor: Mapping[str, object] = field(default_factory=dict)
    """Changes to the anchor that the keyring holds."""
    list_id: str = "toy-list"
    sequence: int = 7
    issued_at: datetime = AT - timedelta(days=10)
    expires_at: datetime = AT + timedelta(days=100)
    entries: tuple[Entry, ...] = (entry(),)

    @property
    def key_files(self) -> dict[str, bytes]:
        public = public_pem_of(self.key)
        plain: dict[str, object] = {
            "anchor_id": "toy/lists",
            "file": "toy.pem",
            "signer": "vendor",
            "vendor": "toy",
            "source": "made for a test",
        }
        text = anchor_yaml(public, **(plain | dict(self.anchor)))  # type: ignore[arg-type]
        return {"toy/keyring.yaml": text.encode(), "toy/toy.pem": public}

    @property
    def keyring(self) -> Keyring:
        return load_keyring(self.key_files)

    def payload(self, **changes: object) -> bytes:
        plain = build_manifest(
            self.entries,
            list_id=self.list_id,
            sequence=self.sequence,
            issued_at=self.issued_at,
            expires_at=self.expires_at,
        )
        document = json.loads(plain) | changes
        return json.dumps({k: v for k, v in document.items() if v is not ...}).encode()

    def envelope(self) -> bytes:
        return sign_manifest(self.payload(), pem_of(self.key))

    def submit(self, raw: bytes, filename: str = "toy.dsse.json") -> Submission:
        return Submission(filename=filename, raw=raw)

    def issue(self, **changes: object) -> Submission:
        """Issue an honest list; ``changes`` are of this simulator for this list alone."""
        return self.submit(replace(self, **changes).envelope())  # type: ignore[arg-type]

    def sign(self, payload: bytes) -> Submission:
        """Sign whatever it is."""
        return self.submit(sign_manifest(payload, pem_of(self.key)))

    def expire(self) -> Submission:
        return self.issue(expires_at=AT - timedelta(days=1))

    def roll_back(self) -> Submission:
        return self.issue(sequence=self.sequence - 1)

    def backdate(self) -> Submission:
        return self.issue(issued_at=self.issued_at - timedelta(days=1))

    def swap_payload(self) -> Submission:
        """Put other content under the signature of the honest list."""
        document = json.loads(self.envelope())
        other = replace(self, entries=(entry(digests=(EVIL,)),)).payload()
        document["payload"] = base64.b64encode(other).decode()
        return self.submit(json.dumps(document).encode())

    def rename_payload_type(self) -> Submission:
        document = json.loads(self.envelope())
        document["payloadType"] = "application/vnd.in-toto+json"
        return self.submit(json.dumps(document).encode())

    def swap_keyid(self) -> Submission:
        document = json.loads(self.envelope())
        document["signatures"][0]["keyid"] = "sha256:" + "0" * 64
        return self.submit(json.dumps(document).encode())

    def drop_keyid(self) -> Submission:
        document = json.loads(self.envelope())
        del document["signatures"][0]["keyid"]
        return self.submit(json.dumps(document).encode())

    def strip_signatures(self) -> Submission:
        document = json.loads(self.envelope())
        document["signatures"] = []
        return self.submit(json.dumps(document).encode())

    def truncate(self) -> Submission:
        return self.submit(self.envelope()[:-40])

    def sign_with_foreign_key(self) -> Submission:
        foreign = ed25519.Ed25519PrivateKey.generate()
        return self.submit(sign_manifest(self.payload(), pem_of(foreign)))

    def claim_foreign_signature_is_ours(self) -> Submission:
        """Sign with a stranger's key under the key id of the vendor's."""
        document = json.loads(self.sign_with_foreign_key().raw)
        document["signatures"][0]["keyid"] = self.keyring.anchors[0].fingerprint
        return self.submit(json.dumps(document).encode())

    def with_anchor(self, **changes: object) -> "VendorSimulator":
        """Return the same vendor, its key in the keyring for something else."""
        return replace(self, anchor={**self.anchor, **changes})


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def certify(
    subject: str,
    key: PrivateKey,
    *,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    is_authority: bool = False,
    not_after: datetime = datetime(2037, 1, 1, tzinfo=UTC),
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Toy")
        return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2017, 1, 1, tzinfo=UTC))
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256())


@dataclass(kw_only=True)
class ChainedVendor:
    """Signs raw detached RSA under a root and a sub-CA that issues for other products too."""

    root_key: rsa.RSAPrivateKey = field(default_factory=rsa_key)
    sub_key: rsa.RSAPrivateKey = field(default_factory=rsa_key)
    leaf_key: rsa.RSAPrivateKey = field(default_factory=rsa_key)
    other_key: rsa.RSAPrivateKey = field(default_factory=rsa_key)

    def __post_init__(self) -> None:
        self.root = certify(
            "Root", self.root_key, issuer="Root", issuer_key=self.root_key, is_authority=True
        )
        self.sub = certify(
            "Sub", self.sub_key, issuer="Root", issuer_key=self.root_key, is_authority=True
        )
        self.leaf = certify("Lists", self.leaf_key, issuer="Sub", issuer_key=self.sub_key)
        self.other = certify("Other", self.other_key, issuer="Sub", issuer_key=self.sub_key)

    @property
    def key_files(self) -> dict[str, bytes]:
        text = f"""\
anchors:
  - id: toy/known-good-values
    file: leaf.pem
    fingerprint: "{fingerprint(self.leaf)}"
    issuers:
      - {{file: sub.pem, fingerprint: "{fingerprint(self.sub)}"}}
      - {{file: root.pem, fingerprint: "{fingerprint(self.root)}"}}
    subject: "CN=Lists,O=Toy"
    algorithm: rsa-pkcs1v15-sha512
    signer: vendor
    vendor: toy
    purpose: manifest
    formats: [cisco-kgv]
    channel: release
    trains: ["*"]
    not_after: "2037-01-01T00:00:00Z"
    source: made for a test
"""
        named = {"leaf": self.leaf, "sub": self.sub, "root": self.root, "other": self.other}
        files = {f"{n}.pem": c.public_bytes(Encoding.PEM) for n, c in named.items()}
        return {"keyring.yaml": text.encode(), **files}

    @property
    def keyring(self) -> Keyring:
        return load_keyring(self.key_files)

    def content(self, **changes: object) -> bytes:
        file = {
            "filename": "cat9k_iosxe.17.09.04.SPA.bin",
            "dtype": "osimage",
            "sha512": "AB" * 64,
            "biv_hash": "CD" * 64,
        }
        header = {"timestamp": "2026.05.01.00.00.00", "version": "1"}
        return json.dumps({"header": header, "bulkHash": [file | changes]}).encode()

    def issue(
        self, raw: bytes | None = None, *, key: rsa.RSAPrivateKey | None = None
    ) -> Submission:
        """Sign with the key for lists, or with another."""
        content = self.content() if raw is None else raw
        signature = (key or self.leaf_key).sign(content, padding.PKCS1v15(), hashes.SHA512())
        return Submission(filename="kgv.json", raw=content, detached={".signature": signature})


def fingerprint(certificate: x509.Certificate) -> str:
    return f"sha256:{certificate.fingerprint(hashes.SHA256()).hex()}"


def judge_with(
    keyring: Keyring, *submissions: Submission, **options: object
) -> tuple[ReferenceSet, tuple[ManifestOutcome, ...]]:
    return admit_all(
        submissions,
        keyring=keyring,
        at=AT,
        releases=releases,
        **options,  # type: ignore[arg-type]
    )


def reason_with(keyring: Keyring, submission: Submission, **options: object) -> str:
    """Return why it was rejected, and make sure that nothing of it is used."""
    references, (outcome,) = judge_with(keyring, submission, **options)
    assert (outcome.reason is None) == bool(references.count)
    return outcome.reason or "verified"
