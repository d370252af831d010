"""Which files of a site changed since the run before; remembered in the operator's state folder."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from netintegrity.store.atomic import make_folder, write_over

FILE: Final = "site-files.json"


def changed_since(folder: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names that are new, gone or different; none where nothing is remembered."""
    try:
        known = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        # It only feeds a line of the report: unreadable is as if there had been no run before.
        return ()
    if not isinstance(known, dict):
        return ()
    digests = _digests(files)
    return tuple(sorted(n for n in digests.keys() | known.keys() if digests.get(n) != known.get(n)))


def remember_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Remember the files as they are now.

    Raises:
        StoreError: it could not be written.
    """
    make_folder(folder)
    write_over(folder / FILE, json.dumps(_digests(files), sort_keys=True).encode())


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
