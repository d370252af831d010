"""What a Junos box claims to run and to boot, and what its kernel refused to run."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import BootClaim, ImageClaim, ImageRole, SignatureClaim
from netintegrity.model.subject import Subject
from netintegrity.platforms._junos_boot import PENDING_FOLDER, Slice, slices_of
from netintegrity.platforms._junos_text import CHASSIS
from netintegrity.platforms._junos_version import Runs
from netintegrity.platforms._text import Answer

# Nov 24 10:00:01  r1 /kernel: veriexec: fingerprint for dev 100728577, file 70750 64ea… != 0000…
# The process is the kernel: a name that somebody logs in by must not be read as its word.
_VERIEXEC: Final = re.compile(
    r"^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})? {1,2}[\w.-]{1,64} /?kernel: "
    r"(?:%\S{1,40}: )?veriexec: fingerprint for dev (?P<device>\d{1,20}),? file (?P<file>\d{1,20})"
    r"\.? [0-9a-f]{40,128} != [0-9a-f]{40,128}$"
)


def slices(answer: Answer | None) -> tuple[Slice, ...]:
    """Return the slices of an answer; none where the box has no such listing."""
    return () if answer is None or answer.refusal is not None else slices_of(answer)


def images(
    runs: tuple[Runs, ...], slices: tuple[Slice, ...], *, known: bool
) -> Iterator[ImageClaim]:
    """Yield what runs, and what the next boot loads: the same, unless the box says otherwise."""
    for run in runs:
        if run.line is None or run.printed is None:
            continue
        source, assurance = run.answer.source(run.line), run.answer.assurance
        own = [s for s in slices if s.subject == run.subject]
        primary = next((s for s in own if s.is_primary), None)
        yield ImageClaim(
            subject=run.subject,
            path=f"junos {run.printed}",
            role=ImageRole.RUNNING,
            source=source,
            assurance=assurance,
            release=run.release,
        )
        if not known:
            yield ImageClaim(
                subject=run.subject,
                path=PENDING_FOLDER,
                role=ImageRole.BOOT_NEXT,
                source=source,
                assurance=assurance,
            )
        elif primary is None:
            yield ImageClaim(
                subject=run.subject,
                path=f"junos {run.printed}",
                role=ImageRole.BOOT_NEXT,
                source=source,
                assurance=assurance,
                release=run.release,
            )
        for slice_ in own:
            role = ImageRole.BOOT_NEXT if slice_ is primary and known else ImageRole.STORED
            yield ImageClaim(
                subject=run.subject,
                path=slice_.device,
                role=role,
                source=slice_.answer.source(slice_.line),
                assurance=slice_.answer.assurance,
                release=slice_.release,
            )


def boots(slices: tuple[Slice, ...]) -> Iterator[BootClaim]:
    """Yield where each part boots from, its primary slice first."""
    for subject in dict.fromkeys(s.subject for s in slices):
        own = sorted((s for s in slices if s.subject == subject), key=lambda s: not s.is_primary)
        yield BootClaim(
            subject=subject,
            source=own[0].answer.source(own[0].line),
            entries=tuple(s.device for s in own),
        )


def signatures(answer: Answer | None, subjects: tuple[Subject, ...]) -> Iterator[SignatureClaim]:
    """Yield what the kernel refused to run; the log is that of the part that answers."""
    told: set[str] = set()
    if answer is None:
        return
    for line, m in answer.search(_VERIEXEC):
        path = f"file {m['file']} of device {m['device']}"
        if path not in told:
            told.add(path)
            yield SignatureClaim(
                subject=subjects[0] if subjects else CHASSIS,
                path=path,
                role=ImageRole.STORED,
                source=answer.source(line),
                assurance=answer.assurance,
                accepted=False,
            )
