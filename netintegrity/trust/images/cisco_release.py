"""Images as Cisco ships them one by one: the image, its ``.signature`` and a certificate.

They lie in one folder, or in one tar archive. The certificate travels with the image, so it proves
nothing by being there: the keyring names the authority above it *and* the subject it must have,
for that authority signs for many products; or it pins the certificate itself. The program that
lies beside them is not run, nor anything fetched.

**Unproven on a genuine archive:** none was at hand; names, sizes and the algorithm are as Cisco's
own verifier takes them.

Source: the ``cisco_x509_verify_release`` program and README that lie in such archives; Cisco IOS
XRd and NSO installation guides, "verify the signature".
"""

from typing import Final

from netintegrity.trust._spec import Signature
from netintegrity.trust.images._spec import DetachedForm

_SIZES: Final = {256, 384, 512}
"""RSA of 2048, 3072 and 4096 bits."""


def _signature_of(content: bytes) -> Signature:
    if len(content) not in _SIZES:
        raise ValueError(f"{len(content)} bytes are no signature of Cisco's")
    return Signature(value=content)


FORM: Final = DetachedForm(
    id="cisco-release",
    title="Cisco image with .signature and certificate",
    suffix=".signature",
    signature_of=_signature_of,
    is_certified=True,
)
