"""Waivers to spoil, and keyrings that count whoever signed them."""

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from netintegrity.model.waiver import Waiver, WaiverOutcome
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.sign import anchor_yaml, public_pem, sign_payload
from netintegrity.trust.waivers import PAYLOAD_TYPE, judge_waivers, sign_waivers
from tests.builders import AT, BAD, CHASSIS

DAY = timedelta(days=1)


def private_key(seed: int = 1) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_files(
    *seeds: int, purpose: str = "waiver", not_after: datetime | None = None
) -> dict[str, bytes]:
    """Return the files of a keyring in which these keys count for ``purpose``."""
    files: dict[str, bytes] = {}
    for seed in seeds or (1,):
        public = public_pem(private_key(seed))
        files[f"owner{seed}/key.pem"] = public
        files[f"owner{seed}/keyring.yaml"] = anchor_yaml(
            public,
            anchor_id=f"owner/{seed}",
            file="key.pem",
            source="a test",
            purpose=purpose,
            formats=("netintegrity-manifest",) if purpose in {"manifest", "lab"} else (),
            not_after=not_after,
        ).encode()
    return files


def keyring(*seeds: int, purpose: str = "waiver", not_after: datetime | None = None) -> Keyring:
    return load_keyring(key_files(*seeds, purpose=purpose, not_after=not_after))


def waiver(**changes: object) -> Waiver:
    plain = Waiver(
        device="r1",
        subject=CHASSIS,
        digest=BAD,
        reason="engineering special of the vendor, until the fix is released",
        ticket="CHG0012345",
        issued_at=AT,
        expires_at=AT + 30 * DAY,
        file="waived.dsse.json",
        key_id="owner/1",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def signed(*waivers: Waiver, seed: int = 1, issued_at: datetime = AT) -> bytes:
    return sign_waivers(
        waivers or (waiver(),), issued_at=issued_at, private_key_pem=private_key(seed)
    )


def payload_of(raw: bytes) -> dict[str, object]:
    document: dict[str, object] = json.loads(base64.b64decode(json.loads(raw)["payload"]))
    return document


def signed_payload(payload: object, *, payload_type: str = PAYLOAD_TYPE, seed: int = 1) -> bytes:
    """Sign whatever it is."""
    return sign_payload(payload_type, json.dumps(payload).encode(), private_key(seed))


def judged(
    raw: bytes,
    keys: Keyring | None = None,
    *,
    at: datetime = AT + DAY,
    keys_in_site: bool = False,
    lab: bool = False,
) -> WaiverOutcome:
    """What a run makes of one file."""
    (outcome,) = judge_waivers(
        {"waived.dsse.json": raw},
        keyring() if keys is None else keys,
        at=at,
        keys_in_site=keys_in_site,
        lab=lab,
    )
    return outcome
