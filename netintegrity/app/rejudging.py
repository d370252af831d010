"""Whether a stored run would be judged today as it was judged when it was stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from netintegrity import strict_json
from netintegrity.app.assessing import assess_stored
from netintegrity.app.registries import report_formats
from netintegrity.store.runs import StoredRun

_REPORT: Final = "report.json"
# Whose keys they are and which version judges is the reader's own affair.
_NOT_COMPARED: Final = frozenset({"keyring", "keyring_digest", "tool_version", "devices"})
# Words for people may be put better in a later version.
_WORDING: Final = frozenset({"message", "detail", "next_step", "next_steps", "hint", "needs"})
_JUDGED: Final = frozenset({"verdict", "conclusion", "conclusions", "assurance", "findings"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that was stored as judged one way, and is judged another."""

    device: str | None
    """None: the run as a whole."""
    what: str
    stored: str
    now: str


def differences_of(
    run: StoredRun, keys_folder: Path | None
) -> tuple[tuple[Difference, ...] | None, str]:
    """Return in what the stored report differs from one made now of the same evidence.

    The second value says why there is nothing to compare, and is empty where there is.

    Args:
        run: read back whole.
        keys_folder: whom the reader trusts; None: the built-in keys.
    """
    raw = run.files.get(_REPORT)
    if raw is None:
        return None, "the run holds no report: it was collected, and never judged"
    try:
        stored = strict_json.members(strict_json.load(raw, fractions=True), strict_json.ROOT)
    except ValueError as error:
        return None, f"{_REPORT}: {error}"
    report = assess_stored(
        run, keys_folder=keys_folder, manifests_folder=None, policy=None, at=None
    )
    rendered = report_formats()["json"].render(report).encode()
    now = strict_json.members(strict_json.load(rendered, fractions=True), strict_json.ROOT)
    return tuple(_differences(stored, now)), ""


def _differences(stored: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Difference]:
    for name in sorted(stored.keys() - _NOT_COMPARED - _WORDING):
        yield from _difference(None, name, stored.get(name), now.get(name))
    before, after = _by_name(stored.get("devices")), _by_name(now.get("devices"))
    for device in dict.fromkeys((*before, *after)):
        one, other = before.get(device), after.get(device)
        if one is None or other is None:
            told = "judged" if one is not None else "not judged"
            again = "judged" if other is not None else "not judged"
            yield Difference(device=device, what="device", stored=told, now=again)
            continue
        for name in sorted((one.keys() | _JUDGED) - _WORDING):
            yield from _difference(device, name, one.get(name), other.get(name))


def _difference(device: str | None, what: str, one: object, other: object) -> Iterator[Difference]:
    first, second = _bare(one), _bare(other)
    if first != second:
        yield Difference(device=device, what=what, stored=_short(first), now=_short(second))


def _by_name(devices: object) -> dict[str, dict[str, object]]:
    listed = devices if isinstance(devices, list) else []
    return {str(d.get("name")): d for d in listed if isinstance(d, dict)}


def _bare(value: object) -> object:
    """Return a value without the words that are for people alone."""
    if isinstance(value, dict):
        return {k: _bare(v) for k, v in value.items() if k not in _WORDING}
    if isinstance(value, list):
        return [_bare(v) for v in value]
    return value


def _short(value: object) -> str:
    if isinstance(value, (dict, list)):
        return f"{len(value)} entries"
    return "nothing" if value is None else str(value)[:200]
