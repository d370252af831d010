"""Lists that do not belong together: each genuine, and never meant to be believed at once.

Whoever hands out lists can pair the newest of one kind with an old one of another, or show two that
tell different stories. Three things are caught, all by what was signed:

* A list may name its companions with their numbers. One that is older than it says is rolled back;
  where the companion is the newer, the list that names it is.
* Two lists of one id and number, with other contents: nobody can say which counts, so neither does.
* Two lists of one id of which nothing says that one is older, and which give one file of one
  release digests that exclude each other: the undated or older one is out, or both.

Different lists of one vendor are not compared: they come out on different days, and a file that was
built anew is in one before it is in the other. Nor are two editions of a list too large to be
held, whose rows each count, and where a row that takes a file back outweighs all others.

Source: "mix-and-match attacks", The Update Framework specification 1.0.33, section 1.5.2.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Final

from netintegrity.errors import ManifestRollbackError, TrustError
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.reference import ReferenceImage
from netintegrity.trust.submission import Admitted, Submission

Results = list[tuple[Submission, Admitted | TrustError]]
_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


def without_mixed(judged: Results) -> Results:
    """Return the same, with every list rejected that does not belong with another one here."""
    admitted = [(s, a) for s, a in judged if isinstance(a, Admitted)]
    reasons: dict[str, str] = {}
    for manifest_id, detail in (*_misplaced(admitted), *_contradicting(admitted)):
        reasons.setdefault(manifest_id, detail)
    kept: Results = []
    for submission, result in judged:
        if isinstance(result, Admitted) and result.provenance.manifest_id in reasons:
            error = ManifestRollbackError(
                manifest_id=submission.filename,
                key_fingerprint=result.provenance.key_fingerprint,
                detail=reasons[result.provenance.manifest_id],
            )
            error.hint = "import the newest of both; whoever signs them gives each a new number"
            kept.append((submission, error))
        else:
            kept.append((submission, result))
    return kept


def _misplaced(admitted: Sequence[tuple[Submission, Admitted]]) -> Iterator[tuple[str, str]]:
    """Yield manifest id and reason of lists that a companion makes old, or that name an old one."""
    for submission, naming in admitted:
        for list_id, number in naming.parsed.companions.items():
            for other, named in admitted:
                if named.identity != _sibling(naming, list_id):
                    continue
                found = named.provenance.sequence or 0
                if found < number:
                    detail = f"number {found}; {submission.filename} goes with number {number}"
                    yield named.provenance.manifest_id, detail
                elif found > number:
                    detail = f"goes with number {number} of {other.filename}, which is {found}"
                    yield naming.provenance.manifest_id, detail


def _sibling(of: Admitted, list_id: str) -> str:
    return f"{of.identity.rpartition('|')[0]}|{list_id}"


def _contradicting(admitted: Sequence[tuple[Submission, Admitted]]) -> Iterator[tuple[str, str]]:
    """Yield manifest id and reason of lists of one identity that cannot both count."""
    for (one_file, one), (other_file, other) in combinations(admitted, 2):
        if one.identity != other.identity or one.references.rows or other.references.rows:
            continue
        if one.provenance.manifest_id == other.provenance.manifest_id:
            continue
        names = {one.provenance.manifest_id: one_file, other.provenance.manifest_id: other_file}
        number = one.provenance.sequence
        if number is not None and number == other.provenance.sequence:
            if _content(one) != _content(other):
                for loser, winner in (names.keys(), reversed(names.keys())):
                    yield loser, f"{names[winner].filename} has number {number} too, and says else"
            continue
        disputed = _disputed(one.references.images, other.references.images)
        if disputed is None:
            continue
        for loser, winner in _outdone(one, other):
            yield loser, f"{names[winner].filename} gives {disputed} another digest"


def _content(of: Admitted) -> object:
    images = frozenset(replace(image, manifest_id="") for image in of.references.images)
    return images, of.provenance.signed_at, of.provenance.expires_at, dict(of.parsed.companions)


def _outdone(one: Admitted, other: Admitted) -> Iterable[tuple[str, str]]:
    """Return manifest ids of losers and winners: the younger wins; of two as old, neither."""
    first, second = (
        (a.provenance.dated_at or _UNDATED, a.provenance.manifest_id) for a in (one, other)
    )
    if first[0] == second[0]:
        return ((first[1], second[1]), (second[1], first[1]))
    older, younger = sorted((first, second))
    return ((older[1], younger[1]),)


def _disputed(ones: Iterable[ReferenceImage], others: Iterable[ReferenceImage]) -> str | None:
    """Return the name of a file of a release to which the two give digests that exclude each other.

    Several digests under one name are one answer: a file built anew may be listed beside the old.
    """
    first, second = _answers(ones), _answers(others)
    for place in first.keys() & second.keys():
        if first[place].isdisjoint(second[place]):
            return place[1]
    return None


_Place = tuple[str, str, str, tuple[int, ...], frozenset[str], DigestAlgorithm]


def _answers(images: Iterable[ReferenceImage]) -> dict[_Place, set[bytes]]:
    found: dict[_Place, set[bytes]] = {}
    for image in images:
        if image.release is None or image.platforms is None:
            continue  # "bsd.rd" is in the list of every release.
        for digest in image.digests:
            if digest.algorithm.is_weak:
                continue
            release, boxes = image.release, image.hardware or frozenset()
            place = (
                image.kind.value,
                image.filename,
                release.train,
                release.key,
                image.platforms | boxes,
                digest.algorithm,
            )
            found.setdefault(place, set()).add(digest.value)
    return found
