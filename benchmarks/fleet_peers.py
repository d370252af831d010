"""What others do with the simulated fleet: nornir with netmiko, netmiko in threads, raw asyncssh.

Run by an interpreter that has them, each imported only where it is measured; prints one JSON line.
Nobody here checks host keys.
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COMMANDS = (
    "show version",
    "show boot",
    "dir flash:",
    "show inventory",
    "show running-config | include boot",
    "verify /sha512 flash:image.bin",
)
DIGEST = "0123456789abcdef" * 8
PASSWORD = "right-and-long-password"  # noqa: S105 - of a simulated device
LONG_S = 600


def hosts(count: int) -> list[str]:
    """Return the simulator's addresses."""
    return [f"127.1.{n // 250 + 1}.{n % 250 + 1}" for n in range(count)]


def _netmiko(names: list[str], port: int, workers: int) -> int:
    from netmiko import ConnectHandler  # noqa: PLC0415

    def one(name: str) -> bool:
        with ConnectHandler(
            device_type="cisco_xe",
            host=name,
            port=port,
            username="audit",
            password=PASSWORD,
            conn_timeout=LONG_S,
            banner_timeout=LONG_S,
            auth_timeout=LONG_S,
        ) as connection:
            said = [str(connection.send_command(c, read_timeout=LONG_S)) for c in COMMANDS]
        return DIGEST in said[-1]

    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(one, names))


def _nornir(names: list[str], port: int, workers: int) -> int:
    import yaml  # noqa: PLC0415
    from nornir import InitNornir  # noqa: PLC0415
    from nornir.core.task import Task  # noqa: PLC0415
    from nornir_netmiko.tasks import netmiko_send_command  # noqa: PLC0415

    extras = {"conn_timeout": LONG_S, "banner_timeout": LONG_S, "auth_timeout": LONG_S}
    folder = Path(tempfile.mkdtemp())
    (folder / "hosts.yaml").write_text(
        yaml.safe_dump(
            {
                name: {
                    "hostname": name,
                    "port": port,
                    "username": "audit",
                    "password": PASSWORD,
                    "platform": "cisco_xe",
                    "connection_options": {"netmiko": {"extras": extras}},
                }
                for name in names
            }
        )
    )
    nornir = InitNornir(
        runner={"plugin": "threaded", "options": {"num_workers": workers}},
        logging={"enabled": False},
        inventory={
            "plugin": "SimpleInventory",
            "options": {"host_file": str(folder / "hosts.yaml")},
        },
    )

    def audit(task: Task) -> None:
        for command in COMMANDS:
            said = task.run(netmiko_send_command, command_string=command, read_timeout=LONG_S)
        task.host.close_connections()
        if DIGEST not in said.result:
            raise ValueError(said.result)

    result = nornir.run(audit)
    return len(result) - len(result.failed_hosts)


def _asyncssh(names: list[str], port: int, workers: int) -> int:
    import asyncssh  # noqa: PLC0415

    async def one(name: str, slots: asyncio.Semaphore) -> bool:
        async with (
            slots,
            asyncssh.connect(
                name,
                port,
                username="audit",
                password=PASSWORD,
                known_hosts=None,
                client_keys=None,
                config=None,
                agent_path=None,
                login_timeout=LONG_S,
            ) as connection,
        ):
            writer, reader, _ = await connection.open_session(term_type="vt100")

            async def until_prompt() -> str:
                said = ""
                while not said.endswith("r1#"):
                    data = await reader.read(65536)
                    if not data:
                        raise EOFError
                    said += str(data)
                return said

            said = await until_prompt()
            for command in ("terminal length 0", *COMMANDS):
                writer.write(command + "\n")
                said = await until_prompt()
            return DIGEST in said

    async def every() -> int:
        slots = asyncio.Semaphore(workers)
        return sum(await asyncio.gather(*(one(n, slots) for n in names)))

    return asyncio.run(every())


MODES = {"netmiko": _netmiko, "nornir": _nornir, "asyncssh": _asyncssh}


def main() -> None:
    """Measure one mode once; imports do not count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    arguments = parser.parse_args()
    if arguments.mode == "asyncssh":
        import asyncssh  # noqa: F401, PLC0415
    else:
        import netmiko  # noqa: F401, PLC0415
        import nornir_netmiko.tasks  # noqa: F401, PLC0415
    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    whole = MODES[arguments.mode](hosts(arguments.devices), arguments.port, arguments.workers)
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        json.dumps({"whole": whole, "wall_s": wall_s, "cpu_s": cpu_s, "kib": after.ru_maxrss}),
        flush=True,
    )


if __name__ == "__main__":
    main()
