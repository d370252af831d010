"""Ways to spoil a signed list of checksums, and the programs that must reject it as we do."""

import base64
import string
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from netintegrity.trust.certificates import read_key
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.signed_checksums import LIST, Holder, submit
from tests.adversary.vendor_simulator import flip, reason_with

HOLDER = Holder()
STRANGER = Holder(number=bytes(8))
IMPOSTOR = Holder()
"""Another key under the number of the holder's."""
OTHER = LIST.replace(b"4.30.1F", b"4.30.2F")
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of the base point: RFC 8032 section 5.1."""
MODES = {"legacy": "ed25519", "prehashed": "ed25519-blake2b512"}

Change = Callable[[bytes], bytes]


def parts(signed: bytes, line: int = 1) -> tuple[list[bytes], bytes]:
    """Return the lines of a signature file, and what one of them holds."""
    lines = signed.split(b"\n")
    return lines, base64.b64decode(lines[line])


def with_value(change: Change, line: int = 1) -> Change:
    """Return what changes the decoded bytes of one line."""

    def changed(signed: bytes) -> bytes:
        lines, value = parts(signed, line)
        return b"\n".join([*lines[:line], base64.b64encode(change(value)), *lines[line + 1 :]])

    return changed


def with_line(line: int, change: Change) -> Change:
    """Return what changes one line as it is written."""

    def changed(signed: bytes) -> bytes:
        lines = signed.split(b"\n")
        return b"\n".join([*lines[:line], change(lines[line]), *lines[line + 1 :]])

    return changed


def without_line(line: int) -> Change:
    return lambda signed: b"\n".join(x for n, x in enumerate(signed.split(b"\n")) if n != line)


def larger_by_the_order(value: bytes) -> bytes:
    """Return the same signature with S + L for S: equal to careless verifiers."""
    s = int.from_bytes(value[-32:], "little") + ORDER
    return value[:-32] + s.to_bytes(32, "little")


def with_loose_bits(line: bytes) -> bytes:
    """Return a second spelling of the same bytes: 74 of them leave two bits of base64 over."""
    digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    return line[:-2] + digits[digits.index(chr(line[-2])) + 1].encode() + b"="


MESSAGES: dict[str, bytes] = {
    "first byte": flip(LIST, 0),
    "a digest": flip(LIST, LIST.index(b"ab")),
    "a name": LIST.replace(b"EOS-4.30.1F", b"EOS-4.30.9F"),
    "last byte": flip(LIST, len(LIST) - 1),
    "a line more": LIST + b"00" * 32 + b"  evil.bin\n",
    "a byte more": LIST + b"\n",
    "a line less": LIST[: LIST.rindex(b"ef" * 32)],
    "a byte less": LIST[:-1],
    "nothing": b"",
    "other line ends": LIST.replace(b"\n", b"\r\n"),
    "another list": OTHER,
}
SIGNATURES: dict[str, Change] = {
    "R": with_value(lambda v: flip(v, 10)),
    "S": with_value(lambda v: flip(v, 42)),
    "all zero": with_value(lambda v: v[:10] + bytes(64)),
    "identity": with_value(lambda v: v[:10] + b"\x01" + bytes(63)),
    "key number": with_value(lambda v: flip(v, 2)),
    "algorithm": with_value(lambda v: b"Xx" + v[2:]),
    "short": with_value(lambda v: v[:-1]),
    "long": with_value(lambda v: v + b"\0"),
    "no base64": with_line(1, lambda line: b"!" + line[1:]),
    "blank line": with_line(1, lambda _: b""),
    "no comment": without_line(0),
    "no signature": without_line(1),
    "other prefix": with_line(0, lambda line: line.replace(b"untrusted", b"distrusted")),
    "empty": lambda _: b"",
}


def run(folder: Path, *command: str, **files: bytes) -> int:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return subprocess.run(
        command, cwd=folder, capture_output=True, check=False, timeout=60
    ).returncode


def signify_accepts(folder: Path, message: bytes, signature: bytes, key: Holder = HOLDER) -> bool:
    command = ("signify-openbsd", "-V", "-q", "-p", "pub", "-x", "sig", "-m", "msg")
    return run(folder, *command, pub=key.public, sig=signature, msg=message) == 0


def signify_accepts_whole(folder: Path, whole: bytes) -> bool:
    command = ("signify-openbsd", "-V", "-e", "-q", "-p", "pub", "-x", "sig", "-m", "out")
    return run(folder, *command, pub=HOLDER.public, sig=whole) == 0


def minisign_accepts(folder: Path, message: bytes, signature: bytes, key: Holder = HOLDER) -> bool:
    command = ("minisign", "-V", "-q", "-p", "pub", "-x", "sig", "-m", "msg")
    return run(folder, *command, pub=key.public, sig=signature, msg=message) == 0


def detached(message: bytes, signature: bytes) -> str:
    return reason_with(HOLDER.keyring("signify"), submit(message, sig=signature))


def whole(content: bytes) -> str:
    return reason_with(HOLDER.keyring("signify"), submit(content, "SHA256.sig"))


def mini(message: bytes, signature: bytes, mode: str = "prehashed") -> str:
    keyring = HOLDER.keyring("minisign", algorithm=MODES[mode])
    return reason_with(keyring, submit(message, minisig=signature))


def keyring_of(public: bytes, form: str, algorithm: str) -> Keyring:
    text = f"""\
anchors:
  - id: toy/peer
    file: peer.pub
    fingerprint: "{read_key(public).fingerprint}"
    algorithm: {algorithm}
    signer: owner
    purpose: manifest
    formats: [{form}]
"""
    return load_keyring({"keyring.yaml": text.encode(), "peer.pub": public})
