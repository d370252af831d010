"""Logs in to a server whose key was accepted: keys, then the password, then questions.

Our own order in place of paramiko's, which asks the person at the terminal whatever a server likes
to ask, and tries every key of an agent until the server gives up on us.

Source: RFC 4252 (authentication), RFC 4256 (keyboard-interactive).
"""

import re
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

import paramiko

from netintegrity.collect.credentials import Credential
from netintegrity.collect.secret import Secret
from netintegrity.errors import AuthenticationError
from netintegrity.plain_text import clean

Person = Callable[[str, bool], str]
"""Asks whoever is at the terminal: question, and whether the answer is secret."""

_KINDS: Final = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
_MOST_AGENT_KEYS: Final = 4
"""Each one a server does not know counts as a failed attempt; many allow six, or three."""
_MOST_QUESTIONS: Final = 8
_PERSON_S: Final = 120.0
# Password:    audit@jump's password:    (current) UNIX password:
_PASSWORD: Final = re.compile(r"(?i)\bpass ?word\b")
# One-time password (OATH) for `x':    Verification code:    PASSCODE:    Token:
_ONE_TIME: Final = re.compile(r"(?i)one.?time|\botp\b|oath|token|pass ?code|verification|\bnew\b")


class KeyFiles:
    """Private keys, each read once: what unlocks one is slow on purpose."""

    def __init__(self) -> None:
        """Begin with none."""
        self._read: dict[tuple[str, Path], paramiko.PKey] = {}
        self._lock = threading.Lock()

    def of(self, credential: Credential) -> Sequence[paramiko.PKey]:
        """Return the keys of a credential, with their certificates.

        Raises:
            AuthenticationError: one cannot be used; nothing was offered.
        """
        with self._lock:
            return [self._key(credential, path) for path in credential.key_files]

    def _key(self, credential: Credential, path: Path) -> paramiko.PKey:
        found = self._read.get((credential.ref, path))
        if found is None:
            found = self._read[credential.ref, path] = _loaded(credential, path)
        return found


def _loaded(credential: Credential, path: Path) -> paramiko.PKey:
    unlocks = credential.passphrase or credential.password
    failure = "not a private key of a kind this client knows"
    for kind in _KINDS:
        try:
            key = kind.from_private_key_file(str(path), unlocks.reveal() if unlocks else None)
        except paramiko.PasswordRequiredException:
            failure = "needs a passphrase"
        except (paramiko.SSHException, ValueError, TypeError, IndexError) as error:
            # Each class tells a file of another kind and a wrong passphrase alike.
            if "ssword" in str(error) or "assphrase" in str(error) or "checkint" in str(error):
                failure = "its passphrase is another one"
        except OSError as error:
            failure = f"cannot be read: {error.strerror}"
            break
        else:
            beside = path.with_name(path.name + "-cert.pub")
            certificate = credential.certificate_file or (beside if beside.is_file() else None)
            if certificate is not None:
                _certify(key, certificate)
            return key
    raise AuthenticationError(f"not tried: key file {path} of {credential.ref!r}: {failure}")


def _certify(key: paramiko.PKey, certificate: Path) -> None:
    try:
        key.load_certificate(str(certificate))
    except (paramiko.SSHException, ValueError, OSError, IndexError) as error:
        raise AuthenticationError(
            f"not tried: certificate {certificate}: it is none for its key ({type(error).__name__})"
        ) from error


class Login:
    """One login, on one transport."""

    def __init__(
        self,
        transport: paramiko.Transport,
        credential: Credential,
        keys: KeyFiles,
        *,
        person: Person | None = None,
        username: str | None = None,
    ) -> None:
        """Prepare; nothing is offered yet.

        Args:
            transport: its key exchange is done, and its host key was accepted.
            credential: what may be offered to it.
            keys: read so far.
            person: is asked what no stored secret answers; None: nobody is there.
            username: the name as the box wants it spelt, where options of the terminal are part of
                it (RouterOS); None: the credential's.
        """
        self._transport = transport
        self._credential = credential
        self._username = username or credential.username
        self._keys = keys
        self._person = person
        self._allowed: Collection[str] | None = None
        self._is_in = False
        self._password_left = credential.password
        self._questions = 0
        self.asked_person = False
        """True if the login took an answer that is stored nowhere."""

    def run(self) -> None:
        """Log in.

        Raises:
            AuthenticationError: a key cannot be used, or nothing is left to try.
            paramiko.SSHException: the server refused, or the line failed.
        """
        for step in (self._by_keys, self._by_password, self._by_questions):
            step()
            if self._is_in:
                return
        takes = clean(", ".join(sorted(self._allowed or ())))[:80]
        raise AuthenticationError(f"the login was refused{takes and f'; it takes {takes}'}")

    def _may(self, method: str) -> bool:
        return self._allowed is None or method in self._allowed

    def _tried(self, attempt: Callable[[], Iterable[str]]) -> bool:
        """Try one method; return False if the server takes others only, or wants one more."""
        try:
            more = list(attempt())
        except paramiko.BadAuthenticationType as error:
            self._allowed = list(error.allowed_types)
            return False
        self._is_in = not more
        if more:
            self._allowed = more
        return self._is_in

    def _by_keys(self) -> None:
        name = self._username
        if self._credential.agent:
            with closing(paramiko.Agent()) as agent:
                self._offer(name, _of_agent(agent, self._credential))
        if not self._is_in:
            self._offer(name, self._keys.of(self._credential))
        if self._person is not None and self._allowed is None and self._password_left is None:
            # Nothing stored opens it: what would, the server says to whoever offers nothing.
            self._tried(partial(self._transport.auth_none, name))

    def _offer(self, name: str, keys: Iterable[paramiko.PKey]) -> None:
        for key in keys:
            if not self._may("publickey"):
                return
            try:
                if self._tried(partial(self._transport.auth_publickey, name, key)):
                    return
            except paramiko.AuthenticationException as error:
                if "timeout" in str(error).lower() or not self._transport.is_active():
                    raise

    def _by_password(self) -> None:
        password = self._password_left
        if password is None:
            password = self._from_person()
        if password is None or not self._may("password"):
            return
        # Refused, it raises: the same password offered again in other clothes would be the second
        # attempt of three, on a box that locks the account.
        self._tried(
            partial(
                self._transport.auth_password,
                self._username,
                password.reveal(),
                fallback=False,
            )
        )

    def _from_person(self) -> Secret | None:
        """Ask for a password that is stored nowhere, where the server said it takes one."""
        if self._person is None or "password" not in (self._allowed or ()):
            return None
        typed = self._person(f"Password of {self._credential.username}: ", True)
        self.asked_person = True
        return Secret(typed) if typed else None

    def _by_questions(self) -> None:
        if self._allowed is None or "keyboard-interactive" not in self._allowed:
            return
        if self._password_left is None and self._person is None:
            return
        if self._person is not None:
            # From here on it waits for a person, who looks for a token.
            self._transport.auth_timeout = _PERSON_S
        self._tried(lambda: self._transport.auth_interactive(self._username, self._answers))

    def _answers(
        self, title: str, instructions: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str]:
        return [self._answer(f"{title} {instructions}", *prompt) for prompt in prompts]

    def _answer(self, about: str, question: str, echo: bool) -> str:
        self._questions += 1
        if self._questions > _MOST_QUESTIONS:
            raise AuthenticationError("the login asks question after question")
        asks_password = (
            not echo and _PASSWORD.search(question) and not _ONE_TIME.search(f"{question} {about}")
        )
        if asks_password and self._password_left is not None:
            # Once: who asks for it again did not take it, or is no login at all.
            password, self._password_left = self._password_left, None
            return password.reveal()
        if self._person is None:
            shown = clean(" ".join(question.split()))[:80]
            raise AuthenticationError(f"the login asks {shown!r}, and nobody is there to answer")
        self.asked_person = True
        words = clean(" ".join(f"{about} {question}".split()))[:200]
        return self._person(f"{words} ", not echo)


def _of_agent(agent: paramiko.Agent, credential: Credential) -> Sequence[paramiko.PKey]:
    """Return the keys of an agent to try: those the credential names, or the first few."""
    keys = list(agent.get_keys())
    named = {blob for path in credential.key_files if (blob := _public_half(path)) is not None}
    if named:
        return [key for key in keys if key.asbytes() in named]
    return keys[:_MOST_AGENT_KEYS]


def _public_half(path: Path) -> bytes | None:
    try:
        return paramiko.pkey.PublicBlob.from_file(f"{path}.pub").key_blob
    except (OSError, ValueError, IndexError, paramiko.SSHException):
        return None
