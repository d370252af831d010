"""Real outputs of real devices: nothing raises, and what is known of them is read right."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.platforms._readers import claims_of_saved
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.arista_eos import PLATFORM as EOS
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE
from tests.paths import CAPTURES, needs_captures
from tests.unit.platforms.boxes import exchange

_FOLDERS = {
    "cisco/iosxe": IOSXE,
    "cisco/ios_iosxe_ntc": IOSXE,
    "cisco/ios": IOSXE,
    "arista_eos/ntc": EOS,
}
# The first that occurs in the name of the file says what was asked.
_COMMANDS = {
    "ShowVersionMode": "show version running",
    "ShowVersionRp": "show version rp active running",
    "ShowVersion": "show version",
    "show_version": "show version",
    "ShowBootSystem": "show boot system",
    "ShowBootvar": "show bootvar",
    "ShowBoot": "show boot",
    "show_boot": "show boot",
    "ShowRomvar": "show romvar",
    "ShowRomMon": "show rom-monitor switch 1 R0",
    "ShowInstallSummary": "show install summary",
    "ShowInstallVersion": "show install version all",
    "ShowInstallPackage": "show install package flash:x",
    "ShowInstall": "show install committed",
    "AuthenticityKeys": "show software authenticity keys",
    "authenticity_running": "show software authenticity running",
    "authenticity_file": "show software authenticity file flash:x",
    "show_inventory": "show inventory",
    "packages_conf": "more bootflash:packages.conf",
    "verify_md5": "verify /md5 flash:c800-universalk9-mz.SPA.159-3.M12.bin",
    "verify_signed": "verify flash:c800-universalk9-mz.SPA.159-3.M12.bin",
    "verify_unsigned": "verify flash:c2600-adventerprisek9-mz.124-12.bin",
    "verify_bin": "verify bootflash:asr1000rp2-advipservicesk9.03.13.09.S.154-3.S9-ext.bin",
    "verify_pkg": "verify bootflash:C9800-L-rpboot.V1712_4_ESW13.SPA.pkg",
    "authenticity_verify": "show platform software authenticity verify "
    "bootflash:C9800-L-rpboot.V1712_4_ESW13.SPA.pkg",
    "Dir": "dir",
    "dir": "dir",
}


def _files() -> list[tuple[Platform, Path]]:
    return [
        (platform, file)
        for folder, platform in _FOLDERS.items()
        for file in sorted((CAPTURES / folder).rglob("*"))
        if file.is_file()
    ]


FILES = _files()


def _text(file: Path) -> str:
    raw = file.read_bytes().decode("utf-8", errors="backslashreplace")
    return raw.replace("\r\n", "\n")


def _command(file: Path) -> str:
    guessed = (command for word, command in _COMMANDS.items() if word in file.name)
    return next(guessed, "show version")


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_every_capture_is_read_without_a_fault(platform: Platform, file: Path) -> None:
    claims = claims_of_saved(platform, exchange(platform, _command(file), _text(file)))
    assert isinstance(claims, DeviceClaims)


@needs_captures
@pytest.mark.parametrize(("platform", "file"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_no_capture_is_a_trap_where_another_answer_was_expected(
    platform: Platform, file: Path
) -> None:
    text = _text(file)
    for probe in platform.probes:
        name = "packages.conf" if probe.id == "conf" else "x.bin"
        command = probe.command.replace("{}", f"flash:{name}")
        exchanges = (exchange(platform, command, text),)
        claims = platform.interpret(exchanges)
        assert not any(i.digests for i in claims.images)
        assert all(platform.admits(r.command) for r in platform.plan(exchanges))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a person reads in a capture; None: not asked."""

    platform: str | None = None
    release: str | None = None
    train: str | None = None
    running: str | None = None
    entries: tuple[str, ...] | None = None
    register: int | None = None
    register_next: int | None = None
    serials: tuple[str, ...] | None = None
    pid: str | None = None
    loader: str | None = None
    manual: bool | None = None
    development_keys: bool | None = None
    patches: int | None = None
    signing: tuple[str, ...] | None = None


def _entry(name: str) -> tuple[str, ...]:
    return (name,)


XE = "cisco/iosxe/genie/"
NTC = "cisco/ios_iosxe_ntc/ntc/"
KNOWN: dict[str, Facts] = {
    f"{XE}ShowVersion__golden_output_1.txt": Facts(
        platform="cisco_iosxe",
        release="03.04.06.SG",
        train="iosxe-3-SG",
        running="bootflash:cat4500e-universalk9.SPA.03.04.06.SG.151-2.SG6.bin",
        register=0x2102,
        loader="15.0(1r)SG10",
        serials=("JAD213101PP",),
    ),
    f"{XE}ShowVersion__golden_output_2.txt": Facts(
        platform="cisco_ios", release="12.1(22)EA12", register=0xF, serials=("FOC6666U4BB",)
    ),
    f"{XE}ShowVersion__golden_output_3.txt": Facts(
        platform="cisco_iosxe",
        release="03.06.07E",
        train="iosxe-3-E",
        running="flash:packages.conf",
        serials=("FDO668866F910", "FDO668866F908"),
        register=0x102,
        loader="1.2",
    ),
    f"{XE}ShowVersion__golden_output_4.txt": Facts(
        platform="cisco_ios",
        release="15.2(2)E7",
        serials=("FOC3333S00A", "FOC4444S23V"),
        loader="15.2(2r)E1",
    ),
    f"{XE}ShowVersion__golden_output_6.txt": Facts(
        platform="cisco_iosxe",
        release="17.05.01a",
        train="iosxe",
        running="bootflash:packages.conf",
        pid="ASR1001-X",
        loader="16.9(4r)",
    ),
    f"{XE}ShowVersion__golden_output_7.txt": Facts(
        release="BLD_POLARIS_DEV_LATEST_20210302_012043", pid="C9300-24P", serials=("FCW2223G0B9",)
    ),
    f"{XE}ShowVersion__golden_output_10.txt": Facts(register=0x1822, register_next=0x3922),
    f"{XE}ShowVersion__golden_output_asr1k.txt": Facts(
        running="harddisk:test-image-PE1-13113029", register=0x2000, register_next=0x2002
    ),
    f"{XE}ShowVersion__golden_output_c3850.txt": Facts(
        running="tftp://10.1.6.241//auto/tftp-ssr/Edison/"
        "cat3k_caa-universalk9.BLD_V164_THROTTLE_LATEST_20170410_174845.SSA.bin",
        serials=("FCW1932D0LB", "FOC1932X0K1", "FCW1932C0MA", "FCW1932D0L0", "FOC1932X0F9"),
        loader="4.318, engineering software (D)",
    ),
    f"{XE}ShowVersion__golden_output_c4507.txt": Facts(
        release="03.03.02.SG", register=0x2101, register_next=0x2102
    ),
    f"{XE}ShowVersion__golden_output_c9800.txt": Facts(
        release="17.07.01prd16", train="iosxe-special:17.7.1prd16"
    ),
    f"{XE}ShowVersion__golden_output_ios_2.txt": Facts(platform="cisco_ios", release="11.2(5)P"),
    f"{XE}ShowVersion__golden_output_isr4k.txt": Facts(
        release="16.06.05", pid="ISR4451-X/K9", serials=("FGL273610NK",)
    ),
    f"{XE}ShowVersion__golden_output_IE_3105_18T2C.txt": Facts(
        running="flash:test_image", loader="0.0.24 [DEVELOPMENT SOFTWARE] crashkernel=64M"
    ),
    f"{XE}cat9k_c9500_ShowVersion__golden_output_c9500_2.txt": Facts(
        release="17.02.01", running="flash:packages.conf", loader="17.1.1r"
    ),
    f"{XE}cat9k_c9500_ShowVersion__golden_output_c9500_4.txt": Facts(
        release="17.03.03", serials=("FDO25180ANN", "FDO251801UK"), loader="17.8.1r[FC1]"
    ),
    f"{NTC}cisco_ios_show_version1.txt": Facts(
        release="03.06.05E",
        serials=("FOC11111111", "FCW22222222", "FCW33333333", "FCW44444444"),
    ),
    f"{NTC}cisco_ios_show_version_special_build.txt": Facts(
        release="V169_5_SR689355441_2", serials=("FCW2233FFG3", "FCW1234F88V")
    ),
    f"{NTC}cisco_ios_show_version6.txt": Facts(platform="cisco_ios", release="15.2(4.0.55)E"),
    f"{NTC}cisco_ios_show_inventory.txt": Facts(serials=("FF1045C5",)),
    f"{NTC}cisco_ios_show_boot_gibraltar.txt": Facts(
        entries=_entry("flash:packages.conf"), manual=False
    ),
    f"{NTC}cisco_ios_show_boot2.txt": Facts(
        entries=_entry("flash:c2960l-universalk9-mz.152-7.E2/c2960l-universalk9-mz.152-7.E2.bin"),
        development_keys=True,
    ),
    f"{XE}ShowBoot__golden_output_cat9k_1.txt": Facts(
        entries=(
            "tftp://192.168.121.25//auto/tftptest-blr/latest//"
            "cat9k_iosxe.BLD_V173_THROTTLE_LATEST_20200428_021754.SSA.bin",
            "bootflash:cat9k_iosxe.BLD_POLARIS_DEV_LATEST_20200429_051305.SSA_starfleet-1.bin",
        ),
        register=0x102,
        manual=False,
    ),
    f"{XE}ShowBoot__golden_output_cat9k_4.txt": Facts(manual=True),
    f"{XE}ShowBoot__golden_output_asr1k.txt": Facts(
        entries=_entry("bootflash:asr1000rpx.bin"), register=0x2002
    ),
    f"{XE}ShowBoot__golden_output2_ie4000.txt": Facts(
        entries=_entry("flash:ie4000-universalk9-mz.152-4.EA5"), development_keys=True
    ),
    f"{XE}ShowBootvar__golden_output1.txt": Facts(
        entries=("harddisk:ISSUCleanGolden", "bootflash:12351822-iedge-asr-uut"), register=0x2
    ),
    f"{XE}ShowBootvar__golden_output2.txt": Facts(entries=(), register=0x2, register_next=0x2102),
    f"{XE}ShowBootvar__golden_output_asr1k.txt": Facts(
        entries=_entry(
            "tftp:/auto/tftp-best/genie_images/genie_clean/asr1000-genie-image 255.255.255.255"
        ),
        register=0x2142,
    ),
    f"{XE}cat9k_c9400_ShowBoot__golden_output_1.txt": Facts(
        entries=_entry("bootflash:packages.conf")
    ),
    f"{XE}ShowBootSystem__golden_output_1.txt": Facts(entries=_entry("flash:packages.conf")),
    f"{XE}ShowRomvar__golden_output3.txt": Facts(
        entries=("bootflash:packages.conf", "bootflash:prev_packages.conf")
    ),
    f"{XE}ShowRomMonSwitchR0__golden_output1.txt": Facts(loader="17.12.1r"),
    f"{XE}ShowInstallCommitted__golden_output.txt": Facts(patches=3),
    f"{XE}ShowInstallSummary__golden_output.txt": Facts(patches=1),
    f"{XE}ie3k_ShowSoftwareAuthenticityKeys__golden_output.txt": Facts(
        signing=("production", "rollover", "production", "special")
    ),
    "cisco/iosxe/doc/software_authenticity_running_c9800.txt": Facts(signing=("production",) * 4),
    "cisco/iosxe/doc/software_authenticity_running_asr1k.txt": Facts(signing=("production",)),
    "cisco/ios/genie/ShowVersion__golden_output_ios_c1900.txt": Facts(
        platform="cisco_ios", release="15.1(4)M8", train="ios-M", serials=("YYY6666Y6R6",)
    ),
    "cisco/ios/genie/ShowVersion__golden_output_iosv.txt": Facts(
        running="flash0:vios-adventerprisek9-m", register=0x0
    ),
    "arista_eos/ntc/show_version/arista_eos_show_version_ceos.raw": Facts(
        platform="arista_eos",
        release="4.31.6M-39953990.4316M (engineering build)",
        serials=("35BA12C16E793CAD48DE0EEC072CFD74",),
        pid="cEOSLab",
    ),
}


def _read(claims: DeviceClaims) -> Facts:
    release = claims.running_release
    boot = next((b for b in claims.boots if b.entries or b.loader_release), None)
    boot = boot or next(iter(claims.boots), None)
    paths = [i.path for i in claims.images if i.role is ImageRole.RUNNING]
    return Facts(
        platform=claims.platform_id,
        release=release.text if release else None,
        train=release.train if release else None,
        running=next((p for p in paths if "-1:" not in p), None),
        entries=boot.entries if boot else None,
        register=boot.config_register if boot else None,
        register_next=boot.config_register_next if boot else None,
        serials=tuple(i.serial or "" for i in claims.identities),
        pid=claims.identities[0].pid if claims.identities else None,
        loader=boot.loader_release if boot else None,
        manual=boot.manual_boot if boot else None,
        development_keys=boot.allows_development_keys if boot else None,
        patches=len([p for p in claims.packages if p.name != "IMG"]),
        signing=tuple(s.signing_type or "" for s in claims.signatures),
    )


@needs_captures
@pytest.mark.parametrize("name", KNOWN)
def test_what_a_capture_says_is_read(name: str) -> None:
    platform = EOS if name.startswith("arista") else IOSXE
    file = CAPTURES / name
    claims = claims_of_saved(platform, exchange(platform, _command(file), _text(file)))
    assert claims is not None
    read, known = _read(claims), KNOWN[name]
    for field in Facts.__dataclass_fields__:
        expected = getattr(known, field)
        assert expected is None or getattr(read, field) == expected, field


@needs_captures
def test_the_digest_a_real_box_printed_is_read() -> None:
    path = "flash:c800-universalk9-mz.SPA.159-3.M12.bin"
    text = _text(CAPTURES / "cisco/ios/doc/verify_md5_ok.txt")
    claims = IOSXE.interpret((exchange(IOSXE, f"verify /md5 {path}", text),))
    assert [str(d) for i in claims.images for d in i.digests] == [
        "md5:bda8eef0652b129e84ad138e98549937"
    ]
    other = IOSXE.interpret((exchange(IOSXE, "verify /md5 flash:other.bin", text),))
    assert other.images == ()
