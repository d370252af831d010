"""No argument that was tampered with passes the guard, on any platform."""

import pytest

from netintegrity.collect.guard import Guard
from netintegrity.collect.limits import Limits
from netintegrity.errors import CommandRejectedError
from netintegrity.platforms._spec import Platform, Request
from tests.adversary.mutations import Draw
from tests.examples import PLATFORMS, command_of
from tests.unit.collect.test_guard import Wire

# What parts commands, redirects, quotes, expands or asks for help somewhere; what no line holds;
# and what looks like a letter or a digit and is none.
BAD = (
    *" ;|&<>?*`'\"\\!^~#%{}()[]@,\n\r\t\x00\x07\x08\x1b\x7f\x9b",
    "$(id)",
    "&&",
    "||",
    "\r\n",
    "é",
    "\u0663",
    "\uff0f",
    "\u2028",
    "\u202e",
    "| redirect tftp://192.0.2.9/x",
    "; reload",
    " | tee /tmp/x",
)
MUTATIONS = 200


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda p: p.id)
def test_two_hundred_spoilt_arguments_are_refused_and_nothing_is_sent(platform: Platform) -> None:
    channel = Wire()
    guard = Guard(channel, platform, limits=Limits())
    guard.prepared()
    probes = sorted(platform.probes, key=lambda p: not p.is_template)
    with_argument = [p for p in probes if p.is_template] or probes
    for number in range(MUTATIONS):
        draw = Draw(f"{platform.id}/{number}")
        probe = with_argument[draw.below(len(with_argument))]
        whole = command_of(platform, probe)
        head = len(probe.command.partition("{}")[0]) if probe.is_template else len(whole)
        tail = len(probe.command.partition("{}")[2])
        at = head + draw.below(len(whole) - head - tail + 1)
        spoilt = whole[:at] + draw.of(BAD) + whole[at:]
        request = Request(probe_id=probe.id, command=spoilt, read_timeout_s=1.0)
        with pytest.raises(CommandRejectedError):
            guard.arm(request)
        with pytest.raises(CommandRejectedError):
            guard.sendall(spoilt.encode() + b"\n")
    assert channel.written == b""
