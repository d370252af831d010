"""A digest printed alone on its line, without the name of the file it is of.

Nothing in such an answer says which file was hashed, so it counts only as the answer to one command
that was sent: the session binds the two by the echo before and the prompt after.
"""

import re
from typing import Final

from netintegrity.model.claims import Gap, Source
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.platforms._text import Answer, Line

# a9d40fbfaf43c214c3d97cb290788d06
_HEX: Final = re.compile(r"^[0-9a-fA-F]{1,512}$")
_NARROWEST: Final = 79
"""Columns of the narrowest terminal; a line this long may go on in the next."""


def read_bare_digest(
    answer: Answer, algorithm: DigestAlgorithm, path: str
) -> tuple[Digest, Source] | Gap:
    """Return the one digest in an answer and where it stands, or why there is none.

    Accepted is exactly one run of hex digits of the exact length, wrapped or not. A prompt that is
    glued to it was cut off by the session, which knows it; guessing here could take digits of a
    host name for digits of the digest.
    """

    def gap(reason: str) -> Gap:
        return Gap(probe_id=answer.exchange.probe_id, reason=f"{path}: {reason}")

    if (why := answer.why_unread) is not None:
        return gap(why)
    if not answer.exchange.complete:
        return gap("the answer was cut off")
    lines = [line for line in answer.lines if _HEX.match(line.text.strip())]
    if not lines:
        return gap("no hash in the answer")
    text = _joined(lines, answer.lines)
    if len(text) != 2 * algorithm.size_bytes:
        several = len(lines) > 1
        reason = "more than one hash" if several else f"no {algorithm} digest of the right length"
        return gap(f"{reason} in the answer")
    return Digest(algorithm, bytes.fromhex(text)), answer.source(lines[0])


def _joined(lines: list[Line], around: tuple[Line, ...]) -> str:
    """Return one digest put together again; "" if the lines are not of one."""
    texts = [line.text.strip() for line in lines]
    if len(texts) == 1:
        return texts[0]
    first = around.index(lines[0])
    together = list(around[first : first + len(lines)]) == lines
    width = len(texts[0])
    full = all(len(t) == width for t in texts[:-1]) and len(texts[-1]) <= width
    return "".join(texts) if together and full and width >= _NARROWEST else ""
