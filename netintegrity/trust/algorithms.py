"""Which signature algorithms an anchor may name, and which key each of them takes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from netintegrity.trust.openpgp import OpenPgpKey
from netintegrity.trust.pkg_keys import PkgFingerprint
from netintegrity.trust.tuf import TufRoot

BareKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
"""Keys with a SubjectPublicKeyInfo."""
PublicKey = BareKey | OpenPgpKey | PkgFingerprint | TufRoot
"""The kinds of key there is an algorithm for."""

MINIMUM_RSA_BITS: Final = 2048
"""NIST SP 800-131A rev. 2, table 2: RSA below 2048 bits is disallowed for verification of new
data. Cisco's sub-CA and root have exactly that many."""

OWN_MINIMUM_RSA_BITS: Final = 3072
"""For lists in our own format, which nobody signed before today: 128 bits of strength (NIST SP
800-57 part 1 rev. 5, table 2)."""


class Algorithm(StrEnum):
    """Names as a keyring writes them; an envelope never chooses."""

    RSA_PKCS1V15_SHA256 = "rsa-pkcs1v15-sha256"
    RSA_PKCS1V15_SHA384 = "rsa-pkcs1v15-sha384"
    RSA_PKCS1V15_SHA512 = "rsa-pkcs1v15-sha512"
    RSA_PSS_SHA256 = "rsa-pss-sha256"
    ECDSA_P256_SHA256 = "ecdsa-p256-sha256"
    ECDSA_P384_SHA384 = "ecdsa-p384-sha384"
    ED25519 = "ed25519"
    ED25519_BLAKE2B512 = "ed25519-blake2b512"
    OPENPGP = "openpgp"
    """Whatever the OpenPGP certificate signs with; it brings its own rules."""
    PKG_RSA_SHA256 = "pkg-rsa-sha256"
    """As RSA_PKCS1V15_SHA256, by a key that travels with it and is pinned by its text."""
    TUF = "tuf"
    """Whatever the pinned root says of each role: its keys, how many must sign, and how."""


class Family(StrEnum):
    """How a signature of an algorithm is made."""

    PKCS1V15 = "pkcs1v15"
    PSS = "pss"
    ECDSA = "ecdsa"
    ED25519 = "ed25519"
    OPENPGP = "openpgp"
    PKG = "pkg"
    TUF = "tuf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One row of the table."""

    family: Family
    digest: hashes.HashAlgorithm | None = None
    """None: the algorithm brings its own. Of Ed25519: what is signed is this digest."""
    curve: str | None = None
    """Name of the one curve its keys are on."""
    source: str


SCHEMES: Final = {
    Algorithm.RSA_PKCS1V15_SHA256: Scheme(
        family=Family.PKCS1V15, digest=hashes.SHA256(), source="RFC 8017 section 8.2"
    ),
    Algorithm.RSA_PKCS1V15_SHA384: Scheme(
        family=Family.PKCS1V15, digest=hashes.SHA384(), source="RFC 8017 section 8.2"
    ),
    Algorithm.RSA_PKCS1V15_SHA512: Scheme(
        family=Family.PKCS1V15, digest=hashes.SHA512(), source="RFC 8017 section 8.2"
    ),
    Algorithm.RSA_PSS_SHA256: Scheme(
        family=Family.PSS, digest=hashes.SHA256(), source="RFC 8017 section 8.1"
    ),
    Algorithm.ECDSA_P256_SHA256: Scheme(
        family=Family.ECDSA,
        digest=hashes.SHA256(),
        curve="secp256r1",
        source="FIPS 186-5 section 6; DER as in RFC 3279 section 2.2.3",
    ),
    Algorithm.ECDSA_P384_SHA384: Scheme(
        family=Family.ECDSA,
        digest=hashes.SHA384(),
        curve="secp384r1",
        source="FIPS 186-5 section 6; DER as in RFC 3279 section 2.2.3",
    ),
    Algorithm.ED25519: Scheme(family=Family.ED25519, source="RFC 8032 section 5.1"),
    Algorithm.ED25519_BLAKE2B512: Scheme(
        family=Family.ED25519,
        digest=hashes.BLAKE2b(64),
        source="minisign, signature format, algorithm ED; RFC 7693",
    ),
    Algorithm.OPENPGP: Scheme(family=Family.OPENPGP, source="RFC 9580 section 5.2"),
    Algorithm.TUF: Scheme(family=Family.TUF, source="The Update Framework 1.0.33, section 5"),
    Algorithm.PKG_RSA_SHA256: Scheme(
        family=Family.PKG,
        digest=hashes.SHA256(),
        source="freebsd/pkg, libpkg/pkgsign_ossl.c; RFC 8017 section 8.2",
    ),
}


def takes(algorithm: Algorithm, key: object) -> bool:
    """Say whether ``key`` is of the kind that ``algorithm`` signs with."""
    scheme = SCHEMES[algorithm]
    if scheme.family in {Family.PKCS1V15, Family.PSS}:
        return isinstance(key, rsa.RSAPublicKey)
    if scheme.family is Family.ECDSA:
        return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == scheme.curve
    if scheme.family is Family.OPENPGP:
        return isinstance(key, OpenPgpKey)
    if scheme.family is Family.PKG:
        return isinstance(key, PkgFingerprint)
    if scheme.family is Family.TUF:
        return isinstance(key, TufRoot)
    return isinstance(key, ed25519.Ed25519PublicKey)


def usual(key: object) -> Algorithm | None:
    """Return the algorithm we sign with, given a key of this kind; None: there is none."""
    preferred = (
        Algorithm.ED25519,
        Algorithm.ECDSA_P256_SHA256,
        Algorithm.ECDSA_P384_SHA384,
        Algorithm.RSA_PSS_SHA256,
    )
    return next((a for a in preferred if takes(a, key)), None)


def is_weak(key: object, *, minimum_rsa_bits: int = MINIMUM_RSA_BITS) -> bool:
    """Say whether a key is too short for its signatures to count."""
    return isinstance(key, rsa.RSAPublicKey) and key.key_size < minimum_rsa_bits
