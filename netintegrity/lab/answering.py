"""What a simulated device says to a line, its behaviour included; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from netintegrity.lab import personalities
from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._spec import Personality
from netintegrity.registry import discover

PERSONALITIES: Final = discover(personalities, Personality)
_LOAD: Final = (
    "Load for five secs: 1%/0%; one minute: 2%; five minutes: 2%\n"
    "Time source is NTP, 12:00:00.000 UTC Mon Jan 5 2026\n\n"
)
_SYSLOG: Final = (
    "*Jan  5 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by ops on vty0 (192.0.2.9)\n"
)
_PAGER: Final = " --More-- " + "\b" * 10 + " " * 10 + "\b" * 10
_PAGE_LINES: Final = 24


class Ending(Enum):
    """How an answer ends."""

    PROMPT = "prompt"
    CUT = "cut"
    """The session is dropped."""
    SILENCE = "silence"
    """Nothing more comes."""
    FLOOD = "flood"
    """It goes on for ever."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and its end."""

    text: str
    """Lines end in a newline."""
    ending: Ending = Ending.PROMPT


def prompt_of(device: LabDevice, *, privileged: bool = True) -> str:
    """Return the prompt."""
    if own := PERSONALITIES[device.personality].prompt:
        return own.replace("{}", device.name)
    return f"{device.name}{'#' if privileged else '>'}"


def reply(device: LabDevice, line: str, *, privileged: bool = True) -> Reply:
    """Return what ``device`` says to ``line``; to what would change it, that it will not."""
    personality = PERSONALITIES[device.personality]
    line = line.strip()
    if not line:
        return Reply("")
    if (said := personality.session_lines.get(line)) is not None:
        return Reply(said)
    word, behaviour = personality.word_of(line), device.behaviour
    if word is None or word in behaviour.refuse:
        return Reply(personality.refusal(device, line))
    if not privileged and word not in personality.user_commands:
        return Reply(personality.refusal(device, line))
    if word in behaviour.hang:
        return Reply("", Ending.SILENCE)
    text = _noisy(device, line, personality.answer(device, line))
    if word in behaviour.inject_prompt:
        text = f"{prompt_of(device)}\n{text}"
    if behaviour.wrap is not None:
        text = "".join(_wrapped(text, behaviour.wrap))
    if word in behaviour.truncate:
        return Reply(text[: len(text) // 2], Ending.CUT)
    return Reply(text, Ending.FLOOD if word in behaviour.flood else Ending.PROMPT)


def _noisy(device: LabDevice, line: str, text: str) -> str:
    noise = device.behaviour.noise
    if "syslog" in noise and line.startswith("show "):
        text = _SYSLOG + text
    if "load" in noise and line.startswith("show "):
        text = _LOAD + text
    if "pager" in noise:
        lines = text.splitlines(keepends=True)
        text = "".join(
            f"{_PAGER}{line}" if number and number % _PAGE_LINES == 0 else line
            for number, line in enumerate(lines)
        )
    return text


def _wrapped(text: str, columns: int) -> Iterator[str]:
    for line in text.splitlines():
        yield from (line[i : i + columns] + "\n" for i in range(0, max(len(line), 1), columns))
