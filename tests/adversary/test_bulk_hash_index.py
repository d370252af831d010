"""What is found through the index is what the whole list says; a wrong index can only hide."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.app.registries import parse_release
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import Provenance, ReferenceImage, ReferenceKind, ReferenceSet
from netintegrity.trust.formats._bulkhash_index import Index, IndexedRows, index_of
from netintegrity.trust.formats._bulkhash_rows import read_rows
from tests.adversary.bulk_hash import COLUMNS, END, START, csv_of, many_rows, row

NAMES = (
    "cat9k_iosxe.17.09.04a.SPA.bin",
    "cat9k_iosxe_npe.17.09.04a.SPA.bin",
    "isr4300-universalk9.16.03.01.SPA.bin",
    "c2960x-universalk9-mz.152-7.E10.bin",
    "unheard_of.img",
    " padded.17.09.04a.SPA.bin ",
    "##START_DATE## x",
    "",
    "naïve.bin",
)
ROWS = st.builds(
    row,
    st.sampled_from(NAMES),
    st.sampled_from(["genuine", "rebuilt", "other"]),
    publish_date=st.sampled_from(["", "August 03 2016 00:00:00 PDT-0700", "nonsense", " "]),
    deferral_status=st.sampled_from(["", "active", "Deferred", " "]),
    image_size=st.sampled_from(["", "1", "x", "1" * 16, " 5 "]),
)
ODD = st.one_of(
    st.just([]),
    st.just(START),
    st.just(END),
    st.just(["x"]),
    ROWS.map(lambda r: r[:5]),
    ROWS.map(lambda r: [*r, "more"]),
    ROWS.map(lambda r: [r[0], "", *r[2:]]),
    ROWS.map(lambda r: [*r[:2], "", *r[3:]]),
    ROWS.map(lambda r: [r[0], r[1][:-1] + "G", *r[2:]]),
    ROWS.map(lambda r: [*r[:2], r[2].lower() + " ", *r[3:]]),
    ROWS.map(lambda r: [f'quoted "{r[0]}", and\nmore', *r[1:]]),
)


def provenance(manifest_id: str) -> Provenance:
    return Provenance(
        manifest_id=manifest_id,
        list_id="l",
        format_id="cisco-bulkhash",
        manifest_digest=Digest(DigestAlgorithm.SHA256, bytes(32)),
        signer="s",
        key_id="k",
        key_fingerprint="f",
        vendor_signed=True,
    )


def whole(content: bytes) -> ReferenceSet:
    images, _ = read_rows(content, "m", parse_release)
    return ReferenceSet(images=images, provenance=(provenance("m"),))


def indexed(index: Index) -> ReferenceSet:
    return ReferenceSet(images=(), rows=(IndexedRows(index, "m"),), provenance=(provenance("m"),))


def answers(references: ReferenceSet, of: ReferenceSet) -> Iterator[object]:
    """Ask everything that may be asked about what ``of`` holds, and a little more."""
    for image in of:
        yield references.with_digest(image.digests)
        yield from (references.with_digest([digest]) for digest in image.digests)
        yield references.with_name(image.filename)
        yield references.named("cisco_iosxe", image.filename)
        if image.release is not None:
            for platform, kind in (("cisco_iosxe", "image"), ("cisco_ios", "package")):
                pids = ("C9300-24T", "ISR4331/K9", "C2960X")
                yield references.listed(platform, image.release, ReferenceKind(kind), pids)
    yield references.with_digest([Digest(DigestAlgorithm.SHA512, bytes(64))])
    yield references.with_digest([Digest(DigestAlgorithm.SHA256, bytes(32))])
    yield references.with_name("absent.bin")
    yield tuple(references)
    yield references.count


def written(rows: list[list[str]], end: str, last: bool) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([COLUMNS, *rows])
    return text.getvalue().removesuffix("" if last else end).encode()


@given(st.lists(st.one_of(ROWS, ODD), max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_index_says_what_the_whole_list_says(
    rows: list[list[str]], end: str, last: bool
) -> None:
    content = written(rows, end, last)
    index = index_of(content, parse_release)
    if index is None:
        assert not content.isascii() or b'"' in content
        return
    read = whole(content)
    assert list(answers(indexed(index), read)) == list(answers(read, read))
    assert index.reader.newest == read_rows(content, "m", parse_release)[1]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c.replace(b"FILE_NAME", b"FILE NAME"),
        lambda c: c.replace(b"\r\n", b"\r", 1),
        lambda c: c + b"a\x00b,,,,,\n",
        lambda c: c + "ü,,,,,\n".encode(),
        lambda c: c + b'"quoted",,,,,\n',
        lambda c: c + b"x" * 140_000 + b",,,,,\n",
        lambda _: b"",
    ],
)
def test_a_list_in_another_form_is_read_whole(spoil: Callable[[bytes], bytes]) -> None:
    assert index_of(spoil(csv_of([row()])), parse_release) is None


def test_no_changed_byte_of_an_index_forges_a_row() -> None:
    """It may hide one: that is why none is kept from one run to the next."""
    deferred = row(content="deferred", deferral_status="Deferred")
    content = csv_of([*many_rows(12), deferred, row(content="x")])
    index = index_of(content, parse_release)
    assert index is not None
    genuine = set(whole(content))
    asked, hidden = [digest for image in genuine for digest in image.digests], 0
    for places in (index.by_sha512, index.by_md5, index.by_name):
        for bucket in places.buckets:
            for position in range(len(bucket)):
                for mask in (0x01, 0x80):
                    bucket[position] ^= mask
                    found = _all_found(indexed(index), genuine)
                    assert found <= genuine
                    hidden += sum(not indexed(index).with_digest([d]) for d in asked)
                    bucket[position] ^= mask
    assert hidden  # so the test did spoil something


def _all_found(references: ReferenceSet, genuine: set[ReferenceImage]) -> set[ReferenceImage]:
    found: set[ReferenceImage] = set()
    for image in genuine:
        found.update(references.with_digest(image.digests))
        found.update(references.with_name(image.filename))
    rows = references.rows[0]
    for image in genuine:
        found.update(rows.with_values([d.value for d in image.digests]))
        found.update(rows.named(image.filename))
    return found | set(rows)


def test_an_offset_into_the_middle_of_a_row_is_no_row() -> None:
    content = csv_of([row("xcat9k_iosxe.17.09.04a.SPA.bin")])
    index = index_of(content, parse_release)
    assert index is not None
    (offset,) = index.offsets()
    assert [i.filename for i in index.read([offset], "m")] == ["xcat9k_iosxe.17.09.04a.SPA.bin"]
    assert list(index.read([offset + 1, 0, len(content) + 5], "m")) == []
