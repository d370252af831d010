"""The claims of an NX-OS box, from whatever it answered."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    PackageClaim,
    SignatureClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms import _hashes
from netintegrity.platforms._bare_digest import read_bare_digest
from netintegrity.platforms._beside import PACKAGES
from netintegrity.platforms._cisco_box import CHASSIS, Heard
from netintegrity.platforms._cisco_software import read_signatures, sections
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._nxos_box import Box, Named, box_of
from netintegrity.platforms._nxos_text import (
    NXOS_FILE,
    is_whole,
    normalised,
    read_active_packages,
    read_boot,
    read_packages,
    says_packages,
)
from netintegrity.platforms._paths import LOCAL_FILE_WORDS, is_network
from netintegrity.platforms._releases_nxos import nxos_in_name
from netintegrity.platforms._spec import Probe
from netintegrity.platforms._text import Answer

HASH: Final = Probe(
    id="hash",
    command="show file {} sha512sum",
    argument=NXOS_FILE,
    takes=LOCAL_FILE_WORDS,
    read_timeout_s=1200.0,
)
HASH_SHA256: Final = Probe(
    id="hash-sha256",
    command="show file {} sha256sum",
    argument=NXOS_FILE,
    takes=LOCAL_FILE_WORDS,
    # Asked, as MD5 is, only where SHA-512 was refused; the gap is then already that of `hash`.
    demanded=False,
    read_timeout_s=1200.0,
)
HASH_MD5: Final = Probe(
    id="hash-md5",
    command="show file {} md5sum",
    argument=NXOS_FILE,
    takes=LOCAL_FILE_WORDS,
    demanded=False,
    read_timeout_s=1200.0,
)
PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="boot", command="show boot"),
    Probe(id="inventory", command="show inventory"),
    Probe(id="authenticity", command="show software authenticity running", demanded=False),
    Probe(id="install", command="show install active", demanded=False, lists=PACKAGES),
    # Only where the inventory lists two supervisors.
    Probe(id="module", command="show module", demanded=False),
    HASH,
    HASH_SHA256,
    HASH_MD5,
)
_ALGORITHMS: Final = {
    HASH.id: DigestAlgorithm.SHA512,
    HASH_SHA256.id: DigestAlgorithm.SHA256,
    HASH_MD5.id: DigestAlgorithm.MD5,
}
_SAYS_NOTHING: Final[Mapping[str, Callable[[Answer], bool]]] = {
    "authenticity": lambda a: next(sections(a), None) is None,
    "install": lambda a: not says_packages(a),
}
_TITLES: Final = {"NXOS IMAGE": 0, "KICKSTART IMAGE": 0, "SYSTEM IMAGE": -1}


def path_of(exchange: Exchange) -> str:
    """Return the file a hash command asks for; "" if it is none of ours."""
    words = exchange.command.split(" ")
    return normalised(words[2]) if len(words) == len(HASH.command.split(" ")) else ""


def claims_of(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    """Return what the box claims; total: what cannot be read is a gap."""
    heard, box, hashed = Heard(exchanges), box_of(exchanges), hashed_files(exchanges)
    images = tuple(_image(named, hashed) for named in box.named)
    version = box.version
    return DeviceClaims(
        platform_id="cisco_nxos" if version is not None and version.is_nxos else None,
        running_release=version.release if version else None,
        other_releases=version.other_releases if version else (),
        identities=tuple(p.identity for p in box.parts if p.identity.serial or p.identity.pid),
        images=images or tuple(_stored(hashed)),
        signatures=tuple(_signatures(heard, box, images)),
        boots=tuple(_boots(box)),
        packages=tuple(_packages(heard, box)),
        gaps=tuple(dict.fromkeys(_gaps(heard, box, hashed))),
    )


def hashed_files(exchanges: tuple[Exchange, ...]) -> Hashed:
    """Return the digests the box computed, by file."""
    return _hashes.hashed_files(exchanges, _ALGORITHMS, file_of=path_of, digest_in=read_bare_digest)


def _image(named: Named, hashed: Hashed) -> ImageClaim:
    known = hashed.answers.get(named.path)
    return ImageClaim(
        subject=named.subject,
        path=named.path,
        role=named.role,
        source=hashed.sources.get(named.path, named.source),
        assurance=named.assurance & known.assurance if known else named.assurance,
        digests=hashed.digests.get(named.path, frozenset()),
        release=named.release,
    )


def _stored(hashed: Hashed) -> Iterator[ImageClaim]:
    """Yield what was hashed without anything saying what for."""
    for path, answer in hashed.answers.items():
        yield ImageClaim(
            subject=CHASSIS,
            path=path,
            role=ImageRole.STORED,
            source=hashed.sources[path],
            assurance=answer.assurance,
            digests=hashed.digests[path],
            release=nxos_in_name(path),
        )


def _boots(box: Box) -> Iterator[BootClaim]:
    for subject in dict.fromkeys((*(p.subject for p in box.parts), *box.booting)):
        loaded = box.booting.get(subject, ())
        part = next((p for p in box.parts if p.subject == subject), None)
        own = box.version if part is not None and part.is_active else None
        if loaded and box.boot is not None:
            source = box.boot.source(loaded[0].line)
        elif own is not None:
            source = own.answer.source()
        else:
            continue
        yield BootClaim(
            subject=subject,
            source=source,
            entries=tuple(entry.path for entry in loaded),
            loader_release=own.loader if own is not None else None,
        )


def _signatures(heard: Heard, box: Box, images: tuple[ImageClaim, ...]) -> Iterator[SignatureClaim]:
    if (answer := heard.readable("authenticity")) is None:
        return
    active = next((p.subject for p in box.parts if p.is_active), CHASSIS)
    running = [i for i in images if i.subject == active and i.role is ImageRole.RUNNING]

    def path_of_title(title: str) -> str:
        known = title in _TITLES and running
        return running[_TITLES[title]].path if known else normalised(title)

    yield from read_signatures(answer, active, ImageRole.RUNNING, path_of_title)


def _packages(heard: Heard, box: Box) -> Iterator[PackageClaim]:
    """Yield packages beside the image; what both answers list is told once."""
    subject = next((p.subject for p in box.parts if p.is_active), CHASSIS)
    told: set[str] = set()
    readers = (("install", read_packages), ("version", read_active_packages))
    for probe_id, reader in readers:
        if (answer := heard.readable(probe_id)) is None:
            continue
        for line, name, state in reader(answer):
            if name not in told:
                told.add(name)
                yield PackageClaim(
                    subject=subject,
                    name=name,
                    version="",
                    state=state,
                    source=answer.source(line),
                )


def _gaps(heard: Heard, box: Box, hashed: Hashed) -> Iterator[Gap]:
    """Yield every gap; what was never asked is none."""
    yield from _unread(heard)
    if box.version is not None:
        for fault in box.version.faults:
            yield Gap(probe_id="version", reason=fault)
    if heard.readable("inventory") is not None and not box.items:
        yield Gap(probe_id="inventory", reason="no row with a product id or a serial number")
    yield from _boot_gaps(box)
    yield from box.gaps
    if heard.answer("module") is not None:
        for part in (p for p in box.parts if not p.can_be_asked):
            reason = f"{part.subject}: it is not said to run, so its files cannot be asked for"
            yield Gap(probe_id="inventory", reason=reason)
    yield from hashed.left()
    for named in box.named:
        if not is_network(named.path) and NXOS_FILE.fullmatch(named.path) is None:
            reason = f"{named.path!r} cannot be part of a command, so it was not hashed"
            yield Gap(probe_id=HASH.id, reason=reason)


def _unread(heard: Heard) -> Iterator[Gap]:
    for probe in PROBES:
        answer = heard.answer(probe.id)
        if answer is None or probe.is_template:
            continue
        if (why := answer.why_unread) is not None:
            yield Gap(probe_id=probe.id, reason=why)
        elif probe.id in _SAYS_NOTHING and _SAYS_NOTHING[probe.id](answer):
            yield Gap(probe_id=probe.id, reason="nothing in the answer is anything we read")


def _boot_gaps(box: Box) -> Iterator[Gap]:
    if box.boot is None:
        return
    if not box.booting:
        said = any(read_boot(box.boot).values())
        reason = "what the next boot loads is not stated"
        yield Gap(probe_id="boot", reason=f"{reason} of any known supervisor" if said else reason)
        return
    for part in box.parts:
        loaded = box.booting.get(part.subject, ())
        if not is_whole(loaded):
            what = ", ".join(f"{entry.what} {entry.path}" for entry in loaded) or "nothing"
            reason = (
                f"{part.subject}: expected one NX-OS image, or kickstart and system, for the next "
                f"boot; it names {what[:300]}"
            )
            yield Gap(probe_id="boot", reason=reason)
