"""The files of a lab's site: what an ordinary audit reads, and what signs it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from netintegrity import rfc3339
from netintegrity.lab._read_manifests import ManifestPlan
from netintegrity.lab.device import LabDevice
from netintegrity.lab.images import Image
from netintegrity.lab.measured import (
    BOOT0_VERSION,
    LOADER_VERSION,
    boot0_value,
    loader_value,
    value_of,
)
from netintegrity.lab.scenario import Scenario
from netintegrity.lab.sudi import Maker
from netintegrity.model.digest import Digest, DigestAlgorithm, Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceKind
from netintegrity.trust.sign import (
    Entry,
    anchor_yaml,
    build_manifest,
    public_pem,
    sign_manifest,
)

CREDENTIAL: Final = "lab"
LOOPBACK: Final = "127.0.0.0/8"
_SOURCE: Final = "made by `netintegrity lab` for this one lab"
_SEEN_BEFORE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Signed:
    """One list, and everything that goes with it."""

    plan: ManifestPlan
    envelope: bytes
    private_pem: bytes
    public_pem: bytes
    anchor: str
    """The entry of the keyring, without the heading."""

    @property
    def key_file(self) -> str:
        """Name of the public key beside the keyring."""
        return f"{self.plan.id}.pub"


def signed(plan: ManifestPlan, *, now: datetime) -> Signed:
    """Return the list of a plan, signed with a key drawn for it."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = public_pem(private)
    payload = build_manifest(
        list(_all_entries(plan)),
        list_id=plan.id,
        sequence=plan.sequence,
        issued_at=_whole(now) - timedelta(days=plan.issued_days_ago),
        expires_at=_whole(now) + timedelta(days=plan.expires_in_days),
    )
    expired = plan.anchor_expired_days_ago
    anchor = anchor_yaml(
        public,
        anchor_id=f"lab/{plan.id}",
        file=f"{plan.id}.pub",
        source=_SOURCE,
        purpose="lab",
        signer=plan.signer,
        vendor="lab" if plan.signer == "vendor" else None,
        not_after=None if expired is None else _whole(now) - timedelta(days=expired),
    )
    return Signed(
        plan=plan,
        envelope=sign_manifest(payload, private),
        private_pem=private,
        public_pem=public,
        anchor=anchor.partition("\n")[2],
    )


def keyring_yaml(lists: Iterable[Signed], maker: Maker | None = None) -> str:
    """Return the keyring that trusts every key of a lab, its hardware's included."""
    hardware = "" if maker is None else _dumped_list(maker.anchors())
    return "anchors:\n" + "".join(s.anchor for s in lists) + hardware


def hosts_yaml(devices: Iterable[tuple[LabDevice, int]], *, address: str) -> str:
    """Return the inventory; ``devices`` with the port of each."""
    return _dumped({device.name: _host(device, port, address) for device, port in devices})


def policy_yaml(scenario: Scenario) -> str:
    """Return the policy."""
    return _dumped({"schema": "netintegrity/policy/1", **scenario.policy})


def credentials_yaml(*, username: str, password: str, enable: str) -> str:
    """Return the credentials, for this host alone."""
    account = {"username": username, "password": password, "enable": enable, "hosts": [LOOPBACK]}
    return _dumped({CREDENTIAL: account})


def marker_yaml(scenario: Scenario, *, now: datetime) -> str:
    """Return ``lab.yaml``, by which a site says that it is a lab's."""
    return _dumped(
        {
            "schema": "netintegrity/lab/1",
            "scenario": scenario.name,
            "made_at": rfc3339.show(_whole(now)),
        }
    )


def memory_json(scenario: Scenario, names: Mapping[str, tuple[str, ...]], *, now: datetime) -> str:
    """Return ``memory.json``; ``names`` are those of the devices made of each of the scenario."""
    devices: dict[str, object] = {}
    for known in scenario.memory:
        first_seen = rfc3339.show(known.first_seen or _whole(now) - _SEEN_BEFORE)
        for name in names.get(known.device, ()):
            devices[name] = {
                "first_seen": first_seen,
                "floors": _floors(known.floors),
                "loaders": _floors(known.loaders),
            }
    document = {"schema": "netintegrity/memory/1", "devices": devices, "manifests": {}}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _floors(floors: Iterable[tuple[str, str, str]]) -> dict[str, list[dict[str, str]]]:
    listed: dict[str, list[dict[str, str]]] = {}
    for subject, train, release in floors:
        listed.setdefault(subject, []).append({"train": train, "release": release})
    return listed


def _all_entries(plan: ManifestPlan) -> Iterator[Entry]:
    for image in plan.images:
        for entry, content in entries_of(image):
            known = (_biv_hash(value_of(content)),) if plan.measurements else ()
            yield replace(entry, measurements=known)
    if plan.measurements:
        platforms = tuple(sorted({i.platform for i in plan.images}))
        yield _stage(ReferenceKind.BOOT0, BOOT0_VERSION, boot0_value(), platforms)
        yield _stage(ReferenceKind.BOOT_LOADER, LOADER_VERSION, loader_value(), platforms)


def _biv_hash(value: bytes) -> Measurement:
    return Measurement(MeasurementKind.BIV_HASH, value)


def _stage(kind: ReferenceKind, version: str, value: bytes, platforms: tuple[str, ...]) -> Entry:
    """Return a stage of the boot as lists have it: under its version, without a file of its own."""
    return Entry(
        kind=kind,
        filename=version,
        platforms=platforms,
        measurements=(_biv_hash(value),),
        source="netintegrity lab",
    )


def entries_of(image: Image) -> Iterator[tuple[Entry, bytes]]:
    """Yield the image as published, and each of its packages, with their bytes."""
    for kind, filename, content in (
        (ReferenceKind.IMAGE, image.filename, image.content),
        *((ReferenceKind.PACKAGE, p, image.package(p)) for p in image.packages),
    ):
        yield _entry(image, kind, filename, content), content


def _entry(image: Image, kind: ReferenceKind, filename: str, content: bytes) -> Entry:
    weak = hashlib.md5(content, usedforsecurity=False).digest()
    return Entry(
        kind=kind,
        filename=filename,
        platforms=(image.platform,),
        hardware=image.hardware,
        release=image.release,
        size_bytes=len(content),
        digests=(
            Digest(DigestAlgorithm.MD5, weak),
            Digest(DigestAlgorithm.SHA256, hashlib.sha256(content).digest()),
            Digest(DigestAlgorithm.SHA512, hashlib.sha512(content).digest()),
        ),
        withdrawn=image.withdrawn,
        source="netintegrity lab",
    )


def _host(device: LabDevice, port: int, address: str) -> dict[str, object]:
    subjects = [
        {
            "kind": part.subject.kind.value,
            "id": part.subject.id,
            "serial": part.serial,
            "pid": part.pid,
        }
        for part in device.parts
    ]
    return {
        "hostname": address,
        "port": port,
        "platform": device.platform_id,
        "data": {"credential": CREDENTIAL, **dict(device.tags), "subjects": subjects},
    }


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _dumped(document: Mapping[str, object]) -> str:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=False, width=100)


def _dumped_list(entries: Iterable[Mapping[str, object]]) -> str:
    """Return entries of a list, as far to the right as those before them."""
    text = yaml.safe_dump([dict(e) for e in entries], sort_keys=False, allow_unicode=False)
    return "".join(f"  {line}\n" for line in text.splitlines())
