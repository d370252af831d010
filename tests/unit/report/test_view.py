"""What every report shows alike."""

import json

import pytest

from netintegrity.model.assurance import Assurance, AssuranceLevel, Caveat
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import FailureKind
from netintegrity.model.finding import Shortfall, Technique
from netintegrity.report import view, words
from netintegrity.report._needs import need_counts, needs, next_steps
from netintegrity.report.view import (
    SELF_REPORTED,
    document,
    technique_of,
)
from tests.unit.report.reports import (
    IMPORT,
    both_roles,
    every_kind,
    finding,
    never_asked,
    report,
    result,
    unlisted,
)

# The fields the contract promises; more may stand beside them.
TOP = {
    "schema",
    "run_id",
    "site",
    "started_at",
    "finished_at",
    "at",
    "tool_version",
    "keyring",
    "keyring_digest",
    "policy_digest",
    "memory_digest",
    "manifests",
    "summary",
    "devices",
}
MANIFEST = {
    "id",
    "format",
    "status",
    "reason",
    "signer",
    "vendor_signed",
    "fingerprint",
    "images",
    "newest_entry",
    "expires_at",
    "caveats",
}
DEVICE = {
    "name",
    "address",
    "platform",
    "verdict",
    "conclusion",
    "conclusions",
    "assurance",
    "evidence_digest",
    "running_release",
    "other_releases",
    "running_image",
    "failure",
    "not_demanded",
    "findings",
}
FINDING = {
    "rule",
    "subject",
    "image",
    "proposition",
    "verdict",
    "technique",
    "severity",
    "assurance",
    "message",
    "next_step",
    "sources",
    "manifests",
}
RECOMPUTED = Assurance(AssuranceLevel.RECOMPUTED)


def test_the_document_has_every_field_of_the_contract() -> None:
    shown = json.loads(json.dumps(document(every_kind())))
    assert shown["schema"] == "netintegrity/report/1"
    assert shown.keys() >= TOP
    assert shown["summary"].keys() >= {"devices", "by_conclusion", "by_level", "waived"}
    assert all(m.keys() >= MANIFEST for m in shown["manifests"])
    assert all(d.keys() >= DEVICE for d in shown["devices"])
    assert all(f.keys() >= FINDING for d in shown["devices"] for f in d["findings"])


def test_the_summary_counts_every_device_once_and_own_word_apart() -> None:
    summary = document(every_kind())["summary"]
    assert summary == {
        "devices": 9,
        "by_conclusion": {
            "contradictory": 1,
            "patched": 1,
            "host-key-changed": 1,
            "unreachable": 1,
            "incomplete": 1,
            "unknown-image": 2,
            "verified": 2,
        },
        "by_level": {"reported": 1, "recomputed": 1},
        "waived": 0,
        "carried_forward": 2,
    }


def test_a_level_counts_only_devices_that_are_verified() -> None:
    appraisals = [
        result("a").appraisal,
        result("b", Conclusion.PATCHED).appraisal,
        result("c", assurance=RECOMPUTED).appraisal,
    ]
    assert view.by_level(appraisals) == {"reported": 1, "recomputed": 1}
    assert view.by_label(appraisals) == {"patched": 1, SELF_REPORTED: 1, "verified": 1}
    assert view.by_conclusion([]) == view.by_level([]) == view.by_label([]) == {}


@pytest.mark.parametrize("level", list(AssuranceLevel))
def test_only_what_stands_on_more_than_its_own_word_is_called_verified(
    level: AssuranceLevel,
) -> None:
    label = view.verdict_label(result("a", assurance=Assurance(level)).appraisal)
    assert label == ("verified" if level > AssuranceLevel.REPORTED else SELF_REPORTED)
    patched = result("b", Conclusion.PATCHED, assurance=Assurance(level)).appraisal
    assert view.verdict_label(patched) == "patched"


def test_the_same_need_is_worded_once_and_counted_over_files_and_boxes() -> None:
    wanted = needs(
        report(
            unlisted("b", "flash:x.bin"),
            unlisted("a", "bootflash:/images/x.bin"),
            unlisted("c", "flash:y.bin"),
            never_asked("d", Conclusion.UNREACHABLE, FailureKind.UNREACHABLE, "no answer"),
        )
    )
    assert wanted[0] == {"next_step": IMPORT, "images": 2, "devices": 3, "names": ["a", "b", "c"]}
    assert [n["names"] for n in wanted[1:]] == [["d"]]
    assert [need_counts(n) for n in wanted] == ["2 files on 3 boxes", "1 box"]


def test_what_most_boxes_need_comes_first() -> None:
    other = Shortfall(conclusion=Conclusion.UNSUPPORTED, detail="no", next_step="a rare thing")
    lone = result("z", Conclusion.UNSUPPORTED, findings=[], shortfalls=(other,))
    wanted = needs(report(lone, unlisted("a"), unlisted("b")))
    assert [n["devices"] for n in wanted] == [2, 1]


def test_what_is_verified_or_a_finding_needs_nothing_more() -> None:
    patched = both_roles(Conclusion.PATCHED, next_step="do not reboot")
    assert needs(report(result("a"), result("b", Conclusion.PATCHED, findings=patched))) == []


def test_a_step_is_said_once_and_a_verified_device_has_none() -> None:
    patched = both_roles(Conclusion.PATCHED, next_step="do not reboot")
    assert next_steps(result("a", Conclusion.PATCHED, findings=patched)) == ["do not reboot"]
    assert next_steps(result("b", findings=both_roles(next_step="nothing"))) == []


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_failure_says_what_to_do(kind: FailureKind) -> None:
    steps = next_steps(never_asked("a", Conclusion.UNREACHABLE, kind, "it failed"))
    assert len(steps) == 1
    assert steps[0]


def test_the_technique_is_that_of_the_finding_that_gave_the_conclusion() -> None:
    findings = [
        finding(Conclusion.DOWNGRADED, technique=Technique.DOWNGRADE_SYSTEM_IMAGE),
        finding(Conclusion.PATCHED, technique=Technique.PATCH_SYSTEM_IMAGE),
    ]
    both = (Conclusion.PATCHED, Conclusion.DOWNGRADED)
    assert technique_of(result("a", *both, findings=findings)) == "T1601.001"
    assert technique_of(result("b", findings=findings)) is None
    assert technique_of(result("c", Conclusion.BOOT_CHAIN, findings=findings)) is None


def test_every_word_has_its_sentence() -> None:
    assert set(words.CONCLUSIONS) == set(Conclusion)
    assert set(words.LEVELS) == set(AssuranceLevel)
    assert set(words.CAVEATS) == set(Caveat)
