"""Every byte of what a vendor really signed, every device of every scenario: `make proof`."""

import json
import subprocess
import sys

import pytest

from netintegrity.app import parse_release
from netintegrity.errors import BadSignatureError, TrustError
from netintegrity.lab.scenario import builtin_scenarios
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifest
from netintegrity.trust.admit import admit
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.submission import Submission
from tests.paths import CAPTURES, needs_captures

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]

KEYRING = load_keyring(read_keys().files)


def refusal(raw: bytes, signature: bytes) -> type[TrustError] | None:
    submission = Submission(filename="kgv.json", raw=raw, detached={".signature": signature})
    try:
        admit(
            submission.raw,
            filename=submission.filename,
            detached=submission.detached,
            keyring=KEYRING,
            releases=parse_release,
        )
    except TrustError as error:
        return type(error)
    return None


@needs_captures
@pytest.mark.parametrize("name", ["example_kgv.json", "old_kgv_signed.json"])
def test_no_byte_of_a_genuine_list_can_change(name: str) -> None:
    genuine = read_manifest(CAPTURES / "cisco" / "kgv" / name)
    signature = genuine.detached[".signature"]
    assert refusal(genuine.raw, signature) is None
    raw = bytearray(genuine.raw)
    for place in range(len(raw)):
        raw[place] ^= 1
        assert refusal(bytes(raw), signature) is BadSignatureError, place
        raw[place] ^= 1


@needs_captures
def test_no_bit_of_its_signature_can_change() -> None:
    genuine = read_manifest(CAPTURES / "cisco" / "kgv" / "example_kgv.json")
    signature = bytearray(genuine.detached[".signature"])
    for place in range(len(signature)):
        for bit in range(8):
            signature[place] ^= 1 << bit
            assert refusal(genuine.raw, bytes(signature)) is BadSignatureError, (place, bit)
            signature[place] ^= 1 << bit


@pytest.mark.parametrize("scenario", builtin_scenarios())
def test_every_scenario_is_judged_as_it_says(scenario: str) -> None:
    command = [sys.executable, "-m", "netintegrity", "lab", "audit", "--scenario", scenario]
    done = subprocess.run(
        [*command, "--format", "json"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for device in json.loads(done.stdout)["devices"]:
        assert device["conclusion"] == device["expected"], device["name"]
