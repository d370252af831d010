"""Which boxes a Cisco file is for, from the family its name begins with.

The family is part of the signed bytes, the product id is what the box claims of itself. A prefix
that is too wide would accuse a healthy box of another model, so each names no more than is sure; a
family that is not here says nothing, and its box is never called masqueraded.

Source: file names of Cisco's own lists and captures, and the platform names in the release notes
of IOS XE 16 and 17 ("Software images" tables of each product family).
"""

import re
from typing import Final

_MODULAR_ASR1000: Final = frozenset({"ASR1004", "ASR1006", "ASR1009-X", "ASR1013"})
_CATALYST_3K: Final = frozenset({"WS-C3650", "WS-C3850", "C3650", "C3850"})

_FAMILIES: Final = {
    # Integrated Services Routers 4000: the digits are the model series.
    "isr4200": frozenset({"ISR42"}),
    "isr4300": frozenset({"ISR43"}),
    # ISR4461 has a file of its own, isr4400v2.
    "isr4400": frozenset({"ISR4431", "ISR4451"}),
    "isr4400v2": frozenset({"ISR4461"}),
    # Aggregation Services Routers: the fixed boxes have files of their own, the rest share by
    # route processor.
    "asr1001": frozenset({"ASR1001"}),
    "asr1001x": frozenset({"ASR1001-X"}),
    "asr1002": frozenset({"ASR1002"}),
    "asr1002x": frozenset({"ASR1002-X"}),
    "asr1000": _MODULAR_ASR1000,
    "asr1000rp1": _MODULAR_ASR1000 | {"ASR1002"},
    "asr1000rp2": _MODULAR_ASR1000,
    "asr1000rp3": _MODULAR_ASR1000,
    "asr1000rpx86": _MODULAR_ASR1000 | {"ASR1001-HX", "ASR1002-HX"},
    # Catalyst 3650 and 3850 run one file; newer PIDs dropped the WS-.
    "cat3k": _CATALYST_3K,
    "cat3k_caa": _CATALYST_3K,
    # Catalyst 9000: one file for four series, a small one for the 9200.
    "cat9k": frozenset({"C9300", "C9400", "C9500", "C9600"}),
    "cat9k_lite": frozenset({"C9200"}),
    # Branch routers 1000.
    "c1100": frozenset({"C11"}),
    # Wireless controllers, one file for each model.
    "C9800-40": frozenset({"C9800-40"}),
    "C9800-80": frozenset({"C9800-80"}),
    "C9800-L": frozenset({"C9800-L"}),
    "C9800-CL": frozenset({"C9800-CL"}),
    # Industrial Ethernet 3x00.
    "ie3x00": frozenset({"IE-3"}),
}

_PRODUCTS: Final = {
    "ISR4K": frozenset({"ISR4"}),
    "ASR1K": frozenset({"ASR1"}),
    "CAT3K": _CATALYST_3K,
}
"""Groups of the second and third generation; all that is known of a boot loader."""

# isr4300-universalk9_npe.16.03.01.SPA.bin   cat9k_lite_iosxe.17.09.04a.SPA.bin
# cat3k_caa-universalk9.16.03.03.SPA.bin     C9800-40-universalk9_wlc.17.09.04a.SPA.bin
_FAMILY: Final = re.compile(r"(C9800-[0-9A-Z]{1,3}|[A-Za-z0-9]+(?:_(?:caa|lite))?)(?=[-._]|$)")


def of_file(filename: str) -> frozenset[str] | None:
    """Return prefixes of the PIDs a file is for; None: its family is not known here."""
    match = _FAMILY.match(filename)
    return _FAMILIES.get(match.group(1)) if match else None


def of_family(family: str) -> frozenset[str] | None:
    """Return the same for a bare family name, ``asr1000rpx86``."""
    return _FAMILIES.get(family)


def of_product(product: str) -> frozenset[str] | None:
    """Return the same for a product group, ``ISR4K``."""
    return _PRODUCTS.get(product)
