"""The readers of the platforms understand every healthy device of every scenario."""

import hashlib
from dataclasses import replace

import pytest

from netintegrity import platforms
from netintegrity.lab.answering import PERSONALITIES, Ending, reply
from netintegrity.lab.behaviour import Behaviour
from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.offline import exchanges_of
from netintegrity.model.claims import ImageKind, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.release import Order
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from tests.unit.lab.worlds import NOW, behaving, built_in, device_of, plain

PLATFORMS = discover(platforms, Platform)
ALL = [(s.name, d) for s in built_in().values() for d in s.devices]
UNREADABLE = {
    Conclusion.HOST_KEY_CHANGED,
    Conclusion.NOT_AUTHENTICATED,
    Conclusion.UNREACHABLE,
    Conclusion.INCOMPLETE,
}
# They have other names for their files.
BY_OTHER_NAMES = {"vyos", "sonic", "aruba_aoscx", "openwrt", "opnsense", "debian"}
# What lies over its programs is a gap, for what runs is not the image alone; and an EOS box does
# not say what it runs once another image is named for the next boot.
SHADOWED = {"vyos-shadowed", "eos-staged"}
READABLE = [
    pytest.param(d, id=f"{s}/{d.name}")
    for s, d in ALL
    if d.expected not in UNREADABLE and d.name not in SHADOWED
]
# Its boxes have a release of the system and one of the kernel, and some no serial number.
OF_TWO_RELEASES = {"routers", "brownfield-routers"}

HASHED = [
    pytest.param(d, id=f"{s}/{d.name}")
    for s, d in ALL
    if d.expected not in UNREADABLE and d.name not in SHADOWED
    if d.platform_id not in BY_OTHER_NAMES and not PLATFORMS[d.platform_id].cannot_hash
]


def sha512(content: bytes) -> Digest:
    return Digest(DigestAlgorithm.SHA512, hashlib.sha512(content).digest())


def digest_by(algorithm: DigestAlgorithm, content: bytes) -> bytes:
    return hashlib.new(algorithm.value, content, usedforsecurity=False).digest()


OF_ONE_RELEASE = [p for p in READABLE if str(p.id).partition("/")[0] not in OF_TWO_RELEASES]


@pytest.mark.parametrize("device", OF_ONE_RELEASE)
def test_nothing_a_healthy_device_says_is_a_gap(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    assert claims.gaps == ()
    assert claims.platform_id == device.platform_id
    runs = platform.parse_release(device.active.release)
    assert claims.running_release is not None
    assert runs is not None
    assert claims.running_release.compared_to(runs) is Order.SAME
    assert set(claims.identities) == {part.identity for part in device.parts}


@pytest.mark.parametrize("device", HASHED)
def test_what_a_device_claims_of_a_file_is_its_true_digest(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    images = [c for c in claims.images if c.kind is not ImageKind.PACKAGE_LIST]
    local = [c for c in images if not NETWORK.match(c.path)]
    assert {c.role for c in images} == {ImageRole.RUNNING, ImageRole.BOOT_NEXT}
    truths = []
    for claim in local:
        content = device.hashed_file(claim.path)
        assert content is not None
        assert claim.digests
        assert all(d.value == digest_by(d.algorithm, content) for d in claim.digests)
        truths.append(content == device.read_file(claim.path))
    lies = device.behaviour.hash_says is not None
    # A liar need not lie of every file: one package may be all that was changed.
    assert all(truths) is not lies


@pytest.mark.parametrize("device", READABLE)
def test_every_part_of_a_device_runs_and_boots_something(device: LabDevice) -> None:
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    seen = {(c.subject, c.role) for c in claims.images if c.role is not ImageRole.STORED}
    assert seen == {
        (part.subject, role)
        for part in device.parts
        for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT)
    }


@pytest.mark.parametrize("word", ["load", "dots", "syslog", "pager"])
@pytest.mark.parametrize("like", ["clean-bundle", "clean-install", "clean-router", "clean-eos"])
def test_no_noise_of_a_terminal_changes_what_is_read(word: str, like: str) -> None:
    quiet = device_of(built_in()["default"], like)
    noisy = replace(quiet, behaviour=Behaviour(noise=frozenset({word})))
    narrow = replace(quiet, behaviour=Behaviour(wrap=80))
    platform = PLATFORMS[quiet.platform_id]
    plainly = platform.interpret(exchanges_of(quiet, platform, NOW))
    for device in (noisy, narrow):
        claims = platform.interpret(exchanges_of(device, platform, NOW))
        assert claims.gaps == ()
        assert {(c.path, c.role, c.digests) for c in claims.images} == {
            (c.path, c.role, c.digests) for c in plainly.images
        }


def test_a_device_nobody_can_log_in_to_brings_nothing() -> None:
    for behaviour in ("silent: true", "closed: true", "login: refused", "host_key: changed"):
        device = device_of(behaving(behaviour), "odd")
        assert exchanges_of(device, PLATFORMS[device.platform_id], NOW) == ()


def test_an_answer_that_is_cut_off_is_the_last_one_and_not_complete() -> None:
    device = device_of(behaving("truncate: [boot]"), "odd")
    exchanges = exchanges_of(device, PLATFORMS[device.platform_id], NOW)
    assert [e.complete for e in exchanges] == [True, False]


@pytest.mark.parametrize(
    "line",
    [
        "configure terminal",
        "reload",
        "copy running-config startup-config",
        "write memory",
        "delete /force flash:x.bin",
        "show running-config",
        "verify /sha512 tftp://192.0.2.1/x.bin extra",
        "bash rm -rf /",
    ],
)
def test_whatever_a_box_does_not_know_it_refuses(line: str) -> None:
    devices = {d.personality: d for _, d in ALL if not d.behaviour.refuse}
    assert set(devices) == set(PERSONALITIES)
    for device in devices.values():
        said = reply(device, line)
        assert said.text == PERSONALITIES[device.personality].refusal(device, line)
        assert said.text.strip()
        assert said.ending is Ending.PROMPT


def test_the_mark_of_a_refusal_stands_below_the_first_unknown_word() -> None:
    device = device_of(plain(), "switch")
    typed = "switch#show poetry"
    mark = reply(device, "show poetry").text.splitlines()[0]
    assert typed[len(mark) - 1 :] == "poetry"


def test_a_refused_probe_is_answered_as_an_unknown_one() -> None:
    device = device_of(behaving("refuse: [hash]"), "odd")
    command = "verify /sha512 flash:cat9k_iosxe.17.09.04a.SPA.bin"
    assert "% Invalid input" in reply(device, command).text
    assert "verify /md5 (" in reply(device, command.replace("sha512", "md5")).text


def test_a_lying_hash_command_speaks_of_the_image_it_pretends() -> None:
    scenario = plain(
        "  - {name: odd, like: switch, expected: verified, behaviour: {hash_says: good},\n"
        '     flash: {"flash:cat9k_iosxe.17.09.04a.SPA.bin": patched}}\n'
    )
    command = "verify /sha512 flash:cat9k_iosxe.17.09.04a.SPA.bin"
    good = hashlib.sha512(scenario.images["good"].content).hexdigest()
    assert good in reply(device_of(scenario, "odd"), command).text
    assert reply(device_of(scenario, "switch"), command).text.count(good) == 1


def test_one_file_has_one_content_by_every_spelling() -> None:
    device = device_of(built_in()["brownfield"], "stack-of-three")
    spellings = ("flash:packages.conf", "flash:/packages.conf", "bootflash:packages.conf")
    assert len({device.read_file(s) for s in spellings}) == 1
    assert device.read_file("flash-2:packages.conf") is not None
    assert device.read_file("flash-9:packages.conf") is None
    assert device.read_file("stby-flash:packages.conf") is None
    assert device.read_file("flash:other") is None


def test_directories_list_what_is_on_flash() -> None:
    supervisors = device_of(built_in()["default"], "clean-supervisors")
    for filesystem in ("", " bootflash:", " stby-bootflash:/"):
        assert "packages.conf" in reply(supervisors, f"dir{filesystem}").text
    stack = device_of(built_in()["default"], "stack-odd-member")
    assert ".SPA.bin" in reply(stack, "dir flash-2:").text
    leaf = device_of(plain(), "leaf")
    assert "EOS-4.30.1F.swi" in reply(leaf, "dir flash:").text


def test_a_router_of_two_processors_is_read_without_a_gap() -> None:
    scenario = plain(
        "  - {name: asr, like: switch, expected: verified, pid: ASR1006-X, parts: ["
        "{kind: supervisor, id: R0, pid: ASR1000-RP3}, "
        "{kind: supervisor, id: R1, pid: ASR1000-RP3}]}\n"
    )
    device = device_of(scenario, "asr")
    platform = PLATFORMS[device.platform_id]
    claims = platform.interpret(exchanges_of(device, platform, NOW))
    assert claims.gaps == ()
    assert set(claims.identities) == {part.identity for part in device.parts}
    assert len({(c.subject, c.role) for c in claims.images}) == 4


@pytest.mark.parametrize(
    "behaviour", ['hash_names: "flash:other.bin"', "refuse: [inventory]", "boot: []"]
)
def test_a_device_that_answers_amiss_leaves_a_gap(behaviour: str) -> None:
    device = device_of(behaving(behaviour), "odd")
    platform = PLATFORMS[device.platform_id]
    assert platform.interpret(exchanges_of(device, platform, NOW)).gaps != ()


def test_an_injected_prompt_stands_before_the_answer() -> None:
    device = device_of(behaving("inject_prompt: [version]"), "odd")
    assert reply(device, "show version").text.startswith("odd#\nCisco IOS XE")
