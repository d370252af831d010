"""The verdict on a quote, for programs and for people."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from netintegrity.cli import _trust
from netintegrity.cli._output import emit
from netintegrity.model.attestation import AttestationResult, JudgedValue
from netintegrity.model.run import ManifestOutcome
from netintegrity.plain_text import clean
from netintegrity.trust.attestation.together import Together


def document(
    judged: Together, outcomes: Sequence[ManifestOutcome], *, at: datetime, keyring: str
) -> dict[str, object]:
    """Return the document of the command-line contract."""
    return {
        "schema": "netintegrity/attestation-verification/1",
        "at": _trust.time_text(at),
        "keyring": keyring,
        "manifests": [
            {"id": o.id, "filename": o.filename, **_trust.verification(o)} for o in outcomes
        ],
        "subjects": [_subject(result) for result in judged.results],
        "missing_serials": list(judged.missing),
        "verdict": judged.verdict,
    }


def _subject(result: AttestationResult) -> dict[str, object]:
    caveats = sorted(result.assurance.caveats)
    return {
        "subject": {"kind": result.subject.kind, "id": result.subject.id},
        "pid": result.pid,
        "serial": result.serial,
        "identity": result.identity,
        "chain": result.chain,
        "identity_not_after": _trust.time_text(result.identity_not_after),
        "certificates_signature": result.certificates_signature,
        "measurements_signature": result.measurements_signature,
        "compliance_signature": result.compliance_signature,
        "compliance": result.compliance,
        "pcr0": result.pcr0,
        "pcr8": result.pcr8,
        "pcr8_covers": result.pcr8_covers,
        "measurements": [_measurement(value) for value in result.measurements],
        "verdict": result.verdict,
        "assurance": {"level": result.assurance.level.word, "caveats": caveats},
        "caveats": caveats,
        "reasons": list(result.reasons),
    }


def _measurement(value: JudgedValue) -> dict[str, object]:
    return {
        "stage": value.quoted.stage,
        "name": value.quoted.name,
        "version": value.quoted.version,
        "value": value.quoted.value.hex(),
        "measured": value.measured,
        "placeholder": value.placeholder,
        "reference": value.reference,
        "manifest": value.manifest,
        "release": value.release,
    }


def emit_table(judged: Together) -> None:
    """Print the same for people."""
    for result in judged.results:
        for line in _lines(result):
            emit(clean(line))
    for serial in judged.missing:
        emit(f"no part of this box proved to be {serial}")
    if not judged.results:
        emit("there is no quote in these files")
    emit(f"verdict: {judged.verdict}")


def _lines(result: AttestationResult) -> Iterator[str]:
    who = " ".join(part for part in (result.pid, result.serial) if part)
    yield f"{result.subject}: {who or 'identity not verified'}"
    for name, outcome in (
        ("chain", result.chain),
        ("certificates", result.certificates_signature),
        ("measurements", result.measurements_signature),
        ("compliance", result.compliance_signature),
        ("pcr0", result.pcr0),
        ("pcr8", result.pcr8),
    ):
        yield f"  {name:<12}  {outcome}"
    for value in result.measurements:
        known = f"genuine, {value.release}" if value.release else f"reference {value.reference}"
        seen = "" if value.measured else ", listed but not measured"
        filler = ", placeholder" if value.placeholder else ""
        yield f"  {value.quoted.stage:<12}  {value.quoted.name}: {known}{filler}{seen}"
    level = f"assurance: {result.assurance.level.word}"
    caveats = ", ".join(sorted(result.assurance.caveats))
    yield f"  {result.verdict}  {level}{f' ({caveats})' if caveats else ''}"
    for reason in result.reasons:
        yield f"  - {reason}"
