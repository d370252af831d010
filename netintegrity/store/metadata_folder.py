"""A folder of TUF metadata, taken as the one file that a manifest is: a tar archive of it.

The same files make the same bytes: in the order of their names, with nothing of times or owners.
"""

import io
import tarfile
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError

MAX_FILES: Final = 200
_MARK: Final = "timestamp.json"


def archive_of(folder: Path, *, max_bytes: int) -> bytes:
    """Return the archive of a folder's ``*.json``.

    Raises:
        ConfigError: it is no such folder, holds too much, or cannot be read.
    """
    where = str(folder)
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix == ".json" and p.is_file())
        if _MARK not in {p.name for p in paths}:
            raise ConfigError(
                f"a folder without {_MARK}",
                where=where,
                hint="name a file, or the folder of a TUF repository's metadata",
            )
        if len(paths) > MAX_FILES or sum(p.stat().st_size for p in paths) > max_bytes:
            detail = f"more than {MAX_FILES} files or {max_bytes} bytes of metadata"
            raise ConfigError(detail, where=where)
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in paths:
                content = path.read_bytes()
                member = tarfile.TarInfo(path.name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=where) from error
    except ValueError as error:
        raise ConfigError(str(error), where=where) from error
    return stream.getvalue()
