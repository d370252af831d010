"""What netmiko's drivers of the further platforms really send: byte by byte, and no more."""

import pytest

from netintegrity.errors import CollectionError
from netintegrity.platforms.aruba_aoss import PLATFORM as AOSS
from netintegrity.platforms.dell_os9 import PLATFORM as OS9
from netintegrity.platforms.dell_os10 import PLATFORM as OS10
from netintegrity.platforms.extreme_exos import PLATFORM as EXOS
from netintegrity.platforms.extreme_voss import PLATFORM as VOSS
from netintegrity.platforms.f5_tmos import PLATFORM as TMOS
from netintegrity.platforms.huawei_vrp import PLATFORM as VRP
from netintegrity.platforms.nokia_sros import PLATFORM as SROS
from tests.loopback.box import ENABLE, Box, Reply, session_on
from tests.loopback.test_more_drivers import Driven

# It places the cursor before each thing that it draws.
_PLACED = b"\x1b[24;1H\x1b[?25h"
_CLASSIC = {"//environment more false", "environment no more"}
DRIVEN = {
    "aruba_aoss": Driven(platform=AOSS, prompt=b"sw1# "),
    "aruba_aoss-drawn": Driven(platform=AOSS, prompt=_PLACED + b"sw1# " + _PLACED),
    "nokia_sros-classic": Driven(platform=SROS, prompt=b"*A:sr1# ", sends=frozenset(_CLASSIC)),
    # Its prompt is of two lines, of which the first is the context.
    "nokia_sros-model-driven": Driven(
        platform=SROS,
        prompt=b"[/]\r\nA:admin@sr1# ",
        sends=SROS.session_lines - _CLASSIC,
    ),
    "huawei_vrp": Driven(platform=VRP, prompt=b"<HUAWEI>"),
    "dell_os9": Driven(platform=OS9, prompt=b"Dell#"),
    "dell_os10": Driven(platform=OS10, prompt=b"OS10# "),
    "extreme_voss": Driven(platform=VOSS, prompt=b"VSP-8284XSQ:1#"),
    "f5_tmos": Driven(platform=TMOS, prompt=b"[audit@lb1:Active:In Sync] ~ # "),
}


@pytest.mark.parametrize("name", DRIVEN)
def test_the_lines_sent_are_those_of_the_allow_list(name: str) -> None:
    driven = DRIVEN[name]
    platform = driven.platform
    asked = [p.request() for p in platform.probes if not p.is_template]
    answers = {r.command: b"an answer\r\n" for r in asked} | driven.habits
    box = Box(
        prompt=driven.prompt,
        answers=answers,
        echo=lambda char: _PLACED + char if _PLACED in driven.prompt else char,
    )
    with session_on(box, platform=platform) as session:
        for request in asked:
            answer = session.run(request)
            assert answer.complete, request.command
            assert answer.output.startswith("an answer\n")
    sent = [line for line in box.lines if line]
    opened = sent[: len(sent) - len(asked)]
    assert set(opened) <= platform.session_lines
    assert (platform.session_lines if driven.sends is None else driven.sends) <= set(opened)
    assert sent[len(opened) :] == [r.command for r in asked]


QUESTIONS = {
    "password": b"The password needs to be changed. Change now? [Y/N]:",
    "configuration": b"There are security risks in the configuration file. Go? [Y/N]\r\n<HUAWEI>",
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_the_driver_would_answer_at_the_login_is_not_sent(name: str) -> None:
    box = Box(prompt=b"<HUAWEI>", greeting=QUESTIONS[name])
    with pytest.raises(CollectionError, match="not sent"), session_on(box, platform=VRP):
        pass
    assert {line for line in box.lines if line} <= VRP.session_lines


class Counting(dict[str, Reply]):
    """Answers with a prompt that counts the commands, as EXOS does."""

    def __init__(self, said: dict[str, bytes]) -> None:
        super().__init__()
        self.said, self.count = said, 1

    def get(self, line: str, default: object = None) -> Reply:
        self.count += bool(line)
        prompt = f"* x670.lab.{self.count} # ".encode()
        return lambda channel: channel.sendall(self.said.get(line, b"") + prompt)


def test_a_prompt_that_counts_is_one_prompt() -> None:
    asked = [p.request() for p in EXOS.probes]
    said = {r.command: f"answer to {r.command}\r\n".encode() for r in asked}
    box = Box(greeting=b"\r\n* x670.lab.1 # ", answers=Counting(said))
    with session_on(box, platform=EXOS) as session:
        for request in asked:
            answer = session.run(request)
            assert answer.complete, request.command
            assert answer.output == f"answer to {request.command}\n"
    sent = [line for line in box.lines if line]
    assert set(sent) == EXOS.session_lines | {r.command for r in asked}


def test_a_prompt_of_another_number_inside_an_answer_spoils_it() -> None:
    request = EXOS.probe("switch").request()
    said = {request.command: b"one\r\n* x670.lab.9 # show version\r\ntwo\r\n"}
    box = Box(greeting=b"\r\n* x670.lab.1 # ", answers=Counting(said))
    with session_on(box, platform=EXOS) as session:
        assert not session.run(request).complete


def test_a_banner_that_has_to_be_accepted_is_not_accepted() -> None:
    box = Box(prompt=b"Dell#", greeting=b"Do you acknowledge the above statement? [y/n]: ")
    with session_on(box, platform=OS9):
        pass
    assert {line for line in box.lines if line} <= OS9.session_lines


class Raising(dict[str, Reply]):
    """Answers of a VOSS switch, which raises the privilege without asking for a secret."""

    sign = b">"

    def get(self, line: str, default: object = None) -> Reply:
        if line == "enable":
            self.sign = b"#"
        return lambda channel: channel.sendall(b"VSP-8284XSQ:1" + self.sign)


def test_voss_is_raised_by_a_credential_that_has_a_secret_and_the_secret_is_not_sent() -> None:
    box = Box(greeting=b"\r\nVSP-8284XSQ:1>", answers=Raising())
    with session_on(box, platform=VOSS, enable=ENABLE) as session:
        assert session.run(VOSS.probe("software").request()).complete
    sent = {line for line in box.lines if line}
    assert sent == VOSS.session_lines | {"enable", VOSS.probe("software").command}
