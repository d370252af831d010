"""The statement as its schema describes it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netintegrity.trust.dsse import open_envelope, unpack
from tests.paths import ROOT
from tests.unit.evidence.signing import STATEMENT, signed

SCHEMA = ROOT / "docs" / "schemas" / "run-statement-1.schema.json"


@pytest.fixture
def statement(tmp_path: Path) -> dict[str, Any]:
    raw = (signed(tmp_path / "run") / STATEMENT).read_bytes()
    kind, payload = unpack(open_envelope(raw, name=STATEMENT).payload)
    assert kind == "application/vnd.in-toto+json"
    loaded: dict[str, Any] = json.loads(payload)
    return loaded


def faults(value: object, schema: dict[str, Any], at: str = "$") -> list[str]:
    """Check the few words of JSON Schema that our schemas use."""
    if "const" in schema:
        return [] if value == schema["const"] else [at]
    if schema["type"] == "string" and isinstance(value, str):
        fits = len(value) >= schema.get("minLength", 0)
        return [] if fits and re.search(schema.get("pattern", ""), value) else [at]
    if schema["type"] == "array" and isinstance(value, list):
        found = [] if len(value) >= schema.get("minItems", 0) else [at]
        for number, item in enumerate(value):
            found += faults(item, schema["items"], f"{at}[{number}]")
        return found
    if schema["type"] == "object" and isinstance(value, dict):
        known = schema["properties"]
        found = [f"{at}.{n}" for n in schema["required"] if n not in value]
        found += [f"{at}.{n}" for n in value if n not in known]
        for name in value.keys() & known.keys():
            found += faults(value[name], known[name], f"{at}.{name}")
        return found
    return [at]


def test_what_is_signed_is_of_the_published_schema(statement: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_bytes())
    assert faults(statement, schema) == []
    del statement["predicate"]["at"]
    statement["subject"][0]["digest"]["sha256"] += "0"
    statement["more"] = 1
    assert sorted(faults(statement, schema)) == [
        "$.more",
        "$.predicate.at",
        "$.subject[0].digest.sha256",
    ]


def test_a_run_is_named_by_the_digest_of_its_record_alone(statement: dict[str, Any]) -> None:
    assert [s["name"] for s in statement["subject"]] == ["run.json"]
    assert statement["predicate"]["site"] == "berlin"
    assert statement["predicate"]["tool_version"] == "1.2.3"
