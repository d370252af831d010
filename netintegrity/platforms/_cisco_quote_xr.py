"""IOS-XR's certificates as JSON: ``show platform security attest certificate … json``.

Source: the scripts that Cisco publishes beside the command, ``read_sudi_certs.py`` and
``verify_sudi_certs.py``; no capture of a router was at hand.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Final

from netintegrity.model.attestation import QuotedCertificates, QuotedSignature

_MARK: Final = '"system-certificates"'
_ROOT: Final = "Cisco SUDI Root"
_SUB_CA: Final = "Cisco SUDI CA"


def looks_like_one(text: str) -> bool:
    """Say whether the text is such an answer, which begins after the echo of the command."""
    return _MARK in text


def node_of(place: str) -> str:
    """Return a node as people write it: ``0/RP0/CPU0`` for ``node0_RP0_CPU0``."""
    return place.removeprefix("node").replace("_", "/")


def read_certificates(text: str) -> tuple[QuotedCertificates, ...]:
    """Return the chain of every node; one without content and with a fault if it cannot be read."""
    begin = text.find("{")
    line = text.count("\n", 0, max(begin, 0)) + 1
    try:
        document, _ = json.JSONDecoder(object_pairs_hook=_once).raw_decode(text[begin:])
        return tuple(_node(node, line) for node in _items(document, "system-certificates"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        fault = f"not the JSON of the command: {type(error).__name__}: {error}"
        return (QuotedCertificates(place="", faults=(fault[:200],), line=line),)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice in one object")
    return members


def _node(node: dict[str, object], line: int) -> QuotedCertificates:
    listed = _items(node["certificates"], "certificate")
    printed = {_text(c, "name"): _bytes(_text(c, "value")) for c in listed}
    if len(printed) != len(listed):
        raise ValueError("two certificates of one name")
    signature = None
    if node.get("signature"):
        version = node.get("signature_version")
        signature = QuotedSignature(
            version=version if type(version) is int else None,
            value=_bytes(_text(node, "signature")),
        )
    return QuotedCertificates(
        place=_text(node, "node-location"),
        certificates=tuple(_in_order(printed)),
        signature=signature,
        line=line,
    )


def _in_order(printed: dict[str, bytes]) -> Iterator[bytes]:
    """Yield root, sub-CA and then what else there is: the order of the signed bytes."""
    first = [name for name in (_ROOT, _SUB_CA) if name in printed]
    yield from (printed[name] for name in first)
    yield from (der for name, der in printed.items() if name not in first)


def _items(value: object, member: str) -> list[dict[str, object]]:
    listed = value[member] if isinstance(value, dict) else None
    if not isinstance(listed, list) or not listed:
        raise TypeError(f"{member} is no list, or an empty one")
    if not all(isinstance(item, dict) for item in listed):
        raise TypeError(f"{member} lists something else than objects")
    return listed


def _text(value: object, member: str) -> str:
    if not isinstance(value, dict) or not isinstance(value[member], str):
        raise TypeError(f"{member} is no string")
    return str(value[member])


def _bytes(written: str) -> bytes:
    """Return what is written in base64, which may be broken into lines."""
    joined = "".join(written.split("\n"))
    try:
        value = base64.b64decode(joined, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.b64encode(value).decode() != joined:
        raise ValueError("not the one way to write these bytes in base64")
    return value
