"""The claims of an IOS-XE box, from whatever it answered."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    ImageClaim,
    ImageKind,
    ImageRole,
    PackageClaim,
    SignatureClaim,
)
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms import _cisco_challenge as challenge
from netintegrity.platforms._cisco_box import CHASSIS, Box, Heard, Named, box_of
from netintegrity.platforms._cisco_gaps import gaps_of
from netintegrity.platforms._cisco_plan import ALGORITHMS, package_lists
from netintegrity.platforms._cisco_software import (
    PackageList,
    read_installed,
    read_signatures,
)
from netintegrity.platforms._hashes import Hashed, hashed_files
from netintegrity.platforms._releases import differ, iosxe_in_name

_NUMBER: Final = re.compile(r"\d{1,2}")


def claims_of(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    """Return what the box claims; total: what cannot be read is a gap."""
    heard, box = Heard(exchanges), box_of(exchanges)
    lists, hashed = package_lists(exchanges), hashed_files(exchanges, ALGORITHMS)
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
        attestations=tuple(
            challenge.quotes_of(
                exchanges,
                tuple(p.subject for p in box.parts),
                box.active.subject if box.active else CHASSIS,
            )
        ),
        serials=frozenset(_serials(box)),
        gaps=tuple(dict.fromkeys(gaps_of(heard, box, lists, hashed))),
    )


def _serials(box: Box) -> Iterator[str]:
    version = box.version
    yield from (i.serial for i in box.items if i.serial)
    yield from (p.identity.serial for p in box.parts if p.identity.serial)
    if version is not None and version.serial:
        yield version.serial


def _images(box: Box, lists: dict[str, PackageList], hashed: Hashed) -> Iterator[ImageClaim]:
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


def _image(named: Named, hashed: Hashed, *, members: tuple[str, ...]) -> ImageClaim:
    known = hashed.answers.get(named.path)
    return ImageClaim(
        subject=named.part.subject,
        path=named.path,
        role=named.role,
        kind=named.kind,
        source=hashed.sources.get(named.path, named.source),
        assurance=named.assurance & known.assurance if known else named.assurance,
        digests=hashed.digests.get(named.path, frozenset()),
        release=named.release,
        members=members,
    )


def _package(listed: Named, path: str, hashed: Hashed, *, runs_too: bool) -> ImageClaim:
    """Return one file of a set.

    Where its name says another release than the one that runs, an installation waits for a
    reload: then the file on flash is evidently not what runs, and its digest says nothing of it.
    """
    known = hashed.answers.get(path)
    named = iosxe_in_name(path)
    staged = listed.role is ImageRole.RUNNING and differ(named, listed.release)
    release = named
    if listed.role is ImageRole.RUNNING or (runs_too and not differ(named, listed.part.release)):
        release = listed.part.release
    return ImageClaim(
        subject=listed.part.subject,
        path=path,
        role=listed.role,
        kind=ImageKind.PACKAGE,
        source=hashed.sources.get(path, listed.source),
        assurance=listed.assurance & known.assurance if known else listed.assurance,
        digests=frozenset() if staged else hashed.digests.get(path, frozenset()),
        release=release,
    )


def _stored(lists: dict[str, PackageList], hashed: Hashed) -> Iterator[ImageClaim]:
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
            source=hashed.sources[path],
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
        if booting is not None:
            source = booting.answer.source(booting.line)
        elif own is not None:
            source = own.answer.source()
        else:
            continue
        now = booting.register if booting else None
        following = booting.register_next if booting else None
        yield BootClaim(
            subject=subject,
            source=source,
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
