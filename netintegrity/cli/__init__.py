"""Command line: one module per command; this one dispatches and turns errors into statuses."""

import argparse
import io
import os
import sys
import traceback
from collections.abc import Iterator, Sequence

import netintegrity
from netintegrity import cli
from netintegrity.cli._output import say
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus, NetIntegrityError
from netintegrity.registry import discover

_EPILOG = """\
exit status: 0 verified, 1 finding, 2 usage or configuration, 3 could not be verified,
4 manifest or key rejected, 70 internal fault, 130 interrupted; of several: 130, 1, 70, 4, 3
"""


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = argparse.ArgumentParser(
        prog="netintegrity",
        description="Check the software images of routers, switches and firewalls against "
        "vendor-signed manifests.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument(
        "--version", action="version", version=f"netintegrity {netintegrity.__version__}"
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for command in discover(cli, Command).values():
        sub = commands.add_parser(
            command.id, help=command.summary, description=command.summary, allow_abbrev=False
        )
        command.configure(sub)
        sub.set_defaults(_run=command.run)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a pipe that cannot show a character must not end a run in a fault.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments._run(arguments)  # noqa: SLF001 - argparse keeps it there
        sys.stdout.flush()
    except NetIntegrityError as error:
        return _report(error)
    except ExceptionGroup as group:
        known, unknown = group.split(NetIntegrityError)
        if unknown is not None or known is None:
            return _fault()
        return max(_report(error) for error in _leaves(known))
    except KeyboardInterrupt:
        say("netintegrity: interrupted")
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        # The reader left before the end: what we had to say was not delivered. Point stdout at
        # nothing, or the interpreter complains once more while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.FAULT
    except Exception:  # noqa: BLE001 - the last net: 1 must always mean "found"
        return _fault()
    return status


def _leaves(group: BaseExceptionGroup[NetIntegrityError]) -> Iterator[NetIntegrityError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _report(error: NetIntegrityError) -> ExitStatus:
    say(f"netintegrity: {error}")
    if error.hint:
        say(f"  {error.hint}")
    return error.exit_code


def _fault() -> ExitStatus:
    say(traceback.format_exc())
    say("netintegrity: this is a fault of netintegrity itself; nothing was judged by this command")
    return ExitStatus.FAULT
