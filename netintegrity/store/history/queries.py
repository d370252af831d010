"""What the history is asked: what ran where, and when; which boxes had this image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Row, func, select

from netintegrity.store.history.tables import (
    APPRAISALS,
    FINDINGS,
    HOST_KEYS,
    IMAGES,
    RELEASES,
    RUNS,
    SERIALS,
)
from netintegrity.store.history.times import stored

Fields = Mapping[str, object]

_HIDDEN: Final = frozenset({"seq", "digest", "state", "place", "appraisal_seq", "run_seq"})
MOST_NAMES: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one device was judged to be at one moment, and what it showed."""

    appraisal: Fields
    run: Fields
    images: Sequence[Fields] = ()
    releases: Sequence[Fields] = ()
    host_keys: Sequence[Fields] = ()
    serials: Sequence[Fields] = ()
    findings: Sequence[Fields] = ()
    shown_at: str | None = None
    """When the device showed what is told of it: earlier, where it could not be asked since; None:
    it never showed anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Runs in a row that found one device the same."""

    site: str
    first: str
    last: str
    runs: int
    conclusion: str
    level: str
    running_release: str | None
    state: str | None
    changed: tuple[str, ...] = ()
    """Kinds of what differs from what it showed before: ``images``, ``releases``, ``host_keys``,
    ``serials``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One image on one device, and from when to when it was seen there."""

    site: str
    device: str
    first: str
    last: str
    runs: int
    path: str
    role: str
    subject: str
    release: str | None
    conclusion: str
    """Of the device, when it was seen there last."""


def sites_of(connection: Connection, device: str) -> list[str]:
    """Return the sites a device of this name was judged in."""
    found = select(APPRAISALS.c.site).where(APPRAISALS.c.device == device).distinct()
    return sorted(connection.scalars(found))


def device_names(connection: Connection, site: str | None = None) -> list[str]:
    """Return every device that was ever judged."""
    found = select(APPRAISALS.c.device).distinct().order_by(APPRAISALS.c.device).limit(MOST_NAMES)
    if site is not None:
        found = found.where(APPRAISALS.c.site == site)
    return list(connection.scalars(found))


def standing_at(
    connection: Connection, site: str, device: str, moment: datetime
) -> Standing | None:
    """Return how a device stood at a moment: by the last run before it. None: none was before."""
    mine = (
        select(APPRAISALS)
        .where(APPRAISALS.c.device == device)
        .where(APPRAISALS.c.site == site)
        .where(APPRAISALS.c.at <= stored(moment))
        .order_by(APPRAISALS.c.at.desc(), APPRAISALS.c.seq.desc())
        .limit(1)
    )
    appraisal = connection.execute(mine).one_or_none()
    if appraisal is None:
        return None
    seen = connection.execute(mine.where(APPRAISALS.c.state.is_not(None))).one_or_none()
    run = connection.execute(select(RUNS).where(RUNS.c.seq == appraisal.run_seq)).one_or_none()
    state = None if seen is None else seen.state
    findings = connection.execute(
        select(FINDINGS).where(FINDINGS.c.appraisal_seq == appraisal.seq).order_by(FINDINGS.c.seq)
    )
    return Standing(
        appraisal=_fields(appraisal),
        run={} if run is None else _fields(run),
        findings=[_fields(f) for f in findings],
        shown_at=None if seen is None else seen.at,
        **_shown(connection, state),
    )


def _shown(connection: Connection, state: str | None) -> dict[str, list[Fields]]:
    if state is None:
        return {}
    return {
        table.name: [
            _fields(r)
            for r in connection.execute(
                select(table).where(table.c.state == state).order_by(table.c.place)
            )
        ]
        for table in (IMAGES, RELEASES, HOST_KEYS, SERIALS)
    }


def _fields(row: Row[tuple[object, ...]]) -> Fields:
    return {n: v for n, v in row._mapping.items() if n not in _HIDDEN}  # noqa: SLF001 - SQLAlchemy's documented way, spelled so that no column can hide it


def timeline(
    connection: Connection, site: str, device: str, *, most: int | None = None
) -> list[Period]:
    """Return how a device stood, oldest first; runs that found it the same are one period.

    Args:
        connection: to read by.
        site: name.
        device: name.
        most: of the newest periods; None: all.
    """
    columns = APPRAISALS.c
    rows = connection.execute(
        select(
            columns.at, columns.conclusion, columns.level, columns.running_release, columns.state
        )
        .where(columns.device == device)
        .where(columns.site == site)
        .order_by(columns.at, columns.seq)
    ).all()
    found: list[Period] = []
    shown: str | None = None
    content: dict[str, dict[str, list[Fields]]] = {}
    for _, members in groupby(rows, key=lambda r: tuple(r)[1:]):
        runs = list(members)
        newest = runs[-1]
        state = newest.state
        changed: tuple[str, ...] = ()
        if state is not None:
            if shown is not None and shown != state:
                for name in (shown, state):
                    content.setdefault(name, _shown(connection, name))
                one, other = content[shown], content[state]
                changed = tuple(kind for kind in one if one[kind] != other[kind])
            shown = state
        found.append(
            Period(
                site=site,
                first=runs[0].at,
                last=newest.at,
                runs=len(runs),
                conclusion=newest.conclusion,
                level=newest.level,
                running_release=newest.running_release,
                state=state,
                changed=changed,
            )
        )
    return found if most is None else found[-most:]


def sightings(connection: Connection, digest: str) -> list[Sighting]:
    """Return where an image was seen; ``digest`` is ``sha512:hex`` or hex alone."""
    wanted = (
        [digest]
        if ":" in digest
        else [f"{name}:{digest}" for name in ("md5", "sha1", "sha256", "sha384", "sha512")]
    )
    images = connection.execute(
        select(IMAGES.c.state, IMAGES.c.path, IMAGES.c.role, IMAGES.c.subject, IMAGES.c.release)
        .where(IMAGES.c.image_digest.in_(wanted))
        .order_by(IMAGES.c.state, IMAGES.c.place)
    ).all()
    spans = _spans(connection, sorted({i.state for i in images}))
    found = [
        Sighting(
            site=span.site,
            device=span.device,
            first=span.first,
            last=span.last,
            runs=span.runs,
            path=image.path,
            role=image.role,
            subject=image.subject,
            release=image.release,
            conclusion=span.conclusion,
        )
        for image in images
        for span in spans.get(image.state, ())
    ]
    return sorted(found, key=lambda s: (s.site, s.device, s.first, s.role, s.subject))


def conclusions_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Return what was concluded, by the number of the appraisal."""
    found: dict[int, str] = {}
    for start in range(0, len(numbers), 400):
        part = numbers[start : start + 400]
        rows = connection.execute(
            select(APPRAISALS.c.seq, APPRAISALS.c.conclusion).where(APPRAISALS.c.seq.in_(part))
        )
        found |= dict(rows.tuples().all())
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    site: str
    device: str
    first: str
    last: str
    runs: int
    conclusion: str


def _spans(connection: Connection, states: Sequence[str]) -> dict[str, list[_Span]]:
    """Return who showed each of some states, and from when to when."""
    columns = APPRAISALS.c
    found: dict[str, list[_Span]] = {}
    for start in range(0, len(states), 400):
        part = states[start : start + 400]
        rows = connection.execute(
            select(
                columns.state,
                columns.site,
                columns.device,
                func.min(columns.at).label("first"),
                func.max(columns.at).label("last"),
                func.max(columns.seq).label("seq"),
                func.count().label("runs"),
            )
            .where(columns.state.in_(part))
            .group_by(columns.state, columns.site, columns.device)
        ).all()
        judged = conclusions_of(connection, [r.seq for r in rows])
        for r in rows:
            span = _Span(r.site, r.device, r.first, r.last, r.runs, judged.get(r.seq, ""))
            found.setdefault(r.state, []).append(span)
    return found


def site_names(connection: Connection) -> list[str]:
    """Return every site of which there is a run."""
    return sorted(connection.scalars(select(RUNS.c.site).distinct()))
