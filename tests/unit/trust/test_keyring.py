"""A keyring is believed whole, or not at all."""

import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.errors import KeyringError
from netintegrity.store.keys import read_keys
from netintegrity.trust.anchors import Purpose, TrustAnchor
from netintegrity.trust.certificates import read_pem
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.vendor_simulator import (
    ChainedVendor,
    VendorSimulator,
    certify,
    pem_of,
    public_pem_of,
    rsa_key,
)
from tests.paths import ROOT

CHAINED = ChainedVendor()
FILES = CHAINED.key_files
TEXT = FILES["keyring.yaml"].decode()


def fault(text: str, **files: bytes) -> KeyringError:
    """Return what is wrong with a keyring that differs in text or files."""
    given = {name.replace("_", "."): content for name, content in files.items()}
    with pytest.raises(KeyringError) as caught:
        load_keyring({**FILES, **given, "keyring.yaml": text.encode()})
    return caught.value


def test_a_chain_is_loaded_as_it_stands() -> None:
    (anchor,) = load_keyring(FILES)
    assert (anchor.id, anchor.holder, anchor.is_vendor) == ("toy/known-good-values", "toy", True)
    assert [i.subject for i in anchor.issuers] == ["CN=Sub,O=Toy", "CN=Root,O=Toy"]
    assert anchor.not_after == datetime(2037, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "line", "field"),
    [
        ("channel: release", "channel: nightly", 14, "channel"),
        ("purpose: manifest", "purpose: everything", 12, "purpose"),
        ("algorithm: rsa-pkcs1v15-sha512", "algorithm: rsa-md5", 9, "algorithm"),
        ("algorithm: rsa-pkcs1v15-sha512", "algorithm: ed25519", 9, "algorithm"),
        ("signer: vendor", "signer: everybody", 10, "signer"),
        ("CN=Lists,O=Toy", "CN=Lists,O=Other", 8, "subject"),
        ("CN=Lists,O=Toy", "CN=Lists", 8, "subject"),
        ("file: leaf.pem", "file: absent.pem", 3, "file"),
        ("file: leaf.pem", "file: ../leaf.pem", 3, "file"),
        ("file: leaf.pem", "file: other.pem", 4, "fingerprint"),
        ("file: sub.pem", "file: root.pem", 6, "fingerprint"),
        ("vendor: toy", "owner: toy", 11, "owner"),
        ("    vendor: toy\n", "", 2, "vendor"),
        ("    formats: [cisco-kgv]\n", "", 2, "formats"),
        ("formats: [cisco-kgv]", "formats: []", 13, "formats"),
        ("formats: [cisco-kgv]", "formats: cisco-kgv", 13, "formats"),
        ("formats: [cisco-kgv]", "formats: [{a: b}]", 13, "formats"),
        ('trains: ["*"]', 'trains: ["["]', 15, "trains"),
        ("2037-01-01T00:00:00Z", "2037-01-01", 16, "not_after"),
        ("2037-01-01T00:00:00Z", "2037-13-01T00:00:00Z", 16, "not_after"),
        ("id: toy/known-good-values", "id: /", 2, "id"),
        ("id: toy/known-good-values", "id: [a]", 2, "id"),
        ("source: made for a test", "source: ''", 17, "source"),
        ("anchors:", "keys:", 1, "anchors"),
    ],
)
def test_each_fault_is_named_with_its_line(before: str, after: str, line: int, field: str) -> None:
    assert before in TEXT
    error = fault(TEXT.replace(before, after, 1))
    assert error.manifest_id == f"keyring.yaml:{line}"
    assert field in error.detail


@pytest.mark.parametrize(
    "text",
    [
        "anchors: none\n",
        "anchors: [none]\n",
        "- a\n",
        "a: [\n",
        "anchors: []\nanchors: []\n",
        "\x00",
    ],
)
def test_what_is_no_keyring_at_all_is_refused(text: str) -> None:
    assert fault(text).exit_code == 4


@pytest.mark.parametrize("text", ["", "anchors: []\n", "anchors:\n", "# nothing\n"])
def test_a_keyring_may_be_empty(text: str) -> None:
    assert load_keyring({"keyring.yaml": text.encode()}).anchors == ()
    assert load_keyring({}).anchors == ()


def test_an_id_counts_once_over_all_files() -> None:
    nested = {f"again/{name}": content for name, content in FILES.items()}
    with pytest.raises(KeyringError, match="used twice"):
        load_keyring(FILES | nested)
    with pytest.raises(ValueError, match="one id"):
        Keyring(load_keyring(FILES).anchors * 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        FILES["leaf.pem"] * 2,
        pem_of(ed25519.Ed25519PrivateKey.generate()),
        b"x" * 100_000,
    ],
)
def test_a_file_that_holds_not_exactly_one_public_key_is_refused(content: bytes) -> None:
    assert "leaf.pem" in fault(TEXT, leaf_pem=content).detail


def test_a_curve_that_no_algorithm_takes_is_refused() -> None:
    vendor = VendorSimulator(key=ec.generate_private_key(ec.SECP256R1()))
    files = vendor.key_files
    wrong = files["toy/keyring.yaml"].replace(b"ecdsa-p256-sha256", b"ecdsa-p384-sha384")
    with pytest.raises(KeyringError, match="algorithm"):
        load_keyring(files | {"toy/keyring.yaml": wrong})


def chain_fault(files: dict[str, bytes]) -> str:
    """Return why a chain of other certificates does not hold, its fingerprints put right."""
    text = TEXT
    for name, content in files.items():
        old, new = (read_pem(c).fingerprint for c in (FILES[name], content))
        text = text.replace(old, new)
    with pytest.raises(KeyringError) as caught:
        load_keyring({**FILES, **files, "keyring.yaml": text.encode()})
    return caught.value.detail


def test_a_leaf_that_only_names_its_issuer_was_not_issued_by_it() -> None:
    forged = certify("Lists", CHAINED.leaf_key, issuer="Sub", issuer_key=rsa_key())
    assert "not issued by" in chain_fault({"leaf.pem": forged.public_bytes(Encoding.PEM)})


def test_a_leaf_of_another_issuer_breaks_the_chain() -> None:
    stray = certify("Lists", CHAINED.leaf_key, issuer="Root", issuer_key=CHAINED.root_key)
    assert "names" in chain_fault({"leaf.pem": stray.public_bytes(Encoding.PEM)})


def test_an_issuer_that_is_no_authority_breaks_the_chain() -> None:
    plain = certify("Sub", CHAINED.sub_key, issuer="Root", issuer_key=CHAINED.root_key)
    assert "no certificate authority" in chain_fault({"sub.pem": plain.public_bytes(Encoding.PEM)})


def test_an_expired_chain_still_holds() -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    leaf = certify(
        "Lists", CHAINED.leaf_key, issuer="Sub", issuer_key=CHAINED.sub_key, not_after=past
    )
    pem = leaf.public_bytes(Encoding.PEM)
    text = TEXT.replace(read_pem(FILES["leaf.pem"]).fingerprint, read_pem(pem).fingerprint)
    (anchor,) = load_keyring({**FILES, "leaf.pem": pem, "keyring.yaml": text.encode()})
    assert anchor.not_after == past


def test_a_subject_may_be_written_in_either_order_and_in_no_other() -> None:
    (anchor,) = load_keyring(
        {**FILES, "keyring.yaml": TEXT.replace("CN=Lists,O=Toy", "O=Toy,CN=Lists").encode()}
    )
    assert anchor.subject == "O=Toy,CN=Lists"
    assert "subject" in fault(TEXT.replace("CN=Lists,O=Toy", "O=Toy,CN=lists")).detail


def test_a_bare_key_has_no_subject() -> None:
    files = VendorSimulator().key_files
    named = files["toy/keyring.yaml"] + b'    subject: "CN=me"\n'
    with pytest.raises(KeyringError, match="subject"):
        load_keyring(files | {"toy/keyring.yaml": named})


def test_an_entry_without_a_field_that_every_key_needs_is_refused() -> None:
    for field in ("id", "file", "fingerprint", "algorithm", "signer", "purpose"):
        text = re.sub(rf"(?m)^( {{2}}- | {{4}}){field}: .*$", r"\1vendor_was: x", TEXT, count=1)
        assert fault(text).exit_code == 4


def built_in() -> dict[str, TrustAnchor]:
    return {a.id: a for a in load_keyring(read_keys(ROOT / "vendor_keys").files)}


def test_the_keys_that_ship_are_those_their_vendors_use() -> None:
    anchors = built_in()
    lists, images = anchors["cisco/known-good-values"], anchors["arista/swi-issuing-ca"]
    assert lists.fingerprint.startswith("sha256:cc84840e")
    assert [i.fingerprint[:15] for i in lists.issuers] == ["sha256:605970df", "sha256:cd85167b"]
    assert lists.purpose is Purpose.MANIFEST
    assert images.fingerprint.startswith("sha256:0aa23813")
    assert images.purpose is Purpose.IMAGE
    assert images.not_after == datetime(2027, 5, 31, 23, 4, 28, tzinfo=UTC)


def test_every_key_that_ships_says_where_it_is_from_and_none_is_a_labs() -> None:
    for anchor in built_in().values():
        assert anchor.source
        assert anchor.is_vendor
        assert anchor.purpose is not Purpose.LAB


def test_every_file_that_ships_is_named_by_a_keyring() -> None:
    files = read_keys(ROOT / "vendor_keys").files
    named = {a.file for a in built_in().values()}
    named |= {i.file for a in built_in().values() for i in a.issuers}
    assert {name for name in files if not name.endswith("keyring.yaml")} == named


def test_a_public_key_alone_can_be_an_anchor() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    (anchor,) = VendorSimulator(key=key).keyring
    assert anchor.fingerprint == anchor.key_fingerprint == read_pem(public_pem_of(key)).fingerprint
    assert anchor.subject == anchor.id == "toy/lists"
