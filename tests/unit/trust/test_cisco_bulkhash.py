"""Bulk Hash lists are read with all that is odd about their rows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.app.registries import parse_release
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage, ReferenceKind
from netintegrity.trust._spec import ParsedManifest
from netintegrity.trust.formats import _cisco_names as names
from netintegrity.trust.formats.cisco_bulkhash import FORMAT
from tests.adversary.bulk_hash import END, NAME, START, csv_of, digests_of, images_of, row
from tests.paths import CAPTURES, needs_captures


def read(*rows: list[str]) -> ParsedManifest:
    return FORMAT.parse(csv_of(rows), "m", parse_release)


def only(*rows: list[str]) -> ReferenceImage:
    (image,) = images_of(read(*rows))
    return image


def test_a_row_says_name_digests_size_release_platform_and_hardware() -> None:
    image, (md5, sha512) = only(row()), digests_of("genuine")
    assert (image.kind, image.filename, image.size_bytes) == (ReferenceKind.IMAGE, NAME, 1234)
    assert image.release == parse_release("cisco_iosxe", "17.09.04a")
    assert image.platforms == frozenset({"cisco_iosxe"})
    assert image.hardware == frozenset({"C9300", "C9400", "C9500", "C9600"})
    assert image.digests == {
        Digest(DigestAlgorithm.MD5, bytes.fromhex(md5)),
        Digest(DigestAlgorithm.SHA512, bytes.fromhex(sha512)),
    }
    assert not image.withdrawn


def test_marks_of_start_and_end_are_no_files_and_date_nothing() -> None:
    parsed = read(START, row(), END)
    assert len(images_of(parsed)) == 1
    assert parsed.newest_entry == datetime(2016, 8, 3, 7, tzinfo=UTC)
    assert (parsed.issued_at, parsed.sequence, parsed.expires_at) == (None, None, None)


def test_the_newest_row_dates_the_list() -> None:
    newer = row(publish_date="December 31 2019 23:00:00 PST-0800")
    assert read(newer, row()).newest_entry == datetime(2020, 1, 1, 7, tzinfo=UTC)
    assert read(row(publish_date="soon"), row(publish_date="")).newest_entry is None


def test_a_blank_size_is_not_said() -> None:
    assert only(row(image_size="")).size_bytes is None


def test_every_row_of_one_name_counts_and_none_replaces_another() -> None:
    images = images_of(read(row(), row(content="rebuilt", image_size="99")))
    assert len({i.digests for i in images}) == 2
    assert {i.filename for i in images} == {NAME}


@pytest.mark.parametrize(
    "changes",
    [
        {"sha512_checksum": ""},
        {"sha512_checksum": "   "},
        {"sha512_checksum": "AB" * 63},
        {"sha512_checksum": "AB" * 63 + "A "},
        {"sha512_checksum": "ZZ" * 64},
        {"sha512_checksum": "", "md5_checksum": ""},
        {"md5_checksum": "N/A"},
        {"image_size": "unknown"},
        {"image_size": "-1"},
        {"image_size": "1e9"},
        {"image_size": "٣"},
        {"image_size": "9" * 16},
        {"file_name": ""},
        {"file_name": "x" * 256},
        {"file_name": "a\nb"},
    ],
)
def test_a_row_that_cannot_be_read_vouches_for_nothing(changes: dict[str, str]) -> None:
    assert images_of(read(row(**changes))) == ()


@pytest.mark.parametrize("wrong", [["x"], [*row(), "more"], row()[:5], []])
def test_a_row_of_another_width_vouches_for_nothing(wrong: list[str]) -> None:
    assert [i.filename for i in images_of(read(wrong, row()))] == [NAME]


def test_a_row_without_md5_counts_by_its_strong_digest() -> None:
    assert {d.algorithm for d in only(row(md5_checksum="")).digests} == {DigestAlgorithm.SHA512}


def test_a_release_of_which_a_row_is_unread_accuses_no_box() -> None:
    npe = "cat9k_iosxe_npe.17.09.04a.SPA.bin"
    other = row("cat9k_iosxe.17.09.05.SPA.bin", "other")
    read_one, read_other = images_of(read(row(), row(npe, "npe", sha512_checksum=""), other))
    assert read_one.hardware is None
    assert read_one.release is not None
    assert read_other.hardware is not None


@pytest.mark.parametrize("status", ["Deferred", "DEFERRED", "Deferral Advisory", "x", "0"])
def test_a_deferred_file_was_taken_back(status: str) -> None:
    assert only(row(deferral_status=status)).withdrawn


@pytest.mark.parametrize("status", ["", " ", "active", "Active", "ACTIVE"])
def test_a_file_still_stood_by_was_not(status: str) -> None:
    assert not only(row(deferral_status=status)).withdrawn


def test_a_file_deferred_in_a_row_that_cannot_be_read_was_taken_back_as_well() -> None:
    unread = row(sha512_checksum="", deferral_status="Deferred")
    assert only(unread, row()).withdrawn
    assert not only(
        row(content="another", sha512_checksum="", deferral_status="x"), row()
    ).withdrawn


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        csv_of([])[1:],
        b"\xef\xbb\xbf" + csv_of([row()]),
        csv_of([]).replace(b"MD5_CHECKSUM,SHA512_CHECKSUM", b"SHA512_CHECKSUM,MD5_CHECKSUM"),
        csv_of([]).replace(b",IMAGE_SIZE", b""),
        csv_of([]) + b'"unclosed',
        csv_of([]) + b"\xff\xfe,,,,,\r\n",
        csv_of([]) + b"x" * 200_000,
    ],
)
def test_what_is_no_such_list_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="line"):
        FORMAT.parse(content, "m", parse_release)


def test_lines_may_end_either_way() -> None:
    content = csv_of([row(), row("other.bin", "other")])
    plain = FORMAT.parse(content.replace(b"\r\n", b"\n"), "m", parse_release)
    other = FORMAT.parse(content, "m", parse_release)
    assert images_of(plain) == images_of(other)
    assert plain.newest_entry == other.newest_entry


@pytest.mark.parametrize(
    ("filename", "release", "platforms"),
    [
        ("isr4300-universalk9.16.03.01.SPA.bin", "16.03.01", {"cisco_iosxe"}),
        ("asr920-universalk9_npe.17.09.04a.SPA.bin", "17.09.04a", None),
        (
            "asr1000rp2-adventerprisek9.03.16.04b.S.155-3.S4b-ext.bin",
            "03.16.04b.S",
            {"cisco_iosxe"},
        ),
        ("cat3k_caa-universalk9.SPA.03.06.06E.152-2.E6.bin", "03.06.06E", {"cisco_iosxe"}),
        ("c2960x-universalk9-mz.152-7.E10.bin", "15.2(7)E10", {"cisco_ios", "cisco_iosxe"}),
        ("c1900-universalk9-mz.SPA.157-3.M4b.bin", "15.7(3)M4b", {"cisco_ios", "cisco_iosxe"}),
        ("c2600-adventerprisek9-mz.124-12.bin", "12.4(12)", {"cisco_ios", "cisco_iosxe"}),
        ("nxos64-cs.10.2.3.F.bin", None, {"cisco_nxos"}),
        ("nxos.9.3.15.bin", None, {"cisco_nxos"}),
        ("asa9-16-4-85-smp-k8.bin", None, {"cisco_asa"}),
        ("asa917-4-smp-k8.bin", None, {"cisco_asa"}),
        ("asr9k-mini-x64-7.3.2.iso", None, {"cisco_iosxr"}),
        ("CUCM-12.5.1.iso", None, None),
        ("", None, None),
    ],
)
def test_a_name_says_no_more_than_is_sure(
    filename: str, release: str | None, platforms: set[str] | None
) -> None:
    assert names.release_text(filename) == release
    assert names.platforms_of(filename) == platforms
    if release is not None:
        assert names.release_of(release, parse_release) is not None


@pytest.mark.parametrize(
    ("filename", "kind"),
    [
        (NAME, ReferenceKind.IMAGE),
        ("cat9k-rpbase.17.09.04a.SPA.pkg", ReferenceKind.PACKAGE),
        ("cat9k_iosxe.17.09.04a.CSCwf00001.SPA.smu.bin", ReferenceKind.PACKAGE),
        ("isr4200_4300_rommon_1612_2r_SPA.pkg", ReferenceKind.BOOT_LOADER),
    ],
)
def test_a_name_tells_an_image_from_a_part_of_one(filename: str, kind: ReferenceKind) -> None:
    assert only(row(filename)).kind is kind


@needs_captures
def test_the_row_in_the_captures_is_the_file_of_the_signed_list() -> None:
    content = (CAPTURES / "cisco" / "kgv" / "bulkhash_row_sample.csv").read_bytes()
    (image,) = images_of(FORMAT.parse(content, "m", parse_release))
    assert "md5:d949b99a104b23b2129718220c78f28e" in {str(d) for d in image.digests}
    assert image.hardware == frozenset({"ISR43"})


FIELDS = st.sampled_from([NAME, "", "Deferred", "AB" * 64, "AB" * 16, "12", "##", "a,b", '"', "\0"])


@settings(deadline=None)
@given(st.lists(st.lists(FIELDS, max_size=8), max_size=4))
def test_whatever_is_signed_is_read_or_refused(rows: list[list[str]]) -> None:
    try:
        parsed = read(*rows)
    except ValueError:
        return
    assert all(i.digests for i in images_of(parsed))
