"""securesystemslib as the one who signs envelopes, and as the one who is asked as well."""

import copy
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from netintegrity.trust.certificates import fingerprint_of

Key = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One key, under our name for it or under the peer's."""

    key: Key = field(default_factory=ed25519.Ed25519PrivateKey.generate)
    is_ours: bool = True
    """Whether the key id is the one that this program writes."""

    @property
    def public(self) -> SSlibKey:
        name = fingerprint_of(self.key.public_key()) if self.is_ours else None
        scheme = "rsassa-pss-sha256" if isinstance(self.key, rsa.RSAPrivateKey) else None
        return SSlibKey.from_crypto(self.key.public_key(), keyid=name, scheme=scheme)

    def sign(self, payload_type: str, payload: bytes) -> bytes:
        envelope = Envelope(payload, payload_type, {})
        envelope.sign(CryptoSigner(self.key, self.public))
        return json.dumps(envelope.to_dict()).encode()

    def accepts(self, raw: bytes) -> bool:
        try:
            # It changes what it is given.
            envelope = Envelope.from_dict(copy.deepcopy(json.loads(raw)))
            envelope.verify([self.public], 1)
        except (VerificationError, FormatError, ValueError, KeyError, TypeError):
            return False
        return True
