"""What the operator demands: of the whole site, and of one device of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from netintegrity.assess.approvals import Approvals
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import ImageRole, SoftwareKind
from netintegrity.model.digest import Digest
from netintegrity.model.release import Release

FLOOR_RULE = "NI-201"
"""Demanded only of a platform for which the policy states a minimum."""

ROLE_TAG = "role="

BOTH_ROLES = frozenset({ImageRole.RUNNING, ImageRole.BOOT_NEXT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is demanded of one device."""

    demanded_rules: frozenset[str]
    """Ids; every other rule is left out, and the report lists it."""
    minimum_assurance: AssuranceLevel = AssuranceLevel.REPORTED
    minimum_running_assurance: AssuranceLevel = AssuranceLevel.NONE
    """The same for what runs, where more is demanded of it: hardware quotes what was booted, and
    never the file that the next boot loads."""
    roles: frozenset[ImageRole] = BOTH_ROLES
    """Which images rules look at; running and boot-next are needed for "verified" regardless."""
    minimum_releases: tuple[Release, ...] = ()
    """At most one per train; a running release below its train's minimum is a downgrade."""
    approved_releases: tuple[Release, ...] = ()
    """Approved by name: settles one that cannot be ordered against floor or memory."""
    advisories: tuple[tuple[Release, str], ...] = ()
    """Releases the operator knows an advisory of, and its name."""
    approved_loaders: frozenset[str] | None = None
    """Boot loader releases as printed; None: the operator does not say."""
    approved_boot_servers: frozenset[str] = frozenset()
    """Hosts a network boot may name."""
    approved_signing_types: frozenset[str] = frozenset({"production"})
    approved_digests: frozenset[Digest] = frozenset()
    """Withdrawn images and engineering specials the operator wants; approves, never verifies."""
    config_registers: frozenset[int] | None = None
    """None: those that are normal on the platform."""
    approved_software: Mapping[SoftwareKind, Approvals] = field(default_factory=dict)
    """What may stand beside the image; a kind that is absent: the operator does not say."""
    max_evidence_age: timedelta = timedelta(hours=24)
    max_manifest_age: timedelta = timedelta(days=180)

    def floor_of(self, role: ImageRole) -> AssuranceLevel:
        """Return how well an image in this role must be known; hearsay is never enough."""
        running = role is ImageRole.RUNNING
        own = self.minimum_running_assurance if running else AssuranceLevel.NONE
        return max(self.minimum_assurance, own, AssuranceLevel.REPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPolicy:
    """The part of a site's policy that is stated platform by platform."""

    minimum_releases: tuple[Release, ...] = ()
    approved_releases: tuple[Release, ...] = ()
    advisories: tuple[tuple[Release, str], ...] = ()
    approved_loaders: frozenset[str] | None = None
    approved_signing_types: frozenset[str] = frozenset({"production"})
    config_registers: frozenset[int] | None = None
    approved_software: Mapping[SoftwareKind, Approvals] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePolicy:
    """``policy.yaml``, or the defaults where there is none."""

    minimum_assurance: AssuranceLevel = AssuranceLevel.REPORTED
    minimum_running_assurance: AssuranceLevel = AssuranceLevel.NONE
    roles: frozenset[ImageRole] = BOTH_ROLES
    omitted_rules: frozenset[str] = frozenset()
    platforms: Mapping[str, PlatformPolicy] = field(default_factory=dict)
    approved_boot_servers: frozenset[str] = frozenset()
    approved_digests: frozenset[Digest] = frozenset()
    max_evidence_age: timedelta = timedelta(hours=24)
    max_manifest_age: timedelta = timedelta(days=180)

    by_role: Mapping[str, "SitePolicy"] = field(default_factory=dict)
    """By the value of a device's tag ``role``: what counts in the place of all this."""
    plan_approvals: int = 0
    """How many people have to have signed the plan of a change window."""

    def of_role(self, tags: Iterable[str]) -> "SitePolicy":
        """Return what counts for a device with these tags (``role=core``)."""
        roles = (t.removeprefix(ROLE_TAG) for t in tags if t.startswith(ROLE_TAG))
        return next((self.by_role[r] for r in roles if r in self.by_role), self)

    def of(self, platform_id: str, rule_ids: Iterable[str], tags: Iterable[str] = ()) -> Policy:
        """Return what is demanded of a device of this platform, of the rules there are.

        Args:
            platform_id: of the device.
            rule_ids: of all rules.
            tags: of the device, ``key=value``.
        """
        return self.of_role(tags)._of(platform_id, rule_ids)  # noqa: SLF001 - another of its kind

    def _of(self, platform_id: str, rule_ids: Iterable[str]) -> Policy:
        own = self.platforms.get(platform_id, PlatformPolicy())
        left_out = self.omitted_rules | (set() if own.minimum_releases else {FLOOR_RULE})
        return Policy(
            demanded_rules=frozenset(rule_ids) - left_out,
            minimum_assurance=self.minimum_assurance,
            minimum_running_assurance=self.minimum_running_assurance,
            roles=self.roles,
            minimum_releases=own.minimum_releases,
            approved_releases=own.approved_releases,
            advisories=own.advisories,
            approved_loaders=own.approved_loaders,
            approved_boot_servers=self.approved_boot_servers,
            approved_signing_types=own.approved_signing_types,
            approved_digests=self.approved_digests,
            config_registers=own.config_registers,
            approved_software=own.approved_software,
            max_evidence_age=self.max_evidence_age,
            max_manifest_age=self.max_manifest_age,
        )
