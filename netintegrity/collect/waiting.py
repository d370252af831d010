"""netmiko's drivers, waiting on the channel where they would sleep and look again.

A driver of netmiko prepares a session in some 0.3 s on a device that answers at once, nearly all of
it asleep: it looks for bytes every 10 ms, and throws away what came late after sleeping for a fixed
time. What is here reads when there is something to read, and knows from the count of prompts when
nothing is due any more. The drivers themselves, and all they send, stay as they are.
"""

import re
import time
from typing import TYPE_CHECKING, Final

from netmiko import ConnectHandler
from netmiko.base_connection import BaseConnection
from netmiko.exceptions import ReadTimeout
from netmiko.ssh_dispatcher import ssh_dispatcher

from netintegrity.collect.guard import Guard

QUIET_S: Final = 0.04
"""Silence that has to do where the count of prompts does not come out."""
_MOST_CLEARING_S: Final = 3.0
_MOST_KEPT: Final = 64 * 1024

if TYPE_CHECKING:
    _Base = BaseConnection
else:
    _Base = object


class _Waiting(_Base):
    """Stands before a driver's class; the four methods of it that sleep."""

    @property
    def _guard(self) -> Guard:
        guard = self.remote_conn
        if not isinstance(guard, Guard):
            raise RuntimeError("netmiko reads past the guard")  # noqa: TRY004 - our own fault
        return guard

    def read_until_pattern(
        self,
        pattern: str = "",
        read_timeout: float = 10.0,
        re_flags: int = 0,
        max_loops: int | None = None,  # noqa: ARG002 - netmiko's signature
    ) -> str:
        """Return what comes up to ``pattern`` and with it, the last part of it if it is long.

        What follows is read next.

        Raises:
            ReadTimeout: it does not come in time.
        """
        until = time.monotonic() + read_timeout if read_timeout else float("inf")
        sought = re.compile(pattern, re_flags)
        text = self.read_channel()
        while (found := sought.search(text)) is None:
            left = until - time.monotonic()
            if left <= 0:
                raise ReadTimeout(f"{pattern!r} did not come in {read_timeout:g} s")
            if self._guard.ready_within(left):
                # A device that never stops must not be searched from its first byte each time.
                text = text[-_MOST_KEPT:] + self.read_channel()
        self._read_buffer = text[found.end() :]
        return text[: found.end()]

    def read_channel_timing(
        self,
        last_read: float = 2.0,
        read_timeout: float = 120.0,
        delay_factor: float | None = None,  # noqa: ARG002 - netmiko's signature
        max_loops: int | None = None,  # noqa: ARG002
    ) -> str:
        """Return what comes until the device owes nothing, or is silent for ``last_read``.

        Raises:
            ReadTimeout: nothing comes, or it does not end.
        """
        until = time.monotonic() + read_timeout if read_timeout else float("inf")
        text = self.read_channel()
        while not text or self._guard.standing_prompt() is None:
            left = until - time.monotonic()
            if left <= 0:
                raise ReadTimeout(f"no end of it in {read_timeout:g} s")
            if self._guard.ready_within(min(left, last_read if text else left)):
                text = text[-_MOST_KEPT:] + self.read_channel()
            elif text:
                break
        return text

    def clear_buffer(
        self,
        backoff: bool = True,  # noqa: ARG002 - netmiko's signature
        backoff_max: float = 3.0,  # noqa: ARG002
        delay_factor: float | None = None,  # noqa: ARG002
    ) -> str:
        """Return, to be thrown away, what was still due."""
        until = time.monotonic() + _MOST_CLEARING_S
        text = self.read_channel()
        while self._guard.standing_prompt() is None and time.monotonic() < until:
            if not self._guard.ready_within(QUIET_S):
                break
            text += self.read_channel()
        return self.strip_ansi_escape_codes(text)

    def _test_channel_read(self, count: int = 40, pattern: str = "") -> str:  # noqa: ARG002
        if pattern:
            return self.read_until_pattern(pattern=pattern, read_timeout=20)
        return self.read_channel_timing(read_timeout=20)


_classes: Final[dict[str, type[BaseConnection]]] = {}


def unopened(device_type: str, *, patient: bool, **parameters: object) -> BaseConnection:
    """Return netmiko's connection for a device type, not yet connected.

    Args:
        device_type: a name of netmiko's.
        patient: True: the driver as it comes, with its sleeps.
        **parameters: of ``ConnectHandler``.
    """
    if patient:
        connection: BaseConnection = ConnectHandler(device_type=device_type, **parameters)
        return connection
    made = _classes.get(device_type)
    if made is None:
        driver = ssh_dispatcher(device_type)
        made = _classes[device_type] = type(f"Waiting{driver.__name__}", (_Waiting, driver), {})
    return made(device_type=device_type, **parameters)  # type: ignore[arg-type]
