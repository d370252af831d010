from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.assess.approvals import Approval, Approvals
from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import PolicyError
from netintegrity.inventory.policy import parse_policy, read_policy
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import ImageRole, SoftwareKind
from netintegrity.model.digest import Digest, DigestAlgorithm
from tests.unit.inventory.sites import only_refused

DOCUMENTED = f"""\
schema: netintegrity/policy/1
minimum_assurance: reported
image_roles: [running, boot-next]
rules: {{omit: [NI-301]}}
ApprovedFirmwareVersions:
  cisco_iosxe:
    minimum: ["17.09.04a"]
    approved: ["16.12.5b"]
FirmwareAdvisories: {{cisco_iosxe: {{"17.03.01": cisco-sa-webui}}}}
ApprovedROMMONVersions: {{cisco_iosxe: ["17.12(1r)"]}}
ApprovedTFTPServers: []
AuthorizedFirmwareSources: {{cisco_iosxe: [production]}}
ApprovedPackages: {{cisco_iosxe: ["*.CSCwb00001.*"], arista_eos: [TerminAttr.swix@v1.30.1]}}
ApprovedScripts: {{cisco_iosxe: []}}
ApprovedServices: {{arista_eos: [TerminAttr]}}
ApprovedContainers: {{sonic: ["docker-*"]}}
ApprovedOverlays: {{vyos: []}}
ChecksumBaseline: ["sha512:{"ab" * 64}"]
config_registers: {{cisco_iosxe: ["0x102", "0x2102"]}}
VerificationInterval: {{max_evidence_age_hours: 24, max_manifest_age_days: 180}}
"""


def faults(text: str) -> list[PolicyError]:
    with pytest.raises(ExceptionGroup) as raised:
        parse_policy(text.encode())
    found = [e for e in raised.value.exceptions if isinstance(e, PolicyError)]
    assert len(found) == len(raised.value.exceptions)
    return found


def test_the_documented_policy_reads_as_documented() -> None:
    policy = parse_policy(DOCUMENTED.encode())
    assert policy.minimum_assurance is AssuranceLevel.REPORTED
    assert policy.roles == {ImageRole.RUNNING, ImageRole.BOOT_NEXT}
    assert policy.omitted_rules == {"NI-301"}
    assert policy.approved_digests == {Digest(DigestAlgorithm.SHA512, b"\xab" * 64)}
    assert policy.max_evidence_age == timedelta(hours=24)
    assert policy.max_manifest_age == timedelta(days=180)
    own = policy.platforms["cisco_iosxe"]
    assert [r.text for r in own.minimum_releases] == ["17.09.04a"]
    assert [r.text for r in own.approved_releases] == ["16.12.5b"]
    assert [(r.text, a) for r, a in own.advisories] == [("17.03.01", "cisco-sa-webui")]
    assert own.approved_loaders == frozenset({"17.12(1r)"})
    assert own.approved_signing_types == {"production"}
    assert own.config_registers == frozenset({0x102, 0x2102})
    assert own.approved_software == {
        SoftwareKind.PACKAGE: Approvals((Approval("*.CSCwb00001.*"),)),
        SoftwareKind.SCRIPT: Approvals(),
    }
    assert policy.platforms["arista_eos"].approved_software[SoftwareKind.PACKAGE].lines == (
        Approval("TerminAttr.swix", "v1.30.1"),
    )


@pytest.mark.parametrize("text", ["# nothing\n", "schema: netintegrity/policy/1\n", "{}"])
def test_a_policy_that_says_nothing_is_the_default_one(text: str) -> None:
    assert parse_policy(text.encode()) == SitePolicy()


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_policy_of_nothing_at_all_does_not_lower_what_is_demanded(text: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        parse_policy(text.encode())
    assert [type(e) for e in caught.value.exceptions] == [PolicyError]


def test_what_one_platform_leaves_unsaid_stays_the_default() -> None:
    own = parse_policy(b"config_registers: {cisco_xe: ['0x2142']}").platforms["cisco_iosxe"]
    assert own.config_registers == frozenset({0x2142})
    assert own.approved_signing_types == {"production"}
    assert own.approved_loaders is None
    assert own.minimum_releases == ()


def test_nothing_approved_is_not_the_same_as_nothing_said() -> None:
    own = parse_policy(b"ApprovedROMMONVersions: {cisco_iosxe: []}").platforms["cisco_iosxe"]
    assert own.approved_loaders == frozenset()


def test_one_minimum_for_each_of_several_trains_is_fine() -> None:
    text = "ApprovedFirmwareVersions: {cisco_iosxe: {minimum: ['17.09.04a', '03.16.04b.S']}}"
    minimum = parse_policy(text.encode()).platforms["cisco_iosxe"].minimum_releases
    assert len({release.train for release in minimum}) == 2


def test_a_release_is_read_as_text_so_its_zeros_stay() -> None:
    text = "ApprovedFirmwareVersions: {eos: {minimum: [4.30.10], approved: [4.31.0F]}}"
    own = parse_policy(text.encode()).platforms["arista_eos"]
    assert own.minimum_releases[0].text == "4.30.10"


def test_a_boot_server_is_known_by_every_spelling_a_url_may_have() -> None:
    text = "ApprovedTFTPServers: [192.0.2.9, '2001:DB8:0::9', TFTP.example.net]"
    assert parse_policy(text.encode()).approved_boot_servers == {
        "192.0.2.9",
        "2001:db8:0::9",
        "2001:db8::9",
        "[2001:db8::9]",
        "tftp.example.net",
    }


WRONG = {
    "unknown key": ("minimum_assurence: attested", "policy.yaml:1 minimum_assurence"),
    "keys": ("keys: [x]", "policy.yaml:1 keys"),
    "waivers": ("waivers: [r1]", "policy.yaml:1 waivers"),
    "command": ("password_command: [id]", "policy.yaml:1 password_command"),
    "another schema": ("schema: netintegrity/policy/2", "policy.yaml:1 schema"),
    "no level": ("minimum_assurance: none", "policy.yaml:1 minimum_assurance"),
    "no level of what runs": (
        "minimum_running_assurance: none",
        "policy.yaml:1 minimum_running_assurance",
    ),
    "a level that is none": ("minimum_assurance: high", "policy.yaml:1 minimum_assurance"),
    "a level in capitals": ("minimum_assurance: Attested", "policy.yaml:1 minimum_assurance"),
    "an empty level": ("minimum_assurance:", "policy.yaml:1 minimum_assurance"),
    "levels": ("minimum_assurance: [reported]", "policy.yaml:1 minimum_assurance"),
    "no role": ("image_roles: []", "policy.yaml:1 image_roles"),
    "another role": ("image_roles:\n- running\n- backup", "policy.yaml:3 image_roles[2]"),
    "a role as a word": ("image_roles: running", "policy.yaml:1 image_roles"),
    "no such rule": ("rules: {omit: [NI-999]}", "policy.yaml:1 rules.omit[1]"),
    "another list of rules": ("rules: {only: [NI-101]}", "policy.yaml:1 rules.only"),
    "rules as a list": ("rules: [NI-301]", "policy.yaml:1 rules"),
    "no such platform": (
        "ApprovedFirmwareVersions: {cisco_iox: {}}",
        "policy.yaml:1 ApprovedFirmwareVersions.cisco_iox",
    ),
    "a platform nobody reads": (
        "config_registers: {checkpoint_gaia: ['0x1']}",
        "policy.yaml:1 config_registers.checkpoint_gaia",
    ),
    "one platform twice": (
        "config_registers: {cisco_iosxe: ['0x1'], cisco_xe: ['0x2']}",
        "policy.yaml:1 config_registers.cisco_xe",
    ),
    "no release": (
        "ApprovedFirmwareVersions: {eos: {minimum: [latest]}}",
        "policy.yaml:1 ApprovedFirmwareVersions.eos.minimum[1]",
    ),
    "no approved release": (
        "ApprovedFirmwareVersions: {eos: {approved: ['4.30.1F;x']}}",
        "policy.yaml:1 ApprovedFirmwareVersions.eos.approved[1]",
    ),
    "two minima of a train": (
        "ApprovedFirmwareVersions:\n  eos:\n    minimum:\n    - 4.30.1F\n    - 4.31.0F",
        "policy.yaml:5 ApprovedFirmwareVersions.eos.minimum[2]",
    ),
    "a maximum": (
        "ApprovedFirmwareVersions: {eos: {maximum: [4.30.1F]}}",
        "policy.yaml:1 ApprovedFirmwareVersions.eos.maximum",
    ),
    "releases without saying which": (
        "ApprovedFirmwareVersions: {eos: [4.30.1F]}",
        "policy.yaml:1 ApprovedFirmwareVersions.eos",
    ),
    "a minimum as a word": (
        "ApprovedFirmwareVersions: {eos: {minimum: 4.30.1F}}",
        "policy.yaml:1 ApprovedFirmwareVersions.eos.minimum",
    ),
    "a loader with a blank": (
        "ApprovedROMMONVersions: {ios: ['17.12 (1r)']}",
        "policy.yaml:1 ApprovedROMMONVersions.ios[1]",
    ),
    "a script without a name": (
        "ApprovedScripts: {ios: ['@sha256:00']}",
        "policy.yaml:1 ApprovedScripts.ios[1]",
    ),
    "an empty list of loaders": (
        "ApprovedROMMONVersions: {ios: }",
        "policy.yaml:1 ApprovedROMMONVersions.ios",
    ),
    "a server with a path": (
        "ApprovedTFTPServers: [tftp://192.0.2.1/x]",
        "policy.yaml:1 ApprovedTFTPServers[1]",
    ),
    "an empty server": ("ApprovedTFTPServers: ['']", "policy.yaml:1 ApprovedTFTPServers[1]"),
    "a server as a list": ("ApprovedTFTPServers: [[x]]", "policy.yaml:1 ApprovedTFTPServers[1]"),
    "any server": ("ApprovedTFTPServers: ['*']", "policy.yaml:1 ApprovedTFTPServers[1]"),
    "any source": (
        "AuthorizedFirmwareSources: {ios: ['*']}",
        "policy.yaml:1 AuthorizedFirmwareSources.ios[1]",
    ),
    "a bare digest": (f"ChecksumBaseline: [{'ab' * 64}]", "policy.yaml:1 ChecksumBaseline[1]"),
    "a short digest": ("ChecksumBaseline: ['sha512:abcd']", "policy.yaml:1 ChecksumBaseline[1]"),
    "a long digest": (
        f"ChecksumBaseline: ['md5:{'ab' * 64}']",
        "policy.yaml:1 ChecksumBaseline[1]",
    ),
    "no hex": (f"ChecksumBaseline: ['md5:{'xy' * 16}']", "policy.yaml:1 ChecksumBaseline[1]"),
    "a measurement": (
        f"ChecksumBaseline: ['biv-hash:{'ab' * 64}']",
        "policy.yaml:1 ChecksumBaseline[1]",
    ),
    "a decimal register": (
        "config_registers: {ios: [8450]}",
        "policy.yaml:1 config_registers.ios[1]",
    ),
    "a wide register": (
        "config_registers: {ios: ['0x12102']}",
        "policy.yaml:1 config_registers.ios[1]",
    ),
    "no age": (
        "VerificationInterval: {max_evidence_age_hours: 0}",
        "policy.yaml:1 VerificationInterval.max_evidence_age_hours",
    ),
    "an endless age": (
        "VerificationInterval: {max_manifest_age_days: 99999}",
        "policy.yaml:1 VerificationInterval.max_manifest_age_days",
    ),
    "a huge age": (
        f"VerificationInterval: {{max_manifest_age_days: {'9' * 5000}}}",
        "policy.yaml:1 VerificationInterval.max_manifest_age_days",
    ),
    "half an age": (
        "VerificationInterval: {max_evidence_age_hours: 1.5}",
        "policy.yaml:1 VerificationInterval.max_evidence_age_hours",
    ),
    "an age of another unit": (
        "VerificationInterval: {max_evidence_age_days: 1}",
        "policy.yaml:1 VerificationInterval.max_evidence_age_days",
    ),
    "a list": ("- minimum_assurance", "policy.yaml:1"),
    "a key twice": ("rules: {}\nrules: {}", "policy.yaml:2"),
    "no YAML": ("rules: {", "policy.yaml:1"),
}


@pytest.mark.parametrize(("text", "where"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_policy_is_told_with_its_line(text: str, where: str) -> None:
    assert [error.where for error in faults(text)] == [where]


def test_all_faults_of_a_policy_come_at_once() -> None:
    lines = [text for text, _ in WRONG.values() if "\n" not in text and ": " in text]
    distinct = {line.partition(":")[0]: line for line in lines if line.endswith(("]}", "}"))}
    assert len(faults("\n".join(distinct.values()))) >= len(distinct) - 1


def test_a_file_that_is_not_there_is_one_policy_error(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        read_policy(tmp_path / "absent.yaml")
    assert [type(error) for error in raised.value.exceptions] == [PolicyError]


@pytest.mark.parametrize("name", ["", ".", "nul\0l", "x" * 300])
def test_what_is_no_file_is_one_policy_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        read_policy(tmp_path / name)
    assert [type(error) for error in raised.value.exceptions] == [PolicyError]


def test_a_file_gives_its_demands_and_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "strict.yaml"
    file.write_bytes(b"minimum_assurance: attested")
    policy, raw = read_policy(file)
    assert policy.minimum_assurance is AssuranceLevel.ATTESTED
    assert raw == b"minimum_assurance: attested"


@settings(max_examples=150, deadline=None)
@given(raw=st.one_of(st.binary(max_size=120), st.text(max_size=120).map(str.encode)))
def test_any_bytes_are_a_policy_or_a_policy_error(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "policy.yaml"
        file.write_bytes(raw)
        only_refused(partial(read_policy, file))
