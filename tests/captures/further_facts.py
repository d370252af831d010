"""What a person reads in the captures of the further switches, routers and balancers."""

from netintegrity.platforms.aruba_aoss import PLATFORM as AOSS
from netintegrity.platforms.dell_os9 import PLATFORM as OS9
from netintegrity.platforms.dell_os10 import PLATFORM as OS10
from netintegrity.platforms.extreme_exos import PLATFORM as EXOS
from netintegrity.platforms.extreme_voss import PLATFORM as VOSS
from netintegrity.platforms.f5_tmos import PLATFORM as TMOS
from netintegrity.platforms.huawei_vrp import PLATFORM as VRP
from netintegrity.platforms.nokia_sros import PLATFORM as SROS
from tests.captures.more_facts import Facts, Known

_VRP = "huawei_vrp/ntc"
_VRP_VERSION, _VRP_STARTUP = (VRP.probe(p).command for p in ("version", "startup"))
FURTHER: dict[str, Known] = {
    # A wireless access point, which is another product of the same name.
    "hp_procurve/ntc/show_version/hp_procurve_show_version.raw": Known(
        command=AOSS.probe("version").command,
        facts=Facts(running=(), subjects=(), digests=0, gaps=1),
    ),
    # The word of a command that is not asked: it fetches from a server.
    "dell_os10/image_verify.txt": Known(
        command=OS10.probe("images").command,
        facts=Facts(running=(), signatures=(), digests=0, gaps=0),
    ),
    # What its partitions hold, and so what runs by name, other commands say.
    "dell_force10/ntc/show_version/dell_force10_show_version.raw": Known(
        command=OS9.probe("version").command,
        facts=Facts(
            platform="dell_os9",
            release="9.9(0.0)",
            train="os9",
            other=("build-time", "Tue Sep  8 03:51:15 2015"),
            running=(),
            digests=0,
            gaps=0,
        ),
    ),
    "extreme_exos/show_version.txt": Known(
        command=EXOS.probe("version").command,
        facts=Facts(
            platform="extreme_exos",
            release="31.3.1.3",
            train="exos",
            subjects=("chassis 1",),
            serial="2008G-01292",
            other=("built-by", "release-manager"),
            running=(),
            gaps=0,
        ),
    ),
    # Which of them runs, another command says.
    "avaya_vsp/ntc/show_software/avaya_vsp_show_software.raw": Known(
        command=VOSS.probe("software").command,
        facts=Facts(
            running=(),
            following=("6.0.1.2.GA",),
            signatures=(),
            other=("auto-commit", "enabled"),
            digests=0,
            gaps=0,
        ),
    ),
    "avaya_vsp/show_software_signed.txt": Known(
        command=VOSS.probe("software").command,
        facts=Facts(
            running=(),
            following=("8.5.0.0int020",),
            signatures=((True, None), (True, None)),
            gaps=0,
        ),
    ),
    # It says which volume runs, and not which one the next boot takes.
    "f5_tmsh/show_sys_software_status.txt": Known(
        command=TMOS.probe("volumes").command,
        facts=Facts(running=("HD1.3",), following=(), digests=0, gaps=0),
    ),
    # A listing of another kind, and the word of a command that was not asked.
    "f5_linux/verify_image_listing.txt": Known(
        command=TMOS.probe("images").command,
        facts=Facts(running=(), signatures=(), digests=0, gaps=0),
    ),
    f"{_VRP}/display_version/huawei_vrp_display_version.raw": Known(
        command=_VRP_VERSION,
        facts=Facts(
            platform="huawei_vrp",
            release="V800R011C00SPC200",
            train="vrp-V800",
            # The control board, which runs no VRP, is none of them.
            subjects=("supervisor 11", "supervisor 12"),
            other=("product", "NE40E"),
            running=(),
            gaps=0,
        ),
    ),
    f"{_VRP}/display_version/huawei_vrp_display_version2.raw": Known(
        command=_VRP_VERSION,
        facts=Facts(
            release="V300R003C10SPC500",
            train="vrp-V300",
            subjects=("chassis 1",),
            pid="ATN 910C-B",
            other=("bootrom", "08.84"),
            gaps=0,
        ),
    ),
    f"{_VRP}/display_version/huawei_vrp_display_version4.raw": Known(
        command=_VRP_VERSION,
        facts=Facts(
            release="V300R019C13SPC200", subjects=("chassis 1",), pid="AR617VW-LTE4EA", gaps=0
        ),
    ),
    f"{_VRP}/display_version/huawei_vrp_display_version5.raw": Known(
        command=_VRP_VERSION,
        facts=Facts(release="V200R010C00SPC600", subjects=("supervisor 7", "supervisor 8"), gaps=0),
    ),
    f"{_VRP}/display_startup/huawei_vrp_display_startup_with_info.raw": Known(
        command=_VRP_STARTUP,
        facts=Facts(
            running=("flash:AR610-V300R021C00SPC200.cc",),
            following=("V300R021C00SPC200",),
            packages=0,
            digests=0,
            gaps=0,
        ),
    ),
    f"{_VRP}/dir/huawei_vrp_dir.raw": Known(
        command="dir", facts=Facts(running=(), following=(), digests=0, gaps=0)
    ),
    # A folder, and without a version or a card nothing that would say what lies there.
    "nokia_sros/show_bof.txt": Known(
        command=SROS.probe("bof").command,
        facts=Facts(running=(), following=(), subjects=(), digests=0, gaps=0),
    ),
}
