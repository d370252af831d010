"""Cisco ASA, on appliances of its own and virtual: one image, named by the saved configuration."""

from collections.abc import Iterator
from typing import Final

from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms import _event_manager
from netintegrity.platforms._asa_claims import (
    HASH,
    HASH_MD5,
    PROBES,
    claims_of,
    files_of,
    told,
)
from netintegrity.platforms._beside import interpreted, planned, probes_of
from netintegrity.platforms._hashes import unknown_to
from netintegrity.platforms._privilege import SHOW_CURPRIV, asked_where_refused, named
from netintegrity.platforms._releases_asa import parse_asa
from netintegrity.platforms._spec import Platform, Request, RunningBinding


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    for stage in _stages(exchanges):
        if left := tuple(dict.fromkeys(r for r in stage if r.command not in asked)):
            return left
    return ()


def _stages(exchanges: tuple[Exchange, ...]) -> Iterator[list[Request]]:
    yield [p.request() for p in PROBES if not p.is_template]
    files = files_of(*told(exchanges))
    yield [HASH.request(path) for path in files]
    refused = unknown_to(exchanges, HASH)
    yield [HASH_MD5.request(path) for path in files if path.replace(":/", ":", 1) in refused]


_LISTINGS: Final = (_event_manager.ASA,)

PLATFORM: Final = Platform(
    id="cisco_asa",
    title="Cisco ASA",
    aliases=frozenset({"asa", "cisco.asa.asa"}),
    netmiko_device_type="cisco_asa",
    # The width can be set in configuration mode only, which is never entered. Without an enable
    # secret netmiko's driver would send `login`, and then the account's password once more.
    session_lines=frozenset({"terminal pager 0"}),
    opens_with=("terminal pager 0",),
    enable_line="enable",
    redactions=_event_manager.ACTION_SECRETS,
    privilege="privilege level 15, or `privilege` lines that let a lower one send these",
    probes=(*PROBES, *probes_of(_LISTINGS), SHOW_CURPRIV),
    plan=asked_where_refused(planned(_plan, _LISTINGS), SHOW_CURPRIV, PROBES),
    interpret=named(interpreted(claims_of, _LISTINGS), SHOW_CURPRIV),
    parse_release=parse_asa,
    strongest_digest=DigestAlgorithm.SHA512,
    # A file can be replaced after it was booted.
    running_binding=RunningBinding.PATH_ONLY,
    config_registers=frozenset({0x1}),
    reference_source="the Bulk Hash file from Cisco's Trust Center downloads page, or an "
    "owner-signed manifest built from an image you verified",
)
