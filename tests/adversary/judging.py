"""The whole way from printed text to verdict, in one call."""

from collections.abc import Collection

from netintegrity.model.attestation import AttestationResult, Challenge
from netintegrity.platforms import _cisco_quote as quote
from netintegrity.trust.attestation._spec import Grounds
from netintegrity.trust.attestation.cisco_sudi import ROOT
from netintegrity.trust.attestation.together import Together, judge_all
from tests.adversary import sudi_simulator as sim


def judged(
    certificates: str = "",
    measurements: str = "",
    compliance: str = "",
    *,
    challenge: Challenge | None = None,
    grounds: Grounds | None = None,
    serials: Collection[str] = (),
) -> Together:
    claims = quote.claims_of(
        quote.read_certificates(certificates),
        quote.read_measurements(measurements),
        quote.read_compliance(compliance),
    )
    return judge_all(
        claims,
        challenge or sim.challenge(),
        grounds or sim.grounds(),
        root=ROOT,
        serials=serials,
    )


def only(together: Together) -> AttestationResult:
    (result,) = together.results
    return result
