from pathlib import Path

import pytest

from tests.unit.trust.desk import Desk


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.setenv("NETINTEGRITY_STATE", str(tmp_path / "state"))
    return Desk(tmp_path, capsys)
