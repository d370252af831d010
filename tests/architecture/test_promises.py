"""What the layout of the project promises, checked."""

import configparser
import json
import pkgutil
import re
import subprocess
import sys
from importlib.abc import Traversable
from importlib.resources import files

import pytest

import netintegrity
from netintegrity.app import RULES
from netintegrity.model.conclusion import Conclusion
from tests.paths import ROOT

HEAVY = ("netmiko", "paramiko")
SECTIONS = ("## How it judges", "## False alarms", "## What to do")


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    pages = {p.name.removesuffix(".md"): p.read_text("utf-8") for p in _pages()}
    assert set(pages) == set(RULES)
    for id_, text in pages.items():
        assert text.startswith(f"# {id_}: ")
        assert all(section in text for section in SECTIONS), id_
        assert ("May verify: yes" in text) is RULES[id_].may_verify


def _pages() -> list[Traversable]:
    return [p for p in files("netintegrity.rule_pages").iterdir() if p.name.endswith(".md")]


def test_every_package_is_listed_for_the_wheel() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    walked = pkgutil.walk_packages(netintegrity.__path__, "netintegrity.")
    found = {m.name for m in walked if m.ispkg} | {"netintegrity"}
    mapped = {"netintegrity.vendor_keys", "netintegrity.rule_pages"}
    assert set(config["options"]["packages"].split()) - mapped == found - mapped


def test_every_word_of_the_contract_is_in_the_readme_or_the_rule_pages() -> None:
    text = "".join(p.read_text("utf-8") for p in _pages()) + (ROOT / "README.md").read_text("utf-8")
    unsaid = {c.value for c in Conclusion if c.value not in text}
    # These are said by the program itself, beside the device, and by no rule.
    assert unsaid <= {"attestation-failed", "not-authenticated", "unsupported", "legacy-ssh-only"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["--help"],
        ["manifest", "verify", "--help"],
        ["manifest", "verify", "absent.json"],
        ["parse", "cisco_iosxe", "show version", "absent.txt"],
        ["release", "compare", "cisco_iosxe", "17.9.4", "17.9.4a"],
        ["list", "rules"],
        ["explain", "NI-101"],
    ],
)
def test_what_needs_no_ssh_library_does_not_load_one(arguments: list[str]) -> None:
    script = (
        "import json, sys\n"
        "from netintegrity.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        f"print('\\n' + json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_project_names_no_machine_of_its_makers() -> None:
    forbidden = re.compile(r"/work/|/root/|\.library|site-packages/")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    told = [
        name
        for name in tracked.split("\0")
        if name and name != "tests/architecture/test_promises.py"
        if forbidden.search((ROOT / name).read_text("utf-8", errors="ignore"))
    ]
    assert told == []
