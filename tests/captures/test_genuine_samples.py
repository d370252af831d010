"""Every signed sample that is at hand verifies, none of its twins does, and none is left out."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from netintegrity.errors import TrustError
from netintegrity.model.reference import ReferenceSet
from netintegrity.store.keys import read_keys
from netintegrity.trust.admit import (
    FORMATS,
    MANIFEST_PURPOSES,
    RELEASE_CHANNELS,
    Submission,
)
from netintegrity.trust.certificates import read_key
from netintegrity.trust.image_file import verify_image
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.signer import signer_of
from tests.adversary.peers import needs
from tests.adversary.swi_simulator import reader
from tests.adversary.vendor_simulator import flip, reason_with
from tests.paths import CAPTURES, ROOT, needs_captures

pytestmark = needs_captures

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TWINS = 60
"""Of each sample; where it is small, every byte of it would be more."""


def anchored(key: str, form: str, algorithm: str, purpose: str = "manifest") -> Keyring:
    content = (CAPTURES / key).read_bytes()
    file = "captured" + (PurePosixPath(key).suffix if key.endswith(".gpg") else ".pem")
    text = f"""\
anchors:
  - id: toy/captured
    file: {file}
    fingerprint: "{read_key(content).fingerprint}"
    algorithm: {algorithm}
    signer: vendor
    vendor: toy
    purpose: {purpose}
    formats: [{form}]
"""
    return load_keyring({"keyring.yaml": text.encode(), file: content})


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was signed, by whose key, and where its signed bytes begin."""

    file: str
    signature: str | None = None
    """None: inside."""
    suffix: str = ".sig"
    key: str | None = None
    """None: the keys that ship."""
    form: str
    algorithm: str = "ed25519"
    expected: str = "verified"
    """``malformed``: the signature is good, and what it signs is no list."""
    starts: bytes = b""
    """With what the signed bytes begin; nothing: with the file."""
    ends: bytes = b""

    @property
    def keyring(self) -> Keyring:
        if self.key is None:
            return load_keyring(read_keys(ROOT / "vendor_keys").files)
        return anchored(self.key, self.form, self.algorithm)

    @property
    def raw(self) -> bytes:
        return (CAPTURES / self.file).read_bytes()

    @property
    def beside(self) -> bytes | None:
        return None if self.signature is None else (CAPTURES / self.signature).read_bytes()

    def judge(self, keyring: Keyring, raw: bytes, beside: bytes | None) -> str:
        """Judge the signature alone: not all that is signed here is a list."""
        detached = {} if beside is None else {self.suffix: beside}
        kind = FORMATS[self.form]
        try:
            signer_of(
                kind.split(raw, detached),
                kind,
                keyring,
                purposes=MANIFEST_PURPOSES,
                channels=RELEASE_CHANNELS,
                filename=self.file,
            )
        except TrustError as error:
            return error.reason
        return "verified"

    def admitted(self, keyring: Keyring) -> str:
        """Judge the whole, as a list."""
        detached = {} if self.beside is None else {self.suffix: self.beside}
        name = PurePosixPath(self.file).name
        return reason_with(keyring, Submission(filename=name, raw=self.raw, detached=detached))


SNAP, VOID = "signify_misc/snap", "signify_misc/void-aarch64"
LISTED = {"form": "signify", "starts": b"SHA256 ("}
OPENBSD = "openbsd/openbsd-76-base.pub"


def signify(file: str, key: str, signature: str | None = None) -> Sample:
    return Sample(file=file, signature=signature, key=key, form="signify", starts=b"SHA256 (")


SAMPLES = [
    signify("openbsd/SHA256.sig", OPENBSD),
    signify("openbsd/SHA256", OPENBSD, "openbsd/SHA256.sig"),
    signify(f"{SNAP}/SHA256.sig", f"{SNAP}/snap.pub"),
    signify(f"{SNAP}/SHA256", f"{SNAP}/snap.pub", f"{SNAP}/SHA256.sig"),
    signify(f"{VOID}/SHA256.sig", f"{VOID}/void-aarch64.pub"),
    Sample(
        file="openwrt/vector-usign/msg",
        signature="openwrt/vector-usign/msg.sig",
        key="openwrt/vector-usign/key.pub",
        form="signify",
        expected="malformed",
    ),
    Sample(
        file="minisign/test",
        signature="minisign/test.legacy.minisig",
        suffix=".minisig",
        key="minisign/minisign.pub",
        form="minisign",
        expected="malformed",
    ),
    Sample(
        file="minisign/test",
        signature="minisign/test.prehashed.minisig",
        suffix=".minisig",
        key="minisign/minisign.pub",
        form="minisign",
        algorithm="ed25519-blake2b512",
        expected="malformed",
    ),
    Sample(
        file="debian/bookworm-security_InRelease",
        key="debian/debian-archive-bookworm-security-automatic.gpg",
        form="openpgp",
        algorithm="openpgp",
        starts=b"Origin:",
        ends=b"\n-----BEGIN PGP SIGNATURE",
    ),
    Sample(
        file="debian/bookworm-security_InRelease",
        key="debian/debian-archive-bullseye-security-automatic.gpg",
        form="openpgp",
        algorithm="openpgp",
        starts=b"Origin:",
        ends=b"\n-----BEGIN PGP SIGNATURE",
    ),
    *(
        Sample(
            file=f"cisco/kgv/{name}",
            signature=f"cisco/kgv/{name}.signature",
            suffix=".signature",
            form="cisco-kgv",
        )
        for name in ("example_kgv.json", "old_kgv_signed.json")
    ),
]
IMAGES = ("arista_eos/toy/toy-signed.swi", "arista_eos/toy/Toy.swix")
TAMPERED = ("arista_eos/toy/toy-tampered.swi",)
UNSIGNED = {
    "cisco/kgv/example_kgv_updated_unsigned.json": "says so",
    "cisco/kgv/sandbox.kgv.json": "no signature of it is at hand",
    "cisco/kgv/example_kgv.json.bad_signature": "another test expects it to be bad",
    "cisco/kgv/old_kgv_signed.json.signature.bad": "the same",
    "sonic/toy/toy-unsigned.bin": "says so",
    "arista_eos/EOS.swi.3.0.swi-signature.bin": "the image it signs is not at hand",
}
ELSEWHERE = {
    "openwrt/key-build.ucert": "OpenWrt's images",
    "openwrt/toy-fwtool-image.bin": "OpenWrt's images",
    "sonic/toy/toy-signed.bin": "SONiC's images",
}
SIGNED_LOOKS = (".sig", ".minisig", ".swi", ".swix", ".ucert", ".bin", "InRelease", ".signature")


def named(sample: Sample) -> str:
    key = PurePosixPath(sample.key).stem if sample.key else "built-in"
    return f"{sample.file}, {sample.signature or 'inside'}, {key}"


def positions(raw: bytes, starts: bytes, ends: bytes) -> Iterator[int]:
    """Yield places of signed bytes: the first, the last, and others that lie evenly between."""
    first = raw.index(starts) if starts else 0
    last = raw.index(ends) if ends else len(raw)
    yield from range(first, last, max(1, (last - first) // TWINS))
    yield last - 1


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_genuine_sample_verifies_and_none_of_its_twins_does(sample: Sample) -> None:
    keyring, raw, beside = sample.keyring, sample.raw, sample.beside
    assert sample.judge(keyring, raw, beside) == "verified"
    assert sample.admitted(keyring) == sample.expected
    for position in positions(raw, sample.starts, sample.ends):
        assert sample.judge(keyring, flip(raw, position), beside) != "verified", position
    for twin in (raw[: len(raw) // 2], raw + b"00" * 32 + b"  evil.bin\n", b""):
        assert sample.judge(keyring, twin, beside) != "verified"
    if beside is None:
        return
    assert sample.judge(keyring, raw, None) != "verified"
    # The first line of a signature file may be a comment that nobody signed.
    start = beside.index(b"\n") + 1 if beside.startswith(b"untrusted comment") else 0
    # What follows a value that is whole is a list of its own, or the end of the line.
    end = beside.index(b"\n", start) if start else len(beside)
    for position in positions(beside[start:end], b"", b""):
        spoilt = flip(beside, start + position)
        assert sample.judge(keyring, raw, spoilt) != "verified", position


@needs("openssl")
@pytest.mark.parametrize("name", ["example_kgv.json", "old_kgv_signed.json"])
def test_openssl_says_the_same_of_the_lists_that_cisco_signed(name: str, tmp_path: Path) -> None:
    folder = CAPTURES / "cisco"
    raw = (folder / "kgv" / name).read_bytes()
    value = (folder / "kgv" / f"{name}.signature").read_bytes()
    certificate = folder / "certs" / "Known_Good_Values_PROD.pem"
    made = subprocess.run(
        ["openssl", "x509", "-in", str(certificate), "-noout", "-pubkey"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    (tmp_path / "key.pem").write_bytes(made.stdout)

    def accepted(raw: bytes, value: bytes) -> bool:
        (tmp_path / "list").write_bytes(raw)
        (tmp_path / "value").write_bytes(value)
        asked = ["-verify", "key.pem", "-signature", "value", "list"]
        done = subprocess.run(
            ["openssl", "dgst", "-sha512", *asked],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return done.returncode == 0

    assert accepted(raw, value)
    for position in (0, 1, len(raw) // 3, len(raw) // 2, len(raw) - 1):
        assert not accepted(flip(raw, position), value)
    for position in (0, 1, 2, 255, 256, 510, 511):
        assert not accepted(raw, flip(value, position))
    for other in (raw[:-1], raw + b" ", raw.replace(b"\n", b"\r\n") + b"!", b""):
        assert not accepted(other, value)


def image(name: str, raw: bytes, keyring: Keyring) -> str:
    judged = verify_image(
        reader(raw),
        len(raw),
        filename=PurePosixPath(name).name,
        keyring=keyring,
        references=ReferenceSet(images=(), provenance=()),
        at=AT,
    )
    return judged.reason or judged.signature.value


@pytest.mark.parametrize("name", IMAGES)
def test_a_signed_image_verifies_and_none_of_its_twins_does(name: str) -> None:
    keyring = anchored(
        "arista_eos/toy/root.crt", "arista-swi", "ecdsa-p256-sha256", purpose="image"
    )
    raw = (CAPTURES / name).read_bytes()
    assert image(name, raw, keyring) == "verified"
    for position in positions(raw, b"", b""):
        assert image(name, flip(raw, position), keyring) != "verified", position
    for twin in (raw[:-1], raw + b"\0", raw[: len(raw) // 2]):
        assert image(name, twin, keyring) != "verified"
    built_in = load_keyring(read_keys(ROOT / "vendor_keys").files)
    assert image(name, raw, built_in) == "unknown-signer"


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_rejected(name: str) -> None:
    keyring = anchored(
        "arista_eos/toy/root.crt", "arista-swi", "ecdsa-p256-sha256", purpose="image"
    )
    assert image(name, (CAPTURES / name).read_bytes(), keyring) == "bad-signature"


def test_no_sample_that_looks_signed_is_left_out() -> None:
    found = {
        str(path.relative_to(CAPTURES))
        for path in CAPTURES.rglob("*")
        if path.is_file() and path.name.endswith(SIGNED_LOOKS)
    }
    judged = {s.file for s in SAMPLES} | {s.signature for s in SAMPLES if s.signature}
    judged |= {*IMAGES, *TAMPERED, *UNSIGNED, *ELSEWHERE}
    assert found - judged == set()
    assert all((CAPTURES / name).is_file() for name in judged)
