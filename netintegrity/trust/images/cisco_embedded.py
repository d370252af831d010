"""Cisco images that are signed inside: IOS, IOS-XE and ROMMON (``.SPA.bin``, ``.SSA.bin``), NX-OS.

The name says by which kind of key: ``S`` signed, ``P`` production or ``S`` special, and the version
of the key. Where the signature lies and what it covers is published nowhere, and the key stands in
the box's own boot loader; so nothing of it is read here, and nothing is derived of the packages
that install mode unpacks. Cisco publishes the digests of such images instead, in a signed list.

Source: Cisco IOS XE Software Integrity Assurance; Cisco forensic guides ("only MD5 and SHA-512 are
published").
"""

import re
from typing import Final

from netintegrity.trust.images._spec import Recognised

# isr4300-universalk9.17.09.04a.SPA.bin    c800-universalk9-mz.SPA.159-3.M12.bin
# cat9k-rpbase.17.09.04a.SPA.pkg    nxos64-cs.10.3.2.F.bin
_NAMED: Final = re.compile(
    r"[A-Za-z0-9][\w.+-]{0,120}\.S[PS][A-Z]\.(?:[\w.+-]{1,80}\.)?(?:bin|pkg)"
    r"|nxos[\w.-]{1,80}\.bin",
    re.ASCII,
)


def _is_named(filename: str) -> bool:
    return _NAMED.fullmatch(filename) is not None


KIND: Final = Recognised(
    id="cisco-embedded",
    title="Cisco image with a signature inside",
    is_named=_is_named,
    note="Cisco signed it inside, in a form that only the box can check: look its digest up in "
    "Cisco's signed lists, with --manifests",
)
