"""Signed runs to spoil, and keyrings that trust whoever signed them."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from netintegrity.app.vouching import EvidenceVerification, sign_evidence, verify_evidence
from netintegrity.store.run_check import STATEMENT
from netintegrity.trust.sign import anchor_yaml, public_pem
from tests.builders import AT
from tests.unit.store.runs import stored


def private_key(seed: int = 1) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def trust(
    folder: Path, *pems: bytes, purpose: str = "run-statement", not_after: object = None
) -> Path:
    """Return a folder of keys in which these count for ``purpose``."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, pem in enumerate(pems):
        below = folder / f"owner{number}"
        below.mkdir(exist_ok=True)
        public = public_pem(pem)
        (below / "key.pem").write_bytes(public)
        (below / "keyring.yaml").write_text(
            anchor_yaml(
                public,
                anchor_id=f"owner/{number}",
                file="key.pem",
                source="a test",
                purpose=purpose,
                formats=() if purpose == "run-statement" else ("netintegrity-manifest",),
                not_after=not_after,  # type: ignore[arg-type]
            )
        )
    return folder


def signed(path: Path, *, pem: bytes | None = None) -> Path:
    """A finished run of two devices, signed."""
    run = stored(path)
    sign_evidence(run, pem or private_key(), None, at=AT)
    return run


def verified(run: Path, keys: Path | None, *, rejudge: bool = False) -> EvidenceVerification:
    return verify_evidence(run, keys_folder=keys, rejudge=rejudge, at=AT)


def files_of(run: Path) -> list[str]:
    """Every file of a run folder, the statement too, by path."""
    return sorted(p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file())


def problems(found: EvidenceVerification) -> list[tuple[str, str]]:
    return [(p.name, p.problem.value) for p in found.problems]


__all__ = [
    "STATEMENT",
    "files_of",
    "private_key",
    "problems",
    "signed",
    "trust",
    "verified",
]
