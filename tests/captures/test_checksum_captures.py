"""Lists that OpenBSD and others signed, and their twins that they did not."""

from pathlib import Path

import pytest

from netintegrity.app.registries import parse_release
from netintegrity.errors import TrustError
from netintegrity.store.manifests import read_manifest
from netintegrity.trust.admit import FORMATS, Submission, admit
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.certificates import read_key
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.signer import signer_of
from tests.adversary.vendor_simulator import flip, judge_with, reason_with
from tests.paths import CAPTURES, needs_captures

pytestmark = needs_captures


def trusting(path: str, algorithm: str = "ed25519") -> Keyring:
    public = (CAPTURES / path).read_bytes()
    text = f"""\
anchors:
  - id: toy/captured
    file: captured.pub
    fingerprint: "{read_key(public).fingerprint}"
    algorithm: {algorithm}
    signer: vendor
    vendor: toy
    purpose: manifest
    formats: [signify, minisign]
"""
    return load_keyring({"keyring.yaml": text.encode(), "captured.pub": public})


SIGNED_LISTS = [
    ("openbsd/SHA256.sig", "openbsd/openbsd-76-base.pub"),
    ("openbsd/SHA256", "openbsd/openbsd-76-base.pub"),
    ("signify_misc/snap/SHA256.sig", "signify_misc/snap/snap.pub"),
    ("signify_misc/snap/SHA256", "signify_misc/snap/snap.pub"),
    ("signify_misc/void-aarch64/SHA256.sig", "signify_misc/void-aarch64/void-aarch64.pub"),
]


@pytest.mark.parametrize(("name", "key"), SIGNED_LISTS)
def test_a_genuine_list_verifies_inside_or_beside_its_signature(name: str, key: str) -> None:
    references, (outcome,) = judge_with(trusting(key), read_manifest(CAPTURES / name))
    assert (outcome.reason, outcome.format_id) == (None, "signify")
    assert references.images
    assert "age-unknown" in outcome.caveats


@pytest.mark.parametrize(("name", "key"), SIGNED_LISTS)
def test_its_twin_with_one_other_byte_does_not(name: str, key: str) -> None:
    honest, keyring = read_manifest(CAPTURES / name), trusting(key)
    start = honest.raw.index(b"SHA256 (")
    for position in range(start, len(honest.raw), max(1, (len(honest.raw) - start) // 40)):
        spoilt = flip(honest.raw, position)
        assert (
            reason_with(
                keyring, Submission(filename=honest.filename, raw=spoilt, detached=honest.detached)
            )
            == "bad-signature"
        )


def test_a_genuine_list_under_another_key_of_the_same_vendor_is_a_strangers() -> None:
    keyring = trusting("openbsd/openbsd-73-base.pub")
    assert reason_with(keyring, read_manifest(CAPTURES / "openbsd" / "SHA256.sig")) == (
        "unknown-signer"
    )


def test_a_published_digest_of_openbsd_is_found() -> None:
    admitted = admit(
        (CAPTURES / "openbsd" / "SHA256.sig").read_bytes(),
        filename="SHA256.sig",
        detached={},
        keyring=trusting("openbsd/openbsd-76-base.pub"),
        releases=parse_release,
    )
    digests = {i.filename: str(next(iter(i.digests))) for i in admitted.references.images}
    assert digests["BOOTX64.EFI"].startswith("sha256:63a0651534bc")


VECTORS = [
    ("signify", "openwrt/vector-usign/msg.sig", "msg", "key.pub", "ed25519"),
    ("minisign", "minisign/test.legacy.minisig", "test", "minisign.pub", "ed25519"),
    ("minisign", "minisign/test.prehashed.minisig", "test", "minisign.pub", "ed25519-blake2b512"),
]


@pytest.mark.parametrize(("form", "signature", "message", "key", "algorithm"), VECTORS)
def test_a_genuine_signature_over_other_content_verifies_and_its_twins_do_not(
    form: str, signature: str, message: str, key: str, algorithm: str
) -> None:
    folder = signature.rpartition("/")[0]
    keyring = trusting(f"{folder}/{key}", algorithm)
    raw, beside = ((CAPTURES / n).read_bytes() for n in (f"{folder}/{message}", signature))

    def verifies(raw: bytes, beside: bytes, keyring: Keyring = keyring) -> bool:
        try:
            envelope = FORMATS[form].split(raw, {"": beside})
            signer_of(
                envelope,
                FORMATS[form],
                keyring,
                purposes=frozenset({"manifest"}),
                channels=frozenset({"release"}),
                filename=message,
            )
        except TrustError:
            return False
        return True

    assert verifies(raw, beside)
    assert not any(verifies(flip(raw, p), beside) for p in range(len(raw)))
    comment = beside.index(b"\n") + 1
    assert not any(verifies(raw, flip(beside, p)) for p in range(comment, len(beside) - 1))
    other = next(a for a in ("ed25519", "ed25519-blake2b512") if a != algorithm)
    assert not verifies(raw, beside, trusting(f"{folder}/{key}", str(Algorithm(other))))


def test_every_signify_key_of_openbsd_is_read() -> None:
    keys = sorted((CAPTURES / "openbsd").glob("*.pub"))
    assert len({read_key(Path(k).read_bytes()).number for k in keys}) == len(keys) == 5
