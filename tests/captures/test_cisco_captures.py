"""Real outputs of NX-OS, ASA and classic IOS: nothing raises, and what is known is read right."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.platforms._readers import claims_of_saved
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.cisco_asa import PLATFORM as ASA
from netintegrity.platforms.cisco_ios import PLATFORM as IOS
from netintegrity.platforms.cisco_nxos import PLATFORM as NXOS
from tests.paths import CAPTURES, needs_captures
from tests.unit.platforms.boxes import exchange

_FOLDERS = {"nxos": NXOS, "asa": ASA, "ios": IOS, "ios_iosxe_ntc": IOS}
# The first that occurs in the name of the file says what was asked.
_COMMANDS = {
    "ShowVersion": "show version",
    "show_version": "show version",
    "version_and_text": "show version",
    "show_inventory": "show inventory",
    "ShowInstallActive": "show install active",
    "software_authenticity": "show software authenticity running",
    "ShowBoot": "show boot",
    "show_boot": "show boot",
}
FILES = [
    (platform, file)
    for folder, platform in _FOLDERS.items()
    for file in sorted((CAPTURES / "cisco" / folder).rglob("*"))
    if file.is_file()
]


def _text(file: Path) -> str:
    raw = file.read_bytes().decode("utf-8", errors="backslashreplace")
    return raw.replace("\r\n", "\n")


def _command(file: Path) -> str:
    return next((c for word, c in _COMMANDS.items() if word in file.name), "show version")


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
        argument = {"conf": "flash:packages.conf"}.get(probe.id, "flash:/x.bin")
        if platform is NXOS:
            argument = "bootflash:x.bin"
        exchanges = (exchange(platform, probe.command.replace("{}", argument), text),)
        claims = platform.interpret(exchanges)
        # An answer that names no file is the answer to the one command that was sent.
        is_bare = file.name == "show_file_md5sum.txt" and probe.id == "hash-md5"
        assert any(i.digests for i in claims.images) is is_bare
        assert all(platform.admits(r.command) for r in platform.plan(exchanges))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a person reads in a capture; None: not asked."""

    platform: str | None = None
    release: str | None = None
    train: str | None = None
    running: tuple[str, ...] | None = None
    entries: tuple[str, ...] | None = None
    register: int | None = None
    serials: tuple[str, ...] | None = None
    pid: str | None = None
    loader: str | None = None
    packages: tuple[str, ...] | None = None
    signing: tuple[str, ...] | None = None
    gaps: tuple[str, ...] | None = None


NX, AS = "nxos/ntc/cisco_nxos_show_", "asa/ntc/cisco_asa_show_"
KNOWN: dict[str, Facts] = {
    f"{NX}version2.txt": Facts(
        platform="cisco_nxos",
        release="7.1(4)N1(1)",
        train="nxos-N",
        running=(
            "bootflash:n5000-uk9-kickstart.7.1.4.N1.1.bin",
            "bootflash:n5000-uk9.7.1.4.N1.1.bin",
        ),
        serials=("FOC17153X08",),
        loader="3.6.0",
        gaps=(),
    ),
    f"{NX}version3.txt": Facts(release="5.2(1)N1(4)", serials=("FOC171737PL",), gaps=()),
    f"{NX}version4.txt": Facts(
        release="7.0(3)I4(3)",
        train="nxos-I",
        running=("bootflash:nxos.7.0.3.I4.3.bin",),
        loader="07.51",
        gaps=(),
    ),
    f"{NX}version5.txt": Facts(
        platform="cisco_nxos",
        release="10.4(5)",
        train="nxos",
        running=("bootflash:nxos64-cs.10.4.5.M.bin",),
        serials=("FLM27400B3D",),
        gaps=(),
    ),
    # It prints one blank less before `NXOS:`.
    f"{NX}version7.txt": Facts(
        release="9.3(15)", running=("bootflash:nxos.9.3.15.bin",), loader="08.40", gaps=()
    ),
    f"{NX}inventory.txt": Facts(serials=("SAL1819S6LU",), pid="N9K-C9396PX"),
    f"{NX}inventory1.txt": Facts(serials=("SAL1819S6LU",), pid="N9K-C9396PX"),
    f"{NX}inventory2.txt": Facts(serials=("FDO223607FK",), pid="N9K-C93180YC-EX"),
    "nxos/genie/ShowVersion__golden_output.txt": Facts(
        release="6.0(2)U6(10)", train="nxos-U", loader="1.4.0", gaps=()
    ),
    "nxos/genie/ShowVersion__golden_output_2.txt": Facts(release="10.2(3)", train="nxos"),
    # A build that was not released, whose number is that of a release.
    "nxos/genie/ShowVersion__golden_output_3.txt": Facts(
        release="10.4(3) [build 10.4(2)IMG9(0.27)]", train="nxos-special:10.4(2)IMG9(0.27)"
    ),
    "nxos/genie/ShowVersion__golden_output_4.txt": Facts(
        release="15.3(2b)",
        train="nxos-aci",
        running=("bootflash:aci-n9000-dk9.15.3.2b.bin", "bootflash:auto-s"),
    ),
    "nxos/genie/ShowInstallActive__golden_output.txt": Facts(
        packages=("n7700-s2-dk10.1.2.0.D1.1.CSCuo7721.bin",), gaps=()
    ),
    "nxos/doc/software_authenticity.txt": Facts(signing=("production",)),
    f"{AS}version1.txt": Facts(
        platform="cisco_asa",
        release="9.5(2)204",
        running=("boot:asa952-204-smp-k8.bin",),
        serials=("9AT1L9EX0DF",),
        pid="ASAv",
        gaps=(),
    ),
    f"{AS}version2.txt": Facts(
        platform="cisco_asa", release="9.8(3)21", running=(), pid="FPR4K-SM-12", gaps=("version",)
    ),
    f"{AS}version3.txt": Facts(
        release="9.9(2)32",
        running=("disk0:asa992-32-lfbff-k8.SPA",),
        register=0x1,
        serials=("JAD222605K8",),
        gaps=(),
    ),
    f"{AS}version4.txt": Facts(
        release="9.16(3)19", pid="ISA-3000-2C2F", register=0x1, train="asa", gaps=()
    ),
    f"{AS}inventory.txt": Facts(serials=("FTX1930101U",), pid="ASA5515"),
    f"{AS}inventory_empty_sn.txt": Facts(serials=("JMX8318372GB",), pid="ASA5506"),
    f"{AS}inventory_pid_spaces.txt": Facts(serials=(), gaps=("inventory",)),
    "asa/genie/ShowVersion__golden_output1.txt": Facts(release="9.8(4)10", pid="ASAv"),
    "asa/genie/ShowVersion__golden_output4.txt": Facts(
        release="9.14(2)14", running=("disk0:asa9-14-2-14-smp-k8.bin",), register=0x1
    ),
    "asa/doc/version_and_text.txt": Facts(release="9.16(4)85", loader="1.1.18"),
    "asa/doc/software_authenticity.txt": Facts(signing=("production",)),
    "ios/genie/ShowVersion__golden_output_ios_c1900.txt": Facts(
        platform="cisco_ios", release="15.1(4)M8", train="ios-M", serials=("YYY6666Y6R6",)
    ),
    "ios/genie/ShowVersion__golden_output_iosv.txt": Facts(
        platform="cisco_ios", running=("flash0:vios-adventerprisek9-m",), register=0x0
    ),
    "ios/genie/ShowVersion__golden_output_ios_2.txt": Facts(
        platform="cisco_ios", release="12.2(18)EW5"
    ),
    "ios_iosxe_ntc/ntc/cisco_ios_show_version6.txt": Facts(
        platform="cisco_ios", release="15.2(4.0.55)E", train="iosxe-special:15.2(4.0.55)E"
    ),
    # An inventory that says IOS for an IOS-XE box.
    "ios_iosxe_ntc/ntc/cisco_ios_show_version1.txt": Facts(
        platform="cisco_iosxe", release="03.06.05E"
    ),
    "ios_iosxe_ntc/ntc/cisco_ios_show_boot2.txt": Facts(
        entries=("flash:c2960l-universalk9-mz.152-7.E2/c2960l-universalk9-mz.152-7.E2.bin",)
    ),
    "ios/doc/software_authenticity_running.txt": Facts(signing=("production",)),
}


def _read(claims: DeviceClaims) -> Facts:
    release = claims.running_release
    boot = next((b for b in claims.boots if b.entries or b.loader_release), None)
    boot = boot or next(iter(claims.boots), None)
    return Facts(
        platform=claims.platform_id,
        release=release.text if release else None,
        train=release.train if release else None,
        running=tuple(i.path for i in claims.images if i.role is ImageRole.RUNNING),
        entries=boot.entries if boot else None,
        register=boot.config_register if boot else None,
        serials=tuple(i.serial or "" for i in claims.identities),
        pid=claims.identities[0].pid if claims.identities else None,
        loader=boot.loader_release if boot else None,
        packages=tuple(p.name for p in claims.packages),
        signing=tuple(s.signing_type or "" for s in claims.signatures),
        gaps=tuple(g.probe_id for g in claims.gaps),
    )


@needs_captures
@pytest.mark.parametrize("name", KNOWN)
def test_what_a_capture_says_is_read(name: str) -> None:
    platform = _FOLDERS[name.partition("/")[0]]
    file = CAPTURES / "cisco" / name
    claims = claims_of_saved(platform, exchange(platform, _command(file), _text(file)))
    assert claims is not None
    read, known = _read(claims), KNOWN[name]
    for field in Facts.__dataclass_fields__:
        expected = getattr(known, field)
        assert expected is None or getattr(read, field) == expected, field


@needs_captures
@pytest.mark.parametrize(
    ("platform", "command", "file", "digest"),
    [
        (
            NXOS,
            "show file bootflash:nxos.7.0.3.I7.7.bin md5sum",
            "nxos/doc/show_file_md5sum.txt",
            "md5:a9d40fbfaf43c214c3d97cb290788d06",
        ),
        (
            ASA,
            "verify /sha-512 disk0:/asa9-16-4-85-lfbff-k8.SPA",
            "asa/doc/verify_sha512_ok.txt",
            "sha512:30877b7bc94359a8b88b47611f31e232420f4f9257156027cd4f88c0b896f578"
            "81a2e9f1e4eddb86c38ecd7869349578691828cffc5479fbbd18100711f53aaf",
        ),
        (
            IOS,
            "verify /md5 flash:c800-universalk9-mz.SPA.159-3.M12.bin",
            "ios/doc/verify_md5_ok.txt",
            "md5:bda8eef0652b129e84ad138e98549937",
        ),
        (ASA, "verify /sha-512 disk0:/asa915-smp-k8.bin", "asa/doc/verify_sha512_verified.txt", ""),
        (ASA, "verify /sha-512 disk0:/asa915-smp-k8.bin", "asa/doc/verify_sha512_mismatch.txt", ""),
    ],
)
def test_the_digest_a_real_box_printed_is_read(
    platform: Platform, command: str, file: str, digest: str
) -> None:
    claims = platform.interpret((exchange(platform, command, _text(CAPTURES / "cisco" / file)),))
    assert [str(d) for i in claims.images for d in i.digests] == ([digest] if digest else [])
