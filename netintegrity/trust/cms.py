"""CMS signed data whose content lies elsewhere, as ``openssl cms -sign`` makes it.

Read far more strictly than the standard demands, for nobody here needs the rest: DER alone, one
signer, content of type data and not inside, attributes once each and with one value, a digest and a
signature algorithm that say the same hash. The certificates inside are talk; whoever counts is
decided by the keyring.

Source: RFC 5652 sections 5.1 to 5.6, 11.1 to 11.3; RFC 4056 (RSA-PSS); RFC 5754 (SHA-2);
RFC 8419 (Ed25519).
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, TypeAlias

from asn1crypto import cms as asn1  # type: ignore[import-untyped]
from asn1crypto import core
from cryptography import x509

from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    TrustError,
    UnsignedError,
    WeakAlgorithmError,
)
from netintegrity.trust import base64_text, certificates, der
from netintegrity.trust.algorithms import Algorithm

Node: TypeAlias = Any
"""asn1crypto has no types; what comes out of it is checked value by value. It
also writes some values anew where it is asked for their bytes, so those are cut from the file."""
MAX_BYTES: Final = 256 * 1024
"""Of the signature; openssl's are two to six kilobytes, with their certificates."""
MAX_INSIDE: Final = 16
"""Certificates, and revocation lists."""
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME = "content_type", "message_digest", "signing_time"
_SEQUENCE, _SET = b"\x30", b"\x31"
_BROKEN: Final = frozenset({"md2", "md5", "sha1"})
_ALGORITHMS: Final = {
    # RFC 5754 section 3.2: the first three name the key alone; the digest is stated beside it.
    ("rsassa_pkcs1v15", "sha256"): Algorithm.RSA_PKCS1V15_SHA256,
    ("rsassa_pkcs1v15", "sha384"): Algorithm.RSA_PKCS1V15_SHA384,
    ("rsassa_pkcs1v15", "sha512"): Algorithm.RSA_PKCS1V15_SHA512,
    ("sha256_rsa", "sha256"): Algorithm.RSA_PKCS1V15_SHA256,
    ("sha384_rsa", "sha384"): Algorithm.RSA_PKCS1V15_SHA384,
    ("sha512_rsa", "sha512"): Algorithm.RSA_PKCS1V15_SHA512,
    ("rsassa_pss", "sha256"): Algorithm.RSA_PSS_SHA256,
    ("sha256_ecdsa", "sha256"): Algorithm.ECDSA_P256_SHA256,
    ("sha384_ecdsa", "sha384"): Algorithm.ECDSA_P384_SHA384,
    ("ed25519", "sha512"): Algorithm.ED25519,
}
_WITHOUT_PARAMETERS: Final = frozenset({"sha256_ecdsa", "sha384_ecdsa", "ed25519"})

# -----BEGIN CMS-----    -----BEGIN PKCS7-----
_PEM: Final = re.compile(
    rb"-----BEGIN (CMS|PKCS7)-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END (CMS|PKCS7)-----\n?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """One signer's statement on content that is not here, still unverified."""

    algorithm: Algorithm
    """Stated outside what is signed; whoever verifies asks that the key is for it."""
    digest_algorithm: str
    """``sha256``, as hashlib names it."""
    value: bytes
    attributes: bytes | None
    """What is signed, in the DER it is signed in; None: the content itself."""
    content_digest: bytes | None
    """What the attributes say of the content; None: there are none."""
    signer: str
    """How the signer's certificate is named; see :func:`certificates.names_of`."""
    certificate: x509.Certificate | None
    """The one inside that bears this name; None: it is not inside."""
    others: tuple[x509.Certificate, ...]
    """The rest of those inside."""
    revoked: tuple[x509.CertificateRevocationList, ...] = ()
    """The revocation lists inside; they can only speak against a certificate."""


def looks_like_one(content: bytes) -> bool:
    """Say whether this might be signed data, in PEM or DER: never a matter of trust."""
    # SEQUENCE { OBJECT IDENTIFIER 1.2.840.113549.1.7.2 …
    oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
    return content.startswith((b"-----BEGIN CMS-----", b"-----BEGIN PKCS7-----")) or (
        content[:1] == b"\x30" and oid in content[:20]
    )


def read(raw: bytes, *, name: str) -> SignedData:
    """Return the one signer's statement.

    Args:
        raw: the signature file, in DER or PEM.
        name: for messages.

    Raises:
        UnsignedError: nobody signed it.
        WeakAlgorithmError: it rests on MD5 or SHA-1.
        MalformedError: it carries the content, or several signers.
        BadSignatureError: it is no signed data in the one spelling that is read.
    """
    try:
        if len(raw) > MAX_BYTES:
            _refuse(f"larger than {MAX_BYTES} bytes")
        plain = _from_pem(raw) if raw.startswith(b"-----") else raw
        der.check(plain)
        return _signed_data(plain)
    except TrustError as error:
        raise type(error)(manifest_id=name, detail=error.detail) from error
    except (ValueError, TypeError, KeyError, OverflowError, x509.InvalidVersion) as error:
        # asn1crypto says so in the first two ways; its messages run over many lines.
        detail = (
            f"the signature: {str(error).splitlines()[0][:160] if str(error) else 'unreadable'}"
        )
        raise BadSignatureError(manifest_id=name, detail=detail) from error


def signing_time(attributes: bytes) -> datetime | None:
    """Return when the signer says it signed; None: it does not.

    Args:
        attributes: of a statement that verified; see :attr:`SignedData.attributes`.

    Raises:
        ValueError: it is no time.
    """
    values = _attributes(attributes).get(_SIGNING_TIME)
    if values is None:
        return None
    stated = values.native
    if not isinstance(stated, datetime) or stated.tzinfo is None:
        raise ValueError("the signing time is no time")
    return stated.astimezone(UTC)


def _refuse(detail: str) -> NoReturn:
    raise ValueError(detail)


def _from_pem(raw: bytes) -> bytes:
    match = _PEM.fullmatch(raw.replace(b"\r\n", b"\n"))
    if match is None or match.group(1) != match.group(3):
        _refuse("not exactly one PEM block of CMS")
    return base64_text.decoded_lines(match.group(2))


def _signed_data(raw: bytes) -> SignedData:
    info: Node = asn1.ContentInfo.load(raw, strict=True)
    if info["content_type"].native != "signed_data":
        _refuse("no signed data")
    data: Node = info["content"]
    content: Node = data["encap_content_info"]
    if content["content_type"].native != "data":
        _refuse("the content is not of type data")
    if not isinstance(content["content"], core.Void):
        raise MalformedError(manifest_id="", detail="carries its content; it must lie beside it")
    signers = list(data["signer_infos"])
    if not signers:
        raise UnsignedError(manifest_id="", detail="the signed data has no signer")
    if len(signers) > 1:
        detail = f"{len(signers)} signers; one is expected"
        raise MalformedError(manifest_id="", detail=detail)
    found = _certificates(data["certificates"])
    statement = _statement(data, signers[0], found)
    if statement.attributes is not None and statement.attributes[1:] not in raw:
        _refuse("the signed attributes cannot be told from the rest")
    return replace(statement, revoked=_revocations(data["crls"]))


def _certificates(listed: Node) -> tuple[x509.Certificate, ...]:
    return tuple(certificates.load_der(raw) for raw in _sequences(listed))


def _revocations(listed: Node) -> tuple[x509.CertificateRevocationList, ...]:
    return tuple(x509.load_der_x509_crl(raw) for raw in _sequences(listed))


def _sequences(listed: Node) -> tuple[bytes, ...]:
    """Return the bytes of each value, which must be of the one form that has no tag of its own."""
    if isinstance(listed, core.Void):
        return ()
    # asn1crypto writes some values anew, other than they were signed; so its ``dump`` is no use.
    found = der.parts(listed.contents)
    if len(found) > MAX_INSIDE:
        _refuse(f"more than {MAX_INSIDE} certificates or revocation lists")
    if any(not raw.startswith(_SEQUENCE) for raw in found):
        _refuse("a certificate or a revocation list of another kind")
    return found


def _statement(data: Node, info: Node, found: tuple[x509.Certificate, ...]) -> SignedData:
    version, signer = _named(info["sid"])
    if (data["version"].native, info["version"].native) != (version, version):
        _refuse("a version that does not fit how its signer is named")
    digest = info["digest_algorithm"]["algorithm"].native
    listed = [item["algorithm"].native for item in data["digest_algorithms"]]
    _refuse_broken(digest)
    if listed != [digest]:
        _refuse("the digest algorithm is not the one stated for all")
    algorithm = _algorithm(info["signature_algorithm"], digest)
    attributes = content_digest = None
    if not isinstance(info["signed_attrs"], core.Void):
        # They are signed as a SET OF, and written under a tag of their own (section 5.4).
        attributes = _SET + info["signed_attrs"].dump()[1:]
        content_digest = _content_digest(attributes, digest)
    bearing = [c for c in found if signer in certificates.names_of(c)]
    if found and len(bearing) != 1:
        _refuse("the signer's certificate is not among those inside, or twice")
    return SignedData(
        algorithm=algorithm,
        digest_algorithm=digest,
        value=info["signature"].native,
        attributes=attributes,
        content_digest=content_digest,
        signer=signer,
        certificate=bearing[0] if bearing else None,
        others=tuple(c for c in found if c not in bearing),
    )


def _named(sid: Node) -> tuple[str, str]:
    """Return the version that goes with the form of the name, and the name."""
    if sid.name == "issuer_and_serial_number":
        issuer, serial = sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native
        return "v1", certificates.issuer_and_serial(issuer, serial)
    return "v3", certificates.subject_key(sid.chosen.native)


def _refuse_broken(digest: str) -> None:
    if digest in _BROKEN:
        detail = f"signed over {digest.upper()}, which can be forged"
        raise WeakAlgorithmError(manifest_id="", detail=detail)


def _algorithm(stated: Node, digest: str) -> Algorithm:
    name = stated["algorithm"].native
    _refuse_broken(name.partition("_")[0])
    algorithm = _ALGORITHMS.get((name, digest))
    if algorithm is None:
        _refuse(f"{name[:40]} with {digest[:40]} is not known here")
    parameters = stated["parameters"]
    if name in _WITHOUT_PARAMETERS and parameters.native is not None:
        _refuse(f"{name} has parameters it must not have")
    if name == "rsassa_pss":
        mask = parameters["mask_gen_algorithm"]
        hashes = {
            parameters["hash_algorithm"]["algorithm"].native,
            mask["parameters"]["algorithm"].native,
        }
        if hashes != {digest} or mask["algorithm"].native != "mgf1":
            _refuse("RSA-PSS with more than one hash")
    return algorithm


def _attributes(attributes: bytes) -> dict[str, Node]:
    """Return the values by name; each stands once and has one value (section 5.3, 11)."""
    found: dict[str, Node] = {}
    for attribute in asn1.CMSAttributes.load(attributes, strict=True):
        name = attribute["type"].native
        if name in found:
            _refuse(f"the attribute {name[:40]} twice")
        values = attribute["values"]
        if name in {_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME} and len(values) != 1:
            _refuse(f"the attribute {name} with more or less than one value")
        found[name] = values[0] if len(values) else None
    return found


def _content_digest(attributes: bytes, digest: str) -> bytes:
    found = _attributes(attributes)
    if _CONTENT_TYPE not in found or found[_CONTENT_TYPE].native != "data":
        _refuse("the signed attributes do not say that the content is data")
    if _MESSAGE_DIGEST not in found:
        _refuse("the signed attributes hold no digest of the content")
    value: bytes = found[_MESSAGE_DIGEST].native
    if len(value) != {"sha256": 32, "sha384": 48, "sha512": 64}[digest]:
        _refuse(f"the signed digest is no {digest.upper()}")
    signing_time(attributes)
    return value
