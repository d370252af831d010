"""A file that explodes is rejected with a word, and the program never holds what was in it.

Bound: judging one file takes at most 24 MiB, and three times what the file itself has, above the
program at rest. Measured in a process of its own, as the peak of its resident memory.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.adversary import bombs

GIB = 1024 * 1024 * 1024
ALLOWED_MIB, TIMES = 24, 3
CHILD = """
import sys
from netintegrity.cli import main
for file in sys.argv[1:]:
    print(main(["manifest", "verify", file, "--format", "json"]), flush=True)
print(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
"""
NOTHING = b'{"payloadType": "x", "payload": "eA==", "signatures": []}'


def measured(*files: Path) -> tuple[list[tuple[int, str]], float]:
    """Return exit status and reason of each file, and the peak in MiB of all."""
    command = [sys.executable, "-c", CHILD, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    *told, peak = done.stdout.strip().splitlines()
    judged, document = [], ""
    for line in told:
        if line.isdecimal():
            judged.append((int(line), json.loads(document)["reason"]))
            document = ""
        else:
            document += line
    return judged, int(peak) / 1024


def at_rest(folder: Path) -> float:
    """Return the peak of judging next to nothing."""
    file = folder / "small.dsse.json"
    file.write_bytes(NOTHING)
    return measured(file)[1]


def bulk_tar() -> Iterable[bytes]:
    head = bombs.tar_header("x/Cisco_BulkHash_CSV.csv", 10 * GIB)
    return bombs.gzip_of_zeros(10 * GIB, head=head)


def crowded(inside: bytes) -> bytes:
    return b'{"payloadType": "x", "payload": "eA==", "signatures": [' + inside + b"]}"


CMS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
SUMS = b"00" * 32 + b"  x\n"
BOMBS: dict[str, tuple[str, Callable[[], Iterable[bytes]], bytes | None, str]] = {
    "JSON 100,000 deep": ("a.dsse.json", lambda: [b"[" * 100_000], None, "malformed"),
    "objects 100,000 deep": ("a.dsse.json", lambda: [b'{"a":' * 100_000], None, "malformed"),
    "a million objects": ("a.dsse.json", lambda: [crowded(b"{}," * 10**6)], None, "malformed"),
    "a million members": (
        "a.dsse.json",
        lambda: [b"{", b"".join(b'"%d":1,' % n for n in range(10**6)), b'"payload":1}'],
        None,
        "malformed",
    ),
    "a million numbers": (
        "a.dsse.json",
        lambda: [crowded(b"1," * 10**6 + b"1")],
        None,
        "malformed",
    ),
    "a member twice": (
        "a.dsse.json",
        lambda: [NOTHING.replace(b'"payload":', b'"payload": "eA==", "payload":')],
        None,
        "malformed",
    ),
    "a number of ten million digits": (
        "a.dsse.json",
        lambda: [b'{"payloadType": ' + b"1" * 10**7 + b', "payload": "", "signatures": []}'],
        None,
        "bad-signature",
    ),
    "ZIP in ZIP": ("BulkHash.zip", lambda: [bombs.nested_zip(6)], None, "malformed"),
    "gzip in gzip": (
        "BulkHash.tar.gz",
        lambda: bombs.gzip_of_zeros(0, head=b"".join(bombs.gzip_of_zeros(GIB // 16))),
        None,
        "malformed",
    ),
    "DER that claims 4 GiB": (
        "sums",
        lambda: [SUMS],
        bombs.der_of_length(0xFFFFFFFF, CMS),
        "bad-signature",
    ),
    "DER that claims 2^1000": (
        "sums",
        lambda: [SUMS],
        bombs.der_of_length(1 << 1000, CMS),
        "bad-signature",
    ),
    "DER 20,000 deep": ("sums", lambda: [SUMS], bombs.nested_der(20_000), "bad-signature"),
    "DER of 120,000 values": (
        "sums",
        lambda: [SUMS],
        bombs.der_of_length(240_000 + len(CMS), CMS + b"\x05\x00" * 120_000),
        "bad-signature",
    ),
}
LARGE: dict[str, tuple[str, Callable[[], Iterable[bytes]]]] = {
    "10 GiB of zeros in gzip, as Bulk Hash": (
        "BulkHash.tar.gz",
        lambda: bombs.gzip_of_zeros(10 * GIB),
    ),
    "10 GiB of zeros in a tar in gzip": ("BulkHash.tar.gz", bulk_tar),
    "10 GiB of zeros in gzip, as KGV": (
        "KnownGoodValues.tar.gz",
        lambda: bombs.gzip_of_zeros(10 * GIB),
    ),
}


def written(folder: Path, name: str, pieces: Iterable[bytes], signature: bytes | None) -> Path:
    folder.mkdir()
    file = folder / name
    with file.open("wb") as stream:
        stream.writelines(pieces)
    if signature is not None:
        file.with_name(f"{name}.p7s").write_bytes(signature)
    return file


def refuse_more(peak: float, rest: float, *files: Path) -> None:
    size = max(file.stat().st_size for file in files) / 1024 / 1024
    assert peak <= rest + ALLOWED_MIB + TIMES * size, f"{peak:.0f} MiB, at rest {rest:.0f}"


def test_bombs_are_rejected_within_the_bound(tmp_path: Path) -> None:
    files = [
        written(tmp_path / str(number), name, pieces(), signature)
        for number, (name, pieces, signature, _) in enumerate(BOMBS.values())
    ]
    judged, peak = measured(*files)
    assert dict(zip(BOMBS, judged, strict=True)) == {k: (4, b[3]) for k, b in BOMBS.items()}
    refuse_more(peak, at_rest(tmp_path), *files)


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("bomb", LARGE)
def test_ten_gigabytes_are_rejected_within_the_bound(bomb: str, tmp_path: Path) -> None:
    name, pieces = LARGE[bomb]
    file = written(tmp_path / "bomb", name, pieces(), None)
    judged, peak = measured(file)
    assert judged == [(4, "malformed")]
    refuse_more(peak, at_rest(tmp_path), file)
