"""Waivers: made, signed, and verified.

A DSSE envelope of ours around a list of images that their owner excuses until a day. It names
device, part and exact digest, so that it excuses nothing but the bytes somebody looked at.

Source: DSSE v1.0; the payload is described in docs/waivers.md.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import (
    MalformedError,
    ManifestExpiredError,
    TrustError,
    WrongPurposeError,
)
from netintegrity.model.codec import canonical, moment_from_json, subject_to_json
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.model.waiver import LONGEST, LONGEST_TEXT, Waiver, WaiverOutcome
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust.anchors import Keyring, Purpose
from netintegrity.trust.sign import sign_payload
from netintegrity.trust.vouched import open_vouched

PAYLOAD_TYPE: Final = "application/vnd.netintegrity.waivers+json"
SCHEMA: Final = "netintegrity/waivers/1"
SUFFIX: Final = ".dsse.json"
MAX_BYTES: Final = 4 * 1024 * 1024
_TOP: Final = frozenset({"schema", "issued_at", "waivers"})
_WAIVER: Final = frozenset({"device", "subject", "digest", "reason", "ticket", "expires_at"})
_DEVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,63}")
_PART: Final = re.compile(r"[A-Za-z0-9._/-]{1,40}")


def sign_waivers(
    waivers: Iterable[Waiver],
    *,
    issued_at: datetime,
    private_key_pem: bytes,
    password: bytes | None = None,
) -> bytes:
    """Return the signed envelope.

    Raises:
        ConfigError: the key cannot be read, or is of a kind or size that nobody would accept.
    """
    payload = canonical(
        {
            "schema": SCHEMA,
            "issued_at": rfc3339.show(issued_at),
            "waivers": [_document(w) for w in waivers],
        }
    )
    return sign_payload(PAYLOAD_TYPE, payload, private_key_pem, password)


def _document(waiver: Waiver) -> dict[str, object]:
    members: dict[str, object] = {
        "device": waiver.device,
        "subject": subject_to_json(waiver.subject),
        "digest": str(waiver.digest),
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "expires_at": rfc3339.show(waiver.expires_at),
    }
    return {name: value for name, value in members.items() if value}


def verify_waivers(
    raw: bytes, keyring: Keyring, *, name: str, at: datetime, lab: bool = False
) -> tuple[Waiver, ...]:
    """Return what was excused, and by whom; the signature is verified before the rest is read.

    Args:
        raw: the envelope.
        keyring: whose anchors of purpose ``waiver`` count.
        name: of the file, for messages.
        at: UTC; the moment of judgement. A key that has run out by then excuses nothing.
        lab: keys of purpose ``lab`` count too: every device is a simulated one.

    Raises:
        TrustError: as :func:`netintegrity.trust.vouched.open_vouched`, or what was signed is no
            list of waivers.
    """
    purposes = (Purpose.WAIVER, Purpose.LAB) if lab else (Purpose.WAIVER,)
    payload, anchor = open_vouched(
        raw, keyring, purposes=purposes, payload_type=PAYLOAD_TYPE, name=name
    )
    if anchor.not_after is not None and at >= anchor.not_after:
        raise ManifestExpiredError(
            manifest_id=name,
            key_fingerprint=anchor.fingerprint,
            detail=f"{anchor.id} counted until {rfc3339.show(anchor.not_after)}",
        )
    try:
        return _read(payload, name, anchor.id)
    except ValueError as error:
        raise MalformedError(
            manifest_id=name, key_fingerprint=anchor.fingerprint, detail=str(error)
        ) from error


def judge_waivers(
    files: Mapping[str, bytes],
    keyring: Keyring,
    *,
    at: datetime,
    keys_in_site: bool,
    lab: bool,
) -> tuple[WaiverOutcome, ...]:
    """Return what became of each file; one that is rejected excuses nothing.

    Args:
        files: envelopes by name.
        keyring: whose word counts.
        at: UTC; the moment of judgement.
        keys_in_site: the keys were read from the site itself, which its pull requests can change:
            then nobody's waiver counts.
        lab: as for :func:`verify_waivers`.
    """
    return tuple(
        _outcome(name, raw, keyring, at=at, keys_in_site=keys_in_site, lab=lab)
        for name, raw in sorted(files.items())
    )


def _outcome(
    name: str, raw: bytes, keyring: Keyring, *, at: datetime, keys_in_site: bool, lab: bool
) -> WaiverOutcome:
    try:
        if keys_in_site:
            detail = "the key folder lies in the site; a waiver needs a key from outside it"
            raise WrongPurposeError(manifest_id=name, detail=detail)
        waivers = verify_waivers(raw, keyring, name=name, at=at, lab=lab)
    except TrustError as error:
        return WaiverOutcome(file=name, reason=error.reason, detail=error.detail)
    return WaiverOutcome(file=name, key_id=waivers[0].key_id, waivers=waivers)


def _read(payload: bytes, name: str, key_id: str) -> tuple[Waiver, ...]:
    top = strict_json.members(strict_json.load(payload), ROOT)
    strict_json.only(top, _TOP, ROOT)
    if top.get("schema") != SCHEMA:
        raise ValueError(f"{ROOT.member('schema')}: expected {SCHEMA!r}")
    issued_at = moment_from_json(top.get("issued_at"), ROOT.member("issued_at"))
    here = ROOT.member("waivers")
    listed = strict_json.items(top.get("waivers"), here)
    if not listed:
        raise ValueError(f"{here}: excuses nothing")
    return tuple(
        _waiver(item, here.item(n), issued_at=issued_at, file=name, key_id=key_id)
        for n, item in enumerate(listed)
    )


def _waiver(value: object, at: Path, *, issued_at: datetime, file: str, key_id: str) -> Waiver:
    members = strict_json.members(value, at)
    strict_json.only(members, _WAIVER, at)
    device = strict_json.text(members.get("device"), at.member("device"))
    if _DEVICE.fullmatch(device) is None:
        raise ValueError(f"{at.member('device')}: expected the name of one device")
    expires_at = moment_from_json(members.get("expires_at"), at.member("expires_at"))
    if not issued_at < expires_at <= issued_at + LONGEST:
        days = LONGEST.days
        raise ValueError(f"{at.member('expires_at')}: expected at most {days} days after issued_at")
    return Waiver(
        device=device,
        subject=_subject(members.get("subject"), at.member("subject")),
        digest=_digest(members.get("digest"), at.member("digest")),
        reason=_words(members.get("reason"), at.member("reason")),
        ticket=_words(members["ticket"], at.member("ticket")) if "ticket" in members else "",
        issued_at=issued_at,
        expires_at=expires_at,
        file=file,
        key_id=key_id,
    )


def _subject(value: object, at: Path) -> Subject:
    members = strict_json.members(value, at)
    strict_json.only(members, frozenset({"kind", "id"}), at)
    kind = strict_json.text(members.get("kind"), at.member("kind"))
    part = strict_json.text(members.get("id"), at.member("id"))
    if kind not in SubjectKind.__members__.values():
        raise ValueError(f"{at.member('kind')}: expected one of {', '.join(SubjectKind)}")
    if _PART.fullmatch(part) is None:
        raise ValueError(f"{at.member('id')}: expected the number of a part")
    return Subject(SubjectKind(kind), part)


def _digest(value: object, at: Path) -> Digest:
    algorithm, _, digits = strict_json.text(value, at).partition(":")
    if algorithm not in DigestAlgorithm.__members__.values():
        raise ValueError(f"{at}: expected ALGORITHM:HEX")
    known = DigestAlgorithm(algorithm)
    if re.fullmatch(f"[0-9a-f]{{{known.size_bytes * 2}}}", digits) is None:
        raise ValueError(f"{at}: expected {known.size_bytes * 2} lower-case hex digits")
    return Digest(known, bytes.fromhex(digits))


def _words(value: object, at: Path) -> str:
    words = strict_json.text(value, at)
    if len(words) > LONGEST_TEXT:
        raise ValueError(f"{at}: longer than {LONGEST_TEXT} characters")
    return words
