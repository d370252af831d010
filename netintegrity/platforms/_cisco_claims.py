"""The claims of an IOS-XE box, from whatever it answered."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageKind,
    ImageRole,
    PackageClaim,
    SignatureClaim,
)
from netintegrity.model.digest import Digest
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._cisco_box import CHASSIS, Box, Heard, Named, box_of
from netintegrity.platforms._cisco_hardware import doubled_supervisors
from netintegrity.platforms._cisco_plan import (
    CONF,
    HASH,
    HASH_MD5,
    PROBES,
    algorithm_of,
    argument_of,
    package_lists,
)
from netintegrity.platforms._cisco_software import (
    PackageList,
    read_installed,
    read_signatures,
)
from netintegrity.platforms._paths import LOCAL_FILE, PACKAGE_LIST_FILE, is_network
from netintegrity.platforms._releases import iosxe_in_name
from netintegrity.platforms._text import Answer, read
from netintegrity.platforms._verify import read_digest

_NUMBER: Final = re.compile(r"\d{1,2}")


@dataclass(slots=True)
class _Hashed:
    """What the hash commands brought."""

    digests: dict[str, frozenset[Digest]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    """By path: the answer that holds a digest of it."""
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    """By probe and path."""

    def left(self) -> Iterator[Gap]:
        """Yield the gaps of files that have no digest at all."""
        for (_, path), gap in self.gaps.items():
            if path not in self.digests:
                yield gap


def claims_of(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    """Return what the box claims; total: what cannot be read is a gap."""
    heard, box = Heard(exchanges), box_of(exchanges)
    lists, hashed = package_lists(exchanges), _hashed(exchanges)
    images = tuple(_images(box, lists, hashed))
    version = box.version
    return DeviceClaims(
        platform_id=version.platform_id if version else None,
        running_release=version.release if version else None,
        other_releases=version.other_releases if version else (),
        identities=tuple(
            p.identity for p in box.parts if box.items or p.identity.serial or p.identity.pid
        ),
        images=images or tuple(_stored(lists, hashed)),
        signatures=tuple(_signatures(heard, box, images)),
        boots=tuple(_boots(box)),
        packages=tuple(_packages(heard, box)),
        gaps=tuple(dict.fromkeys(_gaps(heard, box, lists, hashed))),
    )


def _hashed(exchanges: Iterable[Exchange]) -> _Hashed:
    hashed = _Hashed()
    for exchange in exchanges:
        if (algorithm := algorithm_of(exchange)) is None:
            continue
        path, answer = argument_of(exchange), read(exchange)
        found = read_digest(answer, algorithm, path)
        if isinstance(found, Gap):
            hashed.gaps[exchange.probe_id, path] = found
        else:
            # Two answers that differ are both kept: one of them is then refuted.
            hashed.digests[path] = hashed.digests.get(path, frozenset()) | {found[0]}
            hashed.answers[path] = answer
    return hashed


def _images(box: Box, lists: dict[str, PackageList], hashed: _Hashed) -> Iterator[ImageClaim]:
    running: dict[Subject, frozenset[str]] = {}
    for named in box.named:
        listed = lists.get(named.path) if named.kind is ImageKind.PACKAGE_LIST else None
        members = listed.members if listed else ()
        yield _image(named, hashed, members=members)
        if named.role is ImageRole.RUNNING:
            running[named.part.subject] = frozenset(members)
        for path in members:
            same = path in running.get(named.part.subject, frozenset())
            yield _package(named, path, hashed, runs_too=same)


def _image(named: Named, hashed: _Hashed, *, members: tuple[str, ...]) -> ImageClaim:
    known = hashed.answers.get(named.path)
    return ImageClaim(
        subject=named.part.subject,
        path=named.path,
        role=named.role,
        kind=named.kind,
        source=known.source() if known else named.source,
        assurance=named.assurance & known.assurance if known else named.assurance,
        digests=hashed.digests.get(named.path, frozenset()),
        release=named.release,
        members=members,
    )


def _package(listed: Named, path: str, hashed: _Hashed, *, runs_too: bool) -> ImageClaim:
    """Return one file of a set.

    Where its name says another release than the one that runs, an installation waits for a
    reload: then the file on flash is evidently not what runs, and its digest says nothing of it.
    """
    known = hashed.answers.get(path)
    named = iosxe_in_name(path)
    staged = listed.role is ImageRole.RUNNING and _differ(named, listed.release)
    release = named
    if listed.role is ImageRole.RUNNING or (runs_too and not _differ(named, listed.part.release)):
        release = listed.part.release
    return ImageClaim(
        subject=listed.part.subject,
        path=path,
        role=listed.role,
        kind=ImageKind.PACKAGE,
        source=known.source() if known else listed.source,
        assurance=listed.assurance & known.assurance if known else listed.assurance,
        digests=frozenset() if staged else hashed.digests.get(path, frozenset()),
        release=release,
    )


def _differ(named: Release | None, running: Release | None) -> bool:
    """Say whether two releases of one train are not the same."""
    if named is None or running is None:
        return False
    return named.compared_to(running) in {Order.OLDER, Order.NEWER}


def _stored(lists: dict[str, PackageList], hashed: _Hashed) -> Iterator[ImageClaim]:
    """Yield what was read or hashed without anything saying what for."""
    for path, listed in lists.items():
        yield ImageClaim(
            subject=CHASSIS,
            path=path,
            role=ImageRole.STORED,
            kind=ImageKind.PACKAGE_LIST,
            source=listed.answer.source(),
            assurance=listed.answer.assurance,
            members=listed.members,
        )
    members = {m for listed in lists.values() for m in listed.members}
    for path, answer in hashed.answers.items():
        yield ImageClaim(
            subject=CHASSIS,
            path=path,
            role=ImageRole.STORED,
            kind=ImageKind.PACKAGE if path in members else ImageKind.IMAGE,
            source=answer.source(),
            assurance=answer.assurance,
            digests=hashed.digests[path],
            release=iosxe_in_name(path),
        )


def _boots(box: Box) -> Iterator[BootClaim]:
    version = box.version
    for subject in dict.fromkeys((*(p.subject for p in box.parts), *box.booting)):
        booting = box.booting.get(subject)
        part = next((p for p in box.parts if p.subject == subject), None)
        own = version if part is not None and part.is_active else None
        if booting is None and own is None:
            continue
        now = booting.register if booting else None
        following = booting.register_next if booting else None
        source = booting.answer.source(booting.line) if booting else None
        yield BootClaim(
            subject=subject,
            source=source or own.answer.source(),  # type: ignore[union-attr]
            entries=booting.entries if booting else (),
            config_register=own.register if own and own.register is not None else now,
            config_register_next=own.register_next or following if own else following,
            manual_boot=booting.manual_boot if booting else False,
            allows_development_keys=booting.allows_development_keys if booting else False,
            loader_release=part.loader if part else None,
        )


def _signatures(heard: Heard, box: Box, images: tuple[ImageClaim, ...]) -> Iterator[SignatureClaim]:
    if (answer := heard.readable("authenticity")) is None:
        return
    subject = box.active.subject if box.active else CHASSIS
    running = [i for i in images if i.subject == subject and i.role is ImageRole.RUNNING]

    def path_of(title: str) -> str:
        if title == "SYSTEM IMAGE" and running:
            return running[0].path
        return next((i.path for i in running if i.filename == title), title)

    yield from read_signatures(answer, subject, ImageRole.RUNNING, path_of)


def _packages(heard: Heard, box: Box) -> Iterator[PackageClaim]:
    if (answer := heard.readable("install")) is None:
        return
    known = tuple(p.subject for p in box.parts) or (CHASSIS,)

    def subjects_of(words: str) -> tuple[Subject, ...]:
        ids = set(_NUMBER.findall(words)) if words.startswith("Switch") else set(words.split())
        found = tuple(s for s in known if s.kind is not SubjectKind.CHASSIS and s.id in ids)
        return found or known[:1]

    yield from read_installed(answer, subjects_of)


def _gaps(heard: Heard, box: Box, lists: dict[str, PackageList], hashed: _Hashed) -> Iterator[Gap]:
    for probe in PROBES:
        answer = heard.answer(probe.id)
        if answer is None or probe.id in {CONF.id, HASH.id, HASH_MD5.id, "boot", "bootvar"}:
            continue
        if (why := answer.why_unread) is not None:
            yield Gap(probe_id=probe.id, reason=why)
    if box.version is not None:
        yield from box.version.gaps
    yield from _boot_gaps(heard, box)
    if heard.readable("inventory") is not None and not box.items:
        yield Gap(probe_id="inventory", reason="no row with a product id or a serial number")
    for switch in doubled_supervisors(box.items):
        reason = f"switch {switch} has more than one supervisor, and only one of them can be asked"
        yield Gap(probe_id="inventory", reason=reason)
    yield from box.gaps
    for listed in lists.values():
        if listed.gap is not None:
            yield listed.gap
    yield from _staged(box, lists)
    yield from hashed.left()
    yield from _unaskable(box)


def _boot_gaps(heard: Heard, box: Box) -> Iterator[Gap]:
    """Yield, for each part, why it is not known what it boots next."""
    boot, other = heard.answer("boot"), heard.answer("bootvar")
    if other is not None and (why := other.why_unread) is not None:
        yield Gap(probe_id="bootvar", reason=why)
    if boot is None and other is None:
        return
    if boot is not None and not any(b.is_stated for b in box.booting.values()):
        reason = boot.why_unread or "what the next boot loads is not stated"
        yield Gap(probe_id="boot", reason=reason)
        return
    for part in box.parts:
        booting = box.booting.get(part.subject)
        if booting is None or not booting.entries:
            reason = f"{part.subject}: what the next boot loads is not stated"
            yield Gap(probe_id="boot" if boot is not None else "bootvar", reason=reason)


def _staged(box: Box, lists: dict[str, PackageList]) -> Iterator[Gap]:
    for named in box.named:
        if named.role is not ImageRole.RUNNING or named.path not in lists:
            continue
        for path in lists[named.path].members:
            release = iosxe_in_name(path)
            if _differ(release, named.release):
                reason = (
                    f"{named.path} names packages of {release.text if release else ''}, and "
                    f"{named.release.text if named.release else ''} runs on "
                    f"{named.part.subject}: what runs cannot be hashed before the reload"
                )
                yield Gap(probe_id=CONF.id, reason=reason)
                break


def _unaskable(box: Box) -> Iterator[Gap]:
    """Yield what the box names and no command of ours may carry."""
    for named in box.named:
        is_list = named.kind is ImageKind.PACKAGE_LIST
        grammar = PACKAGE_LIST_FILE if is_list else LOCAL_FILE
        if not is_network(named.path) and grammar.fullmatch(named.path) is None:
            probe = CONF if is_list else HASH
            reason = f"{named.path!r} cannot be part of a command, so it was not asked for"
            yield Gap(probe_id=probe.id, reason=reason)
