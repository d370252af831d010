"""Serve devices by fakenos; run by the Python of an environment of its own, never imported.

fakenos 1.2.1 wants an older paramiko than this program, so it lives in its own environment and
process: ``python fakenos_hosts.py FILE``. The file is JSON: ``username``, ``password``, ``key``
(the path of an RSA host key), ``hosts``: a list of ``name``, ``port``, ``prompt``, ``unknown``
(what is said to a line it does not know) and ``answers`` (what is said to each other line). It
prints ``ready`` once every host listens, and serves until its input ends.
"""

import json
import os
import sys
from pathlib import Path

from fakenos import FakeNOS  # type: ignore[import-not-found,unused-ignore]


def main() -> None:
    """Start the hosts, say so, and wait."""
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    plugins, hosts = [], {}
    for host in wanted["hosts"]:
        plugins.append(
            {
                "name": f"nos_{host['name']}",
                "initial_prompt": host["prompt"],
                "commands": {
                    "_default_": {"output": host["unknown"], "help": "", "prompt": host["prompt"]},
                    **{
                        line: {"output": text, "help": "", "prompt": host["prompt"]}
                        for line, text in host["answers"].items()
                    },
                },
            }
        )
        hosts[host["name"]] = {
            "username": wanted["username"],
            "password": wanted["password"],
            "port": host["port"],
            "server": {
                "plugin": "ParamikoSshServer",
                "configuration": {"address": "127.0.0.1", "ssh_key_file": wanted["key"]},
            },
            "nos": {"plugin": f"nos_{host['name']}"},
        }
    net = FakeNOS(inventory={"hosts": hosts}, plugins=plugins)
    net.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    # Its threads do not end by themselves.
    os._exit(0)


if __name__ == "__main__":
    main()
