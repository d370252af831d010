"""What the vendor signed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Protocol, Self

from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest, Measurement
from netintegrity.model.release import Order, Release


class ReferenceKind(StrEnum):
    """What a reference value is a value of."""

    IMAGE = "image"
    PACKAGE = "package"
    BOOT_LOADER = "boot-loader"
    BOOT0 = "boot0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceImage:
    """A reference value: one image as it was published."""

    kind: ReferenceKind = ReferenceKind.IMAGE
    platforms: frozenset[str] | None
    """None: the signed bytes do not say."""
    hardware: frozenset[str] | None = None
    """Prefixes of the PIDs it is for; None: the signed bytes do not say."""
    filename: str
    release: Release | None
    """None: the signed bytes do not say."""
    digests: frozenset[Digest] = frozenset()
    """Of the whole file."""
    measurements: frozenset[Measurement] = frozenset()
    size_bytes: int | None = None
    manifest_id: str
    """Which verified manifest vouches for it."""
    withdrawn: bool = False

    def __post_init__(self) -> None:
        """Refuse an entry that says nothing."""
        if not (self.digests or self.measurements):
            raise ValueError(f"{self.filename}: neither digest nor measurement")

    def is_for(self, platform_id: str) -> bool:
        """Say whether nothing signed speaks against this platform."""
        return self.platforms is None or platform_id in self.platforms

    def names_hardware(self, pids: Iterable[str]) -> bool:
        """Say whether the signed bytes say that it is for one of ``pids``."""
        return any(pid.startswith(prefix) for pid in pids for prefix in self.hardware or ())

    def is_of(self, release: Release | None) -> bool:
        """Say whether nothing signed speaks against this release; None: the box did not say."""
        if self.release is None or release is None:
            return True
        return self.release.compared_to(release) is Order.SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who signed a manifest; every time and number here was read from the signed bytes."""

    manifest_id: str
    """Unique among the manifests of a run: the list's own id and the start of its digest."""
    list_id: str
    """The id the list gives itself; the format's name where it gives none."""
    format_id: str
    manifest_digest: Digest
    signer: str
    """Subject of the certificate, or the name the keyring gives the key."""
    key_id: str
    """Id of the anchor in the keyring, ``cisco/known-good-values``."""
    key_fingerprint: str
    vendor_signed: bool
    """False: an owner's list (a golden box, a derived list), and shown as such."""
    signed_at: datetime | None = None
    newest_entry: datetime | None = None
    """Latest publication date in the signed rows, for formats that date nothing else."""
    expires_at: datetime | None = None
    sequence: int | None = None
    """Vendor serial; a lower number than one already trusted is a rollback."""
    first_imported_at: datetime | None = None
    """When the operator first imported this very file; bounds the age of one that is undated."""
    is_cumulative: bool = False
    """True: the newest entry tells a later edition of this list from an earlier one."""
    anchor_not_after: datetime | None = None
    """Until when the keyring gives the anchor; None: it does not say."""

    @property
    def dated_at(self) -> datetime | None:
        """The newest moment the signed bytes speak of; None: they are undated."""
        return max((t for t in (self.signed_at, self.newest_entry) if t), default=None)

    @property
    def edition_at(self) -> datetime | None:
        """When this edition was made; None: nothing signed says which of two is the newer."""
        return self.signed_at or (self.newest_entry if self.is_cumulative else None)

    def caveats(self, *, at: datetime) -> frozenset[Caveat]:
        """Return what holds back every reference of this manifest at the moment ``at``."""
        held_back = {
            Caveat.AGE_UNKNOWN: self.dated_at is None,
            Caveat.OWNER_SIGNED: not self.vendor_signed,
            Caveat.ANCHOR_EXPIRED: self.anchor_not_after is not None and at > self.anchor_not_after,
        }
        return frozenset(c for c, holds in held_back.items() if holds)

    def is_stale(self, *, at: datetime, max_age: timedelta | None) -> bool:
        """Say whether the list is expired, or older than ``max_age``, at the moment ``at``.

        An undated one is as old as its first import; one that was never imported is not "too
        old", it carries the caveat ``age-unknown``.
        """
        if self.expires_at is not None and at >= self.expires_at:
            return True
        since = self.dated_at or self.first_imported_at
        return max_age is not None and since is not None and at - since > max_age


class ReferenceRows(Protocol):
    """A list too large to be held as values: each is read from the signed bytes when asked for.

    Files alone; a list with measurements is held. What is returned may be more than was asked for,
    and never less: whoever asks compares.
    """

    manifest_id: str
    """Which verified manifest vouches for all of them."""

    def __len__(self) -> int:
        """Return how many values there are."""

    def __iter__(self) -> Iterator[ReferenceImage]:
        """Read them all."""

    def with_values(self, values: Iterable[bytes]) -> Iterable[ReferenceImage]:
        """Return those that may have a digest of one of these values."""

    def named(self, filename: str) -> Iterable[ReferenceImage]:
        """Return those that may have this name."""

    def of_release(self, train: str, key: tuple[int, ...]) -> Iterable[ReferenceImage]:
        """Return those that may be of this release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Positions in a tuple of reference values, by what is looked for."""

    by_value: Mapping[bytes, Sequence[int]]
    by_name: Mapping[str, Sequence[int]]
    by_release: Mapping[tuple[str, tuple[int, ...]], Sequence[int]]

    @classmethod
    def of(cls, images: Sequence[ReferenceImage]) -> Self:
        """Go through ``images`` once."""
        by_value: dict[bytes, list[int]] = {}
        by_name: dict[str, list[int]] = {}
        by_release: dict[tuple[str, tuple[int, ...]], list[int]] = {}
        for place, image in enumerate(images):
            values = {d.value for d in image.digests} | {m.value for m in image.measurements}
            for value in values:
                by_value.setdefault(value, []).append(place)
            by_name.setdefault(image.filename, []).append(place)
            if image.release is not None:
                key = (image.release.train, image.release.key)
                by_release.setdefault(key, []).append(place)
        return cls(by_value=by_value, by_name=by_name, by_release=by_release)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSet:
    """Reference values whose signature verified and that roll nothing back.

    Age is judged at use (:meth:`current_ids`), so that a stale list can still say which image it
    knew, and never vouch for it.
    """

    images: tuple[ReferenceImage, ...]
    """Those that are held; all are what iterating yields."""
    provenance: tuple[Provenance, ...]
    rows: tuple[ReferenceRows, ...] = ()
    """Lists of which the values are not held."""
    _places: _Places = field(init=False, repr=False, compare=False)
    """Where to look among ``images``: positions alone, no value is kept twice."""

    def __post_init__(self) -> None:
        """Refuse a value nobody signed; note where each may be found."""
        named = {i.manifest_id for i in self.images} | {r.manifest_id for r in self.rows}
        if not named <= self.manifest_ids:
            raise ValueError("a reference value without provenance")
        object.__setattr__(self, "_places", _Places.of(self.images))

    def __iter__(self) -> Iterator[ReferenceImage]:
        """Iterate over all values, reading those that are not held."""
        return chain(self.images, *self.rows)

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.images) + sum(len(rows) for rows in self.rows)

    @property
    def manifest_ids(self) -> frozenset[str]:
        """Manifests that may vouch."""
        return frozenset(p.manifest_id for p in self.provenance)

    def provenance_of(self, image: ReferenceImage) -> Provenance:
        """Return whose word a reference value is."""
        return next(p for p in self.provenance if p.manifest_id == image.manifest_id)

    def current_ids(self, *, at: datetime, max_age: timedelta | None) -> frozenset[str]:
        """Manifests that may still vouch at the moment ``at``."""
        return frozenset(
            p.manifest_id for p in self.provenance if not p.is_stale(at=at, max_age=max_age)
        )

    def with_digest(self, digests: Iterable[Digest]) -> tuple[ReferenceImage, ...]:
        """Return every file that has one of ``digests``, on any platform."""
        wanted = tuple(digests)
        places = sorted({p for w in wanted for p in self._places.by_value.get(w.value, ())})
        values = tuple(w.value for w in wanted)
        found = (*(self.images[p] for p in places), *self._read(lambda r: r.with_values(values)))
        # The places only say where to look; what counts is compared whole, in constant time.
        return tuple(i for i in found if any(d == w for d in i.digests for w in wanted))

    def with_measurement(self, measurement: Measurement) -> tuple[ReferenceImage, ...]:
        """Return every published measurement equal to ``measurement``."""
        found = (self.images[p] for p in self._places.by_value.get(measurement.value, ()))
        return tuple(i for i in found if measurement in i.measurements)

    def named(self, platform_id: str, filename: str) -> tuple[ReferenceImage, ...]:
        """Return every file of this name that may belong to this platform."""
        return tuple(i for i in self.with_name(filename) if i.is_for(platform_id))

    def with_name(self, filename: str) -> tuple[ReferenceImage, ...]:
        """Return every file of this name, on any platform."""
        held = (self.images[p] for p in self._places.by_name.get(filename, ()))
        found = (*held, *self._read(lambda rows: rows.named(filename)))
        return tuple(i for i in found if i.filename == filename)

    def listed(
        self, platform_id: str, release: Release, kind: ReferenceKind, pids: Iterable[str]
    ) -> tuple[ReferenceImage, ...]:
        """Return what is published of this kind as this release, for this very hardware."""
        wanted = tuple(pids)
        places = self._places.by_release.get((release.train, release.key), ())
        found = (
            *(self.images[p] for p in places),
            *self._read(lambda rows: rows.of_release(release.train, release.key)),
        )
        return tuple(
            i
            for i in found
            if i.kind is kind
            and platform_id in (i.platforms or ())
            and i.release is not None
            and i.is_of(release)
            and i.names_hardware(wanted)
        )

    def _read(
        self, ask: Callable[[ReferenceRows], Iterable[ReferenceImage]]
    ) -> Iterator[ReferenceImage]:
        """Yield what every list that is not held answers."""
        return chain.from_iterable(ask(rows) for rows in self.rows)
