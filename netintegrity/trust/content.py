"""The content of a list whose signature verified, cut down to what its signer may speak of."""

from dataclasses import replace

from netintegrity.errors import MalformedError, TrustError
from netintegrity.model.digest import Digest
from netintegrity.trust._spec import Envelope, ManifestFormat, ParsedManifest, ParseReleases
from netintegrity.trust.anchors import TrustAnchor


def content_of(
    envelope: Envelope,
    kind: ManifestFormat,
    anchor: TrustAnchor,
    *,
    releases: ParseReleases,
    filename: str,
    digest: Digest,
) -> ParsedManifest:
    """Return the content, cut down to the trains the key is for.

    Raises:
        MalformedError: it is not of its format, or nothing is left of it.
    """
    try:
        parsed = kind.parse(envelope.payload, "", releases)
    except ValueError as error:
        raise rejected(MalformedError, filename, anchor, str(error)) from error
    manifest_id = manifest_id_of(parsed.list_id, digest)
    if parsed.rows is not None:
        rows = parsed.rows(manifest_id)
        if len(rows) and "*" in anchor.trains:
            return parsed
        parsed = replace(parsed, images=tuple(rows), rows=None)
    if not parsed.images:
        raise rejected(MalformedError, filename, anchor, "lists nothing")
    kept = tuple(
        replace(image, manifest_id=manifest_id)
        for image in parsed.images
        if anchor.is_for(image.release)
    )
    if not kept:
        trains = ", ".join(anchor.trains)
        detail = f"lists nothing of the trains {anchor.id} is for ({trains})"
        raise rejected(MalformedError, filename, anchor, detail)
    return replace(parsed, images=kept)


def manifest_id_of(list_id: str, digest: Digest) -> str:
    """Return what a list is called in a run: its own id, and the start of its digest."""
    return f"{list_id}@{digest.value.hex()[:12]}"


def rejected(kind: type[TrustError], filename: str, anchor: TrustAnchor, detail: str) -> TrustError:
    """Return a rejection of a list that bears a good signature of ``anchor``."""
    return kind(manifest_id=filename, key_fingerprint=anchor.fingerprint, detail=detail)
