"""The tables, as the newest migration leaves them.

Two kinds. *Chained* rows (runs, appraisals, findings, tombstones) are numbered by one sequence over
all tables; each carries a digest over itself and the digest of the row before. *Seen* rows (images,
releases, host keys, serials) say what a device showed; a set of them is named by the digest over
all its rows, and the appraisals that saw it carry that name. A box that does not change is stored
once.

Times are text of one width, ``2026-06-03T04:05:06.000000Z``, so that they sort as they follow.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

METADATA: Final = MetaData()


def _columns(text: str, numbers: str) -> list[Column[str] | Column[int]]:
    """Return a column for each name; one with a question mark may be empty."""
    return [
        *(Column(n.rstrip("?"), Text, nullable=n.endswith("?")) for n in text.split()),
        *(Column(n.rstrip("?"), BigInteger, nullable=n.endswith("?")) for n in numbers.split()),
    ]


def _chained(name: str, *, text: str, numbers: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("digest", Text, nullable=False),
        *_columns(text, numbers),
    )


def _seen(name: str, *, text: str, numbers: str = "") -> Table:
    return Table(
        name,
        METADATA,
        Column("state", Text, primary_key=True),
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("digest", Text, nullable=False),
        *_columns(text, numbers),
    )


HEAD: Final = Table(
    "head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
)
"""One row: the last of the chain. Who appends locks it first."""

MIGRATIONS: Final = Table(
    "migrations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)

RUNS: Final = _chained(
    "runs",
    text="run_id site started_at finished_at at recorded_at recorded_by tool_version "
    "keyring_digest policy_digest memory_digest report_digest",
    numbers="status devices site_devices verified rejected_manifests interrupted",
)
"""``status`` is the exit status; ``interrupted`` is 0 or 1."""

APPRAISALS: Final = _chained(
    "appraisals",
    text="site device platform at verdict conclusion conclusions level caveats running_release? "
    "evidence_digest state?",
    numbers="run_seq open_findings",
)
"""``state`` names what was seen; empty: the device showed nothing."""

FINDINGS: Final = _chained(
    "findings",
    text="rule? subject? image? role? verdict conclusion technique? severity? message",
    numbers="appraisal_seq",
)
"""All that is not verified; a shortfall ("verified" demands it, the device lacks it) has no rule.
What was verified is in the run folder, whose report the run's row names by its digest."""

TOMBSTONES: Final = _chained(
    "tombstones",
    text="digest_before digest_after before oldest newest pruned_at pruned_by",
    numbers="first_seq last_seq runs",
)
"""Stand for a stretch of rows that retention took; so the chain leads over the gap."""

IMAGES: Final = _seen(
    "images", text="subject role kind path release? image_digest?", numbers="size_bytes?"
)
"""One row for each digest of an image."""

RELEASES: Final = _seen("releases", text="name release")
"""``running``, ``boot-loader member 1``, and whatever else the box calls a version."""

HOST_KEYS: Final = _seen("host_keys", text="fingerprint status")

SERIALS: Final = _seen("serials", text="subject serial? pid?")

CHAINED: Final = (RUNS, APPRAISALS, FINDINGS, TOMBSTONES)
SEEN: Final = (IMAGES, RELEASES, HOST_KEYS, SERIALS)
