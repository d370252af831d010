"""Which reports were asked for, where they go, and what the shell is told."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from netintegrity.cli._output import say
from netintegrity.errors import ConfigError, ExitStatus, NetIntegrityError, StoreError, gravest

if TYPE_CHECKING:
    from netintegrity.app.auditing import Outcome
    from netintegrity.model.run import RunReport
    from netintegrity.report._spec import ForAnotherProgram


class Wanted(NamedTuple):
    """A report somebody asked for."""

    name: str
    target: str | None
    """A file or a log host; None: stdout, or the run folder."""


def add_formats(parser: argparse.ArgumentParser) -> None:
    """Add ``--format``; which ones there are is looked up only when one is named."""
    parser.add_argument(
        "--format",
        action="append",
        metavar="F[=TO]",
        help="table (default), json, html, junit, nagios, prometheus, syslog; the first goes to "
        "stdout, and each of several into the run folder too. With =TO it goes to that file, or "
        "(syslog) to udp://HOST:PORT or tcp://HOST:PORT instead",
    )


def formats(arguments: argparse.Namespace) -> Sequence[Wanted]:
    """Return the reports asked for, each with where it goes.

    Raises:
        ConfigError: one of them is not there, or cannot go there.
    """
    from netintegrity.app.registries import report_formats
    from netintegrity.store.sinks import check_target

    known = report_formats()
    asked = []
    for word in arguments.format or ["table"]:
        name, to, target = word.partition("=")
        if name not in known:
            raise ConfigError(
                f"no report format {name!r}", where="--format", hint=f"there are {', '.join(known)}"
            )
        if to:
            check_target(target, is_lines=known[name].is_lines)
        asked.append(Wanted(name, target if to else None))
    return asked


def publish(outcome: "Outcome", asked: Sequence[Wanted], *, since_last: bool = False) -> int:
    """Deliver the reports asked for, and return the status: ours, or what another program reads.

    What cannot be delivered or recorded never hides a finding, and never passes.
    """
    for trace in outcome.tracebacks:
        say(trace)
    recorded, report = outcome.recorded, outcome.report
    if recorded is not None:
        report = replace(report, past=recorded.past)
    if since_last and recorded is not None:
        report = replace(report, since=recorded.since)
        if recorded.since is None:
            say("netintegrity: no earlier run of this site is recorded: everything is shown")
    problems = []
    if recorded is not None and recorded.problem:
        problems.append(f"the run is NOT in the history: {recorded.problem}")
    problems += show(report, asked, folder=outcome.folder, status=outcome.status)
    for problem in problems:
        say(f"netintegrity: {problem}")
    say(f"netintegrity: the run is stored in {outcome.folder}")
    if recorded is not None and recorded.mark is not None:
        say(f"netintegrity: history {recorded.mark.head}, {recorded.mark.rows} rows")
    status = gravest((outcome.status, ExitStatus.FAULT)) if problems else outcome.status
    return status_for(asked, status)


def show(
    report: "RunReport",
    asked: Sequence[Wanted],
    *,
    folder: Path | None,
    status: ExitStatus | None = None,
) -> list[str]:
    """Print the first report that goes nowhere else; where there is a folder, write each into it.

    The JSON document is part of every run folder already.

    Args:
        report: all of the run.
        asked: which reports, and where they go.
        folder: of the run; None: nothing is written beside.
        status: of the run, where more than the report decided it.

    Returns:
        what could not be delivered, in a sentence each.
    """
    from netintegrity.app.registries import report_formats
    from netintegrity.store.atomic import write_over
    from netintegrity.store.sinks import deliver

    known, problems, printed = report_formats(), [], False
    for name, target in asked:
        kind = known[name]
        text = kind.render(report)
        if target is not None:
            try:
                deliver(target, text)
            except StoreError as error:
                problems.append(f"the {name} report was NOT delivered: {error}")
            continue
        if not printed:
            other = kind.for_another_program
            if other is not None and status in {ExitStatus.FAULT, ExitStatus.INTERRUPTED}:
                text = other.failed(f"the run ended in {status!s}; its report is in {folder}")
            sys.stdout.write(text)
            printed = True
        beside = name == "html" or len(asked) > 1
        if folder is not None and beside and name != "json":
            write_over(folder / f"report{kind.suffix}", text.encode())
    return problems


def status_for(asked: Sequence[Wanted], status: int) -> int:
    """Return the status for whoever reads stdout: another program may count otherwise."""
    other = _for_another_program(asked)
    return status if other is None else other.code(status)


def in_words_asked(asked: Sequence[Wanted], action: Callable[[], int]) -> int:
    """Run ``action``; let its failure be told to the program that started us in its own words.

    Raises:
        NetIntegrityError: it failed, and people read what we print.
    """
    other = _for_another_program(asked)
    try:
        return action()
    except (NetIntegrityError, ExceptionGroup) as error:
        if other is None:
            raise
        told = "; ".join(_leaves(error))
        say(f"netintegrity: {told}")
        sys.stdout.write(other.failed(told))
        # Nothing was judged, whatever the error calls itself.
        return other.code(ExitStatus.FAULT)


def _leaves(error: Exception) -> Iterator[str]:
    if isinstance(error, ExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield str(error)


def _for_another_program(asked: Sequence[Wanted]) -> "ForAnotherProgram | None":
    from netintegrity.app.registries import report_formats

    first = next((name for name, target in asked if target is None), None)
    return None if first is None else report_formats()[first].for_another_program
