"""What a container of images declares; nothing in it is believed until its signature verified."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509

ReadAt = Callable[[int, int], bytes]
"""``(offset, size)``: so many bytes from there, fewer only at the end of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedImage:
    """What signs an image, still unverified."""

    hole: range
    """Bytes of the file that count as NUL where it is hashed: the signature itself."""
    certificate: x509.Certificate
    """Of the signer, as the file carries it."""
    value: bytes
    """Over the SHA-256 of the file with its hole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a verified image says of itself."""

    release: str | None = None
    notes: tuple[str, ...] = ()
    """Sentences on what was not judged."""


Sniff = Callable[[str, bytes], bool]
"""``(file name, first bytes)``: might this be the container? Never a matter of trust."""

Open = Callable[[ReadAt, int], SignedImage]
"""Find the signature in a file of that size, touching nothing else.

Raises :class:`~netintegrity.errors.TrustError` (unsigned, malformed, bad-signature)."""

Describe = Callable[[ReadAt, int], Described]
"""Read what the file says of itself, once it verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContainer:
    """One way in which images are shipped and signed inside."""

    id: str
    """Also the format an anchor of purpose ``image`` names."""
    title: str
    sniff: Sniff
    open: Open
    describe: Describe


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedForm:
    """One way in which an image is signed by a file that lies beside it."""

    id: str
    """Also the format an anchor of purpose ``image`` names."""
    title: str
    suffix: str
    """Of the signature file, behind the whole name of the image."""
    value_of: Callable[[bytes], bytes]
    """Take the signature out of its file; raises ``ValueError`` with a sentence."""
    tells: Callable[[bytes], bool] | None = None
    """Might this file be a signature of the form? Where two forms have one suffix."""
    signed_digest: Callable[[bytes], bytes] | None = None
    """From the digest of the image to the one that was signed; None: it is the same."""
    is_certified: bool = False
    """True where a certificate lies beside it as well, which an authority of the keyring issued."""
