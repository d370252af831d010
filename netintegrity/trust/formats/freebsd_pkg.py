"""Lists of checksums signed the way of FreeBSD's pkg and OPNsense's update tools (``.sig``).

Signed is the text of the list's SHA-256 in hex. The key travels in the signature file, and is the
right one if its fingerprint is pinned: the keyring names the file that the vendor publishes under
``fingerprints/NAME/trusted/``. A fingerprint that the vendor revoked is pinned with ``revoked``,
and wins over every other entry for the same key.

OPNsense signs its update sets (base, kernel) so; those are images, and belong to ``image verify``.
A pkg repository's own catalogue is no list of files as they lie on a box, and is not read.

**Unproven on a genuine file:** none was at hand; the form is as OPNsense's own programs write and
read it.

Source: opnsense/update, src/verify/pkg.c and src/sign/opnsense-sign.sh; freebsd/pkg,
libpkg/pkg_repo.c.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from netintegrity.errors import BadSignatureError
from netintegrity.trust import pkg_keys
from netintegrity.trust._spec import Envelope, ManifestFormat, Signature
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "freebsd-pkg"
_SUFFIX: Final = ".sig"


def _is_signature(content: bytes) -> bool:
    return content.startswith(pkg_keys.MARK)


def _sniff(_filename: str, head: bytes) -> bool:
    return checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = checksums.signature_beside(detached, (_SUFFIX,), format_id=_FORMAT_ID)
    try:
        value, key_text = pkg_keys.read_signature(beside)
    except ValueError as error:
        detail = f"the signature: {error}"
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail) from error
    signature = Signature(
        value=pkg_keys.packed(value, key_text),
        keyid=pkg_keys.named(key_text),
        algorithm=Algorithm.PKG_RSA_SHA256,
    )
    # The list is signed through its digest.
    signed = pkg_keys.message_of(hashlib.sha256(raw).digest())
    return Envelope(signed=signed, payload=raw, signatures=(signature,))


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums signed the way of FreeBSD's pkg (OPNsense)",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=(_SUFFIX,),
    is_signature=_is_signature,
    sniff=_sniff,
    split=_split,
    parse=checksums.parser(_FORMAT_ID),
)
