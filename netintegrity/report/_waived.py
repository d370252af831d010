"""What was excused, as every report has it."""

from netintegrity import rfc3339
from netintegrity.model.claims import DeviceClaims
from netintegrity.model.finding import Finding
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.plain_text import clean


def digest_of(finding: Finding, claims: DeviceClaims) -> str | None:
    """Return the strongest digest of the image a finding is about: what a waiver has to name."""
    about = finding.observation
    known = [
        digest
        for image in claims.images
        if (image.subject, image.role, image.path) == (about.subject, about.role, about.image)
        for digest in image.digests
    ]
    return str(max(known, key=lambda d: d.algorithm.strength)) if known else None


def waiver_files(report: RunReport) -> list[dict[str, object]]:
    """Return what became of each file of waivers, and how many of them were needed."""
    used = {w for r in report.results for w in r.waivers}
    return [
        {
            "file": clean(outcome.file),
            "status": outcome.status,
            "reason": outcome.reason,
            "detail": clean(outcome.detail) or None,
            "key": None if outcome.key_id is None else clean(outcome.key_id),
            "waivers": len(outcome.waivers),
            "used": sum(w in used for w in outcome.waivers),
            "lapsed": sum(report.at >= w.expires_at for w in outcome.waivers),
        }
        for outcome in report.waivers
    ]


def waivers_of(result: DeviceResult) -> list[dict[str, object]]:
    """Return the waivers that together excuse all there is against a device; mostly none."""
    return [
        {
            "subject": {"kind": w.subject.kind.value, "id": clean(w.subject.id)},
            "digest": str(w.digest),
            "reason": clean(w.reason),
            "ticket": clean(w.ticket) or None,
            "issued_at": rfc3339.show(w.issued_at),
            "expires_at": rfc3339.show(w.expires_at),
            "key": clean(w.key_id),
            "file": clean(w.file),
        }
        for w in result.waivers
    ]


def waiver_lines(result: DeviceResult) -> list[str]:
    """Return each waiver of a device in a sentence."""
    return [
        clean(
            f"waived until {w.expires_at:%Y-%m-%d} for {w.subject}"
            f"{f' ({w.ticket})' if w.ticket else ''} by {w.key_id}: {w.reason}"
        )
        for w in result.waivers
    ]
