"""``netintegrity nightly``: the files that run an audit every night."""

import argparse
import re
import shutil
import sys
from importlib.resources import files
from typing import Final

from netintegrity.cli._output import emit
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

_TEMPLATES: Final = {
    "service": "netintegrity@.service.txt",
    "timer": "netintegrity@.timer.txt",
    "cron": "netintegrity.cron.txt",
}
# What a unit file or a crontab would read as something else (blanks, %, quotes, $) is refused.
_PATH: Final = re.compile(r"/[A-Za-z0-9._/+-]{1,200}", re.ASCII)
_STATE: Final = re.compile(r"/var/lib/(?P<name>[A-Za-z0-9._-]{1,64})", re.ASCII)
_USER: Final = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
_TIME: Final = re.compile(r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)", re.ASCII)
_NETWORKS: Final = re.compile(r"[0-9A-Fa-f.:/]{2,43}(?: [0-9A-Fa-f.:/]{2,43})*", re.ASCII)


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=sorted(_TEMPLATES), help="which file to print")
    parser.add_argument("--sites", default="/etc/netintegrity/sites", metavar="DIR")
    parser.add_argument("--state", default="/var/lib/netintegrity", metavar="DIR")
    parser.add_argument(
        "--credentials", default="/etc/netintegrity/credentials.yaml", metavar="FILE"
    )
    parser.add_argument("--user", default="netintegrity", metavar="NAME")
    parser.add_argument("--at", default="02:17", metavar="HH:MM", help="local time; default 02:17")
    parser.add_argument(
        "--networks",
        default="10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
        metavar="NETS",
        help="what may be reached: devices, resolver, log host, database; default: the private "
        "ones",
    )


def _run(arguments: argparse.Namespace) -> ExitStatus:
    state = _checked(_STATE, arguments.state, "--state", "a folder right below /var/lib")
    moment = _checked(_TIME, arguments.at, "--at", "a time such as 02:17")
    networks = _checked(_NETWORKS, arguments.networks, "--networks", "networks, blanks between")
    template = files("netintegrity.cli").joinpath(f"templates/{_TEMPLATES[arguments.what]}")
    values = {
        "program": _program(),
        "sites": _checked(_PATH, arguments.sites, "--sites", "a plain absolute path")[0],
        "state": state[0],
        "state_name": state["name"],
        "credentials": _checked(
            _PATH, arguments.credentials, "--credentials", "a plain absolute path"
        )[0],
        "user": _checked(_USER, arguments.user, "--user", "the name of an account")[0],
        "hour": moment["hour"],
        "minute": moment["minute"],
        "networks": networks[0],
    }
    emit(template.read_text("utf-8").format_map(values))
    return ExitStatus.VERIFIED


def _checked(pattern: re.Pattern[str], text: str, where: str, expected: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None or "/../" in f"{text}/":
        raise ConfigError(f"expected {expected}, got {text!r}", where=where)
    return found


def _program() -> str:
    """Return the command a service can start: absolute, as this process was."""
    beside = shutil.which("netintegrity", path=str(sys.prefix) + "/bin")
    found = beside or shutil.which("netintegrity")
    return found if found and _PATH.fullmatch(found) else "/usr/local/bin/netintegrity"


COMMAND: Final = Command(
    id="nightly",
    summary="print a systemd service or timer, or a crontab, for the nightly run",
    configure=_configure,
    run=_run,
)
