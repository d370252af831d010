"""The decision on the key a server shows, before anything secret is offered to it."""

import paramiko

from netintegrity.collect.hostkeys import HostKeys, KeyStanding, ServerKey
from netintegrity.errors import HostKeyChangedError, HostKeyUnknownError


class HostKeyCheck(paramiko.MissingHostKeyPolicy):
    """Refuses any key but a pinned one."""

    def __init__(self, host: str, port: int, keys: HostKeys) -> None:
        """Check against ``keys``."""
        self._host = host
        self._port = port
        self._keys = keys
        self.standing: KeyStanding | None = None
        """None: no key was seen, or it was refused."""
        self.key: ServerKey | None = None

    def missing_host_key(
        self,
        client: paramiko.SSHClient,  # noqa: ARG002 - paramiko fixes the signature
        hostname: str,  # noqa: ARG002
        key: paramiko.PKey,
    ) -> None:
        """Judge the key, as paramiko's client asks for it.

        Raises:
            HostKeyUnknownError, HostKeyChangedError: as in :meth:`judge`.
        """
        self.judge(key)

    def judge(self, key: paramiko.PKey) -> None:
        """Refuse any key but a pinned one.

        Raises:
            HostKeyUnknownError: nothing is pinned for this server.
            HostKeyChangedError: another key is pinned, or this one is revoked.
        """
        shown = ServerKey.from_blob(key.asbytes())
        where = f"{self._host} port {self._port}"
        match self._keys.check(self._host, self._port, shown):
            case (KeyStanding.MATCHED | KeyStanding.FIRST_USE) as standing:
                self.key, self.standing = shown, standing
            case KeyStanding.UNKNOWN:
                raise HostKeyUnknownError(f"{where}: {shown.type} {shown.fingerprint} is not known")
            case KeyStanding.REVOKED:
                raise HostKeyChangedError(f"{where}: {shown.type} {shown.fingerprint} is revoked")
            case KeyStanding.CHANGED:
                pinned = ", ".join(
                    f"{e.key.type} {e.key.fingerprint}"
                    for e in self._keys.of(self._host, self._port)
                    if not e.revoked
                )
                raise HostKeyChangedError(
                    f"{where}: it shows {shown.type} {shown.fingerprint}; pinned is {pinned}"
                )
