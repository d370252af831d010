"""A place lists are fetched from, in the hands of somebody who can change files, and sign none.

Each attack is a method named after what it does, and returns what an operator would then have: the
files, the keys that were trusted before, and what earlier runs remembered. Two boxes are judged by
it: one that runs the genuine image, one on which it was patched.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding

from netintegrity.app.grounds import Material, release_of_train, verify_basis
from netintegrity.app.judging import Collected, RunTimes, judge_run
from netintegrity.app.registries import PLATFORMS
from netintegrity.assess.policy import SitePolicy
from netintegrity.assess.status import status_of
from netintegrity.errors import ExitStatus
from netintegrity.inventory.load import load_site
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from netintegrity.model.claims import ImageClaim, ImageRole
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Evidence, HostKeyStatus
from netintegrity.model.memory import FleetMemory, ManifestFloor
from netintegrity.store.keys import KeyFiles
from netintegrity.store.memory_file import memory_bytes, parse_memory
from netintegrity.trust.admit import Submission
from netintegrity.trust.sign import Entry
from tests.adversary.bombs import gzip_of_zeros
from tests.adversary.bulk_hash import BulkHashVendor, csv_of, row
from tests.adversary.vendor_simulator import EVIL, ChainedVendor, VendorSimulator, flip

AT = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WEAK = Digest(DigestAlgorithm.MD5, b"\x01" * 16)
UNRELATED = Entry(
    filename="cat9k_iosxe.17.01.01.SPA.bin",
    platforms=("cisco_iosxe",),
    hardware=("C9300",),
    release="17.01.01",
    digests=(EVIL,),
)


@dataclass(frozen=True)
class Offer:
    """What the operator has after an attack."""

    files: tuple[Submission, ...]
    keys: Mapping[str, bytes]
    floors: tuple[ManifestFloor, ...] = ()
    imports: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True)
class Judged:
    """What came of an offer."""

    reasons: tuple[str, ...]
    """Of each file, ``verified`` or why it is rejected."""
    status: ExitStatus
    """Of a run over the genuine box alone."""
    genuine: str
    patched: str
    """What is concluded of each box."""


@cache
def boxes() -> tuple[Evidence, Evidence]:
    """Return what a genuine box says, and a patched one of the same name and release."""
    scenario = load_scenario(read_builtin("default"), "default")
    with LabWorld.create(scenario, now=AT) as world:
        devices = {d.name: d for d in load_site(world.site).devices}

        def evidence(name: str) -> Evidence:
            device = devices[name]
            platform = PLATFORMS[device.platform_id]
            return Evidence(
                run_id="t",
                device=device,
                collected_at=AT,
                host_key_fingerprint="SHA256:x",
                host_key_status=HostKeyStatus.MATCHED,
                exchanges=exchanges_of(world.device(name).device, platform, AT),
                failure=None,
            )

        return evidence("clean-bundle"), evidence("patched-file")


@cache
def running(which: int) -> ImageClaim:
    """Return what runs on the genuine box (0) or the patched one (1)."""
    evidence = boxes()[which]
    claims = PLATFORMS[evidence.device.platform_id].interpret(evidence.exchanges)
    return next(i for i in claims.images if i.role is ImageRole.RUNNING)


def listed(which: int = 0, **changes: object) -> Entry:
    """Return an entry of what runs there, in the list of its vendor."""
    image = running(which)
    assert image.release is not None
    plain = Entry(
        filename=image.filename,
        platforms=("cisco_iosxe",),
        hardware=("C9300",),
        release=image.release.text,
        digests=tuple(sorted(image.digests, key=str)),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def sha512(which: int = 0) -> str:
    (digest,) = (d for d in running(which).digests if d.algorithm is DigestAlgorithm.SHA512)
    return digest.value.hex()


def judge(offer: Offer) -> Judged:
    """Judge both boxes by what the operator has."""
    memory = FleetMemory(manifests=offer.floors, imports=offer.imports)
    basis = verify_basis(
        Material(
            keys=KeyFiles(origin="PATH", files=offer.keys),
            manifests=offer.files,
            policy=SitePolicy(),
            policy_bytes=b"",
            memory_bytes=memory_bytes(memory),
            memory_name="memory.json",
        )
    )
    grounds = basis.grounds(at=AT)
    times = RunTimes(started_at=AT, finished_at=AT, at=AT)

    def run(evidence: Evidence) -> tuple[str, ExitStatus]:
        report = judge_run(
            [Collected(evidence=evidence)],
            grounds,
            run_id="t",
            site="t",
            tool_version="0",
            times=times,
        )
        return report.results[0].appraisal.conclusions[0].value, status_of(report)

    genuine, status = run(boxes()[0])
    patched, _ = run(boxes()[1])
    reasons = tuple(m.reason or "verified" for m in grounds.manifests)
    # Whatever was offered, what is remembered of it can be read again.
    again = memory_bytes(basis.remembered(memory, at=AT))
    parse_memory(again, release_of_train, name="memory.json")
    return Judged(reasons=reasons, status=status, genuine=genuine, patched=patched)


@dataclass(kw_only=True)
class Repository:
    """Serves a vendor's own list, of images and of packages."""

    vendor: VendorSimulator = field(
        default_factory=lambda: VendorSimulator(entries=(listed(),), list_id="images")
    )

    def offer(self, *files: Submission, **known: object) -> Offer:
        return Offer(files=files, keys=self.vendor.key_files, **known)  # type: ignore[arg-type]

    def with_keys(self, **changes: object) -> Offer:
        """Offer the honest list to somebody whose keyring says something else of the key."""
        vendor = self.vendor.with_anchor(**changes)
        return Offer(files=(self.vendor.issue(),), keys=vendor.key_files)

    def signing(self, **changes: object) -> Offer:
        """Offer what the holder of the key would sign if it were not careful."""
        return self.offer(self.vendor.sign(self.vendor.payload(**changes)))

    @property
    def floor(self) -> ManifestFloor:
        identity = "toy|netintegrity-manifest|images"
        vendor = self.vendor
        return ManifestFloor(
            identity=identity, sequence=vendor.sequence, issued_at=vendor.issued_at
        )

    def tampered(self, **changes: object) -> Submission:
        """Change members of the envelope; ``signature`` those of the first signature."""
        document = json.loads(self.vendor.envelope())
        signature = changes.pop("signature", {})
        document["signatures"][0].update(signature)
        return self.vendor.submit(json.dumps(document | changes).encode())

    # What is handed out is old.

    def expire(self) -> Offer:
        return self.offer(self.vendor.issue(expires_at=AT - DAY))

    def roll_back(self) -> Offer:
        return self.offer(self.vendor.roll_back(), floors=(self.floor,))

    def backdate(self) -> Offer:
        return self.offer(self.vendor.backdate(), floors=(self.floor,))

    def roll_back_to_an_expired_floor(self) -> Offer:
        newer = self.vendor.issue(sequence=9, expires_at=AT - DAY)
        return self.offer(newer, self.vendor.issue())

    def freeze(self) -> Offer:
        """Show a list for ever that its signer made to last for years."""
        lasting = {"issued_at": AT - 400 * DAY, "expires_at": AT + 4000 * DAY}
        return self.offer(self.vendor.issue(**lasting))

    def hide_a_withdrawal(self) -> Offer:
        """Show the list from before the image was taken back to somebody who has the one after."""
        taken_back = self.vendor.issue(entries=(listed(withdrawn=True),), sequence=8)
        return self.offer(self.vendor.issue(), taken_back)

    # What is handed out does not belong together.

    def mix_and_match(self) -> Offer:
        packages = replace(self.vendor, list_id="packages", entries=(listed(1),))
        naming = self.vendor.sign(self.vendor.payload(companions={"packages": 8}))
        return self.offer(naming, packages.issue(sequence=7))

    def mix_an_old_list_with_new_packages(self) -> Offer:
        packages = replace(self.vendor, list_id="packages", entries=(UNRELATED,))
        naming = self.vendor.sign(self.vendor.payload(companions={"packages": 8}))
        return self.offer(naming, packages.issue(sequence=9))

    def tell_two_stories(self) -> Offer:
        return self.offer(self.vendor.issue(), self.vendor.issue(entries=(listed(1),)))

    # What is handed out was changed.

    def swap_payload(self) -> Offer:
        other = replace(self.vendor, entries=(listed(1),)).payload()
        return self.offer(self.tampered(payload=base64.b64encode(other).decode()))

    def swap_signature(self) -> Offer:
        other = json.loads(replace(self.vendor, entries=(listed(1),)).envelope())
        return self.offer(self.tampered(signatures=other["signatures"]))

    def rename_payload_type(self) -> Offer:
        return self.offer(self.tampered(payloadType="application/vnd.in-toto+json"))

    def strip_signature(self) -> Offer:
        return self.offer(self.tampered(signatures=[]))

    def strip_envelope(self) -> Offer:
        return self.offer(self.vendor.submit(self.vendor.payload()))

    def truncate(self) -> Offer:
        return self.offer(self.vendor.truncate())

    def append(self) -> Offer:
        return self.offer(self.vendor.submit(self.vendor.envelope() + b"{}"))

    def empty(self) -> Offer:
        return self.offer(self.vendor.submit(b""))

    def add_a_member(self) -> Offer:
        return self.offer(self.tampered(trusted=True))

    def name_another_key(self) -> Offer:
        return self.offer(self.tampered(signature={"keyid": "sha256:" + "0" * 64}))

    def repeat_a_member(self) -> Offer:
        raw = self.vendor.envelope().replace(b'"payload":', b'"payload": "eA==", "payload":', 1)
        return self.offer(self.vendor.submit(raw))

    # Somebody else signed.

    def sign_with_foreign_key(self) -> Offer:
        foreign = replace(self.vendor, key=ed25519.Ed25519PrivateKey.generate())
        return self.offer(replace(foreign, entries=(listed(1),)).issue())

    def claim_foreign_signature(self) -> Offer:
        return self.offer(self.vendor.claim_foreign_signature_is_ours())

    def forget_the_keyring(self) -> Offer:
        return Offer(files=(self.vendor.issue(),), keys={})

    def revoke(self) -> Offer:
        files = dict(self.vendor.key_files)
        files["toy/keyring.yaml"] += b'    revoked: "stolen"\n'
        return Offer(files=(self.vendor.issue(),), keys=files)

    # The right key, for another thing.

    def wrong_purpose(self) -> Offer:
        return self.with_keys(purpose="image")

    def lab_key(self) -> Offer:
        return self.with_keys(purpose="lab")

    def wrong_channel(self) -> Offer:
        return self.with_keys(channel="snapshot")

    def wrong_train(self) -> Offer:
        return self.with_keys(trains=("16.*",))

    def wrong_format(self) -> Offer:
        return self.with_keys(formats=("cisco-kgv",))

    # The right key signed, and what it signed is not to be believed so.

    def withdraw(self) -> Offer:
        return self.offer(self.vendor.issue(entries=(listed(withdrawn=True),)))

    def omit(self) -> Offer:
        return self.offer(self.vendor.issue(entries=(UNRELATED,)))

    def list_for_another_platform(self) -> Offer:
        entries = (listed(platforms=("arista_eos",), release="4.30.1F"),)
        return self.offer(self.vendor.issue(entries=entries))

    def list_as_another_release(self) -> Offer:
        return self.offer(self.vendor.issue(entries=(listed(release="17.12.03"),)))

    def bless_by_weak_digest(self) -> Offer:
        """List the genuine name with nothing but an MD5, of which the box gave none."""
        return self.offer(self.vendor.issue(entries=(listed(digests=(WEAK,)),)))

    def call_itself_a_vendor(self) -> Offer:
        return self.signing(vendor_signed=True)

    def list_nothing(self) -> Offer:
        return self.signing(images=[])

    def nest_deep(self) -> Offer:
        return self.offer(self.vendor.sign(b"[" * 100_000))


@dataclass(kw_only=True)
class CiscoRepository:
    """Serves Known Good Values and the Bulk Hash list."""

    vendor: ChainedVendor = field(default_factory=ChainedVendor)
    bulk: BulkHashVendor = field(default_factory=BulkHashVendor)

    def content(self, which: int = 0, stamp: str = "2026.05.01") -> bytes:
        named = {"filename": running(which).filename, "sha512": sha512(which)}
        return self.vendor.content(**named).replace(b"2026.05.01", stamp.encode())

    def offer(self, *files: Submission, **known: object) -> Offer:
        return Offer(files=files, keys=self.vendor.key_files, **known)  # type: ignore[arg-type]

    def honest(self) -> Offer:
        return self.offer(self.vendor.issue(self.content()))

    def change_a_digest(self) -> Offer:
        issued = self.vendor.issue(self.content())
        changed = issued.raw.replace(sha512(0).encode(), sha512(1).encode())
        return self.offer(replace(issued, raw=changed))

    def change_the_signature(self) -> Offer:
        issued = self.vendor.issue(self.content())
        return self.offer(
            replace(issued, detached={".signature": flip(issued.detached[".signature"], 9)})
        )

    def swap_payload(self) -> Offer:
        """Put the signature of one list beside another."""
        issued = self.vendor.issue(self.content())
        return self.offer(replace(issued, raw=self.content(1)))

    def strip_signature(self) -> Offer:
        return self.offer(replace(self.vendor.issue(self.content()), detached={}))

    def truncate(self) -> Offer:
        issued = self.vendor.issue(self.content())
        return self.offer(replace(issued, raw=issued.raw[:-1]))

    def sign_with_a_sibling(self) -> Offer:
        """Sign with another certificate of the same authority."""
        return self.offer(self.vendor.issue(self.content(1), key=self.vendor.other_key))

    def sign_with_the_authority(self) -> Offer:
        return self.offer(self.vendor.issue(self.content(1), key=self.vendor.sub_key))

    def downgrade_algorithm(self) -> Offer:
        """Let the right key sign over SHA-1, as it once may have."""
        content = self.content()
        value = self.vendor.leaf_key.sign(content, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303
        return self.offer(
            Submission(filename="kgv.json", raw=content, detached={".signature": value})
        )

    def backdate(self) -> Offer:
        floor = ManifestFloor(identity="toy|cisco-kgv|cisco-kgv", issued_at=AT - 10 * DAY)
        return self.offer(self.vendor.issue(self.content()), floors=(floor,))

    def freeze(self) -> Offer:
        return self.offer(self.vendor.issue(self.content(stamp="2025.01.01")))

    def freeze_an_undated_list(self) -> Offer:
        issued = self.vendor.issue(self.content().replace(b'"timestamp"', b'"stamp"'))
        return self.offer(issued, imports=((str(issued.digest), AT - 400 * DAY),))

    # Bulk Hash.

    def bulk_offer(self, *files: Submission, **known: object) -> Offer:
        return Offer(files=files, keys=self.bulk.key_files, **known)  # type: ignore[arg-type]

    def rows(self, month: str = "May", **changes: str) -> bytes:
        plain = {
            "sha512_checksum": sha512().upper(),
            "publish_date": f"{month} 03 2026 00:00:00 PDT-0700",
        }
        return csv_of([row(running(0).filename, **(plain | changes))])

    def bulk_honest(self) -> Offer:
        return self.bulk_offer(self.bulk.plain(self.rows()))

    def bulk_roll_back(self) -> Offer:
        floor = ManifestFloor(identity="toy|cisco-bulkhash|cisco-bulkhash", issued_at=AT - 5 * DAY)
        return self.bulk_offer(self.bulk.plain(self.rows("March")), floors=(floor,))

    def bulk_withdraw(self) -> Offer:
        return self.bulk_offer(self.bulk.plain(self.rows(deferral_status="Deferred")))

    def bulk_change_a_row(self) -> Offer:
        issued = self.bulk.plain(self.rows(deferral_status="Deferred"))
        return self.bulk_offer(replace(issued, raw=issued.raw.replace(b"Deferred", b"active")))

    def bulk_bomb(self) -> Offer:
        """Sign nothing, and unpack to more than any list."""
        packed = b"".join(gzip_of_zeros(300 * 1024 * 1024))
        return self.bulk_offer(Submission(filename="BulkHash.tar.gz", raw=packed))
