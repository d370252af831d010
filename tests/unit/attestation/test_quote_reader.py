"""The reader of printed quotes: strict inside a block, deaf outside, and never surprised."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.attestation import BootStage
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.model.verdict import Verdict
from netintegrity.platforms import _cisco_quote as quote
from tests.adversary import sudi_simulator as sim
from tests.adversary.judging import judged
from tests.adversary.sudi_simulator import BOX, HERE

CERTIFICATES, MEASUREMENTS = sim.v1_certificates(), sim.v1_measurements()
NEWER = sim.measurement({HERE: BOX})


def test_both_generations_read_the_same_values() -> None:
    (older,) = quote.read_measurements(MEASUREMENTS)
    (newer,) = quote.read_measurements(NEWER)
    assert older.faults == newer.faults == ()
    assert [(v.stage, v.value) for v in (*older.boot, *older.os)] == [
        (v.stage, v.value) for v in (*newer.boot, *newer.os)
    ]
    assert (older.pcr0, older.pcr8, older.os_version) == (newer.pcr0, newer.pcr8, newer.os_version)
    assert (older.place, newer.place) == ("", HERE)


def test_the_stages_go_by_their_labels_whichever_is_printed_first() -> None:
    lines = MEASUREMENTS.split("\n")
    swapped = [*lines[:2], *lines[4:6], *lines[2:4], *lines[6:]]
    (plain,), (turned,) = (quote.read_measurements("\n".join(shown)) for shown in (lines, swapped))
    assert turned.faults == ()
    assert turned.boot == plain.boot
    assert [v.stage for v in turned.boot] == [BootStage.BOOT0, BootStage.BOOT_LOADER]


def test_line_ends_trailing_blanks_and_a_timestamp_change_nothing() -> None:
    stamp = "Load for five secs: 2%/0%; one minute: 3%\nTime source is SNTP, 20:59:18 UTC\n\n"
    for text, read in (
        (MEASUREMENTS, quote.read_measurements),
        (CERTIFICATES, quote.read_certificates),
    ):
        echo, _, rest = text.partition("\n")
        dressed = f"{echo}\n{stamp}{rest}".replace("\n", "  \r\n")
        (plain,), (got,) = read(text), read(dressed)
        assert (got.faults, got.signature) == ((), plain.signature)


def test_a_wrapped_value_and_a_wrapped_signature_are_joined() -> None:
    def wrapped(line: str) -> str:
        return "\n".join(line[i : i + 80] for i in range(0, len(line), 80)) if line else line

    for text in (MEASUREMENTS, NEWER):
        shown = "\n".join(wrapped(line) for line in text.split("\n"))
        assert quote.read_measurements(shown)[0].os == quote.read_measurements(text)[0].os
        assert quote.read_measurements(shown)[0].faults == ()


FAULTS: dict[str, Callable[[str], str]] = {
    "a line missing": lambda t: t.replace("Boot 0 Version", "#", 1).replace("#", "x"),
    "a line repeated": lambda t: t.replace("PCR0:", f"PCR0: {'A' * 64}\nPCR0:"),
    "a line nobody knows": lambda t: t.replace("PCR8:", "*Mar 1 00:00:01 hello\nPCR8:"),
    "a short value": lambda t: t.replace("Boot 0 Hash: ", "Boot 0 Hash: A\nx", 1),
    "lower case": lambda t: t.replace("PCR0: ", "PCR0: a", 1),
    "a heading with a value": lambda t: t.replace("Signature:\n", "Signature: "),
    "no blank after the colon": lambda t: t.replace("OS Version: ", "OS Version:"),
    "half a signature": lambda t: t.replace("\nr1#", "A\nr1#"),
    "a refusal": lambda t: t.replace("PCR0:", "% Error retrieving integrity data\nPCR0:"),
    "an empty version": lambda t: t.replace("OS Version: 16.03.01", "OS Version:"),
}


@pytest.mark.parametrize("spoil", FAULTS.values(), ids=FAULTS)
def test_what_does_not_stand_as_printed_is_a_fault(spoil: Callable[[str], str]) -> None:
    found = quote.read_measurements(spoil(MEASUREMENTS))
    assert any(q.faults for q in found)
    assert judged(CERTIFICATES, spoil(MEASUREMENTS)).verdict is not Verdict.VERIFIED


def test_an_attribute_of_another_form_is_a_fault() -> None:
    shown = sim.compliance({HERE: BOX})
    assert quote.read_compliance(shown)[0].faults == ()
    for bad in ("secure boot: true", "secure_boot: very true", "Secure: true"):
        assert quote.read_compliance(shown.replace("secure_boot: true", bad))[0].faults
    assert quote.read_compliance(shown.replace("bivlen: 64", "bivlen"))[0].faults


def test_a_certificate_has_one_spelling() -> None:
    begin = CERTIFICATES.index("-----END") - 2
    for spoilt in (
        CERTIFICATES.replace("-----END CERTIFICATE-----", "", 1),
        CERTIFICATES[:begin] + "!" + CERTIFICATES[begin + 1 :],
        CERTIFICATES.replace("-----END CERTIFICATE-----", "A\n-----END CERTIFICATE-----", 1),
        CERTIFICATES.replace("CATE-----\nMII", "CATE-----\n\nMII", 1),
        CERTIFICATES[: CERTIFICATES.index("-----END")],
    ):
        (quoted,) = quote.read_certificates(spoilt)
        assert quoted.faults
        assert b"" in quoted.certificates
    uneven = "-----BEGIN CERTIFICATE-----\nMIIDA\n-----END CERTIFICATE-----\n"
    assert quote.read_certificates(uneven)[0].certificates == (b"",)
    padded = base64.b64encode(b"1234").decode()  # the last four bits of the group are unused
    shown = f"-----BEGIN CERTIFICATE-----\n{padded[:-3]}B==\n-----END CERTIFICATE-----\n"
    assert quote.read_certificates(shown)[0].certificates == (b"",)


def test_an_answer_of_one_sort_is_not_taken_for_another() -> None:
    everything = "\n".join((CERTIFICATES, MEASUREMENTS, sim.compliance({HERE: BOX})))
    assert len(quote.read_certificates(everything)) == 1
    assert len(quote.read_measurements(everything)) == 1
    assert len(quote.read_compliance(everything)) == 1


def test_a_part_that_refuses_or_says_nothing_stays_in_sight() -> None:
    other = HERE.replace("SLOT=0", "SLOT=1")
    for silence in ("", "% Please try after a few seconds", "% Error retrieving integrity data"):
        found = quote.read_measurements(f"{NEWER}LOCATION {other}\n{silence}\n")
        assert [q.place for q in found] == [HERE, other]
        assert found[1].faults
    refused = quote.read_certificates("% Error retrieving SUDI certificate\n")
    assert refused[0].faults
    assert quote.read_measurements("% Error retrieving SUDI certificate\n") == ()


PLACES = {
    "a stack": {
        HERE.replace("CHASSIS=-1", "CHASSIS=1"): Subject(SubjectKind.MEMBER, "1"),
        HERE.replace("CHASSIS=-1", "CHASSIS=2"): Subject(SubjectKind.MEMBER, "2"),
    },
    "a stack of modular boxes": {
        HERE.replace("CHASSIS=-1", "CHASSIS=1"): Subject(SubjectKind.MEMBER, "1/0"),
        HERE.replace("SLOT=0", "SLOT=1").replace("CHASSIS=-1", "CHASSIS=1"): Subject(
            SubjectKind.MEMBER, "1/1"
        ),
    },
    "one processor": {HERE: Subject(SubjectKind.CHASSIS, "1")},
    "two processors": {
        HERE: Subject(SubjectKind.SUPERVISOR, "0"),
        HERE.replace("SLOT=0", "SLOT=1"): Subject(SubjectKind.SUPERVISOR, "1"),
    },
    "a place we cannot read": {"BEHIND THE SOFA": Subject(SubjectKind.NODE, "BEHIND THE SOFA")},
}


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_every_part_of_a_box_has_a_name_of_its_own(places: dict[str, Subject]) -> None:
    shown = sim.trust_chain(dict.fromkeys(places, BOX))
    claims = quote.claims_of(quote.read_certificates(shown))
    assert [c.subject for c in claims] == list(places.values())


def test_places_that_would_share_a_name_keep_their_own() -> None:
    other = HERE.replace("BAY=0", "BAY=1")
    claims = quote.claims_of(quote.read_certificates(sim.trust_chain({HERE: BOX, other: BOX})))
    assert [c.subject.id for c in claims] == [HERE, other]


GENUINE = (CERTIFICATES, MEASUREMENTS)
LINES = (CERTIFICATES.split("\n"), MEASUREMENTS.split("\n"))


@given(st.data())
def test_lines_missing_repeated_or_moved_never_verify_something_else(data: st.DataObject) -> None:
    """Nor does any text raise; what still verifies reads exactly as the genuine quote does."""
    which = data.draw(st.sampled_from((0, 1)))
    lines = list(LINES[which])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(len(lines) - 1, 0)))
        match data.draw(st.sampled_from(("drop", "repeat", "move", "blank", "edit", "indent"))):
            case "drop" if lines:
                lines.pop(at)
            case "repeat" if lines:
                lines.insert(at, lines[data.draw(st.integers(0, len(lines) - 1))])
            case "move" if lines:
                lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "blank":
                lines.insert(at, "")
            case "edit" if lines:
                lines[at] = data.draw(st.text(max_size=20)) + lines[at]
            case _:
                lines.insert(at, data.draw(st.text(max_size=30)))
    texts = [*GENUINE]
    texts[which] = "\n".join(lines)
    together = judged(*texts)
    if together.verdict is Verdict.VERIFIED:
        for read, text, genuine in (
            (quote.read_certificates, texts[0], GENUINE[0]),
            (quote.read_measurements, texts[1], GENUINE[1]),
        ):
            (got,), (want,) = read(text), read(genuine)
            assert got.signature == want.signature
            assert got.faults == ()
        (got_list,) = quote.read_measurements(texts[1])
        (want_list,) = quote.read_measurements(GENUINE[1])
        assert [v.value for v in (*got_list.boot, *got_list.os)] == [
            v.value for v in (*want_list.boot, *want_list.os)
        ]
        assert (got_list.pcr0, got_list.pcr8) == (want_list.pcr0, want_list.pcr8)


@given(st.text())
def test_any_text_at_all_is_read_without_surprise(text: str) -> None:
    for dressed in (text, f'{{"system-certificates": {text}', f"LOCATION {text}\n{text}"):
        claims = quote.claims_of(
            quote.read_certificates(dressed),
            quote.read_measurements(dressed),
            quote.read_compliance(dressed),
        )
        assert all(c.subject for c in claims)


def test_hostile_lengths_take_linear_time() -> None:
    for line in ("A\n", "OS Hash:\nA\n", "Signature:\nAB\nAB\n", "LOCATION x\n", "-" * 9):
        quote.read_measurements("Platform: x\n" + line * 5_000)
        quote.read_certificates("-----BEGIN CERTIFICATE-----\n" + line * 5_000)
    everywhere = "".join(f"LOCATION {HERE[:-1]}{n}\n" for n in range(5_000))
    assert len(quote.claims_of(measurements=quote.read_measurements(everywhere))) == 5_000
