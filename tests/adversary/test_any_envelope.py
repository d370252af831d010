"""A list of checksums in any usual style counts in every signed form, and reads the same in it."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.trust.admit import FORMATS, Submission
from netintegrity.trust.keyring import Keyring
from tests.adversary import cms_peer, dgst_peer, openpgp_peer
from tests.adversary.peers import needs
from tests.adversary.pkg_peer import PkgSigner
from tests.adversary.signed_checksums import Holder
from tests.adversary.vendor_simulator import flip, judge_with, reason_with

pytestmark = [needs("openssl"), needs("gpg")]

SHA256, SHA512, MD5 = "ab" * 32, "cd" * 64, "ef" * 16
STYLES = {
    "GNU, text": f"{SHA256}  image.bin\n{SHA512}  image.bin\n",
    "GNU, binary": f"{SHA256} *image.bin\n{SHA512} *image.bin\n",
    "GNU, with a path": f"{SHA256}  ./amd64/image.bin\n{SHA512}  ./amd64/image.bin\n",
    "BSD": f"SHA256 (image.bin) = {SHA256}\nSHA512 (image.bin) = {SHA512}\n",
    "openssl 1": f"SHA256(image.bin)= {SHA256}\nSHA512(image.bin)= {SHA512}\n",
    "openssl 3": f"SHA2-256(image.bin)= {SHA256}\nSHA2-512(image.bin)= {SHA512}\n",
    "mixed, with comments": f"# ours\n\n{SHA256}  image.bin\nSHA512 (image.bin) = {SHA512}\n",
    "no last line end": f"{SHA256}  image.bin\n{SHA512}  image.bin",
}
WANTED = {f"sha256:{SHA256}", f"sha512:{SHA512}"}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All the signers, each with its own key."""

    folder: Path
    openpgp: openpgp_peer.Holder
    bare: Holder

    @property
    def dgst(self) -> dgst_peer.Signer:
        return dgst_peer.Signer(folder=self.folder)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("signers")
    holder = openpgp_peer.Holder(home=folder / "gpg").make()
    yield Desk(folder=folder, openpgp=holder, bare=Holder())
    holder.stop()


Signed = tuple[Submission, Keyring]


def beside(content: bytes, suffix: str, value: bytes) -> Submission:
    return Submission(filename="list", raw=content, detached={suffix: value})


def by_cms(desk: Desk, content: bytes) -> Signed:
    signer = cms_peer.Signer(folder=desk.folder)
    return beside(content, ".p7s", signer.sign(content)), signer.keyring()


def by_dgst(desk: Desk, content: bytes) -> Signed:
    signer = desk.dgst
    return beside(content, ".sig", signer.sign(content)), signer.keyring()


def by_cosign(desk: Desk, content: bytes) -> Signed:
    signer = dgst_peer.Signer(folder=desk.folder, form="cosign")
    return beside(content, ".sig", base64.b64encode(signer.sign(content))), signer.keyring()


def by_bundle(desk: Desk, content: bytes) -> Signed:
    signer = dgst_peer.Signer(folder=desk.folder, form="cosign")
    made = dgst_peer.bundle(content, signer.sign(content), signer.public)
    return beside(content, ".sigstore.json", made), signer.keyring()


def by_pkg(desk: Desk, content: bytes) -> Signed:
    signer = PkgSigner(folder=desk.folder)
    return beside(content, ".sig", signer.sign(content)), signer.keyring()


def by_signify(desk: Desk, content: bytes) -> Signed:
    return beside(content, ".sig", desk.bare.signify(content)), desk.bare.keyring("signify")


def by_signify_inside(desk: Desk, content: bytes) -> Signed:
    whole = Submission(filename="SHA256.sig", raw=desk.bare.embedded(content))
    return whole, desk.bare.keyring("signify")


def by_minisign(desk: Desk, content: bytes) -> Signed:
    keyring = desk.bare.keyring("minisign", algorithm="ed25519-blake2b512")
    return beside(content, ".minisig", desk.bare.minisign(content)), keyring


def by_openpgp(desk: Desk, content: bytes) -> Signed:
    return beside(content, ".asc", desk.openpgp.sign(content)), desk.openpgp.keyring()


def by_openpgp_inside(desk: Desk, content: bytes) -> Signed:
    whole = Submission(filename="list.asc", raw=desk.openpgp.clear(content))
    return whole, desk.openpgp.keyring()


ENVELOPES: dict[str, tuple[str, Callable[[Desk, bytes], Signed]]] = {
    "cms": ("cms", by_cms),
    "openssl dgst": ("openssl-dgst", by_dgst),
    "cosign": ("cosign", by_cosign),
    "cosign, bundle": ("cosign", by_bundle),
    "pkg": ("freebsd-pkg", by_pkg),
    "signify": ("signify", by_signify),
    "signify, inside": ("signify", by_signify_inside),
    "minisign": ("minisign", by_minisign),
    "openpgp": ("openpgp", by_openpgp),
    "openpgp, inside": ("openpgp", by_openpgp_inside),
}


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_every_style_reads_the_same_in_every_signed_form(desk: Desk, envelope: str) -> None:
    format_id, make = ENVELOPES[envelope]
    for style, text in STYLES.items():
        submission, keyring = make(desk, text.encode())
        references, (outcome,) = judge_with(keyring, submission)
        assert (outcome.reason, outcome.format_id) == (None, format_id), style
        (image,) = references.images
        assert (image.filename, {str(d) for d in image.digests}) == ("image.bin", WANTED), style


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_what_is_no_list_is_malformed_in_every_signed_form(desk: Desk, envelope: str) -> None:
    _, make = ENVELOPES[envelope]
    for text in (
        f"{SHA256}  image.bin\nand some words\n",
        f"{SHA256}  image.bin\n{'00' * 32}  image.bin\n",
        f"{SHA256}  image.bin\n{'00' * 30}  other.bin\n",
        f"{SHA256}  image.bin\nSHA256 (other.bin) = {MD5}\n",
    ):
        submission, keyring = make(desk, text.encode())
        assert reason_with(keyring, submission) == "malformed", text


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_no_changed_byte_of_a_list_counts_in_any_signed_form(desk: Desk, envelope: str) -> None:
    _, make = ENVELOPES[envelope]
    submission, keyring = make(desk, STYLES["mixed, with comments"].encode())
    start = submission.raw.index(b"# ours")
    for position in range(start, start + len(STYLES["mixed, with comments"]) - 1):
        spoilt = Submission(
            filename=submission.filename,
            raw=flip(submission.raw, position),
            detached=submission.detached,
        )
        assert reason_with(keyring, spoilt) != "verified", position


def test_no_signature_of_one_form_counts_under_a_key_for_another(desk: Desk) -> None:
    content = STYLES["BSD"].encode()
    made = {name: make(desk, content) for name, (_, make) in ENVELOPES.items()}
    for name, (submission, _) in made.items():
        for other, (_, keyring) in made.items():
            if ENVELOPES[name][0] != ENVELOPES[other][0]:
                assert reason_with(keyring, submission) != "verified", (name, other)


def test_every_form_for_lists_of_checksums_is_in_this_table() -> None:
    carrying = {f.id for f in FORMATS.values() if f.sniff("list", STYLES["BSD"].encode())}
    assert carrying == {format_id for format_id, _ in ENVELOPES.values()}
