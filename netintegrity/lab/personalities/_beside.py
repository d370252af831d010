"""What a simulated box says of what stands beside its image, and of an account that may all."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.lab.device import Beside, LabDevice
from netintegrity.lab.personalities._spec import Personality
from netintegrity.model.claims import SoftwareKind

_DATE: Final = "Mon Jan 5 12:00:00 2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One command and what is said to it."""

    word: str
    command: str
    """A pattern, matched whole."""
    say: Callable[[LabDevice], str]


def with_beside(personality: Personality, *told: Told) -> Personality:
    """Return ``personality`` with these commands."""
    patterns = {one.word: re.compile(one.command) for one in told}
    says = {one.word: one.say for one in told}

    def answer(device: LabDevice, command: str) -> str:
        for word, pattern in patterns.items():
            if pattern.fullmatch(command):
                return says[word](device)
        return personality.answer(device, command)

    return replace(personality, commands={**personality.commands, **patterns}, answer=answer)


def _of(device: LabDevice, kind: SoftwareKind) -> list[Beside]:
    return [b for b in device.beside if b.kind is kind]


def _registered(device: LabDevice) -> str:
    # Python scripts are in a repository of their own, where there is one.
    rows = [b for b in _of(device, SoftwareKind.SCRIPT) if not b.name.endswith(".py")]
    if not rows:
        return ""
    head = "No.  Class     Type    Event Type          Trap  Time Registered           Name"
    lines = [head]
    for number, row in enumerate(rows, start=1):
        form = "script" if row.name.endswith(".tcl") else "applet"
        trigger = row.trigger or "none"
        lines.append(f"{number:<4} {form:<9} user    {trigger:<19} Off   {_DATE}   {row.name}")
        lines.append(" maxrun 20.000")
        lines += [' action 1.0 syslog msg "ran"', ""]
    return "\n".join([*lines, ""])


def _applets(device: LabDevice) -> Iterator[str]:
    for row in _of(device, SoftwareKind.SCRIPT):
        yield f"event manager applet {row.name}"
        yield f"  event {row.trigger or 'none'}"
        yield "  action 1 syslog msg ran"


def _eem(device: LabDevice) -> str:
    head = ("", "!Command: show running-config eem", "!Time: Mon Jan  5 12:00:00 2026", "")
    return "\n".join([*head, *_applets(device), "", ""])


def _asa_eem(device: LabDevice) -> str:
    return "".join(f"{line}\n" for line in _applets(device))


def _app_hosting(device: LabDevice) -> str:
    rows = _of(device, SoftwareKind.CONTAINER)
    if not rows:
        return "No App found\n"
    head = f"{'App id':<41}State\n{'-' * 57}\n"
    return head + "".join(f"{row.name:<41}RUNNING\n" for row in rows) + "\n"


def _virtual_services(device: LabDevice) -> str:
    head = f"Virtual Service List:\n\n{'Name':<24}{'Status':<19}Package Name\n{'-' * 71}\n"
    rows = _of(device, SoftwareKind.CONTAINER)
    lines = (f"{r.name:<24}{'Activated':<19}{r.image or r.name + '.ova'}\n" for r in rows)
    return head + "".join(lines)


def _appmgr(device: LabDevice) -> str:
    head = f"{'Name':<12}{'Type':<7}{'Config State':<13}Status\n{'-' * 60}\n"
    rows = _of(device, SoftwareKind.CONTAINER)
    return head + "".join(f"{r.name:<12}{'Docker':<7}{'Activated':<13}Up 3 days\n" for r in rows)


def _repository(device: LabDevice) -> str:
    rule = "=" * 80
    rows = (
        f" {row.name:<32} | exec    | Config Checksum    | NEW         | {_DATE}\n"
        for row in _of(device, SoftwareKind.SCRIPT)
        if row.name.endswith(".py")
    )
    head = f" {'Name':<32} | Type    | Status             | Last Action | Action Time\n"
    return f"{rule}\n{head}{'-' * 80}\n{''.join(rows)}{rule}\n"


def _handlers(device: LabDevice) -> str:
    return "".join(
        f"Event-handler {row.name}\n"
        f"Trigger: {row.trigger or 'on-boot delay 20 seconds'}\n"
        f"Action: bash /mnt/flash/{row.name}\n"
        "Action expected to finish in less than 10 seconds\n"
        "Total Trigger Activations: 1\n"
        for row in _of(device, SoftwareKind.SCRIPT)
        if row.name != "rc.eos"
    )


def _daemons(device: LabDevice) -> str:
    rows = _of(device, SoftwareKind.SERVICE)
    return "".join(f"Process: {row.name} (running with PID 2430)\n" for row in rows)


def _scripts(device: LabDevice) -> str:
    lines = []
    for row in _of(device, SoftwareKind.SCRIPT):
        if row.name.endswith((".slax", ".py")):
            lines.append(f"set system scripts op file {row.name}\n")
            if row.checksum:
                line = f"set system scripts op file {row.name} checksum sha-256 {row.checksum}\n"
                lines.append(line)
    return "".join(lines)


def _event_options(device: LabDevice) -> str:
    return "".join(
        f"set event-options policy {row.name} events {row.trigger or 'ui_login_event'}\n"
        for row in _of(device, SoftwareKind.SCRIPT)
        if not row.name.endswith((".slax", ".py"))
    )


def _extensions(device: LabDevice) -> str:
    rows = _of(device, SoftwareKind.SERVICE)
    top = "set system extensions extension-service application file"
    return "".join(f"{top} {row.name} daemonize\n" for row in rows)


def _units(device: LabDevice) -> str:
    return "".join(f"{row.name}\n" for row in _of(device, SoftwareKind.SERVICE))


def overlaid(device: LabDevice, folder: str) -> str:
    """Return what ``find`` prints of a folder of the writable layer."""
    there = [b.name for b in _of(device, SoftwareKind.OVERLAY) if b.name.startswith(f"{folder}/")]
    if not there:
        return f"find: '{folder}': No such file or directory\n"
    return "".join(f"{name}\n" for name in there)


def _podman(device: LabDevice) -> str:
    head = "CONTAINER ID  IMAGE                         COMMAND     CREATED     STATUS     PORTS"
    rows = (
        f"0c1d2e3f4a5b  {row.image or 'localhost/x:1':<28}  run         3 days ago  Up 3 days"
        f"             {row.name}\n"
        for row in _of(device, SoftwareKind.CONTAINER)
    )
    return f"{head}       NAMES\n" + "".join(rows)


def _stitches(device: LabDevice) -> str:
    rows = (
        f'    edit "{row.name}"\n        set trigger "{row.trigger or "Reboot"}"\n'
        "        config actions\n            edit 1\n"
        '                set action "x"\n            next\n        end\n    next\n'
        for row in _of(device, SoftwareKind.SCRIPT)
    )
    return "config system automation-stitch\n" + "".join(rows) + "end\n"


def _named(kind: SoftwareKind, *, is_started: bool | None = None) -> Callable[[LabDevice], str]:
    """Return what lists things of a kind by name; a script only if an event starts it, or none."""

    def say(device: LabDevice) -> str:
        rows = [r for r in _of(device, kind) if is_started in {None, bool(r.trigger)}]
        return "".join(
            f' {number}   name="{row.name}"'
            + (f' tag="{row.image}"' if row.image else "")
            + (f" start-time=startup interval={row.trigger}" if row.trigger else "")
            + " \n"
            for number, row in enumerate(rows)
        )

    return say


PRIVILEGE: Final = Told(
    word="privilege",
    command="show privilege",
    say=lambda _: "Current privilege level is 15\n",
)
CURPRIV: Final = Told(
    word="privilege",
    command="show curpriv",
    say=lambda _: "Username : audit\nCurrent privilege level : 15\n",
)
REGISTERED: Final = Told(
    word="event-policies", command="show event manager policy registered", say=_registered
)
APP_HOSTING: Final = Told(word="containers", command="show app-hosting list", say=_app_hosting)
NXOS: Final = (
    Told(word="event-policies", command="show running-config eem", say=_eem),
    Told(word="containers", command="show virtual-service list", say=_virtual_services),
)
ASA: Final = Told(word="event-policies", command="show running-config event manager", say=_asa_eem)
XR_SCRIPTS: Final = Told(word="scripts", command="show script status", say=_repository)
APPMGR: Final = Told(word="containers", command="show appmgr application-table", say=_appmgr)
EOS: Final = (
    Told(word="event-policies", command="show event-handler", say=_handlers),
    Told(word="services", command="show daemon", say=_daemons),
)
_DISPLAY: Final = r" \| display inheritance \| display set"
JUNOS: Final = (
    Told(word="scripts", command=f"show configuration system scripts{_DISPLAY}", say=_scripts),
    Told(
        word="event-policies",
        command=f"show configuration event-options{_DISPLAY}",
        say=_event_options,
    ),
    Told(
        word="services",
        command=f"show configuration system extensions{_DISPLAY}",
        say=_extensions,
    ),
)
_PRINT: Final = r"print detail without-paging proplist=\S+"
ROUTEROS: Final = (
    Told(
        word="scripts",
        command=f"/system script {_PRINT}",
        say=_named(SoftwareKind.SCRIPT, is_started=False),
    ),
    Told(
        word="schedules",
        command=f"/system scheduler {_PRINT}",
        say=_named(SoftwareKind.SCRIPT, is_started=True),
    ),
    Told(word="containers", command=f"/container {_PRINT}", say=_named(SoftwareKind.CONTAINER)),
)
UNITS: Final = Told(word="services", command="find /etc/systemd/system -type f", say=_units)
PODMAN: Final = Told(word="containers", command="show container", say=_podman)
STITCHES: Final = Told(
    word="event-policies", command="show system automation-stitch", say=_stitches
)
