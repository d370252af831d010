"""Cisco NX-OS: one image, or kickstart and system, on one supervisor or two."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms import _event_manager, _hosted
from netintegrity.platforms._beside import Table, interpreted, planned, probes_of
from netintegrity.platforms._hashes import unknown_to
from netintegrity.platforms._nxos_box import box_of
from netintegrity.platforms._nxos_claims import (
    HASH,
    HASH_MD5,
    HASH_SHA256,
    PROBES,
    claims_of,
    path_of,
)
from netintegrity.platforms._nxos_text import NXOS_FILE, PACKAGE
from netintegrity.platforms._releases_nxos import parse_nxos
from netintegrity.platforms._spec import Platform, Request, RunningBinding

_ALWAYS: Final = ("version", "boot", "inventory", "authenticity", "install")


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    for stage in _stages(exchanges):
        if left := tuple(dict.fromkeys(r for r in stage if r.command not in asked)):
            return left
    return ()


def _stages(exchanges: tuple[Exchange, ...]) -> Iterator[list[Request]]:
    probes = {p.id: p for p in PROBES}
    yield [probes[i].request() for i in _ALWAYS]
    box = box_of(exchanges)
    yield [probes["module"].request()] if box.is_redundant else []
    files = list(dict.fromkeys(n.path for n in box.named if NXOS_FILE.fullmatch(n.path)))
    yield [HASH.request(path) for path in files]
    refused = unknown_to(exchanges, HASH, path_of)
    # Cisco's list has MD5 and no SHA-256; a list of the operator's own may have either.
    weaker = (HASH_SHA256, HASH_MD5)
    yield [probe.request(path) for path in files if path in refused for probe in weaker]


_INSTALLED_ROWS: Final = Table(
    probe_id="install", looks=re.compile(r"^\s{1,12}\S{1,400}$"), known=(PACKAGE,)
)
_LISTINGS: Final = (_event_manager.NXOS, _hosted.NXOS)

PLATFORM: Final = Platform(
    id="cisco_nxos",
    title="Cisco NX-OS",
    aliases=frozenset({"nxos", "nxos_ssh", "cisco.nxos.nxos"}),
    netmiko_device_type="cisco_nxos",
    session_lines=frozenset({"terminal width 511", "terminal length 0"}),
    redactions=_event_manager.ACTION_SECRETS,
    privilege="the role `network-operator`, and what `show file` needs on the release",
    probes=(*PROBES, *probes_of(_LISTINGS)),
    plan=planned(_plan, _LISTINGS),
    interpret=interpreted(claims_of, _LISTINGS, _INSTALLED_ROWS),
    parse_release=parse_nxos,
    strongest_digest=DigestAlgorithm.SHA512,
    # The file can be replaced after it was booted; nothing on the box ties the two together.
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="the Bulk Hash file from Cisco's Trust Center downloads page, which lists "
    "images as downloaded (a compacted image has other bytes), or an owner-signed manifest built "
    "from an image you verified",
)
