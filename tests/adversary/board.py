"""Several people who sign together, and the key sets they vote on."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ed25519

from netintegrity.trust._spec import Signature
from netintegrity.trust.certificates import fingerprint_of
from netintegrity.trust.dsse import pae, seal
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.keyset import PAYLOAD_TYPE as SET_TYPE
from netintegrity.trust.keyset import key_set_payload
from netintegrity.trust.payload import PAYLOAD_TYPE
from netintegrity.trust.sign import anchor_yaml
from tests.adversary.vendor_simulator import AT, public_pem_of

HOLDERS = ("alice", "bob", "carol")


_KEYS: dict[str, ed25519.Ed25519PrivateKey] = {}


def key_of(holder: str) -> ed25519.Ed25519PrivateKey:
    """Return the key of a person; ``alice2`` is Alice's next one."""
    return _KEYS.setdefault(holder, ed25519.Ed25519PrivateKey.generate())


def fingerprint(holder: str) -> str:
    return fingerprint_of(key_of(holder).public_key())


def signature(holder: str, kind: str, payload: bytes) -> Signature:
    value = key_of(holder).sign(pae(kind, payload))
    return Signature(value=value, keyid=fingerprint(holder))


def sealed(payload: bytes, by: Iterable[str], kind: str = PAYLOAD_TYPE) -> bytes:
    """Return an envelope signed by each of ``by``."""
    return seal(kind, payload, tuple(signature(holder, kind, payload) for holder in by))


def quorum_files(
    threshold: int = 2, holders: Iterable[str] = HOLDERS, revoked: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """Return a keyring in which so many of some people must agree."""
    files, entries, names = {}, [], list(holders)
    for holder in names:
        public = public_pem_of(key_of(holder))
        files[f"{holder}.pem"] = public
        text = anchor_yaml(
            public,
            anchor_id=f"toy/{holder}",
            file=f"{holder}.pem",
            signer="vendor",
            vendor="toy",
            source="made for a test",
        ).removeprefix("anchors:\n")
        if revoked and holder in revoked:
            text += f'    revoked: "{revoked[holder]}"\n'
        entries.append(text)
    members = ", ".join(f"toy/{holder}" for holder in names)
    quorum = f"quorums:\n  - id: toy/board\n    threshold: {threshold}\n    anchors: [{members}]\n"
    return files | {"keyring.yaml": ("anchors:\n" + "".join(entries) + quorum).encode()}


def quorum_keyring(
    threshold: int = 2, holders: Iterable[str] = HOLDERS, revoked: Mapping[str, str] | None = None
) -> Keyring:
    return load_keyring(quorum_files(threshold, holders, revoked))


@dataclass(kw_only=True)
class Version:
    """One version of a key set, and who signs it."""

    number: int = 1
    holders: tuple[str, ...] = HOLDERS
    threshold: int = 2
    root_threshold: int = 2
    signed_by: tuple[str, ...] = HOLDERS
    set_id: str = "board"
    issued_at: datetime = AT - timedelta(days=30)
    expires_at: datetime = AT + timedelta(days=300)
    revoked: Mapping[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        return key_set_payload(
            set_id=self.set_id,
            version=self.number,
            issued_at=self.issued_at,
            expires_at=self.expires_at,
            keys={h: public_pem_of(key_of(h)).decode() for h in self.holders},
            roles={
                "root": (self.root_threshold, self.holders),
                "manifest": (self.threshold, self.holders),
            },
            revoked={fingerprint(h): why for h, why in self.revoked.items()},
        )

    @property
    def envelope(self) -> bytes:
        return sealed(self.payload, self.signed_by, SET_TYPE)


def set_files(*versions: Version, **others: bytes) -> dict[str, bytes]:
    """Return a keyring that pins the first of ``versions``, with the others beside it."""
    files = {f"board.{v.number}.keyset.json": v.envelope for v in versions}
    first = versions[0]
    pin = hashlib.sha256(first.envelope).hexdigest()
    files["keyring.yaml"] = f"""\
key_sets:
  - id: toy/board
    file: board.{first.number}.keyset.json
    fingerprint: "sha256:{pin}"
    signer: vendor
    vendor: toy
    formats: [netintegrity-manifest]
    source: made for a test
""".encode()
    return files | {n.replace("__", "."): c for n, c in others.items()}


def set_keyring(*versions: Version) -> Keyring:
    return load_keyring(set_files(*versions))
