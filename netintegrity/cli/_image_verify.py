"""From an image file to the verdict on it."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.app import parse_release
from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.errors import ConfigError, ExitStatus, gravest
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.store.image_reader import files_beside, reading
from netintegrity.store.manifests import read_manifests
from netintegrity.trust.admit import admit_all
from netintegrity.trust.image_file import VerifiedImage, verify_image
from netintegrity.trust.image_kinds import wanted_beside

_STATUSES: Final = {
    Verdict.VERIFIED: ExitStatus.VERIFIED,
    Verdict.UNKNOWN: ExitStatus.UNVERIFIED,
    Verdict.UNREACHABLE: ExitStatus.UNVERIFIED,
    Verdict.MISMATCH: ExitStatus.FINDING,
    Verdict.CONTRADICTORY: ExitStatus.FINDING,
}


def verify(arguments: argparse.Namespace) -> ExitStatus:
    """Judge the file, print what it comes to, and return the status."""
    at = _trust.moment(arguments.at)
    path: Path = arguments.file
    folder: Path | None = arguments.manifests
    if folder is not None and not folder.is_dir():
        raise ConfigError("no such folder of manifests", where=str(folder))
    keys, keyring = _trust.keyring(arguments.keys)
    references, outcomes = admit_all(
        () if folder is None else read_manifests(folder),
        keyring=keyring,
        at=at,
        releases=parse_release,
    )
    with reading(path) as (read_at, size):
        judged = verify_image(
            read_at,
            size,
            filename=path.name,
            keyring=keyring,
            references=references,
            at=at,
            beside=files_beside(path, named=wanted_beside(path.name)),
            releases=parse_release,
            all_digests=not arguments.signature_only,
        )
    document = _document(judged, path) | {"keyring": keys.origin}
    if arguments.format == "json":
        emit_json(document)
    else:
        _emit_pairs(document)
    if judged.detail:
        say(f"netintegrity: {clean(judged.detail)}")
    rejected = [o for o in outcomes if o.reason is not None]
    for outcome in rejected:
        say(f"netintegrity: {outcome.detail}")
    return gravest([_STATUSES[judged.verdict], *(ExitStatus.REJECTED for _ in rejected)])


def _document(judged: VerifiedImage, path: Path) -> dict[str, object]:
    anchor = judged.anchor
    signer = anchor and {
        "subject": judged.signer,
        "fingerprint": anchor.fingerprint,
        "key": anchor.id,
    }
    return {
        "schema": "netintegrity/image-verification/1",
        "path": str(path),
        "size_bytes": judged.size_bytes,
        "digests": {d.algorithm.value: d.value.hex() for d in judged.digests},
        "container": judged.container,
        "signature": judged.signature.value,
        "reason": judged.reason,
        "detail": judged.detail or None,
        "signer": signer,
        "vendor_signed": None if anchor is None else anchor.is_vendor,
        "release": judged.described.release,
        "references": [
            {
                "manifest": image.manifest_id,
                "filename": image.filename,
                "release": None if image.release is None else image.release.text,
                "withdrawn": image.withdrawn,
            }
            for image in judged.references
        ],
        "verdict": judged.verdict.value,
        "caveats": sorted(judged.caveats),
        "notes": list(judged.described.notes),
    }


def _emit_pairs(document: dict[str, object]) -> None:
    for name, value in document.items():
        if name not in {"schema", "detail"}:
            emit(f"{name.replace('_', ' ') + ':':<14} {clean(_shown(value))}")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "; ".join(map(_shown, value)) or "none"
    return "-" if value is None else str(value)
