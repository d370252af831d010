"""The digest a device computed, if it is of exactly the file that was asked for."""

import re
from typing import Final

from netintegrity.model.claims import Gap, Source
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._text import Answer, Line

# verify /sha512 (flash:packages.conf) = 8d4f…      ....Done!verify /md5 (flash:x.bin) = bda8…
_START: Final = re.compile(r"^[.!\s]*(?:Done!\s*)?verify /\S{1,12} ?\(", re.IGNORECASE)
_WHOLE: Final = re.compile(
    r"^[.!\s]*(?:Done!\s*)?verify /(?P<algorithm>md5|sha1|sha-?256|sha-?512) ?"
    r"\((?P<path>[^()\s]{1,300})\)\s*=\s*(?P<hex>[0-9a-f]{32,128})$",
    re.IGNORECASE,
)
_HEX: Final = re.compile(r"^\s*[0-9a-fA-F]+\s*$")
# Narrow terminals wrap at 80: a path of 255 and 128 hex digits are six such lines.
_MAX_LINES: Final = 8


def read_digest(
    answer: Answer, algorithm: DigestAlgorithm, path: str
) -> tuple[Digest, Source] | Gap:
    """Return the digest of ``path`` and where it stands, or why there is none.

    Accepted is one line ``verify /ALGORITHM (PATH) = HEX`` of the exact length, wrapped or not,
    that names the very file; a second one, another file or another length is a gap.
    """

    def gap(reason: str) -> Gap:
        return Gap(probe_id=answer.exchange.probe_id, reason=f"{path}: {reason}")

    if (why := answer.why_unread) is not None:
        return gap(why)
    if not answer.exchange.complete:
        return gap("the answer was cut off")
    starts = [i for i, line in enumerate(answer.lines) if _START.match(line.text)]
    if len(starts) != 1:
        return gap("no hash in the answer" if not starts else "more than one hash in the answer")
    match = _joined(answer.lines[starts[0] :], 2 * algorithm.size_bytes)
    if match is None:
        return gap(f"no {algorithm} digest of the right length in the answer")
    if match["algorithm"].lower().replace("-", "") != algorithm.value:
        return gap(f"the answer is not {algorithm}")
    if normalised(match["path"]) != normalised(path):
        return gap(f"the answer is about another file, {match['path']}")
    digest = Digest(algorithm, bytes.fromhex(match["hex"]))
    return digest, answer.source(answer.lines[starts[0]])


def _joined(lines: tuple[Line, ...], digits: int) -> re.Match[str] | None:
    """Return the hash line put together again; None unless it has exactly ``digits`` digits."""
    text = ""
    for used, line in enumerate(lines[:_MAX_LINES], start=1):
        text += line.text.strip()
        match = _WHOLE.match(text)
        if match is not None and len(match["hex"]) == digits:
            more = lines[used : used + 1]
            return None if more and _HEX.match(more[0].text) else match
    return None
