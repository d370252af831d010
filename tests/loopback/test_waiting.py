"""A session sleeps nowhere while the device answers, and still misses nothing that comes late."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import paramiko
import pytest

from netintegrity.clock import utc_now
from netintegrity.collect.gate import Gate
from netintegrity.collect.runner import CollectedDevice, collect_device
from netintegrity.collect.session import Answer
from netintegrity.collect.ssh import PATIENT_TAG, open_session_factory
from netintegrity.platforms._spec import Platform
from tests.loopback.box import (
    ENABLE,
    EOS,
    HASH,
    LIMITS,
    PLATFORM,
    VERSION,
    Box,
    ask,
    credential,
    device,
    factory,
    listening,
    pins,
    session_on,
)

A, B = "verify /sha512 flash:a.bin", "verify /sha512 flash:b.bin"
NXOS = replace(PLATFORM, id="toy_nxos", netmiko_device_type="cisco_nxos")
JUNOS = replace(
    PLATFORM,
    id="toy_junos",
    netmiko_device_type="juniper_junos",
    session_lines=frozenset(
        {
            "set cli screen-width 511",
            "set cli complete-on-space off",
            "set cli screen-length 0",
        }
    ),
)
VYOS = replace(
    PLATFORM,
    id="toy_vyos",
    netmiko_device_type="vyos",
    session_lines=frozenset({"set terminal width 512", "set terminal length 0"}),
)
JUNOS_SAYS = {
    "set cli screen-width 511": b"Screen width set to 511\r\n",
    "set cli complete-on-space off": b"Disabling complete-on-space\r\n",
    "set cli screen-length 0": b"Screen length set to 0\r\n",
}
DRIVERS = [
    pytest.param(PLATFORM, b"r1#", id="cisco_xe"),
    pytest.param(NXOS, b"r1# ", id="cisco_nxos"),
    pytest.param(EOS, b"r1#", id="arista_eos"),
    pytest.param(JUNOS, b"a@r1> ", id="juniper_junos"),
    pytest.param(VYOS, b"a@r1:~$ ", id="vyos"),
]


def boxed(prompt: bytes) -> Box:
    return Box(prompt=prompt, answers=JUNOS_SAYS)


@pytest.mark.parametrize(("platform", "prompt"), DRIVERS)
def test_nothing_sleeps_while_a_device_answers(
    platform: Platform, prompt: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    us, sleep = threading.current_thread(), time.sleep

    def noted(seconds: float) -> None:
        if threading.current_thread() is us:
            slept.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", noted)
    with session_on(boxed(prompt), platform=platform) as session:
        assert session.run(VERSION.request()).complete
    # The VyOS driver sleeps once of its own accord.
    assert sum(slept) <= (0.03 if platform is VYOS else 0.0)


@pytest.mark.parametrize(("platform", "prompt"), DRIVERS)
def test_a_patient_session_asks_and_hears_the_same(platform: Platform, prompt: bytes) -> None:
    heard = []
    for tags in (frozenset[str](), frozenset({PATIENT_TAG})):
        with listening(boxed(prompt)) as box:
            opened = factory(pins(box.port, *box.keys))
            with opened(device(box.port, tags=tags), platform) as session:
                answer = session.run(VERSION.request())
        heard.append((answer, [line for line in box.lines if line]))
    assert heard[0] == heard[1]
    assert heard[0][0].complete
    assert set(heard[0][1]) == {*platform.session_lines, "show version"}


@pytest.mark.parametrize(("platform", "prompt"), DRIVERS)
def test_a_slow_line_prepares_a_session_as_well(platform: Platform, prompt: bytes) -> None:
    def slowly(char: bytes) -> bytes:
        time.sleep(0.004)
        return char

    box = boxed(prompt)
    box.echo = slowly
    with session_on(box, platform=platform) as session:
        assert session.run(VERSION.request()).complete


def two_hashes(answers: dict[str, bytes | Callable[[paramiko.Channel], None]]) -> CollectedDevice:
    probes = (HASH.request("flash:a.bin"), HASH.request("flash:b.bin"))
    platform = replace(PLATFORM, plan=lambda done: () if done else probes)
    with listening(Box(answers=answers)) as box:
        opened = factory(pins(box.port, *box.keys))
        return collect_device(device(box.port), platform, opened, run_id="x", now=utc_now)


def late(channel: paramiko.Channel) -> None:
    """Something that looks like an answer to its end, and then the rest of it."""
    channel.sendall(b"half\r\nr1#")
    time.sleep(0.06)
    channel.sendall(b"\r\nthe other half\r\nr1#")


def test_an_answer_that_goes_on_behind_a_prompt_is_doubted_as_is_the_next() -> None:
    found = two_hashes({A: late, B: b"B\r\n"})
    assert [e.complete for e in found.evidence.exchanges] == [False, False]


def test_the_last_answer_is_doubted_too_where_more_follows() -> None:
    def soon(channel: paramiko.Channel) -> None:
        channel.sendall(b"half\r\nr1#")
        time.sleep(0.005)
        channel.sendall(b"\r\nthe other half\r\nr1#")

    found = two_hashes({A: b"A\r\n", B: soon})
    assert [e.complete for e in found.evidence.exchanges] == [True, False]


def test_a_prompt_drawn_once_more_belongs_to_no_answer() -> None:
    def again(channel: paramiko.Channel) -> None:
        channel.sendall(b"B\r\nr1#")
        time.sleep(0.005)
        channel.sendall(b"\r\nr1#")

    found = two_hashes({A: b"A\r\n", B: again})
    assert [e.complete for e in found.evidence.exchanges] == [True, True]


def test_a_device_that_hangs_up_behind_its_last_prompt_has_answered() -> None:
    def leaves(channel: paramiko.Channel) -> None:
        channel.sendall(b"B\r\nr1#")
        time.sleep(0.005)
        channel.close()

    found = two_hashes({A: b"A\r\n", B: leaves})
    assert [e.complete for e in found.evidence.exchanges] == [True, True]
    assert found.evidence.failure is None


def test_the_prompt_of_a_late_answer_does_not_stand_for_the_next_one() -> None:
    """The rest of one answer may take longer to arrive than any settle time."""

    def twice(channel: paramiko.Channel) -> None:
        channel.sendall(b"A\r\nr1#")
        time.sleep(0.03)
        channel.sendall(b"\r\nr1#")
        time.sleep(0.1)

    with session_on(Box(answers={A: twice, B: b"B\r\n"})) as session:
        first = session.run(HASH.request("flash:a.bin"))
        second = session.run(HASH.request("flash:b.bin"))
        third = session.run(HASH.request("flash:b.bin"))
    assert first == Answer(output="A\n", complete=True)
    assert not second.complete
    assert "B" in second.output
    assert third == Answer(output="B\n", complete=True)


def test_a_prompt_of_two_signs_is_found_by_silence() -> None:
    linux = replace(
        PLATFORM, id="toy_linux", netmiko_device_type="linux", session_lines=frozenset()
    )
    with listening(Box(prompt=b"$ ")) as box:
        answer = ask(box, VERSION.request(), platform=linux)
    assert answer.complete


def test_a_device_that_raises_its_privilege_is_prepared_by_silence() -> None:
    with listening(Box(enable=ENABLE)) as box:
        answer = ask(box, VERSION.request(), enable=ENABLE)
    assert answer.complete


def test_boxes_that_hash_leave_the_gate_to_the_others() -> None:
    """Ten devices hash for half a second each; one place is enough for all of them."""

    def hashes(channel: paramiko.Channel) -> None:
        time.sleep(0.5)
        channel.sendall(b"A\r\nr1#")

    with listening(Box(answers={A: hashes})) as box:
        opened = open_session_factory(
            host_keys=pins(box.port, *box.keys),
            credentials=lambda _: credential(),
            limits=LIMITS,
            gate=Gate(1, lease_s=60.0),
        )
        answers: list[Answer] = []

        def work() -> None:
            with opened(device(box.port), PLATFORM) as session:
                answers.append(session.run(HASH.request("flash:a.bin")))

        began = time.monotonic()
        threads = [threading.Thread(target=work) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        took = time.monotonic() - began
    assert [a.complete for a in answers] == [True] * 10
    # One after the other they would take five seconds and more.
    assert took < 4.5
