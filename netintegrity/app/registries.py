"""What this installation knows: platforms, rules, manifest formats, report formats."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Final

from netintegrity import platforms, report
from netintegrity.assess import rules
from netintegrity.assess._spec import Rule
from netintegrity.errors import UnknownPlatformError
from netintegrity.model.release import Release
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from netintegrity.report._spec import ReportFormat
from netintegrity.trust import formats
from netintegrity.trust._spec import ManifestFormat

PLATFORMS: Final = discover(platforms, Platform)
RULES: Final = discover(rules, Rule)


def platform_of(platform_id: str) -> Platform:
    """Return the declared platform of this id or alias.

    Raises:
        UnknownPlatformError: there is none; names those that look alike.
    """
    found = PLATFORMS.get(platform_id)
    if found is not None:
        return found
    for platform in PLATFORMS.values():
        if platform_id in platform.aliases:
            return platform
    near = difflib.get_close_matches(platform_id, PLATFORMS, n=3)
    raise UnknownPlatformError(
        f"no platform {platform_id!r}",
        hint=f"did you mean {' or '.join(near)}?" if near else UnknownPlatformError.hint,
    )


def parse_release(platform_id: str, text: str) -> Release | None:
    """Return ``text`` as a release of the platform; None: it is none, or nobody declared it."""
    platform = PLATFORMS.get(platform_id)
    return None if platform is None else platform.parse_release(text)


def manifest_formats() -> Mapping[str, ManifestFormat]:
    """Return the manifest formats by id."""
    return discover(formats, ManifestFormat)


def report_formats() -> Mapping[str, ReportFormat]:
    """Return the report formats by id."""
    return discover(report, ReportFormat)


def image_titles() -> Sequence[tuple[str, str]]:
    """Return id and title of every kind of image, in order."""
    # What reads images is slow to load, and few commands need it.
    from netintegrity.trust import image_kinds  # noqa: PLC0415

    return image_kinds.titles()


def listing(kind: str) -> Sequence[Mapping[str, str]]:
    """Return ``id`` and ``title`` of every thing of a kind, in order.

    Raises:
        KeyError: ``kind`` is none of ``platforms rules formats images reports``.
    """
    rows: Mapping[str, Sequence[tuple[str, str]]] = {
        "platforms": [(p.id, p.title) for p in PLATFORMS.values()],
        "rules": [(r.id, r.title) for r in RULES.values()],
        "formats": [(f.id, f.title) for f in manifest_formats().values()],
        "images": image_titles() if kind == "images" else (),
        "reports": [(r.id, r.media_type) for r in report_formats().values()],
    }
    return [{"id": id_, "title": title} for id_, title in rows[kind]]
