"""Making lists: the payload, the envelope around it, and the keyring entry of the key.

Pure given a key, but for the randomness that a signature draws inside the library.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from netintegrity import rfc3339
from netintegrity.errors import ConfigError
from netintegrity.model.digest import Digest, Measurement
from netintegrity.model.reference import ReferenceKind
from netintegrity.trust import dsse
from netintegrity.trust._spec import Signature
from netintegrity.trust.algorithms import (
    OWN_MINIMUM_RSA_BITS,
    SCHEMES,
    is_weak,
    usual,
)
from netintegrity.trust.certificates import fingerprint_of, read_key
from netintegrity.trust.payload import PAYLOAD_TYPE, SCHEMA, canonical

_PRIVATE: Final = "an Ed25519, ECDSA P-256, ECDSA P-384 or RSA (3072 bits or more) key"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One image of a list that is about to be made."""

    kind: ReferenceKind = ReferenceKind.IMAGE
    filename: str
    platforms: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    release: str | None = None
    size_bytes: int | None = None
    digests: Iterable[Digest] = ()
    measurements: Iterable[Measurement] = ()
    withdrawn: bool = False
    origin: str = "manual"
    """``manifest``, ``run``, ``file`` or ``manual``."""
    source: str | None = None
    source_digest: str | None = None
    """``sha256:`` and hex."""

    def document(self) -> dict[str, object]:
        """Return the entry as it is written; what is not known is left out."""
        measured: dict[str, list[str]] = {}
        for measurement in self.measurements:
            measured.setdefault(measurement.kind.value, []).append(measurement.value.hex())
        provenance = {
            "origin": self.origin,
            "source": self.source,
            "digest": self.source_digest,
        }
        members: dict[str, object] = {
            "kind": self.kind.value,
            "platforms": sorted(self.platforms),
            "hardware": sorted(self.hardware),
            "filename": self.filename,
            "release": self.release,
            "size_bytes": self.size_bytes,
            "digests": {d.algorithm.value: d.value.hex() for d in self.digests},
            "measurements": {kind: sorted(values) for kind, values in measured.items()},
            "withdrawn": self.withdrawn,
            "provenance": {k: v for k, v in provenance.items() if v is not None},
        }
        return {k: v for k, v in members.items() if v is not None and v not in ([], {})}


def build_manifest(
    entries: Iterable[Entry],
    *,
    list_id: str,
    sequence: int,
    issued_at: datetime,
    expires_at: datetime,
    companions: Mapping[str, int] | None = None,
) -> bytes:
    """Return the payload of a list, ready to be signed: canonical JSON.

    Args:
        entries: its images.
        list_id: the list's own name.
        sequence: higher than that of any edition before.
        issued_at: UTC.
        expires_at: UTC.
        companions: number by id of lists that are issued together with this one.
    """
    return canonical(
        {
            **({"companions": dict(companions)} if companions else {}),
            "schema": SCHEMA,
            "id": list_id,
            "sequence": sequence,
            "issued_at": rfc3339.show(issued_at),
            "expires_at": rfc3339.show(expires_at),
            "images": [entry.document() for entry in entries],
        }
    )


def sign_manifest(payload: bytes, private_key_pem: bytes, password: bytes | None = None) -> bytes:
    """Return the envelope around the payload of a list; see :func:`sign_payload`."""
    return sign_payload(PAYLOAD_TYPE, payload, private_key_pem, password)


def sign_payload(
    payload_type: str, payload: bytes, private_key_pem: bytes, password: bytes | None = None
) -> bytes:
    """Return the envelope around ``payload``, signed as its kind of key signs.

    Raises:
        ConfigError: the key cannot be read, or is of a kind or size that nobody would accept.
    """
    key = _private(private_key_pem, password)
    value = _signature(key, dsse.pae(payload_type, payload))
    hint = fingerprint_of(key.public_key())
    return dsse.seal(payload_type, payload, (Signature(value=value, keyid=hint),))


def countersign(
    raw: bytes, private_key_pem: bytes, password: bytes | None = None, *, name: str
) -> bytes:
    """Return an envelope with one signature more; what it holds stays as it is.

    Nothing says that the signatures it has are good: whoever relies on them verifies them.

    Args:
        raw: the envelope.
        private_key_pem: whose signature to add.
        password: of the key; None: it is not locked.
        name: of the file, for messages.

    Raises:
        TrustError: it is no envelope.
        ConfigError: this key signed it already, or as :func:`sign_payload`.
    """
    envelope = dsse.open_envelope(raw, name=name)
    key = _private(private_key_pem, password)
    hint = fingerprint_of(key.public_key())
    if any(s.keyid == hint for s in envelope.signatures):
        raise ConfigError("this key signed it already", where=name)
    added = Signature(value=_signature(key, envelope.signed), keyid=hint)
    payload_type, payload = dsse.unpack(envelope.payload)
    return dsse.seal(payload_type, payload, (*envelope.signatures, added))


def public_pem(private_key_pem: bytes, password: bytes | None = None) -> bytes:
    """Return the public half of a private key.

    Raises:
        ConfigError: as :func:`sign_payload`.
    """
    key = _private(private_key_pem, password).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def anchor_yaml(
    public_key_pem: bytes,
    *,
    anchor_id: str,
    file: str,
    source: str,
    purpose: str = "manifest",
    signer: str = "owner",
    vendor: str | None = None,
    formats: tuple[str, ...] = ("netintegrity-manifest",),
    channel: str = "release",
    trains: tuple[str, ...] = ("*",),
    not_after: datetime | None = None,
) -> str:
    """Return the text of a ``keyring.yaml`` that trusts one public key, to lie beside ``file``.

    A key for something else than lists has no ``formats``.

    Raises:
        ConfigError: the key is of a kind that no algorithm takes.
    """
    try:
        material = read_key(public_key_pem)
    except ValueError as error:
        raise ConfigError(str(error), where=file) from error
    algorithm = usual(material.key)
    if algorithm is None:
        raise ConfigError(f"expected the public half of {_PRIVATE}", where=file)
    fields: dict[str, object] = {
        "id": anchor_id,
        "file": file,
        "fingerprint": material.fingerprint,
        "algorithm": algorithm.value,
        "signer": signer,
        "vendor": vendor,
        "purpose": purpose,
        "formats": list(formats) or None,
        "channel": channel,
        "trains": list(trains),
        "not_after": rfc3339.show(not_after) if not_after else None,
        "source": source,
    }
    # JSON strings and arrays are YAML flow scalars and sequences (YAML 1.2 section 1.3).
    lines = [f"{name}: {json.dumps(value)}" for name, value in fields.items() if value is not None]
    return "anchors:\n  - " + "\n    ".join(lines) + "\n"


def _private(pem: bytes, password: bytes | None) -> PrivateKey:
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            "not a private key in PEM, or its password is not the one given",
            hint=f"a list is signed with {_PRIVATE}",
        ) from error
    known = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)
    if not isinstance(key, known) or usual(key.public_key()) is None:
        raise ConfigError(f"expected {_PRIVATE}")
    if is_weak(key.public_key(), minimum_rsa_bits=OWN_MINIMUM_RSA_BITS):
        raise ConfigError(f"an RSA key of less than {OWN_MINIMUM_RSA_BITS} bits; nobody accepts it")
    return key


def _signature(key: PrivateKey, signed: bytes) -> bytes:
    algorithm = usual(key.public_key())
    digest = SCHEMES[algorithm].digest if algorithm else None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(signed)
    if digest is None:
        raise ConfigError(f"expected {_PRIVATE}")
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(signed, ec.ECDSA(digest))
    salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
    return key.sign(signed, salted, digest)
