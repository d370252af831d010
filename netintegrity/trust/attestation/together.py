"""All parts of one box, judged together: two of them cannot be one piece of hardware."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.attestation import AttestationClaim, AttestationResult, Challenge
from netintegrity.model.subject import Identity
from netintegrity.model.verdict import Verdict, worst
from netintegrity.trust.attestation._spec import Grounds, HardwareRoot


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What became of all quotes of a box."""

    results: tuple[AttestationResult, ...]
    missing: tuple[str, ...]
    """Serial numbers that were expected, and that no verified chain bears."""
    verdict: Verdict


def judge_all(
    claims: Iterable[AttestationClaim],
    challenge: Challenge,
    grounds: Grounds,
    *,
    root: HardwareRoot,
    serials: Collection[str] = (),
) -> Together:
    """Return what every subject's quote is worth, and what the box's is.

    Args:
        claims: one for each subject.
        challenge: what each command was sent; one command speaks for all subjects.
        grounds: keys, references, release grammars, moment of judgement.
        root: the kind of chip.
        serials: of the hardware that is expected. None at all: nobody said which. A subject of
            another serial is a mismatch as long as an expected one is missing; where none is, it is
            a part nobody named, and at most unknown.
    """
    quotes = tuple(claims)
    first = [root.judge(claim, challenge, grounds, None) for claim in quotes]
    seen = {result.serial for result in first}
    missing = tuple(sorted(set(serials) - seen))
    shown = Counter(result.serial for result in first if result.serial is not None)
    judged: list[AttestationResult] = []
    for claim, before in zip(quotes, first, strict=True):
        wanted = before.serial if before.serial in serials else next(iter(missing), None)
        result = before
        if serials and before.serial is not None and wanted is not None:
            stated = Identity(subject=claim.subject, serial=wanted)
            result = root.judge(claim, challenge, grounds, stated)
        elif serials and before.serial is not None:
            result = _held_back(result, f"nobody named {before.serial} as a part of this box")
        if before.serial is not None and shown[before.serial] > 1:
            result = _held_back(result, f"{before.serial} is quoted for two parts of one box")
        judged.append(result)
    return Together(
        results=tuple(judged),
        missing=missing,
        verdict=worst([*(r.verdict for r in judged), *(Verdict.UNKNOWN for _ in missing)]),
    )


def _held_back(result: AttestationResult, reason: str) -> AttestationResult:
    """Return the same result, which is no longer verified."""
    return replace(
        result,
        verdict=Verdict.UNKNOWN if result.verdict is Verdict.VERIFIED else result.verdict,
        assurance=Assurance(AssuranceLevel.NONE, result.assurance.caveats),
        reasons=(*result.reasons, reason),
    )
