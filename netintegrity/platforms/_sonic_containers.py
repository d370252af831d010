"""The images of SONiC's containers, as its ``show version`` lists them."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import AddedClaim, PackageClaim, SoftwareKind
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
# docker-syncd-brcm          HEAD.32-21ea29a     434240daff6e        362MB
_CONTAINER: Final = re.compile(
    r"^(?P<name>[a-z0-9][\w./-]{0,120})\s{1,40}(?P<tag>[\w.-]{1,120})\s{1,40}(?P<id>[0-9a-f]{12,64})"
    r"\s{1,40}[\d.]{1,8}[kMG]?B$",
    re.ASCII,
)


def image_packages(version: Answer) -> Iterator[PackageClaim]:
    """Yield them as what the release consists of."""
    for line, m in version.search(_CONTAINER):
        yield PackageClaim(
            subject=_CHASSIS,
            name=m["name"],
            version=m["tag"],
            state=f"image {m['id']}",
            is_of_image=True,
            source=version.source(line),
        )


def container_images(version: Answer) -> Iterator[AddedClaim]:
    """Yield them as what can be started, whoever put it there."""
    for line, m in version.search(_CONTAINER):
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.CONTAINER,
            name=m["name"],
            form="container image",
            state=m["tag"],
            image_id=m["id"],
            source=version.source(line),
        )
