"""A signature beside a list is found by its suffix, whatever the form."""

from pathlib import Path

import pytest

from netintegrity.store.manifests import read_manifests
from netintegrity.trust.admit import FORMATS

SUFFIXES = sorted({s for f in FORMATS.values() for s in f.signature_suffixes})


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_a_format_declares_is_looked_for(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "sha256sums").write_bytes(b"list")
    (tmp_path / f"sha256sums{suffix}").write_bytes(b"signature")
    (found,) = read_manifests(tmp_path)
    assert (found.filename, dict(found.detached)) == ("sha256sums", {suffix: b"signature"})
