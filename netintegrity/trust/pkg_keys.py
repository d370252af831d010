"""Keys that FreeBSD's pkg trusts by their fingerprint alone, and the files such keys sign with.

A repository publishes no key, only a small file with its SHA-256. The key travels in each signature
file, behind the signature, and is the right one if its text has that digest. What is signed is not
the file but the text of its SHA-256 in hex, which is hashed once more.

Source: freebsd/pkg, libpkg/pkg_repo.c and libpkg/pkgsign_ossl.c; opnsense/update,
src/verify/pkg.c and src/sign/opnsense-sign.sh; pkg.conf(5), FINGERPRINTS.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PREFIX: Final = "pkg-sha256:"
"""Before the hex digits of a fingerprint, in a keyring."""
MARK: Final = b"SIGNATURE\n"
MAX_FILE_BYTES: Final = 16 * 1024
_RSA_SIZES: Final = frozenset({128, 256, 384, 512, 1024})
_LENGTH_BYTES: Final = 2

# function: "sha256" / fingerprint: "9f3b76ff…a845ce"
_FINGERPRINT: Final = re.compile(
    rb'function: ?"?sha256"?;?\r?\nfingerprint: ?"?([0-9a-f]{64})"?;?(?:\r?\n)*'
)
# SIGNATURE / (bytes) / CERT / -----BEGIN PUBLIC KEY----- … / END
_FILE: Final = re.compile(
    rb"SIGNATURE\n(.+)\nCERT\n"
    rb"(-----BEGIN PUBLIC KEY-----\n(?:[A-Za-z0-9+/=]{1,64}\n){1,40}-----END PUBLIC KEY-----\n)"
    rb"END\n?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class PkgFingerprint:
    """A key that is known by the SHA-256 of its text alone."""

    sha256: str
    """Lower-case hex, over the PEM text as the signature file holds it."""


def looks_like_fingerprint(content: bytes) -> bool:
    """Say whether a file is one of ``fingerprints/NAME/trusted/``."""
    return content.startswith(b"function:")


def read_fingerprint(content: bytes) -> PkgFingerprint:
    """Return what such a file holds.

    Raises:
        ValueError: it is none, or of another function than SHA-256.
    """
    match = _FINGERPRINT.fullmatch(content)
    if match is None:
        raise ValueError('is no pkg fingerprint: expected function: "sha256" and 64 hex digits')
    return PkgFingerprint(match.group(1).decode())


def read_signature(content: bytes) -> tuple[bytes, bytes]:
    """Return the signature and the text of the key that a ``.sig`` file holds.

    Raises:
        ValueError: it is none.
    """
    match = _FILE.fullmatch(content) if len(content) <= MAX_FILE_BYTES else None
    if match is None or len(match.group(1)) not in _RSA_SIZES:
        raise ValueError("no pkg signature: expected SIGNATURE, an RSA value, CERT, a key and END")
    return match.group(1), match.group(2)


def named(key_text: bytes) -> str:
    """Return how a keyring names the key of this text."""
    return PREFIX + hashlib.sha256(key_text).hexdigest()


def message_of(sha256: bytes) -> bytes:
    """Return what is signed of a file with this SHA-256: the digest in hex, as text."""
    return sha256.hex().encode()


def packed(value: bytes, key_text: bytes) -> bytes:
    """Return a signature with the key that travels with it, as :func:`unpacked` takes it apart."""
    return len(value).to_bytes(_LENGTH_BYTES, "big") + value + key_text


def unpacked(signature: bytes, fingerprint: PkgFingerprint) -> tuple[bytes, rsa.RSAPublicKey]:
    """Return the value and the key, once the key is the one that is meant.

    Raises:
        ValueError: it is another one, or no RSA key.
    """
    length = int.from_bytes(signature[:_LENGTH_BYTES], "big")
    value, text = signature[_LENGTH_BYTES:][:length], signature[_LENGTH_BYTES + length :]
    if named(text) != PREFIX + fingerprint.sha256:
        raise ValueError("another key")
    try:
        key = load_pem_public_key(text)
    except UnsupportedAlgorithm as error:
        raise ValueError("a key of a kind that is not known here") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("no RSA key")  # noqa: TRY004 - what a file holds is a matter of value
    return value, key
