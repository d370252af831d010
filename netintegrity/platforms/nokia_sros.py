"""Nokia SR OS, asked in the classic command line or in the model-driven one.

It has no command that hashes an image. It states what each card runs, where the next boot looks for
an image, and what release the file there is of.
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
    SignatureClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._releases_nokia import parse_sros
from netintegrity.platforms._spec import Platform, Redaction, Request, RunningBinding
from netintegrity.platforms._sros_box import ASKING, BOF, BOF_CLASSIC, FILE, PROBES, Heard
from netintegrity.platforms._sros_text import Card, built_of, told
from netintegrity.platforms._text import Line

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")


def _subject(card: Card) -> Subject:
    return Subject(SubjectKind.SUPERVISOR if card.is_control else SubjectKind.MEMBER, card.id)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    left = [r for r in ASKING.left(exchanges) if r.probe_id != BOF_CLASSIC.id]
    if left:
        return tuple(left)
    bof = ASKING.last(exchanges, BOF.id)
    if bof is not None and ASKING.is_no_command(bof) and BOF_CLASSIC.command not in asked:
        return (BOF_CLASSIC.request(),)
    wanted = (f for f in Heard(exchanges).files() if FILE.argument.fullmatch(f))
    return tuple(r for f in wanted if (r := FILE.request(f)).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = Heard(exchanges)
    return DeviceClaims(
        platform_id="nokia_sros" if heard.version is not None else None,
        running_release=heard.version.release if heard.version else None,
        other_releases=tuple(_told(heard)),
        identities=tuple(
            Identity(subject=_subject(c), serial=c.serial, pid=c.type) for c in heard.cards
        ),
        images=tuple(i for card in heard.cards for i in _images(heard, card)),
        signatures=tuple(s for card in heard.cards for s in _checks(heard, card)),
        # Where no card is known the boot options are still those of the box.
        boots=tuple(b for card in heard.cards or (None,) for b in _boots(heard, card)),
        gaps=tuple(_gaps(heard)),
    )


def _told(heard: Heard) -> Iterator[tuple[str, str]]:
    if heard.version is not None:
        yield "product", heard.version.product
    if (built := built_of(heard.version_answer)) is not None:
        yield "built", built
    for card, fields in heard.details.items():
        for key in fields:
            if key.lower().startswith("secure boot") and (value := told(fields, key)) is not None:
                yield f"card {card} {key.lower()}", value


def _images(heard: Heard, card: Card) -> Iterator[ImageClaim]:
    answer = heard.detail_answer
    if answer is not None and card.software is not None:
        line = _line_of(heard, card)
        yield ImageClaim(
            subject=_subject(card),
            path=card.software.partition(" ")[0],
            role=ImageRole.RUNNING,
            source=answer.source(line),
            assurance=answer.assurance,
            release=card.release,
        )
    if heard.bof is not None and heard.images:
        place, line = heard.images[0]
        path = heard.file_at(place, card)
        found = heard.file(path)
        weight = heard.bof.assurance
        yield ImageClaim(
            subject=_subject(card),
            path=path,
            role=ImageRole.BOOT_NEXT,
            source=found[0].source(found[1].line) if found else heard.bof.source(line),
            assurance=weight & found[0].assurance if found else weight,
            release=found[1].release if found else None,
        )


def _line_of(heard: Heard, card: Card) -> Line:
    fields = heard.details.get(card.id, {})
    return next(
        (fields[k][1] for k in ("Software version", "Firmware version") if told(fields, k)),
        card.line,
    )


def _checks(heard: Heard, card: Card) -> Iterator[SignatureClaim]:
    """Yield what the box's own check of the file said; it may accuse the file, never clear it."""
    if not heard.images:
        return
    path = heard.file_at(heard.images[0][0], card)
    found = heard.file(path)
    if found is not None and found[1].is_valid is not None:
        answer, file = found
        yield SignatureClaim(
            subject=_subject(card),
            path=path,
            role=ImageRole.BOOT_NEXT,
            source=answer.source(file.valid_line),
            assurance=answer.assurance,
            accepted=file.is_valid,
        )


def _boots(heard: Heard, card: Card | None) -> Iterator[BootClaim]:
    if heard.bof is not None and heard.images:
        yield BootClaim(
            subject=_CHASSIS if card is None else _subject(card),
            source=heard.bof.source(heard.images[0][1]),
            entries=tuple(place for place, _ in heard.images),
            loader_release=None if card is None else card.loader,
        )


def _gaps(heard: Heard) -> Iterator[Gap]:
    yield from ASKING.gaps(heard.exchanges, "version", "cards", "card-detail")
    if heard.version_answer is not None and heard.version is None:
        yield Gap(probe_id="version", reason="no SR OS version in the answer")
    elif heard.version is not None and heard.version.release is None:
        yield Gap(probe_id="version", reason=f"{heard.version.printed} is no release we read")
    yield from _boot_gaps(heard)
    yield from _card_gaps(heard)


def _boot_gaps(heard: Heard) -> Iterator[Gap]:
    if heard.bof is None:
        yield from ASKING.gaps(heard.exchanges, BOF.id)
        for gap in ASKING.gaps(heard.exchanges, BOF_CLASSIC.id):
            yield Gap(probe_id=BOF.id, reason=gap.reason)
        return
    if not heard.images:
        yield Gap(probe_id=BOF.id, reason="no image is named for the next boot")
    asked = any(e.probe_id == FILE.id for e in heard.exchanges)
    for path in heard.files():
        if FILE.argument.fullmatch(path) is None:
            yield Gap(probe_id=FILE.id, reason=f"{path} cannot be asked for")
        elif asked and heard.file(path) is None:
            told_of = [e for e in heard.exchanges if e.command == f"file version {path} check"]
            why = next((g.reason for g in ASKING.gaps(told_of, FILE.id)), "no version is named")
            yield Gap(probe_id=FILE.id, reason=f"{path}: {why}")


def _card_gaps(heard: Heard) -> Iterator[Gap]:
    if heard.cards_answer is not None and not any(c.is_control for c in heard.listed):
        yield Gap(probe_id="cards", reason="no control processor is listed as up")
    if heard.cards_answer is None or heard.detail_answer is None:
        return
    if missing := [c.id for c in heard.listed if c.id not in heard.details]:
        reason = f"card {', '.join(missing)} is listed as up, and nothing more is said of it"
        yield Gap(probe_id="card-detail", reason=reason)
    for card in heard.cards:
        if card.id not in heard.details:
            continue
        if card.release is None:
            reason = f"card {card.id} does not say what it runs"
            yield Gap(probe_id="card-detail", reason=reason)
        runs = heard.version.release if heard.version else None
        if card.is_active and runs is not None and _differ(card.release, runs):
            reason = f"card {card.id} is said to run {card.software}, and {runs.text} answers"
            yield Gap(probe_id="card-detail", reason=reason)


def _differ(one: Release | None, other: Release) -> bool:
    return one is not None and one.compared_to(other) is not Order.SAME


PLATFORM: Final = Platform(
    id="nokia_sros",
    title="Nokia SR OS",
    aliases=frozenset({"alcatel_sros", "sros"}),
    netmiko_device_type="nokia_sros",
    # All of them hold for the session; the first three are the model-driven command line's.
    session_lines=frozenset(
        {
            "environment command-completion space false",
            "environment console width 512",
            "environment more false",
            "//environment no more",
            "//environment more false",
            "environment no more",
        }
    ),
    privilege=ASKING.level,
    probes=PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_sros,
    # No command of it computes any; nothing weaker could be accepted in its stead.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    redactions=(
        # ftp://user:password@192.0.2.1/images/
        Redaction(re.compile(r"[a-z]{3,5}://[^:/@\s]{1,64}:(?P<secret>[^@\s]{1,128})@")),
    ),
    reference_source="none that a box could be held to: the vendor publishes digests of each .tim, "
    "and no command of the box computes one",
    cannot_hash="it has no command that hashes an image; it checks the file of the next boot "
    "itself, which is its own word",
)
