"""Hostile images cost a bounded amount of memory, whatever they claim, and end in a refusal.

The bounds that docs/images.md states are measured here: peak memory of what is allocated while an
image is judged and taken apart. Large content is made while it is read, so nothing large is stored.
"""

import gzip
import hashlib
import io
import lzma
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from netintegrity.errors import TrustError
from netintegrity.trust import cms
from netintegrity.trust.images import debian_package
from netintegrity.trust.images._gzip import Unpacked
from netintegrity.trust.images._iso9660 import files_in
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.images._tar import bundle_of
from netintegrity.trust.images._tar import members_of as tar_members
from netintegrity.trust.images._zip import DEFLATED, chunks_of, content_of, members_of
from netintegrity.trust.images.debian_package import _lines
from tests.adversary.swi_simulator import reader, zip_of
from tests.adversary.vendor_simulator import flip
from tests.adversary.vyos_simulator import FILES, iso_of, tree_of

MIB = 1024 * 1024
GIB = 1024 * MIB
LINES = (b"x" * 65535 + b"\n") * 16
BOUND = 48 * MIB
"""Of memory, above what the image itself holds."""
ISO_BOUND = 96 * MIB
"""Of an ISO, whose directories a library holds as objects."""


def peak(work: Callable[[], object]) -> int:
    """Return how much memory was allocated at most while ``work`` ran, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refused(work: Callable[[], object], *, match: str | None = None, bound: int = BOUND) -> None:
    def tried() -> None:
        with pytest.raises((ValueError, TrustError), match=match):
            work()

    assert peak(tried) < bound


def repeated(block: bytes, size: int, *, wbits: int) -> bytes:
    """Return a stream of ``size`` bytes, one block after the other; it is packed once."""
    stream = zlib.compressobj(9, zlib.DEFLATED, wbits)
    head = stream.compress(block) + stream.flush(zlib.Z_FULL_FLUSH)
    again = stream.compress(block) + stream.flush(zlib.Z_FULL_FLUSH)
    return head + again * (size // len(block) - 1) + stream.flush()


def zip_bomb(size: int, *, stated: int | None = None) -> bytes:
    """Return a ZIP of one member that inflates to ``size`` bytes and says it has ``stated``."""
    packed = repeated(bytes(MIB), size, wbits=-zlib.MAX_WBITS)
    plain = size if stated is None else stated
    crc = 0
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), plain, 4, 0)
    at = len(local) + 4 + len(packed)
    fields = (20, 20, 0, 8, 0, 0, crc, len(packed), plain, 4, 0, 0, 0, 0, 0, 0)
    central = struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + b"bomb"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), at, 0)
    return local + b"bomb" + packed + central + end


def drained(chunks: Iterator[bytes]) -> None:
    for piece in chunks:
        assert len(piece) <= MIB


@pytest.mark.parametrize(
    ("stated", "match"),
    [(None, "damaged"), (1000, "damaged"), (4 * GIB - 2, "damaged")],
    ids=["what it is", "too little", "too much"],
)
def test_a_member_that_inflates_beyond_all_measure_is_inflated_in_pieces(
    stated: int | None, match: str
) -> None:
    bomb = zip_bomb(96 * MIB, stated=stated)
    assert len(bomb) < MIB
    member = members_of(reader(bomb), len(bomb))["bomb"]
    refused(lambda: drained(chunks_of(member, reader(bomb), max_bytes=8 * GIB)), match=match)
    refused(lambda: drained(chunks_of(member, reader(bomb), max_bytes=1000)), match="more than")
    refused(lambda: content_of(member, reader(bomb), max_bytes=MIB))


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_ten_gigabytes_of_nothing_are_refused_in_a_few_mebibytes() -> None:
    bomb = zip_bomb(10 * GIB, stated=4 * GIB - 2)
    member = members_of(reader(bomb), len(bomb))["bomb"]
    refused(lambda: drained(chunks_of(member, reader(bomb), max_bytes=8 * GIB)), match="damaged")


@pytest.mark.parametrize("kind", ["gz", "xz"])
def test_an_index_that_unpacks_beyond_all_measure_is_read_in_pieces(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian_package, "MAX_PLAIN_BYTES", 64 * MIB)
    refused(lambda: list_nothing(kind, 65 * MIB), match="once unpacked", bound=BOUND)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("kind", "size"), [("gz", 10 * GIB), ("xz", GIB)])
def test_an_index_of_ten_gigabytes_is_read_up_to_its_bound(kind: str, size: int) -> None:
    refused(lambda: list_nothing(kind, size), match="once unpacked", bound=BOUND)


def list_nothing(kind: str, size: int) -> None:
    if kind == "gz":
        body = repeated(LINES, size, wbits=16 + zlib.MAX_WBITS)
    else:
        packer = lzma.LZMACompressor(preset=0)
        body = b"".join(packer.compress(LINES) for _ in range(size // MIB)) + packer.flush()
    for line in _lines(f"Packages.{kind}", body):
        assert line


def test_a_zip_in_a_zip_is_a_member_like_any_other() -> None:
    inner = zip_bomb(64 * MIB)
    outer = zip_of([("a.zip", zip_of([("b.zip", inner)]))])
    found = members_of(reader(outer), len(outer))
    assert set(found) == {"a.zip"}
    assert peak(lambda: members_of(reader(outer), len(outer))) < BOUND


def claimed(count: int, size: int) -> bytes:
    """Return an end record that claims so many members in a directory of so many bytes."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, 0, 0)


def test_a_zip_of_more_members_than_there_can_be_is_not_read() -> None:
    refused(lambda: members_of(reader(claimed(65535, 0)), 22), match="more than")
    refused(lambda: members_of(reader(claimed(1, 2**32 - 1)), 22), match="more than")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}", b"")
    raw = many.getvalue()
    refused(lambda: members_of(reader(raw), len(raw)), match="more than")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_no_archive() -> None:
    for twice in (
        zip_of([("a", b"1"), ("a", b"2")]),
        zip_of([("a", b"1"), ("b", b""), ("a", b"1")]),
    ):
        refused(partial(members_of, reader(twice), len(twice)), match="two members")


def tar_header(
    name: bytes, size: bytes = b"00000000000", kind: bytes = b"0", *, prefix: bytes = b""
) -> bytes:
    head = bytearray(512)
    head[: len(name)] = name
    head[124 : 124 + len(size)] = size
    head[156:157] = kind
    head[257:265] = b"ustar\x0000"
    head[345 : 345 + len(prefix)] = prefix
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


END = bytes(1024)
TARS: dict[str, tuple[bytes, str]] = {
    "an absolute name": (tar_header(b"/etc/passwd") + END, "leads out"),
    "a name that climbs": (tar_header(b"a/../../b") + END, "leads out"),
    "a prefix that climbs": (tar_header(b"b", prefix=b"../..") + END, "leads out"),
    "a link that has content": (tar_header(b"a", b"00000001000", b"2") + END, "link"),
    "a device": (tar_header(b"a", kind=b"4") + END, "a link, or a member"),
    "a sparse file": (tar_header(b"a", kind=b"S") + END, "a link, or a member"),
    "a header of its own": (tar_header(b"a", kind=b"x") + END, "a link, or a member"),
    "eight terabytes": (tar_header(b"a", b"77777777777") + END, "goes on behind"),
    "a size in base 256": (tar_header(b"a", b"\x80" + bytes(3) + b"\xff" * 8) + END, "a number"),
    "a size that is none": (tar_header(b"a", b"99999999999") + END, "a number"),
    "a long name of a gigabyte": (tar_header(b"a", b"10000000000", b"L") + END, "goes on behind"),
    "two files of one name": (tar_header(b"a") * 2 + END, "two files"),
    "one name in two spellings": (tar_header(b"a") + tar_header(b"./a") + END, "two files"),
    "another checksum": (tar_header(b"a")[:-1] + b"\1" + END, "not a whole tar"),
    "cut in a header": (tar_header(b"a")[:300], "not a whole tar"),
}


@pytest.mark.parametrize("attack", TARS)
def test_a_hostile_tar_is_refused(attack: str) -> None:
    raw, match = TARS[attack]
    refused(lambda: tar_members(reader(raw), len(raw)), match=match)


def test_a_tar_that_never_ends_is_read_up_to_its_bound() -> None:
    def read_at(offset: int, size: int) -> bytes:
        return tar_header(b"%d" % offset)[:size]

    refused(lambda: tar_members(read_at, 2**50), match="more than")
    refused(lambda: bundle_of(read_at, 2**50), match="more than")


def test_links_lead_nowhere() -> None:
    link = bytearray(tar_header(b"installer/fs.zip", kind=b"2"))
    for kind in (b"1", b"2"):
        link = bytearray(tar_header(b"installer/fs.zip", kind=kind))
        raw = bytes(link) + tar_header(b"other") + END
        assert set(tar_members(reader(raw), len(raw))) == {"other"}
        # Where nobody signed the archive, a link in it is refused.
        refused(partial(bundle_of, reader(raw), len(raw)), match="a link")


DERS: dict[str, bytes] = {
    "a length of four gigabytes": b"\x30\x84\xff\xff\xff\xff",
    "a length of 2^64": b"\x30\x88" + b"\xff" * 8,
    "a length of 126 bytes": b"\x30\xfe" + b"\xff" * 126,
    "a length that is not stated": b"\x30\x80\x00\x00",
    "nested as deep as it goes": b"\x30\x80" * 100_000,
    "nested, and each of a length": b"".join(
        b"\x30\x82" + (4 * n).to_bytes(2, "big") for n in range(16_000, 0, -1)
    ),
    "very many values": b"\x30\x83\x03\x00\x00" + b"\x05\x00" * 98_304,
    "larger than any": bytes(cms.MAX_BYTES + 1),
}


@pytest.mark.parametrize("attack", DERS)
def test_hostile_der_is_refused(attack: str) -> None:
    refused(lambda: cms.read(DERS[attack], name="x"))


HONEST = iso_of(tree_of(FILES))
DIRECTORY_AT = 23


def root_of(image: bytes) -> tuple[int, int]:
    """Return where the root directory lies, and where its record stands in the descriptor."""
    record = 16 * 2048 + 156
    return int.from_bytes(image[record + 2 : record + 6], "little") * 2048, record


def both(value: int) -> bytes:
    return value.to_bytes(4, "little") + value.to_bytes(4, "big")


def looping() -> bytes:
    """Return an image whose first folder is its root again."""
    root, _ = root_of(HONEST)
    at = root + HONEST[root] + HONEST[root + HONEST[root]]
    extent = both(root // 2048)
    return HONEST[: at + 2] + extent + HONEST[at + 10 :]


def sized(size: int) -> bytes:
    """Return an image whose root directory says it has so many bytes."""
    root, record = root_of(HONEST)
    raw = bytearray(HONEST)
    for at in (record, root):
        raw[at + 10 : at + 18] = both(size)
    return bytes(raw)


ISOS: dict[str, bytes] = {
    "a folder that is its own": looping(),
    "a directory of four gigabytes": sized(2**32 - 2048),
    "a directory of nothing": sized(0),
    "no descriptor": bytes(len(HONEST)),
    "cut in its directories": HONEST[: root_of(HONEST)[0] + 10],
    "a descriptor alone": HONEST[: 17 * 2048],
    "records that are none": HONEST.replace(b"RR\x05\x01", b"RR\xff\x01"),
    "names that are none": HONEST.replace(b"NM", b"CE"),
}


@pytest.mark.parametrize("attack", ISOS)
def test_a_hostile_iso_is_refused(attack: str) -> None:
    image = ISOS[attack]
    refused(lambda: _needed(image))


def _needed(image: bytes, read_at: ReadAt | None = None, size: int = 0) -> None:
    found = files_in(read_at or reader(image), size or len(image), ("/", "/live"))
    if "/live/filesystem.squashfs" not in found:
        raise ValueError("not there")


def test_a_directory_as_large_as_its_image_is_not_read_to_its_end() -> None:
    """The rest of a terabyte is made while it is read: records without end."""
    image = sized(2**32 - 2048)
    record = HONEST[root_of(HONEST)[0] :][:34]

    def read_at(offset: int, size: int) -> bytes:
        inside = image[offset : offset + size]
        return inside + (record * (size // len(record) + 1))[: size - len(inside)]

    refused(lambda: _needed(image, read_at, 2**40))


def crowded(count: int) -> bytes:
    """Return an image whose root has so many records, each as small as one can be."""
    root, record = root_of(HONEST)
    first = HONEST[root : root + HONEST[root]]
    second = HONEST[root + len(first) :][: HONEST[root + len(first)]]
    start = -(-len(HONEST) // 2048) * 2048
    rows = bytearray()
    for number in range(count):
        name = b"%06X.;1" % number
        row = struct.pack("<B33x", 34 + len(name))[:33] + name + b"\0"
        row = row[:2] + both(20) + both(0) + bytes((120, 1, 1, 0, 0, 0, 0)) + row[25:]
        row = row[:28] + b"\1\0\0\1" + bytes([len(name)]) + row[33:]
        room = 2048 - len(rows) % 2048
        rows += (bytes(room) if room < len(row) else b"") + row
    body = rows + bytes(-len(rows) % 2048)
    where, size = both(start // 2048), both(2048 + len(body))
    head = first[:2] + where + size + first[18:] + second[:2] + where + size + second[18:]
    raw = bytearray(HONEST + bytes(start - len(HONEST)) + head + bytes(2048 - len(head)) + body)
    raw[record + 2 : record + 18] = where + size
    for table, order in ((140, "little"), (148, "big")):
        at = int.from_bytes(HONEST[16 * 2048 + table :][:4], order) * 2048  # type: ignore[arg-type]
        raw[at + 2 : at + 6] = (start // 2048).to_bytes(4, order)  # type: ignore[arg-type]
    return bytes(raw)


@pytest.mark.parametrize(
    ("count", "match"),
    [(1000, "without a Rock Ridge name"), (15_000, "without"), (120_000, "larger than those of")],
)
def test_very_many_files_are_refused_before_they_fill_the_memory(count: int, match: str) -> None:
    image = crowded(count)
    refused(lambda: files_in(reader(image), len(image), ("/",)), match=match, bound=ISO_BOUND)


def test_what_is_honest_stays_far_below_the_bound() -> None:
    assert peak(lambda: _needed(HONEST)) < BOUND // 4
    raw = zip_of([("a", b"x" * MIB)], method=DEFLATED)
    assert members_of(reader(raw), len(raw))["a"].plain_bytes == MIB


def gzip_bomb(size: int) -> bytes:
    return repeated(bytes(MIB), size, wbits=16 + zlib.MAX_WBITS)


def test_a_packed_archive_that_unpacks_beyond_all_measure_is_unpacked_in_pieces() -> None:
    bomb = gzip_bomb(96 * MIB)
    opened = Unpacked(reader(bomb), len(bomb))
    refused(opened.length, match="once unpacked")
    refused(lambda: opened.read_at(64 * MIB, 10), match="once unpacked")


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_ten_gigabytes_of_a_packed_archive_are_refused_in_a_few_mebibytes() -> None:
    bomb = gzip_bomb(10 * GIB)
    refused(Unpacked(reader(bomb), len(bomb)).length, match="once unpacked")


def test_a_packed_archive_reads_as_it_would_unpacked() -> None:
    plain = hashlib.shake_256(b"an archive").digest(5_120_000)
    packed = gzip.compress(plain, 1)
    opened = Unpacked(reader(packed), len(packed))
    assert opened.length() == len(plain)
    for offset, size in ((0, 10), (5, 3_000_000), (4_999_990, 500), (1, 1), (10**7, 5), (7, 0)):
        assert opened.read_at(offset, size) == plain[offset : offset + size]
    for spoilt in (packed[:-1], packed + b"x", packed * 2, packed[:100], flip(packed, 5000)):
        refused(Unpacked(reader(spoilt), len(spoilt)).length)


def test_the_dictionary_of_a_hostile_index_is_bounded_outside_python_too() -> None:
    """The library for xz keeps it where Python does not count: a child process is measured."""
    program = (
        "import lzma, resource, sys\n"
        "from netintegrity.trust.images.debian_package import _lines\n"
        "raw = sys.stdin.buffer.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    refused = not sum(1 for _ in _lines('Packages.xz', raw))\n"
        "except ValueError:\n    refused = True\n"
        "print(refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    wide = {"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1024 * MIB}
    raw = lzma.compress(LINES, filters=[wide])
    done = subprocess.run(
        [sys.executable, "-c", program], input=raw, capture_output=True, check=True, timeout=100
    )
    was_refused, kibibytes = done.stdout.split()
    assert was_refused == b"True"
    assert int(kibibytes) * 1024 < 2 * BOUND
