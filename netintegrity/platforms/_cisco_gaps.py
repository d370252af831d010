"""What an IOS-XE box should have told and did not."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from netintegrity.model.claims import Gap, ImageKind, ImageRole
from netintegrity.platforms import _cisco_challenge as challenge
from netintegrity.platforms._cisco_boot import read_boot
from netintegrity.platforms._cisco_box import Box, Heard
from netintegrity.platforms._cisco_hardware import doubled_supervisors, supervisors
from netintegrity.platforms._cisco_plan import CONF, HASH, HASH_MD5, PROBES
from netintegrity.platforms._cisco_software import PackageList, is_install_table, sections
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._paths import LOCAL_FILE, PACKAGE_LIST_FILE, is_network
from netintegrity.platforms._releases import differ, iosxe_in_name
from netintegrity.platforms._text import Answer

# Their gaps name a file, or the part of the box that is left out; or one answer has many blocks.
_ELSEWHERE: Final = frozenset(
    {CONF.id, HASH.id, HASH_MD5.id, "boot", "bootvar", *(p.id for p in challenge.PROBES)}
)

# There is nothing to install on classic IOS, which is asked like IOS-XE until it shows itself.
_NOT_OF_IOS: Final = frozenset({"install"})

_SAYS_NOTHING: Final[Mapping[str, Callable[[Answer], bool]]] = {
    "authenticity": lambda a: next(sections(a), None) is None,
    "install": lambda a: not is_install_table(a),
    "boot-system": lambda a: not read_boot(a),
    "platform": lambda a: not supervisors((), a),
}


def gaps_of(heard: Heard, box: Box, lists: dict[str, PackageList], hashed: Hashed) -> Iterator[Gap]:
    """Yield every gap; what was never asked is none."""
    is_ios = box.version is not None and box.version.platform_id == "cisco_ios"
    elsewhere = _ELSEWHERE | _NOT_OF_IOS if is_ios else _ELSEWHERE
    for probe in PROBES:
        answer = heard.answer(probe.id)
        if answer is None or probe.id in elsewhere:
            continue
        if (why := answer.why_unread) is not None:
            yield Gap(probe_id=probe.id, reason=why)
        elif probe.id in _SAYS_NOTHING and _SAYS_NOTHING[probe.id](answer):
            yield Gap(probe_id=probe.id, reason="nothing in the answer is anything we read")
    if box.version is not None:
        yield from box.version.gaps
    yield from _boot_gaps(heard, box)
    if heard.readable("inventory") is not None and not box.items:
        yield Gap(probe_id="inventory", reason="no row with a product id or a serial number")
    for switch in doubled_supervisors(box.items):
        reason = f"switch {switch} has more than one supervisor, and only one of them can be asked"
        yield Gap(probe_id="inventory", reason=reason)
    yield from box.gaps
    for listed in lists.values():
        if listed.gap is not None:
            yield listed.gap
    yield from _staged(box, lists)
    yield from hashed.left()
    yield from _unaskable(box)
    yield from challenge.gaps_of(heard.exchanges)


def _boot_gaps(heard: Heard, box: Box) -> Iterator[Gap]:
    """Yield, for each part, why it is not known what it boots next."""
    boot, other = heard.answer("boot"), heard.answer("bootvar")
    if other is not None:
        why = other.why_unread or (None if read_boot(other) else "no boot variable in the answer")
        if why is not None:
            yield Gap(probe_id="bootvar", reason=why)
    if boot is None and other is None:
        return
    if boot is not None and not any(b.is_stated for b in box.booting.values()):
        reason = boot.why_unread or "what the next boot loads is not stated"
        yield Gap(probe_id="boot", reason=reason)
        return
    said = box.version.register if box.version is not None else None
    for part in box.parts:
        booting = box.booting.get(part.subject)
        here = booting.register if booting is not None and part.is_active else None
        if said is not None and here is not None and said != here:
            reason = f"the configuration register is {here:#x} here and {said:#x} in show version"
            yield Gap(probe_id="boot", reason=reason)
        if booting is None or not booting.entries:
            reason = f"{part.subject}: what the next boot loads is not stated"
            yield Gap(probe_id="boot" if boot is not None else "bootvar", reason=reason)


def _staged(box: Box, lists: dict[str, PackageList]) -> Iterator[Gap]:
    for named in box.named:
        if named.role is not ImageRole.RUNNING or named.path not in lists:
            continue
        for path in lists[named.path].members:
            release = iosxe_in_name(path)
            if differ(release, named.release):
                reason = (
                    f"{named.path} names packages of {release.text if release else ''}, and "
                    f"{named.release.text if named.release else ''} runs on "
                    f"{named.part.subject}: what runs cannot be hashed before the reload"
                )
                yield Gap(probe_id=CONF.id, reason=reason)
                break


def _unaskable(box: Box) -> Iterator[Gap]:
    """Yield what the box names and no command of ours may carry."""
    for named in box.named:
        is_list = named.kind is ImageKind.PACKAGE_LIST
        grammar = PACKAGE_LIST_FILE if is_list else LOCAL_FILE
        if not is_network(named.path) and grammar.fullmatch(named.path) is None:
            probe = CONF if is_list else HASH
            reason = f"{named.path!r} cannot be part of a command, so it was not asked for"
            yield Gap(probe_id=probe.id, reason=reason)
