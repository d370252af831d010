"""netmiko's drivers for Cisco send nothing on connect that the platforms do not list."""

import pytest

from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cisco_asa import PLATFORM as ASA
from netintegrity.platforms.cisco_ios import PLATFORM as IOS
from netintegrity.platforms.cisco_nxos import PLATFORM as NXOS
from tests.examples import PLATFORMS
from tests.loopback.box import ENABLE, Box, ask, listening

ALL = [IOS, NXOS, ASA]
PROMPTS = {"cisco_ios": b"sw1#", "cisco_nxos": b"leaf1# ", "cisco_asa": b"fw1/act/pri# "}


def box_of(platform: Platform, **more: object) -> Box:
    return Box(prompt=PROMPTS[platform.id], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("platform", ALL, ids=lambda p: p.id)
def test_from_connect_to_disconnect_every_line_is_on_the_list(platform: Platform) -> None:
    with listening(box_of(platform)) as box:
        answer = ask(box, platform.probe("version").request(), platform=platform, enable=ENABLE)
    assert answer.complete
    sent = {line for line in box.lines if line}
    assert sent == {*platform.session_lines, "show version"}


@pytest.mark.parametrize("platform", [IOS, ASA], ids=lambda p: p.id)
def test_an_account_below_full_privilege_is_raised_and_nothing_else_is_sent(
    platform: Platform,
) -> None:
    prompt = PROMPTS[platform.id].rstrip()
    with listening(Box(prompt=prompt, enable=ENABLE)) as box:
        answer = ask(box, platform.probe("version").request(), platform=platform, enable=ENABLE)
    assert answer.complete
    sent = {line for line in box.lines if line}
    assert sent == {*platform.session_lines, "enable", "<enable>", "show version"}


def test_nx_os_is_never_asked_to_raise_a_privilege() -> None:
    assert NXOS.enable_line is None
    with listening(box_of(NXOS)) as box:
        ask(box, NXOS.probe("version").request(), platform=NXOS, enable=ENABLE)
    assert "enable" not in box.lines


@pytest.mark.parametrize("prompt", [b"fw1/act/pri# ", b"fw1> "])
def test_an_asa_without_an_enable_secret_is_asked_and_not_logged_in_to_a_second_time(
    prompt: bytes,
) -> None:
    """netmiko's driver would then say `login`, and answer with the account's password."""
    with listening(Box(prompt=prompt)) as box:
        answer = ask(box, ASA.probe("version").request(), platform=ASA)
    assert answer.complete
    assert [line for line in box.lines if line] == ["terminal pager 0", "show version"]


def test_what_prepares_a_session_by_ourselves_is_among_the_lines_that_may() -> None:
    for platform in PLATFORMS.values():
        assert set(platform.opens_with or ()) <= platform.session_lines


@pytest.mark.parametrize(
    ("probe", "digits"), [("hash", 128), ("hash-sha256", 64), ("hash-md5", 32)]
)
def test_a_digest_glued_to_the_prompt_is_taken_apart(probe: str, digits: int) -> None:
    request = NXOS.probe(probe).request("bootflash:nxos.9.3.10.bin")
    glued = b"ab" * (digits // 2)
    with listening(box_of(NXOS, answers={request.command: glued})) as box:
        answer = ask(box, request, platform=NXOS)
    assert answer.complete
    assert answer.output.strip() == glued.decode()
