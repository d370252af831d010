"""How much weight a claim can bear."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class AssuranceLevel(IntEnum):
    """Ladder from "hearsay" to "hardware says so"; higher is stronger."""

    NONE = 0
    """Only claimed: no authenticated channel, an output cut short, or a version string."""
    REPORTED = 1
    """The running system said so over an authenticated session."""
    CORROBORATED = 2
    """Two subsystems of the device that share no code agree."""
    RECOMPUTED = 3
    """The image bytes were copied off the device and hashed here."""
    ATTESTED = 4
    """A hardware-held key signed the statement together with our fresh nonce."""

    @property
    def word(self) -> str:
        """The word of the command-line contract."""
        return self.name.lower()


class Caveat(StrEnum):
    """A named reason to hold an assurance back."""

    WEAK_DIGEST = "weak-digest"
    """Stands on MD5 or SHA-1 alone."""
    RENAMED = "renamed"
    """The genuine image under a file name of the operator's."""
    OWNER_SIGNED = "owner-signed"
    """The reference is the operator's own word, not the vendor's."""
    AGE_UNKNOWN = "age-unknown"
    """Nothing that was signed says how old the reference is."""
    FIRST_SEEN = "first-seen"
    """No memory of this device yet, so a downgrade before today is invisible."""
    RUNNING_NOT_BOUND = "running-not-bound"
    """Only a path ties the file that was hashed to what runs."""
    SUBJECTS_SELF_COUNTED = "subjects-self-counted"
    """The box alone says how many parts it has."""
    HOST_KEY_FIRST_USE = "host-key-first-use"
    """The server key was approved unseen and not confirmed out of band."""
    WEAK_SSH = "weak-ssh"
    """The session to the device was protected by algorithms that are broken or worn out."""
    CARRIED_FORWARD = "carried-forward"
    """An earlier run's digest, kept because path, size and time have not changed."""
    NOT_MEASURED = "not-measured"
    """The boot chain says nothing of this part."""
    IDENTITY_EXPIRED = "identity-expired"
    """The device certificate was past its date at the moment of judgement."""
    ANCHOR_EXPIRED = "anchor-expired"
    """The trust anchor was past its date at the moment of judgement."""
    IDENTITY_UNBOUND = "identity-unbound"
    """No expected serial: some genuine device answered, perhaps not this one."""
    REPLAYABLE = "replayable"
    """No nonce of ours in the quote: it may be a recording."""
    PLACEHOLDER = "placeholder"
    """An all-F or canned value: the arithmetic holds, the statement is empty."""
    JUDGED_AS_OF = "judged-as-of"
    """Judged for another moment than the run's own."""


@dataclass(frozen=True, slots=True)
class Assurance:
    """A level and the caveats that travel with it."""

    level: AssuranceLevel
    caveats: frozenset[Caveat] = frozenset()

    def __and__(self, other: "Assurance") -> "Assurance":
        """Assurance of a conclusion that needs both: weakest level, all caveats."""
        return Assurance(min(self.level, other.level), self.caveats | other.caveats)

    def with_caveats(self, *caveats: Caveat) -> "Assurance":
        """Return the same level, held back by more."""
        return Assurance(self.level, self.caveats.union(caveats))
