"""``keyring.yaml`` and the key files beside it; one doubt and nothing is trusted.

One list ``anchors``; each entry names a file beside the keyring, the fingerprint it must have, and
what its signatures are good for. ``quorums`` names anchors that count only together, ``key_sets``
documents in which enough of their keys may change which keys those are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_yaml
from netintegrity.errors import ConfigError, KeyringError
from netintegrity.strict_yaml import Map, Seq, Text
from netintegrity.trust._keyring_fields import ID, TRAIN, WORD, Fields, fail
from netintegrity.trust._keyring_groups import read_key_set, read_quorum
from netintegrity.trust.algorithms import Algorithm, takes
from netintegrity.trust.anchors import (
    Channel,
    Issuer,
    Keyring,
    Purpose,
    Quorum,
    Signer,
    TrustAnchor,
)
from netintegrity.trust.certificates import KeyMaterial, read_key, subject_spellings
from netintegrity.trust.path import SIGNS_MESSAGES, path_to
from netintegrity.trust.signature import verify_issued

__all__ = ["KEYRING_NAME", "Keyring", "TrustAnchor", "load_keyring"]

KEYRING_NAME: Final = "keyring.yaml"
_FIELDS: Final = {
    "id", "file", "fingerprint", "issuers", "subject", "algorithm", "signer", "vendor", "purpose",
    "formats", "channel", "trains", "not_after", "source", "end_entity", "revoked",
}  # fmt: skip
_FINGERPRINT: Final = re.compile(
    r"(?:pkg-|tuf-root-)?sha256:[0-9a-f]{64}|openpgp4fpr:(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})"
)
_REASON: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_PARTS: Final = ("anchors", "quorums", "key_sets")
_OWN_FORMS: Final = {
    Algorithm.OPENPGP: frozenset({"openpgp", "debian-package"}),
    Algorithm.PKG_RSA_SHA256: frozenset({"freebsd-pkg", "opnsense-set"}),
    Algorithm.TUF: frozenset({"tuf"}),
}
"""What such a key signs has a form of its own, which no other format takes apart."""
_SIGNS_LISTS: Final = {Purpose.MANIFEST, Purpose.LAB}


def load_keyring(files: Mapping[str, bytes]) -> Keyring:
    """Return the anchors that every ``keyring.yaml`` among ``files`` names.

    Args:
        files: contents by relative POSIX path; a keyring names files beside it. No
            ``keyring.yaml`` at all is an empty keyring: nobody's word counts.

    Raises:
        KeyringError: a field unknown, missing or of a wrong value, an id used twice, a file that
            is not there or is not the one its fingerprint names, another subject, a chain that
            does not hold. Says where, what was expected, and what to do.
    """
    anchors: dict[str, TrustAnchor] = {}
    quorums: list[Quorum] = []
    for name in sorted(files):
        folder, _, last = name.rpartition("/")
        if last != KEYRING_NAME:
            continue
        reader = _Reader(name, folder, files)
        for entry, found, quorum in reader.parts():
            for anchor in found:
                if anchor.id in anchors:
                    fail(name, entry.key_lines["id"], f"the id {anchor.id!r} is used twice")
                anchors[anchor.id] = anchor
            quorums.extend([] if quorum is None else [quorum])
        quorums.extend(reader.quorums(anchors, quorums))
    return Keyring(tuple(anchors.values()), tuple(quorums))


class _Reader:
    """One keyring file."""

    def __init__(self, name: str, folder: str, files: Mapping[str, bytes]) -> None:
        self._fields, self._folder, self._files = Fields(name), folder, files

        self._parts = self._document()

    def parts(self) -> Iterator[tuple[Map, tuple[TrustAnchor, ...], Quorum | None]]:
        """Yield every entry that brings anchors, with them and the quorum they count in."""
        for entry in self._entries("anchors"):
            yield entry, (self._anchor(entry),), None
        for entry in self._entries("key_sets"):
            yield entry, *read_key_set(self._fields, entry, self._files, self._folder)

    def quorums(
        self, anchors: Mapping[str, TrustAnchor], others: Iterable[Quorum]
    ) -> Iterator[Quorum]:
        """Yield the quorums of anchors that were read by now."""
        taken = list(others)
        for entry in self._entries("quorums"):
            taken.append(read_quorum(self._fields, entry, anchors, taken))
            yield taken[-1]

    def _document(self) -> Map | None:
        try:
            document = strict_yaml.load(self._files[self._fields.name], name=self._fields.name)
        except ConfigError as error:
            raise KeyringError(manifest_id=self._fields.name, detail=str(error)) from error
        if document is None:
            return None
        if not isinstance(document, Map) or not {"anchors", "key_sets"} & set(document):
            detail = "expected the field `anchors`, a list of keys, or `key_sets`"
            fail(self._fields.name, document.line, detail)
        self._fields.only(document, _PARTS)
        return document

    def _entries(self, part: str) -> Iterator[Map]:
        entries = None if self._parts is None else self._parts.get(part)
        if entries is None or (isinstance(entries, Text) and entries == ""):
            return
        if not isinstance(entries, Seq):
            fail(self._fields.name, entries.line, f"`{part}` is not a list")
        for entry in entries:
            if not isinstance(entry, Map):
                fail(
                    self._fields.name, entry.line, "an entry is a mapping that begins with `- id:`"
                )
            yield entry

    def _anchor(self, entry: Map) -> TrustAnchor:
        self._fields.only(entry, _FIELDS)
        anchor_id = self._fields.matching(entry, "id", ID, "letters, digits and . _ / -")
        path, material = self._key_file(entry)
        purpose, signer = (
            self._fields.word(entry, "purpose", Purpose),
            self._fields.word(entry, "signer", Signer),
        )
        formats = self._fields.words(entry, "formats", WORD)
        if purpose in _SIGNS_LISTS and not formats:
            self._fields.missing(entry, "formats", "the manifest formats this key may sign")
        if signer is Signer.VENDOR and "vendor" not in entry:
            self._fields.missing(entry, "vendor", "whose key it is")
        algorithm = self._fields.word(entry, "algorithm", Algorithm)
        if not takes(algorithm, material.key):
            self._fields.wrong(entry, "algorithm", f"{path} holds no key that signs {algorithm}")
        forms = _OWN_FORMS.get(algorithm)
        if forms is not None and not set(formats) <= forms:
            known = ", ".join(sorted(forms))
            self._fields.wrong(entry, "formats", f"a key for {algorithm} signs [{known}] alone")
        return TrustAnchor(
            id=anchor_id,
            file=path,
            fingerprint=material.fingerprint,
            key_fingerprint=material.key_fingerprint,
            key_number=material.number,
            certificate=material.certificate,
            key=material.key,
            algorithm=algorithm,
            subject=self._subject(entry, material, anchor_id),
            end_entity=self._end_entity(entry, material, purpose),
            issuers=self._issuers(entry, material, purpose),
            signer=signer,
            vendor=self._fields.matching(entry, "vendor", WORD, "one lower-case word")
            if "vendor" in entry
            else None,
            purpose=purpose,
            formats=frozenset(formats),
            channel=self._fields.word(entry, "channel", Channel)
            if "channel" in entry
            else Channel.RELEASE,
            trains=self._fields.words(entry, "trains", TRAIN) or ("*",),
            not_after=self._not_after(entry, material),
            source=self._fields.text(entry, "source") if "source" in entry else "",
            revoked=self._fields.matching(entry, "revoked", _REASON, "why, in one line")
            if "revoked" in entry
            else None,
        )

    def _key_file(self, entry: Map) -> tuple[str, KeyMaterial]:
        """Return the path and content of the file ``entry`` names, once it is the one it pins."""
        path = f"{self._folder}/{self._fields.text(entry, 'file')}".lstrip("/")
        if path not in self._files:
            self._fields.wrong(
                entry,
                "file",
                f"there is no {path} beside the keyring "
                "(files end in .pem, .pub, .asc, .gpg, .fingerprint or root.json)",
                hint="put the file there, or remove the anchor that names it",
            )
        try:
            material = read_key(self._files[path])
        except ValueError as error:
            self._fields.wrong(entry, "file", f"{path} {error}")
        pinned = self._fields.matching(
            entry,
            "fingerprint",
            _FINGERPRINT,
            "sha256: (of pkg's, pkg-sha256:, of TUF's, tuf-root-sha256:) and 64 lower-case hex "
            "digits, "
            "or openpgp4fpr: and the whole fingerprint",
        ).lower()
        if pinned != material.fingerprint:
            over = "the certificate's DER" if material.certificate else "the key's SPKI DER"
            self._fields.wrong(
                entry,
                "fingerprint",
                f"{path} is another key: SHA-256 of {over} is {material.fingerprint}",
                fingerprint=pinned,
            )
        return path, material

    def _subject(self, entry: Map, material: KeyMaterial, anchor_id: str) -> str:
        if material.certificate is None:
            if "subject" in entry:
                self._fields.wrong(entry, "subject", "a bare key has no subject; remove the field")
            return anchor_id
        spellings = subject_spellings(material.certificate)
        if "subject" not in entry:
            return spellings[0]
        stated = self._fields.text(entry, "subject")
        if stated not in spellings:
            self._fields.wrong(entry, "subject", f"the certificate is of {spellings[0]!r}")
        return stated

    def _end_entity(self, entry: Map, material: KeyMaterial, purpose: Purpose) -> str | None:
        if "end_entity" not in entry:
            return None
        if material.certificate is None or purpose is not Purpose.IMAGE:
            self._fields.wrong(
                entry, "end_entity", "only for the certificate of an authority over images"
            )
        return self._fields.text(entry, "end_entity")

    def _issuers(self, entry: Map, material: KeyMaterial, purpose: Purpose) -> tuple[Issuer, ...]:
        listed = entry.get("issuers")
        if listed is None:
            return ()
        below = material.certificate
        if not isinstance(listed, Seq) or not listed or below is None:
            self._fields.wrong(
                entry, "issuers", "a list of {file, fingerprint}, above a certificate"
            )
        leaf = below
        above_leaf = []
        found: list[Issuer] = []
        for link in listed:
            if not isinstance(link, Map) or set(link) != {"file", "fingerprint"}:
                fail(self._fields.name, link.line, "an issuer is {file: …, fingerprint: …}")
            path, above = self._key_file(link)
            if above.certificate is None:
                self._fields.wrong(link, "file", f"{path} is no certificate")
            try:
                verify_issued(below, above.certificate)
            except ValueError as error:
                self._fields.wrong(
                    link, "file", f"the chain breaks below {path}: the certificate {error}"
                )
            below = above.certificate
            above_leaf.append(below)
            found.append(
                Issuer(
                    file=path,
                    fingerprint=above.fingerprint,
                    subject=below.subject.rfc4514_string(),
                    not_after=below.not_valid_after_utc,
                )
            )
        if purpose in _SIGNS_LISTS:
            # Beyond each link: how deep, and for what, an authority may issue (RFC 5280 section 6).
            try:
                path_to(above_leaf[-1], leaf, above_leaf[:-1], usages=SIGNS_MESSAGES)
            except ValueError as error:
                self._fields.wrong(entry, "issuers", f"the chain does not hold: {error}")
        return tuple(found)

    def _not_after(self, entry: Map, material: KeyMaterial) -> datetime | None:
        if "not_after" not in entry:
            return material.not_after
        try:
            stated = rfc3339.parse(self._fields.text(entry, "not_after"))
        except ValueError as error:
            self._fields.wrong(entry, "not_after", str(error))
        return min(stated, material.not_after or stated)
