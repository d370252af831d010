"""What is missing in what a Junos box said of its parts."""

from collections.abc import Iterable, Iterator

from netintegrity.model.claims import Gap
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._junos_hardware import hardware_of
from netintegrity.platforms._junos_text import error_before_sections, of_members, sections
from netintegrity.platforms._junos_version import Runs
from netintegrity.platforms._text import Answer


def version_gaps(
    version: Answer | None,
    spoken: Answer | None,
    runs: tuple[Runs, ...],
    engines: tuple[Subject, ...],
) -> Iterator[Gap]:
    """Yield why the release of a part is not known.

    Args:
        version: the answer to ``show version``.
        spoken: the answer that names most parts.
        runs: what each part says in it.
        engines: the routing engines another command counts.
    """
    if version is None or spoken is None:
        return
    if not runs:
        reason = version.why_unread or "no part is named only once"
        yield Gap(probe_id="version", reason=reason)
        return
    if (error := error_before_sections(spoken)) is not None:
        yield Gap(probe_id="version", reason=f"a part could not be asked: {error}")
    if len(runs) < len(sections(spoken)):
        yield Gap(probe_id="version", reason="one part is named twice")
    for run in runs:
        if run.reason:
            yield Gap(probe_id="version", reason=f"{run.subject}: {run.reason}")
    shown = {r.subject for r in runs}
    if missing := [str(e) for e in engines if e not in shown]:
        reason = f"no release of {', '.join(missing)} is shown"
        yield Gap(probe_id="routing-engines", reason=reason)


def count_gaps(
    version: Answer | None,
    hardware: Answer | None,
    engines: Answer | None,
    subjects: tuple[Subject, ...],
) -> Iterator[Gap]:
    """Yield where the parts of one command are not those of another."""
    for probe_id, answer in (("hardware", hardware), ("routing-engines", engines)):
        if answer is not None and answer.why_unread is not None:
            yield Gap(probe_id=probe_id, reason=answer.why_unread)
    if hardware is None or hardware.why_unread is not None or version is None:
        return
    there = hardware_of(hardware)
    if not there:
        yield Gap(probe_id="hardware", reason="no hardware in the answer")
        return
    for subject in sorted(_counted(version, there, subjects) - set(subjects), key=str):
        yield Gap(probe_id="hardware", reason=f"{subject} is there, and shows no release")
    for subject in subjects:
        if subject not in there:
            yield Gap(probe_id="hardware", reason=f"{subject} is not in the answer")


def _counted(
    version: Answer, there: Iterable[Subject], subjects: tuple[Subject, ...]
) -> set[Subject]:
    """Return the parts the hardware names of the kind that boots by itself on such a box.

    The slots of a modular box are line cards, those of a virtual chassis its members; and each of
    those has a routing engine too.
    """
    kinds = {s.kind for s in subjects}
    if SubjectKind.NODE in kinds:
        kind = SubjectKind.NODE
    elif of_members(version):
        kind = SubjectKind.MEMBER
    else:
        kind = SubjectKind.ROUTING_ENGINE
    found = {s for s in there if s.kind is kind}
    return found if len(found) > 1 or kind in kinds else set()
