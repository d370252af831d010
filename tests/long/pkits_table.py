"""Where our answer is another than NIST's, and why; names are those of the suite's messages."""

from typing import Final

VALID_BY_DEFAULT: Final = frozenset(
    {
        "AllCertificatesAnyPolicyTest11",
        "AllCertificatesNoPoliciesTest2",
        "AllCertificatesSamePoliciesTest10",
        "AllCertificatesSamePoliciesTest13",
        "AllCertificatesSamePolicyTest1",
        "AnyPolicyTest14",
        "CPSPointerQualifierTest20",
        "DifferentPoliciesTest3",
        "OverlappingPoliciesTest6",
        "UserNoticeQualifierTest15",
        "UserNoticeQualifierTest16",
        "UserNoticeQualifierTest17",
        "UserNoticeQualifierTest18",
        "UserNoticeQualifierTest19",
        "inhibitAnyPolicyTest3",
    }
)
"""Tests whose names do not say what is expected: with the default settings of sections 4.8 and
4.12 these validate, and the others do not."""

_POLICY: Final = (
    "refused: an authority demands that policies be evaluated, and they are not. No vendor's "
    "signers here rest on policies."
)
_NAMES: Final = (
    "refused: an authority limits the names below it, and such limits are not evaluated. No "
    "vendor's signers here rest on them."
)
_SPELLING: Final = (
    "refused: issuer and subject must be equal as they are written; case and white space are not "
    "folded. Two names that fold into one are one more way to be mistaken."
)
_DSA: Final = "refused: DSA signs nothing here, least of all over SHA-1 (FIPS 186-5)."
_AUTHORITY: Final = "refused: the signer is an authority; a certificate that issues signs no code."
_DELTA: Final = (
    "refused: a list that travels with the signature revokes the certificate, and a later delta "
    "takes that back; only what speaks against a certificate is heard."
)
_REVOCATION: Final = (
    "accepted: what is wrong is the revocation list. Lists are not demanded; one counts only "
    "where the issuer's own key signed it, and then only against a certificate."
)


def _each(reason: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), reason)


DEVIATIONS: Final = {
    **_each(
        _POLICY,
        """
        AllCertificatesAnyPolicyTest11 AllCertificatesSamePoliciesTest10
        AllCertificatesSamePoliciesTest13 AnyPolicyTest14 UserNoticeQualifierTest18
        ValidPolicyMappingTest1 ValidPolicyMappingTest11 ValidPolicyMappingTest12
        ValidPolicyMappingTest13 ValidPolicyMappingTest14 ValidPolicyMappingTest3
        ValidPolicyMappingTest5 ValidPolicyMappingTest6 ValidPolicyMappingTest9
        ValidRequireExplicitPolicyTest1 ValidRequireExplicitPolicyTest2
        ValidRequireExplicitPolicyTest4 ValidSelfIssuedinhibitAnyPolicyTest7
        ValidSelfIssuedinhibitAnyPolicyTest9 ValidSelfIssuedinhibitPolicyMappingTest7
        ValidSelfIssuedrequireExplicitPolicyTest6 ValidinhibitAnyPolicyTest2
        ValidinhibitPolicyMappingTest2 ValidinhibitPolicyMappingTest4 inhibitAnyPolicyTest3
        """,
    ),
    **_each(
        _NAMES,
        """
        ValidDNSnameConstraintsTest30 ValidDNSnameConstraintsTest32
        ValidDNandRFC822nameConstraintsTest27 ValidDNnameConstraintsTest1
        ValidDNnameConstraintsTest11 ValidDNnameConstraintsTest14 ValidDNnameConstraintsTest18
        ValidDNnameConstraintsTest4 ValidDNnameConstraintsTest5 ValidDNnameConstraintsTest6
        ValidRFC822nameConstraintsTest21 ValidRFC822nameConstraintsTest23
        ValidRFC822nameConstraintsTest25 ValidSelfIssuedDNnameConstraintsTest19
        ValidURInameConstraintsTest34 ValidURInameConstraintsTest36
        """,
    ),
    **_each(
        _SPELLING,
        """
        ValidNameChainingCapitalizationTest5 ValidNameChainingWhitespaceTest3
        ValidNameChainingWhitespaceTest4 ValidUTF8StringCaseInsensitiveMatchTest11
        """,
    ),
    **_each(_DSA, "ValidDSAParameterInheritanceTest5 ValidDSASignaturesTest4"),
    **_each(
        _AUTHORITY,
        """
        OverlappingPoliciesTest6 ValidonlyContainsCACertsCRLTest13 ValidpathLenConstraintTest14
        ValidpathLenConstraintTest8
        """,
    ),
    **_each(_DELTA, "ValiddeltaCRLTest5"),
    **_each(
        _REVOCATION,
        """
        InvalidBadCRLIssuerNameTest5 InvalidBadCRLSignatureTest4
        InvalidBasicSelfIssuedCRLSigningKeyTest7 InvalidBasicSelfIssuedNewWithOldTest5
        InvalidBasicSelfIssuedOldWithNewTest2 InvalidIDPwithindirectCRLTest26
        InvalidOldCRLnextUpdateTest11 InvalidSeparateCertificateandCRLKeysTest20
        InvalidSeparateCertificateandCRLKeysTest21 InvalidUnknownCRLExtensionTest10
        InvalidWrongCRLTest6 InvalidcRLIssuerTest27 InvalidcRLIssuerTest31 InvalidcRLIssuerTest32
        InvalidcRLIssuerTest35 InvaliddeltaCRLIndicatorNoBaseTest1 InvaliddeltaCRLTest10
        InvaliddistributionPointTest3 InvaliddistributionPointTest8 InvaliddistributionPointTest9
        InvalidkeyUsageCriticalcRLSignFalseTest4 InvalidkeyUsageNotCriticalcRLSignFalseTest5
        InvalidonlyContainsAttributeCertsTest14 InvalidonlyContainsCACertsCRLTest12
        InvalidonlySomeReasonsTest17 Invalidpre2000CRLnextUpdateTest12 MissingCRLTest1
        """,
    ),
}
