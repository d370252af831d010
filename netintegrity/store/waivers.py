"""Signed waivers, in the operator's state folder.

Never in the site: whoever can change it could excuse what they bring in.
"""

from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError
from netintegrity.store.atomic import make_folder, write_once
from netintegrity.store.manifests import read_limited
from netintegrity.trust.waivers import MAX_BYTES, SUFFIX

FOLDER: Final = "waivers"
_MOST_FILES: Final = 1000


def read_waivers(state: Path) -> dict[str, bytes]:
    """Return every file of waivers of a site, by name; none where there is no folder.

    Raises:
        ConfigError: one of them cannot be read, or there are too many.
    """
    folder = state / FOLDER
    if not folder.is_dir():
        return {}
    try:
        paths = sorted(p for p in folder.iterdir() if p.name.endswith(SUFFIX))
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(folder)) from error
    if len(paths) > _MOST_FILES:
        raise ConfigError(
            f"{len(paths)} files of waivers; at most {_MOST_FILES} are read",
            where=str(folder),
            hint="remove those that lapsed; `netintegrity waiver list` names them",
        )
    return {p.name: read_limited(p, MAX_BYTES) for p in paths if not p.name.startswith(".")}


def keep_waivers(state: Path, name: str, raw: bytes) -> Path:
    """Write a file of waivers, as verified, into the state folder; return where.

    Raises:
        ConfigError: its name is none of a file of waivers.
        StoreError: another one is there, or it cannot be written.
    """
    if not name.endswith(SUFFIX) or name.startswith("."):
        raise ConfigError(
            f"expected a file named *{SUFFIX}", where=name, hint="rename it, and import it again"
        )
    target = state / FOLDER / name
    make_folder(target.parent)
    if not (target.is_file() and read_limited(target, MAX_BYTES) == raw):
        write_once(target, raw)
    return target
