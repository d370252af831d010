"""What each platform reads of what stands beside its image, line by line."""

import pytest

from netintegrity.model.claims import AddedClaim, SoftwareKind
from tests.examples import PLATFORMS, command_of
from tests.unit.platforms.boxes import INVALID, NOTHING_BESIDE, alone, exchange

EEM = """\
No.  Class     Type    Event Type          Trap  Time Registered           Name
1    applet    user    timer watchdog      Off   Mon Jan 5 12:00:00 2026   backup-config
 watchdog-timer name {_EEMinternalname0} time 86400.000
 maxrun 20.000
 action 1.0 cli command "enable"

2    script    system  syslog              Off   Fri Sep11 12:07:24 2026   sl_intf_down.tcl
 occurs 1 pattern {.*UPDOWN.*}
 nice 0 queue-priority normal maxrun 20.000 scheduler rp_primary Secu none
"""
XR_EEM = """\
No.  Type     Event Type       Time Registered           Name
1    system   syslog           Tue Jan 16 23:44:56 2026  test1.tcl
"""
APPS = """\
App id                                   State
---------------------------------------------------------
guestshell                               RUNNING
utd                                      STOPPED
"""
SERVICES = """\
Virtual Service List:

Name                    Status             Package Name
-----------------------------------------------------------------------
guestshell+             Activated          guestshell.ova
"""
APPMGR = """\
Thu Jan 15 16:00:29.878 UTC
Name        Type   Config State Status
----------- ------ ------------ --------------------------------
hello-world Docker  Activated   Running
old_1       Docker  Activated   Exited (137) 4 months ago
"""
REPOSITORY = """\
Tue Aug 24 18:03:09.220 UTC
==================================================================================
 Name              | Type    | Status             | Last Action | Action Time
----------------------------------------------------------------------------------
 cpu-check.py      | exec    | Config Checksum    | NEW         | Tue Aug 24 09:18:23
==================================================================================
"""
NX_EEM = """\

!Command: show running-config eem
!Running configuration last done at: Mon Jan  5 12:00:00 2026
!Time: Mon Jan  5 12:00:01 2026

version 9.3(5) Bios:version 05.45
event manager applet track_3
  event track 3 state down
  action 1 syslog priority notifications msg down

"""
ASA_EEM = """\
event manager applet watch
 event syslog id 305012
 action 1 cli command "show memory"
 output none
"""
HANDLERS = """\
Event-handler sys-core (BUILT-IN)
Trigger: on-core
Event-handler install_agent
Trigger: on-boot delay 300 seconds
Action: sudo /mnt/flash/install.sh
Total Trigger Activations: 1
"""
DAEMONS = """\
Process: TerminAttr (running with PID 2430)
Agent: ocprometheus (shutdown)
Uptime: 0:02:15
Configuration:
"""
FLASH = """\
Directory of flash:/

       -rw-   520000000            Jan 5 12:00  EOS-4.30.1F.swi
       -rwx         120            Jan 5 12:00  rc.eos

29527830528 bytes total (25769803776 bytes free)
"""
SUM = "0f" * 32
SCRIPTS = f"""\
set system scripts op file check.slax
set system scripts op file check.slax checksum sha-256 {SUM}
set system scripts commit file "policy.py"
set system scripts language python3
"""
EVENTS = """\
set event-options generate-event hourly time-interval 3600
set event-options policy on-login events ui_login_event
set event-options policy on-login then event-script note.py
set event-options event-script file note.py
"""
EXTENSIONS = "set system extensions extension-service application file agent.py daemonize\n"
UNITS = "/etc/systemd/system/agent.service\n"
PODMAN = (
    "CONTAINER ID  IMAGE                         COMMAND     CREATED      STATUS      PORTS       "
    "NAMES\n"
    "0c1d2e3f4a5b  docker.io/library/nginx:1.25  nginx       3 days ago   Up 3 days               "
    "web\n"
)
STITCHES = """\
config system automation-stitch
    edit "Network Down"
        set description "default"
        set status disable
        set trigger "Network Down"
        config actions
            edit 1
                set action "Network Down_email"
            next
        end
    next
    edit "copy-out"
        set trigger "Config Change"
    next
end
"""
_SET = " | display inheritance | display set"
SCRIPT, SERVICE, CONTAINER, OVERLAY = (
    SoftwareKind.SCRIPT,
    SoftwareKind.SERVICE,
    SoftwareKind.CONTAINER,
    SoftwareKind.OVERLAY,
)
Row = tuple[SoftwareKind, str, str, str, str]
"""Kind, form, name, trigger, state or image or digest."""

TOLD: dict[tuple[str, str], tuple[str, list[Row]]] = {
    ("cisco_iosxe", "show event manager policy registered"): (
        EEM,
        [
            (SCRIPT, "applet", "backup-config", "timer watchdog", "user"),
            (SCRIPT, "policy", "sl_intf_down.tcl", "syslog", "system"),
        ],
    ),
    ("cisco_iosxr", "show event manager policy registered"): (
        XR_EEM,
        [(SCRIPT, "policy", "test1.tcl", "syslog", "system")],
    ),
    ("cisco_iosxe", "show app-hosting list"): (
        APPS,
        [
            (CONTAINER, "hosted application", "guestshell", "", "RUNNING"),
            (CONTAINER, "hosted application", "utd", "", "STOPPED"),
        ],
    ),
    ("cisco_nxos", "show virtual-service list"): (
        SERVICES,
        [(CONTAINER, "virtual service", "guestshell", "", "Activated guestshell.ova")],
    ),
    ("cisco_iosxr", "show appmgr application-table"): (
        APPMGR,
        [
            (CONTAINER, "hosted application", "hello-world", "", "Activated, Running"),
            (
                CONTAINER,
                "hosted application",
                "old_1",
                "",
                "Activated, Exited (137) 4 months ago",
            ),
        ],
    ),
    ("cisco_iosxr", "show script status"): (
        REPOSITORY,
        [(SCRIPT, "exec script", "cpu-check.py", "", "Config Checksum")],
    ),
    ("cisco_nxos", "show running-config eem"): (
        NX_EEM,
        [(SCRIPT, "applet", "track_3", "track 3 state down", "")],
    ),
    ("cisco_asa", "show running-config event manager"): (
        ASA_EEM,
        [(SCRIPT, "applet", "watch", "syslog id 305012", "")],
    ),
    ("arista_eos", "show event-handler"): (
        HANDLERS,
        [(SCRIPT, "event handler", "install_agent", "on-boot delay 300 seconds", "")],
    ),
    ("arista_eos", "show daemon"): (
        DAEMONS,
        [
            (SERVICE, "daemon", "TerminAttr", "", "running"),
            (SERVICE, "daemon", "ocprometheus", "", "shutdown"),
        ],
    ),
    ("arista_eos", "dir flash:"): (
        FLASH,
        [(SCRIPT, "start-up script", "rc.eos", "the next boot", "")],
    ),
    ("juniper_junos", f"show configuration system scripts{_SET}"): (
        SCRIPTS,
        [
            (SCRIPT, "op script", "check.slax", "", f"sha256:{SUM}"),
            (SCRIPT, "commit script", "policy.py", "every commit", ""),
        ],
    ),
    ("juniper_junos_evolved", f"show configuration event-options{_SET}"): (
        EVENTS,
        [
            (SCRIPT, "event script", "note.py", "an event", ""),
            (SCRIPT, "generated event", "hourly", "a timer", ""),
            (SCRIPT, "event policy", "on-login", "ui_login_event", ""),
        ],
    ),
    ("juniper_junos", f"show configuration system extensions{_SET}"): (
        EXTENSIONS,
        [(SERVICE, "extension service", "agent.py", "", "")],
    ),
    ("cumulus", "find /etc/systemd/system -type f"): (
        UNITS,
        [(SERVICE, "unit file", "/etc/systemd/system/agent.service", "", "")],
    ),
    ("vyos", "show container"): (
        PODMAN,
        [(CONTAINER, "container", "web", "", "docker.io/library/nginx:1.25")],
    ),
    ("fortinet_fortios", "show system automation-stitch"): (
        STITCHES,
        [
            (SCRIPT, "automation stitch", "Network Down", "Network Down", "disable"),
            (SCRIPT, "automation stitch", "copy-out", "Config Change", ""),
        ],
    ),
}
EACH = pytest.mark.parametrize("told", TOLD, ids=lambda t: f"{t[0]}-{t[1]}")


def as_row(claim: AddedClaim) -> Row:
    rest = (claim.state, claim.image_id, *sorted(map(str, claim.digests)))
    return claim.kind, claim.form, claim.name, claim.trigger, " ".join(w for w in rest if w)


@EACH
def test_each_row_is_read(told: tuple[str, str]) -> None:
    platform_id, command = told
    output, rows = TOLD[told]
    claims = alone(command, output, PLATFORMS[platform_id])
    assert [as_row(a) for a in claims.added] == rows
    assert claims.gaps == ()
    lines = output.split("\n")
    for added in claims.added:
        assert added.name in lines[added.source.line - 1]


@EACH
def test_a_refusal_is_a_gap_and_nothing_at_all_is_none(told: tuple[str, str]) -> None:
    platform_id, command = told
    refused = alone(command, INVALID, PLATFORMS[platform_id])
    assert refused.added == ()
    assert len(refused.gaps) == 1
    nothing = alone(command, NOTHING_BESIDE[command], PLATFORMS[platform_id])
    assert (nothing.added, nothing.gaps) == ((), ())


BROKEN = {
    "a name with a blank": (
        "cisco_iosxe",
        "show app-hosting list",
        APPS.replace("utd ", "u td "),
    ),
    "a row that ends early": (
        "cisco_iosxe",
        "show event manager policy registered",
        EEM.replace("   sl_intf_down.tcl", ""),
    ),
    "a stitch without its quotes": (
        "fortinet_fortios",
        "show system automation-stitch",
        STITCHES.replace('"copy-out"', "copy-out"),
    ),
    "a daemon without a name": ("arista_eos", "show daemon", DAEMONS.replace("ocprometheus", "")),
    "another table": ("cisco_nxos", "show virtual-service list", "Name  x\n"),
    "a script with a blank in its name": (
        "cisco_iosxr",
        "show script status",
        REPOSITORY.replace("cpu-check.py ", "cpu check.py "),
    ),
    "an applet without a name": (
        "cisco_nxos",
        "show running-config eem",
        NX_EEM.replace("applet track_3", "applet "),
    ),
    "a script of a kind nobody knows": (
        "juniper_junos",
        f"show configuration system scripts{_SET}",
        SCRIPTS.replace("commit file", "commit file \x7f"),
    ),
    "a file that is no path": (
        "cumulus",
        "find /etc/systemd/system -type f",
        f"{UNITS}find: '/etc/systemd/system/x': Permission denied\n",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_looks_like_a_row_and_cannot_be_read_is_a_gap(name: str) -> None:
    """What is left out of a list would otherwise pass for approved."""
    platform_id, command, output = BROKEN[name]
    claims = alone(command, output, PLATFORMS[platform_id])
    assert len(claims.gaps) == 1


TABLES = {
    "an SMU with a blank in its name": (
        "cisco_iosxe",
        "show install summary",
        "[ R0 ] Installed Package(s) Information:\nType  St   Filename/Version\n"
        "IMG   C    17.09.04.0.6\nSMU   C    flash:a b.smu.bin\n",
        1,
    ),
    "a package with a sign": (
        "cisco_nxos",
        "show install active",
        "Boot Image:\n\tNXOS Image: bootflash:/x.bin\n\nActive Packages:\n\ta.rpm\n\tb$.rpm\n",
        1,
    ),
    "an extension without a version": (
        "arista_eos",
        "show extensions",
        "Name  Version/Release  Status  Extension\n----- ----- ----- -----\n"
        "a.swix  1/1  A, I  1\nb.swix A, NI 1\n",
        1,
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_package_whose_row_cannot_be_read_is_a_gap(name: str) -> None:
    platform_id, command, output, read = TABLES[name]
    claims = alone(command, output, PLATFORMS[platform_id])
    assert len([p for p in claims.packages if p.name != "IMG"]) == read - (
        platform_id == "cisco_iosxe"
    )
    assert len(claims.gaps) == 1


def test_a_log_message_among_the_rows_is_none_of_them() -> None:
    log = "*Jan  5 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by ops on vty0\n"
    rows = APPS.splitlines(keepends=True)
    for at in range(len(rows) + 1):
        output = "".join((*rows[:at], log, *rows[at:]))
        claims = alone("show app-hosting list", output)
        assert [a.name for a in claims.added] == ["guestshell", "utd"]
        assert claims.gaps == ()


def test_a_flood_of_rows_is_a_gap() -> None:
    output = APPS + "".join(f"a{n:<40}RUNNING\n" for n in range(5000))
    claims = alone("show app-hosting list", output)
    assert len(claims.added) == 4096
    assert len(claims.gaps) == 1


@pytest.mark.parametrize("platform_id", ["vyos", "sonic"])
def test_what_lies_over_the_programs_is_read(platform_id: str) -> None:
    platform = PLATFORMS[platform_id]
    probe = platform.probe("overlay")
    command = command_of(platform, probe)
    folder = command.split(" ")[1]
    output = f"{folder}/sshd\n{folder}/a b\n"
    claims = platform.interpret((exchange(platform, command, output),))
    assert [as_row(a) for a in claims.added] == [
        (OVERLAY, "file", f"{folder}/sshd", "", ""),
        (OVERLAY, "file", f"{folder}/a b", "", ""),
    ]


def test_the_images_of_containers_are_packages_of_the_release_and_what_can_be_started() -> None:
    row = "docker-syncd-brcm    202311.2    434240daff6e    362MB\n"
    claims = alone("show version", row, PLATFORMS["sonic"])
    assert [as_row(a) for a in claims.added] == [
        (CONTAINER, "container image", "docker-syncd-brcm", "", "202311.2 434240daff6e")
    ]
    assert [p.is_of_image for p in claims.packages] == [True]


@pytest.mark.parametrize("platform_id", PLATFORMS)
def test_what_lists_things_is_never_demanded_unless_the_image_needs_it(platform_id: str) -> None:
    """A policy demands it by naming what is approved, and the rule then says what is missing."""
    listing = [p for p in PLATFORMS[platform_id].probes if p.lists]
    beside = [p for p in listing if not p.lists & {SoftwareKind.PACKAGE}]
    demanded = {(platform_id, p.id) for p in beside if p.demanded}
    assert demanded <= {("vyos", "overlay"), ("sonic", "version"), ("openwrt", "overlay")}
