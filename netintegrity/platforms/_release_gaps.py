"""Gaps around the release that runs, which every box with a shell may leave alike."""

from collections.abc import Iterator

from netintegrity.model.claims import Gap
from netintegrity.model.release import Order, Release
from netintegrity.platforms._text import Answer


def no_release(
    answer: Answer | None, release: Release | None, *, title: str, probe_id: str = "version"
) -> Iterator[Gap]:
    """Yield that the answer to a probe does not say what runs; nothing, if it was never asked."""
    if answer is not None and release is None:
        reason = answer.why_unread or f"no {title} version in the answer"
        yield Gap(probe_id=probe_id, reason=reason)


def unread(answer: Answer | None, probe_id: str) -> Iterator[Gap]:
    """Yield why nothing may be read from the answer; nothing, if it may or was never asked."""
    if answer is not None and (why := answer.why_unread) is not None:
        yield Gap(probe_id=probe_id, reason=why)


def runs_another(
    named: Release | None, running: Release | None, *, what: str, probe_id: str
) -> Iterator[Gap]:
    """Yield that what is said to run has another release than the box says of itself.

    Args:
        named: the release in the name of what is said to run; None: the name does not say.
        running: the release the box says of itself; None: it does not say.
        what: what is said, up to the release: ``the current image is``.
        probe_id: where the name was read.
    """
    if named is None or running is None or named.compared_to(running) is Order.SAME:
        return
    yield Gap(probe_id=probe_id, reason=f"{what} {named.text}, and {running.text} runs")
