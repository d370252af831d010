"""One page that needs nothing else, and hides nothing the document says."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from netintegrity.model.conclusion import Conclusion
from netintegrity.report.html import REPORT
from netintegrity.report.view import SELF_REPORTED, SELF_REPORTED_MEANS, document
from tests.unit.report.pages import Page, read
from tests.unit.report.reports import both_roles, every_kind, report, result, vendor_list

# What the page says in words of its own: how times are written, and what a title or a flag becomes.
SHOWN_OTHERWISE = {"is_running", "digest_known", "network",
    "schema", "status", "verdict", "vendor_signed", "judged_as_of", "started_at", "finished_at",
    "at", "collected_at", "last_complete_at", "issued_at", "newest_entry", "expires_at", "hint",
    "conclusion", "kind",
}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> Page:
    return read(REPORT.render(every_kind()))


def test_the_page_is_well_formed_and_has_no_comment(page: Page) -> None:
    assert page.faults == []
    assert page.comments == []
    assert page.all("html")[0].attributes == {"lang": "en"}


def test_the_page_loads_nothing_runs_nothing_and_sends_nothing(page: Page) -> None:
    loading = {"script", "link", "img", "iframe", "object", "embed", "form", "input", "svg", "base"}
    assert not loading & {e.tag for e in page.elements}
    names = {name for e in page.elements for name in e.attributes}
    assert not {n for n in names if n.startswith("on")} | (names & {"src", "srcset", "action"})
    assert all(e.attributes["href"].startswith("#") for e in page.all("a"))
    style = page.all("style")[0].text
    assert "url(" not in style
    assert "@import" not in style


def test_the_browser_is_told_to_load_nothing(page: Page) -> None:
    policy = next(
        e.attributes["content"]
        for e in page.all("meta")
        if e.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.strip() for rule in policy.split(";")}
    assert rules >= {"default-src 'none'", "style-src 'unsafe-inline'", "img-src 'none'"}
    assert page.all("meta").index(
        next(e for e in page.all("meta") if "http-equiv" in e.attributes)
    ) < len(page.all("meta"))


def test_every_link_leads_somewhere_and_no_name_is_given_twice(page: Page) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(set(ids)) == len(ids)
    assert {e.attributes["href"].removeprefix("#") for e in page.all("a")} <= set(ids)
    assert page.all("body")[0] is not None
    first = next(e for e in page.elements if "body" in e.inside)
    assert first.attributes.get("class") == "skip"


def test_every_table_can_be_read_aloud(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(e.attributes.get("scope") in {"col", "row"} for e in page.all("th"))
    regions = [e for e in page.elements if e.attributes.get("role") == "region"]
    assert all("aria-labelledby" in e.attributes for e in regions)


def test_headings_skip_no_level(page: Page) -> None:
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def leaves(value: object, field: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, name)
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, field)
    elif isinstance(value, str | int) and field not in SHOWN_OTHERWISE:
        yield str(value)


def test_the_page_says_everything_the_document_says(page: Page) -> None:
    for leaf in leaves(document(every_kind())):
        assert leaf in page.text, leaf


def test_every_moment_is_written_to_the_second_and_kept_whole_for_programs(page: Page) -> None:
    moments = page.all("time")
    assert moments[0].attributes["datetime"] == "2026-11-23T12:04:07.250000Z"
    assert moments[0].text == "2026-11-23 12:04:07 UTC"


def test_the_title_names_the_site_and_the_moment(page: Page) -> None:
    assert page.all("title")[0].text == "berlin: image integrity, 2026-11-23 12:04:07 UTC"


def test_the_tiles_have_their_denominator_and_count_every_device_once(page: Page) -> None:
    tiles = [
        e for e in page.all("li") if e.inside[-2:] == ("main", "ul") and "class" in e.attributes
    ]
    counts = [re.match(r"(\d+) of (\d+)", " ".join(t.text.split())) for t in tiles]
    found = [(int(c[1]), int(c[2])) for c in counts if c]
    assert [of for _, of in found] == [9] * 5
    assert sum(count for count, _ in found) == 9


def test_a_device_is_open_unless_it_is_verified(page: Page) -> None:
    opened = {e.attributes.get("open") is not None for e in page.all("details")}
    assert opened == {True, False}
    for element in page.all("details"):
        verified = element.text.split("address")[0].count("verified")
        assert (("open" in element.attributes) and not verified) or verified


def test_the_gravest_device_stands_first(page: Page) -> None:
    names = [
        e.text
        for e in page.all("a")
        if e.attributes["href"].startswith("#d") and "td" not in e.inside
    ]
    assert names[1] == "at-odds"
    assert names[-2:] == ["own-word", "copied-off"]


def test_own_word_is_explained_where_it_appears_and_nowhere_else(page: Page) -> None:
    assert SELF_REPORTED_MEANS in page.text
    other = read(REPORT.render(report(result("a", Conclusion.PATCHED, findings=[]))))
    assert SELF_REPORTED_MEANS not in other.text


def test_whose_key_signed_is_said_in_words(page: Page) -> None:
    assert "vendor-signed" in page.text
    assert "owner-signed the operator\u2019s own word, not the vendor\u2019s" in page.text
    assert "rejected, bad-signature" in page.text
    owners = read(REPORT.render(report(result("a"), manifests=(vendor_list(vendor_signed=False),))))
    assert "vendor-signed" not in owners.text


def test_what_runs_and_boots_next_alike_is_one_row_that_names_both() -> None:
    page = read(REPORT.render(report(result("a", findings=both_roles()))))
    rows = [e for e in page.all("tr") if "details" in e.inside and "tbody" in e.inside]
    assert len(rows) == 1
    assert "running, boot-next" in " ".join(rows[0].text.split())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"judged_as_of": True}, "it is never a pass"),
        ({"manifests": ()}, "There was no manifest, so nothing can be verified"),
        (
            {"changed_files": ("policy.yaml",)},
            "own files changed since the run before: policy.yaml",
        ),
        ({"manifests": (vendor_list(reason="expired"),)}, "Manifest rejected, expired:"),
    ],
)
def test_what_a_reader_must_know_first_stands_in_the_head(
    changes: dict[str, object], said: str
) -> None:
    plain, told = (
        read(REPORT.render(report(result("a"), **c))).all("header")[0].text for c in ({}, changes)
    )
    assert said in " ".join(told.split())
    assert said not in " ".join(plain.split())


@pytest.mark.parametrize(
    ("conclusions", "headline"),
    [
        ([], "No device was selected, so nothing was verified."),
        ([Conclusion.VERIFIED], "1 of 1 is verified, on the box's own word alone."),
        ([Conclusion.PATCHED], "1 of 1 devices has a finding. None is verified."),
        (
            [Conclusion.UNREACHABLE, Conclusion.INCOMPLETE, Conclusion.VERIFIED],
            "2 of 3 could not be verified. 1 of 3 is verified, on the box's own word alone.",
        ),
    ],
)
def test_the_first_sentence_says_it_all(conclusions: list[Conclusion], headline: str) -> None:
    devices = [result(f"r{n}", c) for n, c in enumerate(conclusions)]
    page = read(REPORT.render(report(*devices)))
    assert [e.text for e in page.all("p") if e.attributes.get("class") == "headline"] == [headline]


def colours(style: str) -> Iterator[dict[str, str]]:
    """Yield the variables of each scheme: light, dark, paper."""
    for block in re.findall(r":root\{([^}]*)\}", style):
        yield dict(re.findall(r"--(\w+):(#\w+)", block))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    channels = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_every_scheme_has_the_contrast_of_wcag_aa(page: Page) -> None:
    schemes = list(colours(page.all("style")[0].text))
    assert len(schemes) == 3
    for scheme in schemes:
        for ground in ("bg", "panel"):
            for name in scheme.keys() - {"bg", "panel", "line"}:
                pair = sorted((luminance(scheme[ground]), luminance(scheme[name])))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (name, ground, scheme[name])


def test_every_verdict_has_a_sign_and_a_colour_of_its_own(page: Page) -> None:
    style = page.all("style")[0].text
    kinds = ["contradictory", "mismatch", "unreachable", "unknown", "reported", "verified"]
    signs = [re.search(rf'td\.{k}::before\{{content:"(.)"\}}', style) for k in kinds]
    assert len({s[1] for s in signs if s}) == len(kinds)
    for scheme in colours(style):
        assert len({scheme[k] for k in kinds}) == len(kinds)


def test_five_hundred_devices_stay_light() -> None:
    one = result("r")
    fleet = [
        replace(
            one, evidence=replace(one.evidence, device=replace(one.evidence.device, name=f"r{n}"))
        )
        for n in range(500)
    ]
    size = len(REPORT.render(report(*fleet)))
    assert (size - len(REPORT.render(report(one)))) / 499 < 3000
    assert SELF_REPORTED in REPORT.render(report(*fleet[:2]))
