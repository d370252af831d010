"""How much the account may do, asked where a box refused something it must answer."""

import re
from dataclasses import replace
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Interpret, Plan, Probe, Request
from netintegrity.platforms._text import read

Exchanges = tuple[Exchange, ...]

SHOW_PRIVILEGE: Final = Probe(id="privilege", command="show privilege", demanded=False)
"""Of IOS, IOS-XE and EOS; any account may ask it."""
SHOW_CURPRIV: Final = Probe(id="privilege", command="show curpriv", demanded=False)
"""Of ASA."""
NEEDED: Final = 15

# Current privilege level is 15        Current privilege level : 1
_LEVEL: Final = re.compile(r"^Current privilege level (?:is|:) (?P<level>\d{1,2})$", re.ASCII)
_REFUSED: Final = "refused: "


def asked_where_refused(plan: Plan, probe: Probe, probes: tuple[Probe, ...]) -> Plan:
    """Return ``plan`` with ``probe`` last, where one of ``probes`` that is demanded was refused."""
    demanded = {p.id for p in probes if p.demanded}

    def with_privilege(exchanges: Exchanges) -> tuple[Request, ...]:
        if left := plan(exchanges):
            return left
        asked = any(e.probe_id == probe.id for e in exchanges)
        refused = (e for e in exchanges if e.probe_id in demanded and read(e).refusal is not None)
        return (probe.request(),) if not asked and any(refused) else ()

    return with_privilege


def named(interpret: Interpret, probe: Probe) -> Interpret:
    """Return ``interpret`` with the level of the account beside every refusal, if it is too low."""

    def with_privilege(exchanges: Exchanges) -> DeviceClaims:
        claims = interpret(exchanges)
        level = next((v for e in exchanges if (v := _level(e, probe)) is not None), None)
        if level is None or level >= NEEDED:
            return claims
        words = f" (the account has privilege {level}, and {NEEDED} is needed)"
        gaps = (_worded(gap, words) if _REFUSED in gap.reason else gap for gap in claims.gaps)
        return replace(claims, gaps=tuple(gaps))

    return with_privilege


def _level(exchange: Exchange, probe: Probe) -> int | None:
    if exchange.probe_id != probe.id:
        return None
    return next((int(m["level"]) for _, m in read(exchange).search(_LEVEL)), None)


def _worded(gap: Gap, words: str) -> Gap:
    return Gap(probe_id=gap.probe_id, reason=gap.reason + words)
