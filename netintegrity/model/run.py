"""The result of a run: enough to answer "by whose word?"."""

from dataclasses import dataclass
from datetime import datetime

from netintegrity.model.assurance import Caveat
from netintegrity.model.claims import DeviceClaims
from netintegrity.model.evidence import Evidence
from netintegrity.model.finding import Appraisal
from netintegrity.model.history import HistoryMark
from netintegrity.model.memory import Acceptance
from netintegrity.model.past import Past
from netintegrity.model.since import SinceLast
from netintegrity.model.waiver import Waiver, WaiverOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestOutcome:
    """What became of one manifest file."""

    id: str
    """Its manifest id where it verified, else the name of its file."""
    filename: str
    format_id: str | None
    """None: in no known format."""
    reason: str | None = None
    """Why it was rejected, in a word of the contract; None: it verified."""
    detail: str = ""
    """The rejection in a sentence."""
    signer: str | None = None
    key_id: str | None = None
    key_fingerprint: str | None = None
    vendor_signed: bool | None = None
    channel: str | None = None
    images: int = 0
    issued_at: datetime | None = None
    newest_entry: datetime | None = None
    expires_at: datetime | None = None
    sequence: int | None = None
    caveats: frozenset[Caveat] = frozenset()

    @property
    def status(self) -> str:
        """``verified`` or ``rejected``."""
        return "verified" if self.reason is None else "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceResult:
    """One device of a run: what it said, what was read in it, what was made of it."""

    evidence: Evidence
    claims: DeviceClaims
    appraisal: Appraisal
    platform_id: str
    waivers: tuple[Waiver, ...] = ()
    """Which together excuse all there is against it; empty: it is not waived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWindow:
    """The change window a run is about."""

    ticket: str
    """Empty: the plan names none."""
    begins: datetime
    ends: datetime
    phase: str
    """What was demanded: ``pre``, ``post``, or ``within``, where either release is right."""
    approvers: tuple[str, ...] = ()
    """Ids of the keys that signed the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A run, judged."""

    run_id: str
    site: str
    started_at: datetime
    finished_at: datetime
    at: datetime
    """UTC; the moment the appraisals speak for."""
    tool_version: str
    keyring: str
    """``built-in`` or a path, with ``(lab)`` behind it for a lab's."""
    keyring_digest: str
    policy_digest: str
    memory_digest: str
    manifests: tuple[ManifestOutcome, ...] = ()
    results: tuple[DeviceResult, ...] = ()
    changed_files: tuple[str, ...] = ()
    """Files of the site that changed since the run before."""
    judged_as_of: bool = False
    """True: ``at`` is not the run's own moment."""
    waivers: tuple[WaiverOutcome, ...] = ()
    """What became of each file of waivers."""
    window: RunWindow | None = None
    """None: the run is not about a change window."""
    carried_forward: int = 0
    """Digests taken over from an earlier run."""
    history: HistoryMark | None = None
    """Where the history stood before this run; None: none is kept."""
    accepted_downgrades: tuple[Acceptance, ...] = ()
    """What a person lowered in the memory since the last report told of it."""
    complete: bool | None = None
    """True: every device of the site was asked; False: fewer, or a person stopped it. None: a run
    of a version that did not note it."""
    past: Past | None = None
    """What earlier runs found, where a page is to show it; never stored."""
    since: SinceLast | None = None
    """What changed since the run before, where only that is to be shown; never stored."""

    @property
    def shown(self) -> tuple[DeviceResult, ...]:
        """The devices a report lists: all, or those that changed."""
        if self.since is None:
            return self.results
        return tuple(r for r in self.results if r.evidence.device.name in self.since.names)
