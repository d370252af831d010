"""The installed images of a simulated box that is Linux below: a folder for each."""

import hashlib
from collections.abc import Mapping

from netintegrity.lab.device import LabDevice
from netintegrity.lab.images import Image


def name_of(path: str) -> str:
    """Return the name an image is installed by: what follows the file system."""
    return path.partition(":")[2].lstrip("/")


def installed(device: LabDevice) -> Mapping[str, Image]:
    """Return the images on disk, by the name of their folder."""
    return {name_of(path): image for path, image in device.active.flash.items()}


def booted(device: LabDevice) -> tuple[str, str]:
    """Return the names of the image that runs and of the one that the next boot takes."""
    running = device.active.running
    return name_of(running), name_of(next(iter(device.boot_of(device.active)), running))


def starters(image: Image) -> Mapping[str, str]:
    """Return the package of each kernel and initrd, by its name in the image's folder."""
    return {p.removeprefix(f"{image.release}."): p for p in image.packages}


def sha256sum(device: LabDevice, path: str, content: bytes | None) -> str:
    """Return what the command says of a file; None: there is none."""
    if content is None:
        return f"sha256sum: {path}: No such file or directory\n"
    named = device.behaviour.hash_names or path
    return f"{hashlib.sha256(content).hexdigest()}  {named}\n"


def content_of(device: LabDevice, folder: str, file: str, *, root: str) -> bytes | None:
    """Return what the hash command works on, which may not be what is there.

    Args:
        device: whose disk it is.
        folder: name of the installed image.
        file: in that folder.
        root: the one that holds the whole system; every other is a package of the image.
    """
    if folder not in installed(device):
        return None
    image = device.behaviour.hash_says or installed(device)[folder]
    if file == root:
        return image.content
    package = starters(image).get(file)
    return None if package is None else image.package(package)
