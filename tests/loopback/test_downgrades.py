"""Every way down, over real SSH: each is found by its own rule, on the part it concerns."""

import json

import pytest

from netintegrity.cli import main

FOUND_BY = {
    "in-order": set(),
    "below-the-minimum": {("NI-201", "chassis 1", "downgraded")},
    "below-its-past": {("NI-202", "chassis 1", "downgraded")},
    "older-staged-on-a-member": {("NI-203", "member 2", "downgraded")},
    "older-loader": {("NI-204", "chassis 1", "downgraded")},
    "loader-of-another-line": {("NI-204", "chassis 1", "incomplete")},
    "silent-about-its-loader": {("NI-204", "chassis 1", "incomplete")},
    "advised-against": {("NI-205", "chassis 1", "software-unapproved")},
    "withdrawn": {("NI-101", "chassis 1", "withdrawn")},
    "from-another-train": {("NI-202", "chassis 1", "incomplete")},
}


def test_each_way_down_is_found_by_its_own_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "audit", "--scenario", "downgrades", "--format", "json"]) == 0
    devices = json.loads(capsys.readouterr().out)["devices"]
    found = {
        d["name"]: {
            (f["rule"], f"{f['subject']['kind']} {f['subject']['id']}", f["conclusion"])
            for f in d["findings"]
            if f["verdict"] != "verified"
        }
        for d in devices
    }
    assert found == FOUND_BY
