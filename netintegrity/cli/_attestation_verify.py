"""From saved files to the verdict on a quote."""

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.app import parse_release
from netintegrity.cli import _trust
from netintegrity.cli._attestation_show import document, emit_table
from netintegrity.cli._output import emit_json, say
from netintegrity.errors import ConfigError, ExitStatus, gravest
from netintegrity.model.attestation import AttestationClaim, Challenge, Nonce
from netintegrity.model.verdict import Verdict
from netintegrity.platforms import _cisco_quote as quote
from netintegrity.store.manifests import read_manifest
from netintegrity.trust.admit import admit_all
from netintegrity.trust.attestation._spec import IDENTITY_PURPOSES, Grounds
from netintegrity.trust.attestation.cisco_sudi import ROOT
from netintegrity.trust.attestation.together import judge_all

if TYPE_CHECKING:
    from netintegrity.model.reference import ReferenceSet
    from netintegrity.model.run import ManifestOutcome

_MAX_BYTES: Final = 16 * 1024 * 1024
"""A stack of eight prints some 80 kB."""
_KINDS: Final = ("certificates", "measurements", "compliance")
# 18446744073709551615
_DECIMAL: Final = re.compile(r"[0-9]{1,20}")
# For IOS-XR `hex:54659397`, its bytes.
_HEX: Final = re.compile(r"hex:((?:[0-9A-Fa-f]{2})+)")
_SERIAL: Final = re.compile(r"[A-Z0-9]{6,20}")
_STATUSES: Final = {
    Verdict.VERIFIED: ExitStatus.VERIFIED,
    Verdict.UNKNOWN: ExitStatus.UNVERIFIED,
    Verdict.UNREACHABLE: ExitStatus.UNVERIFIED,
    Verdict.MISMATCH: ExitStatus.FINDING,
    Verdict.CONTRADICTORY: ExitStatus.FINDING,
}


def verify(arguments: argparse.Namespace) -> ExitStatus:
    """Judge the files, print what they come to, and return the status."""
    files: dict[str, Path] = {k: p for k in _KINDS if (p := getattr(arguments, k)) is not None}
    if not files:
        raise ConfigError(
            "nothing to verify", hint="name a saved output: --certificates, --measurements, …"
        )
    challenge = _challenge(arguments, files)
    serials = tuple(_serial(text) for text in arguments.serial)
    at = _trust.moment(arguments.at)
    claims = _claims({kind: _text(path) for kind, path in files.items()})
    keys, keyring = _trust.keyring(arguments.keys)
    if not keyring.for_format(ROOT.format_id, IDENTITY_PURPOSES):
        raise ConfigError(
            "names nobody who issues device identities",
            where=keys.origin,
            hint="copy the folder cisco_sudi of the built-in keys into it",
        )
    paths: list[Path] = [path for group in arguments.manifest for path in group]
    references: ReferenceSet | None = None
    outcomes: tuple[ManifestOutcome, ...] = ()
    if paths:
        references, outcomes = admit_all(
            [read_manifest(p) for p in paths], keyring=keyring, at=at, releases=parse_release
        )
    grounds = Grounds(keyring=keyring, references=references, releases=parse_release, at=at)
    judged = judge_all(claims, challenge, grounds, root=ROOT, serials=serials)
    if arguments.format == "json":
        emit_json(document(judged, outcomes, at=at, keyring=keys.origin))
    else:
        emit_table(judged)
    return _status(judged.verdict, outcomes)


def _status(verdict: Verdict, outcomes: "Sequence[ManifestOutcome]") -> ExitStatus:
    rejected = [o for o in outcomes if o.reason is not None]
    for outcome in rejected:
        say(f"netintegrity: {outcome.detail}")
    return gravest([_STATUSES[verdict], *(ExitStatus.REJECTED for _ in rejected)])


def _claims(texts: Mapping[str, str]) -> tuple[AttestationClaim, ...]:
    return quote.claims_of(
        quote.read_certificates(texts.get("certificates", "")),
        quote.read_measurements(texts.get("measurements", "")),
        quote.read_compliance(texts.get("compliance", "")),
    )


def _challenge(arguments: argparse.Namespace, files: Mapping[str, Path]) -> Challenge:
    """Return the nonce of each file; one without a file is read too, for its mistakes."""
    nonces: dict[str, Nonce | None] = dict.fromkeys(_KINDS)
    common = None if arguments.nonce is None else _nonce(arguments.nonce, "--nonce")
    for kind in _KINDS:
        own: str | None = getattr(arguments, f"{kind}_nonce")
        if own is not None:
            nonces[kind] = _nonce(own, f"--{kind}-nonce")
        elif arguments.nonce is not None:
            nonces[kind] = common
        elif kind in files:
            raise ConfigError(
                f"expected the nonce you sent for the {kind}",
                where="--nonce",
                hint="none if there was none: then the quote may be a recording",
            )
    return Challenge(**nonces)


def _nonce(text: str, where: str) -> Nonce | None:
    try:
        if text == "none":
            return None
        if _DECIMAL.fullmatch(text):
            return Nonce.of_number(int(text))
        if match := _HEX.fullmatch(text):
            return Nonce(bytes.fromhex(match.group(1)))
    except ValueError as error:
        raise ConfigError(str(error), where=where) from error
    raise ConfigError(f"expected a decimal number, hex:1A2B or none, got {text!r}", where=where)


def _serial(text: str) -> str:
    if _SERIAL.fullmatch(text) is None:
        raise ConfigError(f"{text!r} is no serial number such as FDO184619XU", where="--serial")
    return text


def _text(path: Path) -> str:
    """Return a saved output; bytes that are no UTF-8 are shown as such, and match nothing."""
    try:
        if not path.is_file():
            raise ConfigError("no such file", where=str(path))
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if len(raw) > _MAX_BYTES:
        raise ConfigError(f"larger than {_MAX_BYTES} bytes: no saved output", where=str(path))
    return raw.decode("utf-8-sig", errors="backslashreplace")
