"""Every kind of image has its row in docs/images.md, and a key may name it or says why not."""

import re

from netintegrity.trust.image_kinds import CONTAINERS, DETACHED, INDEXED, RECOGNISED, titles
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "images.md").read_text(encoding="utf-8")


def test_every_kind_of_image_has_its_row_and_no_other_has_one() -> None:
    first_columns = re.findall(r"^\|((?: ?`[a-z0-9-]+`)+) \|", PAGE, re.MULTILINE)
    documented = {name for column in first_columns for name in re.findall(r"`(.+?)`", column)}
    assert documented == {kind for kind, _ in titles()}


def test_no_two_kinds_have_one_name() -> None:
    ids = [kind for kind, _ in titles()]
    assert len(ids) == len(set(ids)) == sum(map(len, (CONTAINERS, DETACHED, INDEXED, RECOGNISED)))
