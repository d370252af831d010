"""A simulated device as it stands; nothing here speaks any network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from netintegrity.lab.behaviour import Behaviour
from netintegrity.lab.images import Image
from netintegrity.lab.sudi import Maker
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import SoftwareKind
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.subject import Identity, Subject, SubjectKind

NETWORK: Final = re.compile(r"(?:tftp|ftp|http|https|rcp|scp|sftp|nfs):", re.IGNORECASE)
# flash-2:x      stby-bootflash:x      bootflash:/x      bootflash://sup-standby/x
_PATH: Final = re.compile(
    r"(?P<standby>stby-)?(?P<fs>[a-z]+\d?)(?:-(?P<member>\d{1,2}))?:"
    r"(?P<other>//sup-standby/)?/*(?P<rest>.*)"
)


SAME: Final = "same"
OUTCOMES: Final = frozenset({SAME, "planned", "unplanned"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Something that was put beside the image."""

    kind: SoftwareKind
    name: str
    trigger: str = ""
    """The event that starts it; empty: the box says none."""
    image: str = ""
    """Of a container: its id, or the package it came from."""
    checksum: str = ""
    """Of a script: SHA-256 that the configuration declares, hex."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What boots for itself: the box, a switch of a stack, a supervisor."""

    subject: Subject
    pid: str
    serial: str
    flash: Mapping[str, Image]
    """By path, as the part itself names it."""
    running: str
    """Path of what it booted; a URL where that came from a server."""
    boot: tuple[str, ...]
    """What it will try next, as the box prints it."""
    release: str
    """Of what runs, as the box prints it."""

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Return everything on its flash, by normalised path."""
        return {
            normalised(path): content
            for at, image in self.flash.items()
            for path, content in image.files_at(at).items()
        }

    @property
    def image(self) -> Image | None:
        """What it booted; None: it came from a server, or is not on flash any more."""
        wanted = normalised(self.running)
        return next((i for at, i in self.flash.items() if normalised(at) == wanted), None)

    @property
    def identity(self) -> Identity:
        """What an inventory would say of it."""
        return Identity(subject=self.subject, serial=self.serial, pid=self.pid)


@dataclass(frozen=True, kw_only=True)
class LabDevice:
    """One device of a scenario."""

    name: str
    personality: str
    platform_id: str
    pid: str
    """Of the chassis; of a stack, that of its first switch."""
    serial: str
    parts: tuple[Part, ...]
    """At least one; the first is the one that answers."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    expected: Conclusion
    """What an audit must conclude."""
    expected_level: AssuranceLevel | None = None
    """None: the scenario does not say."""
    tags: tuple[tuple[str, str], ...] = ()
    beside: tuple[Beside, ...] = ()
    """What stands beside the image of the part that answers."""
    sudi: str | None = None
    """Which commands ask its chips for a quote, ``older`` or ``newer``; None: it has no chip."""
    after: "LabDevice | None" = None
    """What it is once the change of the scenario was done, and what is then concluded of it."""
    expected_change: str = SAME
    """What a comparison of before and after must say: ``same``, ``planned`` or ``unplanned``."""
    maker: Maker | None = None
    """Of its chips; None: no lab runs it, and it has none."""

    @property
    def active(self) -> Part:
        """The part that answers."""
        return self.parts[0]

    @property
    def is_stack(self) -> bool:
        """True if it consists of several switches."""
        return self.active.subject.kind is SubjectKind.MEMBER

    @property
    def is_redundant(self) -> bool:
        """True if it has a second supervisor."""
        return self.active.subject.kind is SubjectKind.SUPERVISOR and len(self.parts) > 1

    def boot_of(self, part: Part) -> tuple[str, ...]:
        """Return what ``part`` will try next."""
        said = self.behaviour.boot
        return part.boot if said is None else said

    def signing_of(self, part: Part) -> str:
        """Return what the box says of the kind of key that signed what ``part`` runs."""
        told = self.behaviour.authenticity
        return told or (part.image.signing if part.image else "production")

    def read_file(self, path: str) -> bytes | None:
        """Return the content of a file by any spelling of its path; None: there is none."""
        found = self._located(path)
        if found is None:
            return None
        part, local = found
        return part.files.get(local)

    def hashed_file(self, path: str) -> bytes | None:
        """Return what the hash command works on, which may not be what is there."""
        content = self.read_file(path)
        instead = self.behaviour.hash_says
        if content is None or instead is None:
            return content
        name = normalised(path).rpartition(":")[2].rpartition("/")[2]
        if name in instead.packages:
            return instead.package(name)
        return instead.package_list if name.endswith(".conf") else instead.content

    def _located(self, path: str) -> tuple[Part, str] | None:
        match = _PATH.fullmatch(path)
        if match is None:
            return None
        if match["standby"] or match["other"]:
            part = self.parts[1] if self.is_redundant else None
        elif match["member"]:
            part = next((p for p in self.parts if p.subject.id == match["member"]), None)
        else:
            part = self.active
        return None if part is None else (part, normalised(f"{match['fs']}:{match['rest']}"))


def normalised(path: str) -> str:
    """Return one spelling for one file of one part.

    ``flash:`` and ``bootflash:`` are one file system in every simulated box.
    """
    filesystem, colon, rest = path.partition(":")
    if not colon or NETWORK.match(path):
        return path
    return f"{filesystem.replace('bootflash', 'flash')}:{rest.lstrip('/')}"
