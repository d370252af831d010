"""Is the evidence itself good enough to judge by?"""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import FailureKind
from netintegrity.model.finding import Observation, Proposition, Severity
from netintegrity.model.subject import Subject, SubjectKind

_WHOLE = Subject(SubjectKind.CHASSIS, "1")
_NONE = Assurance(AssuranceLevel.NONE)


@rule(
    "NI-901",
    proposition=Proposition.AUTHENTIC,
    severity=Severity.CRITICAL,
    may_verify=False,
)
def host_key_is_the_pinned_one(case: Case) -> Iterator[Observation]:
    """Whoever answered at this address has the host key that was pinned."""
    failure = case.evidence.failure
    if failure is not None and failure.kind is FailureKind.HOST_KEY_CHANGED:
        yield Observation(
            subject=_WHOLE,
            conclusion=Conclusion.HOST_KEY_CHANGED,
            assurance=_NONE,
            message=f"another host key than the pinned one answered ({failure.detail}); no secret "
            "was offered to it",
            next_step="read the fingerprint on the console: replaced and re-imaged boxes have a "
            "new key, and so has whoever stands between, even where the inventory expects another "
            "serial number than before; then `netintegrity hostkeys approve NAME SHA256:… "
            "--replace`",
        )


@rule(
    "NI-902",
    proposition=Proposition.AUTHENTIC,
    severity=Severity.MEDIUM,
    may_verify=False,
)
def evidence_is_whole_and_fresh(case: Case) -> Iterator[Observation]:
    """No answer was cut off, and none is older than the policy allows."""
    for exchange in case.evidence.exchanges:
        if not exchange.complete:
            yield Observation(
                subject=_WHOLE,
                conclusion=Conclusion.INCOMPLETE,
                assurance=_NONE,
                message=f"the answer to {exchange.command!r} was cut off, or not bound to it",
                next_step="collect again",
                sources=(Source(exchange.probe_id, 1),),
            )
    age = case.at - case.evidence.collected_at
    if age > case.policy.max_evidence_age:
        yield Observation(
            subject=_WHOLE,
            conclusion=Conclusion.INCOMPLETE,
            assurance=_NONE,
            message=f"the evidence is {_hours(age.total_seconds())} old; the policy allows "
            f"{_hours(case.policy.max_evidence_age.total_seconds())}",
            next_step="collect again",
        )


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h"
