"""Host certificates of OpenSSH: read, and held against an authority that is pinned.

paramiko reads the key in one and looks at nothing else. What is signed is read here, strictly;
whether the signature over it is the authority's, paramiko's key says.

Source: OpenSSH, PROTOCOL.certkeys; sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT" (``@cert-authority``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Final

import paramiko

from netintegrity.collect.hostkeys import CERTIFICATE, ServerKey

_KEY_FIELDS: Final = {"ssh-ed25519": 1, "ssh-rsa": 2} | {
    f"ecdsa-sha2-nistp{bits}": 2 for bits in (256, 384, 521)
}
"""Fields of the public key in a certificate, by its kind."""
_SIGNED_BY: Final = frozenset(
    {
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "rsa-sha2-512",
        "rsa-sha2-256",
    }
)
"""Without ``ssh-rsa``, which is SHA-1."""
_FEWEST_RSA_BITS: Final = 2048
_HOST: Final = 2
_FOR_EVER: Final = 2**64 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCertificate:
    """What an authority says of a host key; nothing is verified yet."""

    kind: int
    key_id: str
    principals: tuple[str, ...]
    valid_after: int
    """Seconds since 1970."""
    valid_before: int
    """The first second it is no longer valid."""
    has_conditions: bool
    """True: critical options, of which none is defined for hosts."""
    authority: ServerKey
    signed: bytes
    signature: bytes

    @classmethod
    def read(cls, blob: bytes) -> "HostCertificate":
        """Return what a certificate says.

        Raises:
            ValueError: it is none.
        """
        reader = _Reader(blob)
        stated = reader.text()
        fields = _KEY_FIELDS.get(stated.removesuffix(CERTIFICATE))
        if fields is None or not stated.endswith(CERTIFICATE):
            raise ValueError(f"{stated!r} is no certificate of a known kind")
        for _ in range(1 + fields):  # the nonce, then the key
            reader.string()
        reader.number(8)
        kind, key_id = reader.number(4), reader.text()
        principals = _Reader(reader.string()).all()
        after, before = reader.number(8), reader.number(8)
        conditions = reader.string()
        reader.string()  # extensions
        reader.string()  # reserved
        authority = ServerKey.from_blob(reader.string())
        signed = blob[: reader.at]
        signature = reader.string()
        if reader.at != len(blob):
            raise ValueError("bytes behind the signature")
        if len(_Reader(signature).all()) != 2:
            raise ValueError("a signature is an algorithm and a value")
        return cls(
            kind=kind,
            key_id=key_id,
            principals=tuple(p.decode("utf-8", "replace") for p in principals),
            valid_after=after,
            valid_before=before,
            has_conditions=bool(conditions),
            authority=authority,
            signed=signed,
            signature=signature,
        )

    def refusal(self, host: str) -> str:
        """Return why it does not vouch for the key of ``host``; empty: it does, in its time.

        Whether its authority is pinned is the caller's to know.
        """
        name = host.lower()
        if not self._is_signed():
            return "is not signed by the authority it names"
        if self.kind != _HOST:
            return "is one of a user"
        if self.has_conditions:
            return "has critical options, which no host certificate may have"
        if not any(_names(principal, name) for principal in self.principals):
            # One without principals would be good for every host there is.
            return f"is for {', '.join(self.principals)[:200] or 'no host by name'}"
        return ""

    def untimely(self, at: datetime) -> str:
        """Return why this is not its time; empty: it is."""
        now = int(at.timestamp())
        if now < self.valid_after:
            return f"is not valid before {_moment(self.valid_after)}"
        return "" if now < self.valid_before else f"expired at {_moment(self.valid_before)}"

    def _is_signed(self) -> bool:
        try:
            algorithm = _Reader(self.signature).text()
            if algorithm not in _SIGNED_BY:
                return False
            if self.authority.type == "ssh-rsa" and self.authority.bits < _FEWEST_RSA_BITS:
                return False
            key = paramiko.PKey.from_type_string(self.authority.type, self.authority.blob)
            return bool(key.verify_ssh_sig(self.signed, paramiko.Message(self.signature)))
        except (ValueError, IndexError, paramiko.SSHException, paramiko.pkey.UnknownKeyType):
            return False


def _names(principal: str, name: str) -> bool:
    # OpenSSH's patterns know `*` and `?` only.
    return fnmatchcase(name, principal.lower().replace("[", "[[]"))


def _moment(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, tz=UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return "never" if seconds == _FOR_EVER else f"second {seconds}"


class _Reader:
    """RFC 4251 section 5: numbers, and strings behind their length."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def number(self, size: int) -> int:
        end = self.at + size
        if end > len(self._data):
            raise ValueError("cut off")
        value = int.from_bytes(self._data[self.at : end], "big")
        self.at = end
        return value

    def string(self) -> bytes:
        length = self.number(4)
        end = self.at + length
        if end > len(self._data):
            raise ValueError("cut off")
        value = self._data[self.at : end]
        self.at = end
        return value

    def text(self) -> str:
        return self.string().decode("utf-8", "replace")

    def all(self) -> list[bytes]:
        found = []
        while self.at < len(self._data):
            found.append(self.string())
        return found
