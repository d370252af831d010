"""What stands beside the image of an IOS or IOS-XE box, which are asked alike."""

from typing import Final

from netintegrity.platforms import _event_manager, _hosted
from netintegrity.platforms._beside import Exchanges
from netintegrity.platforms._cisco_box import box_of


def _is_iosxe(exchanges: Exchanges) -> bool:
    """Say whether the box shows itself to be of the kind that can host applications."""
    version = box_of(exchanges).version
    return version is not None and version.platform_id == "cisco_iosxe"


LISTINGS: Final = (_event_manager.REGISTERED, _hosted.iosxe(_is_iosxe))
