"""The lists a scenario signs, and the policy it states."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from netintegrity.lab._reading import NAME, Entry, plain
from netintegrity.lab.images import Image
from netintegrity.strict_yaml import Value

_FIELDS: Final = frozenset(
    {"id", "images", "expires_in_days", "issued_days_ago", "sequence", "signer"}
    | {"anchor_expired_days_ago", "measurements"}
)
_BASELINE: Final = "ChecksumBaseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestPlan:
    """A list that the lab signs, in the part of a vendor or of an owner."""

    id: str
    images: tuple[Image, ...]
    expires_in_days: int = 30
    issued_days_ago: int = 1
    sequence: int = 1
    signer: str = "vendor"
    measurements: bool = False
    """It says what hardware measures of these images, and of boot 0 and the boot loader."""
    anchor_expired_days_ago: int | None = None
    """How long the key is past its date; None: it is not."""


def read_manifests(top: Entry, images: Mapping[str, Image]) -> Iterator[ManifestPlan]:
    """Yield every list, the main one first, noting faults."""
    first = top.faults.mapping(top.fields.get("manifest"), "manifest")
    seen: set[str] = set()
    if first is None:
        top.fault("manifest", "missing: expected the images that are signed")
    else:
        plan = _manifest(Entry(top.faults, first, "manifest"), images, default_id="lab")
        seen.add(plan.id)
        yield plan
    field = "further_manifests"
    for index, value in enumerate(top.faults.sequence(top.fields.get(field), field)):
        here = f"{field}[{index}]"
        fields = top.faults.mapping(value, here)
        if fields is None:
            continue
        plan = _manifest(Entry(top.faults, fields, here), images, default_id=None)
        if plan.id in seen:
            top.faults.add(fields.line, f"{here}.id", f"{plan.id!r} is there twice")
        seen.add(plan.id)
        yield plan


def _manifest(entry: Entry, images: Mapping[str, Image], *, default_id: str | None) -> ManifestPlan:
    entry.faults.known(entry.fields, _FIELDS, entry.path)
    named = entry.words("images", NAME)
    for name in named:
        if name not in images:
            entry.fault("images", f"no image {name!r}")
    if not named:
        entry.fault("images", "expected at least one: a list of nothing is malformed")
    expired = None
    if "anchor_expired_days_ago" in entry.fields:
        expired = entry.number("anchor_expired_days_ago", 1, 36500)
    return ManifestPlan(
        id=entry.text("id", NAME, default=default_id),
        images=tuple(images[n] for n in named if n in images),
        expires_in_days=entry.number("expires_in_days", 1, 36500, default=30),
        issued_days_ago=entry.number("issued_days_ago", 0, 36500, default=1),
        sequence=entry.number("sequence", 0, 2**31, default=1),
        signer=entry.one_of("signer", frozenset({"vendor", "owner"}), default="vendor"),
        measurements=entry.flag("measurements"),
        anchor_expired_days_ago=expired,
    )


def read_policy(top: Entry, images: Mapping[str, Image]) -> Mapping[str, object]:
    """Return the policy as ``policy.yaml`` will have it.

    Only who reads a site can say whether it is in order; here an entry ``image:x`` of
    ``ChecksumBaseline`` is replaced with the digests of the image ``x``.
    """
    section = top.faults.mapping(top.fields.get("policy"), "policy")
    policy = {field: plain(value) for field, value in (section or {}).items()}
    if section is not None and _BASELINE in section:
        listed = top.faults.sequence(section[_BASELINE], f"policy.{_BASELINE}")
        policy[_BASELINE] = [d for value in listed for d in _digests(top, value, images)]
    return MappingProxyType(policy)


def _digests(top: Entry, value: Value, images: Mapping[str, Image]) -> tuple[str, ...]:
    where = f"policy.{_BASELINE}"
    text = str(top.faults.text(value, where) or "")
    kind, _, name = text.partition(":")
    if kind != "image":
        return (text,)
    if name not in images:
        top.faults.add(value.line, where, f"no image {name!r}")
        return ()
    image = images[name]
    contents = (image.content, *(image.package(p) for p in image.packages))
    return tuple(f"sha512:{hashlib.sha512(content).hexdigest()}" for content in contents)
