"""The envelope around our own lists, and what exactly is signed in it.

Source: DSSE v1.0, https://github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md and
envelope.md.
"""

import base64
import json
from typing import Final

from netintegrity import strict_json
from netintegrity.errors import BadSignatureError, MalformedError, TrustError, UnsignedError
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust import base64_text
from netintegrity.trust._spec import Envelope, Signature

MAX_SIGNATURES: Final = 16
_MEMBERS: Final = frozenset({"payloadType", "payload", "signatures"})
_SIGNATURE_MEMBERS: Final = frozenset({"keyid", "sig"})
_MARKS: Final = (b'"payloadType"', b'"signatures"', b'"payload"')
_MAX_MARKS: Final = {b"{": 64, b"[": 64, b",": 512, b'"': 1024, b"\\": 64}
"""Of what nobody has verified yet: the fullest envelope has 17, 1, 50, 138 and none. Each becomes a
value many times its size once JSON is read."""
_STYLES: Final[tuple[tuple[int | None, tuple[str, str]], ...]] = (
    (None, (",", ":")),
    (None, (", ", ": ")),
    (1, (",", ": ")),
    (2, (",", ": ")),
    (4, (",", ": ")),
)
"""Indentation and separators that writers of JSON use."""


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return what is signed: type and payload, each behind its length.

    So neither can flow into the other.

    Source: DSSE v1.0 protocol, "Signature Definition", PAE.
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def unpack(signed: bytes) -> tuple[str, bytes]:
    """Return the type and payload that :func:`pae` packed."""
    _, _, rest = signed.partition(b" ")
    length, _, rest = rest.partition(b" ")
    kind, rest = rest[: int(length)], rest[int(length) + 1 :]
    return kind.decode(), rest.partition(b" ")[2]


def seal(payload_type: str, payload: bytes, signatures: tuple[Signature, ...]) -> bytes:
    """Return the envelope, in the one form this program writes."""
    document = {
        "payloadType": payload_type,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [
            {"keyid": s.keyid or "", "sig": base64.b64encode(s.value).decode()} for s in signatures
        ],
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def looks_like_one(head: bytes) -> bool:
    """Say whether this is, or was before somebody changed a byte of it, an envelope."""
    return sum(mark in head for mark in _MARKS) >= len(_MARKS) - 1


def open_envelope(raw: bytes, *, name: str) -> Envelope:
    """Return what is signed, type and payload packed together, and by what.

    One document has one form here: strict base64, no unknown member, white space as one of the
    usual writers sets it. So nobody can change a byte of a signed file and keep it verified, even
    where the byte is not covered by the signature.

    Raises:
        UnsignedError: there is no signature in it.
        BadSignatureError: it was an envelope, and is damaged.
        MalformedError: it is none, or names a member twice.
    """
    try:
        _refuse_crowded(raw)
        document = strict_json.load(raw)
    except ValueError as error:
        # A byte of the envelope itself changed, most likely: no signature can be read from it.
        told = str(error)
        damaged = looks_like_one(raw) and not any(w in told for w in ("twice", "deep", "crowded"))
        raise _rejection(name, str(error), damaged=damaged) from error
    try:
        return _read(document, raw, name)
    except ValueError as error:
        raise _rejection(name, str(error), damaged=looks_like_one(raw)) from error


def _refuse_crowded(raw: bytes) -> None:
    for mark, most in _MAX_MARKS.items():
        if raw.count(mark) > most:
            raise ValueError(f"crowded: {mark.decode()!r} stands there more than {most} times")


def _rejection(name: str, detail: str, *, damaged: bool) -> TrustError:
    kind = BadSignatureError if damaged else MalformedError
    return kind(manifest_id=name, detail=f"the envelope: {detail}")


def _read(document: object, raw: bytes, name: str) -> Envelope:
    envelope = strict_json.members(document, ROOT)
    strict_json.only(envelope, _MEMBERS, ROOT)
    if not envelope.get("signatures"):
        raise UnsignedError(manifest_id=name, detail="the envelope holds no signature")
    payload_type = strict_json.text(envelope.get("payloadType"), ROOT.member("payloadType"))
    payload = _decoded(envelope.get("payload"), ROOT.member("payload"))
    here = ROOT.member("signatures")
    listed = strict_json.items(envelope["signatures"], here)
    if len(listed) > MAX_SIGNATURES:
        raise ValueError(f"{here}: more than {MAX_SIGNATURES} signatures")
    signatures = tuple(_signature(item, here.item(i)) for i, item in enumerate(listed))
    if not any(_written(envelope, indent, marks, raw) for indent, marks in _STYLES):
        raise ValueError("white space or escapes that no writer of JSON sets")
    signed = pae(payload_type, payload)
    return Envelope(signed=signed, payload=signed, signatures=signatures, each_counts=True)


def _signature(value: object, at: Path) -> Signature:
    signature = strict_json.members(value, at)
    strict_json.only(signature, _SIGNATURE_MEMBERS, at)
    keyid = signature.get("keyid", "")
    if not isinstance(keyid, str):
        raise ValueError(f"{at.member('keyid')}: expected a string")  # noqa: TRY004
    return Signature(value=_decoded(signature.get("sig"), at.member("sig")), keyid=keyid or None)


def _decoded(value: object, at: Path) -> bytes:
    written = value if isinstance(value, str) else strict_json.text(value, at)
    try:
        return base64_text.decoded(written)
    except ValueError as error:
        raise ValueError(f"{at}: {error}") from error


def _written(
    envelope: dict[str, object], indent: int | None, marks: tuple[str, str], raw: bytes
) -> bool:
    return json.dumps(envelope, indent=indent, separators=marks).encode() == raw.removesuffix(b"\n")
