"""A request for waivers, as their owner writes it before signing."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity import rfc3339, strict_yaml
from netintegrity.errors import ConfigError
from netintegrity.inventory._files import read_plain
from netintegrity.inventory._grammar import NAME, UnfitError, quoted
from netintegrity.inventory._policy_words import digest_of
from netintegrity.inventory.plan import subject_of
from netintegrity.model.digest import Digest
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.model.waiver import LONGEST, LONGEST_TEXT, Waiver
from netintegrity.strict_yaml import Faults, Map, Seq

SCHEMA: Final = "netintegrity/waiver-request/1"
MAX_BYTES: Final = 4 * 1024 * 1024
_TOP: Final = frozenset({"schema", "waivers"})
_WAIVER: Final = frozenset({"device", "subject", "digest", "reason", "ticket", "expires_at"})
_NOBODY: Final = ""


def read_waiver_request(path: Path, *, issued_at: datetime) -> tuple[Waiver, ...]:
    """Return what a file asks to excuse; nobody has signed it yet.

    Args:
        path: YAML, schema ``netintegrity/waiver-request/1``.
        issued_at: UTC; when it will be signed.

    Raises:
        ConfigError: there is no such file, or it is no YAML.
        ExceptionGroup: of ConfigErrors: every fault in it, each with its line.
    """
    raw = read_plain(path, most_bytes=MAX_BYTES)
    if raw is None:
        raise ConfigError("no such request for waivers", where=str(path))
    faults = Faults(str(path))
    top = faults.mapping(strict_yaml.load(raw, name=str(path)), "") or Map()
    if not top and not faults.errors:
        faults.add(1, "", f"nothing in it; a request begins with `schema: {SCHEMA}`")
        faults.raise_any(str(path))
    waivers = tuple(_Reader(top, faults, issued_at).waivers())
    faults.raise_any(str(path))
    return waivers


class _Reader:
    """Reads one request; what cannot be used is noted and left out."""

    def __init__(self, top: Map, faults: Faults, issued_at: datetime) -> None:
        self._top, self._faults, self._issued_at = top, faults, issued_at

    def waivers(self) -> Iterator[Waiver]:
        self._faults.known(self._top, _TOP, "")
        schema = self._faults.needed(self._top, "schema", "", f"`{SCHEMA}`")
        if schema and schema != SCHEMA:
            self._faults.add(schema.line, "schema", f"expected {SCHEMA!r}, got {quoted(schema)}")
        listed = self._top.get("waivers")
        if not isinstance(listed, Seq) or not listed:
            line = 1 if listed is None else listed.line
            self._faults.add(line, "waivers", "expected a list of at least one waiver")
            return
        for number, item in enumerate(listed, 1):
            path = f"waivers[{number}]"
            entry = self._faults.mapping(item, path)
            if entry is None:
                if item == "":
                    self._faults.add(item.line, path, "expected {device, subject, digest, …}")
                continue
            self._faults.known(entry, _WAIVER, path)
            yield self._waiver(entry, path)

    def _waiver(self, entry: Map, path: str) -> Waiver:
        device = self._faults.needed(entry, "device", path, "the name of one device, and no glob")
        if device and NAME.fullmatch(device) is None:
            what = f"{quoted(device)} is no device name; a waiver is for one device"
            self._faults.add(device.line, f"{path}.device", what)
        return Waiver(
            device=str(device),
            subject=self._subject(entry, path),
            digest=self._digest(entry, path),
            reason=self._words(entry, "reason", path),
            ticket=self._words(entry, "ticket", path) if "ticket" in entry else "",
            issued_at=self._issued_at,
            expires_at=self._expiry(entry, path),
            file=_NOBODY,
            key_id=_NOBODY,
        )

    def _subject(self, entry: Map, path: str) -> Subject:
        word = self._faults.needed(
            entry, "subject", path, "a part such as `chassis 1` or `member 2`"
        )
        found = subject_of(word)
        if found is None:
            if word:
                kinds = ", ".join(SubjectKind)
                what = f"expected one of {kinds} and a number, got {quoted(word)}"
                self._faults.add(word.line, f"{path}.subject", what)
            return Subject(SubjectKind.CHASSIS, "1")
        return found

    def _digest(self, entry: Map, path: str) -> Digest:
        word = self._faults.needed(
            entry, "digest", path, "the digest the report prints, ALGORITHM:HEX"
        )
        try:
            return digest_of(word)
        except UnfitError as unfit:
            if word:
                self._faults.add(word.line, f"{path}.digest", str(unfit))
            return digest_of(f"md5:{'0' * 32}")

    def _expiry(self, entry: Map, path: str) -> datetime:
        expected = f"a time at most {LONGEST.days} days ahead, such as 2026-12-24T00:00:00Z"
        word = self._faults.needed(entry, "expires_at", path, expected)
        try:
            expires_at = rfc3339.parse(word)
        except ValueError as error:
            if word:
                self._faults.add(word.line, f"{path}.expires_at", str(error))
            return self._issued_at
        if not self._issued_at < expires_at <= self._issued_at + LONGEST:
            self._faults.add(word.line, f"{path}.expires_at", f"expected {expected}")
        return expires_at

    def _words(self, entry: Map, field: str, path: str) -> str:
        words = self._faults.needed(entry, field, path, "a sentence for whoever reads the report")
        if len(words) > LONGEST_TEXT:
            what = f"longer than {LONGEST_TEXT} characters"
            self._faults.add(words.line, f"{path}.{field}", what)
        return str(words)
