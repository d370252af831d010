"""A clear-signed text has one spelling, a Release file one reading; the extra is asked for."""

import sys

import pytest

from netintegrity.errors import KeyringError
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.trust import openpgp
from netintegrity.trust.formats import _debian_release as debian
from tests.adversary.openpgp_peer import keyring_of

ARMOR = "-----BEGIN PGP SIGNATURE-----\n\niHoEARYIACIWIQT8\n=D4p3\n-----END PGP SIGNATURE-----\n"
HEAD = "-----BEGIN PGP SIGNED MESSAGE-----\n"
RELEASE = f"""\
Origin: Toy
Codename: toy
Date: Sat, 21 Nov 2026 00:53:02 UTC
Valid-Until: Sat, 28 Nov 2026 00:53:02 UTC
MD5Sum:
 {"0" * 32} 5 main/Packages.xz
SHA256:
 {"ab" * 32}        5 main/Packages.xz
 {"cd" * 32}        0 main/Sources
"""


def test_without_the_extra_an_openpgp_key_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    public = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    with pytest.raises(KeyringError, match=r"netintegrity\[openpgp\]"):
        keyring_of(public, "0" * 40)
    key = openpgp.OpenPgpKey("0" * 40, public)
    assert not openpgp.verifies(key, signed=b"x", signature=b"y")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}Hash: SHA256\n\na\nb\n{ARMOR}", b"a\nb\n"),
        (f"{HEAD}Hash: SHA256, SHA512\nHash: SHA384\n\na\n{ARMOR}", b"a\n"),
        (f"{HEAD}\n- -a\n- From b\n\n{ARMOR}", b"-a\nFrom b\n\n"),
    ],
)
def test_the_text_inside_is_read(text: str, expected: bytes) -> None:
    assert openpgp.signed_text(text.encode()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        f"{HEAD}\na\n",
        f"x{HEAD}\na\n{ARMOR}",
        f"{HEAD}\na\n{ARMOR}x",
        f"{HEAD}Hash: MD5\n\na\n{ARMOR}",
        f"{HEAD}Charset: UTF-8\n\na\n{ARMOR}",
        f"{HEAD}Hash: SHA256\n" * 5 + f"\na\n{ARMOR}",
        f"{HEAD} \na\n{ARMOR}",
        f"{HEAD}\n-a\n{ARMOR}",
        f"{HEAD}\n- a\n{ARMOR}",
        f"{HEAD}\na \n{ARMOR}",
        f"{HEAD}\na\r\n{ARMOR}",
        f"{HEAD}\na\n{ARMOR}{ARMOR}",
        f"{HEAD}\na\n{ARMOR.replace('SIGNATURE', 'MESSAGE')}",
    ],
)
def test_a_second_spelling_of_a_clear_signed_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        openpgp.signed_text(text.encode())


def test_a_release_file_lists_what_is_not_empty() -> None:
    assert debian.looks_like_one(RELEASE.encode())
    parsed = debian.read(RELEASE.encode(), "id")
    assert [(i.filename, i.size_bytes) for i in parsed.images] == [("Packages.xz", 5)]
    (digest,) = parsed.images[0].digests
    assert digest.algorithm is DigestAlgorithm.SHA256
    assert (parsed.list_id, str(parsed.issued_at)) == ("debian-toy", "2026-11-21 00:53:02+00:00")
    assert str(parsed.expires_at) == "2026-11-28 00:53:02+00:00"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Codename: toy", "Codename: ../toy"),
        ("Origin: Toy", "Codename: toy"),
        ("Origin: Toy", "what is this"),
        ("21 Nov", "21 Nev"),
        ("21 Nov", "21 ovD"),
        ("21 Nov", "99 Nov"),
        ("00:53:02 UTC", "00:53:02 CET"),
        ("ab" * 32, "ab" * 31),
        ("        0 main/Sources", " 7 main/Packages.xz"),
        ("        5 main", " five main"),
    ],
)
def test_a_release_file_half_understood_is_refused(old: str, new: str) -> None:
    changed = RELEASE.replace(old, new, 1)
    assert changed != RELEASE
    with pytest.raises(ValueError, match=r"\w"):
        debian.read(changed.encode(), "id")
