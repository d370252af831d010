"""Runs do not overlap, and what is delivered is whole."""

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from netintegrity.errors import ConfigError, ExitStatus, RunningError, StoreError
from netintegrity.store.run_lock import FILE, running_alone
from netintegrity.store.sinks import check_target, deliver
from tests.builders import AT
from tests.paths import ROOT

HOLD = (
    "import sys, time\nfrom pathlib import Path\nfrom datetime import datetime, UTC\n"
    "from netintegrity.store.run_lock import running_alone\n"
    "with running_alone(Path(sys.argv[1]), since=datetime(2026, 1, 1, tzinfo=UTC)):\n"
    "    print('held', flush=True)\n    time.sleep(60)\n"
)


def test_a_second_run_ends_in_3_and_says_who_holds_the_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "berlin")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunningError) as caught, running_alone(tmp_path / "berlin", since=AT):
            pass
        assert caught.value.exit_code is ExitStatus.UNVERIFIED
        assert f"process {holder.pid} of " in str(caught.value)
        assert "since 2026-01-01T00:00:00Z" in str(caught.value)
        with running_alone(tmp_path / "paris", since=AT):
            pass
        holder.kill()
    with running_alone(tmp_path / "berlin", since=AT):
        assert stat.S_IMODE((tmp_path / "berlin" / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"pid": 1}', b"{" * 9999])
def test_a_lock_that_says_nothing_is_a_lock(tmp_path: Path, content: bytes) -> None:
    with running_alone(tmp_path, since=AT):
        (tmp_path / FILE).write_bytes(content)
        with (
            pytest.raises(RunningError, match="does not say which"),
            running_alone(tmp_path, since=AT),
        ):
            pass


def test_a_lock_is_never_followed_elsewhere(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError), running_alone(tmp_path, since=AT):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_is_written_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "m.prom"
    before = os.umask(0o022)
    try:
        deliver(str(file), "a 1\n")
        assert stat.S_IMODE(file.stat().st_mode) == 0o644
        file.chmod(0o640)
        deliver(str(file), "a 2\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.read_text() == "a 2\n"
    assert [p.name for p in tmp_path.iterdir()] == ["m.prom"]


@pytest.mark.parametrize(
    ("target", "is_lines"),
    [
        ("", False),
        ("/absent/folder/x", False),
        ("http://127.0.0.1/x", True),
        ("udp://127.0.0.1:0", True),
        ("udp://127.0.0.1:70000", True),
        ("udp://:514", True),
        ("udp://a b", True),
        ("udp://127.0.0.1", False),
    ],
)
def test_a_place_that_is_none_is_refused_before_anybody_is_asked(
    target: str, is_lines: bool
) -> None:
    with pytest.raises(ConfigError):
        check_target(target, is_lines=is_lines)


def test_a_log_host_gets_a_datagram_for_each_message() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
        host.bind(("127.0.0.1", 0))
        host.settimeout(10)
        target = f"udp://127.0.0.1:{host.getsockname()[1]}"
        check_target(target, is_lines=True)
        deliver(target, "<110>1 one\n<110>1 two é\n")
        assert [host.recv(9999) for _ in range(2)] == [b"<110>1 one", "<110>1 two é".encode()]


def test_over_tcp_each_message_is_counted_in_octets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        got: list[bytes] = []

        def serve() -> None:
            stream, _ = server.accept()
            with stream:
                while part := stream.recv(9999):
                    got.append(part)

        thread = threading.Thread(target=serve)
        thread.start()
        deliver(f"tcp://127.0.0.1:{server.getsockname()[1]}", "one\ntwo é\n")
        thread.join(10)
        assert b"".join(got) == b"3 one6 two \xc3\xa9"


def test_a_log_host_that_is_not_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(StoreError, match=f"tcp://127.0.0.1:{port}"):
        deliver(f"tcp://127.0.0.1:{port}", "x\n")
