"""The real driver of each further platform sends the declared lines, and never another."""

from dataclasses import dataclass, field

import pytest

from netintegrity.errors import CommandRejectedError
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.aruba_aoscx import PLATFORM as AOSCX
from netintegrity.platforms.cisco_fxos import PLATFORM as FXOS
from netintegrity.platforms.cisco_iosxr import PLATFORM as IOSXR
from netintegrity.platforms.fortinet_fortios import PLATFORM as FORTIOS
from netintegrity.platforms.paloalto_panos import PLATFORM as PANOS
from tests.loopback.box import Box, session_on


@dataclass(frozen=True, kw_only=True)
class Driven:
    """A platform, the prompt of such a box, and what it says to the lines of a session."""

    platform: Platform
    prompt: bytes
    habits: dict[str, bytes] = field(default_factory=dict)
    sends: frozenset[str] | None = None
    """What it has to send; None: every line that is declared."""


_V7 = {
    "get system status | grep Virtual": b"Virtual domain configuration: disable\r\n",
    "get system status | grep Version": b"Version: FortiGate-60F v7.4.8,build2795 (GA.M)\r\n",
    "get system console": b"mode       : line \r\noutput     : standard \r\n",
}
_V6 = {
    **_V7,
    "get system status | grep Version": b"Version: FortiGate-60F v6.0.7,build0302 (GA)\r\n",
    "show full-configuration system console": b"config system console\r\n"
    b"    set output standard\r\nend\r\n",
}
_PANOS_PROMPT = b"audit@fw-1(active)> "
DRIVEN = {
    "aruba_aoscx": Driven(platform=AOSCX, prompt=b"sw1# "),
    "cisco_fxos": Driven(platform=FXOS, prompt=b"firepower# "),
    "cisco_fxos-threat-defence": Driven(platform=FXOS, prompt=b"> "),
    "cisco_iosxr": Driven(platform=IOSXR, prompt=b"RP/0/RP0/CPU0:r1#"),
    "fortinet_fortios": Driven(
        platform=FORTIOS,
        prompt=b"fw1 # ",
        habits=_V7,
        sends=frozenset(_V7),
    ),
    "fortinet_fortios-read-only": Driven(
        platform=FORTIOS, prompt=b"fw1 $ ", habits=_V7, sends=frozenset(_V7)
    ),
    "fortinet_fortios-6": Driven(
        platform=FORTIOS,
        prompt=b"fw1 # ",
        habits=_V6,
        sends=frozenset(_V6) - {"get system console"},
    ),
    "paloalto_panos": Driven(
        platform=PANOS,
        prompt=_PANOS_PROMPT,
        habits={
            # Its line editor draws the line again behind the prompt, and the driver waits for that.
            "set cli scripting-mode on": _PANOS_PROMPT + b"set cli scripting-mode on\r\n",
            "show system info": b"sw-version: 11.1.4\r\noperational-mode: normal\r\n\r\n",
        },
    ),
}


@pytest.mark.parametrize("name", DRIVEN)
def test_the_lines_sent_are_those_of_the_allow_list(name: str) -> None:
    driven = DRIVEN[name]
    platform = driven.platform
    asked = [p for p in platform.probes if not p.is_template]
    request = next((p for p in asked if p.command not in driven.habits), asked[0]).request()
    answers = {request.command: b"an answer\r\n", **driven.habits}
    box = Box(prompt=driven.prompt, answers=answers)
    with session_on(box, platform=platform) as session:
        answer = session.run(request)
    assert answer.complete
    sent = {line for line in box.lines if line}
    assert sent <= platform.session_lines | {request.command}
    assert (platform.session_lines if driven.sends is None else driven.sends) <= sent
    if request.command not in driven.habits:
        assert answer.output.startswith("an answer\n")


PAGED = {
    "paged": {**_V7, "get system console": b"mode       : line \r\noutput     : more \r\n"},
    "paged, 6": {
        **_V6,
        "show full-configuration system console": b"config system console\r\n"
        b"    set output more\r\nend\r\n",
    },
    "virtual domains": {
        **_V7,
        "get system status | grep Virtual": b"Virtual domain configuration: multiple\r\n",
    },
}


@pytest.mark.parametrize("name", PAGED)
def test_a_fortigate_that_would_have_to_be_configured_is_refused_by_name(name: str) -> None:
    box = Box(prompt=b"fw1 # ", answers=PAGED[name])
    with pytest.raises(CommandRejectedError, match="config"), session_on(box, platform=FORTIOS):
        pass
    assert {line for line in box.lines if line} <= FORTIOS.session_lines
