"""The rows of Cisco's Known Good Values, whichever of the three generations they are in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from netintegrity import strict_json
from netintegrity.model.reference import ReferenceKind
from netintegrity.strict_json import ROOT, Path

_KINDS: Final = {
    "osimage": ReferenceKind.IMAGE,
    "image": ReferenceKind.IMAGE,
    "blr": ReferenceKind.BOOT_LOADER,
    "boot0": ReferenceKind.BOOT0,
}
_GROUPS: Final = {
    # Second generation, then third.
    "osImageVersions": ReferenceKind.IMAGE,
    "bootLoaderVersions": ReferenceKind.BOOT_LOADER,
    "boot0Versions": ReferenceKind.BOOT0,
    "OS Image Versions": ReferenceKind.IMAGE,
    "Boot Loader Versions": ReferenceKind.BOOT_LOADER,
    "Boot 0 Versions": ReferenceKind.BOOT0,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, whichever generation it comes from."""

    kind: ReferenceKind
    name: str
    fields: Mapping[str, object]
    at: Path
    version: str | None = None
    product: str | None = None
    family: str | None = None
    parent: "Row | None" = None


def rows_of(document: dict[str, object]) -> Iterator[Row]:
    """Yield the entries of whichever generation it is.

    Raises:
        ValueError: it is of none.
    """
    if "bulkHash" in document:
        yield from _first(document["bulkHash"], ROOT.member("bulkHash"))
    elif "products" in document:
        here = ROOT.member("products")
        for index, item in enumerate(strict_json.items(document["products"], here)):
            at = here.item(index)
            product = strict_json.members(item, at)
            name = strict_json.text(product.get("product"), at.member("product"))
            yield from _grouped(product, name, at)
    elif "platforms" in document:
        here = ROOT.member("platforms")
        for index, item in enumerate(strict_json.items(document["platforms"], here)):
            for name, group in strict_json.members(item, here.item(index)).items():
                at = here.item(index).member(name)
                yield from _grouped(strict_json.members(group, at), name, at)
    else:
        raise ValueError("$: none of `bulkHash`, `products` and `platforms`")


def _first(value: object, here: Path) -> Iterator[Row]:
    for index, item in enumerate(strict_json.items(value, here)):
        at = here.item(index)
        fields = strict_json.members(item, at)
        kind = _KINDS.get(strict_json.text(fields.get("dtype"), at.member("dtype")))
        if kind is None:
            continue  # A kind Cisco added later judges nothing here, and spoils nothing.
        name = strict_json.text(fields.get("filename"), at.member("filename"))
        family = fields.get("platform")
        row = Row(kind, name, fields, at, family=family if isinstance(family, str) else None)
        yield row
        for number, package in enumerate(strict_json.items(fields.get("pkg", []), at)):
            place = at.member("pkg").item(number)
            inner = strict_json.members(package, place)
            inner_name = strict_json.text(inner.get("filename"), place.member("filename"))
            yield Row(ReferenceKind.PACKAGE, inner_name, inner, place, parent=row)


def _grouped(product: dict[str, object], name: str, here: Path) -> Iterator[Row]:
    for group, kind in _GROUPS.items():
        at = here.member(group)
        for index, item in enumerate(strict_json.items(product.get(group, []), at)):
            version_at = at.item(index)
            stated = strict_json.members(item, version_at)
            version = stated.get("version")
            if isinstance(version, list) and len(version) == 1:  # the third generation
                version = version[0]
            text = strict_json.text(version, version_at.member("version"))
            entries = strict_json.items(stated.get("entries"), version_at.member("entries"))
            for number, entry in enumerate(entries):
                place = version_at.member("entries").item(number)
                fields = strict_json.members(entry, place)
                filename = fields.get("filename", text)
                yield Row(
                    kind,
                    strict_json.text(filename, place.member("filename")),
                    fields,
                    place,
                    version=text if kind is ReferenceKind.IMAGE else None,
                    product=name,
                )
