"""``list platforms --commands``: every line that can be sent, and what lets no other through."""

import json
import re
import shutil
import subprocess

import pytest

from netintegrity.app import authorisation
from netintegrity.app._ere import expression, literal
from netintegrity.cli import main
from netintegrity.platforms._spec import Platform
from tests.examples import PLATFORMS, command_of, commands_of

EACH = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda p: p.id)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["list", "platforms", "--commands", *arguments]) == 0
    return capsys.readouterr().out


def sendable(platform: Platform) -> list[str]:
    """Return every line a session may send, with arguments as they really occur."""
    sent = [*platform.session_lines, *commands_of(platform.id)]
    sent += [command_of(platform, p) for p in platform.probes]
    return [*sent, platform.enable_line] if platform.enable_line else sent


def permits(rows: list[tuple[str, str]], line: str, end: str = "") -> bool:
    """Say whether a server that has ``rows`` lets ``line`` through, as the router asks it."""
    verb, _, rest = line.partition(" ")
    asked = f"{rest} {end}".strip()
    return any(verb == v and re.search(pattern, asked) for v, pattern in rows)


@EACH
def test_every_line_that_can_be_sent_is_listed_with_its_reason(platform: Platform) -> None:
    lines = authorisation.lines_of(platform)
    probes = [line for line in lines if line.kind == "probe"]
    assert [line.id for line in probes] == [p.id for p in platform.probes]
    assert {line.command for line in lines if line.kind == "session"} == platform.session_lines
    for line in lines:
        assert line.why, f"{platform.id} {line.id}: a probe says why it is asked (`why`)"
        if line.kind == "probe":
            assert line.privilege, f"{platform.id}: a platform says what it needs (`privilege`)"
            assert (line.argument is None) is ("{}" not in platform.probe(line.id).command)
            assert authorisation.PLACE in line.command or line.argument is None


@EACH
@pytest.mark.parametrize("end", ["", "<cr>"])
def test_both_sets_let_through_whatever_is_sent(platform: Platform, end: str) -> None:
    rows = rows_of_ise(platform)
    assert rows == rows_of_tacacs(platform)
    for line in sendable(platform):
        assert permits(rows, line, end), line


TAILS = (" | redirect flash:x", " ; reload", "x", " x", " &", " > flash:x", "`id`")


@EACH
def test_neither_set_lets_through_what_was_added_to_a_line(platform: Platform) -> None:
    rows = rows_of_ise(platform)
    for line in sendable(platform):
        for tail in TAILS:
            changed = f"{line}{tail}"
            # An argument may be longer than the one at hand; then the guard admits it too.
            if not platform.admits(changed):
                assert not permits(rows, changed), changed


@EACH
@pytest.mark.parametrize(
    "line", ["configure terminal", "reload", "copy running-config tftp:", "show running-config"]
)
def test_neither_set_lets_through_what_is_never_sent(platform: Platform, line: str) -> None:
    assert not permits(rows_of_ise(platform), line)


@EACH
def test_another_matcher_of_such_expressions_reads_them_alike(platform: Platform) -> None:
    grep = shutil.which("grep")
    assert grep is not None
    for verb, pattern in rows_of_tacacs(platform):
        lines = [s for s in sendable(platform) if s.partition(" ")[0] == verb]
        asked = [f"{s.partition(' ')[2]} <cr>".strip() for s in lines]
        there = subprocess.run(
            [grep, "-cE", pattern],
            check=False,
            input="\n".join(asked),
            capture_output=True,
            text=True,
        )
        assert there.returncode == 0, there.stderr
        assert int(there.stdout) == sum(bool(re.search(pattern, a)) for a in asked)


def rows_of_ise(platform: Platform) -> list[tuple[str, str]]:
    (sets,) = authorisation.ise([platform])
    inner = sets["TacacsCommandSets"]
    assert isinstance(inner, dict)
    assert inner["permitUnmatched"] is False
    rows = inner["commands"]["commandList"]
    assert {r["grant"] for r in rows} == {"PERMIT"}
    return sorted((r["command"], r["arguments"]) for r in rows)


def rows_of_tacacs(platform: Platform) -> list[tuple[str, str]]:
    rows, verb = [], ""
    text = authorisation.tacacs([platform])
    assert text.count("{") - text.count("}") == sum(
        line.count("{") - line.count("}") for line in text.splitlines() if "permit" in line
    )
    for line in text.splitlines():
        if (m := re.fullmatch(r"    cmd = (\S+) \{", line)) is not None:
            verb = m[1]
        elif (m := re.fullmatch(r'        permit "(.*)"', line)) is not None:
            rows.append((verb, m[1].replace('\\"', '"')))
    assert text.count("deny .*") == text.count("cmd = ")
    assert "default service = deny" in text
    return sorted(rows)


def test_the_table_the_document_and_both_sets_are_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = shown(capsys, "--platform", "eos")
    assert table.startswith("arista_eos: Arista EOS\n")
    assert "\n  verify /sha512 <argument>\n" in table
    found = json.loads(shown(capsys, "--format", "json"))
    assert (found["schema"], found["kind"]) == ("netintegrity/list/1", "platforms")
    assert [i["id"] for i in found["items"]] == list(PLATFORMS)
    sets = json.loads(shown(capsys, "--as", "ise", "--platform", "nxos", "--platform", "ios"))
    assert [s["TacacsCommandSets"]["name"] for s in sets] == [
        "netintegrity-cisco_nxos",
        "netintegrity-cisco_ios",
    ]
    assert shown(capsys, "--as", "tacacs").count("group = ") == len(PLATFORMS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["rules", "--commands"],
        ["platforms", "--as", "ise"],
        ["platforms", "--platform", "eos"],
        ["platforms", "--commands", "--platform", "no-such-platform"],
        ["platforms", "--commands", "--as", "ise", "--format", "json"],
    ],
)
def test_what_makes_no_sense_together_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", *arguments]) == 2
    assert capsys.readouterr().out == ""


def test_an_expression_is_never_narrower_than_the_grammar() -> None:
    for pattern, yes, no in (
        (r"(?P<n>[a-z]{1,3})/(?P=n)\.bin", ["ab/ab.bin"], ["ab/abxbin", "ab"]),
        (r"(?!x)[\w.-]+?", ["a.b-c_9"], ["a b", ""]),
        (r"[^~x-]+", ["abc"], ["~", "-"]),
        (r"a\+b\|c", ["a+b|c"], ["aab|c", "a+b"]),
        (r"\d{1,2}(?:-\d{1,2})?:", ["12-3:", "1:"], ["-3:", "123:"]),
    ):
        ours, theirs = re.compile(pattern), re.compile(f"^{expression(re.compile(pattern))}$")
        for text in yes:
            assert ours.fullmatch(text)
            assert theirs.search(text)
        assert not any(theirs.search(text) for text in no)
    assert re.fullmatch(literal("a.b*[c]^$|\\{}"), "a.b*[c]^$|\\{}")
    for bad in (r"\bx", "(?i)x"):
        with pytest.raises(ValueError, match=r"known|flag"):
            expression(re.compile(bad))
