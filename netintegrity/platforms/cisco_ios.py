"""Cisco IOS, the classic one: one image, hashed with MD5 and nothing better."""

from dataclasses import replace
from typing import Final

from netintegrity.model.digest import DigestAlgorithm
from netintegrity.platforms._beside import interpreted, planned, probes_of
from netintegrity.platforms._cisco_beside import INSTALLED_ROWS, LISTINGS
from netintegrity.platforms._cisco_claims import claims_of
from netintegrity.platforms._cisco_plan import HASH, HASH_MD5, PROBES, plan_ios
from netintegrity.platforms._event_manager import ACTION_SECRETS
from netintegrity.platforms._privilege import SHOW_PRIVILEGE, asked_where_refused, named
from netintegrity.platforms._releases import parse_ios
from netintegrity.platforms._spec import Platform, RunningBinding

# The same commands under the same ids as of IOS-XE, for a box may turn out to be either.
_DEMANDED: Final = {HASH_MD5.id: True, HASH.id: False}
_PROBES: Final = tuple(replace(p, demanded=_DEMANDED.get(p.id, p.demanded)) for p in PROBES)

PLATFORM: Final = Platform(
    id="cisco_ios",
    title="Cisco IOS",
    aliases=frozenset({"ios", "cisco.ios.ios"}),
    netmiko_device_type="cisco_ios",
    session_lines=frozenset({"terminal width 511", "terminal length 0"}),
    enable_line="enable",
    redactions=ACTION_SECRETS,
    privilege="privilege level 15, or a command authorisation that lets it send these",
    probes=(*_PROBES, *probes_of(LISTINGS), SHOW_PRIVILEGE),
    plan=asked_where_refused(planned(plan_ios, LISTINGS), SHOW_PRIVILEGE, _PROBES),
    interpret=named(interpreted(claims_of, LISTINGS, INSTALLED_ROWS), SHOW_PRIVILEGE),
    parse_release=parse_ios,
    strongest_digest=DigestAlgorithm.MD5,
    # A file can be replaced after it was booted.
    running_binding=RunningBinding.PATH_ONLY,
    # 0xf is what Catalyst 2900 and 3700 switches come with.
    config_registers=frozenset({0x2102, 0x102, 0xF}),
    # NAPALM and Ansible have one name for IOS and IOS-XE; the box's own words decide.
    may_turn_out=frozenset({"cisco_iosxe"}),
    reference_source="the Bulk Hash file from Cisco's Trust Center downloads page; its signature "
    "is the only thing that makes an MD5 count, so a list of your own cannot stand in for it",
)
