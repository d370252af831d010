"""What to ask an IOS or IOS-XE box next.

People file both under one name, so both are asked alike: the same commands under the same ids, but
for the hash command, which is the one that the box really has.
"""

from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import ImageKind
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms import _cisco_challenge as challenge
from netintegrity.platforms._beside import PACKAGES
from netintegrity.platforms._cisco_box import Box, box_of
from netintegrity.platforms._cisco_software import PackageList, read_package_list
from netintegrity.platforms._hashes import argument_of, unknown_to
from netintegrity.platforms._paths import LOCAL_FILE, LOCAL_FILE_WORDS, PACKAGE_LIST_FILE
from netintegrity.platforms._spec import Probe, Request
from netintegrity.platforms._text import read

CONF: Final = Probe(
    id="conf",
    command="more {}",
    argument=PACKAGE_LIST_FILE,
    takes="the file that names the packages of the installed system",
    read_timeout_s=60.0,
)
HASH: Final = Probe(
    id="hash",
    command="verify /sha512 {}",
    argument=LOCAL_FILE,
    takes=LOCAL_FILE_WORDS,
    read_timeout_s=1200.0,
)
HASH_MD5: Final = Probe(
    id="hash-md5",
    command="verify /md5 {}",
    argument=LOCAL_FILE,
    takes=LOCAL_FILE_WORDS,
    # Asked of IOS, which has nothing better, and where SHA-512 was refused; the gap is then already
    # that of `hash`.
    demanded=False,
    read_timeout_s=1200.0,
)
PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="boot", command="show boot"),
    Probe(id="inventory", command="show inventory"),
    Probe(id="authenticity", command="show software authenticity running", demanded=False),
    Probe(id="install", command="show install summary", demanded=False, lists=PACKAGES),
    # Only where `show boot` is refused or says nothing, as on many routers.
    Probe(id="bootvar", command="show bootvar", demanded=False),
    # Only where `show boot` leaves out members of a stack.
    Probe(id="boot-system", command="show boot system", demanded=False),
    # Only where there may be two route processors.
    Probe(id="platform", command="show platform", demanded=False),
    CONF,
    HASH,
    HASH_MD5,
    *challenge.PROBES,
)

_ALWAYS: Final = ("version", "boot", "inventory", "authenticity", "install")
ALGORITHMS: Final = {HASH.id: DigestAlgorithm.SHA512, HASH_MD5.id: DigestAlgorithm.MD5}


def plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    """Return what to send next to a box filed as IOS-XE; nothing once all is asked."""
    return _next(exchanges, filed_as="cisco_iosxe")


def plan_ios(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    """Return what to send next to a box filed as IOS; nothing once all is asked."""
    return _next(exchanges, filed_as="cisco_ios")


def _next(exchanges: tuple[Exchange, ...], *, filed_as: str) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    for stage in _stages(exchanges, filed_as):
        left = tuple(dict.fromkeys(r for r in stage if r.command not in asked))
        if left:
            return left
    version = box_of(exchanges).version
    # Last of all: it can take long, and a session that breaks over it has heard the rest.
    if version is None or version.platform_id != "cisco_iosxe":
        return ()
    return challenge.next_requests(exchanges, version.release)


def package_lists(exchanges: tuple[Exchange, ...]) -> dict[str, PackageList]:
    """Return the package lists that were asked for, by path."""
    found: dict[str, PackageList] = {}
    for exchange in exchanges:
        if exchange.probe_id == CONF.id:
            path = argument_of(exchange)
            found[path] = read_package_list(read(exchange), path)
    return found


def _stages(exchanges: tuple[Exchange, ...], filed_as: str) -> Iterator[list[Request]]:
    probes = {p.id: p for p in PROBES}
    yield [probes[i].request() for i in _ALWAYS]
    yield [probes[i].request() for i in _on_demand(exchanges)]
    box = box_of(exchanges)
    lists = [n.path for n in box.named if n.kind is ImageKind.PACKAGE_LIST]
    yield [CONF.request(p) for p in lists if PACKAGE_LIST_FILE.fullmatch(p)]
    files = tuple(_files(box, package_lists(exchanges)))
    shown = box.version.platform_id if box.version is not None else None
    if (shown or filed_as) == "cisco_ios":
        yield [HASH_MD5.request(p) for p in files]
        return
    yield [HASH.request(p) for p in files]
    refused = unknown_to(exchanges, HASH)
    yield [HASH_MD5.request(p) for p in files if p in refused]


def _on_demand(exchanges: tuple[Exchange, ...]) -> Iterator[str]:
    box = box_of(exchanges)
    if not any(b.is_stated for b in box.booting.values()):
        yield "bootvar"
    elif len(box.parts) > 2 and len(box.booting) < len(box.parts):
        yield "boot-system"
    if box.may_be_redundant:
        yield "platform"


def _files(box: Box, lists: dict[str, PackageList]) -> Iterator[str]:
    """Yield the path of every file to be hashed, each once."""
    paths: dict[str, None] = {}
    for named in box.named:
        if named.kind is not ImageKind.PACKAGE_LIST:
            paths.setdefault(named.path)
        elif named.path in lists:
            paths.update(dict.fromkeys(lists[named.path].members))
    yield from (p for p in paths if LOCAL_FILE.fullmatch(p))
