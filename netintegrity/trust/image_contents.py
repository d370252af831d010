"""What a verified image puts on a box, with the digests it will have there."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.errors import MalformedError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceKind
from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.image_kinds import contents_of
from netintegrity.trust.image_lookup import ALGORITHMS
from netintegrity.trust.image_signature import SignatureState
from netintegrity.trust.images._hashing import hashes_of
from netintegrity.trust.images._spec import kind_named

MOST_PARTS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedFile:
    """One file that will lie on a box."""

    name: str
    """As a manifest lists it."""
    kind: ReferenceKind
    size_bytes: int
    digests: tuple[Digest, ...]


def itself(image: VerifiedImage) -> DerivedFile:
    """Return the file as it is: for an image that its owner alone vouches for."""
    return DerivedFile(
        name=image.filename,
        kind=kind_named(image.filename),
        size_bytes=image.size_bytes,
        digests=image.digests,
    )


def derived_from(image: VerifiedImage, *, release: str) -> Iterator[DerivedFile]:
    """Yield what will lie on a box that is given this image.

    Args:
        image: whose signature verified; its file is still open.
        release: of the image; part of the names of what is inside.

    Raises:
        MalformedError: it is damaged, or does not hold what such images hold.
        ValueError: its signature did not verify.
    """
    if image.signature is not SignatureState.VERIFIED or image.container is None:
        raise ValueError("nothing is derived from an image that nobody vouches for")
    contents = contents_of(image.container)
    parts = contents(image.read_at, image.size_bytes, image.filename, release)
    try:
        for number, part in enumerate(parts):
            if number >= MOST_PARTS:
                raise ValueError(f"more than {MOST_PARTS} files")
            hashed, made = hashes_of((a.value for a in ALGORITHMS), part.chunks())
            sha256 = made[DigestAlgorithm.SHA256.value]
            if hashed != part.size_bytes:
                raise ValueError(f"{part.name}: {hashed} bytes, and it says {part.size_bytes}")
            if not hmac.compare_digest(part.stated_sha256 or sha256, sha256):
                raise ValueError(f"{part.name}: not the file its own list of checksums names")
            yield DerivedFile(
                name=part.name,
                kind=part.kind,
                size_bytes=hashed,
                digests=tuple(Digest(a, made[a.value]) for a in ALGORITHMS),
            )
    except ValueError as error:
        raise MalformedError(manifest_id=image.filename, detail=str(error)) from error
