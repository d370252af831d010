"""A VyOS image verifies by the minisign signature beside it, and gives what it says it holds."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from netintegrity.errors import MalformedError
from netintegrity.trust.certificates import read_key
from netintegrity.trust.image_contents import DerivedFile, derived_from
from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.keyring import load_keyring
from tests.adversary.peers import needs
from tests.adversary.release_simulator import judge
from tests.adversary.signed_checksums import Holder
from tests.adversary.tampering import SIGNATURES, minisign_accepts, with_line
from tests.adversary.vendor_simulator import flip
from tests.adversary.vyos_simulator import (
    FILES,
    NAME,
    ROOT,
    VyosVendor,
    iso_of,
    sums_of,
    tree_of,
    xorriso_iso,
)
from tests.paths import ROOT as PROJECT

VENDOR = VyosVendor()
IMAGE = iso_of(tree_of(FILES))
BESIDE = VENDOR.beside(IMAGE)
SIGNATURE = BESIDE[f"{NAME}.minisig"]


def verified(
    image: bytes = IMAGE,
    beside: Mapping[str, bytes] | None = None,
    *,
    name: str = NAME,
    **changes: str,
) -> VerifiedImage:
    signed = VENDOR.beside(image, name=name) if beside is None else beside
    return judge(image, name, signed, VENDOR.keyring(**changes))


def told(judged: VerifiedImage) -> str:
    assert (judged.verdict == "verified") == (judged.signature == "verified")
    return judged.reason or judged.signature.value


def derived(image: bytes) -> dict[str, DerivedFile]:
    judged = verified(image)
    assert judged.signature == "verified"
    return {f.name: f for f in derived_from(judged, release="1.4.0")}


def test_an_honest_image_verifies() -> None:
    judged = verified()
    assert told(judged) == "verified"
    assert (judged.container, judged.platform) == ("vyos-iso", "vyos")
    assert judged.signer == "toy/vyos"


@needs("minisign")
def test_minisign_takes_the_same_and_no_other(tmp_path: Path) -> None:
    assert minisign_accepts(tmp_path, IMAGE, SIGNATURE, VENDOR.key)
    for position in (0, 40_000, len(IMAGE) - 1):
        changed = flip(IMAGE, position)
        assert told(verified(changed, BESIDE)) == "bad-signature"
        assert not minisign_accepts(tmp_path, changed, SIGNATURE, VENDOR.key)


@needs("minisign")
@pytest.mark.parametrize("spoilt", SIGNATURES)
def test_neither_takes_a_spoilt_signature(tmp_path: Path, spoilt: str) -> None:
    signature = SIGNATURES[spoilt](SIGNATURE)
    judged = verified(beside={f"{NAME}.minisig": signature})
    expected = {"key number": "unknown-signer"}.get(spoilt, "bad-signature")
    assert told(judged) == expected
    assert not minisign_accepts(tmp_path, IMAGE, signature, VENDOR.key)


ATTACKS: dict[str, tuple[Callable[[], tuple[bytes, Mapping[str, bytes]]], str]] = {
    "a byte behind the image": (lambda: (IMAGE + b"\0", BESIDE), "bad-signature"),
    "cut short": (lambda: (IMAGE[:-2048], BESIDE), "bad-signature"),
    "nothing": (lambda: (b"", BESIDE), "bad-signature"),
    "no signature": (lambda: (IMAGE, {}), "unsigned"),
    "an empty signature": (lambda: (IMAGE, {f"{NAME}.minisig": b""}), "bad-signature"),
    "another trusted comment": (
        lambda: (IMAGE, {f"{NAME}.minisig": with_line(2, lambda c: c + b"!")(SIGNATURE)}),
        "bad-signature",
    ),
    "a signature of another image": (lambda: (IMAGE, VENDOR.beside(b"another")), "bad-signature"),
    "signed the older way": (
        lambda: (IMAGE, VENDOR.beside(IMAGE, prehashed=False)),
        "bad-signature",
    ),
    "a stranger": (
        lambda: (IMAGE, VyosVendor(key=Holder(number=bytes(8))).beside(IMAGE)),
        "unknown-signer",
    ),
    "a stranger under the same number": (
        lambda: (IMAGE, VyosVendor(key=Holder()).beside(IMAGE)),
        "bad-signature",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_has_its_word(attack: str) -> None:
    make, expected = ATTACKS[attack]
    image, beside = make()
    assert told(verified(image, beside)) == expected


def test_the_first_line_alone_means_nothing() -> None:
    other = with_line(0, lambda _: b"untrusted comment: verified by nobody")(SIGNATURE)
    assert told(verified(beside={f"{NAME}.minisig": other})) == "verified"


def test_another_name_is_no_crime_and_no_signature_is_missed_under_one() -> None:
    assert told(verified(name="router.iso")) == "verified"
    assert told(verified(beside={}, name="router.iso")) == "unsupported"


def test_a_nightly_key_signs_no_release() -> None:
    assert told(verified(channel="rolling")) == "unverifiable"
    both = {"keyring.yaml": b"", "toy.pub": VENDOR.key.public, "other.pub": Holder().public}
    both["keyring.yaml"] = _two_keys(both["toy.pub"], both["other.pub"])
    judged = judge(IMAGE, NAME, BESIDE, load_keyring(both))
    assert told(judged) == "wrong-purpose"
    assert "rolling builds" in judged.detail


def _two_keys(rolling: bytes, release: bytes) -> bytes:
    entries = [
        f"  - id: toy/{channel}\n    file: {file}\n"
        f'    fingerprint: "{read_key(public).fingerprint}"\n    algorithm: ed25519-blake2b512\n'
        "    signer: vendor\n    vendor: toy\n    purpose: image\n    formats: [vyos-iso]\n"
        f"    channel: {channel}\n"
        for channel, file, public in (
            ("rolling", "toy.pub", rolling),
            ("release", "other.pub", release),
        )
    ]
    return ("anchors:\n" + "".join(entries)).encode()


def test_the_built_in_keys_of_vyos_are_asked() -> None:
    folder = PROJECT / "vendor_keys"
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert told(judge(IMAGE, NAME, BESIDE, load_keyring(files))) == "unknown-signer"


def test_what_will_lie_on_the_router_is_what_the_installer_copies() -> None:
    found = derived(IMAGE)
    assert set(found) == {"1.4.0.squashfs", "1.4.0.vmlinuz", "1.4.0.initrd.img"}
    assert [f.kind.value for f in found.values()] == ["image", "package", "package"]
    assert found["1.4.0.squashfs"].size_bytes == len(ROOT)


@needs("xorriso")
def test_an_image_that_xorriso_made_is_read_alike(tmp_path: Path) -> None:
    assert derived(xorriso_iso(tmp_path, tree_of(FILES))) == derived(IMAGE)


def test_a_link_in_the_same_folder_is_followed_and_no_other() -> None:
    named = {n.replace("live/vmlinuz", "live/vmlinuz-6.6"): c for n, c in FILES.items()}
    linked = iso_of(tree_of(named), links={"live/vmlinuz": "vmlinuz-6.6"})
    assert derived(linked) == derived(IMAGE)
    for target in ("../sha256sum.txt", "/live/initrd.img", "nowhere", "vmlinuz"):
        with pytest.raises(MalformedError, match="holds no live/vmlinuz"):
            derived(iso_of(tree_of(named), links={"live/vmlinuz": target}))


def changed(**files: bytes | None) -> dict[str, bytes]:
    """Return the tree with files changed or left out; the list of checksums as it was."""
    names = {name: name.replace("live_", "live/").replace("__", ".") for name in files}
    tree = tree_of(FILES) | {names[n]: c for n, c in files.items() if c is not None}
    return {n: c for n, c in tree.items() if files.get(_key(n), b"") is not None}


def _key(name: str) -> str:
    return name.replace("/", "_").replace(".", "__")


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        (changed(live_filesystem__squashfs=b"evil"), "not the file its own list"),
        (changed(live_vmlinuz=b"evil"), "not the file its own list"),
        (changed(live_filesystem__squashfs=None), "holds no live/filesystem.squashfs"),
        (changed(live_initrd__img=None), "holds no live/initrd.img"),
        (changed(sha256sum__txt=None), "holds no sha256sum.txt"),
        (changed(sha256sum__txt=b"nonsense\n"), "line 1"),
        (changed(sha256sum__txt=sums_of(FILES) * 2), "a name twice"),
        (changed(sha256sum__txt=b""), "does not name live/filesystem.squashfs"),
    ],
)
def test_a_signed_image_that_is_not_what_it_says_gives_nothing(
    tree: dict[str, bytes], why: str
) -> None:
    with pytest.raises(MalformedError, match=why):
        derived(iso_of(tree))


def test_names_without_rock_ridge_give_nothing() -> None:
    with pytest.raises(MalformedError, match="Rock Ridge"):
        derived(iso_of(tree_of(FILES), has_names=False))


def test_what_is_no_iso_gives_nothing() -> None:
    for image in (b"", b"hello", bytes(100_000), IMAGE[:40_000]):
        with pytest.raises(MalformedError):
            derived(image)


def test_nothing_is_derived_of_what_nobody_vouches_for() -> None:
    unsigned = verified(beside={})
    with pytest.raises(ValueError, match="nobody vouches"):
        list(derived_from(unsigned, release="1.4.0"))
