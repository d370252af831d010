"""Every scenario is judged as it states, and no device of it otherwise."""

import pytest

from netintegrity.model.evidence import CollectionFailure, FailureKind
from tests.unit.lab.grounds import judged_devices
from tests.unit.lab.worlds import built_in


def failure_of(behaviour: object) -> FailureKind | None:
    """Return the failure that collecting from such a device ends in."""
    table = {
        "silent": (True, FailureKind.UNREACHABLE),
        "host_key": ("changed", FailureKind.HOST_KEY_CHANGED),
        "login": ("refused", FailureKind.AUTHENTICATION),
    }
    for word, (value, kind) in table.items():
        if getattr(behaviour, word) == value:
            return kind
    return FailureKind.TIMEOUT if getattr(behaviour, "truncate", None) else None


@pytest.mark.parametrize("name", sorted(built_in()))
def test_each_device_is_concluded_to_be_what_the_scenario_expects(name: str) -> None:
    judged = {}
    for made in judged_devices(built_in()[name]):
        kind = failure_of(made.served.device.behaviour)
        failure = None if kind is None else CollectionFailure(kind=kind, detail="x")
        appraisal = made.appraisal(made.exchanges, failure)
        judged[made.device.name] = appraisal.conclusions[0], made.served.expected
        level = made.served.expected_level
        assert level is None or appraisal.assurance.level is level, made.device.name
    assert {n: found for n, (found, _) in judged.items()} == {
        n: expected for n, (_, expected) in judged.items()
    }
