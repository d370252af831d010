"""The only way from bytes to a reference value.

The order is the contract: size, format, envelope, **signature**, and only then the content. Nothing
unsigned is parsed, so a changed byte is a bad signature wherever it is, and no reader of content
ever meets bytes that nobody vouches for.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from netintegrity import rfc3339
from netintegrity.errors import (
    MalformedError,
    ManifestExpiredError,
    TooLargeError,
    TrustError,
)
from netintegrity.model.memory import ManifestFloor
from netintegrity.model.reference import Provenance, ReferenceSet
from netintegrity.model.run import ManifestOutcome
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.anchors import Channel, Keyring, Purpose
from netintegrity.trust.content import content_of, manifest_id_of, rejected
from netintegrity.trust.mixing import without_mixed
from netintegrity.trust.rollback import floor_of, floors_after, identity_of, refuse_rollback
from netintegrity.trust.signer import signers_of
from netintegrity.trust.submission import (
    FORMATS,
    MAX_BYTES,
    Admitted,
    Judged,
    Submission,
    digest_of,
    outcome,
    sniff,
)

__all__ = [
    "FORMATS",
    "LAB_PURPOSES",
    "MANIFEST_PURPOSES",
    "MAX_BYTES",
    "RELEASE_CHANNELS",
    "Admitted",
    "Judged",
    "Submission",
    "admit",
    "admit_all",
    "floors_after",
    "judge_all",
    "outcome",
]

MANIFEST_PURPOSES: Final = frozenset({str(Purpose.MANIFEST)})
LAB_PURPOSES: Final = MANIFEST_PURPOSES | {str(Purpose.LAB)}
RELEASE_CHANNELS: Final = frozenset({str(Channel.RELEASE)})


def admit(
    raw: bytes,
    *,
    filename: str,
    detached: Mapping[str, bytes],
    keyring: Keyring,
    releases: ParseReleases,
    purposes: frozenset[str] = MANIFEST_PURPOSES,
    channels: frozenset[str] = RELEASE_CHANNELS,
    floors: Iterable[ManifestFloor] = (),
    first_imported_at: datetime | None = None,
    expired_at: datetime | None = None,
) -> Admitted:
    """Return the references of one file, once its signature verified.

    Args:
        raw: the file, whole.
        filename: for messages, and to recognise the format by; it vouches for nothing.
        detached: signature files by suffix; see :class:`Submission`.
        keyring: whose word counts.
        releases: the platforms' grammars.
        purposes: of anchors that count; the lab's only where the caller may use them.
        channels: of anchors that count.
        floors: the newest lists ever accepted.
        first_imported_at: when the operator first imported this very file; None: never.
        expired_at: UTC; where the file itself is judged, one that no longer counts then is
            rejected. None: an audit admits an expired list and judges its age where it is used, so
            that it can still say what it knew.

    Raises:
        TrustError: it is rejected; the class says why, in a word of the contract.
    """
    # 1. Size, before anything looks inside.
    if len(raw) > MAX_BYTES:
        raise TooLargeError(manifest_id=filename, detail=f"{len(raw)} bytes, at most {MAX_BYTES}")
    # 2. Which format? Recognised, not trusted.
    kind = sniff(filename, raw, detached)
    if kind is None:
        known = ", ".join(FORMATS)
        raise MalformedError(manifest_id=filename, detail=f"in no known format ({known})")
    if len(raw) > kind.max_bytes:
        detail = f"{len(raw)} bytes, {kind.id} has at most {kind.max_bytes}"
        raise TooLargeError(manifest_id=filename, detail=detail)
    try:
        # 3. Take the envelope apart; its content stays closed.
        envelope = kind.split(raw, detached)
    except TrustError as error:
        raise type(error)(manifest_id=filename, detail=error.detail) from error
    # 4. Verify.
    signers = signers_of(
        envelope, kind, keyring, purposes=purposes, channels=channels, filename=filename
    )
    anchor = signers[0]
    # 5. Only now is the content read.
    digest = digest_of(raw)
    parsed = content_of(envelope, kind, anchor, releases=releases, filename=filename, digest=digest)
    provenance = Provenance(
        manifest_id=manifest_id_of(parsed.list_id, digest),
        list_id=parsed.list_id,
        format_id=kind.id,
        manifest_digest=digest,
        signer=", ".join(a.subject for a in signers),
        key_id=anchor.id,
        key_fingerprint=anchor.fingerprint,
        vendor_signed=anchor.is_vendor,
        signed_at=parsed.issued_at,
        newest_entry=parsed.newest_entry,
        expires_at=parsed.expires_at,
        sequence=parsed.sequence,
        is_cumulative=parsed.is_cumulative,
        first_imported_at=first_imported_at,
        anchor_not_after=anchor.not_after,
    )
    # 6. Is it older than one already trusted?
    refuse_rollback(identity_of(anchor, provenance), provenance, floors, filename)
    # 7. Has its own time run out?
    ends_at = parsed.expires_at
    if expired_at is not None and ends_at is not None and expired_at >= ends_at:
        detail = f"counted until {rfc3339.show(ends_at)}"
        raise rejected(ManifestExpiredError, filename, anchor, detail)
    # 8. From here on it may vouch.
    return Admitted(
        references=ReferenceSet(
            images=parsed.images,
            rows=() if parsed.rows is None else (parsed.rows(provenance.manifest_id),),
            provenance=(provenance,),
        ),
        provenance=provenance,
        anchor=anchor,
        parsed=parsed,
    )


def admit_all(
    submissions: Iterable[Submission],
    *,
    keyring: Keyring,
    at: datetime,
    releases: ParseReleases,
    purposes: frozenset[str] = MANIFEST_PURPOSES,
    channels: frozenset[str] = RELEASE_CHANNELS,
    floors: Iterable[ManifestFloor] = (),
    imports: Iterable[tuple[str, datetime]] = (),
) -> tuple[ReferenceSet, tuple[ManifestOutcome, ...]]:
    """Return all references of several files, and what became of each file, in their order.

    Args:
        submissions: the files.
        keyring: whose word counts.
        at: UTC; the moment of judgement.
        releases: the platforms' grammars.
        purposes: of anchors that count.
        channels: of anchors that count.
        floors: the newest lists ever accepted.
        imports: when a file was first imported, by the digest of its bytes (``sha256:hex``).
    """
    judged = judge_all(
        submissions,
        keyring=keyring,
        releases=releases,
        purposes=purposes,
        channels=channels,
        floors=floors,
        imports=imports,
    )
    return judged.references, judged.outcomes(at=at)


def judge_all(
    submissions: Iterable[Submission],
    *,
    keyring: Keyring,
    releases: ParseReleases,
    purposes: frozenset[str] = MANIFEST_PURPOSES,
    channels: frozenset[str] = RELEASE_CHANNELS,
    floors: Iterable[ManifestFloor] = (),
    imports: Iterable[tuple[str, datetime]] = (),
) -> Judged:
    """Verify several files together; what depends on the time is asked of the result.

    A rejected file never stops the others, and is never used. Of several lists of one identity
    the newest makes the older ones ``rolled-back``, even where it has expired; so does a list that
    was issued with a newer one of another id. The same bytes twice are admitted once. The arguments
    are those of :func:`admit_all`.
    """
    remembered, imported = tuple(floors), dict(imports)
    judged: list[tuple[Submission, Admitted | TrustError]] = []
    for submission in submissions:
        try:
            if submission.size_bytes is not None:
                detail = f"{submission.size_bytes} bytes, at most {MAX_BYTES}"
                raise TooLargeError(manifest_id=submission.filename, detail=detail)
            admitted = admit(
                submission.raw,
                filename=submission.filename,
                detached=submission.detached,
                keyring=keyring,
                releases=releases,
                purposes=purposes,
                channels=channels,
                floors=remembered,
                first_imported_at=imported.get(str(submission.digest)),
            )
            judged.append((submission, admitted))
        except TrustError as error:
            judged.append((submission, error))
    judged = without_mixed(_without_older(judged))
    by_id = {a.provenance.manifest_id: a for _, a in judged if isinstance(a, Admitted)}
    references = ReferenceSet(
        images=tuple(image for a in by_id.values() for image in a.references.images),
        rows=tuple(rows for a in by_id.values() for rows in a.references.rows),
        provenance=tuple(a.provenance for a in by_id.values()),
    )
    return Judged(references=references, results=tuple(judged), keyring=keyring)


def _without_older(
    judged: list[tuple[Submission, Admitted | TrustError]],
) -> list[tuple[Submission, Admitted | TrustError]]:
    """Return the same, with every list rejected that another one here makes old."""
    lists: dict[str, list[Provenance]] = {}
    for _, result in judged:
        if isinstance(result, Admitted):
            lists.setdefault(result.identity, []).append(result.provenance)
    newest = [floor_of(identity, provenance) for identity, provenance in lists.items()]
    kept: list[tuple[Submission, Admitted | TrustError]] = []
    for submission, result in judged:
        now: Admitted | TrustError = result
        if isinstance(result, Admitted):
            try:
                refuse_rollback(result.identity, result.provenance, newest, submission.filename)
            except TrustError as error:
                now = error
        kept.append((submission, now))
    return kept
