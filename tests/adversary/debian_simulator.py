"""A Debian archive of one package: GnuPG signs its list of indexes, as apt reads it."""

import gzip
import hashlib
import lzma
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.adversary.openpgp_peer import Holder

NAME = "frr_9.1-0_amd64.deb"
DEB = b"!<arch>\ndebian-binary   " + bytes(range(256)) * 20
UNTIL = "Fri, 01 Jan 2027 00:00:00 UTC"
PACK: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"Packages": bytes, "Packages.gz": gzip.compress, "Packages.xz": lzma.compress}
)


def entry(content: bytes = DEB, **changes: str) -> str:
    fields = {
        "Package": "frr",
        "Version": "9.1-0",
        "Architecture": "amd64",
        "Filename": f"pool/main/f/frr/{NAME}",
        "Size": str(len(content)),
        "SHA256": hashlib.sha256(content).hexdigest(),
        "Description": "routing daemons",
    } | changes
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


OTHERS = (
    entry(b"other", Package="other", Filename="pool/o/other_1_amd64.deb"),
    entry(b"third", Package="third", Filename="pool/t/third_1_amd64.deb"),
)


def packages(*entries: str) -> bytes:
    return "\n".join((OTHERS[0], *(entries or (entry(),)), OTHERS[1])).encode()


def release(files: Mapping[str, bytes], **fields: str) -> bytes:
    stated = {
        "Origin": "Toy",
        "Suite": "stable",
        "Codename": "toy",
        "Date": "Fri, 01 May 2026 00:00:00 UTC",
        "Valid-Until": UNTIL,
    } | fields
    head = "".join(f"{n}: {v}\n" for n, v in stated.items() if v)
    sums = "".join(
        f" {hashlib.sha256(content).hexdigest()} {len(content):>8} main/binary-amd64/{name}\n"
        for name, content in files.items()
    )
    return f"{head}SHA256:\n{sums}".encode()


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Who signs it."""

    holder: Holder

    def beside(
        self,
        index: str = "Packages.xz",
        *entries: str,
        raw: bytes | None = None,
        until: str = UNTIL,
    ) -> dict[str, bytes]:
        """Return what lies beside the package; ``raw`` stands for the packed index."""
        packed = PACK[index](packages(*entries)) if raw is None else raw
        text = release({index: packed}, **{"Valid-Until": until})
        return {index: packed, "InRelease": self.holder.clear(text)}
