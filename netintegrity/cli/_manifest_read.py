"""``manifest verify``, ``list`` and ``show``."""

import argparse
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from netintegrity.app.registries import parse_release
from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.errors import ConfigError, ExitStatus, TooLargeError, TrustError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage
from netintegrity.model.run import ManifestOutcome
from netintegrity.plain_text import clean
from netintegrity.store.manifests import read_manifest, read_manifests
from netintegrity.trust.admit import MAX_BYTES, Admitted, Submission, admit, admit_all, outcome
from netintegrity.trust.keyring import Keyring


def verify(arguments: argparse.Namespace) -> ExitStatus:
    """Judge one file by itself: an expired one is rejected here."""
    at = _trust.moment(arguments.at)
    submission = read_manifest(arguments.file, signature=arguments.signature)
    _, keyring = _trust.keyring(arguments.keys)
    result = judge(submission, keyring, at=at)
    became = outcome(submission, result, keyring, at=at)
    document = {
        "schema": "netintegrity/manifest-verification/1",
        "path": str(arguments.file),
        **_trust.verification(became),
    }
    if arguments.format == "json":
        emit_json(document)
    else:
        _emit_pairs(document)
    if isinstance(result, TrustError):
        say(f"netintegrity: {result}")
        if result.hint:
            say(f"  {result.hint}")
        return result.exit_code
    return ExitStatus.VERIFIED


def judge(submission: Submission, keyring: Keyring, *, at: datetime) -> Admitted | TrustError:
    """Return the manifest, or why it is none."""
    try:
        if submission.size_bytes is not None:
            detail = f"{submission.size_bytes} bytes, at most {MAX_BYTES}"
            return TooLargeError(manifest_id=submission.filename, detail=detail)
        return admit(
            submission.raw,
            filename=submission.filename,
            detached=submission.detached,
            keyring=keyring,
            releases=parse_release,
            expired_at=at,
        )
    except TrustError as error:
        return error


def list_all(arguments: argparse.Namespace) -> ExitStatus:
    """Judge every list of a folder, as an audit would."""
    at = _trust.moment(arguments.at)
    _, keyring = _trust.keyring(arguments.keys)
    folder = _folder(arguments)
    submissions = () if folder is None else read_manifests(folder)
    _, outcomes = admit_all(submissions, keyring=keyring, at=at, releases=parse_release)
    documents = [{"id": o.id, "filename": o.filename, **_trust.verification(o)} for o in outcomes]
    if arguments.format == "json":
        emit_json({"schema": "netintegrity/manifest-list/1", "manifests": documents})
    else:
        _emit_outcomes(outcomes)
    for became in outcomes:
        if became.reason is not None:
            say(f"netintegrity: {became.detail}")
    rejected = any(o.reason is not None for o in outcomes)
    return ExitStatus.REJECTED if rejected else ExitStatus.VERIFIED


def show(arguments: argparse.Namespace) -> ExitStatus:
    """Print what a list says, once it verified."""
    at = _trust.moment(arguments.at)
    _, keyring = _trust.keyring(arguments.keys)
    folder = _folder(arguments)
    submissions = (read_manifest(Path(arguments.id)),) if folder is None else read_manifests(folder)
    references, outcomes = admit_all(submissions, keyring=keyring, at=at, releases=parse_release)
    wanted = [o for o in outcomes if folder is None or _is_meant(o, arguments.id)]
    if not wanted:
        raise ConfigError(
            f"no manifest {arguments.id!r}",
            where=str(folder),
            hint="`netintegrity manifest list` shows those there are",
        )
    for became in wanted:
        if became.reason is not None:
            say(f"netintegrity: {became.detail}")
            return ExitStatus.REJECTED
    ids = {o.id for o in wanted}
    images = [i for i in references if i.manifest_id in ids and _is_asked(i, arguments)]
    if arguments.format == "json":
        documents = [_image(i) for i in images]
        emit_json({"schema": "netintegrity/manifest-content/1", "images": documents})
    else:
        _emit_images(images)
    return ExitStatus.VERIFIED if images else ExitStatus.UNVERIFIED


def _folder(arguments: argparse.Namespace) -> Path | None:
    """Return the folder that was named; None: none was."""
    if arguments.inventory is not None:
        return _trust.manifests_of(arguments.inventory)
    folder: Path | None = arguments.manifests
    if folder is not None and not folder.is_dir():
        raise ConfigError("no such folder of manifests", where=str(folder))
    return folder


def _is_meant(became: ManifestOutcome, wanted: str) -> bool:
    return wanted in {became.id, became.id.partition("@")[0], became.filename}


def _is_asked(image: ReferenceImage, arguments: argparse.Namespace) -> bool:
    if arguments.filename is not None and image.filename != arguments.filename:
        return False
    return arguments.digest is None or bool(image.digests & _digests_of(arguments.digest))


def _digests_of(text: str) -> frozenset[Digest]:
    """Return the digests that so many hex digits may be; a measurement is none of them."""
    try:
        value = bytes.fromhex(text.rpartition(":")[2])
    except ValueError as error:
        raise ConfigError(f"expected hex digits, got {text!r}", where="--digest") from error
    found = frozenset(Digest(a, value) for a in DigestAlgorithm if a.size_bytes == len(value))
    if not found:
        known = ", ".join(f"{a} has {2 * a.size_bytes}" for a in DigestAlgorithm)
        raise ConfigError(f"{2 * len(value)} hex digits ({known})", where="--digest")
    return found


def _image(image: ReferenceImage) -> dict[str, object]:
    measurements: dict[str, list[str]] = {}
    for measurement in image.measurements:
        measurements.setdefault(measurement.kind.value, []).append(measurement.value.hex())
    return {
        "kind": image.kind.value,
        "platforms": None if image.platforms is None else sorted(image.platforms),
        "hardware": None if image.hardware is None else sorted(image.hardware),
        "filename": image.filename,
        "release": None if image.release is None else image.release.text,
        "size_bytes": image.size_bytes,
        "digests": {
            d.algorithm.value: d.value.hex()
            for d in sorted(image.digests, key=lambda d: d.algorithm.strength)
        },
        "measurements": {kind: sorted(values) for kind, values in measurements.items()},
        "withdrawn": image.withdrawn,
        "manifest": image.manifest_id,
    }


def _emit_pairs(document: dict[str, object]) -> None:
    for name, value in document.items():
        if name in {"schema", "detail"}:
            continue
        if isinstance(value, dict):
            shown = f"{value['subject']} ({value['key']}, {value['fingerprint']})"
        elif isinstance(value, list):
            shown = ", ".join(map(str, value)) or "none"
        elif isinstance(value, bool):
            shown = "yes" if value else "no"
        else:
            shown = "-" if value is None else str(value)
        emit(f"{name.replace('_', ' ') + ':':<15} {clean(shown)}")


def _emit_outcomes(outcomes: Iterable[ManifestOutcome]) -> None:
    columns = ("id", "format", "status", "signed by", "images", "dated")
    rows = [
        (
            clean(o.id),
            o.format_id or "-",
            o.reason or "verified",
            "-" if o.signer is None else f"{o.key_id} ({'vendor' if o.vendor_signed else 'owner'})",
            o.images,
            _trust.time_text(o.issued_at or o.newest_entry) or "-",
        )
        for o in outcomes
    ]
    _emit_table(columns, rows)


def _emit_images(images: Iterable[ReferenceImage]) -> None:
    columns = ("kind", "filename", "release", "strongest digest", "withdrawn")
    rows = []
    for image in images:
        strongest = max(image.digests, key=lambda d: d.algorithm.strength, default=None)
        release = image.release.text if image.release else "-"
        digest = str(strongest) if strongest else "(measurements only)"
        withdrawn = "yes" if image.withdrawn else "no"
        rows.append((image.kind.value, clean(image.filename), release, digest, withdrawn))
    _emit_table(columns, rows)


def _emit_table(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    from tabulate import tabulate

    emit(tabulate(list(rows), headers=columns, tablefmt="plain", disable_numparse=True))
