"""The real driver of each router of one's own sends its probes, and never another line."""

import pytest

from netintegrity.platforms._spec import Platform, Request
from tests.conformance.test_platforms import CASES, exchanges_of
from tests.loopback.box import Box, session_on
from tests.unit.platforms.test_router_platforms import PLATFORMS

PROMPTS = {
    "openwrt": b"root@ap1:~# ",
    "opnsense": b"audit@fw1:~ $ ",
    "openbsd": b"gw1$ ",
    "debian": b"audit@rt1:~$ ",
    "mikrotik_routeros": b"[audit@rt1] > ",
}
# A root shell of csh, one that pastes in brackets, and a console that draws its prompt twice.
MORE_PROMPTS = [
    ("opnsense", b"root@fw1:~ # "),
    ("debian", b"\x1b[?2004haudit@rt1:~$ "),
    ("openbsd", b"gw1# "),
    ("mikrotik_routeros", b"\r\r\r\r[audit@rt1] > "),
]


def recorded(platform: Platform, prompt: bytes) -> tuple[list[str], set[str]]:
    """Return every line a box received from login to hang-up, and the probes it was asked."""
    exchanges = exchanges_of(CASES / platform.id / "normal")
    answers = {e.command: e.output.replace("\n", "\r\n").encode() for e in exchanges}
    box = Box(prompt=prompt, answers=answers)
    with session_on(box, platform=platform) as session:
        for e in exchanges:
            request = Request(probe_id=e.probe_id, command=e.command, read_timeout_s=5.0)
            answer = session.run(request)
            assert answer.complete, e.command
            assert answer.output == e.output, e.command
    return box.lines, set(answers)


@pytest.mark.parametrize(
    ("platform_id", "prompt"), [*PROMPTS.items(), *MORE_PROMPTS], ids=lambda v: str(v)[:24]
)
def test_the_lines_sent_are_those_of_the_allow_list(platform_id: str, prompt: bytes) -> None:
    platform = PLATFORMS[platform_id]
    lines, asked = recorded(platform, prompt)
    sent = {line for line in lines if line}
    assert sent <= platform.session_lines | asked
    assert asked <= sent
    assert all(platform.admits(line) for line in sent)


def test_routeros_is_told_of_the_terminal_in_the_name_of_the_account() -> None:
    """What netmiko appends to it: no colours, no detection, a width and a height."""
    box = Box(prompt=PROMPTS["mikrotik_routeros"])
    with session_on(box, platform=PLATFORMS["mikrotik_routeros"]):
        pass
    assert box.usernames == ["audit+ct511w4098h"]
