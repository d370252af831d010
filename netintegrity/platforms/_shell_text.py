"""What a shell printed, and the digests its ``sha256sum`` or ``sha256`` computed.

Sources: GNU coreutils manual, "sha2 utilities"; sha256(1) of FreeBSD and OpenBSD.
"""

import re
from collections.abc import Iterable
from typing import Final

from netintegrity.model.claims import Gap, Source
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._text import Answer, Line, read

# vyos@r1:~$     admin@sonic:~$ show boot     root@sonic:/home/admin#     cumulus@s:mgmt:~$
# root@fw1:~ #     gw1$     gw1#
_PROMPT: Final = re.compile(
    r"^(?:[\w.-]{1,64}@)?[\w.-]{1,64}(?::[^\s$#]{0,120} ?)?[$#%]\s?(?P<command>.*)$"
)
# sha256sum: /host/image-x/fs.squashfs: Permission denied        -bash: show: command not found
# Invalid command: [sha256sum]        [sudo] password for audit:        Error: no such table
# pkg: insufficient privileges        opnsense-version: Command not found.
_REFUSAL: Final = re.compile(
    r"^\s{0,8}(?:-?\w{0,8}sh: .*|Invalid command.*"
    r"|(?:sha(?:256|512)(?:sum)?|find|ls|cat|grep|sudo|sysctl|mtree|pkg(?:_info)?|ubus): .*"
    r"|dpkg(?:-query)?: (?!warning).*"
    r"|\[sudo\] password for .*|(?:Error|ERROR): .*|[Uu]sage: .*|Root privileges .*"
    r"|.{1,200}: (?:[Cc]ommand not found\.?|Permission denied)"
    r"|Sorry, user .*|.{1,80} is not in the sudoers file\..*)$"
)
# e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  /host/image-202311.1/fs.squashfs
# SHA256 (/boot/kernel/kernel) = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
_START: Final = re.compile(r"^(?:\\?[0-9a-fA-F]{16,128}(?:\s|$)|SHA256 \()")
_SUMS: Final = (
    re.compile(r"^(?P<hex>[0-9a-f]{64,128}) [ *](?P<path>/\S{1,300})$"),
    # Where a terminal broke the line at a blank, the blank is gone.
    re.compile(r"^SHA256 \((?P<path>/[^\s()]{1,300})\) ?= ?(?P<hex>[0-9a-f]{64})$"),
)
_HEX: Final = re.compile(r"^[0-9a-f]{79,127}$")
# Narrow terminals wrap at 80, and 128 digits with a path of 255 are five such lines.
_MAX_LINES: Final = 6
_NAMES: Final = {DigestAlgorithm.SHA256: "SHA-256", DigestAlgorithm.SHA512: "SHA-512"}


def read_shell(exchange: Exchange) -> Answer:
    """Return the answer in an exchange; any text at all is fine."""
    lines = list(read(exchange).lines)
    if lines and _echoes(lines[0], exchange.command):
        del lines[0]
    while lines and (m := _PROMPT.match(lines[-1].text)) is not None and not m["command"]:
        del lines[-1]
    refusal = next((n.text.strip()[:200] for n in lines if _REFUSAL.match(n.text)), None)
    return Answer(exchange, tuple(lines), refusal)


def last_answer(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    """Return the last answer to a probe; None: it was never asked."""
    found = [e for e in exchanges if e.probe_id == probe_id]
    return read_shell(found[-1]) if found else None


def field(answer: Answer | None, pattern: re.Pattern[str], group: str) -> str | None:
    """Return a group of the first line that matches; None: there is none, or nothing is read."""
    if answer is None or answer.why_unread is not None:
        return None
    return next((v for _, m in answer.search(pattern) if (v := (m[group] or "").strip())), None)


def summed_files(
    exchanges: Iterable[Exchange],
    probe_id: str,
    algorithm: DigestAlgorithm = DigestAlgorithm.SHA256,
    *,
    of: str | None = None,
) -> Hashed:
    """Return the digests that were computed, each of exactly the file it was asked of.

    Args:
        exchanges: of one box.
        probe_id: which of them are asked.
        algorithm: which sum was asked for.
        of: the file, where the command asks for a record of it; None: its last word names it.
    """
    hashed = Hashed()
    for exchange in exchanges:
        if exchange.probe_id != probe_id:
            continue
        path = of or exchange.command.rpartition(" ")[2].strip(chr(34))
        answer = read_shell(exchange)
        found = _sum_of(answer, path, algorithm)
        if isinstance(found, Gap):
            hashed.gaps[probe_id, path] = found
        else:
            # Two answers that differ are both kept: one of them is then refuted.
            hashed.digests[path] = hashed.digests.get(path, frozenset()) | {found[0]}
            hashed.answers[path], hashed.sources[path] = answer, found[1]
    return hashed


def _echoes(line: Line, command: str) -> bool:
    match = _PROMPT.match(line.text)
    return match is not None and match["command"] == command


def _sum_of(answer: Answer, path: str, algorithm: DigestAlgorithm) -> tuple[Digest, Source] | Gap:
    def gap(reason: str) -> Gap:
        return Gap(probe_id=answer.exchange.probe_id, reason=f"{path}: {reason}")

    if (why := answer.why_unread) is not None:
        return gap(why)
    if not answer.exchange.complete:
        return gap("the answer was cut off")
    starts = [i for i, line in enumerate(answer.lines) if _START.match(line.text)]
    if not starts:
        return gap("no digest in the answer")
    # A digest that fills a narrow line goes on in the next, which then looks like one too.
    goes_on = _HEX.match(answer.lines[starts[0]].text) is not None
    if len(starts) > (2 if goes_on else 1):
        return gap("more than one digest")
    # The rest of the answer is that one line, wrapped or not.
    rest = answer.lines[starts[0] :]
    text = "".join(n.text for n in rest) if len(rest) <= _MAX_LINES else ""
    match = next((m for form in _SUMS if (m := form.match(text)) is not None), None)
    if match is None or len(match["hex"]) != 2 * algorithm.size_bytes:
        return gap(f"no {_NAMES[algorithm]} of the right length in the answer")
    if match["path"] != path:
        return gap("the answer is about another file")
    digest = Digest(algorithm, bytes.fromhex(match["hex"]))
    return digest, answer.source(rest[0])
