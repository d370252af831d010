"""By what a run is judged: keys, manifests, policy and memory, read once."""

import hashlib
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from netintegrity.app.judging import Grounds
from netintegrity.app.registries import PLATFORMS, parse_release
from netintegrity.app.windows import PlanFile, announced_in
from netintegrity.assess.plan import Announced
from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import ConfigError, ManifestExpiredError
from netintegrity.model.device import Device
from netintegrity.model.memory import FleetMemory, ManifestFloor
from netintegrity.model.release import Release
from netintegrity.model.run import ManifestOutcome
from netintegrity.store.keys import KeyFiles
from netintegrity.store.memory import memory_digest
from netintegrity.store.memory_file import parse_memory
from netintegrity.trust.admit import (
    LAB_PURPOSES,
    MANIFEST_PURPOSES,
    Judged,
    Submission,
    floors_after,
    judge_all,
)
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.waivers import judge_waivers

_LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The bytes a run is judged by, as read."""

    keys: KeyFiles
    manifests: tuple[Submission, ...]
    policy: SitePolicy
    policy_bytes: bytes
    memory_bytes: bytes
    memory_name: str
    """Of the file the memory was read from, for messages."""
    lab: bool = False
    """True: keys of purpose ``lab`` count; see :func:`is_a_lab`."""
    changed_files: tuple[str, ...] = ()
    waivers: Mapping[str, bytes] = field(default_factory=dict)
    """Signed files by name, from the operator's state folder."""
    plan: PlanFile | None = None
    """None: the run is not about a change window."""
    keys_in_site: bool = False
    """True: the keys lie in the site, so that nobody's waiver counts."""


def is_a_lab(keys_folder: Path | None, devices: Iterable[Device], *, marked: bool) -> bool:
    """Say whether lab keys count: named explicitly, in a marked site, all of it on this machine."""
    return keys_folder is not None and marked and all(_is_loopback(d.address) for d in devices)


def lies_in(site: Path, keys_folder: Path | None) -> bool:
    """Say whether the keys are part of the site: who changes the one could change the other."""
    return keys_folder is not None and keys_folder.resolve().is_relative_to(site.resolve())


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in _LOOPBACK
    except ValueError:
        return False


def release_of_train(train: str, text: str) -> Release | None:
    """Return ``text`` as a release of ``train``, by whichever platform's grammar; None: by none."""
    for platform in PLATFORMS.values():
        release = platform.parse_release(text)
        if release is not None and release.train == train:
            return release
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a run is judged by, verified once; only the moment of judgement is still open."""

    material: Material
    memory: FleetMemory
    lists: Judged
    announced: Announced | None = None

    def grounds(self, *, at: datetime) -> Grounds:
        """Return what to judge by at the moment ``at``: a list may have expired meanwhile."""
        material, keyring = self.material, self.lists.keyring
        lab = " (lab)" if material.lab and keyring.has_lab_keys else ""
        return Grounds(
            references=self.lists.references,
            manifests=tuple(_expired(o, at) for o in self.lists.outcomes(at=at)),
            keyring=f"{material.keys.origin}{lab}",
            keyring_digest=str(material.keys.digest()),
            anchors=keyring,
            lab=material.lab,
            policy=material.policy,
            policy_digest=f"sha256:{hashlib.sha256(material.policy_bytes).hexdigest()}",
            memory=self.memory,
            memory_digest=memory_digest(material.memory_bytes, material.waivers),
            waivers=judge_waivers(
                material.waivers,
                keyring,
                at=at,
                keys_in_site=material.keys_in_site,
                lab=material.lab,
            ),
            announced=self.announced,
            changed_files=material.changed_files,
        )

    def remembered(self, memory: FleetMemory, *, at: datetime) -> FleetMemory:
        """Return ``memory`` with the lists that were admitted: floors only rise.

        Args:
            memory: as it is now; another run may have written it since this one began.
            at: UTC; when this run accepted them.
        """
        references = self.lists.references
        floors = floors_after(references, self.lists.keyring, memory.manifests)
        digests = (str(p.manifest_digest) for p in references.provenance)
        return replace(
            memory,
            manifests=tuple(_with_first_import(f, memory.manifests, at) for f in floors),
            imports=_imports_after(memory, digests, at),
        )


def verify_basis(material: Material) -> Basis:
    """Read keys and memory, and verify the manifests: the only time a run does.

    Raises:
        KeyringError: a key or a keyring is not in order; nothing is judged then.
        StoreError: the memory is damaged.
        TrustError: somebody signed the plan whose word does not count.
        ConfigError: the plan cannot be used, also as an ExceptionGroup.
    """
    memory = parse_memory(material.memory_bytes, release_of_train, name=material.memory_name)
    keyring = load_keyring(material.keys.files)
    announced = None if material.plan is None else announced_in(material.plan, keyring)
    lists = judge_all(
        material.manifests,
        keyring=keyring,
        releases=parse_release,
        purposes=LAB_PURPOSES if material.lab else MANIFEST_PURPOSES,
        floors=memory.manifests,
        imports=memory.imports,
    )
    return Basis(material=material, memory=memory, lists=lists, announced=announced)


def make_grounds(material: Material, *, at: datetime) -> tuple[Grounds, FleetMemory]:
    """Verify the manifests, and return what to judge by and what to remember of them.

    Raises:
        KeyringError: a key or a keyring is not in order; nothing is judged then.
        StoreError: the memory is damaged.
    """
    basis = verify_basis(material)
    return basis.grounds(at=at), basis.remembered(basis.memory, at=at)


def _expired(outcome: ManifestOutcome, at: datetime) -> ManifestOutcome:
    """Call an expired list rejected: it still says which image it knew, and vouches for nothing."""
    if outcome.reason is not None or outcome.expires_at is None or at < outcome.expires_at:
        return outcome
    return replace(
        outcome,
        reason=ManifestExpiredError.reason,
        detail=f"counted until {outcome.expires_at:%Y-%m-%d %H:%M} UTC; "
        f"{ManifestExpiredError.hint}",
    )


def _with_first_import(
    floor: ManifestFloor, before: Iterable[ManifestFloor], at: datetime
) -> ManifestFloor:
    known = {f.identity: f.first_imported_at for f in before}
    return replace(floor, first_imported_at=known.get(floor.identity) or at)


def _imports_after(
    memory: FleetMemory, digests: Iterable[str], at: datetime
) -> tuple[tuple[str, datetime], ...]:
    known = dict(memory.imports)
    for digest in digests:
        known.setdefault(digest, at)
    return tuple(sorted(known.items()))


def refuse_earlier_than_imports(
    memory: FleetMemory, manifests: Sequence[Submission], at: datetime
) -> None:
    """Return unless a manifest was first imported after the moment of judgement.

    Raises:
        ConfigError: one was: at that moment nobody here had it.
    """
    known = dict(memory.imports)
    for manifest in manifests:
        imported = known.get(str(manifest.digest))
        if imported is not None and at < imported:
            raise ConfigError(
                f"{manifest.filename} was first imported {imported:%Y-%m-%d %H:%M:%S} UTC, after "
                "the moment to judge for",
                where="--at",
                hint="`netintegrity assess` can judge a stored run as of another moment",
            )
