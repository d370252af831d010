"""A certificate counts where a chain of authorities leads from an anchor to it, and no further."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from netintegrity.trust.path import MAX_LINKS, path_to
from tests.adversary.cms_peer import SigningKey, certificate_for, ec_key, purposes, usage
from tests.adversary.vendor_simulator import rsa_key

AT = datetime(2026, 6, 1, tzinfo=UTC)
SPAN = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
ROOT_KEY, SUB_KEY, LEAF_KEY = ec_key(), ec_key(), ec_key()
ROOT = certificate_for("root", ROOT_KEY, usage(certify=True), authority=True)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vendor")])


def sub(
    *extensions: tuple[x509.ExtensionType, bool], key: SigningKey = SUB_KEY, **changes: object
) -> x509.Certificate:
    fields: dict[str, object] = {"issuer": "root", "issuer_key": ROOT_KEY, "authority": True}
    return certificate_for("sub", key, *extensions, **(fields | changes))  # type: ignore[arg-type]


def leaf(*extensions: tuple[x509.ExtensionType, bool], **changes: object) -> x509.Certificate:
    fields: dict[str, object] = {"issuer": "sub", "issuer_key": SUB_KEY}
    return certificate_for("leaf", LEAF_KEY, *extensions, **(fields | changes))  # type: ignore[arg-type]


def test_a_chain_leads_to_a_root_to_an_authority_below_it_and_to_the_signer_itself() -> None:
    above, signer = sub(), leaf(usage(), purposes())
    assert path_to(ROOT, signer, [above]).certificates == (signer, above, ROOT)
    assert path_to(above, signer).certificates == (signer, above)
    assert path_to(signer, signer).certificates == (signer,)


def test_what_lies_about_does_not_mislead_the_search() -> None:
    impostor, signer, above = sub(key=ec_key(), issuer_key=ec_key()), leaf(), sub()
    others = [impostor, signer, ROOT, above, certificate_for("x", ec_key(), authority=True)]
    assert path_to(ROOT, signer, others).certificates == (signer, above, ROOT)


SIGNERS: dict[str, tuple[x509.Certificate, x509.Certificate]] = {
    "nobody between": (leaf(), ROOT),
    "another issuer of that name": (leaf(issuer_key=ec_key()), sub()),
    "an authority as signer": (leaf(authority=True), sub()),
    "a signer that may not sign": (leaf(usage(sign=False)), sub()),
    "a signer for servers": (leaf(purposes(ExtendedKeyUsageOID.SERVER_AUTH)), sub()),
    "an authority for servers": (leaf(), sub(purposes(ExtendedKeyUsageOID.SERVER_AUTH))),
    "no authority between": (leaf(), sub(authority=False)),
    "an authority that may not certify": (leaf(), sub(usage())),
    "a demand that is not known": (
        leaf((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)),
        sub(),
    ),
    "limits on names": (
        leaf(),
        sub((x509.NameConstraints([x509.DirectoryName(NAME)], None), True)),
    ),
    "limits on policies": (leaf(), sub((x509.PolicyConstraints(0, None), True))),
    "limits on any policy": (leaf(), sub((x509.InhibitAnyPolicy(0), True))),
    "another root": (leaf(), sub(issuer_key=ec_key())),
}


@pytest.mark.parametrize("fault", SIGNERS)
def test_no_chain_holds_with_a_broken_link(fault: str) -> None:
    signer, above = SIGNERS[fault]
    with pytest.raises(ValueError, match=r"\w"):
        path_to(ROOT, signer, [above])


def test_an_authority_with_a_short_key_issues_nothing() -> None:
    key = rsa_key(1024)
    signer = leaf(issuer_key=key)
    with pytest.raises(ValueError, match="short"):
        path_to(ROOT, signer, [sub(key=key)])


def test_how_deep_an_authority_may_issue_is_kept_to() -> None:
    for length, holds in ((0, False), (1, True)):
        root = certificate_for("root", ROOT_KEY, authority=True, path_length=length)
        if holds:
            path_to(root, leaf(), [sub()])
        else:
            with pytest.raises(ValueError, match="deep"):
                path_to(root, leaf(), [sub()])


def chain(length: int) -> list[x509.Certificate]:
    """Return so many authorities one below the other, and a signer below the last."""
    certificates, key, name = [], ROOT_KEY, "root"
    for number in range(length + 1):
        below = ec_key()
        made = certificate_for(
            f"link {number}", below, issuer=name, issuer_key=key, authority=number < length
        )
        certificates.append(made)
        key, name = below, f"link {number}"
    return certificates


def test_a_chain_has_a_longest_length() -> None:
    *above, signer = chain(MAX_LINKS)
    assert len(path_to(ROOT, signer, above).certificates) == MAX_LINKS + 2
    *above, signer = chain(MAX_LINKS + 1)
    with pytest.raises(ValueError, match="long"):
        path_to(ROOT, signer, above)


def test_a_search_that_forks_without_end_is_given_up() -> None:
    names, key = [f"a{n}" for n in range(6)], ec_key()
    mesh = [
        certificate_for(below, key, issuer=above, issuer_key=key, authority=True)
        for below in names
        for above in names
    ]
    signer = certificate_for("leaf", LEAF_KEY, issuer="a0", issuer_key=key)
    with pytest.raises(ValueError, match="long"):
        path_to(ROOT, signer, mesh)


def test_dates_are_told_apart_from_the_rest() -> None:
    above, signer = sub(), leaf(days=SPAN)
    found = path_to(ROOT, signer, [above])
    assert found.outside(SPAN[1]) == ()
    assert found.outside(AT) == (signer,)
    assert found.outside(SPAN[0] - timedelta(days=1)) == (signer, above)


def revocation(key: SigningKey, issuer: str, *serials: int) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        last_update=AT - timedelta(days=9),
        next_update=AT,
    )
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder(serial, AT - timedelta(days=10))
        builder = builder.add_revoked_certificate(revoked.build())
    return builder.sign(key, hashes.SHA256())


def test_only_the_issuers_revocation_list_speaks_against_a_certificate() -> None:
    above, signer = sub(), leaf()
    stated = revocation(SUB_KEY, "sub", signer.serial_number)
    with pytest.raises(ValueError, match="revoked"):
        path_to(ROOT, signer, [above], revoked=[stated])
    with pytest.raises(ValueError, match="revoked"):
        path_to(ROOT, signer, [above], revoked=[revocation(ROOT_KEY, "root", above.serial_number)])
    for silent in (
        revocation(SUB_KEY, "sub", 17),
        revocation(ec_key(), "sub", signer.serial_number),
        revocation(ROOT_KEY, "root", signer.serial_number),
    ):
        path_to(ROOT, signer, [above], revoked=[silent])
