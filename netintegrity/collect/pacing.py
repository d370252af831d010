"""How fast sessions are opened, and when a credential is no longer tried.

More than about ten handshakes at once make one sshd drop some ("Error reading SSH protocol
banner"), so starts are limited per server; and a wrong password tried on a fleet locks the account
everywhere, so each credential is stopped after a few refusals in a row.
"""

import threading
import time
from collections.abc import Callable
from enum import Enum

from netintegrity.errors import AuthenticationError


class LoginOutcome(Enum):
    """What became of one offer of a credential."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_ANSWER = "no-answer"


class _Login:
    def __init__(self) -> None:
        self.proven = False
        self.refused_in_a_row = 0
        self.in_flight = 0


class Pace:
    """Shared by all sessions of one run."""

    def __init__(
        self,
        *,
        starts_per_s: float = 10.0,
        all_starts_per_s: float = 100.0,
        jumps_per_s: float = 20.0,
        refusals: int = 3,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Set the pace.

        Args:
            starts_per_s: connections a second to one server; as many may start at once.
            all_starts_per_s: the same, of the whole run.
            jumps_per_s: connections a second that one jump host is asked for.
            refusals: after so many in a row a credential is not offered again.
            monotonic: seconds, for intervals only.
            sleep: waits so many seconds.
        """
        self._all_rate = all_starts_per_s
        self._rate = starts_per_s
        self._jump_rate = jumps_per_s
        self._refusals = refusals
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._free_at: dict[str, float] = {}
        self._logins: dict[str, _Login] = {}

    def wait_to_start(self, server: str) -> None:
        """Return when a connection to ``server`` (its address and port) may start."""
        with self._lock:
            wait = max(self._booked("", self._all_rate), self._booked(server, self._rate))
        if wait > 0:
            self._sleep(wait)

    def wait_to_jump(self, jump_host: str) -> None:
        """Return when a connection through ``jump_host`` may start."""
        with self._lock:
            wait = self._booked(f"through {jump_host}", self._jump_rate)
        if wait > 0:
            self._sleep(wait)

    def _booked(self, key: str, rate: float) -> float:
        # The bucket as a time: `free_at` is when the last booked start falls due; a burst of one
        # second's worth may run ahead of it.
        now = self._monotonic()
        due = max(self._free_at.get(key, 0.0), now - 1.0) + 1.0 / rate
        self._free_at[key] = due
        return due - now

    def begin_login(self, credential_ref: str, *, timeout_s: float) -> None:
        """Return when the credential may be offered; :meth:`end_login` must follow.

        Until it was accepted somewhere, no more offers are under way than refusals are allowed:
        otherwise a wrong password would be refused by every worker at once.

        Raises:
            AuthenticationError: it was refused too often, or too many offers hang.
        """
        until = self._monotonic() + timeout_s
        with self._changed:
            login = self._logins.setdefault(credential_ref, _Login())
            while True:
                if login.refused_in_a_row >= self._refusals:
                    raise AuthenticationError(
                        f"not tried: credential {credential_ref!r} was refused "
                        f"{login.refused_in_a_row} times in a row"
                    )
                if login.proven or login.in_flight + login.refused_in_a_row < self._refusals:
                    login.in_flight += 1
                    return
                left = until - self._monotonic()
                if left <= 0:
                    raise AuthenticationError(
                        f"not tried: earlier logins with credential {credential_ref!r} hang"
                    )
                self._changed.wait(left)

    def end_login(self, credential_ref: str, outcome: LoginOutcome) -> None:
        """Note what became of an offer."""
        with self._changed:
            login = self._logins[credential_ref]
            login.in_flight -= 1
            if outcome is LoginOutcome.ACCEPTED:
                login.proven = True
                login.refused_in_a_row = 0
            elif outcome is LoginOutcome.REFUSED:
                login.refused_in_a_row += 1
            self._changed.notify_all()
