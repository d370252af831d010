"""What an SR OS router is asked, and what it answered, read once."""

import re
from typing import Final

from netintegrity.model.evidence import Exchange
from netintegrity.platforms._asked import Asking, readable
from netintegrity.platforms._spec import Probe
from netintegrity.platforms._sros_text import (
    Card,
    File,
    Version,
    cards_of,
    details_of,
    file_of,
    images_of,
    told,
    version_of,
)
from netintegrity.platforms._text import Answer

BOF: Final = Probe(id="bof", command="show bof", read_timeout_s=60.0)
BOF_CLASSIC: Final = Probe(
    id="bof-classic",
    # The model-driven command line does not know the other one, and hands this over.
    command="//show bof",
    demanded=False,
    read_timeout_s=60.0,
)
FILE: Final = Probe(
    id="file",
    command="file version {} check",
    # A file on one of the compact flashes of the box itself.
    argument=re.compile(
        r"cf[1-3](?:-[AB])?:/(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}/){0,6}"
        r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}\.tim",
        re.ASCII,
    ),
    read_timeout_s=180.0,
)
PROBES: Final = (
    Probe(id="version", command="show version", read_timeout_s=60.0),
    BOF,
    Probe(id="cards", command="show card", read_timeout_s=60.0),
    Probe(id="card-detail", command="show card detail", read_timeout_s=120.0),
    BOF_CLASSIC,
    FILE,
)
ASKING: Final = Asking(
    probes=PROBES,
    # Error: Bad command.        MINOR: MGMT_CORE #2201: Unknown element - 'bof'
    refusal=re.compile(r"^\s{0,8}(?:Error: .*|(?:MINOR|MAJOR|CRITICAL): .*)$"),
    unknown=re.compile(
        r"(?:Error: (?:Bad command|Invalid parameter)|MINOR: (?:MGMT_CORE|CLI) #2\d{3}: "
        r"(?:Unknown|Invalid) element)"
    ),
    level="a profile that permits `show` and `file version`",
)
_LOCAL: Final = re.compile(r"cf[1-3](?:-[AB])?:", re.IGNORECASE)
_IS_FILE: Final = re.compile(r"\.tim$", re.IGNORECASE)
_NAMES: Final = {"B": "both.tim", "C": "cpm.tim"}
"""By the letter of what runs on the control processor: the file it is booted from."""


class Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version_answer = readable(ASKING.last(exchanges, "version"))
        self.version: Version | None = version_of(self.version_answer)
        bof = readable(ASKING.last(exchanges, BOF.id))
        self.bof: Answer | None = bof or readable(ASKING.last(exchanges, BOF_CLASSIC.id))
        self.images = images_of(self.bof)
        self.cards_answer = readable(ASKING.last(exchanges, "cards"))
        self.listed = cards_of(self.cards_answer)
        self.detail_answer = readable(ASKING.last(exchanges, "card-detail"))
        self.details = details_of(self.detail_answer)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that are up, with what is said of each."""
        return tuple(self._filled(card) for card in self.listed)

    def _filled(self, card: Card) -> Card:
        fields = self.details.get(card.id, {})
        return Card(
            id=card.id,
            type=card.type,
            is_active=card.is_active,
            line=card.line,
            serial=told(fields, "Serial number"),
            software=told(fields, "Software version") or told(fields, "Firmware version"),
            loader=(told(fields, "Software boot (rom) version") or "").partition(" ")[0] or None,
        )

    def file_at(self, place: str, card: Card | None) -> str:
        """Return the file that a card boots from a place: a folder, or one file that holds all.

        The box prints backslashes and takes slashes as well, which no server that permits commands
        reads in a way of its own.
        """
        place = place.replace("\\", "/")
        if _IS_FILE.search(place) is not None:
            return place
        letter = self.version.letter if self.version is not None else ""
        name = _NAMES.get(letter, "cpm.tim")
        if card is not None and not card.is_control and letter != "B":
            name = "iom.tim"
        return place + name if place.endswith("/") else f"{place}/{name}"

    def files(self) -> tuple[str, ...]:
        """Return what the next boot loads first from the box itself, for each kind of card."""
        if not self.images or self.version is None:
            return ()
        found = (self.file_at(self.images[0][0], card) for card in (None, *self.cards))
        return tuple(dict.fromkeys(f for f in found if _LOCAL.match(f) is not None))

    def file(self, path: str) -> tuple[Answer, File] | None:
        """Return what ``file version`` says of a path; None: it was not asked, or is not read."""
        told_of = [e for e in self.exchanges if e.command == f"file version {path} check"]
        answer = readable(ASKING.last(told_of, FILE.id))
        found = None if answer is None else file_of(answer)
        return None if answer is None or found is None else (answer, found)
