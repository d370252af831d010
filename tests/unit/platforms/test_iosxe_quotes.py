"""How a hardware quote is asked for, and which of the answers are read."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from netintegrity.model.attestation import Nonce
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._spec import NONCE, Probe
from netintegrity.platforms.cisco_iosxe import PLATFORM
from tests.adversary import sudi_simulator as sim
from tests.unit.platforms import boxes
from tests.unit.platforms.boxes import catalyst, claims, converse, show_version

BUSY = "Please Try After Few Seconds\n"
Say = Callable[[int], str]
OLDER: Mapping[str, Say] = {
    "show platform sudi certificate sign nonce {}": lambda n: sim.v1_certificates(nonce=n),
    "show platform integrity sign nonce {}": lambda n: sim.v1_measurements(nonce=n),
}
PLACES = {f"FRU=fru-rp SLOT=0 BAY=0 CHASSIS={n} NODE=0": sim.Box(f"FOC0000000{n}") for n in (1, 2)}
NEWER: Mapping[str, Say] = {
    "show system integrity all trust_chain nonce {}": lambda n: sim.trust_chain(PLACES, n),
    "show system integrity all measurement nonce {}": lambda n: sim.measurement(PLACES, n),
    "show system integrity all compliance nonce {}": lambda n: sim.compliance(PLACES, n),
}


def talk(box: Mapping[str, str], quotes: Mapping[str, Say]) -> tuple[Exchange, ...]:
    """Ask a box; what it says to a challenge depends on the nonce."""
    exchanges: tuple[Exchange, ...] = ()
    for _ in range(20):
        requests = PLATFORM.plan(exchanges)
        if not requests:
            return exchanges
        for planned in requests:
            if not planned.wants_nonce:
                said = box.get(planned.command, boxes.unless_told(planned.command))
                exchanges += (boxes.exchange(PLATFORM, planned.command, said),)
                continue
            number = 9001 + len(exchanges)
            sent = PLATFORM.probe(planned.probe_id).request(str(number))
            say = quotes.get(planned.command)
            output = boxes.INVALID if say is None else say(number)
            told = boxes.exchange(PLATFORM, sent.command, output)
            exchanges += (replace(told, nonce=sent.nonce),)
    raise AssertionError("the plan does not end")


def asked(box: Mapping[str, str], quotes: Mapping[str, Say]) -> list[str]:
    return [e.probe_id for e in talk(box, quotes) if e.nonce is not None]


def of(release: str) -> dict[str, str]:
    plain = release.replace(".0", ".")
    return catalyst(version=show_version(release, iosd=plain))


def test_the_commands_of_the_release_come_first_and_the_others_where_it_refuses() -> None:
    assert asked(of("17.09.04a"), NEWER) == ["trust-chain", "measurement", "compliance"]
    assert asked(of("17.06.05"), OLDER) == ["sudi-certificate", "platform-integrity"]
    assert asked(of("17.09.04a"), OLDER) == [
        "trust-chain",
        "trust-chain-hyphen",
        "sudi-certificate",
        "platform-integrity",
    ]
    assert asked(of("17.06.05"), NEWER)[:2] == ["sudi-certificate", "trust-chain"]


def test_a_box_that_has_none_of_them_is_asked_no_further_and_lacks_nothing() -> None:
    assert asked(catalyst(), {}) == ["trust-chain", "trust-chain-hyphen", "sudi-certificate"]
    assert claims(catalyst()).attestations == ()
    assert claims(catalyst()).gaps == ()


def test_the_other_spelling_is_tried() -> None:
    hyphen = {k.replace("trust_chain", "trust-chain"): v for k, v in NEWER.items()}
    exchanges = talk(boxes.stack(), hyphen)
    assert len(PLATFORM.interpret(exchanges).attestations) == 2


def test_no_quote_is_asked_of_a_box_that_is_no_iosxe() -> None:
    assert asked({}, OLDER) == []


def test_a_quote_is_asked_for_last() -> None:
    commands = [e.nonce is None for e in talk(boxes.stack(), NEWER)]
    assert commands == sorted(commands, reverse=True)


@pytest.mark.parametrize("times", [1, 2])
def test_a_busy_box_is_asked_again_with_another_nonce(times: int) -> None:
    said = iter([BUSY] * times)
    late = {k: (lambda n, v=v: next(said, None) or v(n)) for k, v in OLDER.items()}
    exchanges = talk(of("17.06.05"), late)
    quotes = [e for e in exchanges if e.probe_id == "sudi-certificate"]
    assert len(quotes) == times + 1
    assert len({e.nonce for e in quotes}) == times + 1
    (claim,) = PLATFORM.interpret(exchanges).attestations
    assert claim.is_given
    assert claim.challenge.certificates == Nonce.of_number(int(quotes[-1].nonce or ""))


def test_a_box_that_stays_busy_is_left_alone_after_three_times() -> None:
    always = {next(iter(OLDER)): lambda _: BUSY}
    exchanges = talk(of("17.06.05"), always)
    assert asked(of("17.06.05"), always).count("sudi-certificate") == 3
    found = PLATFORM.interpret(exchanges)
    assert found.attestations == ()
    assert {g.probe_id for g in found.gaps} == {"sudi-certificate"}


def test_a_refusal_is_a_gap_of_an_optional_probe() -> None:
    refused = {next(iter(OLDER)): lambda _: "% Error retrieving SUDI certificate\n"}
    found = PLATFORM.interpret(talk(of("17.06.05"), refused))
    assert [g.probe_id for g in found.gaps] == ["sudi-certificate"]
    assert not PLATFORM.probe("sudi-certificate").demanded


def test_each_block_knows_the_nonce_its_command_was_sent_with() -> None:
    exchanges = talk(boxes.stack(), NEWER)
    nonces = {e.probe_id: Nonce.of_number(int(e.nonce)) for e in exchanges if e.nonce}
    assert len(set(nonces.values())) == 3
    first, second = PLATFORM.interpret(exchanges).attestations
    assert [first.quoted.subject, second.quoted.subject] == [
        Subject(SubjectKind.MEMBER, n) for n in "12"
    ]
    for claim in (first, second):
        assert claim.challenge.certificates == nonces["trust-chain"]
        assert claim.challenge.measurements == nonces["measurement"]
        assert claim.challenge.compliance == nonces["compliance"]
        assert [s.probe_id for s in claim.sources] == ["trust-chain", "measurement", "compliance"]


def test_all_hardware_the_box_lists_is_told() -> None:
    assert claims(catalyst()).serials >= {"FOC00000001", "LIT00000001"}


@pytest.mark.parametrize("nonce", ["0", "00", "-1", "01", "1 1", "18446744073709551616", "1|x", ""])
def test_what_is_no_nonce_cannot_be_sent(nonce: str) -> None:
    probe = PLATFORM.probe("measurement")
    with pytest.raises(ValueError, match="cannot be part"):
        probe.request(nonce)
    assert not PLATFORM.admits(probe.command.replace("{}", nonce))


def test_a_challenge_without_its_nonce_is_admitted_by_nothing() -> None:
    planned = PLATFORM.probe("measurement").request()
    assert planned.wants_nonce
    assert not PLATFORM.admits(planned.command)
    assert PLATFORM.admits(PLATFORM.probe("measurement").request(str(2**64 - 1)).command)
    assert Probe(id="x", command="x {}", argument=NONCE, takes_nonce=True).request("7").nonce == "7"


def test_a_saved_answer_is_read_without_a_nonce() -> None:
    text = sim.v1_certificates(nonce=7)
    found = boxes.alone("show platform sudi certificate sign nonce 7", text)
    (claim,) = found.attestations
    assert claim.challenge.certificates is None
    assert converse(PLATFORM, {})


def test_a_quote_without_end_is_none() -> None:
    endless = replace(sim.BOOT, os=tuple((f"{n}.pkg", sim.measured(str(n))) for n in range(300)))
    long = dict(OLDER)
    long["show platform integrity sign nonce {}"] = lambda n: sim.v1_measurements(
        nonce=n, boot=endless
    )
    (claim,) = PLATFORM.interpret(talk(of("17.06.05"), long)).attestations
    assert not claim.is_given
    many = {place.replace("=1 N", f"={n} N"): sim.BOX for n in range(40) for place in PLACES}
    crowd = {k: lambda n: sim.trust_chain(many, n) for k in NEWER}
    assert PLATFORM.interpret(talk(boxes.stack(), crowd)).attestations == ()
