"""The pins in the documentation are entries that load, once the vendor's file is beside them."""

import re
from pathlib import Path

import pytest

from netintegrity import strict_yaml
from netintegrity.errors import KeyringError
from netintegrity.strict_yaml import Map, Seq
from netintegrity.trust.admit import FORMATS
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.anchors import Channel, Purpose, Signer
from netintegrity.trust.image_kinds import CONTAINERS, DETACHED, INDEXED
from netintegrity.trust.keyring import load_keyring
from tests.paths import CAPTURES, ROOT, needs_captures

TEXT = (ROOT / "docs" / "examples" / "keyring-vendors.yaml").read_text(encoding="utf-8")
AT_HAND = {
    "openbsd-76-base.pub": "openbsd/openbsd-76-base.pub",
    "OPNsense-26.7.pub": "opnsense/opnsense-26.7.pub",
    "pkg.opnsense.org.20260608.fingerprint": "opnsense/fingerprints/"
    "trusted_pkg.opnsense.org.20260608",
    "pkg.opnsense.org.20260120.fingerprint": "opnsense/fingerprints/"
    "revoked_pkg.opnsense.org.20260120",
    "debian-archive-bookworm-security-automatic.gpg": "debian/"
    "debian-archive-bookworm-security-automatic.gpg",
    "debian-archive-trixie-security-automatic.gpg": "debian/"
    "debian-archive-trixie-security-automatic.gpg",
}


def uncommented() -> str:
    """Return the text with its templates turned into entries."""
    head, _, templates = TEXT.partition("# No fingerprint of these")
    entries = [line[1:] for line in templates.splitlines() if re.match(r"# {2,}\S", line)]
    return head + "\n".join(entries) + "\n"


def entries(text: str) -> list[Map]:
    document = strict_yaml.load(text.encode(), name="keyring-vendors.yaml")
    assert isinstance(document, Map)
    listed = document["anchors"]
    assert isinstance(listed, Seq)
    return [entry for entry in listed if isinstance(entry, Map)]


def test_every_entry_and_every_template_names_what_exists() -> None:
    known = {*FORMATS, *CONTAINERS, *DETACHED, *INDEXED}
    found = entries(uncommented())
    assert len(found) == len(entries(TEXT)) + 3
    for entry in found:
        assert str(entry["algorithm"]) in set(Algorithm)
        assert str(entry["purpose"]) in set(Purpose)
        assert str(entry["signer"]) in set(Signer)
        assert str(entry.get("channel", Channel.RELEASE)) in set(Channel)
        formats = entry["formats"]
        assert isinstance(formats, Seq)
        assert {str(f) for f in formats} <= known


def test_an_entry_without_its_file_says_what_to_do() -> None:
    with pytest.raises(KeyringError, match=r"there is no openwrt-2024\.asc beside the keyring"):
        load_keyring({"keyring.yaml": TEXT.encode()})


@needs_captures
def test_the_fingerprints_are_those_of_the_files_that_are_at_hand() -> None:
    kept = [
        e for e in re.split(r"(?m)^(?=  - id:)", TEXT) if any(f"file: {f}\n" in e for f in AT_HAND)
    ]
    assert len(kept) == len(AT_HAND)
    files = {name: (CAPTURES / path).read_bytes() for name, path in AT_HAND.items()}
    keyring = load_keyring({"keyring.yaml": ("anchors:\n" + "".join(kept)).encode(), **files})
    assert [a.id for a in keyring if a.revoked] == ["opnsense/pkg-20260120"]


def test_every_form_has_its_row_on_the_page() -> None:
    page = Path(ROOT / "docs" / "manifests.md").read_text(encoding="utf-8")
    for name in FORMATS:
        assert f"| `{name}`" in page, name
    suffixes = {s for f in FORMATS.values() for s in f.signature_suffixes}
    assert all(f"`{suffix}`" in page for suffix in suffixes)
