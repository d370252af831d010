"""A repository of The Update Framework, kept by python-tuf, and what somebody may do to it."""

import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from netintegrity.trust.admit import Submission
from netintegrity.trust.certificates import read_key
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.vendor_simulator import AT

ROLES = ("root", "timestamp", "snapshot", "targets")
CONTENT = {"eos/EOS-4.30.1F.swi": b"an image", "firmware.bin": b"another"}


def signers(count: int = 1) -> list[CryptoSigner]:
    return [CryptoSigner.generate_ed25519() for _ in range(count)]


@dataclass(kw_only=True)
class Repository:
    """One state; change it and call :meth:`files` for the next."""

    keys: dict[str, list[CryptoSigner]] = field(
        default_factory=lambda: {role: signers(3 if role == "root" else 1) for role in ROLES}
    )
    thresholds: dict[str, int] = field(default_factory=lambda: {"root": 2})
    versions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 1))
    expires: dict[str, datetime] = field(
        default_factory=lambda: {role: AT + timedelta(days=30 + i) for i, role in enumerate(ROLES)}
    )
    content: dict[str, bytes] = field(default_factory=lambda: dict(CONTENT))
    consistent: bool = True
    old_roots: dict[str, bytes] = field(default_factory=dict)

    def _signed(self, role: str, signed: object, by: Iterable[CryptoSigner] = ()) -> bytes:
        metadata = Metadata(signed)  # type: ignore[type-var]
        for signer in by or self.keys[role][: self.thresholds.get(role, 1)]:
            metadata.sign(signer, append=True)
        return bytes(metadata.to_bytes())

    def root(self, by: Iterable[CryptoSigner] = ()) -> bytes:
        root = Root(
            version=self.versions["root"],
            expires=self.expires["root"],
            consistent_snapshot=self.consistent,
        )
        for role in ROLES:
            for signer in self.keys[role]:
                root.add_key(signer.public_key, role)
            root.roles[role].threshold = self.thresholds.get(role, 1)
        return self._signed("root", root, by)

    def targets(self) -> bytes:
        listed = {
            p: TargetFile.from_data(p, c, ["sha256", "sha512"]) for p, c in self.content.items()
        }
        targets = Targets(self.versions["targets"], expires=self.expires["targets"], targets=listed)
        return self._signed("targets", targets)

    def snapshot(self, targets: bytes) -> bytes:
        meta = {"targets.json": MetaFile.from_data(self.versions["targets"], targets, ["sha256"])}
        version, expires = self.versions["snapshot"], self.expires["snapshot"]
        return self._signed("snapshot", Snapshot(version, expires=expires, meta=meta))

    def timestamp(self, snapshot: bytes) -> bytes:
        meta = MetaFile.from_data(self.versions["snapshot"], snapshot, ["sha256"])
        version, expires = self.versions["timestamp"], self.expires["timestamp"]
        return self._signed("timestamp", Timestamp(version, expires=expires, snapshot_meta=meta))

    def named(self, role: str) -> str:
        return f"{self.versions[role]}.{role}.json" if self.consistent else f"{role}.json"

    def files(self) -> dict[str, bytes]:
        targets = self.targets()
        snapshot = self.snapshot(targets)
        newest = f"{self.versions['root']}.root.json"
        return (
            {newest: self.root()}
            | self.old_roots
            | {
                "timestamp.json": self.timestamp(snapshot),
                self.named("snapshot"): snapshot,
                self.named("targets"): targets,
            }
        )

    def publish(self, **content: bytes) -> dict[str, bytes]:
        """Return the next state, with other files."""
        self.content |= content
        for role in ("targets", "snapshot", "timestamp"):
            self.versions[role] += 1
        return self.files()

    def rotate(self, *, by: Iterable[CryptoSigner] = ()) -> None:
        """Replace the keys of root; the new one is signed by the old keys and the new."""
        old = self.keys["root"][: self.thresholds["root"]]
        self.old_roots.setdefault(f"{self.versions['root']}.root.json", self.root())
        self.keys["root"] = signers(3)
        self.versions["root"] += 1
        new = self.keys["root"][: self.thresholds["root"]]
        self.old_roots[f"{self.versions['root']}.root.json"] = self.root([*(by or old), *new])


def archived(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"metadata/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def submit(files: Mapping[str, bytes]) -> Submission:
    return Submission(filename="toy.tuf.tar", raw=archived(files))


def keyring_of(root: bytes, **changes: str) -> Keyring:
    fields = {
        "id": "toy/tuf",
        "file": "toy.root.json",
        "fingerprint": f'"{read_key(root).fingerprint}"',
        "algorithm": "tuf",
        "signer": "vendor",
        "vendor": "toy",
        "purpose": "manifest",
        "formats": "[tuf]",
    } | changes
    text = "anchors:\n  - " + "\n    ".join(f"{n}: {v}" for n, v in fields.items()) + "\n"
    return load_keyring({"keyring.yaml": text.encode(), "toy.root.json": root})


def edited(raw: bytes, *path: str, value: object) -> bytes:
    """Return metadata with one value changed, under its old signatures."""
    document = json.loads(raw)
    here = document
    for name in path[:-1]:
        here = here[name]
    here[path[-1]] = value
    return json.dumps(document).encode()
