"""Genuine lists that were never meant to be believed at once are not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from netintegrity.app.registries import parse_release
from netintegrity.clock import utc_now
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifest
from netintegrity.trust.admit import Submission, admit_all, floors_after
from netintegrity.trust.keyring import load_keyring
from tests.adversary.bulk_hash import BulkHashVendor, csv_of, row
from tests.adversary.signed_checksums import Holder, submit
from tests.adversary.vendor_simulator import (
    AT,
    EVIL,
    ChainedVendor,
    VendorSimulator,
    entry,
    judge_with,
)
from tests.paths import CAPTURES, needs_captures

VENDOR = VendorSimulator()
IMAGES = replace(VENDOR, list_id="images")
PACKAGES = replace(VENDOR, list_id="packages", entries=(entry(filename="toy.pkg"),))
BULK = BulkHashVendor()


def reasons(*submissions: Submission, **options: object) -> list[str | None]:
    _, outcomes = judge_with(VENDOR.keyring, *submissions, **options)
    return [o.reason for o in outcomes]


def images(number: int, **packages: int) -> Submission:
    """Issue the list of images that goes with these numbers of others."""
    vendor = replace(IMAGES, sequence=number)
    return vendor.sign(vendor.payload(companions=packages))


def packages(number: int) -> Submission:
    return PACKAGES.issue(sequence=number)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (images(8, packages=8), packages(8), [None, None]),
        (images(8, packages=8), packages(7), [None, "rolled-back"]),
        (images(8, packages=8), packages(9), ["rolled-back", None]),
        (packages(7), images(8, packages=8), ["rolled-back", None]),
        (images(8, packages=3), packages(3), [None, None]),
        (images(8, kernels=9), packages(7), [None, None]),
        (images(8), packages(7), [None, None]),
    ],
)
def test_lists_issued_together_are_believed_together(
    first: Submission, second: Submission, expected: list[str | None]
) -> None:
    assert reasons(first, second) == expected


def test_a_missing_companion_rejects_nothing() -> None:
    assert reasons(images(8, packages=8)) == [None]


def test_a_list_of_another_holder_is_no_companion() -> None:
    owner = VendorSimulator(
        anchor={"anchor_id": "owner/lists", "signer": "owner", "vendor": None},
        list_id="packages",
        sequence=7,
    )
    files = {f"owner/{n.partition('/')[2]}": c for n, c in owner.key_files.items()}
    keyring = load_keyring(files | VENDOR.key_files)
    _, outcomes = judge_with(keyring, images(8, packages=8), owner.issue())
    assert [o.reason for o in outcomes] == [None, None]


@pytest.mark.parametrize(
    "companions", [{"images": 8}, {"a b": 1}, {"packages": -1}, {"packages": "8"}, ["packages"]]
)
def test_companions_of_another_shape_are_malformed(companions: object) -> None:
    assert reasons(IMAGES.sign(IMAGES.payload(companions=companions))) == ["malformed"]


def test_two_lists_of_one_number_that_differ_are_both_out() -> None:
    other = VENDOR.issue(entries=(entry(digests=(EVIL,)),))
    references, outcomes = judge_with(VENDOR.keyring, VENDOR.issue(), other)
    assert [o.reason for o in outcomes] == ["rolled-back", "rolled-back"]
    assert references.count == 0
    withdrawn = VENDOR.issue(entries=(entry(withdrawn=True),))
    assert reasons(VENDOR.issue(), withdrawn) == ["rolled-back", "rolled-back"]


def test_the_same_list_signed_anew_is_the_same_list() -> None:
    document = VENDOR.drop_keyid()
    assert document.raw != VENDOR.issue().raw
    assert reasons(VENDOR.issue(), document) == [None, None]


def kgv(stamp: str | None, **changes: object) -> Submission:
    vendor = CHAINED
    content = vendor.content(**changes)
    if stamp is None:
        return vendor.issue(content.replace(b'"timestamp"', b'"stamp"'))
    return vendor.issue(content.replace(b"2026.05.01", stamp.encode()))


CHAINED = ChainedVendor()
OTHER = {"sha512": "EF" * 64}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Equal dates, or none at all: nobody knows which is the newer.
        (kgv("2026.05.01"), kgv("2026.05.01", **OTHER), ["rolled-back", "rolled-back"]),
        (kgv(None), kgv(None, **OTHER), ["rolled-back", "rolled-back"]),
        (kgv(None), kgv("2026.05.01", **OTHER), ["rolled-back", None]),
        # They agree, or speak of different files: nothing to object to.
        (kgv(None), kgv("2026.05.01"), [None, None]),
        (kgv(None), kgv(None, filename="cat9k_iosxe.17.09.05.SPA.bin", **OTHER), [None, None]),
        (kgv(None), kgv(None, filename="cat9k_iosxe_npe.17.09.04.SPA.bin", **OTHER), [None, None]),
    ],
)
def test_lists_of_which_none_is_the_newer_do_not_contradict_each_other(
    first: Submission, second: Submission, expected: list[str | None]
) -> None:
    _, outcomes = admit_all((first, second), keyring=CHAINED.keyring, at=AT, releases=parse_release)
    assert [o.reason for o in outcomes] == expected


def test_a_name_that_is_in_the_list_of_every_release_is_no_contradiction() -> None:
    holder = Holder()
    lists = [f"SHA256 (bsd.rd) = {byte * 32}\n".encode() for byte in ("aa", "bb")]
    submissions = [submit(c, sig=holder.signify(c)) for c in lists]
    _, outcomes = judge_with(holder.keyring("signify"), *submissions)
    assert [o.reason for o in outcomes] == [None, None]


def bulk(date: str, content: str = "genuine", **changes: str) -> Submission:
    return BULK.plain(csv_of([row(content=content, publish_date=date, **changes)]))


JUNE, JULY, AUGUST = (f"{m} 03 2026 00:00:00 PDT-0700" for m in ("June", "July", "August"))


def test_an_older_bulk_hash_list_is_rolled_back_by_its_newest_row() -> None:
    newer = bulk(AUGUST, deferral_status="Deferred")
    references, outcomes = judge_with(BULK.keyring, bulk(JUNE), newer)
    assert [o.reason for o in outcomes] == ["rolled-back", None]
    floors = floors_after(references, BULK.keyring, ())
    _, (alone,) = judge_with(BULK.keyring, bulk(JUNE), floors=floors)
    assert alone.reason == "rolled-back"


def test_a_vendor_may_take_its_newest_file_out_of_the_list() -> None:
    references, _ = judge_with(BULK.keyring, bulk(AUGUST))
    floors = floors_after(references, BULK.keyring, ())
    _, (outcome,) = judge_with(BULK.keyring, bulk(JULY), floors=floors)
    assert outcome.reason is None


def test_of_two_editions_of_one_month_what_either_takes_back_is_taken_back() -> None:
    deferred = bulk(AUGUST, deferral_status="Deferred")
    references, outcomes = judge_with(BULK.keyring, bulk(JULY), deferred)
    assert [o.reason for o in outcomes] == [None, None]
    (known, *_) = tuple(references)
    found = references.with_digest(known.digests)
    assert {r.withdrawn for r in found} == {True, False}


def test_an_expired_list_still_counts_for_what_is_older() -> None:
    expired = VENDOR.issue(sequence=9, expires_at=AT - timedelta(days=1))
    references, _ = judge_with(VENDOR.keyring, expired)
    floors = floors_after(references, VENDOR.keyring, ())
    assert reasons(VENDOR.issue(), floors=floors) == ["rolled-back"]
    vendor = replace(IMAGES, sequence=8, expires_at=AT - timedelta(days=1))
    naming = vendor.sign(vendor.payload(companions={"packages": 8}))
    assert reasons(naming, packages(7)) == [None, "rolled-back"]


@needs_captures
def test_no_genuine_list_contradicts_another() -> None:
    folder = CAPTURES / "cisco" / "kgv"
    genuine = [read_manifest(folder / n) for n in ("example_kgv.json", "old_kgv_signed.json")]
    keyring = load_keyring(read_keys().files)
    _, outcomes = admit_all(genuine, keyring=keyring, at=utc_now(), releases=parse_release)
    assert [o.reason for o in outcomes] == [None, None]
    assert Digest(DigestAlgorithm.SHA512, bytes(64)) != EVIL
