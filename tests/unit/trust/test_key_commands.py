"""Trusting a key, revoking it, and signing together, as people at a prompt do it."""

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.adversary.vendor_simulator import pem_of, public_pem_of
from tests.unit.trust.desk import VENDOR, Desk


@pytest.fixture
def people(desk: Desk) -> dict[str, str]:
    """Private keys by holder; the public ones lie beside them."""
    paths = {}
    for holder in ("alice", "bob", "carol"):
        key = ed25519.Ed25519PrivateKey.generate()
        paths[holder] = desk.write(f"private/{holder}.pem", pem_of(key))
        Path(paths[holder]).chmod(0o600)
        desk.write(f"public/{holder}.pem", public_pem_of(key))
    return paths


def sign(desk: Desk, file: str, key: str, output: str) -> str:
    status, _, told = desk.run(
        "manifest", "sign", file, "--key", key, "--output", desk.folder / output, keys=False
    )
    assert status == 0, told
    return str(desk.folder / output)


def reason(desk: Desk, file: str) -> object:
    return desk.json("manifest", "verify", file)[1]["reason"]


def test_a_key_that_was_added_counts_until_it_is_revoked(
    desk: Desk, people: dict[str, str]
) -> None:
    payload = desk.write("list.json", VENDOR.payload())
    signed = sign(desk, payload, people["alice"], "a.dsse.json")
    assert reason(desk, signed) == "unknown-signer"
    public = desk.folder / "public/alice.pem"
    named = ("--id", "owner/alice", "--source", "given by hand")
    assert desk.run("keys", "add", public, *named)[0] == 0
    assert reason(desk, signed) is None
    assert desk.run("keys", "add", public, *named)[0] == 2  # it is there already
    assert desk.run("keys", "revoke", "owner/alice", "--reason", 'lost: "stolen"')[0] == 0
    status, document = desk.json("manifest", "verify", signed)
    assert (status, document["reason"]) == (4, "revoked")
    assert 'lost: "stolen"' in str(document["detail"])
    shown = desk.json("keys", "show", "owner/alice")[1]
    assert shown["keys"][0]["revoked"] == 'lost: "stolen"'  # type: ignore[index]
    assert desk.run("keys", "revoke", "owner/alice", "--reason", "again")[0] == 2


def test_what_cannot_be_added_or_revoked_changes_nothing(
    desk: Desk, people: dict[str, str]
) -> None:
    def snapshot() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in desk.keys.rglob("*") if p.is_file()}

    before = snapshot()
    public, named = desk.folder / "public/alice.pem", ("--id", "owner/x", "--source", "s")
    for arguments in (
        ("add", people["alice"], *named),  # a private key
        ("add", desk.folder / "absent", *named),
        ("add", public, "--id", "../up", "--source", "s"),
        ("add", public, "--id", "owner/x", "--source", " "),
        ("add", desk.write("junk.pem", b"\x00junk"), *named),
        ("revoke", "owner/nobody", "--reason", "r"),
        ("revoke", "toy/lists", "--reason", "two\nlines"),
    ):
        status, _, told = desk.run("keys", *arguments)
        assert status in {2, 4}, arguments
        assert told
    assert snapshot() == before


def test_an_entry_in_one_line_is_left_to_its_owner(desk: Desk) -> None:
    (keyring,) = desk.keys.rglob("keyring.yaml")
    text = keyring.read_text().replace("anchors:\n  - ", "anchors:\n  - {").rstrip()
    keyring.write_text(text.replace("\n    ", ", ") + "}\n")
    assert desk.run("keys", "list")[0] == 0
    status, _, told = desk.run("keys", "revoke", "toy/lists", "--reason", "lost")
    assert status == 2
    assert "by hand" in told


def test_three_people_sign_two_of_them_are_enough_and_one_is_replaced(
    desk: Desk, people: dict[str, str]
) -> None:
    holders = ("alice", "bob", "carol")
    public = [f"{h}={desk.folder}/public/{h}.pem" for h in holders]
    keys = [word for holder in public for word in ("--key", holder)]
    common = ("--id", "board", "--threshold", "2", "--expires-in-days", "365")
    first = str(desk.folder / "board.json")
    assert desk.run("keys", "compose", *common, *keys, "--output", first, keys=False)[0] == 0
    for number, holder in enumerate(holders):
        first = sign(desk, first, people[holder], f"board-{number}.json")
    content = Path(first).read_bytes()
    desk.write("keys/board/board.1.keyset.json", content)
    pin = hashlib.sha256(content).hexdigest()
    text = f"""\
key_sets:
  - id: acme/board
    file: board.1.keyset.json
    fingerprint: "sha256:{pin}"
    signer: owner
    formats: [netintegrity-manifest]
"""
    desk.write("keys/board/keyring.yaml", text.encode())

    one = sign(desk, desk.write("l.json", VENDOR.payload()), people["alice"], "one.dsse.json")
    assert reason(desk, one) == "unsigned"
    two = sign(desk, one, people["bob"], "two.dsse.json")
    assert reason(desk, two) is None
    assert desk.run("manifest", "sign", two, "--key", people["bob"], keys=False)[0] == 2

    fallen = desk.json("keys", "show", "acme/board/alice")[1]["keys"][0]["fingerprint"]  # type: ignore[index]
    second = str(desk.folder / "next.json")
    revoke = ("--revoke", f"{fallen}=left the company")
    arguments = (*common, *keys[2:], "--previous", first, *revoke, "--output", second)
    assert desk.run("keys", "compose", *arguments, keys=False)[0] == 0
    for number, holder in enumerate(("bob", "carol")):
        second = sign(desk, second, people[holder], f"next-{number}.json")
    desk.write("keys/board/board.2.keyset.json", Path(second).read_bytes())
    status, document = desk.json("manifest", "verify", two)
    assert (status, document["reason"]) == (4, "revoked")
    assert "left the company" in str(document["detail"])
    assert desk.run("keys", "revoke", "acme/board/bob", "--reason", "r")[0] == 2  # not by one alone


def test_a_set_nobody_could_use_is_not_composed(desk: Desk) -> None:
    for threshold, more in (("2", ()), ("0", ()), ("1", ("--key", "nonsense"))):
        status, out, told = desk.run(
            *("keys", "compose", "--id", "b", "--threshold", threshold),
            *("--expires-in-days", "9", *more),
            keys=False,
        )
        assert (status, out) == (2, "")
        assert told
