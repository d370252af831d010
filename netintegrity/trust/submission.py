"""What is handed in to be admitted, and what comes out: a manifest that may vouch, or a reason."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from netintegrity.errors import BadSignatureError, TrustError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import Provenance, ReferenceSet
from netintegrity.model.run import ManifestOutcome
from netintegrity.registry import discover
from netintegrity.trust import formats
from netintegrity.trust._spec import ManifestFormat, ParsedManifest
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.rollback import identity_of

FORMATS: Final = discover(formats, ManifestFormat)
MAX_BYTES: Final = max(f.max_bytes for f in FORMATS.values())
"""No format takes a larger file: nobody needs to read one."""

_END_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A file that wants to be a manifest, as it lay on disk."""

    filename: str
    raw: bytes = field(repr=False)
    detached: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Signature files beside it, by suffix; under ``""`` the one the operator named."""
    size_bytes: int | None = None
    """Where it was too large to be read, its size; ``raw`` is empty then."""

    @property
    def digest(self) -> Digest:
        """SHA-256 of the file."""
        return digest_of(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A manifest that may vouch."""

    references: ReferenceSet
    provenance: Provenance
    anchor: TrustAnchor
    parsed: ParsedManifest
    """Its images are those of ``references``."""

    @property
    def identity(self) -> str:
        """To which rollback floor it belongs: ``cisco|cisco-kgv|cisco-kgv``."""
        return identity_of(self.anchor, self.provenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All lists of a run, judged together; signatures are verified by now, and age is not asked."""

    references: ReferenceSet
    """Of those that were admitted."""
    results: tuple[tuple[Submission, "Admitted | TrustError"], ...]
    """In the order in which they were handed in."""
    keyring: Keyring

    def outcomes(self, *, at: datetime) -> tuple[ManifestOutcome, ...]:
        """Return what became of each file, told as of the moment ``at`` (UTC)."""
        return tuple(outcome(s, result, self.keyring, at=at) for s, result in self.results)


def sniff(
    filename: str, raw: bytes, detached: Mapping[str, bytes] = MappingProxyType({})
) -> ManifestFormat | None:
    """Return the format that claims the file; None: none does.

    One list of checksums may be signed in several forms. Of the formats that claim it, the first
    by id counts whose signature lies beside it; where none does, the first. A file that nothing
    claims, beside a signature of a known form, is what somebody made of a list of that form.
    """
    ends = raw if len(raw) <= 2 * _END_BYTES else raw[:_END_BYTES] + raw[-_END_BYTES:]
    claiming = [f for f in FORMATS.values() if f.sniff(filename, ends)]
    named = [f for f in claiming if set(f.signature_suffixes) & set(detached)]
    told = [f for f in FORMATS.values() if _is_signed_as(f, detached)]
    both = [f for f in claiming if f in told]
    return next(iter((*both, *named, *claiming, *told)), None)


def _is_signed_as(kind: ManifestFormat, detached: Mapping[str, bytes]) -> bool:
    """Say whether one of the signatures is by its content one of this format."""
    suffixes = {"", *kind.signature_suffixes}
    tells = kind.is_signature
    return tells is not None and any(tells(c) for s, c in detached.items() if s in suffixes)


def digest_of(raw: bytes) -> Digest:
    """Return the SHA-256 that identifies a file."""
    return Digest(DigestAlgorithm.SHA256, hashlib.sha256(raw).digest())


def outcome(
    submission: Submission, result: Admitted | TrustError, keyring: Keyring, *, at: datetime
) -> ManifestOutcome:
    """Return what became of a file, in the words of the contract.

    A signer is named only where a signature verified, whatever else was wrong.
    """
    kind = sniff(submission.filename, submission.raw, submission.detached)
    format_id = kind.id if kind else None
    if isinstance(result, Admitted):
        provenance = result.provenance
        return ManifestOutcome(
            id=provenance.manifest_id,
            filename=submission.filename,
            format_id=format_id,
            signer=provenance.signer,
            key_id=provenance.key_id,
            key_fingerprint=provenance.key_fingerprint,
            vendor_signed=provenance.vendor_signed,
            channel=result.anchor.channel.value,
            images=result.references.count,
            issued_at=provenance.signed_at,
            newest_entry=provenance.newest_entry,
            expires_at=provenance.expires_at,
            sequence=provenance.sequence,
            caveats=provenance.caveats(at=at),
        )
    verified = not isinstance(result, BadSignatureError)
    anchors = [a for a in keyring if verified and a.fingerprint == result.key_fingerprint]
    anchor = anchors[0] if anchors else None
    return ManifestOutcome(
        id=submission.filename,
        filename=submission.filename,
        format_id=format_id,
        reason=result.reason,
        detail=str(result),
        signer=anchor.subject if anchor else None,
        key_id=anchor.id if anchor else None,
        key_fingerprint=anchor.fingerprint if anchor else None,
        vendor_signed=anchor.is_vendor if anchor else None,
        channel=anchor.channel.value if anchor else None,
    )
