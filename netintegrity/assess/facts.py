"""What one device was found to be in one run, a word at a time, so that two runs can be compared.

Everything is read from the evidence. Of the files that merely lie on flash, images and packages
count, for a reload can find them. Logs and other files, what is plugged into a part, times, and the
numbers of a challenge are left out: they differ between any two runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from netintegrity.model.claims import BootClaim, DeviceClaims, ImageClaim, ImageKind, ImageRole
from netintegrity.model.run import DeviceResult
from netintegrity.model.subject import Subject


class Aspect(StrEnum):
    """What is compared."""

    CONCLUSION = "conclusion"
    KNOWN_BY = "known by"
    PLATFORM = "platform"
    HOST_KEY = "host key"
    SUBJECT = "part"
    PID = "pid"
    SERIAL = "serial"
    RUNNING_RELEASE = "running release"
    OTHER_RELEASE = "other release"
    RUNNING_IMAGE = "running image"
    RUNNING_DIGEST = "running digest"
    NEXT_RELEASE = "boot-next release"
    NEXT_IMAGE = "boot-next image"
    NEXT_DIGEST = "boot-next digest"
    BOOT_ENTRIES = "boot entries"
    CONFIG_REGISTER = "config register"
    CONFIG_REGISTER_NEXT = "config register after reload"
    MANUAL_BOOT = "manual boot"
    DEVELOPMENT_KEYS = "development keys allowed"
    BOOT_LOADER = "boot loader"
    STORED_IMAGE = "image on flash"
    PACKAGE = "package"
    SCRIPT = "script"
    SERVICE = "service"
    CONTAINER = "container"
    OVERLAY = "overlay"
    SIGNING_TYPE = "signing type"
    SIGNATURE = "own signature"
    SIGNING_CERTIFICATE = "signing certificate"
    QUOTE = "hardware quote"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a value is a value of."""

    subject: Subject | None
    """None: the device as a whole."""
    aspect: Aspect
    item: str = ""
    """Which of several: a path, the name of a package; empty where there is but one."""

    def __str__(self) -> str:
        words = ("" if self.subject is None else str(self.subject), self.aspect.value, self.item)
        return " ".join(w for w in words if w)

    @property
    def place(self) -> tuple[str, str, int, str]:
        """Where it stands among others: the device first, then part by part."""
        kind, id_ = ("", "") if self.subject is None else (self.subject.kind.value, self.subject.id)
        return kind, id_.zfill(8), tuple(Aspect).index(self.aspect), self.item


Values = tuple[str, ...]
Facts = dict[Topic, Values]
"""Values by topic; what the device does not say is absent."""

_RELEASES: Final = {
    ImageRole.RUNNING: Aspect.RUNNING_RELEASE,
    ImageRole.BOOT_NEXT: Aspect.NEXT_RELEASE,
}
_IMAGES: Final = {
    ImageRole.RUNNING: Aspect.RUNNING_IMAGE,
    ImageRole.BOOT_NEXT: Aspect.NEXT_IMAGE,
}
_DIGESTS: Final = {
    ImageRole.RUNNING: Aspect.RUNNING_DIGEST,
    ImageRole.BOOT_NEXT: Aspect.NEXT_DIGEST,
}


def facts_of(result: DeviceResult) -> Facts:
    """Return what a device was found to be; values are in order where their order counts."""
    told: dict[Topic, list[str]] = {}
    for topic, value in _all(result):
        values = told.setdefault(topic, [])
        if value not in values:
            values.append(value)
    return {
        topic: tuple(values if topic.aspect is Aspect.BOOT_ENTRIES else sorted(values))
        for topic, values in told.items()
    }


def subjects_of(claims: DeviceClaims) -> tuple[Subject, ...]:
    """Return every part the box speaks of, each once."""
    return tuple(
        dict.fromkeys(
            (
                *(i.subject for i in claims.identities),
                *(i.subject for i in claims.images if i.role is not ImageRole.STORED),
                *(b.subject for b in claims.boots),
            )
        )
    )


def was_heard(result: DeviceResult) -> bool:
    """Say whether the device told anything at all."""
    return bool(result.evidence.exchanges)


def _all(result: DeviceResult) -> Iterator[tuple[Topic, str]]:
    claims = result.claims
    yield from _device(result)
    for subject in subjects_of(claims):
        yield Topic(subject, Aspect.SUBJECT), "there"
    for identity in claims.identities:
        if identity.serial:
            yield Topic(identity.subject, Aspect.SERIAL), identity.serial
        if identity.pid:
            yield Topic(identity.subject, Aspect.PID), identity.pid
    for image in claims.images:
        if image.role is not ImageRole.STORED:
            yield from _image(image, claims)
        elif image.kind is not ImageKind.PACKAGE_LIST:
            # The list of a set is rewritten with the set; what it names is told elsewhere.
            yield Topic(image.subject, Aspect.STORED_IMAGE, image.path), _stored(image)
    for boot in claims.boots:
        yield from _boot(boot)
    yield from _beside(claims)
    yield from _vouched(claims)


def _device(result: DeviceResult) -> Iterator[tuple[Topic, str]]:
    claims, appraisal = result.claims, result.appraisal
    for conclusion in appraisal.conclusions:
        yield Topic(None, Aspect.CONCLUSION), conclusion.value
    yield Topic(None, Aspect.KNOWN_BY), appraisal.assurance.level.word
    yield Topic(None, Aspect.PLATFORM), result.platform_id
    if result.evidence.host_key_fingerprint is not None:
        yield Topic(None, Aspect.HOST_KEY), result.evidence.host_key_fingerprint
    if claims.running_release is not None:
        yield Topic(None, Aspect.RUNNING_RELEASE), claims.running_release.text
    for name, release in claims.other_releases:
        yield Topic(None, Aspect.OTHER_RELEASE, name), release


def _image(image: ImageClaim, claims: DeviceClaims) -> Iterator[tuple[Topic, str]]:
    subject, role = image.subject, image.role
    if image.kind is not ImageKind.PACKAGE:
        yield Topic(subject, _IMAGES[role]), image.path
        release = image.release
        if release is None and role is ImageRole.RUNNING:
            release = claims.running_release
        if release is not None:
            yield Topic(subject, _RELEASES[role]), release.text
    for digest in image.digests:
        yield Topic(subject, _DIGESTS[role], image.path), str(digest)
    if image.kind is ImageKind.PACKAGE and not image.digests:
        yield Topic(subject, _DIGESTS[role], image.path), "none told"


def _stored(image: ImageClaim) -> str:
    release = "no known release" if image.release is None else image.release.text
    return release if image.size_bytes is None else f"{release}, {image.size_bytes} bytes"


def release_of_stored(value: str) -> str:
    """Return the release in a value of :attr:`Aspect.STORED_IMAGE`."""
    return value.partition(",")[0]


def _boot(boot: BootClaim) -> Iterator[tuple[Topic, str]]:
    for entry in boot.entries:
        yield Topic(boot.subject, Aspect.BOOT_ENTRIES), entry
    for aspect, register in (
        (Aspect.CONFIG_REGISTER, boot.config_register),
        (Aspect.CONFIG_REGISTER_NEXT, boot.config_register_next),
    ):
        if register is not None:
            yield Topic(boot.subject, aspect), f"{register:#x}"
    for aspect, holds in (
        (Aspect.MANUAL_BOOT, boot.manual_boot),
        (Aspect.DEVELOPMENT_KEYS, boot.allows_development_keys),
    ):
        if holds:
            yield Topic(boot.subject, aspect), "yes"
    if boot.loader_release is not None:
        yield Topic(boot.subject, Aspect.BOOT_LOADER), boot.loader_release


def _beside(claims: DeviceClaims) -> Iterator[tuple[Topic, str]]:
    """Yield what stands beside the image."""
    for package in claims.packages:
        words = (package.version, f"({package.state})" if package.state else "")
        value = " ".join(w for w in words if w) or "there"
        yield Topic(package.subject, Aspect.PACKAGE, package.name), value
    listed = {(p.subject, p.name) for p in claims.packages}
    for added in claims.added:
        # What is in both lists would be told twice.
        if (added.subject, added.name) not in listed:
            said = (added.form, added.state, added.trigger, added.image_id)
            topic = Topic(added.subject, Aspect(added.kind.value), added.name)
            yield topic, ", ".join(w for w in (*said, *sorted(map(str, added.digests))) if w)


def _vouched(claims: DeviceClaims) -> Iterator[tuple[Topic, str]]:
    """Yield what the box says of signatures; by role, for paths change with every release."""
    answers = {True: "accepted", False: "refused", None: "not told"}
    for signature in claims.signatures:
        subject, role = signature.subject, signature.role.value
        yield Topic(subject, Aspect.SIGNATURE, role), answers[signature.accepted]
        if signature.signing_type is not None:
            yield Topic(subject, Aspect.SIGNING_TYPE, role), signature.signing_type
        if signature.certificate_serial is not None:
            yield Topic(subject, Aspect.SIGNING_CERTIFICATE, role), signature.certificate_serial
    for quote in claims.attestations:
        if quote.is_given:
            yield Topic(quote.quoted.subject, Aspect.QUOTE), "given"
