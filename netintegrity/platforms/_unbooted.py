"""Images that merely lie on a box, beside what it boots: hashed, kept, and judged by no rule."""

from collections.abc import Callable, Iterator, Mapping

from netintegrity.model.claims import ImageClaim, ImageRole
from netintegrity.model.release import Release
from netintegrity.model.subject import Subject
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._text import Answer, Line

Listed = Mapping[str, tuple[int | None, Line]]
"""By path: the size in bytes, None where it is not printed, and where the file is listed."""


def claims_of_files(
    subject: Subject,
    answer: Answer | None,
    files: Listed,
    hashed: Hashed,
    release_in: Callable[[str], Release | None],
) -> Iterator[ImageClaim]:
    """Yield a claim for each listed file; one without a digest stands without it.

    Args:
        subject: that holds them.
        answer: the listing; None: there is none.
        files: what it lists.
        hashed: the digests, by path.
        release_in: what the name of a file says.
    """
    if answer is None:
        return
    for path, (size, line) in files.items():
        summed = hashed.answers.get(path)
        yield ImageClaim(
            subject=subject,
            path=path,
            role=ImageRole.STORED,
            source=hashed.sources.get(path, answer.source(line)),
            assurance=answer.assurance & summed.assurance if summed else answer.assurance,
            digests=hashed.digests.get(path, frozenset()),
            size_bytes=size,
            release=release_in(path.rpartition("/")[2].rpartition(":")[2]),
        )
