"""What paramiko and netmiko raise, told apart in our own words.

netmiko reports an unknown key, a changed key, a closed port and silence alike as a timeout; only
the chain of causes tells a man in the middle from a dead line.
"""

import socket
from collections.abc import Iterator

import paramiko
from netmiko.exceptions import (
    NetmikoAuthenticationException,
    NetmikoBaseException,
    NetmikoTimeoutException,
)

from netintegrity.errors import (
    AuthenticationError,
    CollectionError,
    HostKeyChangedError,
    LegacySshOnlyError,
    ReadTimeoutError,
    UnreachableError,
)
from netintegrity.plain_text import clean

# ValueError, IndexError and the like: paramiko meets malformed packets with whatever its parser
# stumbles over, so a hostile peer chooses the type. A TypeError or an AttributeError is our fault.
CONNECT_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    IndexError,
    KeyError,
    OverflowError,
    paramiko.SSHException,
    NetmikoBaseException,
)
"""What may come out of opening a connection to something hostile."""

_NO_SSH = "No existing session"
_NO_LOGIN_ANSWER = "Authentication timeout"
_HUNG_UP = "transport shut down or saw EOF"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what led to it, nearest first."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [e for e in (current.__cause__, current.__context__) if e is not None]


def of_connecting(where: str, error: BaseException) -> CollectionError:
    """Return what went wrong while a connection was opened.

    Args:
        where: host and port, for the message.
        error: what came out of netmiko.
    """
    links = tuple(chain(error))
    # By gravity, not by place in the chain: a changed key outranks whatever was made of it.
    for read in (_own, _key, _algorithms, _login, _login_as_netmiko_tells_it):
        for link in links:
            if (told := read(where, link)) is not None:
                return told
    return UnreachableError(f"{where}: {_root(links)}")


def _own(_: str, error: BaseException) -> CollectionError | None:
    return error if isinstance(error, CollectionError) else None


def _key(where: str, error: BaseException) -> CollectionError | None:
    if isinstance(error, paramiko.BadHostKeyException):
        return HostKeyChangedError(f"{where}: {error.key.fingerprint} is not the pinned key")
    return None


def _algorithms(where: str, error: BaseException) -> CollectionError | None:
    if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
        return LegacySshOnlyError(
            f"{where}: {_words(error)} (this client: paramiko {paramiko.__version__})"
        )
    return None


def _login(where: str, error: BaseException) -> CollectionError | None:
    # netmiko's own is a kind of paramiko's, and has lost what was inside.
    if isinstance(error, NetmikoAuthenticationException):
        return None
    if isinstance(error, paramiko.AuthenticationException):
        if _NO_LOGIN_ANSWER in str(error):
            return UnreachableError(f"{where}: no answer to the login")
        if _HUNG_UP in str(error):
            # Neither yes nor no; it was offered all the same, so nobody tries again.
            return UnreachableError(f"{where}: it hung up during the login")
        return AuthenticationError(f"{where}: {_refusal(error)}")
    return None


def _login_as_netmiko_tells_it(where: str, error: BaseException) -> CollectionError | None:
    if isinstance(error, NetmikoAuthenticationException):
        return AuthenticationError(f"{where}: the login was refused")
    return None


def of_preparing(where: str, error: BaseException) -> CollectionError:
    """Return what went wrong between the login and the first command."""
    for link in chain(error):
        if isinstance(link, CollectionError):
            return link
    return ReadTimeoutError(f"{where}: no usable prompt after the login ({type(error).__name__})")


def _refusal(error: paramiko.AuthenticationException) -> str:
    if isinstance(error, paramiko.BadAuthenticationType):
        return f"the login was refused; it takes {clean(', '.join(error.allowed_types))[:80]}"
    return "the login was refused"


def _root(links: tuple[BaseException, ...]) -> str:
    root = next((e for e in links if not isinstance(e, NetmikoTimeoutException)), links[0])
    if _NO_SSH in str(root) or _NO_SSH in str(links[0]):
        return "it takes the connection and does not speak SSH in time"
    if isinstance(root, TimeoutError):
        return "no answer in time"
    if isinstance(root, socket.gaierror):
        return "the name has no address"
    return _words(root) or type(root).__name__


def _words(error: BaseException) -> str:
    return " ".join(clean(str(error)).split())[:200]
