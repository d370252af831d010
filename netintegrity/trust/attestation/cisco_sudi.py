"""Cisco's signed boot measurements, verified over our own nonce.

A device key that never leaves its chip signs, with RSA PKCS #1 v1.5 over SHA-256, ``H`` and then:

* certificates: DER of root, sub-CA and device, as printed;
* measurements: PCR0 and PCR8, 32 bytes each;
* compliance: every attribute and its value in printed order, run together; newer builds set ``:``
  between the two and ``,`` behind each pair, the last one too.

``H`` is the nonce, if one was sent, and the version of the layout as four bytes, big-endian. Only
version 1 is known. IOS-XE sends a number, signed as eight bytes big-endian; IOS-XR signs the very
bytes of its hexadecimal nonce.

Source: the certificate layout of IOS-XR is in Cisco's ``verify_sudi_certs.py``; the rest was
established on genuine quotes of both command generations.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from netintegrity.errors import BadSignatureError
from netintegrity.model.assurance import Assurance, AssuranceLevel, Caveat
from netintegrity.model.attestation import (
    AttestationClaim,
    AttestationResult,
    Challenge,
    JudgedValue,
    Nonce,
    QuotedCertificates,
    QuotedCompliance,
    QuotedMeasurements,
    QuotedSignature,
    ReferenceOutcome,
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.model.subject import Identity
from netintegrity.model.verdict import Verdict
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.attestation import known_values, pcr
from netintegrity.trust.attestation._spec import Grounds, HardwareRoot
from netintegrity.trust.attestation.sudi_identity import (
    FORMAT_ID,
    LENGTH,
    DeviceIdentity,
    RejectedChainError,
    identify,
    key_of,
)
from netintegrity.trust.signature import verify

_KNOWN_VERSION: Final = 1
_ALGORITHM: Final = Algorithm.RSA_PKCS1V15_SHA256
_BAD: Final = (SignatureOutcome.REJECTED, RegisterOutcome.MISMATCH)


@dataclass(slots=True)
class _Findings:
    """What is held against a quote, as it is gone through."""

    against: list[str] = field(default_factory=list)
    """Something is wrong with it: mismatch."""
    doubts: list[str] = field(default_factory=list)
    """Something is missing, or cannot be told: at most unknown."""
    caveats: set[Caveat] = field(default_factory=set)


def judge(
    claim: AttestationClaim, challenge: Challenge, grounds: Grounds, expected: Identity | None
) -> AttestationResult:
    """Return what one subject's quote is worth.

    It is ``verified`` only if the chain, the signature over the certificates and the one over the
    measurements verified, each over a nonce of ours; both registers were recomputed; every value
    in them was found genuine; and nothing else was held against it.

    Args:
        claim: as read; nothing in it is believed.
        challenge: what each command was sent, by us.
        grounds: keys, references, release grammars, moment of judgement.
        expected: the hardware it should be; None, or without a serial number: it is judged, with
            the caveat ``identity-unbound``.
    """
    found = _Findings(doubts=[*_faults(claim)])
    chain, identity = _chain(claim.certificates, grounds, found)
    if identity is not None:
        _bind(identity, expected, grounds, found)
    leaf = _Leaf(identity, claim.certificates)
    certificates = _certificates(claim.certificates, challenge.certificates, leaf, found)
    measurements = _measurements(claim.measurements, challenge.measurements, leaf, found)
    compliance = _compliance(claim.compliance, challenge.compliance, leaf, found)
    armed = _armed(claim.compliance, compliance, found)
    pcr0, pcr8, covers = _registers(claim.measurements, found)
    values = _values(claim.measurements, identity, grounds, (pcr0, covers), found)

    outcomes = (chain, certificates, measurements, pcr0, pcr8)
    failed = any(o in _BAD for o in (*outcomes, compliance, armed)) or bool(found.against)
    whole = not failed and all(o.value == "verified" for o in outcomes)
    sound = whole and Caveat.REPLAYABLE not in found.caveats and not _faults(claim)
    genuine = bool(values) and all(_is_genuine(v) for v in values if v.measured)
    verdict = Verdict.UNKNOWN
    if failed:
        verdict = Verdict.MISMATCH
    elif sound and genuine and not found.doubts:
        verdict = Verdict.VERIFIED
    return AttestationResult(
        subject=claim.subject,
        pid=identity.pid if identity else None,
        serial=identity.serial if identity else None,
        identity=identity.fingerprint if identity else None,
        identity_not_after=identity.not_after if identity else None,
        chain=chain,
        certificates_signature=certificates,
        measurements_signature=measurements,
        compliance_signature=compliance,
        compliance=armed,
        pcr0=pcr0,
        pcr8=pcr8,
        pcr8_covers=covers,
        measurements=values,
        verdict=verdict,
        assurance=Assurance(
            AssuranceLevel.ATTESTED if sound else AssuranceLevel.NONE, frozenset(found.caveats)
        ),
        reasons=tuple(dict.fromkeys((*found.against, *found.doubts))),
    )


def _is_genuine(value: JudgedValue) -> bool:
    return value.reference is ReferenceOutcome.VERIFIED and not value.placeholder


def _faults(claim: AttestationClaim) -> tuple[str, ...]:
    quoted = (claim.certificates, claim.measurements, claim.compliance)
    return (*claim.faults, *(fault for q in quoted if q is not None for fault in q.faults))


def _chain(
    quoted: QuotedCertificates | None, grounds: Grounds, found: _Findings
) -> tuple[SignatureOutcome, DeviceIdentity | None]:
    if quoted is None or not quoted.certificates:
        found.doubts.append("there are no certificates")
        return SignatureOutcome.ABSENT, None
    if len(quoted.certificates) < LENGTH and quoted.signature is None:
        # Cut off rather than forged: there is nothing in it that claims to be a quote.
        found.doubts.append(f"only {len(quoted.certificates)} of {LENGTH} certificates")
        return SignatureOutcome.ABSENT, None
    try:
        return SignatureOutcome.VERIFIED, identify(quoted.certificates, grounds.keyring)
    except RejectedChainError as error:
        found.against.append(str(error))
        return SignatureOutcome.REJECTED, None


def _bind(
    identity: DeviceIdentity, expected: Identity | None, grounds: Grounds, found: _Findings
) -> None:
    """Hold the identity against the hardware that is expected, and against the calendar."""
    if expected is None or expected.serial is None:
        found.caveats.add(Caveat.IDENTITY_UNBOUND)
    elif expected.serial != identity.serial:
        found.against.append(
            f"it is the quote of {identity.serial}, and {expected.serial} was expected"
        )
    if expected is not None and expected.pid not in {None, identity.pid}:
        found.against.append(f"it is the quote of a {identity.pid}, not of a {expected.pid}")
    if grounds.at > identity.not_after:
        found.caveats.add(Caveat.IDENTITY_EXPIRED)
    if grounds.at < identity.not_before:
        found.doubts.append("the device certificate is not yet valid at the moment of judgement")
    for anchor in (identity.anchor, identity.root):
        if anchor.not_after is not None and grounds.at > anchor.not_after:
            found.caveats.add(Caveat.ANCHOR_EXPIRED)


class _Leaf:
    """The device key: of an identity that verified, or of whatever was printed in its place."""

    def __init__(self, identity: DeviceIdentity | None, quoted: QuotedCertificates | None) -> None:
        self.is_trusted = identity is not None
        self.key: rsa.RSAPublicKey | None = identity.key if identity else None
        if identity is None and quoted is not None and len(quoted.certificates) == LENGTH:
            self.key = key_of(quoted.certificates[-1])

    def outcome(self, signature: QuotedSignature, signed: Iterable[bytes]) -> SignatureOutcome:
        """Return whether the key signed one of ``signed``.

        Under a key that nobody vouches for a signature can be wrong, and never right.
        """
        if self.key is None:
            return SignatureOutcome.UNVERIFIABLE
        if not any(_holds(self.key, signature.value, message) for message in signed):
            return SignatureOutcome.REJECTED
        return SignatureOutcome.VERIFIED if self.is_trusted else SignatureOutcome.UNVERIFIABLE


def _holds(key: rsa.RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        verify(
            key,
            _ALGORITHM,
            signature=signature,
            signed=signed,
            manifest_id="the quote",
            key_fingerprint="",
        )
    except BadSignatureError:
        return False
    return True


def _certificates(
    quoted: QuotedCertificates | None, nonce: Nonce | None, leaf: _Leaf, found: _Findings
) -> SignatureOutcome:
    bodies = () if quoted is None else (b"".join(quoted.certificates),)
    return _signed(quoted, bodies, nonce, leaf, found, "certificates")


def _measurements(
    quoted: QuotedMeasurements | None, nonce: Nonce | None, leaf: _Leaf, found: _Findings
) -> SignatureOutcome:
    bodies: tuple[bytes, ...] = ()
    if quoted is not None and quoted.pcr0 is not None and quoted.pcr8 is not None:
        bodies = (quoted.pcr0 + quoted.pcr8,)
    outcome = _signed(quoted, bodies, nonce, leaf, found, "measurements")
    if quoted is None:
        found.doubts.append("there are no measurements")
    return outcome


def _compliance(
    quoted: QuotedCompliance | None, nonce: Nonce | None, leaf: _Leaf, found: _Findings
) -> SignatureOutcome:
    return _signed(quoted, tuple(_attribute_forms(quoted)), nonce, leaf, found, "compliance")


def _attribute_forms(quoted: QuotedCompliance | None) -> Iterator[bytes]:
    """Yield both encodings of the attributes; which one a build uses, it does not say."""
    if quoted is None or not quoted.attributes:
        return
    yield "".join(f"{name}{value}" for name, value in quoted.attributes).encode()
    yield "".join(f"{name}:{value}," for name, value in quoted.attributes).encode()


def _signed(
    quoted: QuotedCertificates | QuotedMeasurements | QuotedCompliance | None,
    bodies: tuple[bytes, ...],
    nonce: Nonce | None,
    leaf: _Leaf,
    found: _Findings,
    what: str,
) -> SignatureOutcome:
    """Return what became of the signature below one quoted block."""
    if quoted is None:
        return SignatureOutcome.ABSENT
    if nonce is None:
        found.caveats.add(Caveat.REPLAYABLE)
        found.doubts.append(f"no nonce was sent for the {what}: they may be a recording")
    signature = quoted.signature
    if signature is None:
        found.doubts.append(f"the {what} are not signed")
        return SignatureOutcome.ABSENT
    if signature.version != _KNOWN_VERSION:
        found.doubts.append(f"the {what} are signed in version {signature.version}, not known here")
        return SignatureOutcome.UNVERIFIABLE
    if not bodies:
        found.doubts.append(f"what is signed of the {what} was not printed whole")
        return SignatureOutcome.UNVERIFIABLE
    header = (nonce.value if nonce else b"") + _KNOWN_VERSION.to_bytes(4, "big")
    outcome = leaf.outcome(signature, (header + body for body in bodies))
    if outcome is SignatureOutcome.REJECTED:
        found.against.append(f"the signature over the {what} is not of this device and this nonce")
    elif outcome is SignatureOutcome.UNVERIFIABLE:
        found.doubts.append(f"there is no trustworthy certificate to verify the {what} with")
    return outcome


def _armed(
    quoted: QuotedCompliance | None, signature: SignatureOutcome, found: _Findings
) -> RegisterOutcome:
    if quoted is None or signature is not SignatureOutcome.VERIFIED:
        return RegisterOutcome.ABSENT
    outcome = known_values.is_armed(quoted.attributes)
    if outcome is RegisterOutcome.MISMATCH:
        found.against.append("the box signed that its boot chain is not armed")
    return outcome


def _registers(
    quoted: QuotedMeasurements | None, found: _Findings
) -> tuple[RegisterOutcome, RegisterOutcome, int | None]:
    """Return what became of PCR0 and PCR8, and how many values the latter covers."""
    if quoted is None:
        return RegisterOutcome.ABSENT, RegisterOutcome.ABSENT, None
    boot, os = [v.value for v in quoted.boot], [v.value for v in quoted.os]
    pcr0 = pcr8 = RegisterOutcome.ABSENT
    covers = None
    if _is_used(quoted.pcr0, "PCR0", found) and known_values.complete(quoted.boot):
        matches = pcr.extend_all(boot) == quoted.pcr0
        pcr0 = RegisterOutcome.VERIFIED if matches else RegisterOutcome.MISMATCH
    if quoted.pcr8 is not None and _is_used(quoted.pcr8, "PCR8", found):
        if known_values.complete(quoted.os):
            covers = pcr.covered(os, quoted.pcr8)
            pcr8 = RegisterOutcome.MISMATCH if covers is None else RegisterOutcome.VERIFIED
    for name, outcome in (("PCR0", pcr0), ("PCR8", pcr8)):
        if outcome is RegisterOutcome.MISMATCH:
            found.against.append(f"the printed values do not come to {name}")
    return pcr0, pcr8, covers


def _is_used(register: bytes | None, name: str, found: _Findings) -> bool:
    if register is None:
        found.doubts.append(f"{name} was not printed")
        return False
    if pcr.is_unused(register):
        found.doubts.append(f"nothing was ever measured into {name}")
        return False
    return True


def _values(
    quoted: QuotedMeasurements | None,
    identity: DeviceIdentity | None,
    grounds: Grounds,
    registers: tuple[RegisterOutcome, int | None],
    found: _Findings,
) -> tuple[JudgedValue, ...]:
    if quoted is None:
        return ()
    pcr0, covers = registers
    looked = known_values.look_up(
        quoted,
        grounds,
        pids=(identity.pid if identity else "", quoted.platform),
        boot_measured=pcr0 is RegisterOutcome.VERIFIED,
        os_measured=covers or 0,
    )
    found.caveats |= looked.caveats
    found.against.extend(looked.contradicted)
    found.doubts.extend(looked.doubts)
    return looked.values


ROOT: Final = HardwareRoot(
    id="cisco-sudi",
    title="Cisco SUDI: Boot Integrity Visibility of IOS-XE, certificates of IOS-XR",
    format_id=FORMAT_ID,
    judge=judge,
)
