"""No mutation of a signed image verifies, unless what is signed and its signature are unchanged.

What may change and is signed by nobody: the comments of usign and minisign, certificates inside CMS
that nobody reads, names and times in a Cisco archive.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.trust import cms, openpgp
from netintegrity.trust.certificates import read_pem
from netintegrity.trust.images import sonic_onie
from netintegrity.trust.images._tar import bundle_of
from netintegrity.trust.images._ucert import read_chain
from netintegrity.trust.images.openwrt_sysupgrade import CONTAINER as OPENWRT
from netintegrity.trust.keyring import load_keyring
from tests.adversary.debian_simulator import DEB, Archive
from tests.adversary.debian_simulator import NAME as DEB_NAME
from tests.adversary.image_mutations import EDITS, Edit, Files, Sample
from tests.adversary.openpgp_peer import Holder
from tests.adversary.openwrt_simulator import OpenWrtVendor
from tests.adversary.peers import needs
from tests.adversary.release_simulator import Releases
from tests.adversary.sonic_simulator import VERSION, SonicVendor, unsigned
from tests.adversary.swi_simulator import SwiVendor, reader
from tests.adversary.vyos_simulator import FILES, VyosVendor, iso_of, tree_of
from tests.adversary.vyos_simulator import NAME as VYOS_NAME

pytestmark = [needs("openssl"), needs("gpg")]


def whole(image: bytes, beside: Files) -> object:
    return image, dict(beside)


def eos(_: Path) -> Sample:
    vendor = SwiVendor()
    # Every byte of it is signed, or follows from the rest.
    return Sample(name="EOS.swi", image=vendor.sign(), keyring=vendor.keyring(), essence=whole)


def aboot(_: Path) -> Sample:
    vendor = SwiVendor()
    files = {"fs.squashfs": b"hsqs" * 100, ".imagehash": VERSION.encode(), "version": b"x"}
    pem = vendor.root.public_bytes(Encoding.PEM)
    text = (
        "anchors:\n  - id: toy/aboot\n    file: root.pem\n"
        f'    fingerprint: "{read_pem(pem).fingerprint}"\n    algorithm: ecdsa-p256-sha256\n'
        "    signer: owner\n    purpose: image\n    formats: [sonic-aboot]\n"
    )
    keyring = load_keyring({"keyring.yaml": text.encode(), "root.pem": pem})
    return Sample(name="s.swi", image=vendor.sign(files), keyring=keyring, essence=whole)


def onie(folder: Path) -> Sample:
    vendor = SonicVendor(folder=folder)

    def essence(image: bytes, _: Files) -> object:
        opened = sonic_onie.CONTAINER.open(reader(image), len(image))
        statement = opened.statement
        assert isinstance(statement, cms.SignedData)
        return image[: len(opened.covered)], statement.value, statement.attributes

    image = vendor.sign(unsigned())
    return Sample(name="s.bin", image=image, keyring=vendor.keyring(), essence=essence)


def openwrt(_: Path) -> Sample:
    vendor = OpenWrtVendor()

    def essence(image: bytes, _: Files) -> object:
        covered = OPENWRT.open(reader(image), len(image)).covered
        chain = read_chain(image[len(covered) : -16])
        links = [(c.signature, c.payload) for c in chain.certificates]
        return image[: len(covered)], links, chain.last

    return Sample(name="o.bin", image=vendor.sign(), keyring=vendor.keyring(), essence=essence)


def vyos(_: Path) -> Sample:
    vendor = VyosVendor()
    image = iso_of(tree_of(FILES))

    def essence(image: bytes, beside: Files) -> object:
        lines = beside[f"{VYOS_NAME}.minisig"].split(b"\n")
        # A line end behind the last line may be there or not.
        return image, [line for line in lines[1:] if line]

    beside, keyring = vendor.beside(image), vendor.keyring()
    return Sample(name=VYOS_NAME, image=image, keyring=keyring, beside=beside, essence=essence)


def release(folder: Path) -> Sample:
    vendor = Releases(folder=folder)

    def essence(image: bytes, _: Files) -> object:
        bundle = bundle_of(reader(image), len(image))
        assert bundle is not None
        start = bundle.offset
        signature = bundle.beside[f"{bundle.name}.signature"]
        return image[start : start + bundle.size_bytes], signature

    archive = vendor.archive(vendor.beside())
    return Sample(name="r.tar", image=archive, keyring=vendor.keyring(), essence=essence)


@pytest.fixture(scope="module")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holder]:
    made = Holder(home=tmp_path_factory.mktemp("g") / "h").make()
    yield made
    made.stop()


def debian(holder: Holder) -> Sample:
    def essence(image: bytes, beside: Files) -> object:
        text = openpgp.signed_text(beside["InRelease"])
        return image, text, hashlib.sha256(beside["Packages.gz"]).digest()

    keyring = holder.keyring(purpose="image", formats="[debian-package]")
    beside = Archive(holder=holder).beside("Packages.gz")
    return Sample(name=DEB_NAME, image=DEB, keyring=keyring, beside=beside, essence=essence)


MAKERS: dict[str, Callable[[Path], Sample]] = {
    "arista-swi": eos,
    "sonic-aboot": aboot,
    "sonic-onie": onie,
    "openwrt-sysupgrade": openwrt,
    "vyos-iso": vyos,
    "cisco-release": release,
}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, holder: Holder) -> dict[str, Sample]:
    folder = tmp_path_factory.mktemp("signers")
    return {name: make(folder) for name, make in MAKERS.items()} | {
        "debian-package": debian(holder)
    }


@pytest.mark.parametrize("container", [*MAKERS, "debian-package"])
@given(data=st.data(), edits=st.lists(EDITS, min_size=1, max_size=3))
def test_what_verifies_is_what_was_signed(
    container: str, samples: dict[str, Sample], data: st.DataObject, edits: list[Edit]
) -> None:
    sample = samples[container]
    target = data.draw(st.sampled_from(sample.targets))
    image, beside = sample.changed(target, edits)
    judged = sample.judged(image, beside)
    if judged.verdict == "verified":
        assert sample.essence(image, beside) == sample.essence(sample.image, sample.beside)


@pytest.mark.parametrize("container", [*MAKERS, "debian-package"])
def test_the_samples_themselves_verify(container: str, samples: dict[str, Sample]) -> None:
    sample = samples[container]
    judged = sample.judged(sample.image, sample.beside)
    assert (judged.verdict, judged.container) == ("verified", container)
