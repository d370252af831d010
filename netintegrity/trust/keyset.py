"""Key sets: who may sign a list, how many of them it takes, and who may change that.

A set is a signed document with a number. Version N + 1 counts if as many keys of the role ``root``
signed it as version N asks for, and as many as it asks for itself; so one stolen key changes
nothing, and nobody is locked out. The first version that counts is pinned in the keyring, byte for
byte. A key that was revoked never comes back.

Verified before it is read: the first version by its pin, each other one by the one before it.

Source: The Update Framework specification 1.0.33, sections 4.3 and 5.3 (root role), of which this
is the part that one file needs; DSSE v1.0 for the envelope.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    ManifestRollbackError,
    TrustError,
    UnsignedError,
)
from netintegrity.model.codec import moment_from_json
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust import dsse
from netintegrity.trust._spec import Envelope
from netintegrity.trust.algorithms import OWN_MINIMUM_RSA_BITS, Algorithm, BareKey, is_weak, usual
from netintegrity.trust.certificates import fingerprint_of, read_pem
from netintegrity.trust.payload import canonical
from netintegrity.trust.signature import verify

SCHEMA: Final = "netintegrity/key-set/1"
PAYLOAD_TYPE: Final = "application/vnd.netintegrity.key-set+json"
NAME: Final = re.compile(
    r"(?P<base>[A-Za-z0-9][A-Za-z0-9._-]*)\.(?P<version>\d{1,6})\.keyset\.json"
)
MAX_KEYS: Final = 16
ROOT_ROLE, LISTS_ROLE = "root", "manifest"
_FIELDS: Final = frozenset(
    {"schema", "id", "version", "issued_at", "expires_at", "keys", "roles", "revoked"}
)
_ROLES: Final = frozenset({ROOT_ROLE, LISTS_ROLE})
_SET_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
HOLDER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
FINGERPRINT: Final = re.compile(r"sha256:[0-9a-f]{64}")
_MAX_REASON: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SetKey:
    """A key of a set, and who holds it."""

    holder: str
    """Unique in the set."""
    key: BareKey
    algorithm: Algorithm

    @property
    def fingerprint(self) -> str:
        """``sha256:`` and hex, over the SubjectPublicKeyInfo."""
        return fingerprint_of(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who may do a thing together."""

    threshold: int
    keys: tuple[SetKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """One version of a set."""

    id: str
    version: int
    issued_at: datetime
    expires_at: datetime
    root: Role
    lists: Role
    revoked: Mapping[str, str]
    """Reason by fingerprint."""


def key_set_payload(
    *,
    set_id: str,
    version: int,
    issued_at: datetime,
    expires_at: datetime,
    keys: Mapping[str, str],
    roles: Mapping[str, tuple[int, Iterable[str]]],
    revoked: Mapping[str, str],
) -> bytes:
    """Return the payload of a set, ready to be signed: canonical JSON.

    Args:
        set_id: the set's own name.
        version: one more than the one before.
        issued_at: UTC.
        expires_at: UTC.
        keys: PEM of a public key, by holder.
        roles: threshold and holders, of ``root`` and ``manifest``.
        revoked: reason by fingerprint.
    """
    return canonical(
        {
            "schema": SCHEMA,
            "id": set_id,
            "version": version,
            "issued_at": rfc3339.show(issued_at),
            "expires_at": rfc3339.show(expires_at),
            "keys": dict(keys),
            "roles": {
                name: {"threshold": threshold, "keys": list(holders)}
                for name, (threshold, holders) in roles.items()
            },
            "revoked": dict(revoked),
        }
    )


def first_version(raw: bytes, *, name: str) -> KeySet:
    """Return a set whose very bytes are pinned; it must bear its own signatures none the less.

    Raises:
        TrustError: as :func:`next_version`.
    """
    envelope = dsse.open_envelope(raw, name=name)
    found = _read(envelope, name)
    _refuse_unless_signed(envelope, found, name)
    _refuse_strangers(envelope, (found,), name)
    return found


def next_version(before: KeySet, raw: bytes, *, name: str) -> KeySet:
    """Return the set that follows ``before``.

    Raises:
        UnsignedError: fewer keys signed it than either version asks for.
        BadSignatureError: a signature in it was changed.
        MalformedError: it is no key set, or of another id, or brings a revoked key back.
        ManifestRollbackError: its number is not the next one, or its date lies before.
    """
    envelope = dsse.open_envelope(raw, name=name)
    _refuse_unless_signed(envelope, before, name)
    found = _read(envelope, name)
    _refuse_unless_signed(envelope, found, name)
    _refuse_strangers(envelope, (before, found), name)
    if found.id != before.id:
        raise MalformedError(manifest_id=name, detail=f"of the set {found.id}, not {before.id}")
    if found.version != before.version + 1:
        detail = f"version {found.version} cannot follow version {before.version}"
        raise ManifestRollbackError(manifest_id=name, detail=detail)
    if found.issued_at < before.issued_at:
        detail = f"issued before version {before.version}"
        raise ManifestRollbackError(manifest_id=name, detail=detail)
    if not before.revoked.keys() <= found.revoked.keys():
        detail = f"forgets a key that version {before.version} revoked"
        raise MalformedError(manifest_id=name, detail=detail)
    return found


def read_payload(payload: bytes) -> KeySet:
    """Return what a payload says, whoever may sign it.

    Raises:
        ValueError: it is not of the schema; says where.
    """
    top = strict_json.members(strict_json.load(payload), ROOT)
    if top.get("schema") != SCHEMA:
        raise ValueError(f"$.schema: expected {SCHEMA!r}, got {str(top.get('schema'))[:60]!r}")
    strict_json.only(top, _FIELDS, ROOT)
    set_id = strict_json.text(top.get("id"), ROOT.member("id"))
    if _SET_ID.fullmatch(set_id) is None:
        raise ValueError(f"$.id: {set_id[:60]!r} cannot stand here")
    issued_at, expires_at = (
        moment_from_json(top.get(n), ROOT.member(n)) for n in ("issued_at", "expires_at")
    )
    if expires_at <= issued_at:
        raise ValueError("$.expires_at: not after $.issued_at")
    keys = _keys(top.get("keys"), ROOT.member("keys"))
    revoked = _revoked(top.get("revoked", {}), ROOT.member("revoked"))
    back = [k.holder for k in keys.values() if k.fingerprint in revoked]
    if back:
        raise ValueError(f"$.keys: the key of {back[0]} is revoked")
    at = ROOT.member("roles")
    roles = strict_json.members(top.get("roles"), at)
    strict_json.only(roles, _ROLES, at)
    return KeySet(
        id=set_id,
        version=strict_json.integer(top.get("version"), ROOT.member("version"), minimum=1),
        issued_at=issued_at,
        expires_at=expires_at,
        root=_role(roles.get(ROOT_ROLE), keys, at.member(ROOT_ROLE)),
        lists=_role(roles.get(LISTS_ROLE), keys, at.member(LISTS_ROLE)),
        revoked=revoked,
    )


def _read(envelope: Envelope, name: str) -> KeySet:
    payload_type, payload = dsse.unpack(envelope.payload)
    try:
        if payload_type != PAYLOAD_TYPE:
            raise ValueError(f"signs a {payload_type[:80]!r}, not a {PAYLOAD_TYPE}")
        return read_payload(payload)
    except ValueError as error:
        raise MalformedError(manifest_id=name, detail=str(error)) from error


def _refuse_unless_signed(envelope: Envelope, by: KeySet, name: str) -> None:
    """Return if enough root keys of ``by`` signed; each signature must be its named key's."""
    made = set()
    for signature in envelope.signatures:
        key = next((k for k in by.root.keys if k.fingerprint == signature.keyid), None)
        if key is None:
            continue
        try:
            verify(
                key.key,
                key.algorithm,
                signature=signature.value,
                signed=envelope.signed,
                manifest_id=name,
                key_fingerprint=key.fingerprint,
            )
        except BadSignatureError as error:
            raise _told(error, f"not made by {key.holder}, whom it names") from error
        made.add(key.fingerprint)
    if len(made) < by.root.threshold:
        detail = (
            f"version {by.version} asks for {by.root.threshold} root signatures, not {len(made)}"
        )
        raise UnsignedError(manifest_id=name, detail=detail)


def _refuse_strangers(envelope: Envelope, sets: Iterable[KeySet], name: str) -> None:
    """Return unless a signature is nobody's here: nobody would notice if it were changed."""
    known = {k.fingerprint for found in sets for k in found.root.keys}
    for signature in envelope.signatures:
        if signature.keyid not in known:
            detail = f"signed by {str(signature.keyid)[:80]}, whom no version names"
            raise BadSignatureError(manifest_id=name, detail=detail)


def _told(error: TrustError, detail: str) -> TrustError:
    return type(error)(
        manifest_id=error.manifest_id, key_fingerprint=error.key_fingerprint, detail=detail
    )


def _keys(value: object, at: Path) -> dict[str, SetKey]:
    listed = strict_json.members(value, at)
    if not 1 <= len(listed) <= MAX_KEYS:
        raise ValueError(f"{at}: expected 1 to {MAX_KEYS} keys")
    found: dict[str, SetKey] = {}
    for holder, text in listed.items():
        here = at.member(holder)
        if HOLDER.fullmatch(holder) is None:
            raise ValueError(f"{here}: no name for the holder of a key")
        try:
            material = read_pem(strict_json.text(text, here).encode())
        except ValueError as error:
            raise ValueError(f"{here}: {error}") from error
        key, algorithm = material.key, usual(material.key)
        if material.certificate is not None or algorithm is None or not isinstance(key, BareKey):
            raise ValueError(f"{here}: expected a bare public key that signs lists")
        if is_weak(key, minimum_rsa_bits=OWN_MINIMUM_RSA_BITS):
            raise ValueError(f"{here}: RSA of less than {OWN_MINIMUM_RSA_BITS} bits")
        new = SetKey(holder=holder, key=key, algorithm=algorithm)
        if any(new.fingerprint == k.fingerprint for k in found.values()):
            raise ValueError(f"{here}: one key under two names would count twice")
        found[holder] = new
    return found


def _role(value: object, keys: Mapping[str, SetKey], at: Path) -> Role:
    role = strict_json.members(value, at)
    strict_json.only(role, frozenset({"threshold", "keys"}), at)
    threshold = strict_json.integer(role.get("threshold"), at.member("threshold"), minimum=1)
    here = at.member("keys")
    holders = [
        strict_json.text(item, here.item(i))
        for i, item in enumerate(strict_json.items(role.get("keys"), here))
    ]
    unknown = [h for h in holders if h not in keys]
    if unknown or len(set(holders)) != len(holders):
        raise ValueError(f"{here}: expected names of $.keys, each once")
    if threshold > len(holders):
        raise ValueError(f"{at.member('threshold')}: {threshold} of {len(holders)} cannot be met")
    return Role(threshold=threshold, keys=tuple(keys[h] for h in holders))


def _revoked(value: object, at: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for fingerprint, reason in strict_json.members(value, at).items():
        here = at.member(fingerprint)
        text = strict_json.text(reason, here)
        if FINGERPRINT.fullmatch(fingerprint) is None:
            raise ValueError(f"{here}: expected sha256: and 64 lower-case hex digits")
        if not text.isprintable() or len(text) > _MAX_REASON:
            raise ValueError(f"{here}: expected a reason in one line of at most {_MAX_REASON}")
        found[fingerprint] = text
    return found
