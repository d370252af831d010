"""GnuPG as the one who signs, and as the one who is asked as well; we sign no OpenPGP."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.vendor_simulator import reason_with


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One OpenPGP key in a GnuPG home of its own."""

    home: Path
    name: str = "lists@toy.example"
    kind: str = "ed25519"

    def gpg(self, *arguments: str, given: bytes = b"") -> bytes:
        home = ["gpg", "--homedir", str(self.home), "--batch", "--yes", "--no-tty", "--quiet"]
        command = [*home, "--pinentry-mode", "loopback", "--passphrase", "", *arguments]
        done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=60)
        return done.stdout

    def make(self) -> "Holder":
        self.home.mkdir(mode=0o700, parents=True)
        self.gpg("--quick-generate-key", self.name, self.kind, "sign", "never")
        return self

    def stop(self) -> None:
        """End the agent that GnuPG started for this home."""
        subprocess.run(
            ["gpgconf", "--homedir", str(self.home), "--kill", "gpg-agent"],
            capture_output=True,
            check=False,
            timeout=60,
        )

    @property
    def public(self) -> bytes:
        return self.gpg("--armor", "--export", self.name)

    @property
    def fingerprint(self) -> str:
        listed = self.gpg("--with-colons", "--list-keys", self.name).decode()
        found: list[str] = re.findall(r":([0-9A-F]{40}):", listed)
        return found[0]  # the primary key's comes first

    def sign(self, content: bytes, *options: str) -> bytes:
        """Return a detached signature, armored."""
        return self.gpg("--armor", "--output", "-", *options, "--detach-sign", given=content)

    def clear(self, content: bytes, *options: str) -> bytes:
        """Return the clear-signed text."""
        return self.gpg("--output", "-", *options, "--clearsign", given=content)

    def accepts(self, folder: Path, signed: bytes, signature: bytes | None = None) -> bool:
        (folder / "signed").write_bytes(signed)
        (folder / "signature").write_bytes(signature or b"")
        files = ["signed"] if signature is None else ["signature", "signed"]
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--verify", *files]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
        return done.returncode == 0

    def keyring(self, **changes: str) -> Keyring:
        return keyring_of(self.public, self.fingerprint, **changes)

    def judge(self, content: bytes, name: str = "sha256sums", **beside: bytes) -> str:
        detached = {f".{suffix}": value for suffix, value in beside.items()}
        submission = Submission(filename=name, raw=content, detached=detached)
        return reason_with(self.keyring(), submission)


def keyring_of(public: bytes, fingerprint: str, **changes: str) -> Keyring:
    fields = {
        "id": "toy/openpgp",
        "file": "lists.asc",
        "fingerprint": f'"openpgp4fpr:{fingerprint}"',
        "algorithm": "openpgp",
        "signer": "vendor",
        "vendor": "toy",
        "purpose": "manifest",
        "formats": "[openpgp]",
    } | changes
    text = "anchors:\n  - " + "\n    ".join(f"{n}: {v}" for n, v in fields.items()) + "\n"
    return load_keyring({"keyring.yaml": text.encode(), "lists.asc": public})
