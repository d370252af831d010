"""Many simulated devices in one process of their own, each at an address of 127.0.0.0/8.

Run by an interpreter that has asyncssh; prints its port and host key once it listens. A hash costs
a simulated device time, and this process none.
"""

import argparse
import asyncio
import socket

import asyncssh
import uvloop

DIGEST = "0123456789abcdef" * 8
ANSWERS = {
    "show version": "Version 17.09.04a\n" + "a line as devices print them\n" * 40,
    "show boot": "BOOT variable = flash:image.bin;\n",
    "dir flash:": "".join(f"{n:5}  -rw-  {n * 7777:10}  file{n}.bin\n" for n in range(30)),
    "show inventory": "PID: C9300-48P , VID: V02 , SN: FCW0000X0X0\n",
    "show running-config | include boot": "boot system flash:image.bin\n",
    "verify /sha512 flash:image.bin": f"verify /sha512 (flash:image.bin) = {DIGEST}\n",
}
PROMPT = "r1#"


class _Shell(asyncssh.SSHServerSession[str]):
    """Echoes what is typed, and answers each line."""

    def __init__(self, hash_s: float, hangs: bool) -> None:
        self.hash_s = hash_s
        self.hangs = hangs
        self.typed = ""

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self.chan = chan

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self.chan.write("\r\nWelcome\r\n" + PROMPT)

    def data_received(self, data: str, datatype: object) -> None:  # noqa: ARG002
        *lines, rest = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in lines:
            self.chan.write(line + "\r\n")
            self.answer((self.typed + line).strip())
            self.typed = ""
        self.chan.write(rest)
        self.typed += rest

    def answer(self, line: str) -> None:
        if line in ("exit", "quit"):
            self.chan.exit(0)
            return
        text = ANSWERS.get(line, "").replace("\n", "\r\n") + PROMPT
        if not line.startswith("verify"):
            self.chan.write(text)
        elif not self.hangs:
            asyncio.get_running_loop().call_later(self.hash_s, self.late, text)

    def late(self, text: str) -> None:
        if not self.chan.is_closing():
            self.chan.write(text)


class _Server(asyncssh.SSHServer):
    """Takes one password."""

    def __init__(self, hash_s: float, hanging: int) -> None:
        self.hash_s = hash_s
        self.hanging = hanging

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        *_, third, last = conn.get_extra_info("sockname")[0].split(".")
        number = (int(third) - 1) * 250 + int(last)
        self.hangs = bool(self.hanging) and number % self.hanging == 0

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002
        return password == "right-and-long-password"  # noqa: S105 - of a simulated device

    def session_requested(self) -> _Shell:
        return _Shell(self.hash_s, self.hangs)


async def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--hash-s", type=float, default=0.0)
    parser.add_argument("--hanging", type=int, default=0, help="each so many-th never hashes")
    arguments = parser.parse_args()
    key = asyncssh.generate_private_key("ssh-ed25519")
    port = 0
    for number in range(arguments.devices):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((f"127.1.{number // 250 + 1}.{number % 250 + 1}", port))
        port = sock.getsockname()[1]
        sock.listen(64)
        await asyncssh.create_server(
            lambda: _Server(arguments.hash_s, arguments.hanging),
            sock=sock,
            server_host_keys=[key],
            login_timeout=600,
            line_editor=False,
            encoding="utf-8",
        )
    print(port, key.export_public_key().decode().strip(), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main())
