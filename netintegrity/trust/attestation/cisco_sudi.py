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

from typing import Final, TypeGuard

from netintegrity.model.assurance import Assurance, AssuranceLevel, Caveat
from netintegrity.model.attestation import (
    AttestationClaim,
    AttestationResult,
    Challenge,
    JudgedValue,
    QuotedCertificates,
    QuotedMeasurements,
    ReferenceOutcome,
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.model.subject import Identity
from netintegrity.model.verdict import Verdict
from netintegrity.trust.attestation import known_values, pcr
from netintegrity.trust.attestation._findings import Findings
from netintegrity.trust.attestation._spec import Grounds, HardwareRoot
from netintegrity.trust.attestation.sudi_identity import (
    FORMAT_ID,
    LENGTH,
    DeviceIdentity,
    RejectedChainError,
    identify,
)
from netintegrity.trust.attestation.sudi_signatures import (
    Leaf,
    armed,
    certificates_signature,
    compliance_signature,
    measurements_signature,
)

_BAD: Final = (SignatureOutcome.REJECTED, RegisterOutcome.MISMATCH)


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
    found = Findings(doubts=[*_faults(claim)])
    chain, identity = _chain(claim.certificates, grounds, found)
    if identity is not None:
        _bind(identity, expected, grounds, found)
    leaf = Leaf(identity, claim.certificates)
    certificates = certificates_signature(claim.certificates, challenge.certificates, leaf, found)
    measurements = measurements_signature(claim.measurements, challenge.measurements, leaf, found)
    compliance = compliance_signature(claim.compliance, challenge.compliance, leaf, found)
    setup = armed(claim.compliance, compliance, found)
    pcr0, pcr8, covers = _registers(claim.measurements, found)
    values = _values(claim.measurements, identity, grounds, (pcr0, covers), found)

    outcomes = (chain, certificates, measurements, pcr0, pcr8)
    failed = any(o in _BAD for o in (*outcomes, compliance, setup)) or bool(found.against)
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
        compliance=setup,
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
    quoted: QuotedCertificates | None, grounds: Grounds, found: Findings
) -> tuple[SignatureOutcome, DeviceIdentity | None]:
    if quoted is None or not quoted.certificates:
        found.doubts.append("there are no certificates")
        return SignatureOutcome.ABSENT, None
    readable = sum(map(bool, quoted.certificates))
    if quoted.signature is None and readable < LENGTH:
        # Cut off rather than forged: there is nothing in it that claims to be a quote.
        found.doubts.append(f"only {readable} of {LENGTH} certificates")
        return SignatureOutcome.ABSENT, None
    try:
        return SignatureOutcome.VERIFIED, identify(
            quoted.certificates, grounds.keyring, grounds.purposes
        )
    except RejectedChainError as error:
        found.against.append(str(error))
        return SignatureOutcome.REJECTED, None


def _bind(
    identity: DeviceIdentity, expected: Identity | None, grounds: Grounds, found: Findings
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


def _registers(
    quoted: QuotedMeasurements | None, found: Findings
) -> tuple[RegisterOutcome, RegisterOutcome, int | None]:
    """Return what became of PCR0 and PCR8, and how many values the latter covers."""
    if quoted is None:
        return RegisterOutcome.ABSENT, RegisterOutcome.ABSENT, None
    boot, os = [v.value for v in quoted.boot], [v.value for v in quoted.os]
    pcr0 = pcr8 = RegisterOutcome.ABSENT
    covers = None
    if _is_used(quoted.pcr0, "PCR0", found) and pcr.is_complete(quoted.boot):
        matches = pcr.extend_all(boot) == quoted.pcr0
        pcr0 = RegisterOutcome.VERIFIED if matches else RegisterOutcome.MISMATCH
    if _is_used(quoted.pcr8, "PCR8", found) and pcr.is_complete(quoted.os):
        covers = pcr.covered(os, quoted.pcr8)
        pcr8 = RegisterOutcome.MISMATCH if covers is None else RegisterOutcome.VERIFIED
    for name, outcome in (("PCR0", pcr0), ("PCR8", pcr8)):
        if outcome is RegisterOutcome.MISMATCH:
            found.against.append(f"the printed values do not come to {name}")
    return pcr0, pcr8, covers


def _is_used(register: bytes | None, name: str, found: Findings) -> TypeGuard[bytes]:
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
    found: Findings,
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
