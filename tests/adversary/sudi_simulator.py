"""A maker of devices, its devices, and the outputs they print; all keys are made in memory."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from netintegrity.model.attestation import Challenge, Nonce
from netintegrity.model.digest import Digest, DigestAlgorithm, Measurement, MeasurementKind
from netintegrity.model.reference import (
    Provenance,
    ReferenceImage,
    ReferenceKind,
    ReferenceSet,
)
from netintegrity.model.release import Release
from netintegrity.trust.anchors import Keyring
from netintegrity.trust.attestation._spec import Grounds
from netintegrity.trust.keyring import load_keyring

AT = datetime(2026, 1, 1, tzinfo=UTC)
PID = "ISR4321/K9"
NONCE = 7301
HERE = "FRU=fru-rp SLOT=0 BAY=0 CHASSIS=-1 NODE=0"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """One key for each name and test run: making them is slow."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(**parts: str) -> x509.Name:
    oids = {"cn": NameOID.COMMON_NAME, "o": NameOID.ORGANIZATION_NAME, "sn": NameOID.SERIAL_NUMBER}
    return x509.Name([x509.NameAttribute(oids[k], v) for k, v in parts.items()])


def certificate(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    by: rsa.RSAPrivateKey,
    *,
    ca: bool | None = False,
    ends: datetime = AT + timedelta(days=3000),
    begins: datetime = AT - timedelta(days=3000),
    may_sign: bool | None = True,
) -> bytes:
    serial = int.from_bytes(hashlib.sha256(subject.public_bytes()).digest()[:8], "big") + 1
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
    if may_sign is not None:
        usage = x509.KeyUsage(may_sign, False, True, False, False, bool(ca), False, False, False)
        builder = builder.add_extension(usage, True)
    return builder.sign(by, SHA256()).public_bytes(Encoding.DER)


def pem(der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"])


ROOT_NAME = _name(o="Cisco Systems", cn="Cisco Root CA 2048")
SUB_CA_NAME = _name(o="Cisco", cn="ACT2 SUDI CA")


@dataclass(frozen=True)
class Maker:
    """Two of different names have the same names in their certificates, and other keys."""

    name: str = "maker"

    @property
    def root(self) -> bytes:
        key = rsa_key(f"{self.name} root")
        return certificate(ROOT_NAME, key, ROOT_NAME, key, ca=True)

    @property
    def sub_ca(self) -> bytes:
        by = rsa_key(f"{self.name} root")
        return certificate(SUB_CA_NAME, rsa_key(f"{self.name} sub"), ROOT_NAME, by, ca=True)

    def issue(self, subject: x509.Name, key: rsa.RSAPrivateKey, **changes: object) -> bytes:
        by = rsa_key(f"{self.name} sub")
        return certificate(subject, key, SUB_CA_NAME, by, **changes)  # type: ignore[arg-type]

    def keyring(self) -> Keyring:
        anchors = ""
        files = {}
        for word, der, fmt in (
            ("root", self.root, "cisco-sudi-root"),
            ("sub", self.sub_ca, "cisco-sudi"),
        ):
            files[f"{word}.pem"] = pem(der).encode()
            anchors += (
                f"  - {{id: toy/{word}, file: {word}.pem, signer: vendor, vendor: toy, "
                f'fingerprint: "sha256:{hashlib.sha256(der).hexdigest()}", '
                f"algorithm: rsa-pkcs1v15-sha256, purpose: device-identity, formats: [{fmt}]}}\n"
            )
        return load_keyring({**files, "keyring.yaml": f"anchors:\n{anchors}".encode()})


MAKER = Maker()


@dataclass(frozen=True)
class Box:
    """One device with a key of its own."""

    serial: str = "FDO00000001"
    pid: str = PID
    maker: Maker = MAKER
    changes: tuple[tuple[str, object], ...] = ()
    """Of its certificate."""

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa_key(f"box {self.serial}")

    @property
    def subject(self) -> x509.Name:
        return _name(sn=f"PID:{self.pid} SN:{self.serial}", o="Cisco", cn=self.pid)

    @property
    def leaf(self) -> bytes:
        return self.maker.issue(self.subject, self.key, **dict(self.changes))

    @property
    def chain(self) -> tuple[bytes, ...]:
        return (self.maker.root, self.maker.sub_ca, self.leaf)

    def signs(self, nonce: int | None, body: bytes, *, version: int = 1) -> str:
        header = b"" if nonce is None else nonce.to_bytes(8, "big")
        signed = header + version.to_bytes(4, "big") + body
        return self.key.sign(signed, padding.PKCS1v15(), SHA256()).hex().upper()


BOX = Box()
TWIN = Box(serial="FDO00000002")


def measured(word: str, size: int = 64) -> bytes:
    return (hashlib.sha512 if size == 64 else hashlib.sha256)(word.encode()).digest()


def extended(values: Sequence[bytes]) -> bytes:
    """Independent of the code under test, on purpose."""
    register = b"\x00" * 32
    for value in values:
        register = hashlib.sha256(register + hashlib.sha256(value).digest()).digest()
    return register


@dataclass(frozen=True)
class Boot:
    """What a box booted."""

    boot0: bytes = field(default_factory=lambda: measured("boot0", 32))
    loader: bytes = field(default_factory=lambda: measured("loader"))
    os: tuple[tuple[str, bytes], ...] = (("isr4300-universalk9.16.03.01.SPA.bin", measured("os")),)
    listed_only: tuple[tuple[str, bytes], ...] = ()
    version: str = "16.03.01"
    boot0_version: str = "F01023R12.1817bb4af2014-05-23"

    @property
    def registers(self) -> tuple[bytes, bytes]:
        return extended([self.boot0, self.loader]), extended([v for _, v in self.os])


BOOT = Boot()


def v1_certificates(box: Box = BOX, nonce: int | None = NONCE) -> str:
    shown = "\n".join(pem(der) for der in box.chain)
    return f"""r1#show platform sudi certificate sign nonce {nonce}
{shown}
Signature version: 1
Signature:
{box.signs(nonce, b"".join(box.chain))}
r1#"""


def v1_measurements(box: Box = BOX, nonce: int | None = NONCE, boot: Boot = BOOT) -> str:
    pcr0, pcr8 = boot.registers
    entries = (*boot.os, *boot.listed_only)
    if len(entries) == 1:
        shown = f"OS Hash: {entries[0][1].hex().upper()}"
    else:
        rows = (f"{name}: {value.hex().upper()}" for name, value in entries)
        shown = "\n".join(("OS Hashes:", *rows))
    return f"""r1#show platform integrity sign nonce {nonce}
Platform: {box.pid}
Boot 0 Version: {boot.boot0_version}
Boot 0 Hash: {boot.boot0.hex().upper()}
Boot Loader Version: 16.2(2r)
Boot Loader Hash: {boot.loader.hex().upper()}
OS Version: {boot.version}
{shown}
PCR0: {pcr0.hex().upper()}
PCR8: {pcr8.hex().upper()}
Signature version: 1
Signature:
{box.signs(nonce, pcr0 + pcr8)}
r1#"""


def _located(place: str, content: str, signature: str) -> str:
    return f"""---------------------------------
LOCATION {place}
---------------------------------
{content}

  Signature:
  Version: 1
  Value:
  {signature}

"""


def trust_chain(boxes: Mapping[str, Box], nonce: int = NONCE) -> str:
    names = ("CRCA", "CMCA", "SUDI")
    return f"r1#show system integrity all trust_chain nonce {nonce}\n" + "".join(
        _located(
            place,
            "\n".join(
                f"Certificate Name: {name} CERTIFICATE\n{pem(der)}"
                for name, der in zip(names, box.chain, strict=True)
            ),
            box.signs(nonce, b"".join(box.chain)),
        )
        for place, box in boxes.items()
    )


def measurement(boxes: Mapping[str, Box], nonce: int = NONCE, boot: Boot = BOOT) -> str:
    pcr0, pcr8 = boot.registers
    rows = "\n".join(f"  {n}: {v.hex().upper()}" for n, v in (*boot.os, *boot.listed_only))
    return f"r1#show system integrity all measurement nonce {nonce}\n" + "".join(
        _located(
            place,
            f"""  Platform: {box.pid}

  Boot Hashes:
  {boot.boot0_version}: {boot.boot0.hex().upper()}
  16.2(2r): {boot.loader.hex().upper()}

  OS:
  Version: {boot.version}
  Hashes:
{rows}

  Registers:
  PCR0: {pcr0.hex().upper()}
  PCR8: {pcr8.hex().upper()}""",
            box.signs(nonce, pcr0 + pcr8),
        )
        for place, box in boxes.items()
    )


ARMED = {
    "secure_boot": "true",
    "tam_service": "hardware",
    "ldwm_envelope": "false",
    "num_btlstage": "2",
    "bivlen": "64",
    "register.pcr0.disabled": "false",
    "register.pcr8.disabled": "false",
}


def compliance(
    boxes: Mapping[str, Box],
    nonce: int = NONCE,
    attributes: Mapping[str, str] | None = None,
    *,
    newer: bool = True,
) -> str:
    stated = ARMED if attributes is None else attributes
    form = "{}:{}," if newer else "{}{}"
    body = "".join(form.format(k, v) for k, v in stated.items()).encode()
    rows = "\n".join(f"  {k}: {v}" for k, v in stated.items())
    return "".join(
        _located(place, f"  Compliance:\n{rows}", box.signs(nonce, body))
        for place, box in boxes.items()
    )


def release(platform_id: str, text: str) -> Release | None:
    parts = text.split(".")
    if platform_id != "cisco_iosxe" or not all(p.isdigit() for p in parts):
        return None
    return Release(text, "iosxe", tuple(int(p) for p in parts))


def known(
    kind: ReferenceKind, name: str, value: bytes, *, version: str | None = None, **changes: object
) -> ReferenceImage:
    stated: dict[str, object] = {
        "kind": kind,
        "platforms": frozenset({"cisco_iosxe"}),
        "filename": name,
        "release": None if version is None else release("cisco_iosxe", version),
        "measurements": frozenset({Measurement(MeasurementKind.BIV_HASH, value)}),
        "manifest_id": "toy",
    }
    return ReferenceImage(**{**stated, **changes})  # type: ignore[arg-type]


def references(*images: ReferenceImage, boot: Boot = BOOT, **changes: object) -> ReferenceSet:
    """What the vendor published: by default all of ``boot``."""
    listed = images or (
        known(ReferenceKind.BOOT0, boot.boot0_version, boot.boot0),
        known(ReferenceKind.BOOT_LOADER, "16.2(2r)", boot.loader),
        *(known(ReferenceKind.IMAGE, n, v, version=boot.version) for n, v in boot.os),
    )
    stated: dict[str, object] = {
        "manifest_id": "toy",
        "list_id": "toy",
        "format_id": "toy",
        "manifest_digest": Digest(DigestAlgorithm.SHA256, bytes(32)),
        "signer": "vendor",
        "key_id": "toy/list",
        "key_fingerprint": "sha256:00",
        "vendor_signed": True,
        "signed_at": AT,
    }
    provenance = Provenance(**{**stated, **changes})  # type: ignore[arg-type]
    return ReferenceSet(images=listed, provenance=(provenance,))


def grounds(**changes: object) -> Grounds:
    stated: dict[str, object] = {
        "keyring": MAKER.keyring(),
        "references": references(),
        "releases": release,
        "at": AT,
    }
    return Grounds(**{**stated, **changes})  # type: ignore[arg-type]


def challenge(nonce: int | None = NONCE) -> Challenge:
    sent = None if nonce is None else Nonce.of_number(nonce)
    return Challenge(certificates=sent, measurements=sent, compliance=sent)
