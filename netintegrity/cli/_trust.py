"""What the commands about manifests and keys share."""

import argparse
import os
import stat
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli._output import say
from netintegrity.errors import ConfigError

if TYPE_CHECKING:
    from netintegrity.model.run import ManifestOutcome
    from netintegrity.store.keys import KeyFiles
    from netintegrity.trust.keyring import Keyring

_MAX_KEY_BYTES: Final = 64 * 1024


def add_keys(parser: argparse.ArgumentParser) -> None:
    """Add ``--keys``."""
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="DIR",
        help="trust the keys of this folder instead of the built-in ones; to trust both, copy the "
        "built-in ones into it",
    )


def add_format(parser: argparse.ArgumentParser, *, default: str = "table") -> None:
    """Add ``--format``."""
    parser.add_argument("--format", choices=("table", "json"), default=default)


def add_at(parser: argparse.ArgumentParser) -> None:
    """Add ``--at``."""
    parser.add_argument(
        "--at", metavar="TIME", help="judge as of this moment, such as 2026-11-23T12:00:00Z"
    )


def moment(text: str | None) -> datetime:
    """Return the moment of judgement; without one stated, now.

    Raises:
        ConfigError: it is no time of RFC 3339.
    """
    from netintegrity import rfc3339
    from netintegrity.clock import utc_now

    if text is None:
        return utc_now()
    try:
        return rfc3339.parse(text)
    except ValueError as error:
        raise ConfigError(str(error), where="--at") from error


def keyring(folder: Path | None) -> "tuple[KeyFiles, Keyring]":
    """Return the key files that were asked for, and what they come to.

    Raises:
        ConfigError: there is no such folder.
        KeyringError: something in it is not in order.
    """
    from netintegrity.store.keys import read_keys
    from netintegrity.trust.keyring import load_keyring

    keys = read_keys(folder)
    return keys, load_keyring(keys.files)


def private_key(path: Path) -> tuple[bytes, bytes | None]:
    """Return a private key and, if it is locked and somebody can be asked, its password.

    Raises:
        ConfigError: it cannot be read, or nobody can be asked.
    """
    import getpass

    from netintegrity.store.manifests import read_limited

    pem = read_limited(path, _MAX_KEY_BYTES)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        say(f"netintegrity: others can read {path}; `chmod 600` it")
    if b"ENCRYPTED" not in pem:
        return pem, None
    if not sys.stdin.isatty():
        raise ConfigError(
            "locked with a password, and there is no terminal to ask for it", where=str(path)
        )
    return pem, getpass.getpass(f"password of {path}: ").encode()


def state_of(site: Path) -> Path:
    """Return the folder in which the memory of a site lies.

    Raises:
        StoreError: the environment names no place for it.
    """
    from netintegrity.store.memory import state_folder

    absolute = site.resolve()
    return state_folder(absolute.name if site.is_dir() else absolute.stem, os.environ)


def manifests_of(site: Path) -> Path:
    """Return the folder of manifests of a site, which may be absent.

    Raises:
        ConfigError: there is no such site.
    """
    if site.is_dir():
        return site / "manifests"
    if site.is_file():
        return site.parent / "manifests"
    raise ConfigError("no such site: expected a folder or an inventory file", where=str(site))


def time_text(at: datetime | None) -> str | None:
    """Return a time as every document has it."""
    from netintegrity import rfc3339

    return None if at is None else rfc3339.show(at)


def verification(outcome: "ManifestOutcome") -> dict[str, object]:
    """Return what became of a manifest, as ``manifest verify`` prints it."""
    signer = {
        "subject": outcome.signer,
        "fingerprint": outcome.key_fingerprint,
        "key": outcome.key_id,
    }
    return {
        "format": outcome.format_id,
        "status": outcome.status,
        "reason": outcome.reason,
        "detail": outcome.detail or None,
        "signer": signer if outcome.signer is not None else None,
        "vendor_signed": outcome.vendor_signed,
        "channel": outcome.channel,
        "images": outcome.images,
        "issued_at": time_text(outcome.issued_at),
        "newest_entry": time_text(outcome.newest_entry),
        "expires_at": time_text(outcome.expires_at),
        "sequence": outcome.sequence,
        "caveats": sorted(outcome.caveats),
    }
