"""The digests a box computed, by file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netintegrity.model.claims import Gap, Source
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._refusals import is_no_command
from netintegrity.platforms._spec import Probe
from netintegrity.platforms._text import Answer, read
from netintegrity.platforms._verify import read_digest

DigestReader = Callable[[Answer, DigestAlgorithm, str], tuple[Digest, Source] | Gap]
"""Given an answer, an algorithm and a path, returns the digest and where it stands, or why not."""


@dataclass(slots=True)
class Hashed:
    """What the hash commands brought."""

    digests: dict[str, frozenset[Digest]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    """By path: the answer that holds a digest of it."""
    sources: dict[str, Source] = field(default_factory=dict)
    """By path: the line that holds it."""
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    """By probe and path."""

    def left(self) -> Iterator[Gap]:
        """Yield the gaps of files that have no digest at all."""
        for (_, path), gap in self.gaps.items():
            if path not in self.digests:
                yield gap


def argument_of(exchange: Exchange) -> str:
    """Return the path a template was filled with."""
    return normalised(exchange.command.rpartition(" ")[2])


def unknown_to(
    exchanges: Iterable[Exchange],
    probe: Probe,
    file_of: Callable[[Exchange], str] = argument_of,
) -> frozenset[str]:
    """Return the files that a box has no such command for: a weaker one may stand in there."""
    return frozenset(file_of(e) for e in exchanges if e.probe_id == probe.id and is_no_command(e))


def hashed_files(
    exchanges: Iterable[Exchange],
    algorithms: Mapping[str, DigestAlgorithm],
    *,
    file_of: Callable[[Exchange], str] = argument_of,
    digest_in: DigestReader = read_digest,
) -> Hashed:
    """Return the digests in ``exchanges``.

    Args:
        exchanges: all of them.
        algorithms: what each probe that hashes asks for.
        file_of: the file such a command is about.
        digest_in: reads one answer.
    """
    hashed = Hashed()
    for exchange in exchanges:
        if (algorithm := algorithms.get(exchange.probe_id)) is None:
            continue
        path, answer = file_of(exchange), read(exchange)
        found = digest_in(answer, algorithm, path)
        if isinstance(found, Gap):
            hashed.gaps[exchange.probe_id, path] = found
        else:
            # Several algorithms, or two answers that differ: all are kept, and each is judged.
            hashed.digests[path] = hashed.digests.get(path, frozenset()) | {found[0]}
            hashed.answers[path], hashed.sources[path] = answer, found[1]
    return hashed
