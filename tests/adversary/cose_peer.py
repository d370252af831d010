"""Tags and manifests in CBOR, signed by openssl over the structure that COSE says is signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cbor2
from cbor2 import CBORTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring
from tests.adversary.dgst_peer import Key, Signer
from tests.adversary.vendor_simulator import reason_with

SWID, RIM = "application/swid+cbor", "application/rim+cbor"
ES256, ES384, EDDSA, PS256 = -7, -35, -8, -37
_HALVES: Final = {ES256: 32, -9: 32, ES384: 48, -51: 48}

FILE: dict[int, Any] = {24: "EOS-4.30.1F.swi", 20: 1234, 7: [8, b"\xab" * 64]}
TAG: dict[int, Any] = {
    0: "example.com/eos",
    12: 7,
    1: "EOS",
    13: "4.30.1F",
    2: {31: "Toy", 33: [1, 2]},
    8: True,
    6: {
        17: [FILE, {24: "firmware.bin", 7: [1, b"\xcd" * 32]}],
        16: {24: "boot", 26: {17: {24: "loader.efi", 23: "EFI", 7: [7, b"\xef" * 48]}}},
    },
}


def corim(*tags: object, **changes: object) -> CBORTag:
    """Return the map inside a CoRIM, with CoSWID tags or with what is given."""
    inside = [t if isinstance(t, CBORTag) else CBORTag(505, cbor2.dumps(t)) for t in tags or (TAG,)]
    members: dict[int, Any] = {0: "toy-corim", 1: inside}
    return CBORTag(501, members | {int(n.removeprefix("_")): v for n, v in changes.items()})


META: Final = cbor2.dumps({0: {0: "Toy"}})


@dataclass(kw_only=True)
class CoseSigner:
    folder: Path
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    alg: int = ES256
    algorithm: str = "ecdsa-p256-sha256"
    form: str = "coswid"

    @property
    def peer(self) -> Signer:
        return Signer(folder=self.folder, key=self.key, algorithm=self.algorithm, form=self.form)

    def value(self, protected: bytes, payload: bytes) -> bytes:
        message = cbor2.dumps(["Signature1", protected, b"", payload])
        if self.alg in {EDDSA, -19}:
            return self.key.sign(message)  # type: ignore[call-arg]
        digest = "sha384" if self.alg in {ES384, -51} else "sha256"
        if self.alg == PS256:
            salted = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
            return self.peer.sign(message, digest, *salted)
        r, s = decode_dss_signature(self.peer.sign(message, digest))
        return r.to_bytes(_HALVES[self.alg]) + s.to_bytes(_HALVES[self.alg])

    def parts(self, content: object = None, **headers: object) -> list[Any]:
        """Return the four parts; ``_3=…`` sets a protected header, ``...`` leaves it out."""
        kind = RIM if self.form == "corim" else SWID
        plain: dict[int, object] = {1: self.alg, 3: kind}
        if self.form == "corim":
            plain[8] = META
        named = {int(n.removeprefix("_").replace("n", "-")): v for n, v in headers.items()}
        protected = cbor2.dumps({k: v for k, v in (plain | named).items() if v is not ...})
        if content is None:
            content = corim() if self.form == "corim" else TAG
        payload = content if isinstance(content, bytes) else cbor2.dumps(content)
        return [protected, {}, payload, self.value(protected, payload)]

    def sign(self, content: object = None, **headers: object) -> bytes:
        return sealed(self.parts(content, **headers))

    def keyring(self, **changes: str) -> Keyring:
        return self.peer.keyring(**changes)

    def submit(self, raw: bytes) -> Submission:
        return Submission(filename=f"toy.{self.form}", raw=raw)

    def judge(self, raw: bytes, **changes: str) -> str:
        return reason_with(self.keyring(**changes), self.submit(raw))

    def peer_accepts(self, raw: bytes) -> bool:
        """Say whether a reader that asks no more than it must takes it: openssl on the parts."""
        try:
            protected, _, payload, value = cbor2.loads(raw).value
            message = cbor2.dumps(["Signature1", protected, b"", payload])
            half = len(value) // 2
            der = encode_dss_signature(
                int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
            )
        except (ValueError, TypeError, AttributeError, cbor2.CBORDecodeError):
            return False
        return self.peer.openssl_accepts(message, der)


def sealed(parts: list[Any], tag: int | None = 18, **changes: object) -> bytes:
    """Return the envelope; ``_1=…`` changes a part."""
    made = list(parts)
    for name, value in changes.items():
        made[int(name.removeprefix("_"))] = value
    return cbor2.dumps(made if tag is None else CBORTag(tag, made))


def with_headers(parts: list[Any], headers: Mapping[object, object]) -> bytes:
    return sealed(parts, _0=cbor2.dumps(headers))
