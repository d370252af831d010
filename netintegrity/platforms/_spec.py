"""What a platform module declares."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from netintegrity.model.claims import DeviceClaims, Gap, SoftwareKind
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release


class Subsystem(StrEnum):
    """Which code on the device computes an answer."""

    CLI = "cli"
    """The command interpreter and what is linked into it."""
    SHELL = "shell"
    """The tools of the operating system below it."""


class RunningBinding(StrEnum):
    """What ties the image that was judged to the code that runs."""

    MEASURED = "measured"
    AUTHENTICITY_SERIAL = "authenticity-serial"
    BUILD_ID = "build-id"
    PATH_ONLY = "path-only"


NO_ARGUMENT: re.Pattern[str] = re.compile(r"(?!)")
"""Matches nothing: the command of such a probe takes no argument."""

NONCE: re.Pattern[str] = re.compile(r"[1-9][0-9]{0,19}")
"""A decimal number that is not zero, which some readers take for "none"."""
_NONCES: int = 2**64


USUAL: Mapping[str, str] = {
    "version": "the release that runs, and its build",
    "boot": "what the next boot loads",
    "bootvar": "what the next boot loads, where the command before does not say",
    "inventory": "product ids and serial numbers of every part",
    "hardware": "product ids and serial numbers of every part",
    "platform": "which processors there are, and which of them answers",
    "module": "which supervisors there are, and which of them answers",
    "authenticity": "what the box says of its own signature; it may accuse, never clear",
    "install": "packages and patches, with their state",
    "packages": "packages, with their versions",
    "extensions": "extensions, with their state",
    "images": "which images are installed, which runs, which is booted next",
    "hash": "the digest of each image that runs or is booted next",
    "hash-md5": "the same, weaker, where the box knows nothing better",
    "hash-sha256": "the same, weaker, where the box knows nothing better",
    "overlay": "files that lie over the read-only system",
    "boot-system": "what the next boot loads, where members of a stack were left out",
    "conf": "which packages the installed system consists of",
    "routing-engines": "how many routing engines there are",
    "version-all": "the release of every routing engine",
    "snapshot": "what both slices of the flash hold",
    "pending": "whether an installation waits for the next reboot",
    "veriexec": "whether the kernel refused a file; the log of that alone",
    "software": "which versions are installed, which runs, which is booted next",
    "active": "packages that are active",
    "committed": "packages that the next reload starts",
    "system": "product id and serial number",
    "stack": "the members of a stack",
    "eeprom": "product id and serial number",
    "flash": "which images the flash holds, and which of them is booted",
    "files": "the box's own digests of the files it unpacked",
    "partitions": "which partition runs, and which is booted next",
    "boot-files": "the names of the kernels beside an image",
    "event-policies": "what an event starts: applets and scripts",
    "scripts": "scripts the box runs, and the checksums declared for them",
    "containers": "containers, guest shells and hosted applications, with their images",
    "services": "services somebody added",
    "volumes": "what each volume holds, and which runs",
    "signature-check": "whether the box installs only what is signed",
    "modules": "the product number",
    "vsf": "the members of a stack",
    "stacking": "the members of a stack",
    "redundancy": "which management modules there are, and which of them answers",
    "signature-primary": "the box's own word on the signature of an image",
    "signature-secondary": "the box's own word on the signature of an image",
    "bof": "where the next boot looks for an image",
    "bof-classic": "the same, where the command before is not known",
    "cards": "which cards are up",
    "card-detail": "what each card runs, and its serial number",
    "file": "the release of the file that is booted next, and the box's own check of it",
    "startup": "what each board started from, and what it starts from next",
    "patches": "patches, with their state",
    "esn": "serial numbers",
    "made": "serial numbers",
    "secure-boot": "whether the box booted by secure boot",
    "switch": "both images, which was booted, which is booted next",
    "slots": "the same, of each slot of a stack",
    "privilege": "how much the account may, where something was refused",
}
"""What probes of these ids are asked for, on every platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One read-only command, or one template of them."""

    id: str
    command: str
    """As sent; ``{}`` stands for the one argument a template takes, or for the nonce."""
    argument: re.Pattern[str] = NO_ARGUMENT
    """Grammar of the argument, matched whole. What a device printed is hostile input, so this
    admits no blank, no quote and none of ``| ; & ? < >`` or a control character."""
    subsystem: Subsystem = Subsystem.CLI
    demanded: bool = True
    """False: a second opinion, whose absence is no gap."""
    takes_nonce: bool = False
    """True: the argument is a challenge of 64 bits that whoever sends the command draws for it."""
    read_timeout_s: float = 30.0
    lists: frozenset[SoftwareKind] = frozenset()
    """What its answer lists all of; where the policy approves such by name, a gap counts."""
    why: str = ""
    """What it is asked for, in words for whoever has to allow it; empty: as :data:`USUAL` says of
    its id."""
    takes: str = ""
    """The argument, in words; empty: the grammar speaks for itself."""
    privilege: str = ""
    """What an account needs for it, in the platform's words; empty: what the platform says."""

    @property
    def purpose(self) -> str:
        """What it is asked for."""
        return self.why or USUAL.get(self.id, "")

    @property
    def is_template(self) -> bool:
        """True if the command takes an argument."""
        return "{}" in self.command

    def request(self, argument: str | None = None) -> "Request":
        """Return the command to send.

        Of a probe that takes a nonce, and without one, it is what a plan asks for: a command that
        lacks it still, and that nothing admits as it stands.

        Raises:
            ValueError: the argument is missing, is one too many, or breaks the grammar.
        """
        if self.takes_nonce and argument is None:
            return Request(
                probe_id=self.id,
                command=self.command,
                read_timeout_s=self.read_timeout_s,
                wants_nonce=True,
            )
        if self.is_template != (argument is not None):
            raise ValueError(f"{self.id}: wrong number of arguments")
        if argument is not None and not self._takes(argument):
            raise ValueError(f"{self.id}: {argument!r} cannot be part of a command")
        return Request(
            probe_id=self.id,
            command=self.command.replace("{}", argument or ""),
            read_timeout_s=self.read_timeout_s,
            nonce=argument if self.takes_nonce else None,
        )

    def admits(self, command: str) -> bool:
        """Say whether ``command`` is this probe's, letter by letter."""
        head, hole, tail = self.command.partition("{}")
        if not hole:
            return command == self.command
        if len(command) < len(head) + len(tail):
            return False
        if not (command.startswith(head) and command.endswith(tail)):
            return False
        return self._takes(command[len(head) : len(command) - len(tail)])

    def _takes(self, argument: str) -> bool:
        if self.takes_nonce:
            return NONCE.fullmatch(argument) is not None and int(argument) < _NONCES
        return self.argument.fullmatch(argument) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command about to be sent."""

    probe_id: str
    command: str
    read_timeout_s: float
    wants_nonce: bool = False
    """True: ``{}`` in the command is yet to be replaced with a nonce, drawn for it alone."""
    nonce: str | None = None
    """What it was replaced with."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """Text a platform prints that must not be stored; the group ``secret`` is cut out."""

    pattern: re.Pattern[str]

    def __post_init__(self) -> None:
        """Refuse a pattern that would redact nothing."""
        if "secret" not in self.pattern.groupindex:
            raise ValueError(f"{self.pattern.pattern!r} has no group named secret")


Plan = Callable[[tuple[Exchange, ...]], tuple[Request, ...]]
"""Pure: what to send next, given the exchanges so far; nothing once all is asked. A command that
was sent is never planned again, so the loop ends; one that takes a nonce may be, twice at most,
where the device said that it is busy."""

Interpret = Callable[[tuple[Exchange, ...]], DeviceClaims]
"""Total and pure: what it cannot read it returns as a gap. One probe may have several exchanges,
and any exchange may be absent: what was never asked is not its business."""

ParseRelease = Callable[[str], Release | None]
"""Pure: a release as the platform or its vendor prints it; None: not in the grammar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Everything netintegrity knows of one network operating system."""

    id: str
    title: str
    """The name people use, ``Cisco IOS-XE``."""
    aliases: frozenset[str]
    """netmiko's, Ansible's (long and short) and NAPALM's names for it."""
    netmiko_device_type: str
    session_lines: frozenset[str]
    """The only lines, besides probes, that opening a session may send: paging and width."""
    opens_with: tuple[str, ...] | None = None
    """Of the lines above, those that are sent once the privilege is raised, by ourselves and not by
    netmiko's driver, where that one would do what a reader must not; None: the driver prepares."""
    enable_line: str | None = None
    """Raises the privilege, followed by the enable secret; None: never sent."""
    probes: tuple[Probe, ...]
    plan: Plan
    interpret: Interpret
    parse_release: ParseRelease
    strongest_digest: DigestAlgorithm
    """The best its hash command can do; a weaker one from the box is not accepted in its stead."""
    running_binding: RunningBinding
    redactions: tuple[Redaction, ...] = ()
    config_registers: frozenset[int] = frozenset()
    """Values that are normal here; empty: the platform has no such register."""
    may_turn_out: frozenset[str] = frozenset()
    """Ids of platforms whose boxes people file under this one's name. Their probes are the same
    commands under the same ids, so what was asked of the one can be read and judged as the other;
    the box's own words decide. Any other platform the text shows is unsupported."""
    reference_source: str = ""
    """Where an operator finds references: which file, from which page."""
    privilege: str = ""
    """What an account needs for all of it, in the platform's own words."""
    prompt_counter: re.Pattern[bytes] | None = None
    """Matches the beginning of a prompt that counts the commands of a session; its group
    ``count`` is what differs from one prompt to the next. None: its prompts are all the same."""
    cannot_hash: str = ""
    """Why no digest on such a box says what it runs; empty: one can. It is the platform's word,
    never the box's: a box that *will* not hash is a gap."""
    no_digest_covers: str = ""
    """What runs on such a box besides the files it hashes, and no digest it could print is of;
    empty: nothing that is part of an image. Such a box is never verified, and nothing is excused by
    it: the files it does hash are demanded and judged as on any other."""

    def probe(self, probe_id: str) -> Probe:
        """Return the probe of this id.

        Raises:
            KeyError: there is none.
        """
        for probe in self.probes:
            if probe.id == probe_id:
                return probe
        raise KeyError(probe_id)

    def admits(self, command: str) -> bool:
        """Say whether ``command`` is one of the probes."""
        return any(probe.admits(command) for probe in self.probes)


def unread(probes: tuple[Probe, ...], reason: str) -> DeviceClaims:
    """Return claims that say nothing but why: one gap for each probe."""
    return DeviceClaims(gaps=tuple(Gap(probe_id=p.id, reason=reason) for p in probes))
