"""The images of a scenario."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from netintegrity.lab._reading import Entry, inherited, mappings, root_of
from netintegrity.lab.behaviour import SIGNINGS
from netintegrity.lab.images import DEFAULT_SIZE_BYTES, Image
from netintegrity.platforms._spec import Platform

RELEASE: Final = re.compile(r"[!-~](?:[ -~]{0,98}[!-~])?")
_FIELDS: Final = frozenset(
    {"like", "platform", "release", "filename", "hardware", "seed", "size_bytes"}
    | {"packages", "altered", "signing", "withdrawn"}
)
_FILENAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_HARDWARE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,39}")
_MAX_SIZE_BYTES: Final = 64 * 1024 * 1024


def read_images(top: Entry, platforms: Mapping[str, Platform]) -> Iterator[tuple[str, Image]]:
    """Yield every image by its name in the scenario, noting faults."""
    if "images" not in top.fields:
        top.fault("images", "missing")
    written = mappings(top, "images")
    seeds: dict[int, str] = {}
    for name, fields in inherited(top.faults, written, "images").items():
        entry = Entry(top.faults, fields, f"images.{name}")
        top.faults.known(written[name], _FIELDS, entry.path)
        image = _image(name, entry, platforms)
        other = seeds.setdefault(image.seed, name)
        if root_of(written, other) != root_of(written, name):
            entry.fault("seed", f"also that of {other}: the bytes of both would be the same")
        yield name, image


def _image(name: str, entry: Entry, platforms: Mapping[str, Platform]) -> Image:
    platform_id = entry.one_of("platform", frozenset(platforms))
    release = entry.text("release", RELEASE)
    if release and platforms[platform_id].parse_release(release) is None:
        entry.fault("release", f"{platform_id} has no release {release!r}")
    packages, altered = entry.words("packages", _FILENAME), entry.words("altered", _FILENAME)
    if not set(altered) <= set(packages):
        entry.fault("altered", "expected names that `packages` lists")
    return Image(
        name=name,
        platform=platform_id,
        release=release,
        filename=entry.text("filename", _FILENAME),
        hardware=entry.words("hardware", _HARDWARE),
        seed=entry.number("seed", 0, 2**31),
        size_bytes=entry.number("size_bytes", 256, _MAX_SIZE_BYTES, default=DEFAULT_SIZE_BYTES),
        packages=packages,
        altered=frozenset(altered),
        signing=entry.one_of("signing", SIGNINGS, default="production"),
        withdrawn=entry.flag("withdrawn"),
    )
