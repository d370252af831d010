"""Boxes that speak only what nobody should rely on: named, and asked where the site says so."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.runner import collect_device
from netintegrity.collect.ssh import open_session_factory
from netintegrity.collect.transport import WEAK
from netintegrity.model.evidence import Evidence, FailureKind
from tests.builders import AT
from tests.loopback.box import PLATFORM, device
from tests.loopback.openssh import LIMITS, Keys, by_key, needs_sshd, sshd

SHA1_IS_LEFT = int(paramiko.__version__.split(".", 1)[0]) < 5


@dataclass(frozen=True)
class Old:
    """How a box is old, in the words of sshd_config."""

    option: str
    weak: str
    needs_paramiko_4: bool = False


OLD = [
    Old("Ciphers aes128-cbc", "aes128-cbc"),
    Old("Ciphers 3des-cbc", "3des-cbc"),
    Old("MACs hmac-md5", "hmac-md5"),
    Old("MACs hmac-sha1-96", "hmac-sha1-96"),
    Old("KexAlgorithms diffie-hellman-group14-sha1", "diffie-hellman-group14-sha1", True),
    Old("KexAlgorithms diffie-hellman-group1-sha1", "diffie-hellman-group1-sha1", True),
    Old("HostKeyAlgorithms ssh-rsa", "ssh-rsa", True),
]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def evidence_of(folder: Path, keys: Keys, option: str, *tags: str) -> Evidence:
    login = by_key(keys.path("login"))
    with sshd(
        folder,
        host_keys=[keys.path("target", "rsa")],
        login=keys.path("login"),
        options=[option] if option else [],
    ) as server:
        line = keys.server_key("target").line(server.name)
        opened = open_session_factory(
            host_keys=HostKeys.parse(line.encode(), name="known_hosts"),
            credentials=lambda _: login,
            limits=LIMITS,
        )
        with closing(opened):
            marked = device(server.port, tags=frozenset(tags))
            return collect_device(marked, PLATFORM, opened, run_id="t", now=lambda: AT).evidence


@needs_sshd
@pytest.mark.parametrize("old", OLD, ids=lambda old: old.weak)
def test_an_old_box_is_named_and_offered_nothing(tmp_path: Path, keys: Keys, old: Old) -> None:
    evidence = evidence_of(tmp_path, keys, old.option)
    assert evidence.failure is not None
    assert evidence.failure.kind is FailureKind.LEGACY_SSH_ONLY
    assert "no acceptable" in evidence.failure.detail
    assert paramiko.__version__ in evidence.failure.detail


@needs_sshd
@pytest.mark.parametrize("old", OLD, ids=lambda old: old.weak)
def test_a_box_marked_as_old_is_asked_and_its_evidence_says_how(
    tmp_path: Path, keys: Keys, old: Old
) -> None:
    evidence = evidence_of(tmp_path, keys, old.option, "ssh=legacy")
    if old.needs_paramiko_4 and not SHA1_IS_LEFT:
        assert evidence.failure is not None
        assert evidence.failure.kind is FailureKind.LEGACY_SSH_ONLY
        return
    assert evidence.failure is None
    assert evidence.exchanges[0].complete
    assert evidence.weak_ssh == (old.weak,)


@needs_sshd
def test_a_modern_box_marked_as_old_is_not_weak(tmp_path: Path, keys: Keys) -> None:
    assert evidence_of(tmp_path, keys, "", "ssh=legacy").weak_ssh == ()


def test_everything_paramiko_offers_is_strong_or_named_as_weak() -> None:
    """A new paramiko that brings back something old must not bring it past the list."""
    weak = {name for names in WEAK.values() for name in names}
    for kind in ("_preferred_ciphers", "_preferred_macs", "_preferred_kex", "_preferred_keys"):
        for name in vars(paramiko.Transport)[kind]:
            old = any(w in name for w in ("cbc", "md5", "-96", "arcfour", "group1-", "dss"))
            sha1 = name == "ssh-rsa" or (kind == "_preferred_kex" and name.endswith("sha1"))
            assert (old or sha1) == (name in weak), name
