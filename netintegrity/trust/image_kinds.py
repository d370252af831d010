"""The kinds of images there are, and what each says without being asked for a signature."""

from collections.abc import Mapping
from typing import Final

from netintegrity.registry import discover
from netintegrity.trust import images
from netintegrity.trust.images._spec import (
    Contents,
    DetachedForm,
    ImageContainer,
    IndexedForm,
    Recognised,
)

CONTAINERS: Final = discover(images, ImageContainer)
DETACHED: Final = discover(images, DetachedForm)
INDEXED: Final = discover(images, IndexedForm)
RECOGNISED: Final = discover(images, Recognised)


def wanted_beside(filename: str) -> Mapping[str, int]:
    """Return which files beside one of this name may sign it, each with the most bytes it may have.

    Not those that are named after it, nor certificates.
    """
    return {
        name: size
        for form in INDEXED.values()
        if form.is_for(filename)
        for name, size in form.beside.items()
    }


def contents_of(kind_id: str) -> Contents:
    """Return what takes images of this kind apart.

    Raises:
        KeyError: there is no such kind.
    """
    if (container := CONTAINERS.get(kind_id)) is not None:
        return container.contents
    if (form := DETACHED.get(kind_id)) is not None:
        return form.contents
    return INDEXED[kind_id].contents


def release_named(kind_id: str | None, filename: str) -> str | None:
    """Return the release that an image of this kind is called after; None: its name says none."""
    form = None if kind_id is None else DETACHED.get(kind_id)
    return None if form is None else form.release_named(filename)


def kinds_for(platform_id: str) -> list[str]:
    """Return the ids of the kinds that are for this platform; none: nothing is known of its own."""
    families = (CONTAINERS, DETACHED, INDEXED)
    kinds = (kind for family in families for kind in family.values())
    return sorted(kind.id for kind in kinds if kind.platform == platform_id)


def titles() -> list[tuple[str, str]]:
    """Return the id and the title of every kind there is, in order."""
    families = (CONTAINERS, DETACHED, INDEXED, RECOGNISED)
    return sorted((kind.id, kind.title) for family in families for kind in family.values())
