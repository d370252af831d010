"""The claims of an ASA, from whatever it answered."""

from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    SignatureClaim,
    Source,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity
from netintegrity.platforms._asa_text import (
    ASA_FILE,
    Boot,
    Version,
    as_asked,
    read_boot,
    read_version,
)
from netintegrity.platforms._cisco_box import CHASSIS, Heard
from netintegrity.platforms._cisco_hardware import chassis, read_inventory
from netintegrity.platforms._cisco_software import read_signatures, sections
from netintegrity.platforms._hashes import Hashed, hashed_files
from netintegrity.platforms._paths import LOCAL_FILE_WORDS, is_network
from netintegrity.platforms._releases_asa import asa_in_name
from netintegrity.platforms._spec import Probe
from netintegrity.platforms._text import Answer

HASH: Final = Probe(
    id="hash",
    command="verify /sha-512 {}",
    argument=ASA_FILE,
    takes=LOCAL_FILE_WORDS,
    read_timeout_s=1200.0,
)
HASH_MD5: Final = Probe(
    id="hash-md5",
    command="verify /md5 {}",
    argument=ASA_FILE,
    takes=LOCAL_FILE_WORDS,
    # Asked only where SHA-512 was refused; the gap is then already that of `hash`.
    demanded=False,
    read_timeout_s=1200.0,
)
PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="boot", command="show bootvar"),
    Probe(id="inventory", command="show inventory"),
    # From 9.3(2) on, and not on a virtual one.
    Probe(id="authenticity", command="show software authenticity running", demanded=False),
    HASH,
    HASH_MD5,
)
_ALGORITHMS: Final = {HASH.id: DigestAlgorithm.SHA512, HASH_MD5.id: DigestAlgorithm.MD5}
_NO_VARIABLE: Final = (
    "no `boot system` is saved, so the next boot takes the first image it finds on flash; which "
    "that is is not stated"
)


def told(exchanges: tuple[Exchange, ...]) -> tuple[Version | None, Boot | None]:
    """Return what ``show version`` and ``show bootvar`` say; None: not asked, or refused."""
    heard = Heard(exchanges)
    version, boot = heard.readable("version"), heard.readable("boot")
    return (
        read_version(version) if version is not None else None,
        read_boot(boot) if boot is not None else None,
    )


def files_of(version: Version | None, boot: Boot | None) -> tuple[str, ...]:
    """Return the files that run or are booted next, each once, as a command wants them."""
    running = (version.image,) if version is not None and version.image else ()
    paths = (*running, *(boot.firsts if boot is not None else ()))
    asked = (as_asked(p) for p in dict.fromkeys(paths))
    return tuple(p for p in asked if ASA_FILE.fullmatch(p))


def claims_of(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    """Return what the box claims; total: what cannot be read is a gap."""
    heard, hashed = Heard(exchanges), hashed_files(exchanges, _ALGORITHMS)
    version, boot = told(exchanges)
    inventory = heard.readable("inventory")
    images = tuple(_images(version, boot, hashed))
    return DeviceClaims(
        platform_id="cisco_asa" if version is not None and version.is_asa else None,
        running_release=version.release if version else None,
        other_releases=version.other_releases if version else (),
        identities=tuple(_identities(version, inventory)),
        images=images or tuple(_stored(hashed)),
        signatures=tuple(_signatures(heard, version)),
        boots=tuple(_boots(version, boot)),
        gaps=tuple(dict.fromkeys(_gaps(heard, version, boot, hashed))),
    )


def _identities(version: Version | None, inventory: Answer | None) -> Iterator[Identity]:
    row = chassis(read_inventory(inventory)) if inventory is not None else None
    if row is not None:
        # `show version` prints another serial than that of the chassis on some models.
        yield Identity(subject=CHASSIS, serial=row.serial, pid=row.pid)
    elif version is not None and (version.serial or version.pid):
        yield Identity(subject=CHASSIS, serial=version.serial, pid=version.pid)


def _images(version: Version | None, boot: Boot | None, hashed: Hashed) -> Iterator[ImageClaim]:
    running = version.image if version is not None else None
    release = version.release if version is not None else None
    if version is not None and running is not None:
        source = version.answer.source(version.image_line)
        yield _image(running, ImageRole.RUNNING, release, (version.answer, source), hashed)
    if boot is not None:
        source = boot.answer.source(boot.line)
        for path in boot.firsts:
            of = release if path == running else asa_in_name(path, release)
            yield _image(path, ImageRole.BOOT_NEXT, of, (boot.answer, source), hashed)


def _image(
    path: str,
    role: ImageRole,
    release: Release | None,
    said: tuple[Answer, Source],
    hashed: Hashed,
) -> ImageClaim:
    answer, source = said
    known = hashed.answers.get(path)
    return ImageClaim(
        subject=CHASSIS,
        path=path,
        role=role,
        source=hashed.sources.get(path, source),
        assurance=answer.assurance & known.assurance if known else answer.assurance,
        digests=hashed.digests.get(path, frozenset()),
        release=release,
    )


def _stored(hashed: Hashed) -> Iterator[ImageClaim]:
    """Yield what was hashed without anything saying what for."""
    for path, answer in hashed.answers.items():
        yield _image(
            path,
            ImageRole.STORED,
            asa_in_name(path),
            (answer, hashed.sources[path]),
            hashed,
        )


def _signatures(heard: Heard, version: Version | None) -> Iterator[SignatureClaim]:
    if (answer := heard.readable("authenticity")) is None:
        return
    running = version.image if version is not None and version.image else "the running image"
    yield from read_signatures(answer, CHASSIS, ImageRole.RUNNING, lambda _: running, untitled=True)


def _boots(version: Version | None, boot: Boot | None) -> Iterator[BootClaim]:
    if version is None and boot is None:
        return
    if boot is not None:
        source = boot.answer.source(boot.line)
    elif version is not None:
        source = version.answer.source()
    yield BootClaim(
        subject=CHASSIS,
        source=source,
        entries=boot.entries if boot is not None else (),
        config_register=version.register if version is not None else None,
        config_register_next=version.register_next if version is not None else None,
        loader_release=version.loader if version is not None else None,
    )


def _gaps(
    heard: Heard, version: Version | None, boot: Boot | None, hashed: Hashed
) -> Iterator[Gap]:
    """Yield every gap; what was never asked is none."""
    for probe in (p for p in PROBES if not p.is_template):
        answer = heard.answer(probe.id)
        if answer is not None and (why := answer.why_unread) is not None:
            yield Gap(probe_id=probe.id, reason=why)
    for fault in version.faults if version is not None else ():
        yield Gap(probe_id="version", reason=fault)
    if boot is not None and boot.line is None:
        yield Gap(probe_id="boot", reason="no boot variable in the answer")
    elif boot is not None and not boot.saved:
        yield Gap(probe_id="boot", reason=_NO_VARIABLE)
    inventory = heard.readable("inventory")
    if inventory is not None and chassis(read_inventory(inventory)) is None:
        yield Gap(probe_id="inventory", reason="no row with a product id or a serial number")
    signed = heard.readable("authenticity")
    if signed is not None and next(sections(signed, untitled=True), None) is None:
        yield Gap(probe_id="authenticity", reason="nothing in the answer is anything we read")
    yield from hashed.left()
    yield from _unaskable(version, boot)


def _unaskable(version: Version | None, boot: Boot | None) -> Iterator[Gap]:
    """Yield what the box names and no command of ours may carry."""
    running = (version.image,) if version is not None and version.image else ()
    for path in dict.fromkeys((*running, *(boot.firsts if boot is not None else ()))):
        if not is_network(path) and ASA_FILE.fullmatch(as_asked(path)) is None:
            reason = f"{path!r} cannot be part of a command, so it was not hashed"
            yield Gap(probe_id=HASH.id, reason=reason)
