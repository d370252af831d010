"""What a scenario may say, and what is told of one that says something else."""

import hashlib

import pytest

from netintegrity.errors import ConfigError
from netintegrity.lab.scenario import builtin_scenarios, load_scenario, read_builtin
from netintegrity.model.conclusion import Conclusion
from tests.unit.lab.worlds import PLAIN, behaving, built_in, device_of, plain


def faults_of(text: str) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        load_scenario(text.encode(), "x.yaml")
    assert all(isinstance(e, ConfigError) for e in caught.value.exceptions)
    return [str(e) for e in caught.value.exceptions]


def spoilt(before: str, after: str) -> str:
    assert before in PLAIN
    return PLAIN.replace(before, after)


def test_every_scenario_that_comes_with_the_program_can_be_loaded() -> None:
    assert {"default", "brownfield"} <= set(builtin_scenarios())
    for name, scenario in built_in().items():
        assert scenario.name == name
        assert scenario.devices


def test_the_default_scenario_holds_every_kind_of_trouble_the_lab_can_stage() -> None:
    staged = {d.expected for d in built_in()["default"].devices}
    assert {
        Conclusion.VERIFIED,
        Conclusion.PATCHED,
        Conclusion.MASQUERADED,
        Conclusion.DOWNGRADED,
        Conclusion.BOOT_CHAIN,
        Conclusion.WITHDRAWN,
        Conclusion.SOFTWARE_UNAPPROVED,
        Conclusion.UNKNOWN_IMAGE,
        Conclusion.INCOMPLETE,
        Conclusion.HOST_KEY_CHANGED,
        Conclusion.NOT_AUTHENTICATED,
        Conclusion.UNREACHABLE,
    } == staged


def test_of_the_brownfield_everything_is_expected_to_be_verified() -> None:
    devices = built_in()["brownfield"].devices
    assert len(devices) >= 12
    assert {d.expected for d in devices} == {Conclusion.VERIFIED}


def test_an_unknown_name_tells_which_there_are() -> None:
    with pytest.raises(ConfigError, match=", ".join(builtin_scenarios())):
        read_builtin("no-such")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("schema: netintegrity/lab-scenario/1", "schema: other/1", "x.yaml:1 schema"),
        ("manifest: {images: [good, eos]}", "", "manifest: missing"),
        ("images: [good, eos]", "images: [good, none]", "x.yaml:12 manifest.images: no image"),
        ("images: [good, eos]", "images: []", "manifest.images: expected at least one"),
        ("expected: verified\n  - name: leaf", "expected: fine\n  - name: leaf", "switch.expected"),
        ("    expected: verified\n  - name: leaf", "  - name: leaf", "switch.expected: missing"),
        ("personality: arista_eos", "personality: beos", "leaf.personality: expected one of"),
        ("seed: 3", "seed: 1", "images.eos.seed: also that of good"),
        ("seed: 3", "seed: many", "images.eos.seed: expected a whole number"),
        ("like: good", "like: bad", "images.patched.like: there is no 'bad'"),
        ("like: good", "like: patched", "images.patched.like: in the end it is like itself"),
        ("release: 4.30.1F", "release: four", "arista_eos has no release 'four'"),
        ("platform: arista_eos", "platform: beos", "images.eos.platform: expected one of"),
        ("running: flash:EOS-4.30.1F.swi", "running: flash:x", "there is no 'flash:x' on flash"),
        ('SPA.bin": good', 'SPA.bin": bad', "no image 'bad'"),
        ("name: leaf", "name: switch", "devices[1].name: 'switch' is there twice"),
        ("name: leaf", "name: le af", "'le af' cannot stand here"),
        ("name: leaf", "name: leaf\n    colour: red", "leaf.colour: not a known field"),
        ("seed: 3}", "seed: 3, colour: red}", "images.eos.colour: not a known field"),
        ("schema: netintegrity", "colour: red\nschema: netintegrity", "colour: not a known field"),
    ],
)
def test_a_fault_names_line_field_and_what_was_expected(before: str, after: str, told: str) -> None:
    text = "\n".join(faults_of(spoilt(before, after)))
    assert told in text
    assert "x.yaml:" in text


def test_all_faults_are_told_at_once() -> None:
    text = spoilt("release: 4.30.1F", "release: four").replace("beos", "")
    faults = faults_of(text.replace("expected: verified", "expected: fine"))
    assert len(faults) == 3


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("sings: true", "odd.behaviour.sings: not a known field"),
        ("silent: perhaps", "odd.behaviour.silent: expected true or false"),
        ("refuse: [poetry]", "odd.behaviour.refuse: expected one of authenticity, boot"),
        ("hash_says: none", "odd.behaviour.hash_says: no image 'none'"),
        ("config_register: odd", "odd.behaviour.config_register: expected a register"),
        ("host_key: lost", "odd.behaviour.host_key: expected one of changed, pinned, unknown"),
        ("wrap: 3", "odd.behaviour.wrap: expected 20-511"),
        ("noise: [music]", "odd.behaviour.noise: expected one of"),
    ],
)
def test_an_unknown_behaviour_is_a_fault(behaviour: str, told: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        behaving(behaviour)
    assert told in str(caught.value.exceptions[0])


@pytest.mark.parametrize(
    ("memory", "told"),
    [
        ("{devices: {ghost: {}}}", "memory.devices.ghost: there is no such device"),
        ("{devices: {switch: {floors: {roof 1: []}}}}", "expected a subject"),
        (
            "{devices: {switch: {floors: {chassis 1: [{release: old}]}}}}",
            "cisco_iosxe has no release 'old'",
        ),
        (
            "{devices: {switch: {floors: {chassis 1: [{train: eos, release: 17.09.01}]}}}}",
            "17.09.01 is of the train 'iosxe'",
        ),
        ("{devices: {switch: {first_seen: once}}}", "expected a time"),
    ],
)
def test_memory_that_cannot_be_is_a_fault(memory: str, told: str) -> None:
    assert told in "\n".join(faults_of(PLAIN + f"memory: {memory}\n"))


def test_a_device_takes_from_the_one_it_is_like_all_but_its_name_serial_and_expectation() -> None:
    scenario = behaving("hash_says: good")
    odd, switch = device_of(scenario, "odd"), device_of(scenario, "switch")
    assert odd.active.flash == switch.active.flash
    assert odd.serial != switch.serial
    assert odd.expected is Conclusion.INCOMPLETE
    with pytest.raises(ExceptionGroup, match="1 faults"):
        plain("  - {name: odd, like: switch}\n")


def test_parts_are_of_one_kind_and_at_least_two() -> None:
    stack = "  - {name: stack, like: switch, expected: verified, parts: [%s]}\n"
    two = plain(stack % "{kind: member, id: '1'}, {kind: member, id: '2'}")
    parts = device_of(two, "stack").parts
    assert [p.subject.id for p in parts] == ["1", "2"]
    assert parts[0].serial == device_of(two, "stack").serial != parts[1].serial
    for wrong in (
        "{kind: member, id: '1'}",
        "{kind: member, id: '1'}, {kind: member, id: '1'}",
        "{kind: member, id: '1'}, {kind: supervisor, id: '2'}",
        "{kind: node, id: '1'}, {kind: node, id: '2'}",
    ):
        with pytest.raises(ExceptionGroup):
            plain(stack % wrong)


def test_an_image_in_the_policy_stands_for_its_digests() -> None:
    scenario = load_scenario(
        (PLAIN + "policy: {ChecksumBaseline: ['image:eos', 'md5:00']}\n").encode(), "x.yaml"
    )
    sha512 = hashlib.sha512(scenario.images["eos"].content).hexdigest()
    assert scenario.policy["ChecksumBaseline"] == [f"sha512:{sha512}", "md5:00"]
    told = faults_of(PLAIN + "policy: {ChecksumBaseline: ['image:none']}\n")
    assert "no image 'none'" in told[0]


@pytest.mark.parametrize("text", ["", "- a\n", "just a word"])
def test_what_is_no_scenario_is_told_so(text: str) -> None:
    assert len(faults_of(text)) == 1


def test_what_is_no_yaml_is_told_so() -> None:
    with pytest.raises(ConfigError, match=r"x\.yaml:1"):
        load_scenario(b"{", "x.yaml")
