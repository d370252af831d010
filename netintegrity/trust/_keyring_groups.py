"""What a keyring says of keys together: quorums, and key sets that change by vote."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from netintegrity.errors import TrustError
from netintegrity.strict_yaml import Map
from netintegrity.trust import keyset
from netintegrity.trust._keyring_fields import ID, TRAIN, WORD, Fields, fail
from netintegrity.trust.anchors import Channel, Purpose, Quorum, Signer, TrustAnchor
from netintegrity.trust.keyset import KeySet, SetKey

_QUORUM_FIELDS: Final = frozenset({"id", "threshold", "anchors"})
_SET_FIELDS: Final = frozenset(
    {"id", "file", "fingerprint", "signer", "vendor", "formats", "channel", "trains", "source"}
)
_MAX_THRESHOLD: Final = 16


def read_quorum(
    fields: Fields, entry: Map, anchors: Mapping[str, TrustAnchor], taken: Iterable[Quorum]
) -> Quorum:
    """Return a quorum of anchors that are for one and the same.

    Raises:
        KeyringError: a member is unknown or in another quorum, they are not for the same, or there
            are too few different keys.
    """
    fields.only(entry, _QUORUM_FIELDS)
    quorum_id = fields.matching(entry, "id", ID, "letters, digits and . _ / -")
    members = fields.words(entry, "anchors", ID)
    known = [anchors[m] for m in members if m in anchors]
    for member in members:
        if member not in anchors:
            fields.wrong(entry, "anchors", f"there is no anchor {member!r}")
        if any(member in q.members for q in taken):
            fields.wrong(entry, "anchors", f"{member} is in another quorum")
    purposes = {
        (a.purpose, a.signer, a.vendor, a.formats, a.channel, frozenset(a.trains)) for a in known
    }
    if len(purposes) != 1 or known[0].purpose not in {Purpose.MANIFEST, Purpose.LAB}:
        fields.wrong(entry, "anchors", "expected keys for lists, all of one signer and use")
    written = fields.text(entry, "threshold")
    keys = len({a.key_fingerprint for a in known})
    threshold = int(written) if written.isascii() and written.isdecimal() else 0
    if not 1 <= threshold <= min(keys, _MAX_THRESHOLD):
        fields.wrong(entry, "threshold", f"expected 1 to {keys}, so many keys there are")
    return Quorum(id=quorum_id, threshold=threshold, members=frozenset(members))


def read_key_set(
    fields: Fields, entry: Map, files: Mapping[str, bytes], folder: str
) -> tuple[tuple[TrustAnchor, ...], Quorum]:
    """Return the anchors and the quorum of the newest version of a set.

    Args:
        fields: of the keyring file.
        entry: one of its ``key_sets``.
        files: contents by path.
        folder: of the keyring; the versions lie beside it.

    Raises:
        KeyringError: the first version is not the pinned one, a later one does not follow, or one
            between is missing.
    """
    fields.only(entry, _SET_FIELDS)
    set_id = fields.matching(entry, "id", ID, "letters, digits and . _ / -")
    signer = fields.word(entry, "signer", Signer)
    if signer is Signer.VENDOR and "vendor" not in entry:
        fields.missing(entry, "vendor", "whose keys they are")
    formats = fields.words(entry, "formats", WORD)
    if not formats:
        fields.missing(entry, "formats", "the manifest formats these keys may sign")
    versions = tuple(_versions(fields, entry, files, folder))
    path, newest = versions[-1]

    def anchor(anchor_id: str, key: SetKey, *, revoked: str | None) -> TrustAnchor:
        return TrustAnchor(
            id=anchor_id,
            file=path,
            fingerprint=key.fingerprint,
            key_fingerprint=key.fingerprint,
            key=key.key,
            algorithm=key.algorithm,
            subject=anchor_id,
            signer=signer,
            vendor=fields.matching(entry, "vendor", WORD, "one lower-case word")
            if "vendor" in entry
            else None,
            purpose=Purpose.MANIFEST,
            formats=frozenset(formats),
            channel=fields.word(entry, "channel", Channel)
            if "channel" in entry
            else Channel.RELEASE,
            trains=fields.words(entry, "trains", TRAIN) or ("*",),
            not_after=newest.expires_at,
            source=fields.text(entry, "source") if "source" in entry else "",
            revoked=revoked,
        )

    counted = tuple(anchor(f"{set_id}/{k.holder}", k, revoked=None) for k in newest.lists.keys)
    fallen = {
        k.fingerprint: anchor(
            f"{set_id}/revoked-{k.fingerprint.partition(':')[2][:12]}",
            k,
            revoked=newest.revoked[k.fingerprint],
        )
        for _, version in versions
        for k in version.lists.keys
        if k.fingerprint in newest.revoked
    }
    members = frozenset({*(a.id for a in counted), *(a.id for a in fallen.values())})
    quorum = Quorum(id=set_id, threshold=newest.lists.threshold, members=members)
    return (*counted, *fallen.values()), quorum


def _versions(
    fields: Fields, entry: Map, files: Mapping[str, bytes], folder: str
) -> Iterator[tuple[str, KeySet]]:
    """Yield the pinned version and those that follow it, each with its path."""
    name = fields.matching(entry, "file", keyset.NAME, "a name such as acme-lists.1.keyset.json")
    match = keyset.NAME.fullmatch(name)
    assert match is not None  # noqa: S101 - ``matching`` asked
    base, number = match["base"], int(match["version"])

    def path_of(version: int) -> str:
        return f"{folder}/{base}.{version}.keyset.json".lstrip("/")

    path = path_of(number)
    if path not in files:
        fields.wrong(entry, "file", f"there is no {path} beside the keyring")
    pinned = fields.matching(
        entry, "fingerprint", keyset.FINGERPRINT, "sha256: and 64 lower-case hex digits"
    )
    seen = f"sha256:{hashlib.sha256(files[path]).hexdigest()}"
    if seen != pinned:
        detail = f"{path} is another file: its SHA-256 is {seen}"
        fields.wrong(entry, "fingerprint", detail, fingerprint=pinned)
    try:
        found = keyset.first_version(files[path], name=path)
        if found.version != number:
            fields.wrong(entry, "file", f"{path} is version {found.version} by its content")
        yield path, found
        while (path := path_of(found.version + 1)) in files:
            found = keyset.next_version(found, files[path], name=path)
            yield path, found
    except TrustError as error:
        if error.reason == "keyring":
            raise
        fail(fields.name, entry.key_lines["file"], f"key set: {error}")
    start = f"{folder}/{base}.".lstrip("/")
    for other in files:
        last = keyset.NAME.fullmatch(other.rpartition("/")[2])
        if last and other.startswith(start) and int(last["version"]) > found.version:
            detail = f"{other} is there, and version {found.version + 1} is not"
            fields.wrong(entry, "file", detail)
