"""What to do about the boxes that are not verified, each step once."""

from collections.abc import Iterator, Mapping
from typing import Final

from netintegrity.errors import (
    AuthenticationError,
    HostKeyChangedError,
    HostKeyUnknownError,
    LegacySshOnlyError,
)
from netintegrity.model.evidence import FailureKind
from netintegrity.model.finding import Finding
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean

_OPEN: Final = frozenset({Verdict.UNKNOWN, Verdict.UNREACHABLE})

HINTS: Final[Mapping[FailureKind, str]] = {
    FailureKind.HOST_KEY_UNKNOWN: HostKeyUnknownError.hint,
    FailureKind.HOST_KEY_CHANGED: HostKeyChangedError.hint,
    FailureKind.LEGACY_SSH_ONLY: LegacySshOnlyError.hint,
    FailureKind.AUTHENTICATION: AuthenticationError.hint
    or "check the account on the device, and which hosts its credential names",
    FailureKind.UNREACHABLE: "check address, port, and the way to the device",
    FailureKind.TIMEOUT: "collect again; a hash of a large image takes minutes",
    FailureKind.COMMAND_REJECTED: "nothing was sent that should not be; report it, with the detail",
}


def next_steps(result: DeviceResult) -> list[str]:
    """Return what to do about a device that is not verified, each step once."""
    return list(dict.fromkeys(_steps(result)))


def _steps(result: DeviceResult) -> Iterator[str]:
    appraisal, failure = result.appraisal, result.evidence.failure
    if appraisal.verdict is Verdict.VERIFIED:
        return
    said = [
        step
        for step in (
            *(f.observation.next_step for f in appraisal.findings if is_open(f)),
            *(s.next_step for s in appraisal.shortfalls),
        )
        if step
    ]
    # A rule that speaks of the failure says better what to do than the failure's usual advice.
    yield from (clean(s) for s in said or ([] if failure is None else [HINTS[failure.kind]]))


def reasons(result: DeviceResult) -> list[str]:
    """Return what stands between a device and "verified", each in a sentence; not cleaned."""
    appraisal = result.appraisal
    found = (f for f in appraisal.findings if is_open(f))
    return [
        *(f"{f.rule_id} {f.observation.subject}: {f.observation.message}" for f in found),
        *(s.detail for s in appraisal.shortfalls),
    ]


def is_open(finding: Finding) -> bool:
    """Say whether something is left to do about it."""
    return finding.observation.verdict is not Verdict.VERIFIED


def needs(report: RunReport) -> list[dict[str, object]]:
    """Return what would settle the boxes nothing is known of, the most wanted first, each once.

    Rules word the same need the same on every box; so it can be gathered by its words.
    """
    wanted: dict[str, tuple[set[str], set[str]]] = {}
    for result in report.results:
        name = result.evidence.device.name
        for finding in result.appraisal.findings:
            about = finding.observation
            if about.verdict is Verdict.UNKNOWN and about.next_step:
                images, devices = wanted.setdefault(clean(about.next_step), (set(), set()))
                images.add((about.image or "").rpartition(":")[2].rpartition("/")[2])
                devices.add(name)
        for shortfall in result.appraisal.shortfalls:
            if shortfall.conclusion.verdict is Verdict.UNKNOWN and shortfall.next_step:
                wanted.setdefault(clean(shortfall.next_step), (set(), set()))[1].add(name)
        if result.evidence.failure and result.appraisal.verdict in _OPEN:
            for step in next_steps(result):
                wanted.setdefault(step, (set(), set()))[1].add(name)
    ranked = sorted(wanted.items(), key=lambda item: (-len(item[1][1]), item[0]))
    return [
        {
            "next_step": step,
            "images": len(images - {""}),
            "devices": len(devices),
            "names": [clean(n) for n in sorted(devices)],
        }
        for step, (images, devices) in ranked
    ]


def need_counts(need: Mapping[str, object]) -> str:
    """Return of how many files on how many boxes a need of :func:`needs` speaks."""
    images, devices = need["images"], need["devices"]
    files = f"{images} file{'' if images == 1 else 's'} on " if images else ""
    return f"{files}{devices} box{'' if devices == 1 else 'es'}"
