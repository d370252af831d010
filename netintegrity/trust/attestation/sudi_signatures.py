"""What a device key signed, and what of it holds."""

from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from netintegrity.errors import BadSignatureError
from netintegrity.model.assurance import Caveat
from netintegrity.model.attestation import (
    Nonce,
    QuotedCertificates,
    QuotedCompliance,
    QuotedMeasurements,
    QuotedSignature,
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.attestation._findings import Findings
from netintegrity.trust.attestation.sudi_identity import LENGTH, DeviceIdentity, key_of
from netintegrity.trust.signature import verify

_KNOWN_VERSION: Final = 1
_ALGORITHM: Final = Algorithm.RSA_PKCS1V15_SHA256


class Leaf:
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


def certificates_signature(
    quoted: QuotedCertificates | None, nonce: Nonce | None, leaf: Leaf, found: Findings
) -> SignatureOutcome:
    """Judge the proof that the box holds the key of the certificate it shows."""
    bodies = () if quoted is None else (b"".join(quoted.certificates),)
    return _signed(quoted, bodies, nonce, leaf=leaf, found=found, what="certificates")


def measurements_signature(
    quoted: QuotedMeasurements | None, nonce: Nonce | None, leaf: Leaf, found: Findings
) -> SignatureOutcome:
    """Judge the signature over the two registers."""
    bodies: tuple[bytes, ...] = ()
    if quoted is not None and quoted.pcr0 is not None and quoted.pcr8 is not None:
        bodies = (quoted.pcr0 + quoted.pcr8,)
    outcome = _signed(quoted, bodies, nonce, leaf=leaf, found=found, what="measurements")
    if quoted is None:
        found.doubts.append("there are no measurements")
    return outcome


def compliance_signature(
    quoted: QuotedCompliance | None, nonce: Nonce | None, leaf: Leaf, found: Findings
) -> SignatureOutcome:
    """Judge the signature over how the boot hardware is set up."""
    bodies = tuple(_attribute_forms(quoted))
    return _signed(quoted, bodies, nonce, leaf=leaf, found=found, what="compliance")


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
    *,
    leaf: Leaf,
    found: Findings,
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


def armed(
    quoted: QuotedCompliance | None, signature: SignatureOutcome, found: Findings
) -> RegisterOutcome:
    """Judge what the signed attributes say."""
    if quoted is None or signature is not SignatureOutcome.VERIFIED:
        return RegisterOutcome.ABSENT
    outcome = _is_armed(quoted.attributes)
    if outcome is RegisterOutcome.MISMATCH:
        found.against.append("the box signed that its boot chain is not armed")
    return outcome


def _is_armed(attributes: Iterable[tuple[str, str]]) -> RegisterOutcome:
    """Say whether signed attributes are those of a box whose quotes mean something.

    Secure boot on, keys in hardware, both registers in use; each stated exactly once.
    """
    stated = tuple(attributes)
    wanted = {
        "secure_boot": "true",
        "tam_service": "hardware",
        "register.pcr0.disabled": "false",
        "register.pcr8.disabled": "false",
    }
    for name, value in wanted.items():
        if [v for n, v in stated if n == name] != [value]:
            return RegisterOutcome.MISMATCH
    return RegisterOutcome.VERIFIED
