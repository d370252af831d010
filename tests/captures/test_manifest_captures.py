"""Lists that Cisco signed, and their twins that it did not."""

from datetime import UTC, datetime

import pytest

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.release import Release
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifest
from netintegrity.trust.admit import Submission, admit_all
from netintegrity.trust.formats.cisco_kgv import FORMAT
from netintegrity.trust.keyring import load_keyring
from tests.adversary.vendor_simulator import flip
from tests.paths import CAPTURES, ROOT, needs_captures

pytestmark = needs_captures

KGV = CAPTURES / "cisco" / "kgv"
KEYRING = load_keyring(read_keys(ROOT / "vendor_keys").files)
AT = datetime(2026, 11, 23, tzinfo=UTC)


def releases(_: str, text: str) -> Release:
    return Release(text, "any", (1,))


def judge(*submissions: Submission) -> tuple[ReferenceSet, list[str | None]]:
    references, outcomes = admit_all(submissions, keyring=KEYRING, at=AT, releases=releases)
    return references, [o.reason for o in outcomes]


def with_signature(name: str, signature: bytes) -> Submission:
    return Submission(
        filename=name, raw=(KGV / name).read_bytes(), detached={".signature": signature}
    )


def signature_of(name: str) -> bytes:
    return (KGV / f"{name}.signature").read_bytes()


def test_both_genuine_lists_verify_side_by_side_under_the_keys_that_ship() -> None:
    references, reasons = judge(
        *(read_manifest(KGV / n) for n in ("example_kgv.json", "old_kgv_signed.json"))
    )
    assert reasons == [None, None]
    assert all(p.vendor_signed for p in references.provenance)
    assert {p.key_id for p in references.provenance} == {"cisco/known-good-values"}


def test_a_published_digest_is_found_with_its_file_release_and_hardware() -> None:
    references, _ = judge(read_manifest(KGV / "example_kgv.json"))
    md5 = Digest(DigestAlgorithm.MD5, bytes.fromhex("d949b99a104b23b2129718220c78f28e"))
    (image,) = references.with_digest([md5])
    assert image.filename == "isr4300-universalk9.16.03.01.SPA.bin"
    assert image.release == releases("", "16.03.01")
    assert image.hardware == frozenset({"ISR43"})


def test_the_age_of_the_old_lists_is_read_from_their_signed_rows() -> None:
    references, _ = judge(read_manifest(KGV / "old_kgv_signed.json"))
    (provenance,) = references.provenance
    assert provenance.signed_at is None
    assert provenance.newest_entry == datetime(2017, 5, 15, 2, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("example_kgv.json", "example_kgv.json.bad_signature"),
        ("old_kgv_signed.json", "old_kgv_signed.json.signature.bad"),
        ("example_kgv.json", "old_kgv_signed.json.signature"),
        ("old_kgv_signed.json", "example_kgv.json.signature"),
        ("example_kgv_updated_unsigned.json", "example_kgv.json.signature"),
        ("sandbox.kgv.json", "example_kgv.json.signature"),
    ],
)
def test_another_list_or_another_signature_is_a_bad_one(name: str, signature: str) -> None:
    references, reasons = judge(with_signature(name, (KGV / signature).read_bytes()))
    assert reasons == ["bad-signature"]
    assert not references.images


def test_the_signature_that_the_operator_names_is_the_one_that_is_judged() -> None:
    bad = KGV / "example_kgv.json.bad_signature"
    _, reasons = judge(read_manifest(KGV / "example_kgv.json", signature=bad))
    assert reasons == ["bad-signature"]


@pytest.mark.parametrize("name", ["example_kgv.json", "old_kgv_signed.json"])
def test_one_changed_byte_anywhere_is_a_bad_signature(name: str) -> None:
    honest = with_signature(name, signature_of(name))
    last = len(honest.raw) - 1
    for position in (0, 1, last // 3, last // 2, last):
        spoilt = Submission(filename=name, raw=flip(honest.raw, position), detached=honest.detached)
        assert judge(spoilt)[1] == ["bad-signature"]
    for position in (0, 255, 511):
        signature = flip(signature_of(name), position)
        assert judge(with_signature(name, signature))[1] == ["bad-signature"]


@pytest.mark.parametrize("cut", [0, 1, 256, 511])
def test_a_truncated_signature_is_a_bad_one(cut: int) -> None:
    name = "example_kgv.json"
    assert judge(with_signature(name, signature_of(name)[:cut]))[1] == ["bad-signature"]
    assert judge(with_signature(name, signature_of(name) + b"\0"))[1] == ["bad-signature"]


def test_an_unsigned_list_is_unsigned() -> None:
    _, reasons = judge(read_manifest(KGV / "sandbox.kgv.json"))
    assert reasons == ["unsigned"]


def test_the_newest_generation_reads_with_its_date_and_its_packages() -> None:
    parsed = FORMAT.parse((KGV / "sandbox.kgv.json").read_bytes(), "m", releases)
    assert parsed.issued_at == datetime(2021, 12, 1, 7, 29, 38, tzinfo=UTC)
    assert {str(i.kind) for i in parsed.images} == {"image", "package", "boot-loader", "boot0"}


def test_the_certificate_of_the_capture_is_the_one_that_ships() -> None:
    captured = (CAPTURES / "cisco" / "certs" / "Known_Good_Values_PROD.pem").read_bytes()
    shipped = read_keys(ROOT / "vendor_keys").files["cisco/KnownGoodValuesPROD.pem"]
    assert shipped.split() == captured.split()
