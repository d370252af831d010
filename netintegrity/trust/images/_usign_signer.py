"""Does a chain of usign keys lead from a pinned key to an image?

Each certificate is verified before it is read. Dates are caveats: an image outlives the key that
was made for the build it came from.
"""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ed25519

from netintegrity.errors import BadSignatureError, TrustError, UnknownSignerError
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.anchors import TrustAnchor
from netintegrity.trust.certificates import fingerprint_of
from netintegrity.trust.images._signers import Signed, dated, keys_of
from netintegrity.trust.images._ucert import UsignChain, read_payload
from netintegrity.trust.signature import verify
from netintegrity.trust.signify_text import Blob


def signer_of(
    chain: UsignChain, image: bytes, anchors: tuple[TrustAnchor, ...], *, name: str, at: datetime
) -> Signed:
    """Return who signed.

    Args:
        chain: as the container carries it.
        image: the bytes that are signed.
        anchors: whose word counts.
        name: of the file, for messages.
        at: UTC; the moment of judgement.

    Raises:
        UnknownSignerError: it begins with a key that is no anchor.
        BadSignatureError: a link does not hold, or is none.
    """
    first = chain.certificates[0].signature if chain.certificates else chain.last
    pinned = [a for a in anchors if a.algorithm is Algorithm.ED25519]
    named = [a for a in pinned if a.is_named_by(first.number)]
    if not named:
        detail = f"its chain begins with the key {first.number}"
        raise UnknownSignerError(manifest_id=name, detail=detail)
    fault: TrustError | None = None
    for anchor in named:
        try:
            return _followed(anchor, chain, image, name=name, at=at)
        except BadSignatureError as error:
            fault = error
    assert fault is not None  # noqa: S101 - there is at least one anchor
    raise fault


def _followed(
    anchor: TrustAnchor, chain: UsignChain, image: bytes, *, name: str, at: datetime
) -> Signed:
    key: object = anchor.key
    number, outside = anchor.key_number, False
    passed: set[str] = set()

    def refused(detail: str) -> BadSignatureError:
        return BadSignatureError(
            manifest_id=name, key_fingerprint=anchor.fingerprint, detail=detail
        )

    def check(signature: Blob, signed: bytes) -> None:
        if signature.number != number or not _made_by(key, signature, signed):
            raise refused(f"a signature of the key {signature.number} does not hold")

    for certificate in chain.certificates:
        check(certificate.signature, certificate.payload)
        try:
            said = read_payload(certificate.payload)
        except ValueError as error:
            raise refused(str(error)) from error
        key, number = said.key, said.number
        passed.add(fingerprint_of(said.key))
        outside = outside or not said.valid_from <= at < said.expires_at
    check(chain.last, image)
    return Signed(
        anchor=anchor,
        subject=f"usign key {number}",
        caveats=dated(anchor, at, signer_is_dated=outside),
        keys=keys_of(anchor) | passed,
    )


def _made_by(key: object, signature: Blob, signed: bytes) -> bool:
    if not isinstance(key, ed25519.Ed25519PublicKey):
        return False
    try:
        verify(
            key,
            Algorithm.ED25519,
            signature=signature.value,
            signed=signed,
            manifest_id="",
            key_fingerprint="",
        )
    except BadSignatureError:
        return False
    return True
