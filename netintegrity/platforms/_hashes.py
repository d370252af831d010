"""The digests a box computed, by file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netintegrity.model.claims import Gap, Source
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._text import Answer, read
from netintegrity.platforms._verify import read_digest


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


def hashed_files(
    exchanges: Iterable[Exchange], algorithms: Mapping[str, DigestAlgorithm]
) -> Hashed:
    """Return the digests in ``exchanges``; ``algorithms`` says what each probe asks for."""
    hashed = Hashed()
    for exchange in exchanges:
        if (algorithm := algorithms.get(exchange.probe_id)) is None:
            continue
        path, answer = argument_of(exchange), read(exchange)
        found = read_digest(answer, algorithm, path)
        if isinstance(found, Gap):
            hashed.gaps[exchange.probe_id, path] = found
        else:
            # Two answers that differ are both kept: one of them is then refuted.
            hashed.digests[path] = hashed.digests.get(path, frozenset()) | {found[0]}
            hashed.answers[path], hashed.sources[path] = answer, found[1]
    return hashed
