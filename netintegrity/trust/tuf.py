"""Repositories of The Update Framework: a pinned root, and the metadata it leads to.

The keyring pins a root file byte for byte. From it the workflow of the specification is followed:
each newer root is signed by the one before and by itself, and each role by as many of its keys as
its threshold says. Timestamp, snapshot and targets must name each other by version, and by length
and digest where those are stated, so that parts of two states are never mixed.

The mathematics and the counting of signatures are python-tuf's, an extra dependency; reading the
JSON strictly, the order, and which keys are good enough are ours. Dates are not asked here.

Source: The Update Framework specification 1.0.33, sections 4 and 5.3 to 5.6.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from netintegrity import strict_json

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root

MISSING: Final = "reading TUF metadata needs the extra `tuf`: pip install 'netintegrity[tuf]'"
PREFIX: Final = "tuf-root-sha256:"
"""Before the hex digits of a fingerprint, in a keyring: over the whole root file."""
MAX_ROOTS: Final = 256
TIMESTAMP: Final = "timestamp.json"
_MINIMUM_RSA_BITS: Final = 2048
_LENGTH_BYTES: Final = 4
_SCHEMES: Final = frozenset(
    {
        "ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        *(f"rsassa-pss-sha{n}" for n in (256, 384, 512)),
        *(f"rsa-pkcs1v15-sha{n}" for n in (256, 384, 512)),
    }
)
"""Of those python-tuf takes, the ones that rest neither on MD5 nor on SHA-1."""

# 7.root.json
_ROOT_NAME: Final = re.compile(r"([1-9][0-9]{0,6})\.root\.json")


@dataclass(frozen=True, slots=True)
class TufRoot:
    """A root of a repository, as it is pinned."""

    sha256: str
    """Lower-case hex, over the file."""
    content: bytes = field(repr=False)


def looks_like_root(content: bytes) -> bool:
    """Say whether a file is, by its look, root metadata."""
    head = content[: 64 * 1024]
    return content.lstrip().startswith(b"{") and b'"_type"' in head and b'"roles"' in head


def read_root(content: bytes) -> TufRoot:
    """Return the root that a file holds, once it is signed by itself.

    Raises:
        ValueError: it holds none, a key in it is too weak, or the extra is not installed.
    """
    root = _root(content)
    _verify(root.signed, "root", root)
    return TufRoot(hashlib.sha256(content).hexdigest(), content)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return files as one run of bytes, each name and content behind its length."""
    parts = (part for name in sorted(files) for part in (name.encode(), files[name]))
    return b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts)


def unpacked(content: bytes) -> Mapping[str, bytes]:
    """Return the files that :func:`packed` packed."""
    parts, position = [], 0
    while position < len(content):
        length = int.from_bytes(content[position : position + _LENGTH_BYTES], "big")
        position += _LENGTH_BYTES
        parts.append(content[position : position + length])
        position += length
    return {name.decode(): raw for name, raw in zip(parts[::2], parts[1::2], strict=True)}


def roots_of(files: Mapping[str, bytes]) -> Mapping[int, bytes]:
    """Return the root files, by version, lowest first."""
    found = ((_ROOT_NAME.fullmatch(name), raw) for name, raw in files.items())
    return dict(sorted((int(m.group(1)), raw) for m, raw in found if m is not None))


def check(pinned: TufRoot, files: Mapping[str, bytes]) -> None:
    """Return if the metadata is what the repository of the pinned root signed.

    Args:
        pinned: the root that is trusted.
        files: contents by name: ``N.root.json``, ``timestamp.json``, ``[N.]snapshot.json`` and
            ``[N.]targets.json``; others are not looked at.

    Raises:
        ValueError: it is not; says what is wrong.
    """
    root = _newest_root(pinned, roots_of(files)).signed
    consistent = bool(root.consistent_snapshot)
    timestamp = _role(root, "timestamp", files.get(TIMESTAMP))
    meta = timestamp.signed.snapshot_meta
    raw = files.get(name_of("snapshot", meta.version, consistent=consistent))
    snapshot = _role(root, "snapshot", raw, meta)
    listed = snapshot.signed.meta.get("targets.json")
    if listed is None:
        raise ValueError("the snapshot names no targets.json")
    raw = files.get(name_of("targets", listed.version, consistent=consistent))
    _role(root, "targets", raw, listed)


def name_of(role: str, version: int, *, consistent: bool) -> str:
    """Return the file name of a role's metadata (specification, sections 5.5 and 6.2)."""
    return f"{version}.{role}.json" if consistent else f"{role}.json"


def _newest_root(pinned: TufRoot, roots: Mapping[int, bytes]) -> "Metadata[Root]":
    root = _root(pinned.content)
    first = root.signed.version
    last = max(roots, default=0)
    if last < first:
        raise ValueError(f"no root of version {first} or newer")
    if last - first > MAX_ROOTS:
        raise ValueError(f"more than {MAX_ROOTS} roots")
    if roots.get(first, pinned.content) != pinned.content:
        raise ValueError(f"{first}.root.json is not the one that is pinned")
    for version in range(first + 1, last + 1):
        if version not in roots:
            raise ValueError(f"{version}.root.json is missing")
        newer = _root(roots[version])
        if newer.signed.version != version:
            raise ValueError(f"{version}.root.json is of version {newer.signed.version}")
        for above in (root, newer):
            _verify(above.signed, "root", newer)
        root = newer
    return root


def _role(root: "Root", role: str, raw: bytes | None, meta: Any = None) -> "Metadata[Any]":  # noqa: ANN401 - a MetaFile
    """Return the metadata of a role, once enough of its keys signed what ``meta`` names."""
    if raw is None:
        raise ValueError(f"there is no {role} metadata of the version that is named")
    if meta is not None:
        _refuse_failures(meta.verify_length_and_hashes, raw)
    metadata = _metadata(raw)
    if metadata.signed.type != role:
        raise ValueError(f"{metadata.signed.type} metadata in the place of {role}")
    _verify(root, role, metadata)
    if meta is not None and metadata.signed.version != meta.version:
        raise ValueError(f"{role} is of version {metadata.signed.version}, not {meta.version}")
    return metadata


def _root(raw: bytes) -> "Metadata[Root]":
    metadata = _metadata(raw)
    if metadata.signed.type != "root":
        raise ValueError(f"is {metadata.signed.type} metadata, not a root")
    for key in metadata.signed.keys.values():
        if key.scheme not in _SCHEMES:
            raise ValueError(f"a key signs with {key.scheme[:40]}, which does not count")
        if key.keytype == "rsa":
            _refuse_short(str(key.keyval.get("public")).encode())
    return metadata


def _refuse_short(pem: bytes) -> None:
    try:
        public = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError("a key of a kind that is not known here") from error
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < _MINIMUM_RSA_BITS:
        raise ValueError("an RSA key that is too short to count")


def _metadata(raw: bytes) -> "Metadata[Any]":
    strict_json.load(raw)
    try:
        from tuf.api.metadata import Metadata  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ValueError(MISSING) from error
    metadata: Metadata[Any] = _refuse_failures(Metadata.from_bytes, raw)
    return metadata


def _verify(above: "Root", role: str, metadata: "Metadata[Any]") -> None:
    _refuse_failures(above.verify_delegate, role, metadata.signed_bytes, metadata.signatures)


def _refuse_failures(function: Any, *arguments: object) -> Any:  # noqa: ANN401 - of python-tuf
    from tuf.api.exceptions import RepositoryError  # noqa: PLC0415 - an extra
    from tuf.api.serialization import DeserializationError  # noqa: PLC0415 - an extra

    try:
        return function(*arguments)
    except (RepositoryError, DeserializationError) as error:
        _refuse(error)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    told = str(error).splitlines()
    raise ValueError(told[0][:160] if told else "not TUF metadata") from error
