"""Whatever a device, a list or an inventory says, it stays text."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest

from netintegrity.app.registries import report_formats
from netintegrity.model.claims import DeviceClaims, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import CollectionFailure, FailureKind
from netintegrity.model.finding import Fault, Shortfall
from netintegrity.model.release import Release
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.report.table import WIDTH
from tests.builders import image
from tests.unit.report.pages import read
from tests.unit.report.reports import finding, report, result, vendor_list

PAYLOADS = (
    # What a terminal acts on.
    "\x1b[2J", "\x1b[31mverified\x1b[0m", "\x1b[1A\x1b[2Kverified", "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "\x1b]52;c;cm0gLXJm\x07", "\x1bc",
    "\x1bP+q544e\x1b\\", "\x1b[6n", "\x1b[?1049h", "\x9b31m", "\x90x\x9c", "\x9d0;t\x9c",
    "a\rverified", "a\x08\x08\x08b", "\x07", "\x7f", "\x00", "a\x00b", "\x0b\x0c", "\x1a", "\x85",
    "\x0e\x0f", "line\nr2  verified (self-reported)  -  attested  17.9", "a\tb", "a\r\nb",
    # What reorders or hides.
    "\u202egnp.exe", "\u202a\u202b\u202c\u202d", "\u2066x\u2067y\u2068z\u2069",
    "\u200e\u200f\u061c",
    "ver\u200bified", "\u200c\u200d", "\u2060\ufeff", "\u00ad", "\u2028x\u2029",
    "\U000e0041\U000e007f",
    "\ud800", "\udfff\udc00", "\ue000", "\uffff", "\u180e",
    # What a browser acts on.
    "<script>alert(1)</script>", "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</details><h1>verified</h1>", "<!--",
    "--><b>", "<![CDATA[x]]>", "</title><base href=//evil.example>", "&lt;b&gt;", "&#60;b&#62;",
    '"><i class="verified">', "' onmouseover='x", "` onmouseover=`x", "javascript:alert(1)",
    "data:text/html,<b>", "<iframe srcdoc='<b>'>", "<meta http-equiv=refresh content=0>", "<",
    # What a template or a shell acts on.
    "{{ 7*7 }}", "{% raw %}", "{# x #}", "${7*7}", "`id`", "$(id)", "%s%n", "\\x1b[2J",
    "=cmd|'/c'!A1",
)  # fmt: skip
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def told(word: str) -> RunReport:
    """Return a report in which every field that somebody else controls says ``word``."""
    where = Subject(SubjectKind.MEMBER, word)
    found = [
        finding(
            conclusion,
            subject=where,
            image=word,
            message=word,
            next_step=word,
            sources=(Source(word, 1),),
            manifest_ids=frozenset({word}),
        )
        for conclusion in (Conclusion.PATCHED, Conclusion.UNKNOWN_IMAGE)
    ]
    said = DeviceClaims(
        platform_id=word,
        running_release=Release(word, word, (1,)),
        other_releases=((word, word),),
        identities=(Identity(subject=where, serial=word, pid=word),),
        images=(image(path=word, subject=where, release=Release(word, word, (1,))),),
    )
    devices = [
        _named(
            word,
            result(
                "x",
                conclusion,
                findings=found if conclusion is not Conclusion.VERIFIED else [],
                shortfalls=(
                    Shortfall(
                        conclusion=Conclusion.INCOMPLETE,
                        detail=f"{word}!",
                        next_step=f"{word}?",
                        subject=where,
                    ),
                ),
                faults=(Fault(stage="interpret", error=word),),
                said=said,
                failure=CollectionFailure(kind=FailureKind.TIMEOUT, detail=word),
                host_key_fingerprint=word,
            ),
        )
        for conclusion in (Conclusion.PATCHED, Conclusion.UNKNOWN_IMAGE, Conclusion.VERIFIED)
    ]
    lists = vendor_list(
        id=word, filename=word, signer=word, key_id=word, key_fingerprint=word, channel=word
    )
    return report(
        *devices,
        run_id=word,
        site=word,
        keyring=word,
        manifests=(lists, replace(lists, reason="malformed", detail=word)),
        changed_files=(word,),
    )


def _named(word: str, device: DeviceResult) -> DeviceResult:
    named = replace(device.evidence.device, name=word, address=word, tags=frozenset({word}))
    return replace(device, evidence=replace(device.evidence, device=named))


def render(format_id: str, word: str) -> str:
    return report_formats()[format_id].render(told(word))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from strings(name)
            yield from strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from strings(child)


def hidden(text: str) -> set[str]:
    return {c for c in text if c not in "\n\t" and unicodedata.category(c) in HIDDEN}


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("word", PAYLOADS, ids=ascii)
def test_nothing_a_terminal_acts_on_reaches_it(word: str) -> None:
    shown = render("table", word)
    assert hidden(shown) == set()
    assert "\t" not in shown
    assert max(map(len, shown.split("\n"))) <= WIDTH
    benign = render("table", "word").split("\n")
    table = shown.split("\n")
    # As many rows as devices, and nothing of another's making between them.
    assert table.index("", 3) - table.index("") == benign.index("", 3) - benign.index("")


@pytest.mark.parametrize("word", PAYLOADS, ids=ascii)
def test_a_page_has_no_element_and_no_attribute_of_anothers_making(word: str) -> None:
    shown = render("html", word)
    assert hidden(shown) == set()
    shown.encode()
    page, benign = read(shown), read(render("html", "word"))
    assert page.faults == benign.faults == []
    assert page.comments == []
    assert page.skeleton == benign.skeleton


@pytest.mark.parametrize("word", PAYLOADS, ids=ascii)
def test_a_document_is_ascii_and_has_the_same_shape(word: str) -> None:
    shown = render("json", word)
    assert shown.isascii()
    document = json.loads(shown)
    assert not any(hidden(s) for s in strings(document))
    assert document.keys() == json.loads(render("json", "word")).keys()


@pytest.mark.parametrize("word", ["<b>", "{{ 7*7 }}", '"', "&lt;"])
def test_what_was_said_is_shown_as_it_was_said(word: str) -> None:
    page = read(render("html", word))
    assert {e.text for e in page.all("summary") if word in e.text}
    assert "49" not in {e.text for e in page.all("b")}
