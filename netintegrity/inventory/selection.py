"""``--limit``: which devices of a site are meant."""

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate
from typing import Final

from netintegrity import platforms
from netintegrity.errors import ConfigError
from netintegrity.inventory._grammar import (
    UnfitError,
    quoted,
)
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.model.device import Device
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover

_WHERE: Final = "--limit"
_HINT: Final = (
    "a name glob (`core-*`) or key=value (`role=core`, `platform=cisco_iosxe`, `group=edge`); "
    "commas mean or, repeating the option means and"
)
# core-*    r[12]    sw?.example.net    *
_GLOB: Final = re.compile(r"[A-Za-z0-9._*?\[\]!-]{1,255}")

_Test = Callable[[Device], bool]


def select(devices: Iterable[Device], limits: Sequence[str]) -> tuple[Device, ...]:
    """Return the devices every one of ``limits`` admits, in their order; no limit admits all.

    Args:
        devices: of a site.
        limits: each one or more alternatives parted by commas: a glob over names, or
            ``key=value``, where ``name`` takes a glob, ``platform`` any name of a platform, and
            every other key is that of a tag; ``group=core`` is one for each group.

    Raises:
        ConfigError: a limit is empty or cannot be read. To select nothing is no error here.
    """
    tests = [_any_of([_test(part.strip()) for part in limit.split(",")]) for limit in limits]
    return tuple(device for device in devices if all(test(device) for test in tests))


def _any_of(tests: Sequence[_Test]) -> _Test:
    return lambda device: any(test(device) for test in tests)


def _test(part: str) -> _Test:
    key, equals, value = part.partition("=")
    if not equals:
        return _by_name(part)
    if not key or not value:
        raise ConfigError(f"expected key=value, got {quoted(part)}", where=_WHERE, hint=_HINT)
    if key == "name":
        return _by_name(value)
    if key == "platform":
        platform_id = _platform_id(value)
        return lambda device: device.platform_id == platform_id
    return lambda device: part in device.tags


def _by_name(glob: str) -> _Test:
    if not _GLOB.fullmatch(glob) or glob.count("[") != glob.count("]"):
        what = "nothing between two commas" if not glob else f"no name is like {quoted(glob)}"
        raise ConfigError(what, where=_WHERE, hint=_HINT)
    pattern = re.compile(translate(glob))
    return lambda device: pattern.match(device.name) is not None


def _platform_id(word: str) -> str:
    try:
        return PlatformNames(discover(platforms, Platform)).find(word).id
    except UnfitError as unfit:
        raise ConfigError(str(unfit), where=f"{_WHERE} platform", hint=unfit.hint) from unfit
