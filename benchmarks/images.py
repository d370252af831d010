"""``image verify`` of a large image, against SHA-256 of it; and several digests against one thread.

``python -m benchmarks.images [--mebibytes 1024] [--rounds 7]``: an EOS image of that size is made
and signed in a temporary folder, then verified, in turns with what it is compared with, so that
other work on the machine falls on all alike. Printed are medians, and ratios of what ran in one
round. Run it on an idle machine with two cores at least.
"""

import argparse
import hashlib
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from netintegrity.clock import utc_now
from netintegrity.model.reference import ReferenceSet
from netintegrity.store.image_reader import reading
from netintegrity.trust.image_file import SignatureState, verify_image
from netintegrity.trust.images._hashing import digests_of
from tests.adversary.swi_simulator import SIZE, VERSION, SwiVendor

_MIB: Final = 1024 * 1024
_NOTHING: Final = ReferenceSet(images=(), provenance=())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, vendor = Path(folder) / "EOS.swi", SwiVendor()
        _make(path, vendor, arguments.mebibytes)
        work: dict[str, Callable[[], object]] = {
            "SHA-256 (hashlib.file_digest)": lambda: _file_digest(path, "sha256"),
            "image verify": lambda: _verify(path, vendor),
            "MD5 + SHA-512, one thread": lambda: _one_thread(path, ("md5", "sha512")),
            "MD5 + SHA-512, ours": lambda: _ours(path, ("md5", "sha512")),
            "MD5 + SHA-256 + SHA-512, one thread": lambda: _one_thread(
                path, ("md5", "sha256", "sha512")
            ),
            "MD5 + SHA-256 + SHA-512, ours": lambda: _ours(path, ("md5", "sha256", "sha512")),
        }
        taken = _in_turns(work, arguments.rounds)
    for name, times in taken.items():
        print(f"{name:<38} {statistics.median(times):6.2f} s")
    one, ours, two, threads, three, all_threads = taken.values()
    print(f"image verify / SHA-256:                {_ratio(ours, one):.2f} (goal: at most 1.3)")
    print(f"two digests, one thread / ours:        {_ratio(two, threads):.2f} (goal: 1.6 at least)")
    print(f"three digests, one thread / ours:      {_ratio(three, all_threads):.2f}")


def _ratio(above: list[float], below: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def _in_turns(work: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 1):
        for name, do in work.items():
            began = time.perf_counter()
            do()
            if number:  # the first round fills the page cache
                taken[name].append(time.perf_counter() - began)
    return taken


def _make(path: Path, vendor: SwiVendor, mebibytes: int) -> None:
    block = hashlib.shake_256(b"an image").digest(_MIB)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("version"), VERSION)
        member = zipfile.ZipInfo("rootfs-i386.sqsh")
        member.file_size = mebibytes * _MIB
        with archive.open(member, "w") as stream:
            for _ in range(mebibytes):
                stream.write(block)
        archive.writestr(zipfile.ZipInfo("swi-signature"), bytes(SIZE))
    with path.open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        file.seek(-_MIB, 2)
        tail = file.read()
        at = tail.index(b"swi-signature") + len(b"swi-signature")
        file.seek(at - len(tail), 2)
        file.write(vendor.signature_text(digest))


def _file_digest(path: Path, algorithm: str) -> None:
    with path.open("rb") as file:
        hashlib.file_digest(file, algorithm)


def _verify(path: Path, vendor: SwiVendor) -> None:
    with reading(path) as (read_at, size):
        judged = verify_image(
            read_at,
            size,
            filename=path.name,
            keyring=vendor.keyring(),
            references=_NOTHING,
            at=utc_now(),
            all_digests=False,
        )
    if judged.signature is not SignatureState.VERIFIED:
        raise SystemExit(judged.detail)


def _one_thread(path: Path, algorithms: tuple[str, ...]) -> None:
    states = [hashlib.new(a, usedforsecurity=False) for a in algorithms]
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_MIB):
            for state in states:
                state.update(piece)


def _ours(path: Path, algorithms: tuple[str, ...]) -> None:
    with reading(path) as (read_at, size):
        digests_of(read_at, size, algorithms)


if __name__ == "__main__":
    main()
