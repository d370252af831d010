"""What will run after a reload, part by part, and is its digest known?

Each platform says which image its boot order comes to first: that walk is in its own file. Here it
is put beside what runs, what was concluded of it, and what the box tries where the first one fails.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.assess.facts import subjects_of
from netintegrity.assess.rules._boot_source import network_host
from netintegrity.model.claims import BootClaim, DeviceClaims, ImageClaim, ImageKind, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Appraisal, Proposition
from netintegrity.model.subject import Subject

# Boot field of a Cisco configuration register: 0 stops at ROMMON.
_BOOT_FIELD: Final = 0xF


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """What is tried where everything before it fails."""

    source: str
    """As the box prints it."""
    is_network: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextBoot:
    """What one part will run after a reload."""

    subject: Subject
    paths: tuple[str, ...]
    """Images, or the list of a set of packages; empty: the box does not tell."""
    release: str | None
    """As the box or the file's name says; None: neither does."""
    digest_known: bool
    """Of every file of it, all packages of a set too."""
    conclusion: Conclusion | None
    """The gravest of what was concluded of its bytes; None: nothing was."""
    is_running: bool
    """The same paths run now."""
    stops: str
    """Why the part waits at its boot loader instead; empty: it does not."""
    fallbacks: tuple[Fallback, ...]

    @property
    def is_settled(self) -> bool:
        """True if what will run is known to the byte and nobody objects to it."""
        return self.digest_known and self.conclusion is Conclusion.VERIFIED and not self.stops


def next_boots(claims: DeviceClaims, appraisal: Appraisal) -> tuple[NextBoot, ...]:
    """Return it for every part the box speaks of."""
    return tuple(_of(subject, claims, appraisal) for subject in subjects_of(claims))


def _of(subject: Subject, claims: DeviceClaims, appraisal: Appraisal) -> NextBoot:
    following = _images(claims, subject, ImageRole.BOOT_NEXT)
    paths = _paths(following)
    files = [i for i in following if i.kind is not ImageKind.PACKAGE_LIST]
    boots = [b for b in claims.boots if b.subject == subject]
    concluded = {
        f.observation.conclusion
        for f in appraisal.findings
        if f.proposition is Proposition.AUTHENTIC
        and f.observation.subject == subject
        and f.observation.role is ImageRole.BOOT_NEXT
    }
    releases = {i.release.text for i in following if i.release is not None}
    return NextBoot(
        subject=subject,
        paths=paths,
        release=", ".join(sorted(releases)) or None,
        digest_known=bool(files) and all(i.digests for i in files),
        conclusion=min(concluded, key=lambda c: c.gravity, default=None),
        is_running=bool(paths) and paths == _paths(_images(claims, subject, ImageRole.RUNNING)),
        stops=next((reason for b in boots if (reason := _stops(b))), ""),
        fallbacks=tuple(_fallbacks(boots, paths)),
    )


def _images(claims: DeviceClaims, subject: Subject, role: ImageRole) -> tuple[ImageClaim, ...]:
    return tuple(i for i in claims.images if i.subject == subject and i.role is role)


def _paths(images: Iterable[ImageClaim]) -> tuple[str, ...]:
    told = (i.path for i in images if i.kind is not ImageKind.PACKAGE)
    return tuple(dict.fromkeys(told))


def _stops(boot: BootClaim) -> str:
    if boot.manual_boot:
        return "manual boot"
    register = boot.config_register_next
    if register is None:
        register = boot.config_register
    if register is not None and not register & _BOOT_FIELD:
        return f"configuration register {register:#x}"
    return ""


def _fallbacks(boots: Iterable[BootClaim], paths: tuple[str, ...]) -> Iterator[Fallback]:
    told: set[str] = set()
    for boot in boots:
        for entry in boot.entries[1:]:
            if entry in told or entry in paths:
                continue
            told.add(entry)
            yield Fallback(source=entry, is_network=network_host(entry) is not None)
