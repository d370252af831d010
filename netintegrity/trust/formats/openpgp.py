"""Lists of checksums signed with OpenPGP: beside the list (``.asc``, ``.gpg``) or clear-signed.

Clear-signed, the list may also be Debian's ``InRelease``: its digests stand in a field of their
own, and it says of when it is and until when it counts.

A signature directly over an image is not of this format. When a signature was made is the signer's
word and sets no floor; a list that does not date itself is of unknown age.

Source: RFC 9580 section 7; GNU coreutils manual, "md5sum invocation"; Debian wiki,
"DebianRepository/Format", "Release" files; openwrt.org, "release signatures".
"""

from collections.abc import Mapping
from typing import Final

from netintegrity.errors import BadSignatureError, MalformedError, UnsignedError
from netintegrity.trust import openpgp
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.formats import _checksums as checksums
from netintegrity.trust.formats import _debian_release as debian

_FORMAT_ID: Final = "openpgp"
_SUFFIXES: Final = (".asc", ".gpg")
_ARMOR: Final = b"-----BEGIN PGP SIGNATURE-----"


def _is_signature(content: bytes) -> bool:
    return content.startswith(_ARMOR)


def _sniff(_filename: str, head: bytes) -> bool:
    return openpgp.is_clear_signed(head) or checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = [detached[s] for s in (*_SUFFIXES, "") if s in detached]
    if openpgp.is_clear_signed(raw):
        if beside:
            detail = "its signature is inside; a second one beside it means nothing"
            raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
        try:
            text = openpgp.signed_text(raw)
        except ValueError as error:
            raise BadSignatureError(manifest_id=_FORMAT_ID, detail=str(error)) from error
        value = b""
    else:
        if not beside:
            detail = f"no {' or '.join(_SUFFIXES)} file beside it, nor a signature inside"
            raise UnsignedError(manifest_id=_FORMAT_ID, detail=detail)
        text, value = raw, beside[0]
        _check(value)
    signature = Signature(value=value, algorithm=Algorithm.OPENPGP)
    return Envelope(signed=raw, payload=text, signatures=(signature,))


def _check(value: bytes) -> None:
    try:
        if value.startswith(b"-----"):
            openpgp.check_armor(value.replace(b"\r\n", b"\n"))
        elif not value or value[0] < 0x80 or len(value) > openpgp.MAX_SIGNATURE_BYTES:
            raise ValueError("no OpenPGP signature")
    except ValueError as error:
        detail = f"the signature: {error}"
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail) from error


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    if debian.looks_like_one(verified):
        return debian.read(verified, manifest_id)
    return ParsedManifest(
        list_id=_FORMAT_ID, images=checksums.read(verified, manifest_id, releases)
    )


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums signed by OpenPGP",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=_SUFFIXES,
    is_signature=_is_signature,
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
