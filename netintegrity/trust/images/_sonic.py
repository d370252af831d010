"""What SONiC unpacks onto a switch: the system, and the kernels and first roots that start it.

Both ways in which SONiC is shipped hold one ZIP of them, unpacked into ``/host/image-VERSION``.

Source: sonic-net/sonic-buildimage, build_debian.sh (members of ``INSTALLER_PAYLOAD``),
installer/install.sh (``unzip -o $INSTALLER_PAYLOAD … -d $demo_mnt/$image_dir``).
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from netintegrity.model.reference import ReferenceKind
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.images._spec import MAX_PART_BYTES, Part
from netintegrity.trust.images._zip import Member, chunks_of

ROOT: Final = "fs.squashfs"
# vmlinuz-6.1.0-29-2-amd64    initrd.img-6.1.0-29-2-amd64
_STARTER: Final = re.compile(r"boot/((?:vmlinuz|initrd\.img)-[A-Za-z0-9][A-Za-z0-9_.+-]{0,79})")
VERSION: Final = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,119}"
"""Of an image; a folder on the switch is called so."""


def parts_in(members: Mapping[str, Member], read_at: ReadAt, version: str) -> Iterator[Part]:
    """Yield the files of which a switch can say the digest.

    Args:
        members: of the ZIP, by name.
        read_at: reads the ZIP.
        version: of the image.

    Raises:
        ValueError: there is no system among them, or nothing that starts it.
    """
    starters = {m.group(1): name for name in members if (m := _STARTER.fullmatch(name))}
    if ROOT not in members or {s.partition("-")[0] for s in starters} != {"vmlinuz", "initrd.img"}:
        raise ValueError(f"holds no {ROOT} with a kernel and an initrd")
    named = {ROOT: ReferenceKind.IMAGE} | dict.fromkeys(sorted(starters), ReferenceKind.PACKAGE)
    for name, kind in named.items():
        member = members[starters.get(name, name)]
        if member.is_link:
            raise ValueError(f"{member.name}: a link")
        yield Part(
            name=f"{version}.{name}",
            kind=kind,
            size_bytes=member.plain_bytes,
            chunks=partial(chunks_of, member, read_at, max_bytes=MAX_PART_BYTES),
        )
