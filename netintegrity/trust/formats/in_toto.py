"""in-toto statements in a DSSE envelope: what a build system attests of the files it made.

The subjects, with their digests, are the list. The predicate tells how they were made, and is not
judged: that a key signs statements on images one may run is what the keyring says of it. Digests
that are none of a file (``gitCommit`` and the like) are passed over.

Signers name their keys in ways of their own. A name that is not of the form of ours (``sha256:``)
says nothing and is passed over; one that is, and means another key, makes the signature count for
nothing.

A statement does not say of when it is; nothing in it is dated that is known here.

Source: in-toto Attestation Framework v1.0, spec/v1/statement.md, digest_set.md and envelope.md;
DSSE v1.0, protocol.md.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from netintegrity import strict_json
from netintegrity.errors import MalformedError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.plain_text import clean
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust import dsse
from netintegrity.trust._spec import Envelope, ManifestFormat, ParsedManifest, ParseReleases
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "in-toto"
_PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_STATEMENTS: Final = frozenset(
    {"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"}
)
_MEMBERS: Final = frozenset({"_type", "subject", "predicateType", "predicate"})
_SUBJECT_MEMBERS: Final = frozenset(
    {"name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"}
)
_OWN_KEYID: Final = "sha256:"
_OWN_NAME: Final = ".dsse.json"
_MAX_NAME: Final = 255


def _sniff(filename: str, head: bytes) -> bool:
    is_own = filename.endswith(_OWN_NAME)
    return not is_own and _PAYLOAD_TYPE.encode() in head and dsse.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    if "" in detached:
        detail = "its signature is inside; leave --signature out"
        raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
    envelope = dsse.open_envelope(raw, name=_FORMAT_ID)
    signatures = tuple(
        s if (s.keyid or "").startswith(_OWN_KEYID) else replace(s, keyid=None)
        for s in envelope.signatures
    )
    # Others may have signed it too, under names of which nobody here knows whose they are.
    return replace(envelope, signatures=signatures, each_counts=False)


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    # The type is signed with the rest, and judged with the rest: after the signature.
    payload_type, content = dsse.unpack(verified)
    if payload_type != _PAYLOAD_TYPE:
        raise ValueError(f"signs a {payload_type[:80]!r}, not a {_PAYLOAD_TYPE}")
    statement = strict_json.members(strict_json.load(content), ROOT)
    if statement.get("_type") not in _STATEMENTS:
        raise ValueError(f"$._type: expected one of {', '.join(sorted(_STATEMENTS))}")
    strict_json.only(statement, _MEMBERS, ROOT)
    strict_json.text(statement.get("predicateType"), ROOT.member("predicateType"))
    here = ROOT.member("subject")
    found: dict[str, frozenset[Digest]] = {}
    for index, item in enumerate(strict_json.items(statement.get("subject"), here)):
        name, digests = _subject(item, here.item(index))
        if found.setdefault(name, digests) != digests:
            raise ValueError(f"{here.item(index)}: {name!r} is listed twice, as two files")
    images = tuple(
        checksums.image_of(name, digests, manifest_id, releases)
        for name, digests in found.items()
        if digests
    )
    return ParsedManifest(list_id=_FORMAT_ID, images=images)


def _subject(value: object, at: Path) -> tuple[str, frozenset[Digest]]:
    subject = strict_json.members(value, at)
    strict_json.only(subject, _SUBJECT_MEMBERS, at)
    written = strict_json.text(subject.get("name"), at.member("name"))
    name = written.rpartition("/")[2]
    if not 0 < len(name) <= _MAX_NAME or clean(name) != name or "\n" in name:
        raise ValueError(f"{at.member('name')}: not the name of a file")
    here = at.member("digest")
    digests = {
        checksums.hex_digest_of(DigestAlgorithm(algorithm), value, here.member(algorithm))
        for algorithm, value in strict_json.members(subject.get("digest"), here).items()
        if algorithm in list(DigestAlgorithm)
    }
    return name, frozenset(digests)


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="in-toto statement, in a DSSE envelope",
    max_bytes=16 * 1024 * 1024,
    signature_suffixes=(),
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
