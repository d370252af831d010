"""Simulated images: a few kilobytes each, made from a number, the same on every machine."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

PACKAGE_LIST: Final = "packages.conf"
DEFAULT_SIZE_BYTES: Final = 4096
_HEADER: Final = b"A simulated image of the netintegrity lab; there is no software in it.\n"
# The slots that load a package, by a word in its name; every other one is loaded once.
_SLOTS: Final = (
    ("rpboot", ("boot  rp 0 0   rp_boot",)),
    ("mono", ("iso   rp 0 0   rp_base", "iso   rp 0 0   rp_iosd", "iso   rp 0 0   rp_security")),
    ("srdriver", ("iso   cc 0 0   cc_srdriver", "iso   fp 0 0   fp")),
)


@dataclass(frozen=True, kw_only=True)
class Image:
    """One release of one platform, as a file or as a set of packages."""

    name: str
    """In the scenario."""
    platform: str
    release: str
    """As its maker prints it."""
    filename: str
    """As published."""
    hardware: tuple[str, ...] = ()
    """Prefixes of the PIDs it is for."""
    seed: int
    """All its bytes come from this number."""
    size_bytes: int = DEFAULT_SIZE_BYTES
    packages: tuple[str, ...] = ()
    """File names of its packages; empty: it is never unpacked."""
    altered: frozenset[str] = frozenset()
    """Packages whose bytes are not those of the seed."""
    signing: str = "production"
    """What a box says of its signature: ``production``, ``special`` or ``development``."""
    withdrawn: bool = False

    @cached_property
    def content(self) -> bytes:
        """Return the bytes of the whole image."""
        return made_bytes(str(self.seed), self.size_bytes)

    def package(self, filename: str) -> bytes:
        """Return the bytes of one package.

        Raises:
            KeyError: it has none of that name.
        """
        if filename not in self.packages:
            raise KeyError(filename)
        changed = " altered" if filename in self.altered else ""
        return made_bytes(f"{self.seed} {filename}{changed}", self.size_bytes)

    @cached_property
    def package_list(self) -> bytes:
        """Return its ``packages.conf``.

        Line 2 holds the SHA-1 of what follows it; anybody who edits the file can mend it, so it
        says nothing.
        """
        body = "\n".join(
            [
                "# sha1sum above - used to verify that this file is not corrupted.",
                "#",
                f"# package.conf: provisioned software file for build {self.release}",
                "#",
                *self._rows(),
                "",
            ]
        )
        sha1 = hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()
        return f"#! /usr/binos/bin/packages_conf.sh\nsha1sum: {sha1}\n{body}".encode()

    def _rows(self) -> Iterator[str]:
        for filename in self.packages:
            word = filename.partition(".")[0].rpartition("-")[2].removeprefix("rp")
            slots = next((slots for key, slots in _SLOTS if key in filename), None)
            for slot in slots or (f"iso   rp 0 0   rp_{word}",):
                yield f"{slot:<24} {filename}"

    def files_at(self, path: str) -> Mapping[str, bytes]:
        """Return what lies on flash once this image is at ``path``.

        At a path that ends in ``.conf`` it is installed: the list, and its packages beside it.
        """
        if not path.endswith(".conf"):
            return {path: self.content}
        folder = path[: max(path.rfind("/"), path.rfind(":")) + 1]
        return {path: self.package_list} | {folder + p: self.package(p) for p in self.packages}


@lru_cache(maxsize=4096)
def made_bytes(seed: str, size_bytes: int) -> bytes:
    """Return ``size_bytes`` bytes that depend on nothing but the arguments: SHA-256 of a count."""
    made = bytearray(_HEADER)
    count = 0
    while len(made) < size_bytes:
        made += hashlib.sha256(f"netintegrity lab {seed} {count}".encode()).digest()
        count += 1
    return bytes(made[:size_bytes])
