"""Did an archive sign the index that lists this file?"""

from collections.abc import Mapping
from datetime import datetime

from netintegrity import rfc3339
from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    ManifestExpiredError,
    TrustError,
    UnsignedError,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.trust import openpgp
from netintegrity.trust._spec import ParsedManifest
from netintegrity.trust.anchors import TrustAnchor
from netintegrity.trust.formats import _debian_release as release
from netintegrity.trust.images._signers import Signed, dated, keys_of
from netintegrity.trust.images._spec import Described, IndexedFile, IndexedForm
from netintegrity.trust.openpgp import OpenPgpKey


def judge(
    form: IndexedForm,
    filename: str,
    beside: Mapping[str, bytes],
    *,
    anchors: tuple[TrustAnchor, ...],
    sha256: bytes,
    size: int,
    at: datetime,
) -> tuple[Signed, Described]:
    """Return who signed the index, and what it says of the file.

    Args:
        form: how it is signed.
        filename: of the file.
        beside: what lies beside it, by name.
        anchors: not empty; whose word counts.
        sha256: of the file.
        size: of the file, in bytes.
        at: UTC; the moment of judgement.

    Raises:
        UnsignedError: the signed text or the index is not there, or does not list the file.
        BadSignatureError: nobody who counts signed the text; the index is not the one it lists, or
            lists another file under this name.
        MalformedError: what was signed is no list of indexes.
        ManifestExpiredError: it counted until a moment that is past.
    """

    def refused(kind: type[TrustError], detail: str, anchor: TrustAnchor | None) -> TrustError:
        return kind(
            manifest_id=filename,
            key_fingerprint=None if anchor is None else anchor.fingerprint,
            detail=detail,
        )

    raw = beside.get(form.signed)
    if raw is None:
        raise refused(UnsignedError, f"no {form.signed} beside it", None)
    anchor = next((a for a in anchors if _signed_by(a, raw)), None)
    if anchor is None:
        raise refused(BadSignatureError, f"{form.signed}: no key that counts signed it", None)
    try:
        parsed = release.read(openpgp.signed_text(raw), "")
    except ValueError as error:
        raise refused(MalformedError, f"{form.signed}: {error}", anchor) from error
    until = parsed.expires_at
    if until is not None and at >= until:
        detail = f"{form.signed} counted until {rfc3339.show(until)}"
        raise refused(ManifestExpiredError, detail, anchor)
    wanted = IndexedFile(filename=filename, sha256=sha256, size_bytes=size, listed=_listed(parsed))
    try:
        entry = form.entry_of(beside, wanted)
    except ValueError as error:
        raise refused(BadSignatureError, str(error), anchor) from error
    except LookupError as error:
        raise refused(UnsignedError, str(error.args[0]), anchor) from error
    signed = Signed(
        anchor=anchor,
        subject=anchor.subject,
        caveats=dated(anchor, at, signer_is_dated=False),
        keys=keys_of(anchor),
    )
    return signed, Described(notes=(f"{entry}; {_aged(parsed)}",))


def _signed_by(anchor: TrustAnchor, raw: bytes) -> bool:
    key = anchor.key
    return isinstance(key, OpenPgpKey) and openpgp.verifies(key, signed=raw, signature=b"")


def _listed(parsed: ParsedManifest) -> frozenset[tuple[str, bytes]]:
    return frozenset(
        (image.filename, digest.value)
        for image in parsed.images
        for digest in image.digests
        if digest.algorithm is DigestAlgorithm.SHA256
    )


def _aged(parsed: ParsedManifest) -> str:
    when = "an unknown time" if parsed.issued_at is None else rfc3339.show(parsed.issued_at)
    if parsed.expires_at is None:
        return f"its index ({parsed.list_id}) is of {when} and does not say until when it counts"
    until = rfc3339.show(parsed.expires_at)
    return f"its index ({parsed.list_id}) is of {when} and counts until {until}"
