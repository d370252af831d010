"""Lists of checksums are read in every usual style, whole or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.app.registries import parse_release
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage
from netintegrity.model.release import Release
from netintegrity.trust.formats import _checksums as checksums

HEX = {a: "ab" * a.size_bytes for a in DigestAlgorithm}
SHA256 = HEX[DigestAlgorithm.SHA256]


def read(text: str) -> tuple[ReferenceImage, ...]:
    return checksums.read(text.encode(), "m", parse_release)


def only(text: str) -> ReferenceImage:
    (image,) = read(text)
    return image


@pytest.mark.parametrize(
    "line",
    [
        f"{SHA256}  x.bin",
        f"{SHA256} *x.bin",
        f"{SHA256.upper()}  x.bin",
        f"{SHA256}  ./x.bin",
        f"{SHA256}  amd64/x.bin",
        f"SHA256 (x.bin) = {SHA256}",
        f"SHA256(x.bin)= {SHA256}",
        f"SHA2-256(x.bin)= {SHA256}",
        f"\n# a comment\n\n{SHA256}  x.bin\r\n",
    ],
)
def test_each_style_says_the_same(line: str) -> None:
    image = only(line)
    assert image.digests == {Digest(DigestAlgorithm.SHA256, b"\xab" * 32)}
    assert (image.filename, image.platforms, image.hardware, image.release) == (
        *("x.bin", None),
        *(None, None),
    )


@pytest.mark.parametrize("algorithm", DigestAlgorithm)
def test_the_length_of_a_bare_digest_tells_its_algorithm(algorithm: DigestAlgorithm) -> None:
    (digest,) = only(f"{HEX[algorithm]}  x").digests
    assert digest.algorithm is algorithm


def test_a_file_of_several_lines_has_several_digests() -> None:
    text = "".join(f"{a.name} (x.bin) = {HEX[a]}\n" for a in DigestAlgorithm)
    assert {d.algorithm for d in only(text).digests} == set(DigestAlgorithm)


def test_files_of_one_name_in_two_folders_are_two() -> None:
    text = f"{SHA256}  amd64/bsd\n{'00' * 32}  i386/bsd\n"
    assert [i.filename for i in read(text)] == ["bsd", "bsd"]


def test_an_algorithm_that_judges_nothing_is_passed_over() -> None:
    assert read(f"RMD160 (x) = {'ab' * 20}\nSHA512/256 (x) = {SHA256}\n") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{SHA256}  x\n{'00' * 32}  x\n", 2),
        (f"{SHA256} x\n", 1),
        (f"{SHA256}\n", 1),
        (f"{SHA256[:-1]}  x\n", 1),
        (f"{SHA256}00  x\n", 1),
        (f"SHA256 (x) = {SHA256[:-2]}\n", 1),
        (f"SHA512 (x) = {SHA256}\n", 1),
        (f"{SHA256}  x\nhello\n", 2),
        (f"{SHA256}  a\x1b[31mb\n", 1),
        (f"{SHA256}  a/\n", 1),
        (f"{SHA256}  {'x' * 256}\n", 1),
        (f"\\{SHA256}  a\\nb\n", 1),
        (f"{SHA256}  {'x' * 2000}\n", 1),
        (f"{SHA256[:-1]}٣  x\n", 1),
    ],
)
def test_what_is_no_such_line_is_refused_with_its_number(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=rf"^line {line}: "):
        read(text)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="UTF-8"):
        checksums.read(b"\xff\xfe", "m", parse_release)


@pytest.mark.parametrize(
    ("name", "platform", "text"),
    [
        ("openwrt-23.05.2-x86-64-generic-squashfs-combined.img.gz", "openwrt", "23.05.2"),
        ("openwrt-24.10.0-rc1-ath79-generic-x-sysupgrade.bin", "openwrt", "24.10.0-rc1"),
        ("openwrt-x86-64-generic.manifest", None, None),
        ("vyos-1.4.2-generic-amd64.iso", "vyos", "1.4.2"),
        ("vyos-1.5-rolling-202401010025-amd64.iso", "vyos", "1.5-rolling-202401010025"),
        ("EOS64-4.28.3.1M.swi", "arista_eos", "4.28.3.1M"),
        ("vEOS-lab-4.27.3F.swi", "arista_eos", "4.27.3F"),
        ("base76.tgz", "openbsd", "7.6"),
        ("install76.iso", "openbsd", "7.6"),
        ("bsd.mp", None, None),
        ("cat9k_iosxe.17.09.04a.SPA.bin", "cisco_iosxe", "17.09.04a"),
    ],
)
def test_platform_and_release_are_read_where_the_name_says_them(
    name: str, platform: str | None, text: str | None
) -> None:
    def grammar(platform_id: str, text: str) -> Release:
        return Release(text, platform_id, ())

    (image,) = checksums.read(f"{SHA256}  {name}\n".encode(), "m", grammar)
    if platform is None:
        assert (image.platforms, image.release) == (None, None)
    else:
        assert image.platforms == frozenset({platform})
        assert image.release == Release(str(text), platform, ())
    assert image.hardware is None


def test_a_release_that_no_grammar_takes_is_not_said() -> None:
    image = only(f"{SHA256}  openwrt-99.99.9-x86.img\n")
    assert (image.platforms is None) == (image.release is None)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hello\n", "untrusted comment: x\n", "{}", "PK\x03\x04"]
)
def test_what_does_not_begin_as_a_list_is_none(text: str) -> None:
    assert not checksums.looks_like_one(text.encode())


@given(st.text(alphabet="ab0 *()=SHA256\n\r#./\\", max_size=200))
def test_whatever_is_signed_is_read_or_refused(text: str) -> None:
    try:
        images = read(text)
    except ValueError:
        return
    assert all(i.digests for i in images)
