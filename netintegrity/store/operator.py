"""Who is at the keyboard, for records that name a person."""

import os
import pwd
import socket
from collections.abc import Mapping


def operator_name(environ: Mapping[str, str] = os.environ) -> str:
    """Return ``alice@jump1``; behind sudo, ``alice as root@jump1``.

    By the account the system knows, and not by a variable anybody may set; ``SUDO_USER`` is
    believed of root alone, who could write anything here.
    """
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = f"uid {uid}"
    behind = environ.get("SUDO_USER", "") if uid == 0 else ""
    person = f"{behind} as {name}" if behind and behind != name else name
    return f"{person}@{socket.gethostname()}"
