"""A hardware quote as a box printed it, unverified, and what was made of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netintegrity.model.assurance import Assurance
from netintegrity.model.reference import ReferenceKind
from netintegrity.model.subject import Subject
from netintegrity.model.verdict import Verdict

MAX_NONCE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Nonce:
    """The challenge we sent, in the very bytes a device signs; never read from an answer."""

    value: bytes

    def __post_init__(self) -> None:
        """Refuse what challenges nobody.

        Raises:
            ValueError: no bytes at all, too many, or zero, which some readers take for "none".
        """
        if not 0 < len(self.value) <= MAX_NONCE_BYTES:
            raise ValueError(f"a nonce has 1 to {MAX_NONCE_BYTES} bytes, not {len(self.value)}")
        if not any(self.value):
            raise ValueError("zero is no nonce")

    @classmethod
    def of_number(cls, number: int) -> "Nonce":
        """Return the nonce of a command that takes a decimal one: unsigned, 64 bits, big-endian.

        Raises:
            ValueError: the number is zero, negative or does not fit.
        """
        if not 0 < number < 2**64:
            raise ValueError(f"a decimal nonce is from 1 to {2**64 - 1}, not {number}")
        return cls(number.to_bytes(8, "big"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What each command was sent; None: nothing, so its answer may be a recording."""

    certificates: Nonce | None
    measurements: Nonce | None
    compliance: Nonce | None


class BootStage(StrEnum):
    """Which part of the boot measured what is next."""

    BOOT0 = "boot0"
    BOOT_LOADER = "bootloader"
    OS = "os"

    @property
    def published_as(self) -> frozenset[ReferenceKind]:
        """Kinds under which manifests list values of this stage."""
        return {
            BootStage.BOOT0: frozenset({ReferenceKind.BOOT0}),
            BootStage.BOOT_LOADER: frozenset({ReferenceKind.BOOT_LOADER}),
            BootStage.OS: frozenset({ReferenceKind.IMAGE, ReferenceKind.PACKAGE}),
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedSignature:
    """A signature as printed."""

    version: int | None
    """Of the layout of what is signed; None: it was not printed or is no number."""
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedCertificates:
    """One printed chain: root, sub-CA, device, in the order of the signed bytes."""

    place: str
    """Where in the box, as printed; empty: the command does not say."""
    certificates: tuple[bytes, ...] = ()
    """DER, however many there were."""
    signature: QuotedSignature | None = None
    faults: tuple[str, ...] = ()
    """What could not be read, or was refused; whoever has any is never verified."""
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedValue:
    """One value a boot stage is said to have measured."""

    stage: BootStage
    name: str
    version: str
    """As printed; nothing signs it."""
    value: bytes
    """Empty: it was not printed, or cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedMeasurements:
    """One printed list of measurements, the registers they went into, and the signature."""

    place: str
    platform: str = ""
    boot: tuple[QuotedValue, ...] = ()
    """In the order of their measurement."""
    os_version: str = ""
    os: tuple[QuotedValue, ...] = ()
    """In the printed order, which is that of their measurement."""
    pcr0: bytes | None = None
    pcr8: bytes | None = None
    signature: QuotedSignature | None = None
    faults: tuple[str, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedCompliance:
    """One printed list of how the boot hardware is set up."""

    place: str
    attributes: tuple[tuple[str, str], ...] = ()
    """In printed order."""
    signature: QuotedSignature | None = None
    faults: tuple[str, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationClaim:
    """All that was quoted of one subject; unverified, to the last byte."""

    subject: Subject
    certificates: QuotedCertificates | None = None
    measurements: QuotedMeasurements | None = None
    compliance: QuotedCompliance | None = None
    faults: tuple[str, ...] = ()
    """What is wrong with them taken together."""


class SignatureOutcome(StrEnum):
    """What became of a signature, or of a chain of them."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    ABSENT = "absent"
    """There is none."""
    UNVERIFIABLE = "unverifiable"
    """There is one, and nothing trustworthy to verify it with."""


class RegisterOutcome(StrEnum):
    """What became of a register, recomputed from the printed values."""

    VERIFIED = "verified"
    MISMATCH = "mismatch"
    ABSENT = "absent"
    """Register or values were not printed whole, or nothing was ever measured into it."""


class ReferenceOutcome(StrEnum):
    """Whether a verified manifest knows a value."""

    VERIFIED = "verified"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    """No manifest was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedValue:
    """A quoted value, looked up."""

    quoted: QuotedValue
    measured: bool
    """True: it is part of a register that was recomputed."""
    placeholder: bool
    """True: filled in by the maker, it measures nothing."""
    reference: ReferenceOutcome
    manifest: str | None = None
    """Id of the manifest that knows it."""
    release: str | None = None
    """What that manifest calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationResult:
    """What one subject's quote is worth."""

    subject: Subject
    pid: str | None
    """Of the verified device certificate, like the three below; None: none verified."""
    serial: str | None
    identity: str | None
    """SHA-256 of the certificate, ``sha256:`` and hex."""
    identity_not_after: datetime | None
    chain: SignatureOutcome
    certificates_signature: SignatureOutcome
    measurements_signature: SignatureOutcome
    compliance_signature: SignatureOutcome
    compliance: RegisterOutcome
    """Whether the attributes, once their signature verified, are those of an armed boot chain."""
    pcr0: RegisterOutcome
    pcr8: RegisterOutcome
    pcr8_covers: int | None
    """How many of the printed system values are in PCR8; None: not recomputed."""
    measurements: tuple[JudgedValue, ...]
    verdict: Verdict
    assurance: Assurance
    reasons: tuple[str, ...]
    """Why it is not better, a sentence each; empty where it is verified."""
