"""What will run after a reload, as every report has it."""

from netintegrity.assess.next_boot import NextBoot, next_boots
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.plain_text import clean


def reload_document(result: DeviceResult) -> list[dict[str, object]]:
    """Return it part by part."""
    return [_part(n) for n in next_boots(result.claims, result.appraisal)]


def _part(told: NextBoot) -> dict[str, object]:
    return {
        "subject": {"kind": told.subject.kind.value, "id": clean(told.subject.id)},
        "images": [clean(p) for p in told.paths],
        "release": None if told.release is None else clean(told.release),
        "is_running": told.is_running,
        "digest_known": told.digest_known,
        "conclusion": None if told.conclusion is None else told.conclusion.value,
        "stops": told.stops or None,
        "fallbacks": [{"source": clean(f.source), "network": f.is_network} for f in told.fallbacks],
    }


def reload_lines(report: RunReport) -> list[str]:
    """Return in sentences which boxes a reload would change, or would not bring back."""
    other, unknown, stopped = set(), set(), set()
    for result in report.results:
        name = clean(result.evidence.device.name)
        for told in next_boots(result.claims, result.appraisal):
            if told.paths and not told.is_running:
                other.add(name)
            if told.paths and not told.digest_known:
                unknown.add(name)
            if told.stops:
                stopped.add(name)
    said = (
        (other, "will run another image than now"),
        (unknown, "will run something of which no digest is known"),
        (stopped, "will wait at the boot loader"),
    )
    return [f"after a reload, {_names(names)} {what}" for names, what in said if names]


def _names(names: set[str]) -> str:
    first = ", ".join(sorted(names)[:6])
    return first if len(names) <= 6 else f"{first} and {len(names) - 6} more"
