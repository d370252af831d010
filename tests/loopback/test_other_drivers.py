"""The real driver of each further platform, against a box that records what reaches it."""

from dataclasses import dataclass

import pytest

from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cumulus import PLATFORM as CUMULUS
from netintegrity.platforms.juniper_junos import PLATFORM as JUNOS
from netintegrity.platforms.juniper_junos_evolved import PLATFORM as EVOLVED
from netintegrity.platforms.sonic import PLATFORM as SONIC
from netintegrity.platforms.vyos import PLATFORM as VYOS
from tests.loopback.box import Box, session_on


@dataclass(frozen=True, kw_only=True)
class Driven:
    """A platform, the prompt of such a box, and what it says to the lines of a session."""

    platform: Platform
    prompt: bytes
    habits: dict[str, bytes]


_JUNOS_HABITS = {
    "set cli screen-width 511": b"Screen width set to 511\r\n\r\n",
    "set cli complete-on-space off": b"Disabling complete-on-space\r\n\r\n",
    "set cli screen-length 0": b"Screen length set to 0\r\n\r\n",
}
DRIVEN = {
    "juniper_junos": Driven(platform=JUNOS, prompt=b"ops@r1> ", habits=_JUNOS_HABITS),
    "juniper_junos_evolved": Driven(platform=EVOLVED, prompt=b"ops@ptx1> ", habits=_JUNOS_HABITS),
    "vyos": Driven(platform=VYOS, prompt=b"audit@r1:~$ ", habits={}),
    "sonic": Driven(platform=SONIC, prompt=b"audit@sonic:~$ ", habits={}),
    "cumulus": Driven(platform=CUMULUS, prompt=b"audit@sw1:mgmt:~$ ", habits={}),
    "sonic-paste-mode": Driven(platform=SONIC, prompt=b"\x1b[?2004haudit@sonic:~$ ", habits={}),
    "juniper_junos-banner": Driven(
        platform=JUNOS,
        prompt=b"\r\n{master:0}\r\nops@r1> ",
        habits=_JUNOS_HABITS,
    ),
}


@pytest.mark.parametrize("name", DRIVEN)
def test_the_lines_sent_are_those_of_the_allow_list(name: str) -> None:
    driven = DRIVEN[name]
    platform = driven.platform
    request = next(p for p in platform.probes if not p.is_template).request()
    answers = {**driven.habits, request.command: b"an answer\r\n"}
    box = Box(prompt=driven.prompt, answers=answers)
    with session_on(box, platform=platform) as session:
        answer = session.run(request)
    assert answer.complete
    assert answer.output.startswith("an answer\n")
    sent = {line for line in box.lines if line}
    assert sent <= platform.session_lines | {request.command}
    assert platform.session_lines <= sent
