"""``manifest build --from-images``: what images put on a box, once each of them was verified."""

import argparse
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity.app.registries import parse_release, platform_of
from netintegrity.cli import _trust
from netintegrity.cli._output import say
from netintegrity.errors import ConfigError, TrustError
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.reference import ReferenceSet
from netintegrity.plain_text import clean
from netintegrity.platforms._spec import Platform
from netintegrity.store.image_files import files_in
from netintegrity.store.image_reader import files_beside, reading
from netintegrity.store.manifests import SIGNATURE_SUFFIXES
from netintegrity.trust.image_contents import derived_from, itself
from netintegrity.trust.image_file import SignatureState, VerifiedImage, verify_image
from netintegrity.trust.image_kinds import kinds_for, release_named, wanted_beside
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.keyring import Keyring
from netintegrity.trust.sign import Entry

_NOT_IMAGES: Final = (
    *(*SIGNATURE_SUFFIXES, ".md5", ".sha256", ".sha512", ".sha256sum", ".sha512sum", ".md5sum"),
    *(".txt", ".json", ".cer", ".crt", ".pem", ".base64"),
)
_INDEXES: Final = frozenset({"InRelease", "Packages", "Packages.gz", "Packages.xz"})
_STARTS: Final = re.compile(r"(?<![0-9A-Za-z])v?(?=\d)")
_ENDS: Final = re.compile(r"[-._]|$")


def entries_of(arguments: argparse.Namespace, *, at: datetime) -> Iterator[Entry]:
    """Yield an entry for each file that the images of a folder put on a box.

    Raises:
        ConfigError: an image whose signature does not hold, or is missing where there ought to be
            one; one whose platform or release is not known.
    """
    _, keyring = _trust.keyring(arguments.keys)
    for path in files_in(arguments.from_images):
        name = path.name
        if name.endswith(_NOT_IMAGES) or name.startswith("README") or name in _INDEXES:
            say(f"netintegrity: {path.name} left out: by its name it is no image")
            continue
        with reading(path) as (read_at, size):
            image = _judged(path, read_at, size, keyring=keyring, at=at)
            _refuse_unsigned(image, path, accepted=arguments.accept_unsigned)
            yield from _entries(image, path, arguments)


def _judged(
    path: Path, read_at: ReadAt, size: int, *, keyring: Keyring, at: datetime
) -> VerifiedImage:
    return verify_image(
        read_at,
        size,
        filename=path.name,
        keyring=keyring,
        references=ReferenceSet(images=(), provenance=()),
        at=at,
        beside=files_beside(path, named=wanted_beside(path.name)),
        releases=parse_release,
    )


def _refuse_unsigned(image: VerifiedImage, path: Path, *, accepted: bool) -> None:
    """Refuse what its vendor signs and did not sign; say where it is the owner's word alone."""
    said = clean(image.detail or "; ".join(image.described.notes))
    match image.signature:
        case SignatureState.VERIFIED:
            return
        case SignatureState.REJECTED:
            raise ConfigError(
                f"its signature was rejected ({image.reason}): {said}",
                where=str(path),
                hint="take it out of the folder, and treat it as hostile until it is explained",
            )
        case SignatureState.UNSUPPORTED:
            say(
                f"netintegrity: {path.name}: no signature that can be read here; on your word alone"
            )
            if said:
                say(f"  {said}")
        case SignatureState.UNSIGNED | SignatureState.UNVERIFIABLE if accepted:
            say(f"netintegrity: {path.name}: {image.signature}; on your word alone")
        case _:
            raise ConfigError(
                f"{image.container}, and {image.signature}: {said or 'no key for it'}",
                where=str(path),
                hint="give the key that signs it with --keys, or vouch for it yourself with "
                "--accept-unsigned",
            )


def _refuse_unknown(path: Path, platform: Platform) -> None:
    """Refuse what has lost all that tells a signed image of this platform from any file."""
    kinds = kinds_for(platform.id)
    if kinds:
        raise ConfigError(
            f"images for {platform.id} are {' or '.join(kinds)}, and this is none",
            where=str(path),
            hint="fetch it again, or vouch for it yourself with --accept-unsigned",
        )


def _entries(image: VerifiedImage, path: Path, arguments: argparse.Namespace) -> Iterator[Entry]:
    platform = _platform(image, path, arguments.platform)
    if image.container is None and not arguments.accept_unsigned:
        _refuse_unknown(path, platform)
    release = _release(image, path, platform, arguments.release)
    verified = image.signature is SignatureState.VERIFIED
    sha256 = next(d for d in image.digests if d.algorithm is DigestAlgorithm.SHA256)
    try:
        files = tuple(derived_from(image, release=release)) if verified else (itself(image),)
    except TrustError as error:
        raise ConfigError(error.detail, where=str(path)) from error
    for file in files:
        yield Entry(
            kind=file.kind,
            filename=file.name,
            platforms=(platform.id,),
            hardware=tuple(arguments.hardware or ()),
            release=release,
            size_bytes=file.size_bytes,
            digests=file.digests,
            origin="file",
            source=f"{image.container} {image.filename}" if verified else image.filename,
            source_digest=str(sha256),
        )


def _platform(image: VerifiedImage, path: Path, stated: str | None) -> Platform:
    """Return the platform that was stated, which must be the one the container is for."""
    if stated is None and image.platform is None:
        raise ConfigError("needed with --from-images", where="--platform")
    platform = platform_of(stated or str(image.platform))
    if image.platform not in {None, platform.id}:
        raise ConfigError(
            f"an image for {image.platform}, and {platform.id} was stated", where=str(path)
        )
    return platform


def _release(image: VerifiedImage, path: Path, platform: Platform, stated: str | None) -> str:
    """Return the release: signed with the image where it is, otherwise stated or in its name."""
    named = release_named(image.container, image.filename) or release_in(image.filename, platform)
    release = image.described.release or stated or named
    if release is None or platform.parse_release(release) is None:
        raise ConfigError(
            f"{release or 'its name'} shows no release of {platform.id}",
            where=str(path),
            hint="state it with --release, one folder for each release",
        )
    if stated not in {None, release}:
        raise ConfigError(
            f"is {release} by what was signed, and {stated} was stated", where=str(path)
        )
    return release


def release_in(filename: str, platform: Platform) -> str | None:
    """Return the longest part of a file name that the platform reads as a release."""
    for start in _STARTS.finditer(filename):
        ends = [end.start() for end in _ENDS.finditer(filename, start.end() + 1)]
        for end in reversed(ends):
            text = filename[start.end() : end]
            if platform.parse_release(text) is not None:
                return text
    return None
