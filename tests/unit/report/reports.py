"""Run reports made by hand, with fixed times; nothing is collected and nothing judged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from netintegrity.model.assurance import Assurance, AssuranceLevel, Caveat
from netintegrity.model.claims import DeviceClaims, ImageRole, Source
from netintegrity.model.codec import evidence_digest
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import CollectionFailure, Evidence, FailureKind, HostKeyStatus
from netintegrity.model.finding import (
    Appraisal,
    Fault,
    Finding,
    Observation,
    Proposition,
    Severity,
    Shortfall,
    Technique,
)
from netintegrity.model.history import HistoryMark
from netintegrity.model.release import Release
from netintegrity.model.run import DeviceResult, ManifestOutcome, RunReport
from netintegrity.model.subject import Identity, Subject, SubjectKind
from tests.builders import CHASSIS, claims, evidence, image

STARTED = datetime(2026, 11, 23, 12, tzinfo=UTC)
FINISHED = STARTED + timedelta(minutes=4, seconds=7, microseconds=250_000)
OWN_WORD = Assurance(AssuranceLevel.REPORTED, frozenset({Caveat.RUNNING_NOT_BOUND}))
NOTHING = Assurance(AssuranceLevel.NONE)
IMPORT = "import a signed list of Toy OS 17.12.01 (image)"
LONG = "core-router-western-exchange-second-floor-rack-17-unit-41-east"


def finding(
    conclusion: Conclusion = Conclusion.VERIFIED,
    *,
    rule_id: str = "NI-101",
    technique: Technique | None = Technique.PATCH_SYSTEM_IMAGE,
    **changes: object,
) -> Finding:
    """Return a finding about the running image."""
    about = Observation(
        subject=CHASSIS,
        image="flash:image.bin",
        role=ImageRole.RUNNING,
        conclusion=conclusion,
        assurance=OWN_WORD,
        message="image.bin: its digest is the one signed by vendor",
        sources=(Source("hash", 2),),
        manifest_ids=frozenset({"toy@0101010101"}),
    )
    return Finding(
        rule_id=rule_id,
        proposition=Proposition.AUTHENTIC,
        technique=technique,
        severity=Severity.CRITICAL,
        observation=replace(about, **changes),  # type: ignore[arg-type]
    )


def both_roles(conclusion: Conclusion = Conclusion.VERIFIED, **changes: object) -> list[Finding]:
    """Return the finding once for what runs and once for what boots next."""
    return [
        finding(conclusion, role=role, **changes)  # type: ignore[arg-type]
        for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT)
    ]


def result(
    name: str,
    *conclusions: Conclusion,
    findings: list[Finding] | None = None,
    shortfalls: tuple[Shortfall, ...] = (),
    faults: tuple[Fault, ...] = (),
    assurance: Assurance = OWN_WORD,
    said: DeviceClaims | None = None,
    **of_evidence: object,
) -> DeviceResult:
    """Return one judged device; without more it is verified on its own word."""
    plain = evidence(collected_at=STARTED, **of_evidence)
    heard = replace(plain, device=replace(plain.device, name=name))
    appraisal = Appraisal(
        device_name=name,
        evidence_digest=evidence_digest(heard),
        appraised_at=FINISHED,
        conclusions=conclusions or (Conclusion.VERIFIED,),
        assurance=assurance,
        findings=tuple(both_roles() if findings is None else findings),
        shortfalls=shortfalls,
        faults=faults,
        not_demanded=("NI-301",),
    )
    return DeviceResult(
        evidence=heard,
        claims=claims() if said is None else said,
        appraisal=appraisal,
        platform_id="toy",
    )


def never_asked(name: str, conclusion: Conclusion, kind: FailureKind, detail: str) -> DeviceResult:
    """Return a device no session was opened to."""
    return result(
        name,
        conclusion,
        findings=[],
        shortfalls=(Shortfall(conclusion=conclusion, detail=detail),),
        assurance=NOTHING,
        said=DeviceClaims(),
        failure=CollectionFailure(kind=kind, detail=detail),
        exchanges=(),
        host_key_fingerprint=None,
        host_key_status=HostKeyStatus.NO_SESSION,
    )


def unlisted(name: str, path: str = "flash:other.bin") -> DeviceResult:
    """Return a device that runs what no list has."""
    found = finding(
        Conclusion.UNKNOWN_IMAGE,
        image=path,
        message=f"{path.partition(':')[2]}: in no verified manifest",
        next_step=IMPORT,
        manifest_ids=frozenset(),
    )
    return result(name, Conclusion.UNKNOWN_IMAGE, findings=[found])


def vendor_list(**changes: object) -> ManifestOutcome:
    """Return a vendor's list that verified."""
    plain = ManifestOutcome(
        id="toy@0101010101",
        filename="toy.tar",
        format_id="cisco-kgv",
        signer="CN=Known Good Values,O=Vendor",
        key_id="toy/known-good-values",
        key_fingerprint="sha256:" + "ab" * 32,
        vendor_signed=True,
        channel="release",
        images=8,
        issued_at=STARTED - timedelta(days=30),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def report(*results: DeviceResult, **changes: object) -> RunReport:
    """Return the report of a run."""
    plain = RunReport(
        run_id="20261123T120000Z-berlin",
        site="berlin",
        started_at=STARTED,
        finished_at=FINISHED,
        at=FINISHED,
        tool_version="1.2.3",
        keyring="built-in",
        keyring_digest="sha256:" + "11" * 32,
        policy_digest="sha256:" + "22" * 32,
        memory_digest="sha256:" + "33" * 32,
        manifests=(vendor_list(),),
        results=results,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def every_kind() -> RunReport:
    """Return a report in which everything a report can show stands once."""
    member = Subject(SubjectKind.MEMBER, "2")
    patched = both_roles(
        Conclusion.PATCHED,
        message="image.bin: the manifest has another digest for a file of this name",
        next_step="do not reboot: copy the file off the box and compare it",
    )
    own_word = finding(rule_id="NI-202", technique=None, message="17.09.04a: not older than before")
    key = "192.0.2.1 port 22: it shows ssh-ed25519 SHA256:other; pinned is ssh-ed25519 SHA256:x"
    return report(
        result("own-word", findings=[*both_roles(), own_word]),
        result(
            "copied-off",
            findings=[finding(assurance=Assurance(AssuranceLevel.RECOMPUTED))],
            assurance=Assurance(AssuranceLevel.RECOMPUTED),
        ),
        result(
            LONG,
            Conclusion.PATCHED,
            Conclusion.DOWNGRADED,
            findings=[
                *both_roles(),
                *patched,
                finding(
                    Conclusion.DOWNGRADED,
                    rule_id="NI-201",
                    technique=Technique.DOWNGRADE_SYSTEM_IMAGE,
                    subject=member,
                    image="flash-2:image.bin",
                    message="17.03.04 is older than 17.09.01, the minimum the operator set",
                ),
            ],
            said=claims(
                images=(image(), image(subject=member, path="flash-2:image.bin")),
                identities=(
                    Identity(subject=CHASSIS, serial="FOC00000001", pid="C9300-24T"),
                    Identity(subject=member),
                ),
                other_releases=(("iosd", "17.9.4a"),),
            ),
        ),
        result("at-odds", Conclusion.CONTRADICTORY, findings=patched),
        unlisted("unlisted-1"),
        unlisted("unlisted-2"),
        result(
            "cut-off",
            Conclusion.INCOMPLETE,
            findings=[],
            shortfalls=(
                Shortfall(
                    conclusion=Conclusion.INCOMPLETE, detail="no running image", subject=member
                ),
                Shortfall(conclusion=Conclusion.INCOMPLETE, detail="hash: the answer was cut off"),
            ),
            faults=(Fault(stage="interpret", error="IndexError: list index out of range"),),
            said=DeviceClaims(running_release=Release("17.09.04a", "iosxe", (17, 9, 4, 1))),
            failure=CollectionFailure(
                kind=FailureKind.TIMEOUT, detail="the device closed the session"
            ),
        ),
        never_asked("silent", Conclusion.UNREACHABLE, FailureKind.UNREACHABLE, "no answer in time"),
        replace_findings(
            never_asked(
                "another-key", Conclusion.HOST_KEY_CHANGED, FailureKind.HOST_KEY_CHANGED, key
            ),
            finding(
                Conclusion.HOST_KEY_CHANGED,
                rule_id="NI-901",
                technique=None,
                image=None,
                role=None,
                assurance=NOTHING,
                message=f"another host key than the pinned one answered ({key})",
                next_step="read the fingerprint on the console",
                sources=(),
                manifest_ids=frozenset(),
            ),
        ),
        manifests=(
            vendor_list(),
            vendor_list(
                id="golden@0202020202",
                filename="golden.dsse.json",
                format_id="netintegrity-manifest",
                signer="owner/golden",
                key_id="owner/golden",
                vendor_signed=False,
                channel=None,
                images=1,
                issued_at=None,
                newest_entry=STARTED,
                expires_at=STARTED + timedelta(days=90),
                sequence=7,
                caveats=frozenset({Caveat.OWNER_SIGNED, Caveat.AGE_UNKNOWN}),
            ),
            ManifestOutcome(
                id="old.tar",
                filename="old.tar",
                format_id=None,
                reason="bad-signature",
                detail="the signature does not verify",
            ),
        ),
        changed_files=("hosts.yaml", "policy.yaml"),
        history=HistoryMark(
            head="sha256:" + "55" * 32, rows=4711, last_complete_at=STARTED - timedelta(days=1)
        ),
        judged_as_of=True,
        carried_forward=2,
    )


def replace_findings(device: DeviceResult, *findings: Finding) -> DeviceResult:
    """Return the device with these findings in the place of its own."""
    return replace(device, appraisal=replace(device.appraisal, findings=findings))


def heard(device: DeviceResult, **changes: object) -> Evidence:
    """Return the evidence of a device with changes."""
    return replace(device.evidence, **changes)  # type: ignore[arg-type]
