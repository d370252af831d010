"""What a device showed and what was found about it, as rows."""

from collections.abc import Iterable, Iterator

from netintegrity.model.claims import DeviceClaims
from netintegrity.model.finding import Appraisal
from netintegrity.model.run import DeviceResult
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.store.history.chain import Content, Row
from netintegrity.store.history.tables import HOST_KEYS, IMAGES, RELEASES, SERIALS


def open_findings(appraisal: Appraisal) -> Iterator[Row]:
    """Yield all that stands between a device and "verified"."""
    for finding in appraisal.findings:
        about = finding.observation
        if about.verdict is not Verdict.VERIFIED:
            yield {
                "rule": finding.rule_id,
                "subject": clean(str(about.subject)),
                "image": None if about.image is None else clean(about.image),
                "role": None if about.role is None else about.role.value,
                "verdict": about.verdict.value,
                "conclusion": about.conclusion.value,
                "technique": None if finding.technique is None else finding.technique.value,
                "severity": finding.severity.word,
                "message": clean(about.message),
            }
    for shortfall in appraisal.shortfalls:
        yield {
            "rule": None,
            "subject": None if shortfall.subject is None else clean(str(shortfall.subject)),
            "image": None,
            "role": None,
            "verdict": shortfall.conclusion.verdict.value,
            "conclusion": shortfall.conclusion.value,
            "technique": None,
            "severity": None,
            "message": clean(shortfall.detail),
        }


def seen(result: DeviceResult) -> Content:
    """Return what a device showed."""
    claims, evidence = result.claims, result.evidence
    keys: list[Row] = []
    if evidence.host_key_fingerprint is not None:
        keys.append(
            {
                "fingerprint": clean(evidence.host_key_fingerprint),
                "status": evidence.host_key_status.value,
            }
        )
    serials: Iterable[Row] = (
        {
            "subject": clean(str(i.subject)),
            "serial": None if i.serial is None else clean(i.serial),
            "pid": None if i.pid is None else clean(i.pid),
        }
        for i in claims.identities
    )
    return {
        IMAGES: list(_images(claims)),
        RELEASES: [{"name": n, "release": r} for n, r in _releases(claims)],
        HOST_KEYS: keys,
        SERIALS: list(serials),
    }


def _images(claims: DeviceClaims) -> Iterator[Row]:
    for image in claims.images:
        digests: list[str | None] = [*sorted(str(d) for d in image.digests)]
        for digest in digests or [None]:
            yield {
                "subject": clean(str(image.subject)),
                "role": image.role.value,
                "kind": image.kind.value,
                "path": clean(image.path),
                "release": None if image.release is None else clean(image.release.text),
                "image_digest": digest,
                "size_bytes": image.size_bytes,
            }


def _releases(claims: DeviceClaims) -> Iterator[tuple[str, str]]:
    if claims.running_release is not None:
        yield "running", clean(claims.running_release.text)
    for name, release in claims.other_releases:
        yield clean(name), clean(release)
    for boot in claims.boots:
        if boot.loader_release is not None:
            yield f"boot-loader {clean(str(boot.subject))}", clean(boot.loader_release)
