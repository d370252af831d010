"""One simulated device in a process of its own, so that it shares no interpreter with a client."""

import argparse
import contextlib
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.loopback.box import Box, _session

COMMANDS = (
    "show version",
    "show boot",
    "dir flash:",
    "show inventory",
    "show running-config | include boot",
    "verify /sha512 flash:image.bin",
)
DIGEST = "0123456789abcdef" * 8
_LISTING = b"".join(b"%5d  -rw-  %10d  file%d.bin\r\n" % (n, n * 7777, n) for n in range(30))
_ANSWERS = {
    "show version": b"Version 17.09.04a\r\n" + b"a line as devices print them\r\n" * 40,
    "show boot": b"BOOT variable = flash:image.bin;\r\n",
    "dir flash:": b"Directory of flash:/\r\n\r\n" + _LISTING,
    "show inventory": b"PID: C9300-48P , VID: V02 , SN: FCW0000X0X0\r\n",
    "show running-config | include boot": b"boot system flash:image.bin\r\n",
    "verify /sha512 flash:image.bin": f"verify /sha512 (flash:image.bin) = {DIGEST}\r\n".encode(),
}


@dataclass(frozen=True)
class Served:
    """Where it listens, and the key it shows."""

    port: int
    key: str
    """Type and base64, as in known_hosts."""


@contextmanager
def served(rtt_s: float) -> Iterator[Served]:
    """Start a device; every segment it is sent arrives ``rtt_s`` late."""
    command = [sys.executable, "-m", "benchmarks.box", "--rtt", str(rtt_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("no pipe")
        port, key = process.stdout.readline().split(" ", 1)
        try:
            yield Served(int(port), key.strip())
        finally:
            process.terminate()


def _pass(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    target.close()


def _delay(source: socket.socket, target: socket.socket, rtt_s: float) -> None:
    segments: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

    def deliver() -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = segments.get()
                time.sleep(max(due - time.monotonic(), 0))
                if not data:
                    break
                target.sendall(data)
        target.close()

    threading.Thread(target=deliver, daemon=True).start()
    data = b"x"
    while data:
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        segments.put((time.monotonic() + rtt_s, data))


def _late(client: socket.socket, rtt_s: float) -> socket.socket:
    """Return a socket on which everything the client sends arrives later."""
    ours, theirs = socket.socketpair()
    threading.Thread(target=_delay, args=(client, ours, rtt_s), daemon=True).start()
    threading.Thread(target=_pass, args=(ours, client), daemon=True).start()
    return theirs


def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rtt", type=float, default=0.0)
    rtt_s = parser.parse_args().rtt
    box = Box(answers=_ANSWERS)
    key = box.keys[0]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        print(listener.getsockname()[1], key.get_name(), key.get_base64(), flush=True)
        while True:
            client = listener.accept()[0]
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            heard = _late(client, rtt_s) if rtt_s else client
            threading.Thread(target=_session, args=(box, heard), daemon=True).start()


if __name__ == "__main__":
    main()
