"""The decision on the key a server shows, before anything secret is offered to it."""

from collections.abc import Callable
from datetime import datetime

import paramiko

from netintegrity.clock import utc_now
from netintegrity.collect.host_certificates import HostCertificate
from netintegrity.collect.hostkeys import HostKeys, KeyStanding, ServerKey
from netintegrity.errors import HostKeyChangedError, HostKeyUnknownError
from netintegrity.plain_text import clean


class HostKeyCheck(paramiko.MissingHostKeyPolicy):
    """Refuses any key but a pinned one."""

    def __init__(
        self,
        host: str,
        port: int,
        keys: HostKeys,
        *,
        serials: frozenset[str] = frozenset(),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Check against ``keys``.

        Args:
            host: as it is connected to.
            port: of SSH.
            keys: what is pinned.
            serials: of the box that is expected there; none: they are not stated.
            now: UTC, for the dates in certificates.
        """
        self._host = host
        self._port = port
        self._keys = keys
        self._serials = serials
        self._now = now
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
            HostKeyUnknownError: nothing is pinned for this server, or an authority whose
                certificate it does not show in time.
            HostKeyChangedError: another key is pinned, or this one or its authority is revoked, or
                its certificate does not vouch for it.
        """
        shown = ServerKey.from_blob(key.asbytes())
        where = f"{self._host} port {self._port}"
        standing = self._keys.check(self._host, self._port, shown)
        told = f"{where}: it shows {shown.type} {shown.fingerprint}"
        if standing is KeyStanding.REVOKED:
            raise HostKeyChangedError(f"{told}, which is revoked")
        if standing in {KeyStanding.MATCHED, KeyStanding.FIRST_USE}:
            self.key, self.standing = shown, standing
            return
        if (certificate := self._certificate(key, told)) is not None:
            if why := certificate.untimely(self._now()):
                raise HostKeyUnknownError(f"{told}; its certificate {why}")
            self.key, self.standing = shown, KeyStanding.MATCHED
        elif standing is KeyStanding.CHANGED:
            raise HostKeyChangedError(f"{told}; {self._pinned()}")
        elif self._keys.authorities_of(self._host, self._port):
            raise HostKeyUnknownError(f"{told}, without a certificate of the pinned authority")
        else:
            raise HostKeyUnknownError(f"{told}, which is not known")

    def _certificate(self, key: paramiko.PKey, told: str) -> HostCertificate | None:
        """Return the certificate that vouches for the key; None: it came without one.

        Raises:
            HostKeyChangedError: it came with one that does not.
        """
        blob = key.public_blob.key_blob if key.public_blob is not None else b""
        authorities = self._keys.authorities_of(self._host, self._port)
        if not blob or not authorities:
            return None
        try:
            certificate = HostCertificate.read(blob)
        except ValueError as error:
            raise HostKeyChangedError(f"{told}; its certificate: {clean(str(error))}") from error
        issuer = certificate.authority
        if self._keys.is_revoked(self._host, self._port, issuer):
            why = f"is of an authority that is revoked ({issuer.fingerprint})"
        elif all(issuer.blob != e.key.blob for e in authorities):
            why = f"is of another authority than the pinned one ({issuer.fingerprint})"
        else:
            why = clean(certificate.refusal(self._host))
        if why:
            raise HostKeyChangedError(f"{told}; its certificate {why}")
        return certificate

    def _pinned(self) -> str:
        entries = [e for e in self._keys.of(self._host, self._port) if not e.revoked]
        told = "pinned is " + ", ".join(f"{e.key.type} {e.key.fingerprint}" for e in entries)
        before = frozenset().union(*(e.serials for e in entries))
        if before and self._serials and before.isdisjoint(self._serials):
            told += (
                f", approved for serial number {', '.join(sorted(before))}; the inventory now "
                f"expects {', '.join(sorted(self._serials))}: a replaced box would explain it"
            )
        return told
