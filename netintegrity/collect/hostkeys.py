"""Which server keys are trusted: our own reader of OpenSSH's known_hosts.

paramiko's reader raises on ``@revoked``, on ``@cert-authority`` and on any malformed line, so that
one of them stops every device; this one skips what it cannot use and says so. It accepts plain,
hashed, ``[host]:port``, wildcard and negated names. One step stricter than OpenSSH: a key under a
bare name is not a key of another port, nor is an authority's.

Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"; RFC 4253 section 6.6, RFC 8709, RFC 5656 (keys).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Self

from netintegrity.collect.key_marks import is_unseen, serials_in
from netintegrity.errors import ConfigError

MOST_BYTES: Final = 64 * 1024 * 1024

_OFFERABLE: Final = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
}
"""Key type to the signature algorithms a client can ask it for (RFC 8332 for RSA)."""
CERTIFICATE: Final = "-cert-v01@openssh.com"
"""Ends the name of an algorithm whose key comes with a certificate."""
_CERTIFIED: Final = tuple(
    f"{a}{CERTIFICATE}" for offered in _OFFERABLE.values() for a in offered if a != "ssh-rsa"
)
_TITLES: Final = {"ssh-rsa": "RSA", "ssh-ed25519": "ED25519", "ssh-dss": "DSA"}
# |1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=
_HASHED: Final = re.compile(r"\|1\|([A-Za-z0-9+/=]{20,40})\|([A-Za-z0-9+/=]{20,40})")


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A public host key."""

    type: str
    """``ssh-ed25519``, ``ssh-rsa``, …; of the key, not of a signature."""
    blob: bytes
    """As on the wire."""

    @classmethod
    def from_blob(cls, blob: bytes) -> Self:
        """Read the type out of the key itself, so that no line can state another.

        Raises:
            ValueError: it is no key.
        """
        fields = _fields(blob)
        return cls(fields[0].decode("ascii"), blob)

    @property
    def fingerprint(self) -> str:
        """``SHA256:<base64>``, as OpenSSH prints it."""
        digest = hashlib.sha256(self.blob).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    @property
    def bits(self) -> int:
        """Size as ``ssh-keygen -l`` states it; 0: of a type this reader does not know."""
        fields = _fields(self.blob)
        if self.type == "ssh-rsa" and len(fields) == 3:
            return int.from_bytes(fields[2], "big").bit_length()
        if self.type.startswith("ecdsa-sha2-nistp"):
            return int(self.type.removeprefix("ecdsa-sha2-nistp"))
        return 256 if self.type == "ssh-ed25519" else 0

    def described(self, name: str) -> str:
        """Return the line ``ssh-keygen -lf`` prints: ``256 SHA256:… r1 (ED25519)``."""
        title = "ECDSA" if self.type.startswith("ecdsa") else _TITLES.get(self.type, self.type)
        return f"{self.bits} {self.fingerprint} {name} ({title})"

    def line(self, names: str, comment: str = "") -> str:
        """Return the line of a known_hosts file that pins this key."""
        text = f"{names} {self.type} {base64.b64encode(self.blob).decode()}"
        return f"{text} {comment}" if comment else text


def _fields(blob: bytes) -> list[bytes]:
    fields = []
    at = 0
    while at < len(blob):
        length = int.from_bytes(blob[at : at + 4], "big")
        field = blob[at + 4 : at + 4 + length]
        if at + 4 + length > len(blob):
            raise ValueError("a field longer than the key")
        fields.append(field)
        at += 4 + length
    if len(fields) < 2 or not re.fullmatch(rb"[a-z0-9@.-]{3,64}", fields[0]):
        raise ValueError("not a public key")
    return fields


class KeyStanding(StrEnum):
    """What known_hosts says of a key a server showed."""

    MATCHED = "matched"
    FIRST_USE = "first-use"
    """Pinned, and approved unseen."""
    UNKNOWN = "unknown"
    """Nothing is pinned for this host."""
    CHANGED = "changed"
    """Another key is pinned for this host."""
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One usable line."""

    names: str
    key: ServerKey
    line: int
    """1-based."""
    comment: str = ""
    revoked: bool = False
    is_authority: bool = False
    """True: the key issues certificates for these names, and is the key of no host itself."""

    @property
    def serials(self) -> frozenset[str]:
        """Serial numbers of the box the key was approved for; none: they were not stated."""
        return serials_in(self.comment)

    @property
    def is_first_use(self) -> bool:
        """True if nobody compared the key yet."""
        return is_unseen(self.comment)

    def is_for(self, name: str) -> bool:
        """Say whether this line speaks of ``name`` (see :func:`host_name`)."""
        found = False
        for pattern in self.names.split(","):
            negated = pattern.startswith("!")
            if _matches(pattern[negated:], name):
                if negated:
                    return False
                found = True
        return found


def host_name(host: str, port: int) -> str:
    """Return how known_hosts names this server: a bare name for port 22, else ``[host]:port``."""
    return host.lower() if port == 22 else f"[{host.lower()}]:{port}"


def _matches(pattern: str, name: str) -> bool:
    if (hashed := _HASHED.fullmatch(pattern)) is not None:
        try:
            salt, expected = (base64.b64decode(g, validate=True) for g in hashed.groups())
        except binascii.Error:
            return False
        # hmac-sha1 is OpenSSH's format here; it hides names and proves nothing.
        digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
        return hmac.compare_digest(digest, expected)
    if "*" not in pattern and "?" not in pattern:
        return pattern.lower() == name
    # OpenSSH's brackets are letters of `[host]:port`; fnmatch would read them as a set.
    return fnmatchcase(name, pattern.lower().replace("[", "[[]"))


class HostKeys:
    """The content of one known_hosts file, read once a run."""

    def __init__(self, entries: Iterable[Entry], warnings: Sequence[str] = ()) -> None:
        """Keep ``entries`` in their order; ``warnings`` name the lines that were skipped."""
        given = tuple(entries)
        self.entries = tuple(e for e in given if not e.is_authority)
        self.authorities = tuple(e for e in given if e.is_authority)
        self.warnings = tuple(warnings)
        self._by_name: dict[str, list[Entry]] = {}
        self._others: list[Entry] = []
        for entry in self.entries:
            plain = not any(c in entry.names for c in ",*?!|")
            if plain:
                self._by_name.setdefault(entry.names.lower(), []).append(entry)
            else:
                self._others.append(entry)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what ``path`` pins; an absent file pins nothing.

        Raises:
            ConfigError: it is there and cannot be read.
        """
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return cls(())
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
        if len(raw) > MOST_BYTES:
            raise ConfigError(f"larger than {MOST_BYTES} bytes", where=str(path))
        return cls.parse(raw, name=str(path))

    @classmethod
    def parse(cls, raw: bytes, *, name: str) -> Self:
        """Return what the lines of ``raw`` pin; ``name`` is the file's, for warnings."""
        entries: list[Entry] = []
        warnings: list[str] = []
        for number, line in enumerate(raw.decode("utf-8", "replace").split("\n"), 1):
            try:
                entry = _entry(line, number)
            except ValueError as error:
                warnings.append(f"{name}:{number}: skipped: {error}")
                continue
            if entry is not None:
                entries.append(entry)
        return cls(entries, warnings)

    def and_those_of(self, other: Self) -> Self:
        """Return both files as one."""
        entries = (*self.entries, *self.authorities, *other.entries, *other.authorities)
        return type(self)(entries, (*self.warnings, *other.warnings))

    def of(self, host: str, port: int) -> tuple[Entry, ...]:
        """Return every entry that speaks of this server, revoked ones too, in file order."""
        name = host_name(host, port)
        found = [*self._by_name.get(name, ()), *(e for e in self._others if e.is_for(name))]
        return tuple(sorted(found, key=lambda e: e.line))

    def authorities_of(self, host: str, port: int) -> tuple[Entry, ...]:
        """Return the authorities whose certificates count for this server, in file order."""
        name = host_name(host, port)
        return tuple(e for e in self.authorities if e.is_for(name))

    def knows(self, host: str, port: int) -> bool:
        """Say whether there is any key by which this server could be logged in to."""
        pinned = any(not e.revoked for e in self.of(host, port))
        return pinned or bool(self.authorities_of(host, port))

    def is_revoked(self, host: str, port: int, key: ServerKey) -> bool:
        """Say whether ``key`` must not be trusted here, as a host's or as an authority's."""
        return any(e.revoked and e.key.blob == key.blob for e in self.of(host, port))

    def check(self, host: str, port: int, key: ServerKey) -> KeyStanding:
        """Return what is known of ``key`` as the key of this server."""
        entries = self.of(host, port)
        same = [e for e in entries if hmac.compare_digest(e.key.blob, key.blob)]
        if any(e.revoked for e in same):
            return KeyStanding.REVOKED
        pinned = [e for e in same if not e.revoked]
        if pinned:
            unseen = all(e.is_first_use for e in pinned)
            return KeyStanding.FIRST_USE if unseen else KeyStanding.MATCHED
        # A server is asked for the pinned types first, so another key means that the pinned one is
        # gone; unless this client could not even ask for it.
        if any(e.key.type in _OFFERABLE and not e.revoked for e in entries):
            return KeyStanding.CHANGED
        return KeyStanding.UNKNOWN

    def algorithms(self, host: str, port: int) -> tuple[str, ...]:
        """Return the host key algorithms to ask for first: those of what is pinned."""
        types = dict.fromkeys(e.key.type for e in self.of(host, port) if not e.revoked)
        plain = tuple(a for t in types for a in _OFFERABLE.get(t, ()))
        return plain if not self.authorities_of(host, port) else (*_CERTIFIED, *plain)


def _entry(line: str, number: int) -> Entry | None:
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    marker = ""
    if text.startswith("@"):
        marker, text = (*text.split(None, 1), "")[:2]
    if marker not in {"", "@revoked", "@cert-authority"}:
        raise ValueError(f"no known marker: {marker[:40]}")
    parts = text.split(None, 3)
    if len(parts) < 3:
        raise ValueError("expected: names, key type, key")
    names, stated, encoded = parts[:3]
    try:
        key = ServerKey.from_blob(base64.b64decode(encoded, validate=True))
    except ValueError as error:
        raise ValueError(f"not a key: {error}") from error
    if key.type != stated:
        raise ValueError(f"the key is of type {key.type}, the line says {stated}")
    return Entry(
        names=names,
        key=key,
        line=number,
        comment=parts[3] if len(parts) == 4 else "",
        revoked=marker == "@revoked",
        is_authority=marker == "@cert-authority",
    )
