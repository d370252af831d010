"""The report of a terminal that has 80 columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.app.registries import report_formats
from netintegrity.model.assurance import Assurance, AssuranceLevel, Caveat
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Fault, Technique
from netintegrity.model.release import Release
from netintegrity.report import words
from netintegrity.report.table import REPORT, WIDTH
from netintegrity.report.view import SELF_REPORTED, SELF_REPORTED_MEANS
from tests.builders import claims
from tests.unit.report.reports import LONG, every_kind, finding, report, result, vendor_list


def rows(text: str) -> list[str]:
    """Return the lines of the table of devices."""
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith("---")) + 1
    return lines[first : lines.index("", first)]


def squeezed(text: str) -> str:
    return " ".join(text.split())


texts = st.text(min_size=1, max_size=200)


@given(
    conclusion=st.sampled_from(Conclusion),
    level=st.sampled_from(AssuranceLevel),
    technique=st.sampled_from(Technique),
    name=st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_", min_size=1, max_size=63),
    text=texts,
)
def test_no_line_is_longer_than_the_terminal_is_wide(
    conclusion: Conclusion, level: AssuranceLevel, technique: Technique, name: str, text: str
) -> None:
    found = finding(conclusion, technique=technique, message=text, next_step=text)
    one = result(
        name,
        conclusion,
        findings=[found],
        assurance=Assurance(level),
        said=claims(running_release=Release(text, "t", (1,))),
    )
    shown = REPORT.render(
        report(
            one,
            result(LONG, Conclusion.INSUFFICIENT_ASSURANCE),
            result("x", assurance=Assurance(AssuranceLevel.CORROBORATED)),
            site=text,
            run_id=text,
            keyring=text,
            changed_files=(text,),
            manifests=(vendor_list(signer=text, id=text), vendor_list(reason="r", detail=text)),
        )
    )
    assert max(len(line) for line in shown.split("\n")) <= WIDTH
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")


def test_a_name_has_what_the_other_columns_leave() -> None:
    line = next(r for r in rows(REPORT.render(every_kind())) if "…" in r)
    assert len(line) == WIDTH
    head, tail = line.split()[0].split("…")
    assert LONG.startswith(head)
    assert LONG.endswith(tail)
    assert len(head) - len(tail) in {0, 1}


def test_names_are_whole_where_there_is_room_and_below_the_table_always() -> None:
    shown = REPORT.render(report(result("clean-supervisors")))
    assert rows(shown)[0].startswith("clean-supervisors  ")
    assert f"\n{LONG}: patched" in REPORT.render(every_kind())


def test_a_release_is_never_read_as_a_number() -> None:
    for text in ("17.10", "1e5", "0123", "no"):
        one = result("a", said=claims(running_release=Release(text, "t", (1,))))
        assert rows(REPORT.render(report(one)))[0].endswith(f"  {text}")


def test_a_newline_in_what_a_box_says_makes_no_row() -> None:
    forged = "17.9\nr2  verified  -  attested  17.9"
    one = result("a", Conclusion.PATCHED, said=claims(running_release=Release(forged, "t", (1,))))
    assert len(rows(REPORT.render(report(one)))) == 1


def test_own_word_is_explained_where_it_appears_and_nowhere_else() -> None:
    meaning = squeezed(SELF_REPORTED_MEANS)
    assert meaning in squeezed(REPORT.render(every_kind()))
    assert meaning not in squeezed(REPORT.render(report(result("a", Conclusion.PATCHED))))


def test_the_count_at_the_end_keeps_own_word_apart() -> None:
    shown = squeezed(REPORT.render(report(result("a"), result("b"))))
    assert f"2 devices: 2 {SELF_REPORTED} verified, by what is known: 2 reported" in shown


def test_a_run_of_no_device_says_that_nothing_was_verified() -> None:
    shown = REPORT.render(report(manifests=()))
    assert "No device was selected, so nothing was verified." in shown
    assert "Manifests: none, so nothing can be verified" in shown


def test_a_reason_given_twice_is_said_once() -> None:
    shown = squeezed(REPORT.render(every_kind()))
    assert shown.count("SHA256:other") == 1
    assert shown.count("copy the file off the box and compare it") == 2  # of two devices


def test_another_moment_than_the_runs_own_is_never_called_a_pass() -> None:
    assert "never a pass" in REPORT.render(every_kind())
    assert "never a pass" not in REPORT.render(report(result("a")))


@pytest.mark.parametrize("format_id", ["html", "json", "table"])
def test_a_path_that_alone_ties_the_file_to_what_runs_is_said_in_every_report(
    format_id: str,
) -> None:
    shown = report_formats()[format_id].render(report(result("r1")))
    assert "running-not-bound" in shown


def test_what_holds_results_back_is_explained_and_counted() -> None:
    held = Assurance(AssuranceLevel.REPORTED, frozenset({Caveat.WEAK_DIGEST}))
    shown = REPORT.render(report(result("r1", assurance=held), result("r2", assurance=held)))
    meaning = words.CAVEATS[Caveat.WEAK_DIGEST]
    assert f"weak-digest (2 devices): {meaning}" in squeezed(shown)
    nothing = report(result("r1", assurance=Assurance(AssuranceLevel.RECOMPUTED)))
    assert "Held back" not in REPORT.render(nothing)


def test_a_fault_of_our_own_is_never_passed_over() -> None:
    faulty = result(
        "r1", Conclusion.INCOMPLETE, faults=(Fault(stage="NI-101", error="KeyError: 'x'"),)
    )
    assert "NI-101): KeyError: 'x'" in squeezed(REPORT.render(report(faulty)))
