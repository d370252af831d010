"""Lists of checksums, in whichever of the usual ways each line is written.

* GNU coreutils: ``hex``, a blank, a blank or ``*``, and the name. The length tells the algorithm.
* BSD and OpenSSL: ``SHA256 (name) = hex``, with or without the blanks.

One file may stand in several lines with digests of several algorithms. A line that is neither,
nor blank, nor a comment (``#``) is refused: a list half understood would vouch for half.

What a name says of platform and release is read where it says so surely. For which hardware a
file is, and whether the list has all files of a release, no such list says.

Source: GNU coreutils manual, "md5sum invocation"; OpenBSD sha256(1); openssl-dgst(1).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from netintegrity import strict_json
from netintegrity.errors import UnsignedError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage, ReferenceKind
from netintegrity.model.release import Release
from netintegrity.strict_json import Path
from netintegrity.trust._spec import Parse, ParsedManifest, ParseReleases
from netintegrity.trust.formats import _cisco_names as cisco

MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_LINE: Final = 1024
_MAX_NAME: Final = 255
_PEEK_LINES: Final = 20

# d247251fbde0…68137307  sha256sums     …e4bf5aa *openwrt-23.05.2-x86-64-rootfs.img.gz
_GNU: Final = re.compile(r"([0-9A-Fa-f]{32,128}) [ *]([^\s].*)")
# SHA256 (BOOTX64.EFI) = 63a06515…6694579     SHA2-256(EOS.swi)= 63a06515…6694579
_BSD: Final = re.compile(r"([A-Z][A-Z0-9/-]{2,11}) ?\((.+)\) ?= ([0-9A-Fa-f]{32,128})")
_LOWER_HEX: Final = re.compile(r"[0-9a-f]+")
_LENGTHS: Final = {2 * a.size_bytes: a for a in DigestAlgorithm}
_TAGS: Final = {
    "MD5": DigestAlgorithm.MD5,
    "SHA1": DigestAlgorithm.SHA1,
    "SHA256": DigestAlgorithm.SHA256,
    "SHA384": DigestAlgorithm.SHA384,
    "SHA512": DigestAlgorithm.SHA512,
    "SHA2-256": DigestAlgorithm.SHA256,
    "SHA2-384": DigestAlgorithm.SHA384,
    "SHA2-512": DigestAlgorithm.SHA512,
}

_NAMES: Final = (
    # openwrt-23.05.2-x86-64-generic-squashfs-combined.img.gz    openwrt-24.10.0-rc1-…
    ("openwrt", re.compile(r"openwrt-(\d\d\.\d\d(?:\.\d{1,2})?(?:-rc\d{1,2})?)-", re.ASCII)),
    # vyos-1.4.2-generic-amd64.iso    vyos-1.5-rolling-202401010025-amd64.iso
    (
        "vyos",
        re.compile(
            r"vyos-(\d\.\d{1,2}(?:\.\d{1,2})?(?:-(?:rolling-\d{12}|stream-\d{4}-Q\d|epa\d|rc\d))?)-",
            re.ASCII,
        ),
    ),
    # EOS-4.30.1F.swi    EOS64-4.28.3.1M.swi    vEOS-lab-4.27.3F.swi
    (
        "arista_eos",
        re.compile(
            r"v?EOS(?:64)?(?:-lab)?-(\d{1,2}\.\d{1,3}\.\d{1,3}(?:\.\d{1,3}){0,3}[A-Z]{0,2})\.swi$",
            re.ASCII,
        ),
    ),
)
# base76.tgz    install76.iso    miniroot76.img
_OPENBSD: Final = re.compile(
    r"(?:base|comp|game|man|xbase|xfont|xserv|xshare|install|miniroot|cd|floppy)(\d)(\d)\."
    r"(?:tgz|iso|img|fs)$",
    re.ASCII,
)


def looks_like_one(head: bytes) -> bool:
    """Say whether the first line that says anything is a line of such a list."""
    for line in head[: _MAX_LINE * _PEEK_LINES].split(b"\n")[:_PEEK_LINES]:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text.strip() and not text.startswith("#"):
            return _fields(text) is not None
    return False


def read(content: bytes, manifest_id: str, releases: ParseReleases) -> tuple[ReferenceImage, ...]:
    """Return the files of a list whose signature verified, in its order.

    Args:
        content: the list, whole.
        manifest_id: which list vouches for them.
        releases: the platforms' grammars.

    Raises:
        ValueError: names the line: no text, no line of such a list, or two digests of one
            algorithm for one file.
    """
    found: dict[str, dict[DigestAlgorithm, Digest]] = {}
    for number, path, digest in _lines(content):
        known = found.setdefault(path, {}).setdefault(digest.algorithm, digest)
        if known != digest:
            raise ValueError(f"line {number}: {path!r} has two {digest.algorithm} digests")
    return tuple(
        image_of(path.rpartition("/")[2], frozenset(digests.values()), manifest_id, releases)
        for path, digests in found.items()
    )


def parser(format_id: str) -> Parse:
    """Return what reads a payload that is such a list, of a form that says nothing more of it."""

    def parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
        return ParsedManifest(list_id=format_id, images=read(verified, manifest_id, releases))

    return parse


def signature_beside(
    detached: Mapping[str, bytes], suffixes: tuple[str, ...], *, format_id: str
) -> bytes:
    """Return the signature that lies beside a list, or that the operator named.

    Raises:
        UnsignedError: there is none.
    """
    found = next((detached[s] for s in (*suffixes, "") if s in detached), None)
    if found is None:
        raise UnsignedError(
            manifest_id=format_id, detail=f"no {', '.join(suffixes)} file beside it"
        )
    return found


def _lines(content: bytes) -> Iterator[tuple[int, str, Digest]]:
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if len(raw) > _MAX_LINE:
            raise ValueError(f"line {number}: more than {_MAX_LINE} bytes")
        try:
            line = raw.decode("utf-8").removesuffix("\r")
        except UnicodeDecodeError as error:
            raise ValueError(f"line {number}: no UTF-8") from error
        if not line.strip() or line.startswith("#"):
            continue
        fields = _fields(line)
        if fields is None:
            raise ValueError(f"line {number}: expected `hex  name` or `SHA256 (name) = hex`")
        algorithm, path, value = fields
        if algorithm is None:
            continue  # SHA512/256, RMD160 and the like judge nothing here.
        if len(value) != 2 * algorithm.size_bytes:
            raise ValueError(f"line {number}: {len(value)} hex digits are no {algorithm}")
        name = path.rpartition("/")[2]
        if not name.isprintable() or not 0 < len(name) <= _MAX_NAME:
            raise ValueError(f"line {number}: {name[:40]!r} is no name of a file")
        yield number, path.removeprefix("./"), Digest(algorithm, bytes.fromhex(value))


def _fields(line: str) -> tuple[DigestAlgorithm | None, str, str] | None:
    """Return algorithm (None: not one of ours), path and hex; None: the line is none."""
    if (match := _BSD.fullmatch(line)) is not None:
        tag, path, value = match.groups()
        return _TAGS.get(tag), path, value
    if (match := _GNU.fullmatch(line)) is not None:
        value, path = match.groups()
        algorithm = _LENGTHS.get(len(value))
        return None if algorithm is None else (algorithm, path, value)
    return None


def image_of(
    name: str,
    digests: frozenset[Digest],
    manifest_id: str,
    releases: ParseReleases,
    *,
    size_bytes: int | None = None,
) -> ReferenceImage:
    """Return one listed file, with what its name says of platform and release."""
    platforms, release = _said_by(name, releases)
    return ReferenceImage(
        kind=ReferenceKind.IMAGE if release is None else cisco.kind_of(name),
        platforms=platforms,
        filename=name,
        release=release,
        digests=digests,
        size_bytes=size_bytes,
        manifest_id=manifest_id,
    )


def hex_digest_of(algorithm: DigestAlgorithm, value: object, at: Path) -> Digest:
    """Return the digest that a JSON document writes in lower-case hex.

    Raises:
        ValueError: it is none of this algorithm.
    """
    written = strict_json.text(value, at)
    if len(written) != 2 * algorithm.size_bytes or _LOWER_HEX.fullmatch(written) is None:
        raise ValueError(f"{at}: expected {2 * algorithm.size_bytes} lower-case hex digits")
    return Digest(algorithm, bytes.fromhex(written))


def _said_by(name: str, releases: ParseReleases) -> tuple[frozenset[str] | None, Release | None]:
    """Return platform and release, where the name says both and a grammar takes them."""
    for platform, grammar in _NAMES:
        if (match := grammar.match(name)) is not None:
            release = releases(platform, match.group(1))
            return (None, None) if release is None else (frozenset({platform}), release)
    if (match := _OPENBSD.match(name)) is not None:
        release = releases("openbsd", ".".join(match.groups()))
        return (None, None) if release is None else (frozenset({"openbsd"}), release)
    text = cisco.release_text(name)
    release = None if text is None else cisco.release_of(text, releases)
    return cisco.platforms_of(name), release
