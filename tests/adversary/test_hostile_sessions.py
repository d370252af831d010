"""Servers that do their worst: each ends in time, in little memory, and in the right words.

The counts are those of the threats they stand for; a few of each run always, all in the long proof.
"""

import itertools
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import paramiko
import pytest

from netintegrity.app import RULES
from netintegrity.assess.appraise import appraise
from netintegrity.collect.pacing import Pace
from netintegrity.collect.runner import Job, collect_device, collect_fleet
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import Evidence, Exchange
from netintegrity.model.verdict import Verdict
from tests.builders import AT, case
from tests.loopback import box as boxes
from tests.loopback.box import (
    HASH,
    LIMITS,
    PLATFORM,
    SERVER_KEY,
    VERSION,
    Box,
    device,
    factory,
    listening,
    pins,
    server_key,
)
from tests.paths import ROOT

MIB = 1024 * 1024
SLACK_S = 1.0
MOST_GROWN_MIB = 32

# Threat 5: output without end, without line ends, in one piece, a byte at a time.


def endless(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"x" * 32768)


def endless_lines(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"x" * 78 + b"\r\n")


def fifty_mib(channel: paramiko.Channel) -> None:
    for _ in range(50 * 32):
        channel.sendall(b"x" * 32768)
    channel.sendall(b"\r\nr1#")


def drip(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b".")
        time.sleep(0.2)


FLOODS = {"endless": endless, "lines": endless_lines, "50-mib": fifty_mib, "drip": drip}
PLACES = {"answer": "show version", "preparation": "terminal width 511", "first": ""}
CLIENT = """
import json, resource, sys, time
from dataclasses import replace
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.pacing import Pace
from netintegrity.collect.runner import Job, collect_device, collect_fleet
from netintegrity.model.codec import evidence_to_json
from tests.builders import AT
from tests.loopback.box import LIMITS, PLATFORM, VERSION, device, factory
port, line = int(sys.argv[1]), sys.argv[2]
limits = replace(LIMITS, connect_timeout_s=4.0, setup_timeout_s=4.0, prompt_timeout_s=4.0)
probe = replace(VERSION, read_timeout_s=4.0)
platform = replace(PLATFORM, probes=(probe,), plan=lambda done: () if done else (probe.request(),))
opened = factory(HostKeys.parse(line.encode(), name="k"), limits=limits)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began = peak(), time.monotonic()
done = collect_device(device(port), platform, opened, run_id="t", now=lambda: AT)
took = time.monotonic() - began
found = evidence_to_json(done.evidence)
for e in found["exchanges"]:
    e["output"] = len(e["output"])
print(json.dumps({"took": took, "grown": peak() - before, "evidence": found,
                  "fault": done.traceback}))
"""


def flooded(where: str, how: str) -> dict[str, object]:
    """Ask a flooding box from a process of its own, so that only our memory is measured."""
    reply = FLOODS[how]
    box = Box(answers={PLACES[where]: reply}) if where != "first" else Box(answers={"": reply})
    if where == "first":
        # Before any prompt at all.
        box.greeting = b"banner\r\n"
    with listening(box):
        line = server_key(SERVER_KEY).line(f"[127.0.0.1]:{box.port}")
        done = subprocess.run(
            [sys.executable, "-c", CLIENT, str(box.port), line],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.proof
@pytest.mark.parametrize("how", FLOODS)
@pytest.mark.parametrize("where", PLACES)
def test_every_flood_ends_in_time_and_in_little_memory(where: str, how: str) -> None:
    found = flooded(where, how)
    evidence = found["evidence"]
    assert isinstance(evidence, dict)
    assert found["fault"] == ""
    assert float(str(found["grown"])) < MOST_GROWN_MIB
    # Each phase has four seconds; the first prompt is waited for in one of its own.
    assert float(str(found["took"])) < 4.0 * (1 if where == "answer" else 2) + SLACK_S
    if where == "answer":
        (exchange,) = evidence["exchanges"]
        assert not exchange["complete"]
        assert exchange["output"] <= 4 * MIB
    elif how == "50-mib" and evidence["failure"] is None:
        # It came to its prompt in time, and then answered as any box does.
        assert [e["output"] for e in evidence["exchanges"]] == [len("Version 17.09.04a\n")]
    else:
        assert evidence["exchanges"] == []
        assert evidence["failure"]["kind"] == "timeout"


# Threat 6: it hangs up, at each stage of a session.

STAGES = (
    "accepted",
    "banner",
    "key-exchange",
    "login",
    "logged-in",
    "terminal",
    "shell",
    "greeting",
    "preparation",
    "answer",
)


class _Leaves(boxes._Server):
    def __init__(self, box: Box, transport: paramiko.Transport, stage: str) -> None:
        super().__init__(box)
        self.transport = transport
        self.stage = stage

    def at(self, stage: str) -> None:
        if stage == self.stage:
            self.transport.sock.close()

    def check_auth_password(self, username: str, password: str) -> int:
        self.at("login")
        return super().check_auth_password(username, password)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self.at("logged-in")
        return super().check_channel_request(kind, chanid)

    def check_channel_pty_request(self, *arguments: object) -> bool:
        self.at("terminal")
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self.at("shell")
        return True


class _NoKeys(paramiko.Transport):
    def _parse_kex_init(self, m: paramiko.Message) -> None:
        del m
        self.sock.close()
        raise EOFError


def leave(client: socket.socket, box: Box, stage: str) -> None:
    """Serve one connection until the stage is reached."""
    with client, suppress(OSError, EOFError, paramiko.SSHException):
        if stage == "accepted":
            return
        if stage == "banner":
            client.sendall(b"SSH-2.0-x\r\n")
            return
        kind = _NoKeys if stage == "key-exchange" else paramiko.Transport
        transport = kind(client)
        transport.add_server_key(SERVER_KEY)
        transport.start_server(server=_Leaves(box, transport, stage))
        channel = transport.accept(5)
        if channel is not None and stage not in {"logged-in", "terminal", "shell"}:
            if stage == "greeting":
                transport.close()
                return
            boxes._Shell(box, channel).serve()
        transport.close()


@contextmanager
def leaving(stage: str) -> Iterator[int]:
    """A box that hangs up at a stage, every time; its port."""

    def gone(channel: paramiko.Channel) -> None:
        transport = channel.get_transport()
        assert transport is not None
        transport.close()

    when = {"preparation": "terminal width 511", "answer": "show version"}.get(stage)
    box = Box(answers={when: gone} if when else {})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=leave, args=(client, box, stage), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@pytest.mark.parametrize("stage", STAGES)
def test_a_box_that_hangs_up_is_told_at_once_at_every_stage(stage: str) -> None:
    with leaving(stage) as port:
        opened = factory(pins(port, SERVER_KEY))
        began = time.monotonic()
        done = collect_device(device(port), PLATFORM, opened, run_id="t", now=lambda: AT)
        took = time.monotonic() - began
    assert done.traceback == ""
    failure = done.evidence.failure
    assert failure is not None
    kinds = {"preparation": {"timeout"}, "answer": {"timeout"}}
    # Around the greeting it is a race whether the shell was granted yet.
    kinds["greeting"] = {"timeout", "unreachable"}
    assert failure.kind in kinds.get(stage, {"unreachable"}), failure
    assert not any(e.complete for e in done.evidence.exchanges)
    judged = appraise(
        case(evidence=replace(done.evidence, device=case().evidence.device)), RULES.values()
    )
    assert judged.verdict is not Verdict.VERIFIED
    assert Conclusion.VERIFIED not in judged.conclusions
    # Far below the limit of a step: it is seen, not waited for.
    assert took < 10.0


# Threat 7: prompts, echoes and answers that come twice, late, or for another command.

A, B = "verify /sha512 flash:a.bin", "verify /sha512 flash:b.bin"
ASKED = ("show version", A, B)
SAID = {"show version": b"is-version", A: b"is-a", B: b"is-b"}
DELAYS_S = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)


def later(channel: paramiko.Channel, delay_s: float, data: bytes) -> None:
    def send() -> None:
        with suppress(OSError, EOFError):
            channel.sendall(data)

    if delay_s:
        timer = threading.Timer(delay_s, send)
        timer.daemon = True
        timer.start()
    else:
        send()


Shape = Callable[[paramiko.Channel, bytes, float], None]


def late_answer(channel: paramiko.Channel, said: bytes, delay_s: float) -> None:
    channel.sendall(b"r1#")
    later(channel, delay_s, b"\r\n" + said + b"\r\nr1#")


def second_answer(channel: paramiko.Channel, said: bytes, delay_s: float) -> None:
    channel.sendall(said + b"\r\nr1#")
    later(channel, delay_s, b"\r\n" + said + b"-again\r\nr1#")


def second_prompt(channel: paramiko.Channel, said: bytes, delay_s: float) -> None:
    channel.sendall(said + b"\r\nr1#")
    later(channel, delay_s, b"\r\nr1#")


def false_prompt(channel: paramiko.Channel, said: bytes, delay_s: float) -> None:
    channel.sendall(b"r1#\r\n")
    later(channel, delay_s, said + b"\r\nr1#")


def echo_of_the_next(channel: paramiko.Channel, said: bytes, delay_s: float) -> None:
    channel.sendall(said + b"\r\nr1#")
    later(channel, delay_s, b"verify /sha512 flash:b.bin\r\n" + said + b"\r\nr1#")


SHAPES: dict[str, Shape] = {
    f.__name__: f
    for f in (late_answer, second_answer, second_prompt, false_prompt, echo_of_the_next)
}


def asked_three_times(shape: str, delay_s: float, at: str) -> Evidence:
    requests = (VERSION.request(), HASH.request("flash:a.bin"), HASH.request("flash:b.bin"))
    platform = replace(
        PLATFORM,
        plan=lambda done: () if len(done) == len(requests) else (requests[len(done)],),
    )
    answers: dict[str, boxes.Reply] = {c: said + b"\r\n" for c, said in SAID.items()}
    answers[at] = lambda channel: SHAPES[shape](channel, SAID[at], delay_s)
    with listening(Box(answers=answers)) as box:
        opened = factory(pins(box.port, SERVER_KEY))
        return collect_device(
            device(box.port), platform, opened, run_id="t", now=lambda: AT
        ).evidence


def own_words_alone(exchange: Exchange) -> bool:
    """An answer that is whole says what is its own, or nothing, which no reader takes for much."""
    return exchange.output.split() in ([SAID[exchange.command].decode()], [])


def nothing_is_misattributed(shape: str, delay_s: float) -> None:
    for at in ASKED[:2]:
        evidence = asked_three_times(shape, delay_s, at)
        for exchange in evidence.exchanges:
            assert not exchange.complete or own_words_alone(exchange), (at, exchange)


@pytest.mark.parametrize(("shape", "delay_s"), list(itertools.product(SHAPES, DELAYS_S[1:5]))[::4])
def test_some_shapes_of_disorder_put_no_answer_under_another_command(
    shape: str, delay_s: float
) -> None:
    nothing_is_misattributed(shape, delay_s)


@pytest.mark.proof
@pytest.mark.parametrize("delay_s", DELAYS_S)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_of_disorder_puts_an_answer_under_another_command(
    shape: str, delay_s: float
) -> None:
    nothing_is_misattributed(shape, delay_s)


@pytest.mark.parametrize(
    "said",
    [
        b"\xff\xfe\xc3\x28",
        b"\x00\x01\x02\x1b",
        bytes(range(128, 256)),
        b"\xed\xa0\x80",
        b"\x1b]0;t\x07",
    ],
)
def test_bytes_that_are_no_text_are_kept_and_break_nothing(said: bytes) -> None:
    with listening(Box(answers={"show version": said + b"\r\n"})) as box:
        opened = factory(pins(box.port, SERVER_KEY))
        done = collect_device(device(box.port), PLATFORM, opened, run_id="t", now=lambda: AT)
    assert done.traceback == ""
    (exchange,) = done.evidence.exchanges
    assert exchange.output
    assert LIMITS.answer_bytes


# Threat 21: whoever refuses a credential everywhere is asked a few times.


@pytest.mark.parametrize(
    ("fleet", "workers"), [(20, 1), (20, 8), pytest.param(200, 32, marks=pytest.mark.proof)]
)
def test_a_refused_credential_is_offered_a_few_times_however_large_the_fleet(
    fleet: int, workers: int
) -> None:
    with listening(Box(password="another and long password")) as box:
        pace = Pace(starts_per_s=1000.0, all_starts_per_s=1000.0)
        opened = factory(pins(box.port, SERVER_KEY), pace=pace)
        jobs = [Job(device=device(box.port, name=f"r{n}"), platform=PLATFORM) for n in range(fleet)]
        found = collect_fleet(jobs, opened, run_id="t", now=lambda: AT, workers=workers)
    assert len(box.passwords) <= 3
    kinds = {c.evidence.failure.kind for c in found.collected if c.evidence.failure}
    assert kinds == {"authentication"}
    assert len(found.collected) == fleet
