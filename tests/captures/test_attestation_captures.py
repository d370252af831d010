"""Genuine quotes of genuine boxes, with the results they are known to have."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from netintegrity.app import parse_release
from netintegrity.cli import main
from netintegrity.model.assurance import Caveat
from netintegrity.model.attestation import (
    AttestationResult,
    Challenge,
    Nonce,
    ReferenceOutcome,
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.model.verdict import Verdict
from netintegrity.platforms import _cisco_quote as quote
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifest
from netintegrity.trust.admit import admit_all
from netintegrity.trust.attestation._spec import Grounds
from netintegrity.trust.attestation.cisco_sudi import judge
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.judging import judged, only
from tests.paths import CAPTURES, needs_captures

pytestmark = needs_captures

CISCO = CAPTURES / "cisco"
V1, V2, KGV = CISCO / "iosxe/biv_v1", CISCO / "iosxe/biv_v2", CISCO / "kgv"
AT = datetime(2026, 11, 24, tzinfo=UTC)
# Where a record of the newer commands finds the certificates of the same box.
_CHAINS = {
    "isr4321": "iosxe/biv_v2/isr4321_cli_valid_trust_chain.txt",
    "c9300st": "iosxe/biv_v2/c9300stack_trustchain.txt",
    "c9404_m": "iosxe/biv_v2/c9404_trustchain.txt",
    "c9404_c": "iosxe/biv_v2/c9404_trustchain.txt",
}
Record = dict[str, object]


def records() -> list[Record]:
    if not CISCO.is_dir():
        return []
    listed: list[Record] = json.loads((CISCO / "vectors.json").read_text())
    return [r for r in listed if r["kind"] != "kgv_signature"]


def text(name: str | Path) -> str:
    return (CISCO / name).read_bytes().decode()


@cache
def keyring() -> Keyring:
    return load_keyring(read_keys().files)


@cache
def references(*names: str) -> ReferenceSet:
    admitted, outcomes = admit_all(
        [read_manifest(KGV / name) for name in names],
        keyring=keyring(),
        at=AT,
        releases=parse_release,
    )
    assert [o.reason for o in outcomes] == [None] * len(names)
    return admitted


def grounds(*manifests: str) -> Grounds:
    known = references(*manifests) if manifests else None
    return Grounds(keyring=keyring(), references=known, releases=parse_release, at=AT)


def nonce(number: object) -> Nonce | None:
    return None if number is None else Nonce.of_number(int(str(number)))


def chain_of(record: Record) -> tuple[str, object]:
    """Return the file with the certificates of a record, and the nonce sent for them."""
    name, kind = str(record["file"]), str(record["kind"])
    chain = str(record.get("sudi_file", name))
    if kind in {"v2_measurement", "v2_compliance"}:
        chain = _CHAINS[Path(name).name[:7]]
    return chain, next(r["nonce"] for r in records() if r["file"] == chain)


def result_of(record: Record) -> AttestationResult:
    """Judge the file of a record, with the certificates that belong to it."""
    name, kind = str(record["file"]), str(record["kind"])
    chain, sent = chain_of(record)
    shown = text(name)
    claims = quote.claims_of(
        quote.read_certificates(text(chain)),
        quote.read_measurements(shown) if kind.endswith(("integrity", "measurement")) else (),
        quote.read_compliance(shown) if kind.endswith("compliance") else (),
    )
    challenge = Challenge(
        certificates=nonce(sent),
        measurements=nonce(record["nonce"]),
        compliance=nonce(record["nonce"]),
    )
    place = record.get("location", "")
    wanted = [
        c
        for c in claims
        if place in {b.place for b in (c.certificates, c.measurements, c.compliance) if b}
    ]
    assert len(wanted) == 1
    return judge(wanted[0], challenge, grounds(), None)


def signature(ok: object) -> SignatureOutcome:
    return {
        True: SignatureOutcome.VERIFIED,
        False: SignatureOutcome.REJECTED,
        None: SignatureOutcome.UNVERIFIABLE,
    }[ok]  # type: ignore[index]


@pytest.mark.parametrize(
    "record", records(), ids=lambda r: f"{Path(r['file']).name} {r.get('location', '')}"
)
def test_every_record_comes_out_as_it_is_known_to(record: Record) -> None:
    result = result_of(record)
    kind = str(record["kind"])
    if "chain_ok" in record:
        chain = SignatureOutcome.VERIFIED if record["chain_ok"] else SignatureOutcome.REJECTED
        assert result.chain is chain
        assert result.certificates_signature is signature(record["sig_ok"])
    if record.get("chain_ok"):
        assert f"PID:{result.pid} SN:{result.serial}" in str(record["leaf"])
    if "leaf_not_after" in record and record["chain_ok"]:
        assert str(result.identity_not_after) == record["leaf_not_after"]
    if kind.endswith(("integrity", "measurement")):
        assert result.measurements_signature is signature(record["sig_ok"])
        expected = RegisterOutcome.VERIFIED if record["pcr0_ok"] else RegisterOutcome.MISMATCH
        assert result.pcr0 is expected
        assert result.pcr8_covers == record["pcr8_prefix"]
        assert sum(v.quoted.stage == "os" for v in result.measurements) == record["n_os"]
    if kind.endswith("compliance"):
        assert result.compliance_signature is signature(record["sig_ok"])
    assert result.verdict is not Verdict.VERIFIED
    broken = False in {record.get("chain_ok"), record.get("sig_ok"), record.get("pcr0_ok")}
    assert (result.verdict is Verdict.MISMATCH) == broken


@pytest.mark.parametrize(
    "record", records(), ids=lambda r: f"{Path(r['file']).name} {r.get('location', '')}"
)
def test_every_record_comes_out_of_the_command_as_out_of_the_library(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    name, kind = str(record["file"]), str(record["kind"])
    chain, sent = chain_of(record)
    options = ["--certificates", str(CISCO / chain), "--certificates-nonce", str(sent or "none")]
    for word, what in (("integrity", "measurements"), ("measurement", "measurements")):
        if kind.endswith(word):
            options += [f"--{what}", str(CISCO / name)]
    if kind.endswith("compliance"):
        options += ["--compliance", str(CISCO / name)]
    nonce_sent = str(record["nonce"] or "none")
    status = main(["attestation", "verify", "--format", "json", "--nonce", nonce_sent, *options])
    document = json.loads(capsys.readouterr().out)
    result = result_of(record)
    where = {"kind": result.subject.kind.value, "id": result.subject.id}
    shown = next(s for s in document["subjects"] if s["subject"] == where)
    assert status == {"mismatch": 1, "unknown": 3}[document["verdict"]]
    for field in ("chain", "certificates_signature", "measurements_signature", "pcr0", "pcr8"):
        assert shown[field] == getattr(result, field).value, field
    assert shown["compliance_signature"] == result.compliance_signature.value
    assert shown["pcr8_covers"] == result.pcr8_covers
    assert shown["verdict"] == result.verdict.value


SUDI, INTEGRITY = "isr4k_show_plat_sudi_sign_nonce.txt", "isr4k_show_plat_int_sign_nonce.txt"
ISR = [
    *("attestation", "verify", "--certificates", str(V1 / SUDI)),
    *("--measurements", str(V1 / INTEGRITY), "--manifest", str(KGV / "example_kgv.json")),
    *("--format", "json"),
]


def test_the_isr_quote_over_its_nonce_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ISR, "--nonce", "1", "--serial", "FDO184619XU"]) == 0
    document = json.loads(capsys.readouterr().out)
    (subject,) = document["subjects"]
    assert (document["verdict"], subject["verdict"]) == ("verified", "verified")
    assert subject["caveats"] == ["identity-expired"]
    assert subject["assurance"]["level"] == "attested"
    assert subject["identity_not_after"] == "2024-11-15T12:37:19Z"
    assert (subject["pid"], subject["serial"]) == ("ISR4321/K9", "FDO184619XU")
    assert [m["reference"] for m in subject["measurements"]] == ["verified"] * 3
    assert [m["stage"] for m in subject["measurements"]] == ["boot0", "bootloader", "os"]
    assert subject["pcr8_covers"] == 1
    assert subject["compliance_signature"] == "absent"


def test_without_a_serial_it_is_verified_and_says_that_it_is_anybodys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*ISR, "--nonce", "1"]) == 0
    (subject,) = json.loads(capsys.readouterr().out)["subjects"]
    assert subject["caveats"] == ["identity-expired", "identity-unbound"]


def test_at_a_moment_before_its_end_the_identity_has_no_caveat(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*ISR, "--nonce", "1", "--at", "2024-01-01T00:00:00Z"]) == 0
    (subject,) = json.loads(capsys.readouterr().out)["subjects"]
    assert subject["caveats"] == ["identity-unbound"]


@pytest.mark.parametrize("number", [*range(2, 20), 256, 123, 1 << 56, 2**64 - 1])
def test_with_another_nonce_it_is_a_mismatch(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ISR, "--nonce", str(number)]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "mismatch"


def test_with_another_serial_it_is_a_mismatch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ISR, "--nonce", "1", "--serial", "FDO184619XX"]) == 1
    assert json.loads(capsys.readouterr().out)["missing_serials"] == ["FDO184619XX"]


def test_without_a_nonce_it_is_never_verified(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ISR, "--nonce", "none"]) == 1
    unsigned = [
        *("attestation", "verify", "--certificates", str(V1 / SUDI), "--certificates-nonce", "1"),
        *("--measurements", str(V1 / "isr4k_show_plat_int_sign.txt"), "--measurements-nonce"),
        *("none", "--manifest", str(KGV / "example_kgv.json"), "--format", "json"),
    ]
    capsys.readouterr()
    assert main(unsigned) == 3
    (subject,) = json.loads(capsys.readouterr().out)["subjects"]
    assert subject["verdict"] == "unknown"
    assert "replayable" in subject["caveats"]
    assert subject["measurements_signature"] == "verified"


def test_the_catalyst_quote_is_unknown_for_its_boot_loader(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(
        [
            *("attestation", "verify", "--nonce", "123", "--format", "json"),
            *("--certificates", str(V1 / "c3650_show_plat_sudi_nonce123.txt")),
            *("--measurements", str(V1 / "c3650_show_plat_int_nonce123.txt")),
            *("--manifest", str(KGV / "old_kgv_signed.json"), str(KGV / "example_kgv.json")),
        ]
    )
    assert status == 3
    (subject,) = json.loads(capsys.readouterr().out)["subjects"]
    assert [(m["stage"], m["reference"]) for m in subject["measurements"]] == [
        ("boot0", "unknown"),
        ("bootloader", "unknown"),
        ("os", "verified"),
    ]


def test_a_rejected_list_vouches_for_nothing_and_is_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    forged = tmp_path / "kgv.json"
    forged.write_bytes((KGV / "example_kgv.json").read_bytes())
    (tmp_path / "kgv.json.signature").write_bytes(
        (KGV / "example_kgv.json.bad_signature").read_bytes()
    )
    arguments = [a if "example_kgv" not in a else str(forged) for a in ISR]
    assert main([*arguments, "--nonce", "1"]) == 4
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "unknown"
    assert document["manifests"][0]["reason"] == "bad-signature"
    assert main([*arguments, "--nonce", "2"]) == 1


def isr(certificates: str, measurements: str, number: int = 1) -> AttestationResult | None:
    sent = Nonce.of_number(number)
    together = judged(
        certificates,
        measurements,
        challenge=Challenge(certificates=sent, measurements=sent, compliance=sent),
        grounds=grounds("example_kgv.json"),
    )
    return together.results[0] if len(together.results) == 1 else None


def test_every_single_byte_of_the_signed_part_counts() -> None:
    """Every byte from the first value to the last of the signature, in three ways each."""
    sudi, shown = text(V1 / SUDI), text(V1 / INTEGRITY)
    genuine = isr(sudi, shown)
    assert genuine is not None
    assert genuine.verdict is Verdict.VERIFIED
    begin = 0
    for line in shown.splitlines(keepends=True):
        end = begin + len(line)
        if line.startswith(("Boot 0 Hash", "Boot Loader Hash", "OS Hash", "PCR", "Sig", "6E4D")):
            for offset, flip in product(range(begin, end), (0x01, 0x20, 0x2A)):
                byte = chr(ord(shown[offset]) ^ flip)
                result = isr(sudi, shown[:offset] + byte + shown[offset + 1 :])
                assert result is None or result.verdict is not Verdict.VERIFIED, (offset, flip)
        begin = end


def test_every_single_byte_of_the_certificates_counts() -> None:
    sudi, shown = text(V1 / SUDI), text(V1 / INTEGRITY)
    begin = sudi.index("-----BEGIN")
    for offset in range(begin, len(sudi.rstrip()) - len("\nisr4321#")):
        changed = sudi[:offset] + chr(ord(sudi[offset]) ^ 0x01) + sudi[offset + 1 :]
        result = isr(changed, shown)
        assert result is None or result.verdict is not Verdict.VERIFIED, offset


def test_every_single_bit_of_the_nonce_counts() -> None:
    sudi, shown = text(V1 / SUDI), text(V1 / INTEGRITY)
    for bit in range(64):
        if (number := 1 ^ (1 << bit)) != 0:
            result = isr(sudi, shown, number)
            assert result is not None
            assert result.verdict is Verdict.MISMATCH


REFUSED = {
    "38_show_plat_int_no_hash.txt": "% Error retrieving integrity data",
    "cbr8_show_plat_int_sign_not_present.txt": "% Error retrieving integrity data",
    "isr4k_show_plat_int_line_wrap.txt": "% Error retrieving integrity data",
    "isr4k_show_plat_int_not_present_boot_loader_hash.txt": "'Boot Loader'",
    "isr4k_show_plat_int_not_present_os_hash.txt": "'OS'",
    "isr4k_show_plat_int_not_present_os_version.txt": "version of the system",
    "isr4k_show_plat_int.txt": "not signed",
}


@pytest.mark.parametrize(("name", "why"), REFUSED.items(), ids=REFUSED)
def test_a_refusal_or_an_empty_field_is_unknown_and_named(name: str, why: str) -> None:
    result = isr(text(V1 / SUDI), text(V1 / name))
    assert result is not None
    assert result.verdict is Verdict.UNKNOWN
    assert any(why in reason for reason in result.reasons)


def test_wrapped_values_are_read_whole() -> None:
    (quoted,) = quote.read_measurements(text(V1 / "isr4k_show_plat_int_line_wrap.txt"))
    assert quoted.platform == "ISR4451-X/K9"
    assert [len(v.value) for v in (*quoted.boot, *quoted.os)] == [32, 64, 64]


def test_a_refused_certificate_is_absent() -> None:
    (quoted,) = quote.read_certificates(text(V1 / "cbr8_show_plat_sudi_not_present.txt"))
    assert quoted.certificates == ()
    assert quoted.faults


def test_one_certificate_alone_is_no_chain() -> None:
    result = only(judged(text(V1 / "isr4k_device_cert.txt"), grounds=grounds()))
    assert result.chain is SignatureOutcome.ABSENT
    assert result.verdict is Verdict.UNKNOWN


def test_the_supervisors_are_told_apart_and_the_placeholder_is_seen() -> None:
    sent = Nonce.of_number(2381)
    together = judged(
        *(text(V2 / f"c9404_{kind}.txt") for kind in ("trustchain", "measurement", "compliance")),
        challenge=Challenge(certificates=sent, measurements=sent, compliance=sent),
        grounds=grounds("example_kgv.json"),
    )
    first, second = together.results
    assert first.subject == Subject(SubjectKind.SUPERVISOR, "0")
    assert first.compliance is RegisterOutcome.VERIFIED
    assert Caveat.PLACEHOLDER in first.assurance.caveats
    assert (first.chain, second.chain) == (SignatureOutcome.VERIFIED, SignatureOutcome.ABSENT)
    assert second.measurements_signature is SignatureOutcome.UNVERIFIABLE
    assert together.verdict is Verdict.UNKNOWN


def test_a_file_behind_the_packages_is_listed_and_not_measured() -> None:
    """What Catalyst 9500 in install mode prints: the file on disk behind the packages."""
    shown = text(V1 / "c9300_show_plat_int_nonce123.txt")
    extra = f"cat9k_iosxe.SPA.bin: {'AB' * 64}\nPCR0:"
    sent = Nonce.of_number(123)
    result = only(
        judged(
            text(V1 / "c9300_show_plat_sudi_nonce123.txt"),
            shown.replace("PCR0:", extra),
            challenge=Challenge(certificates=sent, measurements=sent, compliance=sent),
            grounds=replace(grounds("example_kgv.json")),
        )
    )
    assert (result.pcr8, result.pcr8_covers) == (RegisterOutcome.VERIFIED, 10)
    assert not result.measurements[-1].measured
    assert result.measurements[-1].reference is ReferenceOutcome.UNKNOWN
    assert Caveat.NOT_MEASURED in result.assurance.caveats
