"""Lists of checksums signed by OpenBSD's signify or OpenWrt's usign, which write the same form.

The signature lies beside the list (``.sig``), or before it in one file, as in OpenBSD's
``SHA256.sig``. Both may be there: then they must hold the same list. Nothing in it is dated.

The comment on the first line is signed by nobody and means nothing: it alone can be changed
without being noticed.

Source: signify(1); OpenBSD src/usr.bin/signify/signify.c; openwrt/usign, main.c.
"""

from collections.abc import Mapping
from typing import Final

from netintegrity.errors import BadSignatureError, MalformedError, UnsignedError
from netintegrity.trust import signify_text
from netintegrity.trust._spec import Envelope, ManifestFormat, Signature
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "signify"
_SUFFIX: Final = ".sig"
_TRUSTED: Final = b"\ntrusted comment: "


def _is_signature(content: bytes) -> bool:
    # With a trusted comment it is one of minisign's.
    return content.startswith(signify_text.COMMENT) and _TRUSTED not in content


def _sniff(_filename: str, head: bytes) -> bool:
    return _is_signature(head) or checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = detached.get(_SUFFIX, detached.get(""))
    if raw.startswith(signify_text.COMMENT):
        if beside is not None:
            detail = "its signature is inside; a second one beside it means nothing"
            raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
        signature, message = _read(raw)
    elif beside is None:
        raise UnsignedError(manifest_id=_FORMAT_ID, detail=f"no {_SUFFIX} file beside it")
    else:
        signature, message = _read(beside)
        if message not in {b"", raw}:
            detail = "the list inside the signature file is another one"
            raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail)
        message = raw
    return Envelope(signed=message, payload=message, signatures=(signature,))


def _read(content: bytes) -> tuple[Signature, bytes]:
    try:
        blob, message = signify_text.read(content, size=signify_text.SIGNATURE_BYTES)
        if blob.algorithm != signify_text.PLAIN:
            raise ValueError("line 2 is no Ed25519 signature")
    except ValueError as error:
        detail = f"the signature: {error}"
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail) from error
    return Signature(value=blob.value, keyid=blob.number, algorithm=Algorithm.ED25519), message


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums signed by signify or usign (OpenBSD, OpenWrt)",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=(_SUFFIX,),
    is_signature=_is_signature,
    sniff=_sniff,
    split=_split,
    parse=checksums.parser(_FORMAT_ID),
)
