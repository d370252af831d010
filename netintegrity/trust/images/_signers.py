"""Whose signature it is, once it verified; and what the ways of judging one share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from netintegrity.model.assurance import Caveat
from netintegrity.trust.algorithms import BareKey
from netintegrity.trust.anchors import Channel, Keyring, Purpose, TrustAnchor
from netintegrity.trust.certificates import fingerprint_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Whose signature it is, once it verified."""

    anchor: TrustAnchor
    subject: str
    """Of the certificate that signed, or what names the key."""
    caveats: frozenset[Caveat]
    keys: frozenset[str]
    """Fingerprints of every key between the image and the anchor, the anchor's among them."""


def anchors_for(format_id: str, keyring: Keyring) -> tuple[TrustAnchor, ...]:
    """Return the anchors whose word on such an image counts."""
    found = keyring.for_format(format_id, frozenset({str(Purpose.IMAGE)}))
    return tuple(a for a in found if a.channel is Channel.RELEASE)


def others_for(format_id: str, keyring: Keyring) -> tuple[TrustAnchor, ...]:
    """Return the anchors that sign such images of another kind of build."""
    found = keyring.for_format(format_id, frozenset({str(Purpose.IMAGE)}))
    return tuple(a for a in found if a.channel is not Channel.RELEASE)


def dated(anchor: TrustAnchor, at: datetime, *, signer_is_dated: bool) -> frozenset[Caveat]:
    """Return the caveats of dates: images outlive the certificates they were signed with.

    Args:
        anchor: that stands behind the signature.
        at: UTC; the moment of judgement.
        signer_is_dated: True where a certificate below the anchor is not valid at that moment.
    """
    caveats = set()
    if anchor.not_after is not None and at > anchor.not_after:
        caveats.add(Caveat.ANCHOR_EXPIRED)
    if signer_is_dated:
        caveats.add(Caveat.IDENTITY_EXPIRED)
    return frozenset(caveats)


def keys_of(anchor: TrustAnchor, path: Iterable[x509.Certificate] = ()) -> frozenset[str]:
    """Return the fingerprints of the anchor's key and of those of a chain to it."""
    keys = (certificate.public_key() for certificate in path)
    return frozenset({anchor.key_fingerprint}) | {
        fingerprint_of(key) for key in keys if isinstance(key, BareKey)
    }
