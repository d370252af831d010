"""Every exception netintegrity raises on purpose, and the exit statuses they lead to."""

from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar


class ExitStatus(IntEnum):
    """What the shell sees; names and numbers are a promise."""

    VERIFIED = 0
    FINDING = 1
    USAGE = 2
    UNVERIFIED = 3
    REJECTED = 4
    """A manifest or a key failed."""
    FAULT = 70
    """Our own fault; an unexpected exception ends here, so 1 always means "found"."""
    INTERRUPTED = 130


_GRAVEST_FIRST = (
    ExitStatus.INTERRUPTED,
    ExitStatus.FINDING,
    ExitStatus.FAULT,
    ExitStatus.REJECTED,
    ExitStatus.UNVERIFIED,
    ExitStatus.VERIFIED,
)


def gravest(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """Return the one status of a run in which several hold.

    A finding outranks a fault: a suspect that crashes a parser must not silence the
    pager. No statuses means nothing was judged, so the answer is ``UNVERIFIED``.

    Raises:
        ValueError: ``USAGE`` is among them; wrong usage ends a run before it judges.
    """
    return min(statuses, key=_GRAVEST_FIRST.index, default=ExitStatus.UNVERIFIED)


class NetIntegrityError(Exception):
    """Base of all deliberate errors; never raised itself."""

    exit_code: ClassVar[ExitStatus] = ExitStatus.FAULT
    hint: str = ""
    """What to do next; a class gives the usual advice, an instance may give a better one."""


class ConfigError(NetIntegrityError):
    """What the operator wrote cannot be used."""

    exit_code = ExitStatus.USAGE

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """Make the error.

        Args:
            message: what was found and what was expected.
            where: ``file``, ``file:line`` or ``file:line context.path``.
            hint: what to do next; empty: the advice of the class.
        """
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where
        if hint:
            self.hint = hint


class InventoryError(ConfigError):
    """A host, group or default cannot be used; all of a site's faults come as one group."""


class PolicyError(ConfigError):
    """The policy asks for something that does not exist or cannot be read."""


class CredentialError(ConfigError):
    """No usable credential, or a file of them that others can read."""


class UnknownPlatformError(ConfigError):
    """The inventory names a platform nobody declared."""

    hint = "`netintegrity list platforms` shows those there are"


class CollectionError(NetIntegrityError):
    """One device could not be asked; kept as its failure, and never escapes a device."""


class UnreachableError(CollectionError):
    """No SSH session could be opened."""


class AuthenticationError(CollectionError):
    """The device refused the credentials."""


class HostKeyUnknownError(CollectionError):
    """The server key is not in known_hosts; no secret was offered."""

    hint = "confirm the fingerprint out of band, then `netintegrity hostkeys approve`"


class HostKeyChangedError(CollectionError):
    """The server key is not the one in known_hosts; no secret was offered."""

    hint = "treat it as hostile until the change is explained"


class LegacySshOnlyError(CollectionError):
    """Client and device have no algorithm in common."""

    hint = (
        "upgrade the box; or mark it `data: {ssh: legacy}`, and its verdict bears `weak-ssh`; one "
        "that speaks nothing but SHA-1 also needs the extra `legacy-ssh` (docs/ssh.md)"
    )


class ReadTimeoutError(CollectionError):
    """The device stopped answering before its answer was whole."""


class CommandRejectedError(CollectionError):
    """A line that is on no allow-list was about to be sent; it never left this host."""


class EvidenceError(NetIntegrityError):
    """Stored evidence cannot be read as it was written."""

    exit_code = ExitStatus.USAGE


class EvidenceSchemaError(EvidenceError):
    """A stored document has another shape than its schema says; names the path inside it."""


class EvidenceCorruptError(EvidenceError):
    """A stored file is not the one whose digest the run recorded."""


class StoreError(NetIntegrityError):
    """A run, or the memory of earlier ones, could not be read or written."""

    exit_code = ExitStatus.USAGE


class RunningError(StoreError):
    """Another run of the site holds the lock; nothing was verified by this one."""

    exit_code = ExitStatus.UNVERIFIED
    hint = "wait for it; the lock goes with the process that holds it, whatever ends that"


class TrustError(NetIntegrityError):
    """Vendor material (keys, manifests) cannot be relied on."""

    exit_code = ExitStatus.REJECTED
    reason: ClassVar[str]
    """The word of the command-line contract."""

    def __init__(
        self, *, manifest_id: str, key_fingerprint: str | None = None, detail: str = ""
    ) -> None:
        """Make the error.

        Args:
            manifest_id: which material, as the operator named it (a file name).
            key_fingerprint: of the key that was tried; None: there was none to try.
            detail: what exactly was found and what was expected.
        """
        key = f" (key {key_fingerprint})" if key_fingerprint else ""
        super().__init__(f"{manifest_id}: {self.reason}{key}{': ' if detail else ''}{detail}")
        self.manifest_id = manifest_id
        self.key_fingerprint = key_fingerprint
        self.detail = detail


class KeyringError(TrustError):
    """A keyring file is broken, or a key is not the one its fingerprint names."""

    reason = "keyring"
    hint = "compare the keyring with where it came from; nothing is judged with a broken one"


class MalformedError(TrustError):
    """Signed or not, the content has not the shape of its format, or lists nothing."""

    reason = "malformed"


class TooLargeError(TrustError):
    """The file is larger than any manifest of its kind; it was not read."""

    reason = "too-large"


class UnsignedError(TrustError):
    """There is no signature at all."""

    reason = "unsigned"
    hint = "put the vendor's signature file beside it, or name it with --signature"


class UnknownSignerError(TrustError):
    """No anchor of the keyring made this signature, or none may sign this format."""

    reason = "unknown-signer"
    hint = "`netintegrity keys list` shows whose word counts"


class BadSignatureError(TrustError):
    """A signature does not verify under the key it names."""

    reason = "bad-signature"
    hint = "fetch the file and its signature again; if they still disagree, treat it as hostile"


class WeakAlgorithmError(TrustError):
    """The signature rests on an algorithm or a key size that is not accepted."""

    reason = "weak-algorithm"


class WrongPurposeError(TrustError):
    """A key made for one thing was used for another, such as a lab key outside the lab."""

    reason = "wrong-purpose"


class ManifestExpiredError(TrustError):
    """The signer said until when the list counts, and that moment is past."""

    reason = "expired"
    hint = "import the signer's newer list"


class ManifestRollbackError(TrustError):
    """The list is older than one already trusted."""

    reason = "rolled-back"
    hint = "somebody handed out an old list: import the newest one"


class RevokedKeyError(TrustError):
    """The key that signed was revoked."""

    reason = "revoked"
    hint = "have it signed again by a key that counts; nothing the revoked one signed is believed"


class ReportError(NetIntegrityError):
    """A report could not be rendered or written."""

    exit_code = ExitStatus.USAGE
