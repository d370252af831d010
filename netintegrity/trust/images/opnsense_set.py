"""OPNsense's update sets (``base-….txz``, ``kernel-….txz``) with the signature of pkg beside them.

What is signed, and how the key that travels in the file is known, is told in
:mod:`netintegrity.trust.pkg_keys`. The keyring names the fingerprint file that OPNsense publishes.

**Unproven on a genuine set:** none was at hand.

Source: opnsense/update, src/verify/pkg.c and src/sign/opnsense-sign.sh.
"""

import hashlib
from typing import Final

from netintegrity.trust import pkg_keys
from netintegrity.trust._spec import Signature
from netintegrity.trust.images._spec import DetachedForm


def _tells(content: bytes) -> bool:
    return content.startswith(pkg_keys.MARK)


def _signature_of(content: bytes) -> Signature:
    return Signature(value=pkg_keys.packed(*pkg_keys.read_signature(content)))


def _signed_digest(sha256: bytes) -> bytes:
    return hashlib.sha256(pkg_keys.message_of(sha256)).digest()


FORM: Final = DetachedForm(
    id="opnsense-set",
    title="OPNsense update set (.sig, as pkg signs)",
    suffix=".sig",
    signature_of=_signature_of,
    tells=_tells,
    signed_digest=_signed_digest,
)
