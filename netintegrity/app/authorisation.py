"""Every line a platform can be sent, and the same as a set to paste into an authorisation server.

All of it comes from the registry: what is printed is what the guard of a session lets through.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from netintegrity.app._ere import expression, literal
from netintegrity.platforms._spec import NONCE, Platform, Probe

PLACE: Final = "<argument>"
"""Stands in a command for what differs from one sending to the next."""
_NONCE_WORDS: Final = "a decimal number of 64 bits that is not zero, drawn for this command alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line that may be sent."""

    kind: str
    """``session``: to set up the terminal; ``enable``: to raise the privilege; ``probe``."""
    id: str
    """Of the probe; of any other line its kind."""
    command: str
    """As sent, with :data:`PLACE` where an argument stands."""
    argument: str | None
    """In words; None: the line takes none."""
    grammar: str | None
    """The regular expression an argument matches whole."""
    why: str
    privilege: str
    demanded: bool
    """False: only asked where something calls for it, or a second opinion."""
    lists: tuple[str, ...]
    """What its answer lists all of, for rules NI-402 to NI-407."""


def lines_of(platform: Platform) -> tuple[Line, ...]:
    """Return every line a session with a box of ``platform`` can hold, in order."""
    return (*_preparation(platform), *(_probe(platform, probe) for probe in platform.probes))


def document(platforms: Iterable[Platform]) -> list[dict[str, object]]:
    """Return the lines of each platform as plain data."""
    return [
        {
            "id": platform.id,
            "title": platform.title,
            "privilege": platform.privilege,
            "commands": [asdict(line) for line in lines_of(platform)],
        }
        for platform in platforms
    ]


def tacacs(platforms: Iterable[Platform]) -> str:
    """Return a group for each platform, in the configuration language of tac_plus.

    Source: the TACACS+ user guide of tac_plus, "Configuring Authorization": expressions are POSIX
    extended ones, over the arguments joined by blanks.
    """
    return "\n".join(_group(platform) for platform in platforms)


def ise(platforms: Iterable[Platform]) -> list[dict[str, object]]:
    """Return a command set for each platform, as the ERS interface of Cisco ISE takes it.

    Source: ISE's ERS reference, ``TacacsCommandSets``; a row of it is what the page of a command
    set shows: grant, command, arguments as an expression.
    """
    return [
        {
            "TacacsCommandSets": {
                "name": f"netintegrity-{platform.id}",
                "description": f"read-only commands of netintegrity on {platform.title}",
                "permitUnmatched": False,
                "commands": {
                    "commandList": [
                        {"grant": "PERMIT", "command": verb, "arguments": arguments}
                        for verb, arguments in _authorised(platform)
                    ]
                },
            }
        }
        for platform in platforms
    ]


def _preparation(platform: Platform) -> Iterator[Line]:
    said = [("session", text, "sets up the terminal") for text in sorted(platform.session_lines)]
    if platform.enable_line is not None:
        why = "raises the privilege, where the account has an enable secret"
        said.append(("enable", platform.enable_line, why))
    for kind, text, why in said:
        yield Line(
            kind=kind,
            id=kind,
            command=text,
            argument=None,
            grammar=None,
            why=why,
            privilege="",
            demanded=kind == "session",
            lists=(),
        )


def _probe(platform: Platform, probe: Probe) -> Line:
    argument = grammar = None
    if probe.takes_nonce:
        argument, grammar = _NONCE_WORDS, NONCE.pattern
    elif probe.is_template:
        grammar = probe.argument.pattern
        argument = probe.takes or "what this expression matches"
    return Line(
        kind="probe",
        id=probe.id,
        command=probe.command.replace("{}", PLACE),
        argument=argument,
        grammar=grammar,
        why=probe.purpose,
        privilege=probe.privilege or platform.privilege,
        demanded=probe.demanded,
        lists=tuple(sorted(probe.lists)),
    )


def _authorised(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield the first word of each line, and a whole expression for the rest of it; each once."""
    told: set[tuple[str, str]] = set()
    for line in lines_of(platform):
        verb, _, rest = line.command.partition(" ")
        head, place, tail = rest.partition(PLACE)
        # Routers append <cr> to the arguments they ask about.
        words = literal(head) + _argument(platform, line) * bool(place) + literal(tail)
        row = verb, f"^{words}( <cr>)?$" if words else "^(<cr>)?$"
        if row not in told:
            told.add(row)
            yield row


def _argument(platform: Platform, line: Line) -> str:
    if line.kind != "probe" or line.grammar is None:
        return ""
    probe = platform.probe(line.id)
    return f"({expression(NONCE if probe.takes_nonce else probe.argument)})"


def _group(platform: Platform) -> str:
    verbs: dict[str, dict[str, None]] = {}
    for verb, arguments in _authorised(platform):
        verbs.setdefault(verb, {}).setdefault(arguments)
    text = [
        f"# {platform.title}: what netintegrity can send, and nothing else.",
        f"# Needed: {platform.privilege}." if platform.privilege else "",
        f"group = netintegrity-{platform.id} {{",
        "    default service = deny",
        "    service = exec {",
        "        priv-lvl = 15" if platform.enable_line else "",
        "    }",
    ]
    for verb, patterns in verbs.items():
        text.append(f"    cmd = {verb} {{")
        text += [f'        permit "{_quoted(pattern)}"' for pattern in patterns]
        text += ["        deny .*", "    }"]
    return "\n".join([*(line for line in text if line), "}", ""])


def _quoted(pattern: str) -> str:
    return pattern.replace('"', '\\"')
