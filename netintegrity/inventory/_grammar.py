"""The words of an inventory: what each must look like, and what is told to who wrote another.

What an inventory says becomes part of file names, of SSH client arguments, of reports and of
terminals, so each grammar admits what is needed and nothing else.
"""

import ipaddress
import re
from typing import Final

from netintegrity.plain_text import clean
from netintegrity.strict_yaml import Text

NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,63}")
LONGEST_TAG: Final = 1024
# r1.example.net    sw-3    old_router (RFC 952, RFC 1123 section 2.1; the underscore is custom)
_LABEL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_PRINTED: Final = re.compile(r"[!-~]{1,64}")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_TAG_KEY: Final = re.compile(r"[^\W\d][\w.:/-]{0,62}")
_WORDS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")

_RESERVED: Final = frozenset({"name", "platform", "group"})
_MEANT: Final = {"credentials": "credential", "credential_ref": "credential", "subject": "subjects"}
_SECRET_WORDS: Final = frozenset({"token", "enable", "key", "keys", "community", "username"})
_SECRET: Final = re.compile(r"passw(?:or)?d|passphrase|secret", re.IGNORECASE)
_COMMAND_WORDS: Final = frozenset(
    {"command", "commands", "cmd", "exec", "executable", "script", "proxycommand", "args"}
)
NO_SECRETS: Final = (
    "an inventory holds no secret and no login: name a credential "
    "(`data: {credential: NAME}`, in CSV the column `credential`) and keep what it stands for in "
    "your own credentials file"
)
_NO_COMMANDS: Final = (
    "an inventory names no command: who could change it could run what they like; commands are "
    "named only in the operator's own configuration"
)


class UnfitError(ValueError):
    """A word that is not what it must be; says what was expected."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Make it; ``hint`` says what to do instead."""
        super().__init__(message)
        self.hint = hint


def quoted(text: str) -> str:
    """Return a word for a message: in quotes, ASCII, of one line and short whatever it holds."""
    return ascii(str(text) if len(text) <= 40 else text[:37] + "...")


def shown(text: str) -> str:
    """Return a word for the place a message names; as :func:`quoted` where it is no name."""
    return str(text) if NAME.fullmatch(text) else quoted(text)


def name_of(text: str) -> str:
    """Return the name of a device, site, group or credential.

    Raises:
        UnfitError: names the first character that cannot be part of one.
    """
    for char in text[:64]:
        if not NAME.fullmatch(char):
            what = f"{quoted(text)} holds U+{ord(char):04X} ({char!a})"
            raise UnfitError(f"{what}; a name has letters, digits, '.', '_' and '-' of ASCII only")
    if not 1 <= len(text) <= 63:
        raise UnfitError(f"a name has 1 to 63 characters, this one {len(text)}")
    if not text.strip("."):
        raise UnfitError(f"{text!r} is a folder, not a name")
    return str(text)


def address_of(text: str) -> str:
    """Return an IPv4 or IPv6 address or a DNS name, as written.

    Raises:
        UnfitError: it is none, or one that a resolver might read as something else.
    """
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return _dns_name(text)
    if "%" in text:
        raise UnfitError("an address with a zone is of one link of this machine only; use another")
    if ip.is_unspecified or ip.is_multicast:
        raise UnfitError(f"{text} is no address of one device")
    return str(text)


def _dns_name(text: str) -> str:
    expected = "expected an IPv4 or IPv6 address or a DNS name"
    if not text:
        raise UnfitError(expected)
    if "{{" in text or "{%" in text:
        raise UnfitError(
            f"{quoted(text)} is a template, and templates are not rendered", "write it out"
        )
    if text.startswith("-"):
        raise UnfitError(f"{quoted(text)} could be read as an option; {expected}")
    if len(text) > 254:
        raise UnfitError(f"{expected}, which has at most 254 characters; got {len(text)}")
    labels = text.removesuffix(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise UnfitError(f"{expected}, got {quoted(text)}", _address_hint(text))
    if _NUMBER.fullmatch(labels[-1]):
        # getaddrinfo takes 0123 for 0.0.0.83, and 192.0.2.011 for 192.0.2.9.
        raise UnfitError(f"{quoted(text)} could be read as a number; {expected}")
    return str(text)


def _address_hint(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text.startswith("["):
        return "write an IPv6 address without brackets, and the port as `port`"
    if colon and ":" not in host and _PORT.fullmatch(port):
        return "write the port as `port`"
    if "/" in text:
        return "write it without a length or a path"
    return "write it without a user name" if "@" in text else ""


def same_address(address: str) -> str:
    """Return one spelling for all spellings of an address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address.lower().removesuffix(".")
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return str(mapped or ip)


def port_of(text: str) -> int:
    """Return a TCP port.

    Raises:
        UnfitError: it is none.
    """
    if not _PORT.fullmatch(text) or int(text) > 65535:
        raise UnfitError(f"expected 1\N{EN DASH}65535, got {quoted(text)}")
    return int(text)


def printed(text: str) -> str:
    """Return a serial number, product or slot id, or a release, as a box prints it.

    Raises:
        UnfitError: it is empty, too long or not printable ASCII without blanks.
    """
    if not _PRINTED.fullmatch(text):
        raise UnfitError(
            f"expected 1 to 64 printable ASCII characters without blanks, got {quoted(text)}"
        )
    return str(text)


def tag_key_of(text: str) -> str:
    """Return the key of a tag.

    Raises:
        UnfitError: it names a secret or a command, means something else, or is not one word.
    """
    if (reason := refusal_of(text)) is not None:
        raise UnfitError(*reason)
    if text in _MEANT:
        raise UnfitError(f"not a known field; expected {_MEANT[text]}")
    if text in _RESERVED:
        raise UnfitError(
            f"`--limit {text}=` already has a meaning", "choose another key for this tag"
        )
    if not _TAG_KEY.fullmatch(text):
        raise UnfitError("a tag key is one word: a letter, then letters, digits and . _ : / -")
    return str(text)


def refusal_of(key: str) -> tuple[str, str] | None:
    """Return why no inventory may have a field of this name, and what to do; None: it may."""
    words = {word.lower() for word in _WORDS.findall(key[:256])}
    if words & _COMMAND_WORDS:
        return "refused", _NO_COMMANDS
    if words & _SECRET_WORDS or _SECRET.search(key):
        return "refused", NO_SECRETS
    return None


def tag_value_of(text: Text) -> str:
    """Return the value of a tag on one line, nothing in it that a terminal would act on.

    Raises:
        UnfitError: it is too long.
    """
    if len(text) > LONGEST_TAG:
        raise UnfitError(f"a tag has at most {LONGEST_TAG} characters, this one {len(text)}")
    return clean(" ".join(text.split()))
