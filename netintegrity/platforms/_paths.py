"""Names of files on a device: one spelling for one file, and none that could do harm."""

import re
from typing import Final

# What a device names is put into a command of ours, so only file systems that lie in the box are
# admitted (a network one would make it fetch), and only characters that mean nothing to a parser.
_LOCAL: Final = (
    r"(?:stby-)?(?:bootflash|flash|harddisk|bootdisk|disk|usbflash|usb|slot|sdflash)"
    r"\d{0,2}(?:-\d{1,2})?:"
)
LOCAL_FILE: Final = re.compile(_LOCAL + r"[A-Za-z0-9_./+-]{1,240}", re.ASCII)
"""A file on the box itself."""
LOCAL_FILE_WORDS: Final = "a file on a file system of the box itself, as the box names it"
PACKAGE_LIST_FILE: Final = re.compile(
    _LOCAL + r"(?:[A-Za-z0-9_./+-]{0,200}/)?"
    r"(?:[A-Za-z0-9_.-]{0,40}packages\.conf|[A-Za-z0-9_.+-]{1,120}\.S[A-Z]{2}\.conf)",
    re.ASCII,
)
"""A file that names the packages of an installed system, and no other configuration."""

_NETWORK: Final = frozenset({"tftp", "ftp", "http", "https", "rcp", "scp", "sftp", "nfs"})


def normalised(path: str) -> str:
    """Return ``path`` as ``filesystem:path``, without slashes after the colon.

    A network source is returned as printed: its slashes part the server from the file.
    """
    path = path.strip()
    filesystem, colon, rest = path.partition(":")
    if not colon or is_network(path):
        return path
    return f"{filesystem}:{rest.lstrip('/')}"


def is_network(path: str) -> bool:
    """Say whether ``path`` lies on a server."""
    scheme, colon, _ = path.partition(":")
    return bool(colon) and scheme.strip().lower() in _NETWORK


def is_package_list(path: str) -> bool:
    """Say whether ``path`` names packages instead of being an image."""
    return path.endswith(".conf")


def beside(path: str, name: str) -> str:
    """Return the path of the file ``name`` in the folder of ``path``."""
    cut = max(path.rfind("/"), path.rfind(":")) + 1
    return path[:cut] + name


def on_member(path: str, number: int) -> str:
    """Return where the active switch finds a file of another one: ``flash:x`` as ``flash-2:x``."""
    filesystem, colon, rest = path.partition(":")
    if not colon or is_network(path) or re.search(r"-\d+$", filesystem):
        return path
    return f"{filesystem}-{number}:{rest}"


def on_standby(path: str) -> str:
    """Return where the active supervisor finds a file of the other: ``stby-bootflash:x``."""
    _, colon, _ = path.partition(":")
    if not colon or is_network(path) or path.startswith("stby-"):
        return path
    return f"stby-{path}"


def one_flash(path: str) -> str:
    """Return a key that is equal for ``flash:x`` and ``bootflash:x``.

    On the Catalyst 9000 family both name one file system; elsewhere they need not.
    """
    filesystem, colon, rest = path.partition(":")
    return f"{filesystem.replace('bootflash', 'flash')}{colon}{rest}"
