"""A digest counts only if it is of exactly the file that was asked for."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import Gap
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.platforms._text import read
from netintegrity.platforms._verify import read_digest
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE
from tests.unit.platforms.boxes import exchange

PATH = "flash:cat9k_iosxe.17.09.04a.SPA.bin"
HEX = hashlib.sha512(b"image").hexdigest()
LINE = f"verify /sha512 ({PATH}) = {HEX}"


def found(
    output: str, path: str = PATH, algorithm: DigestAlgorithm = DigestAlgorithm.SHA512
) -> object:
    result = read_digest(read(exchange(IOSXE, f"verify /sha512 {path}", output)), algorithm, path)
    return result if isinstance(result, Gap) else result[0]


def wrapped(text: str, columns: int = 80) -> str:
    return "\n".join(text[i : i + columns] for i in range(0, len(text), columns))


GOOD = Digest(DigestAlgorithm.SHA512, bytes.fromhex(HEX))


@pytest.mark.parametrize(
    "output",
    [
        LINE,
        f"{'.' * 500}Done!\n{LINE}\n",
        f"......Done!{LINE}",
        f"verify /sha512 {PATH}\n....\nMD5 of nothing Done!\n\n{LINE}\n\nsw1#",
        f"sw1#verify /sha512 {PATH}\r\n....Done!\r\n{LINE}\r\nsw1#",
        LINE.upper().replace("VERIFY /SHA512", "verify /SHA-512").replace(PATH.upper(), PATH),
        wrapped(LINE),
        wrapped(LINE, 79),
        LINE.replace("flash:", "flash:/"),
    ],
)
def test_one_line_of_the_right_file_and_length_is_a_digest(output: str) -> None:
    assert found(output) == GOOD


@pytest.mark.parametrize(
    "output",
    [
        "",
        "....Done!",
        f"{LINE}\n{LINE}",
        f"{LINE}\nverify /md5 ({PATH}) = {'0' * 32}",
        LINE[:-1],
        f"{LINE}0",
        f"{LINE}\n00",
        LINE.replace(PATH, f"{PATH}.bak"),
        LINE.replace(PATH, "flash:other.bin"),
        LINE.replace(PATH, f"bootflash:{PATH}"),
        f"Verified ({PATH}) = {HEX}",
        f"verify /md5 ({PATH}) = {HEX}",
        f"verify /sha512 ({PATH}) = {HEX[:127]}g",
        f"%Error opening {PATH} (No such file or directory)\n{LINE}",
        f"%Error verifying {PATH}\nComputed signature = {HEX}\nSubmitted signature = {HEX}",
        f"{LINE} sw1#",
        "\n".join(["verify /sha512 (", *("a" * 20,) * 20]),
    ],
)
def test_anything_else_is_a_gap(output: str) -> None:
    assert isinstance(found(output), Gap)


def test_an_answer_that_was_cut_off_is_a_gap() -> None:
    cut = exchange(IOSXE, f"verify /sha512 {PATH}", LINE, complete=False)
    assert isinstance(read_digest(read(cut), DigestAlgorithm.SHA512, PATH), Gap)


def test_md5_is_a_digest_only_where_md5_was_asked_for() -> None:
    md5 = hashlib.md5(b"image").hexdigest()  # noqa: S324 - the box's own algorithm
    output = f"verify /md5 ({PATH}) = {md5}"
    assert found(output, algorithm=DigestAlgorithm.MD5) == Digest(
        DigestAlgorithm.MD5, bytes.fromhex(md5)
    )
    assert isinstance(found(output), Gap)


@given(st.integers(0, len(LINE) - 1), st.characters(codec="utf-8"))
def test_no_changed_character_makes_up_a_digest_that_was_not_printed(at: int, char: str) -> None:
    output = LINE[:at] + char + LINE[at + 1 :]
    digest = found(output)
    assert isinstance(digest, Gap) or (
        isinstance(digest, Digest) and digest.value.hex() in output.lower()
    )


@given(st.integers(0, len(LINE)))
def test_half_a_hash_line_is_no_hash(length: int) -> None:
    assert isinstance(found(LINE[:length]), Gap) or length == len(LINE)
