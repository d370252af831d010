"""Images are the same on every machine."""

import hashlib
from dataclasses import replace

import pytest

from netintegrity.lab.images import Image, made_bytes
from netintegrity.platforms._cisco_software import read_package_list
from netintegrity.platforms._text import read
from tests.builders import exchange

IMAGE = Image(
    name="x",
    platform="cisco_iosxe",
    release="17.09.04a",
    filename="x.bin",
    seed=101,
    packages=("x-rpboot.17.09.04a.SPA.pkg", "x-rpbase.17.09.04a.SPA.pkg"),
)


def test_bytes_depend_on_the_seed_alone() -> None:
    digest = hashlib.sha256(IMAGE.content).hexdigest()
    assert digest == "1b3149b9b3f90692e2ba1682f737e13c5821b0182ef07a71d221a75f9002c2b7"
    assert replace(IMAGE, filename="y.bin", release="1.2.3").content == IMAGE.content
    assert replace(IMAGE, seed=102).content != IMAGE.content


def test_an_image_has_the_size_it_is_said_to_have() -> None:
    assert [len(made_bytes("1", n)) for n in (256, 4096, 5000)] == [256, 4096, 5000]
    assert len(replace(IMAGE, size_bytes=10_000).content) == 10_000


def test_a_package_has_bytes_of_its_own_and_altering_one_leaves_the_others() -> None:
    boot, base = IMAGE.packages
    altered = replace(IMAGE, altered=frozenset({base}))
    assert len({IMAGE.content, IMAGE.package(boot), IMAGE.package(base)}) == 3
    assert altered.package(base) != IMAGE.package(base)
    assert altered.package(boot) == IMAGE.package(boot)
    with pytest.raises(KeyError):
        IMAGE.package("other.pkg")


def test_an_installed_image_is_a_list_and_its_packages_beside_it() -> None:
    files = IMAGE.files_at("flash:/sub/packages.conf")
    assert set(files) == {
        "flash:/sub/packages.conf",
        "flash:/sub/x-rpboot.17.09.04a.SPA.pkg",
        "flash:/sub/x-rpbase.17.09.04a.SPA.pkg",
    }
    assert IMAGE.files_at("flash:x.bin") == {"flash:x.bin": IMAGE.content}


def test_the_list_reads_as_one_and_its_checksum_is_of_what_follows_it() -> None:
    text = IMAGE.package_list.decode()
    answer = read(replace(exchange("conf"), output=text, command="more flash:packages.conf"))
    listed = read_package_list(answer, "flash:packages.conf")
    assert listed.gap is None
    assert set(listed.members) == {f"flash:{p}" for p in IMAGE.packages}
    head, _, body = text.partition("sha1sum: ")
    assert head == "#! /usr/binos/bin/packages_conf.sh\n"
    sha1, _, body = body.partition("\n")
    assert sha1 == hashlib.sha1(body.encode(), usedforsecurity=False).hexdigest()
