"""Whose word it is that a list of host keys is right: a detached signature by minisign.

The list itself is read elsewhere, and only once its signature counted. A key that vouches for
which device is which is one of purpose ``device-identity``; its ``formats`` name this list, so
that no vendor's authority over hardware identities is one by accident.
"""

from dataclasses import replace
from typing import Final

from netintegrity.errors import UnsignedError
from netintegrity.trust.anchors import Channel, Keyring, Purpose, TrustAnchor
from netintegrity.trust.formats import minisign
from netintegrity.trust.signer import signer_of

FORMAT_ID: Final = "host-keys"
"""The word of an anchor's ``formats``."""
SUFFIX: Final = ".minisig"
MAX_BYTES: Final = 16 * 1024 * 1024
_KIND: Final = replace(
    minisign.FORMAT, id=FORMAT_ID, title="host keys signed by minisign", max_bytes=MAX_BYTES
)
_PURPOSES: Final = frozenset({str(Purpose.DEVICE_IDENTITY)})
_CHANNELS: Final = frozenset({str(Channel.RELEASE)})


def signer_of_host_keys(
    raw: bytes, signature: bytes | None, keyring: Keyring, *, name: str
) -> TrustAnchor:
    """Return the anchor whose signature covers every byte of a list.

    Args:
        raw: the list.
        signature: the content of its ``.minisig``; None: there is none.
        keyring: whose anchors of purpose ``device-identity`` and format ``host-keys`` count.
        name: of the file, for messages.

    Raises:
        TrustError: nobody whose word counts signed it; by reason.
    """
    if signature is None:
        raise UnsignedError(manifest_id=name, detail=f"no {name}{SUFFIX} beside it")
    envelope = _KIND.split(raw, {SUFFIX: signature})
    return signer_of(
        envelope, _KIND, keyring, purposes=_PURPOSES, channels=_CHANNELS, filename=name
    )
