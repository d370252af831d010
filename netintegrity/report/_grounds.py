"""By whose word a run was judged, and what for, as every report has it."""

from datetime import datetime

from netintegrity import rfc3339
from netintegrity.model.run import ManifestOutcome, RunWindow
from netintegrity.plain_text import clean


def window_document(window: RunWindow) -> dict[str, object]:
    """Return the change window a run is about."""
    return {
        "ticket": clean(window.ticket) or None,
        "begins": rfc3339.show(window.begins),
        "ends": rfc3339.show(window.ends),
        "phase": window.phase,
        "approvers": [clean(a) for a in window.approvers],
    }


def manifest_document(outcome: ManifestOutcome) -> dict[str, object]:
    """Return what became of a manifest."""
    return {
        "id": clean(outcome.id),
        "file": clean(outcome.filename),
        "format": outcome.format_id,
        "status": outcome.status,
        "reason": outcome.reason,
        "detail": clean(outcome.detail) or None,
        "signer": _maybe_clean(outcome.signer),
        "key": _maybe_clean(outcome.key_id),
        "vendor_signed": outcome.vendor_signed,
        "fingerprint": _maybe_clean(outcome.key_fingerprint),
        "channel": _maybe_clean(outcome.channel),
        "images": outcome.images,
        "issued_at": _maybe_time(outcome.issued_at),
        "newest_entry": _maybe_time(outcome.newest_entry),
        "expires_at": _maybe_time(outcome.expires_at),
        "sequence": outcome.sequence,
        "caveats": sorted(c.value for c in outcome.caveats),
    }


def _maybe_clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _maybe_time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339.show(at)
