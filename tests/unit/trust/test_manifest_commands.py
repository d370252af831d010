"""``netintegrity manifest`` and ``netintegrity keys``, as a script uses them."""

import json
from datetime import timedelta

from tests.adversary.vendor_simulator import ChainedVendor
from tests.unit.trust.desk import NOW, VENDOR, Desk

CHAINED = ChainedVendor()


def test_a_verified_list_is_0_and_says_who_signed_it(desk: Desk) -> None:
    file = desk.write("a.dsse.json", VENDOR.envelope())
    status, document = desk.json("manifest", "verify", file)
    assert status == 0
    assert document == document | {
        "schema": "netintegrity/manifest-verification/1",
        "path": file,
        "format": "netintegrity-manifest",
        "status": "verified",
        "reason": None,
        "vendor_signed": True,
        "channel": "release",
        "images": 1,
        "newest_entry": None,
        "sequence": 7,
        "caveats": [],
    }
    (anchor,) = VENDOR.keyring
    assert document["signer"] == {
        "subject": "toy/lists",
        "fingerprint": anchor.fingerprint,
        "key": "toy/lists",
    }


def test_a_rejected_list_is_4_and_says_why(desk: Desk) -> None:
    file = desk.write("a.dsse.json", VENDOR.swap_payload().raw)
    status, document = desk.json("manifest", "verify", file)
    assert (status, document["status"], document["reason"]) == (4, "rejected", "bad-signature")
    assert document["signer"] is None


def test_an_expired_list_is_rejected_as_a_file(desk: Desk) -> None:
    file = desk.write("a.dsse.json", VENDOR.envelope())
    later = (NOW + timedelta(days=31)).strftime("%Y-%m-%dT%H:%M:%SZ")
    status, document = desk.json("manifest", "verify", file, "--at", later)
    assert (status, document["reason"]) == (4, "expired")


def test_a_detached_signature_is_found_or_named(desk: Desk) -> None:
    for name, content in CHAINED.key_files.items():
        desk.write(f"keys/chained/{name}", content)
    issued = CHAINED.issue()
    file = desk.write("kgv.json", issued.raw)
    assert desk.json("manifest", "verify", file)[1]["reason"] == "unsigned"
    signature = desk.write("kgv.json.signature", issued.detached[".signature"])
    assert desk.json("manifest", "verify", file)[0] == 0
    bad = desk.write("elsewhere", b"\0" * 256)
    status, document = desk.json("manifest", "verify", file, "--signature", bad)
    assert (status, document["reason"]) == (4, "bad-signature")
    desk.write("kgv.json.sig", b"")
    assert desk.run("manifest", "verify", file)[0] == 2
    assert desk.json("manifest", "verify", file, "--signature", signature)[0] == 0


def test_wrong_usage_is_2(desk: Desk) -> None:
    file = desk.write("a.dsse.json", VENDOR.envelope())
    for arguments in (
        ("verify", desk.folder / "absent"),
        ("verify", desk.folder),
        ("verify", file, "--at", "yesterday"),
        ("list", "-i", desk.folder / "absent"),
        ("list", "--manifests", desk.folder / "absent"),
        ("show", "nothing", "-i", desk.site),
        ("show", file, "--digest", "xyz"),
        ("show", file, "--digest", "abcd"),
    ):
        assert desk.run("manifest", *arguments)[0] == 2
    absent = desk.folder / "absent"
    assert desk.run("manifest", "verify", file, "--keys", absent, keys=False)[0] == 2


def test_a_broken_keyring_is_4_and_judges_nothing(desk: Desk) -> None:
    file = desk.write("a.dsse.json", VENDOR.envelope())
    desk.write("keys/toy/toy.pem", b"another key")
    status, out, err = desk.run("manifest", "verify", file)
    assert (status, out) == (4, "")
    assert "toy/keyring.yaml:" in err


def test_the_table_tells_a_person_the_same(desk: Desk) -> None:
    file = desk.write("a.dsse.json", VENDOR.envelope())
    status, out, _ = desk.run("manifest", "verify", file)
    assert status == 0
    assert "verified" in out
    assert "toy/lists" in out


def test_an_import_keeps_what_verifies_and_names_what_does_not(desk: Desk) -> None:
    good = desk.write("a.dsse.json", VENDOR.envelope())
    bad = desk.write("b.dsse.json", VENDOR.truncate().raw)
    status, document = desk.json("manifest", "import", good, bad, "-i", desk.site)
    assert status == 4
    assert [m["reason"] for m in document["manifests"]] == [None, "bad-signature"]  # type: ignore[attr-defined]
    kept = sorted(p.name for p in (desk.site / "manifests").iterdir())
    assert kept == ["a.dsse.json", "imports.json"]
    assert (desk.site / "manifests" / "a.dsse.json").read_bytes() == VENDOR.envelope()


def test_a_newer_list_moves_the_older_one_aside_and_the_older_never_comes_back(desk: Desk) -> None:
    old = desk.write("old.dsse.json", VENDOR.issue(sequence=7).raw)
    new = desk.write("new.dsse.json", VENDOR.issue(sequence=8).raw)
    assert desk.run("manifest", "import", old, "-i", desk.site)[0] == 0
    assert desk.run("manifest", "import", new, "-i", desk.site)[0] == 0
    status, document = desk.json("manifest", "list", "-i", desk.site)
    assert status == 0
    assert [m["filename"] for m in document["manifests"]] == ["new.dsse.json"]  # type: ignore[attr-defined]
    status, document = desk.json("manifest", "import", old, "-i", desk.site)
    assert (status, document["manifests"][0]["reason"]) == (4, "rolled-back")  # type: ignore[index]


def test_an_import_is_remembered_where_the_site_cannot_undo_it(desk: Desk) -> None:
    first = desk.write("first.dsse.json", VENDOR.issue(sequence=7).raw)
    assert desk.run("manifest", "import", first, "-i", desk.site)[0] == 0
    memory = json.loads((desk.folder / "state" / "site" / "memory.json").read_bytes())
    assert memory["manifests"]["toy|netintegrity-manifest|toy-list"]["sequence"] == 7
    assert len(memory["imports"]) == 1
    for path in (desk.site / "manifests").iterdir():
        path.unlink()
    older = desk.write("older.dsse.json", VENDOR.issue(sequence=6).raw)
    status, document = desk.json("manifest", "import", older, "-i", desk.site)
    assert (status, document["manifests"][0]["reason"]) == (4, "rolled-back")  # type: ignore[index]


def test_a_site_with_a_rejected_list_is_4(desk: Desk) -> None:
    desk.write("site/manifests/a.dsse.json", VENDOR.envelope())
    desk.write("site/manifests/b.dsse.json", VENDOR.swap_payload().raw)
    status, out, err = desk.run("manifest", "list", "-i", desk.site)
    assert status == 4
    assert "verified" in out
    assert "bad-signature" in err
    assert desk.run("manifest", "list", "--manifests", desk.site / "manifests")[0] == 4


def test_show_prints_what_a_verified_list_says(desk: Desk) -> None:
    desk.write("site/manifests/a.dsse.json", VENDOR.envelope())
    for wanted in ("toy-list", "a.dsse.json"):
        status, document = desk.json("manifest", "show", wanted, "-i", desk.site)
        assert status == 0
        (image,) = document["images"]  # type: ignore[misc]
        assert image["filename"] == "toy.bin"  # type: ignore[has-type]
        assert image["digests"] == {"sha512": "01" * 64}  # type: ignore[has-type]
        assert image["withdrawn"] is False  # type: ignore[has-type]
    file = desk.site / "manifests" / "a.dsse.json"
    for filters, found in (
        (("--digest", "01" * 64), 0),
        (("--digest", "SHA512:" + "01" * 64), 0),
        (("--digest", "02" * 64), 3),
        (("--filename", "toy.bin"), 0),
        (("--filename", "toy"), 3),
    ):
        assert desk.run("manifest", "show", file, *filters)[0] == found
    assert desk.run("manifest", "show", file, "--format", "table")[0] == 0
    spoilt = desk.write("b.dsse.json", VENDOR.truncate().raw)
    assert desk.run("manifest", "show", spoilt)[0] == 4


def test_keys_are_listed_and_shown(desk: Desk) -> None:
    status, document = desk.json("keys", "list", keys=False)
    assert status == 0
    assert document["keyring"] == "built-in"
    ids = {key["id"] for key in document["keys"]}  # type: ignore[attr-defined]
    assert {"cisco/known-good-values", "arista/swi-issuing-ca"} <= ids
    status, out, _ = desk.run("keys", "show", "cisco/known-good-values", keys=False)
    assert status == 0
    assert "Innerspace" in out
    assert desk.run("keys", "list")[0] == 0
    assert desk.run("keys", "show", "absent")[0] == 2


def test_naming_keys_replaces_the_built_in_ones(desk: Desk) -> None:
    _, document = desk.json("keys", "list")
    assert document["keyring"] == str(desk.keys)
    assert [key["id"] for key in document["keys"]] == ["toy/lists"]  # type: ignore[attr-defined]


def test_a_lab_key_counts_for_no_command_here(desk: Desk) -> None:
    for name, content in VENDOR.with_anchor(purpose="lab").key_files.items():
        desk.write(f"keys/{name}", content)
    file = desk.write("a.dsse.json", VENDOR.envelope())
    assert desk.json("manifest", "verify", file)[1]["reason"] == "wrong-purpose"
    status, _, _ = desk.run("manifest", "import", file, "-i", desk.site)
    assert status == 4
    assert not (desk.site / "manifests").exists()


def test_a_revoked_key_is_shown_as_one_and_what_it_signed_is_rejected(desk: Desk) -> None:
    (path,) = (n for n in VENDOR.key_files if n.endswith("keyring.yaml"))
    text = VENDOR.key_files[path] + b"    revoked: left on a train\n"
    desk.write(f"keys/{path}", text)
    file = desk.write("a.dsse.json", VENDOR.envelope())
    status, document = desk.json("manifest", "verify", file)
    assert (status, document["reason"]) == (4, "revoked")
    _, document = desk.json("keys", "show", "toy/lists")
    assert document["keys"][0]["revoked"] == "left on a train"  # type: ignore[index]
    assert "revoked" in desk.run("keys", "list")[1]
