"""An OpenWrt image verifies through its chain of keys; one that was changed in any way does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from netintegrity.model.assurance import Caveat
from netintegrity.trust.certificates import read_key
from netintegrity.trust.images._ucert import read_chain, read_payload
from netintegrity.trust.images.openwrt_sysupgrade import CONTAINER, MAX_BYTES
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.signify_text import COMMENT
from tests.adversary.openwrt_simulator import (
    FIRMWARE,
    METADATA,
    RELEASE,
    OpenWrtVendor,
    blob,
    certificate,
    chunk,
    last,
    named,
    payload,
    with_metadata,
)
from tests.adversary.peers import needs
from tests.adversary.release_simulator import judge
from tests.adversary.signed_checksums import Holder
from tests.adversary.tampering import signify_accepts
from tests.adversary.vendor_simulator import flip
from tests.paths import CAPTURES, needs_captures

NAME = "openwrt-sysupgrade.bin"
VENDOR = OpenWrtVendor()
STRANGER = OpenWrtVendor()
UNSIGNED = with_metadata()
IMAGE = VENDOR.sign()
KEYRING = VENDOR.keyring()


def told(image: bytes, vendor: OpenWrtVendor = VENDOR) -> str:
    judged = judge(image, NAME, {}, vendor.keyring())
    assert (judged.verdict == "verified") == (judged.signature == "verified")
    return judged.reason or judged.signature.value


def chained(*links: bytes) -> bytes:
    return chunk(UNSIGNED, 0, b"".join(links))


def test_an_honest_image_verifies_and_says_its_release() -> None:
    judged = judge(IMAGE, NAME, {}, KEYRING)
    assert (judged.signature, judged.container) == ("verified", "openwrt-sysupgrade")
    assert (judged.described.release, judged.caveats) == (RELEASE, frozenset())
    assert judged.signer == f"usign key {VENDOR.build.number.hex()}"
    assert "flash" in judged.described.notes[0]


def test_a_chain_may_be_none_or_long() -> None:
    assert told(chained(last(VENDOR.root, UNSIGNED))) == "verified"
    middle = Holder(number=b"between!")
    long = chained(
        certificate(VENDOR.root, payload(middle.public)),
        certificate(middle, payload(VENDOR.build.public)),
        last(VENDOR.build, UNSIGNED),
    )
    assert told(long) == "verified"


@needs("signify-openbsd")
def test_signify_takes_each_link_as_we_do(tmp_path: Path) -> None:
    chain = read_chain(VENDOR.chain(UNSIGNED))
    (link,) = chain.certificates
    assert signify_accepts(tmp_path, link.payload, VENDOR.root.signify(link.payload), VENDOR.root)
    signed = VENDOR.build.signify(UNSIGNED)
    assert signify_accepts(tmp_path, UNSIGNED, signed, VENDOR.build)
    assert not signify_accepts(tmp_path, UNSIGNED + b"\0", signed, VENDOR.build)


def test_no_changed_byte_leaves_it_verified() -> None:
    # The comments of keys and signatures are signed by nobody, as everywhere in this format.
    free = [
        at
        for start in range(len(UNSIGNED), len(IMAGE))
        if IMAGE.startswith(COMMENT, start)
        for at in range(start + len(COMMENT), IMAGE.index(b"\n", start))
    ]
    for position in (*range(0, len(UNSIGNED), 131), *range(len(UNSIGNED), len(IMAGE))):
        if position not in free:
            assert told(flip(IMAGE, position)) != "verified", position


Change = Callable[[], bytes]
BUILD = payload(VENDOR.build.public)
LINK = certificate(VENDOR.root, BUILD)
LAST = last(VENDOR.build, UNSIGNED)
ATTACKS: dict[str, tuple[Change, str]] = {
    "a changed firmware": (
        lambda: chunk(b"!" + UNSIGNED[1:], 0, VENDOR.chain(UNSIGNED)),
        "bad-signature",
    ),
    "other metadata": (
        lambda: chunk(with_metadata(metadata=b"{}"), 0, VENDOR.chain(UNSIGNED)),
        "bad-signature",
    ),
    "no metadata any more": (
        lambda: chunk(FIRMWARE, 0, VENDOR.chain(UNSIGNED)),
        "bad-signature",
    ),
    "the signature taken off": (lambda: UNSIGNED, "unsigned"),
    "metadata behind the signature": (lambda: chunk(IMAGE, 1, bytes(8) + METADATA), "unsigned"),
    "a byte behind the trailer": (lambda: IMAGE + b"\0", "unsupported"),
    "a second signature chunk": (
        lambda: chunk(IMAGE, 0, STRANGER.chain(IMAGE)),
        "bad-signature",
    ),
    "another CRC": (lambda: chunk(UNSIGNED, 0, VENDOR.chain(UNSIGNED), crc=1), "bad-signature"),
    "a chunk larger than it is": (
        lambda: chunk(UNSIGNED, 0, VENDOR.chain(UNSIGNED), size=1000),
        "bad-signature",
    ),
    "a chunk larger than any": (
        lambda: chunk(UNSIGNED, 0, VENDOR.chain(UNSIGNED), size=2**32 - 1),
        "malformed",
    ),
    "a chunk smaller than its trailer": (
        lambda: chunk(UNSIGNED, 0, VENDOR.chain(UNSIGNED), size=3),
        "malformed",
    ),
    "a chunk of another kind": (lambda: chunk(UNSIGNED, 7, VENDOR.chain(UNSIGNED)), "malformed"),
    "a stranger": (STRANGER.sign, "bad-signature"),
    "a stranger's number": (
        lambda: OpenWrtVendor(root=Holder(number=b"stranger")).sign(),
        "unknown-signer",
    ),
    "the build key without its certificate": (lambda: chained(LAST), "unknown-signer"),
    "a certificate alone": (lambda: chained(LINK), "bad-signature"),
    "two last signatures": (lambda: chained(LINK, LAST, LAST), "bad-signature"),
    "links in another order": (lambda: chained(LAST, LINK), "bad-signature"),
    "a certificate the build key gave itself": (
        lambda: chained(certificate(VENDOR.build, BUILD), LAST),
        "unknown-signer",
    ),
    "the image signed by the pinned key behind a certificate": (
        lambda: chained(LINK, last(VENDOR.root, UNSIGNED)),
        "bad-signature",
    ),
    "a revocation for a certificate": (
        lambda: chained(certificate(VENDOR.root, payload(VENDOR.build.public, certtype=2)), LAST),
        "bad-signature",
    ),
    "a certificate of more than it is": (
        lambda: chained(certificate(VENDOR.root, BUILD + named(5, "more", bytes(4))), LAST),
        "bad-signature",
    ),
    "a certificate that is none": (
        lambda: chained(certificate(VENDOR.root, b"hello"), LAST),
        "bad-signature",
    ),
    "a chain of blobs in blobs": (lambda: chained(blob(0, LINK), LAST), "bad-signature"),
    "padding that is not NUL": (lambda: chained(LINK, LAST[:-1] + b"x"), "bad-signature"),
    "nothing for a chain": (chained, "bad-signature"),
    "nine links": (lambda: chained(*[LINK] * 9), "malformed"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_has_its_word(attack: str) -> None:
    change, expected = ATTACKS[attack]
    assert told(change()) == expected


@pytest.mark.parametrize("valid", [(1, 2), (4_000_000_000, 4_000_000_001)])
def test_a_key_that_is_not_valid_now_is_a_caveat(valid: tuple[int, int]) -> None:
    dated = certificate(VENDOR.root, payload(VENDOR.build.public, valid=valid))
    judged = judge(chained(dated, LAST), NAME, {}, KEYRING)
    assert judged.signature == "verified"
    assert judged.caveats == {Caveat.IDENTITY_EXPIRED}


def test_metadata_that_is_none_is_malformed_once_it_verified() -> None:
    for metadata, expected in (
        (b"not JSON", "malformed"),
        (b'{"version": 1}', "malformed"),
        (b"[" * 5000, "malformed"),
        (b'{"version": {"version": "24.10.0"}, "version": {}}', "malformed"),
        (b'{"version": {"version": "a b"}}', "verified"),
        (b"{}", "verified"),
    ):
        assert told(VENDOR.sign(with_metadata(metadata=metadata))) == expected, metadata
    other_version = chunk(FIRMWARE, 1, b"\0\0\0\1" + bytes(4) + METADATA)
    assert told(VENDOR.sign(other_version)) == "malformed"


def test_a_key_for_some_trains_signs_nothing_else() -> None:
    judged = judge(IMAGE, NAME, {}, VENDOR.keyring(trains='["openwrt-23.05"]'))
    assert (judged.signature, judged.reason) == ("rejected", "wrong-purpose")


def test_keys_for_other_things_do_not_count() -> None:
    for changes in ({"channel": "snapshot"}, {"purpose": "manifest", "formats": "[signify]"}):
        assert judge(IMAGE, NAME, {}, VENDOR.keyring(**changes)).signature == "unverifiable"


def test_an_image_too_large_to_be_held_is_not_read() -> None:
    tail = IMAGE[len(UNSIGNED) :]
    size = MAX_BYTES + 1

    def read_at(offset: int, length: int) -> bytes:
        assert length <= 2 * 1024 * 1024
        whole = range(offset, min(offset + length, size))
        start = size - len(tail)
        before = bytes(max(0, min(start, whole.stop) - whole.start))
        return before + tail[max(0, whole.start - start) : max(0, whole.stop - start)]

    with pytest.raises(Exception, match="too-large"):
        CONTAINER.open(read_at, size)


@needs_captures
def test_the_genuine_certificate_and_chunks_are_read() -> None:
    raw = (CAPTURES / "openwrt" / "key-build.ucert").read_bytes()
    # It is a certificate without an image: one link, and no last one.
    with pytest.raises(ValueError, match="the last one signs the image"):
        read_chain(raw)
    signed = raw + last(VENDOR.build, UNSIGNED)
    (link,) = read_chain(signed).certificates
    key = read_payload(link.payload)
    assert key.number == link.signature.number == "84bfc88a17166577"
    key.key.verify(link.signature.value, link.payload)
    toy = (CAPTURES / "openwrt" / "toy-fwtool-image.bin").read_bytes()
    judged = judge(toy, NAME, {}, KEYRING)
    assert (judged.container, judged.reason) == ("openwrt-sysupgrade", "bad-signature")
    tampered = judge(flip(toy, 100), NAME, {}, KEYRING)
    assert "CRC-32" in tampered.detail


def test_the_simulator_writes_what_the_reader_reads() -> None:
    said = read_payload(BUILD)
    assert said.number == VENDOR.build.number.hex()
    assert read_key(VENDOR.build.public).key == said.key


def test_a_revoked_key_anywhere_in_the_chain_wins() -> None:
    public = {"toy.pub": VENDOR.root.public, "build.pub": VENDOR.build.public}

    def trusting(revoked: str) -> str:
        entries = [
            f"  - id: toy/{name.removesuffix('.pub')}\n    file: {name}\n"
            f'    fingerprint: "{read_key(content).fingerprint}"\n    algorithm: ed25519\n'
            "    signer: owner\n    purpose: image\n    formats: [openwrt-sysupgrade]\n"
            + ("    revoked: its build host was broken into\n" if name == revoked else "")
            for name, content in public.items()
        ]
        text = ("anchors:\n" + "".join(entries)).encode()
        judged = judge(IMAGE, NAME, {}, load_keyring({"keyring.yaml": text, **public}))
        return judged.reason or judged.signature.value

    assert trusting("") == "verified"
    assert trusting("build.pub") == "revoked"
    # The pinned key itself is asked no more.
    assert trusting("toy.pub") == "unknown-signer"
