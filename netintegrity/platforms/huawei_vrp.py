"""Huawei VRP, on routers and switches.

It checks the signatures of its files in its configuration view alone, which is never entered, and
has no command in any that prints a digest. It states what each main board started from, and what it
starts from next.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    PackageClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._asked import Asking, readable
from netintegrity.platforms._releases_huawei import parse_vrp, vrp_in_name
from netintegrity.platforms._spec import Platform, Probe, RunningBinding
from netintegrity.platforms._vrp_text import (
    Board,
    Startup,
    boards_of,
    files_of,
    model_of,
    patches_of,
    says_no_patch,
    serials_of,
    startups_of,
    version_of,
)

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_RUNS: Final = "Startup system software"
_NEXT: Final = "Next startup system software"
_BACKUP: Final = "Backup system software for next startup"
_PROBES: Final = (
    Probe(id="version", command="display version", read_timeout_s=60.0),
    Probe(id="startup", command="display startup", read_timeout_s=60.0),
    Probe(id="patches", command="display patch-information", read_timeout_s=60.0),
    # Each is known to some families only.
    Probe(id="esn", command="display esn", demanded=False),
    Probe(id="made", command="display device manufacture-info", demanded=False),
    Probe(
        id="files",
        command="dir",
        demanded=False,
        read_timeout_s=60.0,
        why="system files that merely lie there",
    ),
)
_ASKING: Final = Asking(
    probes=_PROBES,
    # Error: Unrecognized command found at '^' position.        Error: No permission to run it.
    refusal=re.compile(r"^\s{0,8}Error: ?\S.*$"),
    unknown=re.compile(r"Error: ?(?:Unrecognized|Wrong parameter|Incomplete|Ambiguous|Too many)"),
    level="command level 3, management",
)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version_answer = readable(_ASKING.last(exchanges, "version"))
        self.version = version_of(self.version_answer)
        self.startup_answer = readable(_ASKING.last(exchanges, "startup"))
        self.startups = startups_of(self.startup_answer)
        boards = boards_of(self.version_answer)
        self.boards: tuple[Board, ...] = boards if len(boards) > 1 else ()
        self.rom = boards[0].rom if len(boards) == 1 else None
        self.serials = serials_of(*(readable(_ASKING.last(exchanges, p)) for p in ("esn", "made")))

    @property
    def release(self) -> Release | None:
        return None if self.version is None else parse_vrp(self.version.release)

    def board_of(self, startup: Startup) -> Board | None:
        """Return the board a section is of; None: there is one alone, or it is not clear."""
        found = [b for b in self.boards if b.is_master is startup.is_main]
        return found[0] if len(found) == 1 else None

    def subject_of(self, startup: Startup) -> Subject:
        board = self.board_of(startup)
        return _CHASSIS if board is None else Subject(SubjectKind.SUPERVISOR, board.id)

    @property
    def is_matched(self) -> bool:
        """True if both commands count the same boards."""
        if not self.boards:
            return [s.is_main for s in self.startups] == [True]
        mains = sorted(s.is_main for s in self.startups)
        return mains == sorted(b.is_master for b in self.boards) == [False, True]

    def runs(self, startup: Startup) -> Release | None:
        """Return what a board runs; None: it is not said of it."""
        board = self.board_of(startup)
        if board is not None and board.release is not None:
            return parse_vrp(board.release)
        if startup.is_main:
            return self.release
        path = startup.path(_RUNS)
        return None if path is None else vrp_in_name(path[0])


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    return DeviceClaims(
        platform_id="huawei_vrp" if heard.version is not None else None,
        running_release=heard.release,
        other_releases=tuple(_told(heard)),
        identities=tuple(_identities(heard)),
        images=tuple(_images(heard)),
        boots=tuple(_boots(heard)),
        packages=tuple(_packages(heard)),
        gaps=tuple(_gaps(heard)),
    )


def _told(heard: _Heard) -> Iterator[tuple[str, str]]:
    if heard.version is not None:
        yield "vrp", heard.version.vrp
        yield "product", heard.version.product
    if heard.rom is not None:
        yield "bootrom", heard.rom


def _identities(heard: _Heard) -> Iterator[Identity]:
    for board in heard.boards:
        yield Identity(
            subject=Subject(SubjectKind.SUPERVISOR, board.id),
            serial=heard.serials.get(board.id),
            pid=board.kind,
        )
    if not heard.boards and heard.version is not None:
        alone = heard.serials.get("") or next(iter(heard.serials.values()), None)
        yield Identity(subject=_CHASSIS, serial=alone, pid=model_of(heard.version_answer))


def _images(heard: _Heard) -> Iterator[ImageClaim]:
    answer = heard.startup_answer
    if answer is None:
        return
    booted: set[str] = set()
    for startup in heard.startups:
        running, following = startup.path(_RUNS), startup.path(_NEXT)
        runs = heard.runs(startup)
        if running is not None:
            booted.add(running[0])
            yield ImageClaim(
                subject=heard.subject_of(startup),
                path=running[0],
                role=ImageRole.RUNNING,
                source=answer.source(running[1]),
                assurance=answer.assurance,
                release=runs,
            )
        if following is not None:
            booted.add(following[0])
            same = running is not None and following[0] == running[0]
            yield ImageClaim(
                subject=heard.subject_of(startup),
                path=following[0],
                role=ImageRole.BOOT_NEXT,
                source=answer.source(following[1]),
                assurance=answer.assurance,
                release=vrp_in_name(following[0]) or (runs if same else None),
            )
    yield from _stored(heard, booted)


def _stored(heard: _Heard, booted: set[str]) -> Iterator[ImageClaim]:
    listing = readable(_ASKING.last(heard.exchanges, "files"))
    for path, size, line in files_of(listing):
        if listing is not None and path not in booted:
            yield ImageClaim(
                subject=_CHASSIS if not heard.boards else _master(heard),
                path=path,
                role=ImageRole.STORED,
                source=listing.source(line),
                assurance=listing.assurance,
                size_bytes=size,
                release=vrp_in_name(path),
            )


def _master(heard: _Heard) -> Subject:
    found = [b for b in heard.boards if b.is_master]
    return Subject(SubjectKind.SUPERVISOR, found[0].id) if found else _CHASSIS


def _boots(heard: _Heard) -> Iterator[BootClaim]:
    for startup in heard.startups:
        following = startup.path(_NEXT)
        if heard.startup_answer is None or following is None:
            continue
        backup, board = startup.path(_BACKUP), heard.board_of(startup)
        yield BootClaim(
            subject=heard.subject_of(startup),
            source=heard.startup_answer.source(following[1]),
            entries=(following[0], *((backup[0],) if backup else ())),
            loader_release=board.rom if board else heard.rom,
        )


def _packages(heard: _Heard) -> Iterator[PackageClaim]:
    patches = readable(_ASKING.last(heard.exchanges, "patches"))
    for path, version, state, line in patches_of(patches):
        if patches is not None:
            yield PackageClaim(
                subject=_master(heard),
                name=path,
                version=version,
                state=state,
                source=patches.source(line),
            )
    for startup in heard.startups:
        runs, following = (
            startup.path(k) for k in ("Startup patch package", "Next startup patch package")
        )
        staged = following is not None and (runs is None or runs[0] != following[0])
        if heard.startup_answer is not None and following is not None and staged:
            yield PackageClaim(
                subject=heard.subject_of(startup),
                name=following[0],
                version="",
                state="next startup",
                source=heard.startup_answer.source(following[1]),
            )


def _gaps(heard: _Heard) -> Iterator[Gap]:
    yield from _ASKING.gaps(heard.exchanges, "version", "startup")
    patches = _ASKING.last(heard.exchanges, "patches")
    if patches is not None and not says_no_patch(patches):
        yield from _ASKING.gaps(heard.exchanges, "patches")
    if heard.version_answer is not None and heard.version is None:
        yield Gap(probe_id="version", reason="no single VRP version in the answer")
    elif heard.version is not None and heard.release is None:
        yield Gap(probe_id="version", reason=f"{heard.version.release} is no release we read")
    if heard.startup_answer is None:
        return
    if heard.version_answer is not None and not heard.is_matched:
        counted = len(heard.boards) or 1
        reason = f"{len(heard.startups)} boards are listed, and the version names {counted}"
        yield Gap(probe_id="startup", reason=reason)
    for startup in heard.startups:
        yield from _board_gaps(heard, startup)


def _board_gaps(heard: _Heard, startup: Startup) -> Iterator[Gap]:
    of = "" if not heard.boards else f"{heard.subject_of(startup)}: "
    running, runs = startup.path(_RUNS), heard.runs(startup)
    for path, what in ((running, "started from"), (startup.path(_NEXT), "starts from next")):
        if path is None:
            yield Gap(probe_id="startup", reason=f"{of}it does not say what it {what}")
    if running is None or heard.version is None:
        return
    if runs is None:
        yield Gap(probe_id="startup", reason=f"{of}it is not said which release {running[0]} is")
        return
    named = vrp_in_name(running[0])
    if named is not None and named.compared_to(runs) is not Order.SAME:
        reason = f"{of}{running[0]} is {named.text} by its name, and {runs.text} runs"
        yield Gap(probe_id="startup", reason=reason)


PLATFORM: Final = Platform(
    id="huawei_vrp",
    title="Huawei VRP",
    aliases=frozenset({"huawei", "huawei_vrpv8", "vrp"}),
    netmiko_device_type="huawei_vrp",
    # It holds for the session. Where the box asks to change a password or to save its
    # configuration, the driver would answer: both is refused, and the session ends.
    session_lines=frozenset({"screen-length 0 temporary"}),
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_ASKING.plan,
    interpret=_interpret,
    parse_release=parse_vrp,
    # No command of it prints any; nothing weaker could be accepted in its stead.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none that a box could be held to: the vendor signs each .cc (.asc), which "
    "can be verified where it is downloaded",
    cannot_hash="it has no command that prints a digest, and checks signatures in its "
    "configuration view alone, which is never entered",
)
