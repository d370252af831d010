"""``keyring.yaml`` and the key files beside it; one doubt and nothing is trusted.

One list ``anchors``; each entry names a file beside the keyring, the fingerprint it must have, and
what its signatures are good for.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NoReturn, TypeVar

from netintegrity import rfc3339, strict_yaml
from netintegrity.errors import ConfigError, KeyringError
from netintegrity.strict_yaml import Map, Seq, Text
from netintegrity.trust.algorithms import Algorithm, takes
from netintegrity.trust.anchors import Channel, Issuer, Keyring, Purpose, Signer, TrustAnchor
from netintegrity.trust.certificates import KeyMaterial, read_key, subject_spellings
from netintegrity.trust.signature import verify_issued

__all__ = ["KEYRING_NAME", "Keyring", "TrustAnchor", "load_keyring"]

KEYRING_NAME: Final = "keyring.yaml"
_FIELDS: Final = {
    "id", "file", "fingerprint", "issuers", "subject", "algorithm", "signer", "vendor", "purpose",
    "formats", "channel", "trains", "not_after", "source", "end_entity", "revoked",
}  # fmt: skip
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_FINGERPRINT: Final = re.compile(
    r"(?:pkg-|tuf-root-)?sha256:[0-9a-f]{64}|openpgp4fpr:(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})"
)
_TRAIN: Final = re.compile(r"[A-Za-z0-9._*?/+ -]{1,64}")
_OWN_FORMS: Final = {
    Algorithm.OPENPGP: frozenset({"openpgp", "debian-package"}),
    Algorithm.PKG_RSA_SHA256: frozenset({"freebsd-pkg", "opnsense-set"}),
    Algorithm.TUF: frozenset({"tuf"}),
}
"""What such a key signs has a form of its own, which no other format takes apart."""
_SIGNS_LISTS: Final = {Purpose.MANIFEST, Purpose.LAB}

Word = TypeVar("Word", bound=StrEnum)


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
    for name in sorted(files):
        folder, _, last = name.rpartition("/")
        if last != KEYRING_NAME:
            continue
        for entry, anchor in _Reader(name, folder, files).anchors():
            if anchor.id in anchors:
                _fail(name, entry.key_lines["id"], f"the id {anchor.id!r} is used twice")
            anchors[anchor.id] = anchor
    return Keyring(tuple(anchors.values()))


def _fail(name: str, line: int, detail: str, *, hint: str = "", fingerprint: str = "") -> NoReturn:
    error = KeyringError(
        manifest_id=f"{name}:{line}", key_fingerprint=fingerprint or None, detail=detail
    )
    if hint:
        error.hint = hint
    raise error


class _Reader:
    """One keyring file."""

    def __init__(self, name: str, folder: str, files: Mapping[str, bytes]) -> None:
        self._name, self._folder, self._files = name, folder, files

    def anchors(self) -> Iterator[tuple[Map, TrustAnchor]]:
        try:
            document = strict_yaml.load(self._files[self._name], name=self._name)
        except ConfigError as error:
            raise KeyringError(manifest_id=self._name, detail=str(error)) from error
        if document is None:
            return
        if not isinstance(document, Map) or set(document) != {"anchors"}:
            _fail(self._name, document.line, "expected one field, `anchors`: a list of keys")
        entries = document["anchors"]
        if isinstance(entries, Text) and entries == "":
            return
        if not isinstance(entries, Seq):
            _fail(self._name, entries.line, "`anchors` is not a list")
        for entry in entries:
            if not isinstance(entry, Map):
                _fail(self._name, entry.line, "an anchor is a mapping that begins with `- id:`")
            yield entry, self._anchor(entry)

    def _anchor(self, entry: Map) -> TrustAnchor:
        for field, line in entry.key_lines.items():
            if field not in _FIELDS:
                known = ", ".join(sorted(_FIELDS))
                _fail(self._name, line, f"{field!r} is not a known field; expected {known}")
        anchor_id = self._matching(entry, "id", _ID, "letters, digits and . _ / -")
        path, material = self._key_file(entry)
        purpose, signer = self._word(entry, "purpose", Purpose), self._word(entry, "signer", Signer)
        formats = self._words(entry, "formats", _WORD)
        if purpose in _SIGNS_LISTS and not formats:
            self._missing(entry, "formats", "the manifest formats this key may sign")
        if signer is Signer.VENDOR and "vendor" not in entry:
            self._missing(entry, "vendor", "whose key it is")
        algorithm = self._word(entry, "algorithm", Algorithm)
        if not takes(algorithm, material.key):
            self._wrong(entry, "algorithm", f"{path} holds no key that signs {algorithm}")
        forms = _OWN_FORMS.get(algorithm)
        if forms is not None and not set(formats) <= forms:
            known = ", ".join(sorted(forms))
            self._wrong(entry, "formats", f"a key for {algorithm} signs [{known}] alone")
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
            issuers=self._issuers(entry, material),
            signer=signer,
            vendor=self._matching(entry, "vendor", _WORD, "one lower-case word")
            if "vendor" in entry
            else None,
            purpose=purpose,
            formats=frozenset(formats),
            channel=self._word(entry, "channel", Channel)
            if "channel" in entry
            else Channel.RELEASE,
            trains=self._words(entry, "trains", _TRAIN) or ("*",),
            not_after=self._not_after(entry, material),
            source=self._text(entry, "source") if "source" in entry else "",
            revoked=self._text(entry, "revoked") if "revoked" in entry else None,
        )

    def _key_file(self, entry: Map) -> tuple[str, KeyMaterial]:
        """Return the path and content of the file ``entry`` names, once it is the one it pins."""
        path = f"{self._folder}/{self._text(entry, 'file')}".lstrip("/")
        if path not in self._files:
            self._wrong(
                entry,
                "file",
                f"there is no {path} beside the keyring "
                "(files end in .pem, .pub, .asc, .gpg, .fingerprint or root.json)",
                hint="put the file there, or remove the anchor that names it",
            )
        try:
            material = read_key(self._files[path])
        except ValueError as error:
            self._wrong(entry, "file", f"{path} {error}")
        pinned = self._matching(
            entry,
            "fingerprint",
            _FINGERPRINT,
            "sha256: (of pkg's, pkg-sha256:, of TUF's, tuf-root-sha256:) and 64 lower-case hex "
            "digits, "
            "or openpgp4fpr: and the whole fingerprint",
        ).lower()
        if pinned != material.fingerprint:
            over = "the certificate's DER" if material.certificate else "the key's SPKI DER"
            self._wrong(
                entry,
                "fingerprint",
                f"{path} is another key: SHA-256 of {over} is {material.fingerprint}",
                fingerprint=pinned,
            )
        return path, material

    def _subject(self, entry: Map, material: KeyMaterial, anchor_id: str) -> str:
        if material.certificate is None:
            if "subject" in entry:
                self._wrong(entry, "subject", "a bare key has no subject; remove the field")
            return anchor_id
        spellings = subject_spellings(material.certificate)
        if "subject" not in entry:
            return spellings[0]
        stated = self._text(entry, "subject")
        if stated not in spellings:
            self._wrong(entry, "subject", f"the certificate is of {spellings[0]!r}")
        return stated

    def _end_entity(self, entry: Map, material: KeyMaterial, purpose: Purpose) -> str | None:
        if "end_entity" not in entry:
            return None
        if material.certificate is None or purpose is not Purpose.IMAGE:
            self._wrong(entry, "end_entity", "only for the certificate of an authority over images")
        return self._text(entry, "end_entity")

    def _issuers(self, entry: Map, material: KeyMaterial) -> tuple[Issuer, ...]:
        listed = entry.get("issuers")
        if listed is None:
            return ()
        below = material.certificate
        if not isinstance(listed, Seq) or not listed or below is None:
            self._wrong(entry, "issuers", "a list of {file, fingerprint}, above a certificate")
        found: list[Issuer] = []
        for link in listed:
            if not isinstance(link, Map) or set(link) != {"file", "fingerprint"}:
                _fail(self._name, link.line, "an issuer is {file: …, fingerprint: …}")
            path, above = self._key_file(link)
            if above.certificate is None:
                self._wrong(link, "file", f"{path} is no certificate")
            try:
                verify_issued(below, above.certificate)
            except ValueError as error:
                self._wrong(link, "file", f"the chain breaks below {path}: the certificate {error}")
            below = above.certificate
            found.append(
                Issuer(
                    file=path,
                    fingerprint=above.fingerprint,
                    subject=below.subject.rfc4514_string(),
                    not_after=below.not_valid_after_utc,
                )
            )
        return tuple(found)

    def _not_after(self, entry: Map, material: KeyMaterial) -> datetime | None:
        if "not_after" not in entry:
            return material.not_after
        try:
            stated = rfc3339.parse(self._text(entry, "not_after"))
        except ValueError as error:
            self._wrong(entry, "not_after", str(error))
        return min(stated, material.not_after or stated)

    def _text(self, entry: Map, field: str) -> str:
        value = entry.get(field)
        if value is None:
            self._missing(entry, field, "which every key needs")
        if not isinstance(value, Text) or not value.strip():
            self._wrong(entry, field, "expected one value that is not empty")
        return str(value)

    def _matching(self, entry: Map, field: str, grammar: re.Pattern[str], expected: str) -> str:
        text = self._text(entry, field)
        if grammar.fullmatch(text) is None:
            self._wrong(entry, field, f"expected {expected}, got {text!r}")
        return text

    def _word(self, entry: Map, field: str, words: type[Word]) -> Word:
        text = self._text(entry, field)
        try:
            return words(text)
        except ValueError:
            self._wrong(entry, field, f"expected one of {', '.join(words)}, got {text!r}")

    def _words(self, entry: Map, field: str, grammar: re.Pattern[str]) -> tuple[str, ...]:
        listed = entry.get(field)
        if listed is None:
            return ()
        if not isinstance(listed, Seq) or not listed:
            self._wrong(entry, field, "expected a list of words, [like, this]")
        for item in listed:
            if not isinstance(item, Text) or grammar.fullmatch(item) is None:
                self._wrong(entry, field, f"{item!r} cannot stand here")
        return tuple(str(item) for item in listed)

    def _missing(self, entry: Map, field: str, why: str) -> NoReturn:
        _fail(self._name, entry.line, f"{field!r} is missing: {why}")

    def _wrong(
        self, entry: Map, field: str, detail: str, *, hint: str = "", fingerprint: str = ""
    ) -> NoReturn:
        line = entry.key_lines.get(field, entry.line)
        _fail(self._name, line, f"{field}: {detail}", hint=hint, fingerprint=fingerprint)
