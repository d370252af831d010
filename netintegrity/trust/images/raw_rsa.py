"""Images with a bare RSA signature in a file beside them, under a key that is published apart.

The signature names neither its algorithm nor its key: the keyring does both. No key is built in,
for none was found in a place that vouches for it: the operator pins the vendor's.

**Unproven on a genuine image:** the forms are as the vendors' instructions state them, and were
proved on files signed by openssl with keys of our own.

Source: F5 K24341140 (``openssl dgst -sha384 -verify … -signature X.iso.384.sig X.iso``);
opnsense/docs, "Initial Installation" (``openssl base64 -d``, ``openssl dgst -sha256``); Dell
SmartFabric OS10 user guide, ``image verify … pki signature``; RFC 8017 section 8.2.
"""

from typing import Final

from netintegrity.trust import base64_text, pkg_keys
from netintegrity.trust._spec import Signature
from netintegrity.trust.images._spec import DetachedForm

_MAX_BYTES: Final = 1024
"""RSA-8192; base64 of RSA-4096 is 684 digits and its line ends."""


def _raw(content: bytes) -> Signature:
    if not 0 < len(content) <= _MAX_BYTES:
        raise ValueError(f"{len(content)} bytes are no RSA signature")
    return Signature(value=content)


def _base64(content: bytes) -> Signature:
    return _raw(base64_text.decoded_lines(content))


F5: Final = DetachedForm(
    id="f5-iso", title="F5 BIG-IP image (.384.sig)", suffix=".384.sig", signature_of=_raw
)
OPNSENSE: Final = DetachedForm(
    id="opnsense-image",
    title="OPNsense image (.sig)",
    suffix=".sig",
    signature_of=_base64,
    tells=lambda content: not content.startswith(pkg_keys.MARK),
)
DELL_OS10: Final = DetachedForm(
    id="dell-os10",
    title="Dell SmartFabric OS10 image (.sha256.base64)",
    suffix=".sha256.base64",
    signature_of=_base64,
)
