"""A Bulk Hash list of half a million rows: found through offsets, against read whole, in one run.

Both verify the signature over every byte, and then answer the same thousand questions by digest and
as many by a digest that is in no list, with the name and the release of a box.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from netintegrity.app.registries import parse_release
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceKind, ReferenceSet
from netintegrity.trust import admit
from netintegrity.trust.admit import Submission
from netintegrity.trust.formats import cisco_bulkhash
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.bulk_hash import BulkHashVendor, csv_of, many_rows

ROWS: Final = 500_000
LOOKUPS: Final = 1_000
ROUNDS: Final = 3
_LIST, _SIGNATURE, _KEY, _ASKED = "list.csv", "list.csv.signature", "toy.pem", "asked.json"


def _make(folder: Path) -> int:
    vendor = BulkHashVendor()
    content = csv_of(many_rows(ROWS))
    (folder / _LIST).write_bytes(content)
    (folder / _SIGNATURE).write_bytes(vendor.sign(content))
    for name, file in vendor.key_files.items():
        (folder / name).write_bytes(file)
    lines = content.splitlines()[2:-1]
    step = len(lines) // LOOKUPS
    asked = [line.decode().split(",") for line in lines[::step][:LOOKUPS]]
    (folder / _ASKED).write_text(json.dumps([(row[0], row[2]) for row in asked]))
    return len(content)


def _keyring(folder: Path) -> Keyring:
    return load_keyring({n: (folder / n).read_bytes() for n in ("keyring.yaml", _KEY)})


def _answer(references: ReferenceSet, asked: list[tuple[str, str]]) -> int:
    found = 0
    for name, sha512 in asked:
        digest = Digest(DigestAlgorithm.SHA512, bytes.fromhex(sha512))
        found += len(references.with_digest([digest]))
        patched = Digest(DigestAlgorithm.SHA512, digest.value[::-1])
        found += len(references.with_digest([patched]))
        found += len(references.named("cisco_iosxe", name))
    release = parse_release("cisco_iosxe", "17.02.01")
    assert release is not None  # noqa: S101
    found += len(references.listed("cisco_iosxe", release, ReferenceKind.IMAGE, ("C9300-24T",)))
    return found


def _measure(folder: Path, *, whole: bool) -> None:
    """Be the process that is measured."""
    asked = json.loads((folder / _ASKED).read_text())
    keyring = _keyring(folder)
    if whole:
        cisco_bulkhash.index_of = lambda *_: None  # type: ignore[assignment]
    before = _peak_mib()
    began = time.process_time()
    submission = Submission(
        filename=_LIST,
        raw=(folder / _LIST).read_bytes(),
        detached={".signature": (folder / _SIGNATURE).read_bytes()},
    )
    judged = admit.judge_all([submission], keyring=keyring, releases=parse_release)
    found = _answer(judged.references, asked)
    spent = time.process_time() - began
    print(json.dumps([spent, _peak_mib(), before, found]))


def _peak_mib() -> float:
    """Return the peak of this program alone; ``getrusage`` has that of the parent in it."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _asked_in_a_process(folder: Path, how: str) -> tuple[float, float, float, int]:
    command = [sys.executable, "-m", "benchmarks.manifests", how, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    spent, peak, before, found = json.loads(done.stdout)
    return spent, peak, before, found


def main() -> None:
    """Print processor time and peak memory of both ways, interleaved, and their ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = _make(folder)
        print(f"{ROWS} rows, {size / 1e6:.0f} MB; {LOOKUPS} look-ups; median of {ROUNDS}")
        taken: dict[str, list[tuple[float, float, float, int]]] = {"offsets": [], "whole": []}
        for _ in range(ROUNDS):
            for how, results in taken.items():
                results.append(_asked_in_a_process(folder, how))
    medians = {}
    for how, results in taken.items():
        spent, peak, before = (statistics.median(r[i] for r in results) for i in range(3))
        medians[how] = (spent, peak)
        print(f"{how}: {spent:.2f} s of CPU, peak {peak:.0f} MiB ({before:.0f} before)")
    answers = {r[3] for results in taken.values() for r in results}
    print(f"both ways find the same: {len(answers) == 1} ({max(answers)} rows)")
    (spent, peak), (spent_whole, peak_whole) = medians["offsets"], medians["whole"]
    print(f"time {spent / spent_whole:.2f}, memory {peak / peak_whole:.2f} of reading it whole")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _measure(Path(sys.argv[2]), whole=sys.argv[1] == "whole")
    else:
        main()
