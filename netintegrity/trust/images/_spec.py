"""What a container of images declares; nothing in it is believed until its signature verified."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography import x509

from netintegrity.model.reference import ReferenceKind
from netintegrity.trust._spec import Signature
from netintegrity.trust.cms import SignedData
from netintegrity.trust.images._reading import ReadAt, pieces
from netintegrity.trust.images._ucert import UsignChain

MAX_PART_BYTES: Final = 8 * 1024**3
"""Of one file inside an image, unpacked; images of network systems have one to two GiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A signature with the certificate of who made it."""

    certificate: x509.Certificate
    value: bytes
    """Over the SHA-256 of what is covered: RSA PKCS#1 v1.5, or ECDSA in DER."""


Statement: TypeAlias = Certified | SignedData | UsignChain


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedImage:
    """What signs an image, still unverified."""

    covered: range
    """Bytes of the file that are signed, from its first one on."""
    hole: range = range(0)
    """Of those, the ones that count as NUL: the signature itself."""
    digest: str | None
    """Of what is covered, as hashlib names it; None: the bytes themselves are signed."""
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a verified image says of itself."""

    release: str | None = None
    notes: tuple[str, ...] = ()
    """Sentences on what was not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file that will lie on the box, taken out of a verified image."""

    name: str
    """As a manifest lists it, which is how the platform asks for it."""
    kind: ReferenceKind
    size_bytes: int
    chunks: Callable[[], Iterator[bytes]]
    """Its bytes, in pieces of a few MiB at most; raises ``ValueError`` where they are damaged."""
    stated_sha256: bytes | None = None
    """What the image itself says of it; must agree."""


Sniff = Callable[[str, ReadAt, int], bool]
"""``(file name, reader, size)``: might this be the container? Never a matter of trust."""

Open = Callable[[ReadAt, int], SignedImage]
"""Find the signature in a file of that size, touching nothing else.

Raises :class:`~netintegrity.errors.TrustError` (unsigned, malformed, bad-signature)."""

Describe = Callable[[ReadAt, int], Described]
"""Read what the file says of itself, once it verified."""

Contents = Callable[[ReadAt, int, str, str], Iterable[Part]]
"""``(reader, size, file name, release)``: what will lie on the box, once the file verified.

Raises ``ValueError`` with a sentence: it is damaged, or not what such images hold."""


def whole(read_at: ReadAt, size: int, filename: str, _release: str) -> Iterable[Part]:
    """Yield the file itself: it is copied to the box as it was downloaded."""
    kind = kind_named(filename)
    yield Part(name=filename, kind=kind, size_bytes=size, chunks=lambda: pieces(read_at, 0, size))


def kind_named(filename: str) -> ReferenceKind:
    """Return what a file is by its name: Cisco's packages end in ``.pkg``."""
    return ReferenceKind.PACKAGE if filename.endswith(".pkg") else ReferenceKind.IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContainer:
    """One way in which images are shipped and signed inside."""

    id: str
    """Also the format an anchor of purpose ``image`` names."""
    title: str
    sniff: Sniff
    open: Open
    describe: Describe
    contents: Contents = whole
    platform: str | None = None
    """Whose grammar its release is in; None: the container does not say."""


def _never(_filename: str) -> bool:
    return False


def _nothing(_filename: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachedForm:
    """One way in which an image is signed by a file that lies beside it."""

    id: str
    """Also the format an anchor of purpose ``image`` names."""
    title: str
    suffix: str
    """Of the signature file, behind the whole name of the image."""
    signature_of: Callable[[bytes], Signature]
    """Take the signature out of its file; raises ``ValueError`` with a sentence."""
    tells: Callable[[bytes], bool] | None = None
    """Might this file be a signature of the form? Where two forms have one suffix."""
    signed_digest: Callable[[bytes], bytes] | None = None
    """From the digest of the image to the one that was signed; None: it is the same."""
    is_certified: bool = False
    """True where a certificate lies beside it as well, which an authority of the keyring issued."""
    is_for: Callable[[str], bool] = bool
    """``(file name)``: might such an image be called so?"""
    is_named: Callable[[str], bool] = _never
    """``(file name)``: is it called as only these are, so that a missing signature is worth
    saying?"""
    release_named: Callable[[str], str | None] = _nothing
    """``(file name)``: the release it is called after, where nothing that is signed says so."""
    contents: Contents = whole
    platform: str | None = None
    """As of a container."""


EntryOf = Callable[[Mapping[str, bytes], "IndexedFile"], str]
"""Find a file in the index beside it, and return a sentence on what it is there.

Raises ``ValueError`` where the index is none or contradicts it, ``LookupError`` where it is not in
it, both with a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFile:
    """A file that is looked up, and the index that somebody signed."""

    filename: str
    sha256: bytes
    size_bytes: int
    listed: frozenset[tuple[str, bytes]]
    """Name and SHA-256 of each file that the signed text lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedForm:
    """One way in which a file is signed through an index that lies beside it.

    A clear-signed OpenPGP text lists indexes; one of them lies beside it, and lists the file.
    """

    id: str
    """Also the format an anchor of purpose ``image`` names."""
    title: str
    is_for: Callable[[str], bool]
    """``(file name)``: might such a file be called so?"""
    signed: str
    """Name of the text beside it."""
    beside: Mapping[str, int]
    """Files it may need, by name, each with the most bytes it may have; the text among them."""
    entry_of: EntryOf
    contents: Contents = whole
    platform: str | None = None
    """As of a container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A kind of image whose signature nobody outside its vendor can read."""

    id: str
    title: str
    is_named: Callable[[str], bool]
    """``(file name)``: is it called as only these are?"""
    note: str
    """What to do instead."""
