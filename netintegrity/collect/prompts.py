"""Tells from what a device said whether it has answered every line it was sent. Pure.

Silence proves nothing: a device may be thinking. But each line is answered with a prompt, so that
a device which was sent n lines and has begun n + 1 lines with the same prompt, the last of them
with nothing behind it, owes nothing. Where the count does not come out (an echo in a place of its
own, a prompt printed twice, a banner that quotes one), there is only silence to go by.
"""

import re
from typing import Final

from netintegrity.collect.answer import last_line, steady
from netintegrity.collect.terminal import rendered

# As in `r1#`, `user@host> `, `admin@sonic:~$ `, `A:admin@sr1# `, `[~HUAWEI]`.
PROMPT_LIKE: Final = re.compile(rb"[>#$%\]][ \t]{0,4}\Z")
_SHORTEST: Final = 3
"""A prompt of one or two signs, `$ `, begins many an innocent line."""
_FEWEST_LINES: Final = 1
_LONGEST: Final = 1024


def standing_prompt(
    heard: bytes, lines_sent: int, counter: re.Pattern[bytes] | None = None
) -> bytes | None:
    """Return the prompt all of ``heard`` agrees on; None: it does not, or something is still due.

    Args:
        heard: every byte since the login.
        lines_sent: how many line ends the device was sent since then.
        counter: what its prompts count, as its platform declares it.
    """
    prompt = steady(last_line(heard), counter)
    key = prompt.strip()
    if len(key) < _SHORTEST or lines_sent < _FEWEST_LINES or PROMPT_LIKE.search(prompt) is None:
        return None
    shown = (steady(rendered(line[:_LONGEST]), counter) for line in heard.split(b"\n"))
    begun = sum(line.startswith(key) for line in shown)
    return prompt if begun == lines_sent + 1 else None
