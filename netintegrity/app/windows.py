"""A change plan as it lies in a file: bare, or in the envelope of those who approved it."""

from dataclasses import dataclass

from netintegrity.assess.plan import Announced, Phase, Plan
from netintegrity.errors import ConfigError
from netintegrity.inventory.plan import parse_plan
from netintegrity.inventory.site import Site
from netintegrity.trust import dsse
from netintegrity.trust.anchors import Keyring, Purpose
from netintegrity.trust.sign import countersign, sign_payload
from netintegrity.trust.vouched import open_approved

PAYLOAD_TYPE = "application/vnd.netintegrity.plan+yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan as read, and what a run is to show of it."""

    name: str
    raw: bytes
    phase: Phase | None = None
    """None: what the window says of the moment of judgement."""


def announced_in(file: PlanFile, keyring: Keyring) -> Announced:
    """Return what a file announces, and who approved it.

    Raises:
        TrustError: it is an envelope, and a signature of it does not count.
        ConfigError: it is no plan.
        ExceptionGroup: of ConfigErrors: every fault in it, each with its line.
    """
    plan, approvers = _opened(file, keyring)
    return Announced(plan=plan, phase=file.phase, approvers=approvers)


def _opened(file: PlanFile, keyring: Keyring) -> tuple[Plan, tuple[str, ...]]:
    if not dsse.looks_like_one(file.raw):
        return parse_plan(file.raw, name=file.name), ()
    payload, approvers = open_approved(
        file.raw, keyring, purpose=Purpose.PLAN, payload_type=PAYLOAD_TYPE, name=file.name
    )
    return parse_plan(payload, name=file.name), tuple(a.id for a in approvers)


def refuse_strangers(plan: Plan, site: Site, *, where: str) -> None:
    """Return unless the plan names a device the inventory does not have.

    Raises:
        ConfigError: it does; what is misspelt would be held against nothing.
    """
    unknown = list(plan.unmatched(d.name for d in site.devices))
    if unknown:
        raise ConfigError(
            f"the plan names {', '.join(unknown[:5])}, and the site {site.name} has no such device",
            where=where,
            hint="correct the plan; `netintegrity inventory show` lists the devices",
        )


def refuse_unapproved(announced: Announced, site: Site, *, where: str) -> None:
    """Return if as many people signed the plan as the site's policy demands.

    Raises:
        ConfigError: fewer did.
    """
    demanded, signed = site.policy.plan_approvals, len(announced.approvers)
    if signed < demanded:
        raise ConfigError(
            f"signed by {signed}; the policy demands {demanded} (ChangeWindows.approvals)",
            where=where,
            hint="`netintegrity plan approve` adds a signature",
        )


def approve(raw: bytes, *, name: str, private_key_pem: bytes, password: bytes | None) -> bytes:
    """Return a plan with one approval more: an envelope around it, or the one it has.

    What is signed is read first: nobody should approve what no audit could use.

    Raises:
        ConfigError: it is no plan, or the key cannot be read, or approved it already.
        ExceptionGroup: of ConfigErrors: every fault in the plan, each with its line.
    """
    if not dsse.looks_like_one(raw):
        parse_plan(raw, name=name)
        return sign_payload(PAYLOAD_TYPE, raw, private_key_pem, password)
    payload_type, payload = dsse.unpack(dsse.open_envelope(raw, name=name).payload)
    if payload_type != PAYLOAD_TYPE:
        raise ConfigError(f"an envelope around {payload_type[:80]!r}, and no plan", where=name)
    parse_plan(payload, name=name)
    return countersign(raw, private_key_pem, password, name=name)
