"""An old list, handed out again, is not believed."""

from datetime import timedelta

import pytest

from netintegrity.errors import ManifestExpiredError
from netintegrity.model.memory import ManifestFloor
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.run import ManifestOutcome
from netintegrity.trust.admit import Submission, admit, floors_after
from tests.adversary.vendor_simulator import (
    AT,
    ChainedVendor,
    VendorSimulator,
    judge_with,
    reason_with,
    releases,
)

VENDOR = VendorSimulator()


def judge(
    *submissions: Submission, **options: object
) -> tuple[ReferenceSet, tuple[ManifestOutcome, ...]]:
    return judge_with(VENDOR.keyring, *submissions, **options)


def reason(submission: Submission, **options: object) -> str:
    return reason_with(VENDOR.keyring, submission, **options)


def test_an_expired_list_is_rejected_as_a_file_and_admitted_to_an_audit() -> None:
    expired = VENDOR.expire()
    references, _ = judge(expired)
    (provenance,) = references.provenance
    assert provenance.is_stale(at=AT, max_age=timedelta(days=9999))
    with pytest.raises(ManifestExpiredError):
        admit(
            expired.raw,
            filename=expired.filename,
            detached={},
            keyring=VENDOR.keyring,
            releases=releases,
            expired_at=AT,
        )


def test_a_list_older_than_one_accepted_before_is_rolled_back() -> None:
    references, _ = judge(VENDOR.issue())
    floors = floors_after(references, VENDOR.keyring, ())
    assert [f.identity for f in floors] == ["toy|netintegrity-manifest|toy-list"]
    assert reason(VENDOR.issue(), floors=floors) == "verified"
    assert reason(VENDOR.roll_back(), floors=floors) == "rolled-back"
    assert reason(VENDOR.backdate(), floors=floors) == "rolled-back"


def test_a_floor_of_another_list_rejects_nothing() -> None:
    floor = ManifestFloor(identity="toy|netintegrity-manifest|other", sequence=99)
    assert reason(VENDOR.issue(), floors=(floor,)) == "verified"


def test_the_newest_of_several_makes_the_others_old_even_where_it_expired() -> None:
    newest = VENDOR.issue(sequence=9, expires_at=AT - timedelta(days=1))
    references, outcomes = judge(VENDOR.roll_back(), newest, VENDOR.issue())
    assert [o.reason for o in outcomes] == ["rolled-back", None, "rolled-back"]
    assert {p.sequence for p in references.provenance} == {9}


def test_floors_only_ever_rise() -> None:
    high = (ManifestFloor(identity="toy|netintegrity-manifest|toy-list", sequence=99),)
    references, _ = judge(VENDOR.issue())
    (floor,) = floors_after(references, VENDOR.keyring, high)
    assert floor.sequence == 99
    assert floor.issued_at == VENDOR.issued_at


def test_a_list_that_nothing_dates_is_as_old_as_its_first_import() -> None:
    vendor = ChainedVendor()
    issued = vendor.issue(vendor.content().replace(b'"timestamp"', b'"stamp"'))
    references, _ = judge_with(vendor.keyring, issued)
    assert references.provenance[0].first_imported_at is None
    imports = ((str(issued.digest), AT - timedelta(days=200)),)
    references, _ = judge_with(vendor.keyring, issued, imports=imports)
    assert references.provenance[0].is_stale(at=AT, max_age=timedelta(days=180))


def test_lists_of_which_only_one_is_dated_stand_side_by_side() -> None:
    vendor = ChainedVendor()
    undated = vendor.issue(vendor.content().replace(b'"timestamp"', b'"stamp"'))
    _, outcomes = judge_with(vendor.keyring, undated, vendor.issue())
    assert [o.reason for o in outcomes] == [None, None]


def test_an_older_dated_list_is_rolled_back_by_its_date_alone() -> None:
    vendor = ChainedVendor()
    older = vendor.issue(vendor.content().replace(b"2026.05.01", b"2026.04.01"))
    _, outcomes = judge_with(vendor.keyring, older, vendor.issue())
    assert [o.reason for o in outcomes] == ["rolled-back", None]
