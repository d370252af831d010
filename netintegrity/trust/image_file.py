"""One image file on this host: signed inside or beside, known to a list, both, or neither."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest
from netintegrity.model.reference import ReferenceImage, ReferenceSet
from netintegrity.model.verdict import Verdict
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.image_lookup import compared, vouched_for
from netintegrity.trust.image_signature import SignatureState, found_in
from netintegrity.trust.images._gzip import Unpacked, is_gzip
from netintegrity.trust.images._reading import ReadAt, window
from netintegrity.trust.images._spec import Described
from netintegrity.trust.images._tar import Bundle, bundle_of, is_tar

__all__ = ["SignatureState", "VerifiedImage", "verify_image"]

_HEAD_BYTES: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedImage:
    """What is known of one file."""

    filename: str
    """Of the image; one inside an archive has its own."""
    read_at: ReadAt = field(repr=False, compare=False)
    """Reads the image, as long as the file is open."""
    size_bytes: int
    digests: tuple[Digest, ...]
    container: str | None
    platform: str | None
    """The one it is for; None: its container does not say."""
    signature: SignatureState
    reason: str | None = None
    detail: str = ""
    anchor: TrustAnchor | None = None
    """Whose word it is, once the signature verified."""
    signer: str | None = None
    """Subject of the certificate inside, or what names the key."""
    described: Described = field(default_factory=Described)
    references: tuple[ReferenceImage, ...] = ()
    """Files of verified lists with its digests."""
    verdict: Verdict
    caveats: frozenset[Caveat] = frozenset()


def verify_image(
    read_at: ReadAt,
    size: int,
    *,
    filename: str,
    keyring: Keyring,
    references: ReferenceSet,
    at: datetime,
    beside: Mapping[str, bytes] = MappingProxyType({}),
    releases: ParseReleases | None = None,
    all_digests: bool = True,
) -> VerifiedImage:
    """Return what is known of a file that is read once, in parts, and never unpacked.

    An image inside a tar archive, beside its signature, is judged where it lies; where the archive
    is packed, it is unpacked as it is read.

    Args:
        read_at: reads the file.
        size: of the file, in bytes.
        filename: its last name; to recognise the container, and to look it up.
        keyring: whose word on images counts.
        references: verified lists, to look its digests up in.
        at: UTC; the moment of judgement.
        beside: small files of the same folder, by name: signatures and certificates.
        releases: the platforms' grammars; None: a key that is for some trains only signs nothing.
        all_digests: False where SHA-256 will do for a file whose signature is judged; MD5 and
            SHA-512 take longer than all the rest.
    """
    archive = _archive(read_at, size)
    if archive is not None:
        bundle, inside = archive
        judged = verify_image(
            inside,
            bundle.size_bytes,
            filename=bundle.name,
            keyring=keyring,
            references=references,
            at=at,
            beside=bundle.beside,
            releases=releases,
            all_digests=all_digests,
        )
        note = f"judged is {bundle.name}, which lies inside the archive"
        described = replace(judged.described, notes=(*judged.described.notes, note))
        return replace(judged, described=described)
    found = found_in(
        read_at,
        size,
        filename=filename,
        keyring=keyring,
        at=at,
        beside=beside,
        releases=releases,
        all_digests=all_digests or references.count > 0,
    )
    same_name = references.with_name(filename)
    listed = dict.fromkeys((*references.with_digest(found.digests), *same_name))
    agreeing, differing = compared(listed, found.digests, filename)
    if found.state is SignatureState.REJECTED or differing or any(i.withdrawn for i in agreeing):
        verdict, said = Verdict.MISMATCH, frozenset[Caveat]()
    elif found.state is SignatureState.VERIFIED:
        verdict, said = Verdict.VERIFIED, frozenset[Caveat]()
    else:
        verdict, said = vouched_for(agreeing, references, filename=filename, at=at)
    return VerifiedImage(
        filename=filename,
        read_at=read_at,
        size_bytes=size,
        digests=found.digests,
        container=found.container,
        platform=found.platform,
        signature=found.state,
        reason=None if found.fault is None else found.fault.reason,
        detail="" if found.fault is None else str(found.fault),
        anchor=found.anchor,
        signer=found.signer,
        described=found.described,
        references=agreeing,
        verdict=verdict,
        caveats=found.caveats | said,
    )


def _archive(read_at: ReadAt, size: int) -> tuple[Bundle, ReadAt] | None:
    """Return the image in an archive, packed or not, and what reads it; None: there is none."""
    plain, length = read_at, size
    try:
        if is_gzip(read_at):
            unpacked = Unpacked(read_at, size)
            if not is_tar(unpacked.read_at(0, _HEAD_BYTES)):
                return None
            plain, length = unpacked.read_at, unpacked.length()
        elif not is_tar(read_at(0, _HEAD_BYTES)):
            return None
        bundle = bundle_of(plain, length)
    except ValueError:
        return None
    if bundle is None:
        return None
    return bundle, window(plain, bundle.offset, bundle.size_bytes)
