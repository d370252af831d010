"""Ways to spoil signed data that openssl made, and those that openssl passes over."""

from collections.abc import Callable

from asn1crypto import cms as asn1  # type: ignore[import-untyped]
from asn1crypto import core

from tests.adversary.signed_checksums import LIST


def rebuilt(signature: bytes, change: Callable[[asn1.SignedData], None]) -> bytes:
    info = asn1.ContentInfo.load(signature)
    change(info["content"])
    written: bytes = info.dump(force=True)
    return written


def the_signer(change: Callable[[asn1.SignerInfo], None]) -> Callable[[asn1.SignedData], None]:
    return lambda data: change(data["signer_infos"][0])


def attribute(name: str, value: object) -> Callable[[asn1.SignedData], None]:
    """Return what sets one signed attribute."""

    def changed(info: asn1.SignerInfo) -> None:
        for item in info["signed_attrs"]:
            if item["type"].native == name:
                item["values"] = [value]

    return the_signer(changed)


def without_attribute(name: str) -> Callable[[asn1.SignedData], None]:
    def changed(info: asn1.SignerInfo) -> None:
        kept = [a for a in info["signed_attrs"] if a["type"].native != name]
        info["signed_attrs"] = asn1.CMSAttributes(kept)

    return the_signer(changed)


def put(field: str, value: object) -> Callable[[asn1.SignedData], None]:
    return the_signer(lambda info: info.__setitem__(field, value))


def twice(data: asn1.SignedData) -> None:
    data["signer_infos"] = asn1.SignerInfos([data["signer_infos"][0], data["signer_infos"][0]])


def one_attribute_twice(info: asn1.SignerInfo) -> None:
    attributes = list(info["signed_attrs"])
    info["signed_attrs"] = asn1.CMSAttributes([*attributes, attributes[0]])


def attached(data: asn1.SignedData) -> None:
    data["encap_content_info"]["content"] = core.OctetString(LIST)


def empty_inside(data: asn1.SignedData) -> None:
    data["encap_content_info"]["content"] = core.OctetString(b"")


SPOILT: dict[str, tuple[Callable[[asn1.SignedData], None], str]] = {
    "no signer": (lambda d: d.__setitem__("signer_infos", []), "unsigned"),
    "two signers": (twice, "malformed"),
    "content inside": (attached, "malformed"),
    "empty content inside": (empty_inside, "malformed"),
    "digest of another list": (attribute("message_digest", bytes(32)), "bad-signature"),
    "digest of another length": (attribute("message_digest", bytes(20)), "bad-signature"),
    "content of another type": (attribute("content_type", "signed_data"), "bad-signature"),
    "no digest": (without_attribute("message_digest"), "bad-signature"),
    "no content type": (without_attribute("content_type"), "bad-signature"),
    "no signing time": (without_attribute("signing_time"), "bad-signature"),
    "an attribute twice": (the_signer(one_attribute_twice), "bad-signature"),
    "no attributes": (put("signed_attrs", None), "bad-signature"),
    "SHA-1 said": (put("digest_algorithm", {"algorithm": "sha1"}), "weak-algorithm"),
    "MD5 said": (put("digest_algorithm", {"algorithm": "md5"}), "weak-algorithm"),
    "another digest said": (put("digest_algorithm", {"algorithm": "sha512"}), "bad-signature"),
    "SHA-1 signed": (put("signature_algorithm", {"algorithm": "sha1_ecdsa"}), "weak-algorithm"),
    "another kind of key": (
        put("signature_algorithm", {"algorithm": "sha256_rsa"}),
        "bad-signature",
    ),
    "another curve": (put("signature_algorithm", {"algorithm": "sha384_ecdsa"}), "bad-signature"),
    "DSA": (put("signature_algorithm", {"algorithm": "sha256_dsa"}), "bad-signature"),
    "no value": (put("signature", b""), "bad-signature"),
    "a value of zeros": (put("signature", bytes(72)), "bad-signature"),
    "r and s zero": (put("signature", bytes.fromhex("3006020100020100")), "bad-signature"),
    "another version": (put("version", "v3"), "bad-signature"),
    "another content type": (
        lambda d: d["encap_content_info"].__setitem__("content_type", "digested_data"),
        "bad-signature",
    ),
    "no digests listed": (lambda d: d.__setitem__("digest_algorithms", []), "bad-signature"),
    "a digest more listed": (
        lambda d: d.__setitem__(
            "digest_algorithms", [{"algorithm": "sha256"}, {"algorithm": "sha1"}]
        ),
        "bad-signature",
    ),
}
STRICTER = {
    "SHA-1 signed": "it goes by the digest, and passes over how the value is said to be made",
    "another kind of key": "the same",
    "another curve": "the same",
    "DSA": "the same",
    "another content type": "it compares with the attribute only where the content is inside",
    "another version": "it passes over version numbers",
    "no digests listed": "it hashes the content again for the signer alone",
    "a digest more listed": "it hashes once more, for nobody",
    "two signers": "both are the pinned signer, and it asks of each",
    "content inside": "it takes the content beside the signature for the one inside",
    "empty content inside": "the same",
}
