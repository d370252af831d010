"""What a manifest format declares; private to trust until a signature was verified."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from netintegrity.model.reference import ReferenceImage, ReferenceRows
from netintegrity.model.release import Release
from netintegrity.trust.algorithms import Algorithm

ParseReleases = Callable[[str, str], Release | None]
"""``(platform id, text)`` to a release; None: that platform has no such release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoSignature:
    """A second signature that the same key must have made, or the first does not count."""

    signed: bytes
    value: bytes
    algorithm: Algorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature as the envelope carries it."""

    value: bytes
    """As the algorithm of the anchor defines it."""
    keyid: str | None = None
    """Unauthenticated: it orders the trials and proves nothing."""
    algorithm: Algorithm | None = None
    """What the envelope says it is; it chooses nothing, and must be what the anchor says. None: the
    envelope is silent."""
    also: tuple[CoSignature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is signed and by what, still unverified."""

    signed: bytes
    """The exact bytes the signature covers."""
    payload: bytes
    """What is parsed once they verified; part of ``signed``, or the same."""
    signatures: tuple[Signature, ...]
    each_counts: bool = False
    """True: a signature that names a key we know, and is not its, spoils the others: nobody can
    change one of several and stay unnoticed. False: a format whose signers come and go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedManifest:
    """The content of a verified payload."""

    list_id: str
    images: tuple[ReferenceImage, ...]
    """Their ``manifest_id`` is the one ``parse`` was given."""
    rows: Callable[[str], ReferenceRows] | None = None
    """Of a list too large to be held, given its manifest id; ``images`` is empty then."""
    issued_at: datetime | None = None
    newest_entry: datetime | None = None
    expires_at: datetime | None = None
    sequence: int | None = None
    is_cumulative: bool = False
    """True: a later edition holds what an earlier one did, so that its newest entry tells them
    apart where nothing else does. False: one signer has many lists under one id."""
    companions: Mapping[str, int] = field(default_factory=dict)
    """Number by id of other lists of this signer that were issued together with this one."""


Sniff = Callable[[str, bytes], bool]
"""``(file name, first and last bytes)``: might this be the format? Never a matter of trust."""

Split = Callable[[bytes, Mapping[str, bytes]], Envelope]
"""Take the file and its detached signatures by suffix apart, touching only the envelope.

Raises :class:`~netintegrity.errors.TrustError` (unsigned, malformed)."""

IsSignature = Callable[[bytes], bool]
"""Might this file be a detached signature of the format? It only tells formats apart."""

Parse = Callable[[bytes, str, ParseReleases], ParsedManifest]
"""``(verified payload, manifest id, release grammars)``; raises ``ValueError`` with a sentence."""


Misuse = Callable[[x509.Certificate], str | None]
"""Why the certificate of an anchor may not sign this format; None: nothing in it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFormat:
    """One way in which references are shipped and signed."""

    id: str
    title: str
    max_bytes: int
    """A larger file is not read."""
    signature_suffixes: tuple[str, ...]
    """Of the detached signature beside it; none: the signature is inside."""
    is_signature: IsSignature | None = None
    """None: its detached signatures are bytes like any others."""
    sniff: Sniff
    split: Split
    parse: Parse
    misuse: Misuse | None = None
    """None: what a certificate is for is not asked; the keyring pins it for this format."""
