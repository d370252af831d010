"""Bulk Hash lists in each layout, of any size, signed with a key thrown away."""

import csv
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from netintegrity.model.reference import ReferenceImage
from netintegrity.trust._spec import ParsedManifest
from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.sign import anchor_yaml
from tests.adversary.vendor_simulator import public_pem_of, rsa_key

COLUMNS = (
    *("FILE_NAME", "MD5_CHECKSUM", "SHA512_CHECKSUM"),
    *("PUBLISH_DATE", "DEFERRAL_STATUS", "IMAGE_SIZE"),
)
NAME = "cat9k_iosxe.17.09.04a.SPA.bin"
DATE = "August 03 2016 00:00:00 PDT-0700"
START, END = ["##START_DATE##   FEB 14 2000", *[""] * 5], ["##END_DATE##   APR 30 2017", *[""] * 5]
FOLDER = "Cisco_BulkHash_CSV.csv_2026.08.29.08.29.48"


def digests_of(content: str) -> tuple[str, str]:
    raw = content.encode()
    weak = hashlib.md5(raw, usedforsecurity=False)
    return weak.hexdigest().upper(), hashlib.sha512(raw).hexdigest().upper()


def row(name: str = NAME, content: str = "genuine", **changes: str) -> list[str]:
    """Return one row as Cisco writes it; ``changes`` by column in lower case."""
    md5, sha512 = digests_of(content)
    plain = dict(zip(COLUMNS, (name, md5, sha512, DATE, "", "1234"), strict=True))
    return list((plain | {k.upper(): v for k, v in changes.items()}).values())


def csv_of(rows: Iterable[Iterable[str]]) -> bytes:
    """Return the list with its header, lines ending in CR LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([COLUMNS, *rows])
    return text.getvalue().encode()


def many_rows(count: int) -> Iterator[list[str]]:
    """Yield rows of real length: families, releases and dates recur, one size in six is blank."""
    yield START
    families = ("cat9k_iosxe", "isr4300-universalk9", "c2960x-universalk9-mz", "unheard_of")
    for n in range(count):
        family = families[n % 4]
        release = f"{16 + n % 8}.{n % 12 + 1:02}.{n // 97 % 9 + 1:02}"
        name = f"{family}.{release}.{n}.SPA.bin"
        date = f"August {n % 28 + 1:02} {2005 + n % 20} 00:00:00 PDT-0700"
        size = "" if n % 6 == 0 else str(1000 + n)
        yield row(name, str(n), publish_date=date, image_size=size)
    yield END


def tar_of(members: Mapping[str, bytes], *, mtime: int = 0) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), mtime
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def images_of(parsed: ParsedManifest) -> tuple[ReferenceImage, ...]:
    """Return all that a list says, held or not."""
    return parsed.images if parsed.rows is None else tuple(parsed.rows("m"))


@cache
def list_key() -> rsa.RSAPrivateKey:
    return rsa_key()


@dataclass(kw_only=True)
class BulkHashVendor:
    """Signs as Cisco does: raw RSA PKCS#1 v1.5 with SHA-512, in a file of its own."""

    key: rsa.RSAPrivateKey = field(default_factory=list_key)
    formats: tuple[str, ...] = ("cisco-bulkhash",)

    @property
    def keyring(self) -> Keyring:
        return load_keyring(self.key_files)

    @property
    def key_files(self) -> dict[str, bytes]:
        public = public_pem_of(self.key)
        text = anchor_yaml(
            public,
            anchor_id="toy/lists",
            file="toy.pem",
            signer="vendor",
            vendor="toy",
            formats=self.formats,
            source="made for a test",
        ).replace("rsa-pss-sha256", "rsa-pkcs1v15-sha512")
        return {"keyring.yaml": text.encode(), "toy.pem": public}

    def sign(self, content: bytes) -> bytes:
        return self.key.sign(content, padding.PKCS1v15(), hashes.SHA512())

    def plain(self, content: bytes) -> Submission:
        signature = {".signature": self.sign(content)}
        return Submission(filename="BulkHash.csv", raw=content, detached=signature)

    def bundle(self, content: bytes, *, mtime: int = 0, **others: bytes) -> Submission:
        """Return today's layout."""
        list_name = f"{FOLDER}/Cisco_BulkHash_CSV.csv"
        members = {
            list_name: content,
            f"{list_name}.signature": self.sign(content),
            f"{FOLDER}/KNOWNGOODVALUESPROD-CCO_RELEASE.cer": b"not asked",
            f"{FOLDER}/cisco_x509_verify_release.py3": b"not run",
            f"{FOLDER}/cisco_x509_verify_release.py3.signature": b"not asked",
            f"{FOLDER}/README": b"not read",
        } | {f"{FOLDER}/{k.replace('__', '.')}": v for k, v in others.items()}
        packed = gzip.compress(tar_of(members, mtime=mtime), mtime=mtime)
        return Submission(filename="Cisco_BulkHash_CSV.tar", raw=packed)

    def old_bundle(self, content: bytes) -> Submission:
        """Return the layout of 2017: the signature is over the inner archive."""
        inner = gzip.compress(tar_of({"BulkHash.csv": content}), mtime=0)
        members = {
            "BulkHash.tar": inner,
            "BulkHash.tar.signature": self.sign(inner),
            "KNOWNGOODVALUESPROD.cer": b"not asked",
            "verify.py": b"not run",
            "README": b"not read",
        }
        return Submission(filename="BulkHashFile.tar", raw=tar_of(members))
