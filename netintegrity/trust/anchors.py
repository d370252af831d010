"""Whose word counts, for what, and since when we know."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from cryptography import x509

from netintegrity.model.release import Release
from netintegrity.trust.algorithms import Algorithm, PublicKey
from netintegrity.trust.certificates import names_of

# 24.10    7.6    17.09.04a
_NUMBERS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)


class Purpose(StrEnum):
    """The one thing a key is for."""

    MANIFEST = "manifest"
    """It signs lists of reference values."""
    IMAGE = "image"
    """It signs images, or the certificates inside them."""
    DEVICE_IDENTITY = "device-identity"
    """It issues the identities of devices."""
    RUN_STATEMENT = "run-statement"
    """It signs what a run concluded."""
    WAIVER = "waiver"
    """It excuses a finding for a while."""
    PLAN = "plan"
    """It approves what is to be done in a change window."""
    LAB = "lab"
    """It signs lists of simulated images; counts for simulated devices alone."""


class Signer(StrEnum):
    """Who holds the key; no payload says it of itself."""

    VENDOR = "vendor"
    OWNER = "owner"


class Channel(StrEnum):
    """What kind of build the holder signs with this key."""

    RELEASE = "release"
    ROLLING = "rolling"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A certificate above an anchor; it vouches for nothing itself."""

    file: str
    fingerprint: str
    subject: str
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """One key whose signatures count, and how far."""

    id: str
    """Unique in the keyring, ``cisco/known-good-values``."""
    file: str
    """Relative to the root of the key files, POSIX."""
    fingerprint: str
    """``sha256:`` and 64 hex digits: of the certificate's DER, of a bare key's
    SubjectPublicKeyInfo; of OpenPGP ``openpgp4fpr:`` and the fingerprint of the primary key; of
    pkg ``pkg-sha256:`` and the digest of the key's text; of TUF ``tuf-root-sha256:`` and the
    digest of the root file."""
    key_fingerprint: str
    """The same over the SubjectPublicKeyInfo; equal to ``fingerprint`` for a bare key."""
    key_number: str | None = None
    """How signify and minisign name the key, in hex; None: its file does not say."""
    certificate: x509.Certificate | None = None
    """None: a bare key."""
    key: PublicKey
    algorithm: Algorithm
    subject: str
    """Of the certificate, as the keyring writes it; of a bare key its id."""
    end_entity: str | None = None
    """Of an authority: the subject demanded of a certificate it issued, as the keyring writes it.
    None: it issues for nobody but the signer of images, or vouches for itself alone."""
    issuers: tuple[Issuer, ...] = ()
    """Each issued the one before; none: pinned by itself."""
    signer: Signer
    vendor: str | None
    """Whose key; None: an owner's."""
    purpose: Purpose
    formats: frozenset[str]
    """Formats it may sign."""
    channel: Channel = Channel.RELEASE
    trains: tuple[str, ...] = ("*",)
    """Globs over the train of a release."""
    not_after: datetime | None = None
    """UTC; None: nothing says until when. Past it, a caveat."""
    source: str = ""
    revoked: str | None = None
    """Why its signatures count no longer, those it made before included: no signature proves when
    it was made. None: they count."""

    @property
    def holder(self) -> str:
        """The vendor, or ``owner``: to whom a rollback floor belongs."""
        return self.vendor if self.signer is Signer.VENDOR and self.vendor else "owner"

    @property
    def is_vendor(self) -> bool:
        """The only source of "vendor-signed"."""
        return self.signer is Signer.VENDOR

    def may_sign(self, format_id: str) -> bool:
        """Say whether it is for lists of this format."""
        return format_id in self.formats

    def is_for(self, release: Release | None) -> bool:
        """Say whether the key is for this release; one that nobody can name is for a key for all.

        A train of the keyring may be narrowed by the first numbers of a release:
        ``openwrt-24.10`` is what begins with 24.10 in the train ``openwrt``.
        """
        if "*" in self.trains:
            return True
        if release is None:
            return False
        numbers = _NUMBERS.match(release.text)
        parts = numbers[0].split(".") if numbers is not None else []
        names = (
            release.train,
            *(f"{release.train}-{'.'.join(parts[:n])}" for n in range(1, len(parts) + 1)),
        )
        return any(fnmatchcase(name, train) for name in names for train in self.trains)

    def is_named_by(self, keyid: str | None) -> bool:
        """Say whether a signature's hint means this key."""
        if keyid is None:
            return False
        if keyid in {self.fingerprint, self.key_fingerprint, self.key_number}:
            return True
        return self.certificate is not None and keyid in names_of(self.certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Anchors whose word counts only where enough of them agree."""

    id: str
    """Unique among the quorums of a keyring, ``acme/lists``."""
    threshold: int
    """So many different keys."""
    members: frozenset[str]
    """Ids of anchors; none of them counts by itself."""

    def is_met_by(self, anchors: Iterable[TrustAnchor]) -> bool:
        """Say whether enough different keys are among ``anchors``; one key twice counts once."""
        keys = {a.key_fingerprint for a in anchors if a.id in self.members}
        return len(keys) >= self.threshold


@dataclass(frozen=True, slots=True)
class Keyring:
    """All anchors of a run, each under one id."""

    anchors: tuple[TrustAnchor, ...] = ()
    quorums: tuple[Quorum, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two anchors of one id, and a quorum that nobody can meet."""
        ids = [a.id for a in self.anchors]
        if len(ids) != len(set(ids)):
            raise ValueError("two anchors of one id")
        for quorum in self.quorums:
            members = [a for a in self.anchors if a.id in quorum.members]
            if quorum.threshold < 1 or not quorum.is_met_by(members):
                raise ValueError(f"{quorum.id}: too few keys for its threshold")

    def __iter__(self) -> Iterator[TrustAnchor]:
        """Iterate over all anchors."""
        return iter(self.anchors)

    def of_purpose(self, purpose: Purpose) -> tuple[TrustAnchor, ...]:
        """Return the anchors that are for ``purpose``, and were not revoked."""
        return tuple(a for a in self._counting() if a.purpose is purpose)

    def for_format(self, format_id: str, purposes: frozenset[str]) -> tuple[TrustAnchor, ...]:
        """Return the anchors whose signature over such a list counts, and were not revoked."""
        return tuple(a for a in self._counting() if a.purpose in purposes and a.may_sign(format_id))

    def _counting(self) -> tuple[TrustAnchor, ...]:
        if all(a.revoked is None for a in self.anchors):
            return self.anchors
        return tuple(a for a in self.anchors if self.revocation_of(a) is None)

    def revocation_of(self, anchor: TrustAnchor) -> str | None:
        """Return why a key counts no longer: revoked under one id, it counts under none."""
        key = anchor.key_fingerprint
        return next(
            (a.revoked for a in self.anchors if a.revoked is not None and a.key_fingerprint == key),
            None,
        )

    def quorum_of(self, anchor: TrustAnchor) -> Quorum | None:
        """Return the quorum an anchor counts in; None: it counts by itself."""
        return next((q for q in self.quorums if anchor.id in q.members), None)

    def by_id(self, anchor_id: str) -> TrustAnchor | None:
        """Return the anchor of this id; None: there is none."""
        return next((a for a in self.anchors if a.id == anchor_id), None)

    @property
    def has_lab_keys(self) -> bool:
        """Say whether any anchor is a lab's."""
        return any(a.purpose is Purpose.LAB for a in self.anchors)


NO_KEYS: Final = Keyring()
"""Nobody's word counts."""
