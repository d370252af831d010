"""Numbered migrations: plain SQL that SQLite and PostgreSQL both read; never edited, only added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, inspect, select, text

from netintegrity.errors import StoreError
from netintegrity.store.history.tables import MIGRATIONS as APPLIED

GENESIS: Final = "0" * 64
"""The digest before the first row."""

_CHAINED: Final = "seq BIGINT PRIMARY KEY, digest TEXT NOT NULL"
_SEEN: Final = "state TEXT NOT NULL, place INTEGER NOT NULL, digest TEXT NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step from a form of the database to the next."""

    number: int
    """From 1, without a gap."""
    name: str
    statements: tuple[str, ...]


MIGRATIONS: Final = (
    Migration(
        number=1,
        name="what every run found",
        statements=(
            "CREATE TABLE head (id INTEGER PRIMARY KEY, seq BIGINT NOT NULL, digest TEXT NOT NULL)",
            f"CREATE TABLE runs ({_CHAINED}, run_id TEXT NOT NULL, site TEXT NOT NULL, "
            "started_at TEXT NOT NULL, finished_at TEXT NOT NULL, at TEXT NOT NULL, "
            "recorded_at TEXT NOT NULL, recorded_by TEXT NOT NULL, tool_version TEXT NOT NULL, "
            "keyring_digest TEXT NOT NULL, policy_digest TEXT NOT NULL, "
            "memory_digest TEXT NOT NULL, report_digest TEXT NOT NULL, status BIGINT NOT NULL, "
            "devices BIGINT NOT NULL, site_devices BIGINT NOT NULL, verified BIGINT NOT NULL, "
            "rejected_manifests BIGINT NOT NULL, interrupted BIGINT NOT NULL)",
            "CREATE INDEX runs_by_site ON runs (site, finished_at)",
            f"CREATE TABLE appraisals ({_CHAINED}, site TEXT NOT NULL, device TEXT NOT NULL, "
            "platform TEXT NOT NULL, at TEXT NOT NULL, verdict TEXT NOT NULL, "
            "conclusion TEXT NOT NULL, conclusions TEXT NOT NULL, level TEXT NOT NULL, "
            "caveats TEXT NOT NULL, running_release TEXT, evidence_digest TEXT NOT NULL, "
            "state TEXT, run_seq BIGINT NOT NULL, open_findings BIGINT NOT NULL)",
            "CREATE INDEX appraisals_by_device ON appraisals (device, site, at, seq)",
            "CREATE INDEX appraisals_by_state ON appraisals (state, site, device, at, seq)",
            "CREATE INDEX appraisals_by_run ON appraisals (run_seq)",
            f"CREATE TABLE findings ({_CHAINED}, rule TEXT, subject TEXT, image TEXT, role TEXT, "
            "verdict TEXT NOT NULL, conclusion TEXT NOT NULL, technique TEXT, severity TEXT, "
            "message TEXT NOT NULL, appraisal_seq BIGINT NOT NULL)",
            "CREATE INDEX findings_by_appraisal ON findings (appraisal_seq)",
            f"CREATE TABLE tombstones ({_CHAINED}, digest_before TEXT NOT NULL, "
            "digest_after TEXT NOT NULL, before TEXT NOT NULL, oldest TEXT NOT NULL, "
            "newest TEXT NOT NULL, pruned_at TEXT NOT NULL, pruned_by TEXT NOT NULL, "
            "first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, runs BIGINT NOT NULL)",
            f"CREATE TABLE images ({_SEEN}, subject TEXT NOT NULL, role TEXT NOT NULL, "
            "kind TEXT NOT NULL, path TEXT NOT NULL, release TEXT, image_digest TEXT, "
            "size_bytes BIGINT, PRIMARY KEY (state, place))",
            "CREATE INDEX images_by_digest ON images (image_digest)",
            f"CREATE TABLE releases ({_SEEN}, name TEXT NOT NULL, release TEXT NOT NULL, "
            "PRIMARY KEY (state, place))",
            f"CREATE TABLE host_keys ({_SEEN}, fingerprint TEXT NOT NULL, status TEXT NOT NULL, "
            "PRIMARY KEY (state, place))",
            f"CREATE TABLE serials ({_SEEN}, subject TEXT NOT NULL, serial TEXT, pid TEXT, "
            "PRIMARY KEY (state, place))",
            "INSERT INTO head (id, seq, digest) VALUES (1, 0, "
            "'0000000000000000000000000000000000000000000000000000000000000000')",
        ),
    ),
)

_TABLE: Final = "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"


class FormError(StoreError):
    """What the database says of its own form cannot be: somebody altered it."""


def applied(connection: Connection) -> int:
    """Return the number of the last migration applied; 0: there is no history yet.

    Raises:
        FormError: the numbers have a gap, or there are none where there are tables.
    """
    if not inspect(connection).has_table(APPLIED.name):
        return 0
    found = sorted(connection.scalars(select(APPLIED.c.number)))
    if not found or found != list(range(1, len(found) + 1)):
        raise FormError(f"the history says that its forms are {found}, which cannot be")
    return len(found)


def migrate(connection: Connection, known: Sequence[Migration] = MIGRATIONS) -> int:
    """Bring the database to the newest form, in the transaction it is called in.

    Returns:
        how many migrations were applied.

    Raises:
        StoreError: a newer netintegrity has migrated it further than this one knows.
    """
    if connection.dialect.name == "postgresql":
        # Two programs that find no tables must not both make them; the number names this lock.
        connection.execute(text("SELECT pg_advisory_xact_lock(160100102)"))
    done = applied(connection)
    refuse_newer(done, known)
    for migration in known[done:]:
        if migration.number == 1:
            connection.exec_driver_sql(_TABLE)
        for statement in migration.statements:
            connection.exec_driver_sql(statement)
        connection.execute(APPLIED.insert().values(number=migration.number, name=migration.name))
    return len(known) - done


def refuse_newer(done: int, known: Sequence[Migration] = MIGRATIONS) -> None:
    """Return unless the database has a form this version does not know.

    Raises:
        StoreError: it has; what it means is not known here.
    """
    if done > len(known):
        told = StoreError(
            f"the history has form {done}, and this netintegrity knows forms up to {len(known)}"
        )
        told.hint = "use the netintegrity that wrote it, or a newer one"
        raise told
