"""Images with a signature beside them: openssl signs, as the vendors' own instructions have it."""

import io
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.model.reference import ReferenceSet
from netintegrity.trust.image_file import VerifiedImage, verify_image
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.cms_peer import certificate_for
from tests.adversary.swi_simulator import reader
from tests.adversary.vendor_simulator import AT, fingerprint, pem_of, public_pem_of, rsa_key

IMAGE = b"an image of some size" * 4096


def openssl_signs(folder: Path, key: rsa.RSAPrivateKey, content: bytes, digest: str) -> bytes:
    (folder / "key.pem").write_bytes(pem_of(key))
    (folder / "image").write_bytes(content)
    subprocess.run(
        ["openssl", "dgst", f"-{digest}", "-sign", "key.pem", "-out", "sig", "image"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return (folder / "sig").read_bytes()


def openssl_accepts(folder: Path, key: rsa.RSAPrivateKey, image: bytes, digest: str) -> bool:
    """Say whether openssl takes the signature it made last for ``image``."""
    (folder / "pub.pem").write_bytes(public_pem_of(key))
    (folder / "image").write_bytes(image)
    done = subprocess.run(
        ["openssl", "dgst", f"-{digest}", "-verify", "pub.pem", "-signature", "sig", "image"],
        cwd=folder,
        check=False,
        capture_output=True,
        timeout=60,
    )
    return done.returncode == 0


def keyring_of(pem: bytes, pinned: str, **fields: str) -> Keyring:
    stated = {
        "id": "toy/image",
        "file": "key.pem",
        "fingerprint": f'"{pinned}"',
        "algorithm": "rsa-pkcs1v15-sha512",
        "signer": "vendor",
        "vendor": "toy",
        "purpose": "image",
    } | fields
    text = "anchors:\n  - " + "\n    ".join(f"{n}: {v}" for n, v in stated.items()) + "\n"
    return load_keyring({"keyring.yaml": text.encode(), "key.pem": pem})


def judge(image: bytes, name: str, beside: Mapping[str, bytes], keyring: Keyring) -> VerifiedImage:
    return verify_image(
        *(reader(image), len(image)),
        filename=name,
        keyring=keyring,
        references=ReferenceSet(images=(), provenance=()),
        at=AT,
        beside=beside,
    )


@dataclass(kw_only=True)
class Releases:
    """An authority that signs for many products, and one product of it."""

    folder: Path
    root_key: rsa.RSAPrivateKey = field(default_factory=rsa_key)
    key: rsa.RSAPrivateKey = field(default_factory=rsa_key)
    subject: str = "product"
    leaf: x509.Certificate | None = None

    def __post_init__(self) -> None:
        self.root = certificate_for("authority", self.root_key, authority=True)
        self.certificate = self.leaf or self.issue(self.subject, self.key)

    def issue(self, subject: str, key: rsa.RSAPrivateKey, **changes: object) -> x509.Certificate:
        return certificate_for(
            subject,
            key,
            issuer="authority",
            issuer_key=self.root_key,
            **changes,  # type: ignore[arg-type]
        )

    def beside(self, image: bytes = IMAGE, **changes: bytes) -> dict[str, bytes]:
        """Return what lies beside ``image.bin``."""
        files = {
            "image.bin.signature": openssl_signs(self.folder, self.key, image, "sha512"),
            "product.cer": self.certificate.public_bytes(Encoding.PEM),
            "verify.py3": b"print('verified')\n",
            "verify.py3.signature": bytes(256),
        }
        return files | changes

    def archive(self, beside: Mapping[str, bytes], image: bytes = IMAGE, **options: int) -> bytes:
        target = io.BytesIO()
        form = options.get("form", tarfile.USTAR_FORMAT)
        with tarfile.open(fileobj=target, mode="w", format=form) as archive:
            for name, content in {"image.bin": image, **beside}.items():
                member = tarfile.TarInfo(f"release/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return target.getvalue()

    def keyring(self, **fields: str) -> Keyring:
        stated = {"formats": "[cisco-release]", "end_entity": '"CN=product"'} | fields
        pem = self.root.public_bytes(Encoding.PEM)
        return keyring_of(pem, fingerprint(self.root), **stated)
