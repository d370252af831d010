"""A run of the lab, signed, handed over, verified, and judged again by who received it."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.world import LabWorld
from netintegrity.store.run_check import STATEMENT
from tests.unit.evidence.signing import private_key, trust
from tests.unit.lab.worlds import plain
from tests.unit.store.runs import recorded


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabWorld]:
    root = tmp_path_factory.mktemp("lab") / "root"
    with LabWorld.create(plain(), now=utc_now(), root=root) as running:
        yield running


@pytest.fixture(scope="module")
def audited(world: LabWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in world.environment().items():
            patch.setenv(name, value)
        arguments = ["audit", "-i", world.site, "--keys", world.keys, "--output", folder]
        assert main([str(a) for a in (*arguments, "--format", "html")]) == 0
    assert (folder / "report.html").is_file()
    return folder


@pytest.fixture
def run(audited: Path, tmp_path: Path) -> Path:
    return shutil.copytree(audited, tmp_path / "run")


@pytest.fixture
def keys(world: LabWorld, tmp_path: Path) -> Path:
    """The lab's keys, and beside them one of the operator's for run statements."""
    shutil.copytree(world.keys, tmp_path / "keys")
    return trust(tmp_path / "keys", private_key())


def sign(run: Path, pem: bytes) -> None:
    key = run.parent / "audit.pem"
    key.write_bytes(pem)
    key.chmod(0o600)
    assert main(["evidence", "sign", str(run), "--key", str(key)]) == 0


def verify(
    capsys: pytest.CaptureFixture[str], run: Path, keys: Path, *more: str
) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    status = main(["evidence", "verify", str(run), "--keys", str(keys), "--format", "json", *more])
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return status, document


def test_a_signed_run_is_judged_by_its_reader_as_it_was_by_its_maker(
    run: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign(run, private_key())
    status, document = verify(capsys, run, keys, "--rejudge")
    assert document["rejudged"] == {"same": True, "differences": []}
    assert (status, document["status"]) == (0, "intact")


def test_the_statement_names_keys_policy_and_memory_as_the_report_does(run: Path) -> None:
    sign(run, private_key())
    envelope = json.loads((run / STATEMENT).read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    report = json.loads((run / "report.json").read_bytes())
    assert [s["name"] for s in statement["subject"]] == ["report.html", "run.json"]
    named = statement["predicate"].keys() & report.keys()
    assert len(named) == len(statement["predicate"]) - 1
    for name in named:
        assert statement["predicate"][name] == report[name], name


def test_a_report_that_says_better_than_the_evidence_is_found_out_though_it_is_signed(
    run: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = (run / "report.json").read_bytes()
    recorded(run, "report.json", stored.replace(b'"level": "reported"', b'"level": "attested"'))
    sign(run, private_key())
    assert verify(capsys, run, keys)[0] == 0
    status, document = verify(capsys, run, keys, "--rejudge")
    assert status == 1
    told = document["rejudged"]
    assert isinstance(told, dict)
    assert {(d["device"], d["what"]) for d in told["differences"]} >= {
        ("switch", "assurance"),
        ("leaf", "assurance"),
    }


def test_a_reader_who_trusts_nobody_who_signed_the_images_judges_otherwise(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign(run, private_key())
    own = trust(tmp_path / "own", private_key())
    assert verify(capsys, run, own)[0] == 0
    assert verify(capsys, run, own, "--rejudge")[0] == 1


def test_an_unsigned_run_is_3_and_what_nobody_vouches_for_is_named(
    run: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, document = verify(capsys, run, keys, "--rejudge")
    assert (status, document["status"], document["uncovered"]) == (3, "unsigned", ["report.html"])
    assert document["rejudged"] == {"same": True, "differences": []}


def test_a_run_that_was_never_judged_cannot_be_judged_the_same(
    world: LabWorld,
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "collected"
    assert main(["collect", "-i", str(world.site), "--output", str(folder)]) == 0
    sign(folder, private_key())
    assert verify(capsys, folder, keys)[0] == 0
    status, document = verify(capsys, folder, keys, "--rejudge")
    assert (status, document["status"], document["rejudged"]) == (3, "intact", None)


def test_an_altered_run_is_named_and_not_judged(
    run: Path, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign(run, private_key())
    evidence = next((run / "evidence").iterdir())
    evidence.write_bytes(evidence.read_bytes().replace(b"17.09.04a", b"17.09.05a"))
    status, document = verify(capsys, run, keys, "--rejudge")
    assert (status, document["rejudged"]) == (1, None)
    listed = document["problems"]
    assert isinstance(listed, list)
    assert [p["file"] for p in listed] == [f"evidence/{evidence.name}"]


def test_a_key_of_the_lab_vouches_for_no_run_not_even_for_one_of_the_lab(
    world: LabWorld, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sign(run, world.signing_key.read_bytes())
    status, document = verify(capsys, run, world.keys)
    assert (status, document["reason"]) == (4, "wrong-purpose")
