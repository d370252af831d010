"""What stands beside the image of an IOS or IOS-XE box, which are asked alike."""

import re
from typing import Final

from netintegrity.platforms import _event_manager, _hosted
from netintegrity.platforms._beside import Exchanges, Table
from netintegrity.platforms._cisco_box import box_of
from netintegrity.platforms._cisco_software import INSTALLED


def _is_iosxe(exchanges: Exchanges) -> bool:
    """Say whether the box shows itself to be of the kind that can host applications."""
    version = box_of(exchanges).version
    return version is not None and version.platform_id == "cisco_iosxe"


INSTALLED_ROWS: Final = Table(
    probe_id="install", looks=re.compile(r"^[A-Z]{2,6}\s{2,}\S"), known=(INSTALLED,)
)
LISTINGS: Final = (_event_manager.REGISTERED, _hosted.iosxe(_is_iosxe))
