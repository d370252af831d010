"""A page, read by the parser of the standard library."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset({"meta", "br"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...] = ()
    """Tags around it, outermost first."""
    text: str = ""
    """All text in it and in what it holds."""


@dataclass
class Page:
    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        return [e for e in self.elements if e.tag == tag]

    @property
    def skeleton(self) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
        """Everything of the page but its text."""
        return [(e.tag, tuple(e.attributes.items())) for e in self.elements]

    @property
    def text(self) -> str:
        return " ".join(self.all("body")[0].text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [n for n, _ in attrs]
        if len(set(names)) != len(names):
            self.page.faults.append(f"{tag}: an attribute twice")
        attributes = {n: "" if v is None else v for n, v in attrs}
        element = Element(tag, attributes, tuple(e.tag for e in self.open))
        self.page.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            self.page.faults.append(f"</{tag}> closes nothing")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.page.comments.append(data)


def read(text: str) -> Page:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.page.faults += [f"<{e.tag}> is never closed" for e in reader.open]
    return reader.page
