"""From a certificate that travelled with a signature to the anchor that stands behind it.

Dates are told apart from the rest: images and lists outlive the certificates that signed them, so
a date is a caveat, and everything else a refusal. What is not evaluated here is refused rather
than passed over: constraints on names and policies, and any critical extension that is not known.
A revocation list that travels with the signature can speak against a certificate; none is demanded,
and nothing is fetched.

Source: RFC 5280 sections 4.2 and 6.1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from netintegrity.trust.certificates import extensions_of
from netintegrity.trust.signature import verify_issued

MAX_LINKS: Final = 8
"""Certificates between a signer and its anchor, both not counted."""
MAX_TRIALS: Final = 64
"""Signatures of certificates asked in one search: keys and names can be made to fork."""

SIGNS_CODE: Final = frozenset(
    {ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
)
SIGNS_MESSAGES: Final = SIGNS_CODE | {ExtendedKeyUsageOID.EMAIL_PROTECTION}
"""``openssl cms -verify`` asks for e-mail protection unless it is told otherwise."""
_NOT_EVALUATED: Final = (
    x509.NameConstraints,
    x509.PolicyConstraints,
    x509.InhibitAnyPolicy,
)
_POLICY_MAPPINGS: Final = ObjectIdentifier("2.5.29.33")


@dataclass(frozen=True, slots=True)
class Path:
    """A chain that holds."""

    certificates: tuple[x509.Certificate, ...]
    """The signer's first; the anchor's last."""

    def outside(self, at: datetime) -> tuple[x509.Certificate, ...]:
        """Return those below the anchor that are not valid at ``at``.

        Args:
            at: UTC.
        """
        return tuple(
            c
            for c in self.certificates[:-1]
            if not c.not_valid_before_utc <= at <= c.not_valid_after_utc
        )


def path_to(
    anchor: x509.Certificate,
    signer: x509.Certificate,
    others: Iterable[x509.Certificate] = (),
    *,
    usages: frozenset[ObjectIdentifier] = SIGNS_CODE,
    revoked: Iterable[x509.CertificateRevocationList] = (),
) -> Path:
    """Return a chain from ``signer`` to ``anchor``.

    Args:
        anchor: pinned; an authority, or the signer itself. It may be no root.
        signer: whose signature is asked about.
        others: that may lie between; they prove nothing by being there.
        usages: of extended key usage, of which the signer and those between must have one, where
            they state any.
        revoked: revocation lists; those not signed by who issued a certificate say nothing of it.

    Raises:
        ValueError: there is none; says why, as a sentence about the certificate.
    """
    if (misuse := misuse_of(signer, usages=usages)) is not None:
        raise ValueError(misuse)
    if signer == anchor:
        return Path((signer,))
    search = _Search(anchor, tuple(others), usages, tuple(revoked))
    for found in search.above((signer,)):
        return Path(found)
    named = signer.subject.rfc4514_string()[:120]
    raise ValueError(search.fault or f"nobody between {named!r} and the anchor issued it")


class _Search:
    def __init__(
        self,
        anchor: x509.Certificate,
        others: tuple[x509.Certificate, ...],
        usages: frozenset[ObjectIdentifier],
        revoked: tuple[x509.CertificateRevocationList, ...],
    ) -> None:
        self._anchor, self._others, self._usages = anchor, others, usages
        self._revoked = revoked
        self._trials = 0
        self.fault = ""
        """The first thing wrong with a link that otherwise fits by name."""

    def above(self, chain: tuple[x509.Certificate, ...]) -> Iterator[tuple[x509.Certificate, ...]]:
        """Yield every chain that begins with ``chain`` and holds up to the anchor."""
        below = chain[-1]
        for above in (self._anchor, *self._others):
            if above.subject != below.issuer or above in chain:
                continue
            self._trials += 1
            if self._trials > MAX_TRIALS or len(chain) > MAX_LINKS + 1:
                self.fault = "the way to the anchor is too long"
                return
            fault = self._fault_of(below, above, chain)
            if fault is not None:
                self.fault = self.fault or fault
            elif above is self._anchor:
                yield (*chain, above)
            else:
                yield from self.above((*chain, above))

    def _fault_of(
        self,
        below: x509.Certificate,
        above: x509.Certificate,
        chain: tuple[x509.Certificate, ...],
    ) -> str | None:
        try:
            verify_issued(below, above)
            length = extensions_of(above).get_extension_for_class(x509.BasicConstraints)
        except ValueError as error:
            return f"{below.subject.rfc4514_string()[:120]!r} {error}"
        named = above.subject.rfc4514_string()[:120]
        if any(_takes_back(stated, below, above) for stated in self._revoked):
            return f"{named!r} revoked the certificate of {below.subject.rfc4514_string()[:120]!r}"
        between = sum(c.subject != c.issuer for c in chain[1:])
        if length.value.path_length is not None and between > length.value.path_length:
            return f"{named!r} may not issue for authorities that deep"
        if above is self._anchor:
            # It is pinned as it is. Its limits on what lies below it are those of its holder.
            return _constraints_of(above)
        return _unreadable(above) or _constraints_of(above) or _other_usage(above, self._usages)


def _takes_back(
    stated: x509.CertificateRevocationList, below: x509.Certificate, above: x509.Certificate
) -> bool:
    """Say whether ``above`` signed that ``below`` counts no longer (RFC 5280 section 5)."""
    key = above.public_key()
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)):
        return False
    try:
        if stated.issuer != above.subject or not stated.is_signature_valid(key):
            return False
        entry = stated.get_revoked_certificate_by_serial_number(below.serial_number)
        if entry is None:
            return False
        said = [e.value for e in entry.extensions if isinstance(e.value, x509.CRLReason)]
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return False
    return all(reason.reason is not x509.ReasonFlags.remove_from_crl for reason in said)


def misuse_of(
    certificate: x509.Certificate, *, usages: frozenset[ObjectIdentifier] = SIGNS_CODE
) -> str | None:
    """Return why a certificate may not sign what is asked about; None: nothing in it says so.

    Source: RFC 5280 sections 4.2, 4.2.1.3, 4.2.1.9 and 4.2.1.12.
    """
    if (fault := _unreadable(certificate)) is not None:
        return fault
    for extension in extensions_of(certificate):
        match extension.value:
            case x509.BasicConstraints(ca=True):
                return "the signer's certificate is an authority's"
            case x509.KeyUsage() as usage if not usage.digital_signature:
                return "the signer's certificate is not for signatures"
            case _:
                pass
    return _other_usage(certificate, usages)


def _unreadable(certificate: x509.Certificate) -> str | None:
    try:
        extensions = extensions_of(certificate)
    except ValueError:
        return "a certificate cannot be read"
    for extension in extensions:
        if isinstance(extension.value, x509.UnrecognizedExtension) and extension.critical:
            oid = extension.oid.dotted_string
            return f"a certificate demands what is not known here ({oid})"
    return None


def _constraints_of(certificate: x509.Certificate) -> str | None:
    for extension in extensions_of(certificate):
        if isinstance(extension.value, _NOT_EVALUATED) or extension.oid == _POLICY_MAPPINGS:
            oid = extension.oid.dotted_string
            return f"an authority sets limits that are not evaluated here ({oid})"
    return None


def _other_usage(certificate: x509.Certificate, usages: frozenset[ObjectIdentifier]) -> str | None:
    for extension in extensions_of(certificate):
        if isinstance(extension.value, x509.ExtendedKeyUsage) and not usages & set(extension.value):
            return "a certificate is not for signing code or messages"
    return None
