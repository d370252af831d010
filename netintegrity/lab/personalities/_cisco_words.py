"""What the simulated Cisco boxes besides IOS-XE say alike."""

import hashlib

from netintegrity.lab.device import LabDevice, Part


def digest_of(device: LabDevice, algorithm: str, path: str) -> str | None:
    """Return the hex digest the box prints of a file; None: there is no such file."""
    content = device.hashed_file(path)
    if content is None:
        return None
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()


def signature(device: LabDevice, part: Part, *, unit: str, release_word: str) -> list[str]:
    """Return the block of one signature; ``release_word`` is what this system calls production."""
    signing = device.signing_of(part)
    kind = release_word if signing == "production" else signing.capitalize()
    seed = part.image.seed if part.image else 0
    return [
        f"Image type                    : {kind}",
        "    Signer Information",
        "        Common Name           : CiscoSystems",
        f"        Organization Unit     : {unit}",
        "        Organization Name     : CiscoSystems",
        f"    Certificate Serial Number : {0x66000000 + seed:08X}",
        "    Hash Algorithm            : SHA512",
        "    Signature Algorithm       : 2048-bit RSA",
        "    Key Version               : A",
        "",
    ]


def caret(device: LabDevice, command: str, verbs: frozenset[str]) -> str:
    """Return the line with the mark under the first word that is not known."""
    verb, _, _ = command.partition(" ")
    offset = len(verb) + 1 if verb in verbs else 0
    return " " * (len(device.name) + 1 + offset) + "^"
