"""What differs by role, which line counts for whom, and the schema that editors read."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from netintegrity import strict_yaml
from netintegrity.app import RULES
from netintegrity.errors import PolicyError
from netintegrity.inventory.policy import KEYS, parse_policy
from netintegrity.inventory.policy_origin import stated_for
from netintegrity.model.assurance import AssuranceLevel
from tests.paths import ROOT
from tests.unit.inventory.test_policy_file import DOCUMENTED

BY_ROLE = """\
schema: netintegrity/policy/1
minimum_assurance: reported
ApprovedFirmwareVersions:
  cisco_iosxe: {minimum: ["17.09.04a"]}
  arista_eos: {minimum: ["4.30.1F"]}
ApprovedTFTPServers: [192.0.2.1]
roles:
  core:
    minimum_assurance: corroborated
    ApprovedFirmwareVersions: {iosxe: {minimum: ["17.12.01"]}}
    ApprovedTFTPServers: []
"""
SCHEMA = json.loads((ROOT / "docs/schemas/policy-1.schema.json").read_bytes())


def minimum(tags: tuple[str, ...], platform: str = "cisco_iosxe") -> list[str]:
    policy = parse_policy(BY_ROLE.encode()).of(platform, RULES, tags)
    return [r.text for r in policy.minimum_releases]


def test_a_role_is_held_to_what_it_states_and_everybody_else_to_what_the_site_states() -> None:
    assert minimum(("role=core",)) == ["17.12.01"]
    assert minimum(()) == minimum(("role=edge",)) == minimum(("site=core",)) == ["17.09.04a"]
    core = parse_policy(BY_ROLE.encode()).of("cisco_iosxe", RULES, ("role=core",))
    assert core.minimum_assurance is AssuranceLevel.CORROBORATED
    assert core.approved_boot_servers == frozenset()


def test_what_a_role_does_not_state_of_another_platform_is_what_the_site_states() -> None:
    assert minimum(("role=core",), "arista_eos") == ["4.30.1F"]


def test_a_platform_under_another_of_its_names_is_the_same_platform() -> None:
    assert minimum(("role=core",)) == ["17.12.01"]
    assert "iosxe" in BY_ROLE.split("roles:")[1]


def faults(text: str) -> list[str]:
    with pytest.raises(ExceptionGroup) as raised:
        parse_policy(text.encode())
    assert all(isinstance(e, PolicyError) for e in raised.value.exceptions)
    return [str(e) for e in raised.value.exceptions]


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("{core: {minimum_assurance: total}}", "policy.yaml:2 roles.core.minimum_assurance: "),
        ("{core: {schema: netintegrity/policy/1}}", "policy.yaml:2 roles.core.schema: "),
        ("{core: {roles: {}}}", "policy.yaml:2 roles.core.roles: "),
        ("{core: {ChangeWindows: {approvals: 2}}}", "policy.yaml:2 roles.core.ChangeWindows: "),
        ("{core: {minimum: 3}}", "policy.yaml:2 roles.core.minimum: not a known field"),
        ("{core: }", "policy.yaml:2 roles.core: says nothing"),
        ("{core: [x]}", "policy.yaml:2 roles.core: expected a mapping"),
        ("{'a b': {}}", "policy.yaml:2 roles: 'a b' is no value"),
        ("[core]", "policy.yaml:2 roles: expected a mapping"),
    ],
)
def test_a_fault_of_a_role_is_named_under_it(section: str, told: str) -> None:
    (found,) = faults(f"schema: netintegrity/policy/1\nroles: {section}\n")
    assert found.startswith(told)


def test_a_fault_of_the_site_is_named_once_however_many_roles_stand_on_it() -> None:
    text = BY_ROLE.replace("minimum_assurance: reported", "minimum_assurance: total")
    text += "  edge: {ChecksumBaseline: []}\n"
    (found,) = faults(text)
    assert found.startswith("policy.yaml:2 minimum_assurance: ")


def test_every_key_is_explained_with_the_line_it_stands_on() -> None:
    told = {
        s.key: (s.value, s.line, s.role)
        for s in stated_for(BY_ROLE.encode(), platform_id="cisco_iosxe", role="core")
    }
    assert told["minimum_assurance"] == ("corroborated", 9, "core")
    assert told["ApprovedFirmwareVersions"] == ("minimum: 17.12.01", 10, "core")
    assert told["ApprovedTFTPServers"] == ("none", 11, "core")
    assert told["ChecksumBaseline"] == ("none", None, None)
    plain = {
        s.key: (s.value, s.line, s.role)
        for s in stated_for(BY_ROLE.encode(), platform_id="arista_eos", role=None)
    }
    assert plain["ApprovedFirmwareVersions"] == ("minimum: 4.30.1F", 5, None)
    assert plain["ApprovedTFTPServers"] == ("192.0.2.1", 6, None)


def test_without_a_policy_every_key_is_a_default() -> None:
    told = stated_for(b"", platform_id="cisco_iosxe", role=None)
    assert {s.line for s in told} == {None}
    assert {s.key for s in told} == set(KEYS) - {"schema", "roles", "ChangeWindows"}


def shown(text: str) -> Any:  # noqa: ANN401 - whatever YAML holds
    return json.loads(json.dumps(strict_yaml.load(text.encode(), name="policy.yaml")))


def test_the_published_schema_knows_every_key_and_no_other() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(KEYS)
    demands = set(SCHEMA["$defs"]["demands"]["properties"])
    assert demands == set(KEYS) - {"schema", "roles", "ChangeWindows"}


@pytest.mark.parametrize("text", [DOCUMENTED, BY_ROLE, "", "schema: netintegrity/policy/1\n"])
def test_what_the_program_reads_the_schema_admits(text: str) -> None:
    assert list(Draft202012Validator(SCHEMA).iter_errors(shown(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "minimum: 3",
        "minimum_assurance: none",
        "image_roles: []",
        "rules: {omit: [101]}",
        'ChecksumBaseline: ["sha512:12"]',
        "VerificationInterval: {max_evidence_age_hours: 0}",
        'config_registers: {cisco_iosxe: ["2102"]}',
        "roles: {core: {schema: netintegrity/policy/1}}",
        "ApprovedFirmwareVersions: {cisco_iosxe: {maximum: [x]}}",
    ],
)
def test_what_the_schema_refuses_the_program_refuses_too(text: str) -> None:
    assert list(Draft202012Validator(SCHEMA).iter_errors(shown(text))) != []
    assert faults(text)
