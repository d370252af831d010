"""Three generations of one list, read alike."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.errors import UnsignedError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage, ReferenceKind
from netintegrity.trust._spec import ParsedManifest
from netintegrity.trust.formats import _cisco_hardware as hardware
from netintegrity.trust.formats.cisco_kgv import FORMAT
from tests.adversary.vendor_simulator import releases

MD5, SHA512, BIV = "AB" * 16, "CD" * 64, "EF" * 64
IMAGE = {"filename": "isr4300-universalk9.16.03.01.SPA.bin", "biv_hash": BIV}
HASHED = IMAGE | {
    "md5": MD5.lower(),
    "sha512": SHA512.lower(),
    "published": "May 14 2017 19:16:11 PDT-0700",
}


def read(document: object) -> ParsedManifest:
    return FORMAT.parse(json.dumps(document).encode(), "m", releases)


def first(*files: object, **header: object) -> ParsedManifest:
    return read({"header": header, "bulkHash": files})


def second(**groups: object) -> ParsedManifest:
    return read({"header": {}, "products": [{"product": "ISR4K", **groups}]})


def third(**groups: object) -> ParsedManifest:
    named = {name.replace("_", " "): group for name, group in groups.items()}
    return read({"header": {}, "platforms": [{"ISR4K": named}]})


def only(parsed: ParsedManifest) -> ReferenceImage:
    (image,) = parsed.images
    return image


def test_all_generations_say_the_same_of_one_file() -> None:
    version = {"version": "16.03.01", "entries": [HASHED]}
    images = {
        only(first(HASHED | {"dtype": "osimage"})),
        only(second(osImageVersions=[version])),
        only(third(OS_Image_Versions=[version | {"version": ["16.03.01"]}])),
    }
    (image,) = images
    assert (image.kind, image.platforms) == (ReferenceKind.IMAGE, frozenset({"cisco_iosxe"}))
    assert image.release == releases("cisco_iosxe", "16.03.01")
    assert image.hardware == frozenset({"ISR43"})
    assert image.digests == {
        Digest(DigestAlgorithm.MD5, bytes.fromhex(MD5)),
        Digest(DigestAlgorithm.SHA512, bytes.fromhex(SHA512)),
    }
    assert {m.value.hex() for m in image.measurements} == {BIV.lower()}


def test_what_is_listed_twice_is_one_file_with_all_its_measurements() -> None:
    other = HASHED | {"biv_hash": "00" * 64}
    image = only(second(osImageVersions=[{"version": "16.03.01", "entries": [HASHED, other] * 2}]))
    assert len(image.measurements) == 2


def test_two_files_of_one_name_are_never_mixed() -> None:
    other = HASHED | {"sha512": "00" * 64}
    parsed = first(*(f | {"dtype": "osimage"} for f in (HASHED, other)))
    assert [len(i.digests) for i in parsed.images] == [2, 2]


def test_boot_loaders_have_a_version_and_no_release() -> None:
    parsed = second(
        bootLoaderVersions=[{"version": "16.2(1r)", "entries": [{"biv_hash": BIV}]}],
        boot0Versions=[{"version": "F01001R06", "entries": [{"biv_hash": "AB" * 32}]}],
    )
    kinds = {(i.kind, i.filename, i.release, i.hardware) for i in parsed.images}
    assert kinds == {
        (ReferenceKind.BOOT_LOADER, "16.2(1r)", None, frozenset({"ISR4"})),
        (ReferenceKind.BOOT0, "F01001R06", None, frozenset({"ISR4"})),
    }


def test_packages_are_listed_with_what_their_image_says() -> None:
    package = {"filename": "rpbase.SPA.pkg", "sha512": SHA512, "biv_hash": BIV}
    parsed = first(HASHED | {"dtype": "osimage", "pkg": [package]})
    image = next(i for i in parsed.images if i.kind is ReferenceKind.PACKAGE)
    assert (image.hardware, image.release) == (parsed.images[0].hardware, parsed.images[0].release)


def test_only_the_newest_generation_is_dated_as_a_whole() -> None:
    dated = first(IMAGE | {"dtype": "osimage"}, timestamp="2021.12.01.07.29.38")
    assert dated.issued_at == datetime(2021, 12, 1, 7, 29, 38, tzinfo=UTC)
    rows = second(osImageVersions=[{"version": "16.03.01", "entries": [HASHED]}])
    assert rows.issued_at is None
    assert rows.newest_entry == datetime(2017, 5, 15, 2, 16, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "date", [None, 7, "", "soon", "Foo 14 2017 19:16:11 PDT-0700", "May 44 2017 19:16:11 PDT-0700"]
)
def test_a_row_that_is_not_dated_still_counts(date: object) -> None:
    assert only(first(HASHED | {"dtype": "osimage", "published": date})).digests


def test_a_kind_added_later_is_passed_over() -> None:
    assert not first(IMAGE | {"dtype": "fpga"}).images


def test_an_empty_digest_is_no_digest() -> None:
    assert not only(first(IMAGE | {"dtype": "osimage", "sha512": "", "md5": None})).digests
    assert not first({"filename": "x", "dtype": "osimage"}).images


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"bulkHash": {}},
        {"bulkHash": [1]},
        {"bulkHash": [{"dtype": "osimage"}]},
        {"bulkHash": [{"filename": "x"}]},
        {"bulkHash": [HASHED | {"dtype": "osimage", "sha512": "AB"}]},
        {"bulkHash": [HASHED | {"dtype": "osimage", "sha512": ["AB"]}]},
        {"bulkHash": [HASHED | {"dtype": "osimage", "biv_hash": "AB" * 20}]},
        {"bulkHash": [], "header": {"timestamp": "yesterday"}},
        {"bulkHash": [], "header": {"timestamp": "2021.13.01.07.29.38"}},
        {"bulkHash": [], "header": 1},
        {"products": [{}]},
        {"products": [{"product": "ISR4K", "osImageVersions": [{"version": []}]}]},
        {"platforms": [{"ISR4K": []}]},
    ],
)
def test_a_list_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match=r"^\$"):
        read(document)


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("isr4400v2-universalk9.17.09.04a.SPA.bin", {"ISR4461"}),
        ("cat9k_iosxe.17.09.04a.SPA.bin", {"C9300", "C9400", "C9500", "C9600"}),
        ("cat9k_lite_iosxe.17.09.04a.SPA.bin", {"C9200"}),
        ("cat9k-rpbase.17.09.04a.SPA.pkg", {"C9300", "C9400", "C9500", "C9600"}),
        ("cat9k_lite-rpbase.17.09.04a.SPA.pkg", {"C9200"}),
        ("cat3k_caa-universalk9.16.12.05b.SPA.bin", {"WS-C3650", "WS-C3850", "C3650", "C3850"}),
        ("asr1001x-universalk9_npe.16.03.02.SPA.bin", {"ASR1001-X"}),
        ("C9800-40-universalk9_wlc.17.09.04a.SPA.bin", {"C9800-40"}),
        ("c1100-universalk9.17.09.04a.SPA.bin", {"C11"}),
        ("ie3x00-universalk9.17.09.04a.SPA.bin", {"IE-3"}),
        ("isr43000-universalk9.bin", None),
        ("unheard-of.bin", None),
        ("", None),
    ],
)
def test_the_family_of_a_file_names_its_boxes(filename: str, expected: set[str] | None) -> None:
    assert hardware.of_file(filename) == expected


def test_the_shapes_of_the_name_hold_where_a_release_is_older() -> None:
    grammar = FORMAT.parse
    seen: list[str] = []

    def watch(_: str, text: str) -> None:
        seen.append(text)

    name = "isr4300-universalk9.03.16.04b.S.155-3.S4b-ext.SPA.bin"
    grammar(
        json.dumps({"bulkHash": [IMAGE | {"filename": name, "dtype": "osimage"}]}).encode(),
        "m",
        watch,
    )
    assert seen == ["03.16.04b.S"]


def test_without_a_signature_it_is_unsigned() -> None:
    with pytest.raises(UnsignedError):
        FORMAT.split(b"{}", {".sig": b"x"})
    assert FORMAT.split(b"{}", {"": b"x"}).signatures[0].value == b"x"


NAMES = [
    *("header", "timestamp", "bulkHash", "products", "platforms", "product", "filename", "dtype"),
    *("platform", "md5", "sha512", "biv_hash", "pkg", "osImageVersions", "boot0Versions"),
    *("version", "entries", "published", "ISR4K", "OS Image Versions"),
]
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["osimage", "boot0", BIV, ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), SHAPES, max_size=4))
def test_whatever_is_signed_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        read(document)
    except ValueError:
        return
