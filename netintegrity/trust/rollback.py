"""Is a list older than one already trusted? The memory comes in, and goes out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from netintegrity import rfc3339
from netintegrity.errors import ManifestRollbackError
from netintegrity.model.memory import ManifestFloor
from netintegrity.model.reference import Provenance, ReferenceSet
from netintegrity.trust.anchors import Keyring, TrustAnchor

SLACK: Final = timedelta(days=31)
"""By so much the newest entry of a later edition may be the older one: a vendor that takes its
newest file out of the list has rolled nothing back."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def identity_of(anchor: TrustAnchor, provenance: Provenance) -> str:
    """Return ``vendor or "owner"|format|list id``: what a floor belongs to."""
    return f"{anchor.holder}|{provenance.format_id}|{provenance.list_id}"


def floor_of(identity: str, lists: Iterable[Provenance]) -> ManifestFloor:
    """Return the floor that the newest of ``lists``, all of one identity, sets.

    The highest number is the newest; where nothing is numbered, or the numbers are equal, the
    latest date.
    """
    newest = max(lists, key=lambda p: (p.sequence or 0, p.edition_at or _NEVER))
    return ManifestFloor(identity=identity, sequence=newest.sequence, issued_at=newest.edition_at)


def floors_after(
    references: ReferenceSet, keyring: Keyring, floors: Iterable[ManifestFloor]
) -> tuple[ManifestFloor, ...]:
    """Return ``floors`` raised by the lists that were admitted, sorted: what to remember."""
    raised = {floor.identity: floor for floor in floors}
    for provenance in references.provenance:
        anchor = keyring.by_id(provenance.key_id)
        if anchor is None:
            continue
        identity = identity_of(anchor, provenance)
        before = raised.get(identity, ManifestFloor(identity=identity))
        numbers = [n for n in (before.sequence, provenance.sequence) if n is not None]
        dates = [d for d in (before.issued_at, provenance.edition_at) if d is not None]
        raised[identity] = replace(
            before, sequence=max(numbers, default=None), issued_at=max(dates, default=None)
        )
    return tuple(floor for _, floor in sorted(raised.items()))


def refuse_rollback(
    identity: str, provenance: Provenance, floors: Iterable[ManifestFloor], filename: str
) -> None:
    """Return unless the list is older than a floor of its identity.

    A number is compared with a number and a date with a date (see :attr:`Provenance.edition_at`);
    a list without the one that the floor has cannot be called older, and its age is judged at use.

    Raises:
        ManifestRollbackError: it is.
    """
    for floor in floors:
        if floor.identity != identity:
            continue
        numbered = (provenance.sequence, floor.sequence)
        dated = (provenance.edition_at, floor.issued_at)
        slack = SLACK if provenance.signed_at is None else timedelta(0)
        detail = ""
        if numbered[0] is not None and numbered[1] is not None and numbered[0] < numbered[1]:
            detail = f"number {numbered[0]}, and number {numbered[1]} was accepted before"
        elif dated[0] is not None and dated[1] is not None and dated[0] + slack < dated[1]:
            issued, newer = (rfc3339.show(d) for d in (dated[0], dated[1]))
            detail = f"of {issued}, and one of {newer} was accepted before"
        if detail:
            raise ManifestRollbackError(
                manifest_id=filename, key_fingerprint=provenance.key_fingerprint, detail=detail
            )
