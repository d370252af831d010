"""Whatever is done to a signed file: it is rejected with a word, or lists what was signed."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netintegrity.errors import TrustError
from netintegrity.model.reference import ReferenceImage
from netintegrity.trust.admit import admit
from netintegrity.trust.keyring import Keyring
from tests.adversary import tuf_simulator as tuf
from tests.adversary.cose_peer import CoseSigner
from tests.adversary.dgst_peer import Signer, bundle, older_bundle
from tests.adversary.peers import needs
from tests.adversary.pkg_peer import PkgSigner
from tests.adversary.signed_checksums import LIST, Holder
from tests.adversary.test_in_toto_attacks import envelope as in_toto
from tests.adversary.test_in_toto_attacks import keyring as in_toto_keyring
from tests.adversary.vendor_simulator import releases

pytestmark = needs("openssl")


@dataclass(frozen=True)
class Signed:
    """A file that verifies, with all that belongs to it."""

    name: str
    raw: bytes
    keyring: Keyring
    beside: tuple[tuple[str, bytes], ...] = ()

    def images(self, raw: bytes, beside: dict[str, bytes]) -> set[tuple[str, frozenset[object]]]:
        """Return what it lists; nothing where it is rejected."""
        try:
            admitted = admit(
                raw, filename=self.name, detached=beside, keyring=self.keyring, releases=releases
            )
        except TrustError:
            return set()
        return {said(image) for image in admitted.references.images}


def said(image: ReferenceImage) -> tuple[str, frozenset[object]]:
    return image.filename, frozenset(image.digests)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Signed]:
    return dict(_samples(tmp_path_factory))


def _samples(factory: pytest.TempPathFactory) -> Iterator[tuple[str, Signed]]:
    folder = factory.mktemp("samples")
    for form in ("coswid", "corim"):
        cose = CoseSigner(folder=folder, form=form)
        yield form, Signed(f"toy.{form}", cose.sign(), cose.keyring())
    cosign = Signer(folder=folder, form="cosign")
    value = cosign.sign(LIST)
    for suffix, beside in (
        (".sig", base64.b64encode(value)),
        (".bundle", older_bundle(value)),
        (".sigstore.json", bundle(LIST, value, cosign.public)),
    ):
        yield f"cosign{suffix}", Signed("list", LIST, cosign.keyring(), ((suffix, beside),))
    bare = Signer(folder=folder)
    yield "openssl-dgst", Signed("list", LIST, bare.keyring(), ((".sig", bare.sign(LIST)),))
    pkg = PkgSigner(folder=folder)
    yield "freebsd-pkg", Signed("list", LIST, pkg.keyring(), ((".sig", pkg.sign(LIST)),))
    holder = Holder()
    signify = holder.keyring("signify")
    yield "signify", Signed("list", LIST, signify, ((".sig", holder.signify(LIST)),))
    yield "signify, inside", Signed("SHA256.sig", holder.embedded(LIST), signify)
    minisign = holder.keyring("minisign", algorithm="ed25519-blake2b512")
    yield "minisign", Signed("list", LIST, minisign, ((".minisig", holder.minisign(LIST)),))
    yield "in-toto", Signed("x.intoto.json", in_toto(), in_toto_keyring())
    repository = tuf.Repository()
    archive = tuf.archived(repository.files())
    yield "tuf", Signed("toy.tuf.tar", archive, tuf.keyring_of(repository.root()))


NAMES = (
    *("coswid", "corim", "cosign.sig", "cosign.bundle", "cosign.sigstore.json", "openssl-dgst"),
    *("freebsd-pkg", "signify", "signify, inside", "minisign", "in-toto", "tuf"),
)


@cache
def edits() -> st.SearchStrategy[list[tuple[float, int, bytes]]]:
    """Return places (as parts of the whole), how many bytes go there, and what comes instead."""
    edit = st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=40))
    return st.lists(edit, min_size=1, max_size=3)


def edited(content: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, gone, instead in changes:
        at = int(where * len(content))
        content = content[:at] + instead + content[at + gone :]
    return content


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=edits(), spoil_signature=st.booleans())
def test_it_is_rejected_or_lists_what_was_signed(
    samples: dict[str, Signed],
    name: str,
    changes: list[tuple[float, int, bytes]],
    spoil_signature: bool,
) -> None:
    signed = samples[name]
    beside = dict(signed.beside)
    honest = signed.images(signed.raw, beside)
    assert honest
    if spoil_signature and beside:
        listed = signed.images(signed.raw, {s: edited(c, changes) for s, c in beside.items()})
    else:
        listed = signed.images(edited(signed.raw, changes), beside)
    assert listed in (set(), honest)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=600))
def test_any_bytes_behind_its_beginning_are_rejected_with_a_word(
    samples: dict[str, Signed], name: str, content: bytes
) -> None:
    signed = samples[name]
    beside = dict(signed.beside)
    if beside:
        spoilt = {s: c[: len(c) // 3] + content for s, c in beside.items()}
        assert signed.images(signed.raw, spoilt) == set()
    else:
        assert signed.images(signed.raw[: len(signed.raw) // 3] + content, {}) == set()


def test_every_sample_is_in_the_table(samples: dict[str, Signed]) -> None:
    assert set(samples) == set(NAMES)
