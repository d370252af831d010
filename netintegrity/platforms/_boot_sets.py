"""What a Linux-based system boots: a read-only root, a kernel and its first root, all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netintegrity.model.claims import ImageClaim, ImageKind, ImageRole, Source
from netintegrity.model.release import Release
from netintegrity.model.subject import Subject
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._text import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class BootFile:
    """One file of an installed image."""

    path: str
    listed_as: str
    """Name under which a manifest lists it: its own is the same for every release."""
    is_root: bool
    """The file system that holds the software; the others start it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootSet:
    """One installed image in one of its roles."""

    role: ImageRole
    files: tuple[BootFile, ...]
    release: Release | None
    answer: Answer
    """Where the box says that it has this role."""
    source: Source


def system_of(
    subject: Subject, answer: Answer | None, release: Release | None, title: str
) -> Iterator[ImageClaim]:
    """Yield a claim, in both roles, of a system that lies on a disk as files of packages."""
    if answer is None or release is None:
        return
    for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT):
        yield ImageClaim(
            subject=subject,
            path=f"{title} {release.text}",
            role=role,
            kind=ImageKind.SYSTEM,
            source=answer.source(),
            assurance=answer.assurance,
            release=release,
        )


def claims_of_set(
    subject: Subject, sets: Iterable[BootSet], hashed: Hashed
) -> Iterator[ImageClaim]:
    """Yield a claim for each file in each role; one without a digest stands without it."""
    for booted in sets:
        for file in booted.files:
            summed = hashed.answers.get(file.path)
            assurance = booted.answer.assurance
            yield ImageClaim(
                subject=subject,
                path=file.path,
                role=booted.role,
                kind=ImageKind.IMAGE if file.is_root else ImageKind.PACKAGE,
                source=hashed.sources.get(file.path, booted.source),
                assurance=assurance & summed.assurance if summed else assurance,
                digests=hashed.digests.get(file.path, frozenset()),
                release=booted.release,
                listed_as=file.listed_as,
            )
