"""Readers of Cisco commands that are never sent, for outputs somebody saved."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    ImageClaim,
    ImageKind,
    ImageRole,
    PackageClaim,
    SignatureClaim,
)
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._cisco_box import CHASSIS
from netintegrity.platforms._cisco_software import FAILURE, read_signatures
from netintegrity.platforms._cisco_version import read_loader
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._releases import iosxe_in_name, parse_iosxe
from netintegrity.platforms._stored import read_listing
from netintegrity.platforms._text import Answer

# Package: rpbase, version: 17.09.04a, status: active
_PACKAGE: Final = re.compile(
    r"^Package: (?P<name>[^,]{1,80}), version: (?P<version>[^,]{1,120}), status: (?P<state>\S+)$"
)
#   File: consolidated:cat9k-rpbase.17.09.04a.SPA.pkg, on: RP0
_FILE: Final = re.compile(r"^\s{1,10}File: (?P<path>[^,\s]{1,300}), on: (?P<on>\S{1,20})$")
#   File SHA1 checksum: 3b13fcc9e6b40c01af09f03daea0f87e8fa30ccf
_SHA1: Final = re.compile(r"^\s{1,10}File SHA1 checksum: (?P<hex>[0-9a-fA-F]{40})$")
# Digital signature successfully verified in file bootflash:x.pkg
_VERIFIED: Final = re.compile(r"^Digital signature successfully verified in file (?P<path>\S+)$")
# CCO Hash        MD5 : BDA8EEF0652B129E84AD138E98549937     (of the whole file)
_CCO: Final = re.compile(r"^CCO Hash\s{1,20}MD5 ?: ?(?P<hex>[0-9A-Fa-f]{32})$")
# Name: cat9k_iosxe.17.06.03.CSCwa85257.SPA.smu.bin      Version: 17.06.03.0.3629.…
_KEY: Final = re.compile(r"^(?P<key>Name|Version|Package State): ?(?P<value>.{0,200})$")
# `Location: R0`
_LOCATION: Final = re.compile(r"^Location: (?P<where>\S{1,20})$")
#         Package Name: /flash1/user/cat9k-rpbase.17.03.04.SPA.pkg
_ROW_NAME: Final = re.compile(r"^\s{1,20}Package Name: (?P<name>\S{1,300})$")
#         Package State: Not Installed
_ROW_STATE: Final = re.compile(r"^\s{1,20}Package State: (?P<state>\S.{0,60})$")
# Public Key #1 Information
_PUBLIC_KEY: Final = re.compile(r"^\s{0,10}(?P<title>Public Key #\d{1,3}) Information")
# Key Type             : Production  (Primary)
_KEY_TYPE: Final = re.compile(r"^\s{0,10}Key Type\s{0,30}: ?(?P<type>[A-Za-z]{3,20})")


def read_running_packages(answer: Answer) -> DeviceClaims:
    """``show version running``: the packages in use, with their SHA-1 where it is printed."""
    return DeviceClaims(images=tuple(dict.fromkeys(_running(answer))))


def read_own_verification(answer: Answer) -> DeviceClaims:
    """``verify FILE``: whether the box accepts the signature in a file.

    The blocks ``Computed Hash`` are of the signed part only and are no digest of the file; that of
    ``CCO Hash`` is.
    """
    path = normalised(answer.exchange.command.rpartition(" ")[2])
    good = [m for _, m in answer.search(_VERIFIED) if normalised(m["path"]) == path]
    bad = any(FAILURE.search(line.text) for line in answer.lines)
    whole = next(answer.search(_CCO), None)
    claim = SignatureClaim(
        subject=CHASSIS,
        path=path,
        role=ImageRole.STORED,
        source=answer.source(),
        assurance=answer.assurance,
        accepted=False if bad else (True if good else None),
    )
    return DeviceClaims(
        signatures=(claim,) if good or bad else (),
        images=(_whole_file(answer, path, whole[1]["hex"]),) if whole else (),
    )


def read_authenticity_of_file(answer: Answer) -> DeviceClaims:
    """``show software authenticity file FILE``; NX-OS does not say ``File Name``."""
    asked = answer.exchange.command.rpartition(" ")[2]

    def path_of(title: str) -> str:
        return normalised(title if re.match(r"[\w-]{1,20}:\S", title) else asked)

    found = read_signatures(answer, CHASSIS, ImageRole.STORED, path_of, untitled=True)
    return DeviceClaims(signatures=tuple(found))


def read_keys(answer: Answer) -> DeviceClaims:
    """``show software authenticity keys``: which kinds of signing the box would accept."""
    return DeviceClaims(signatures=tuple(_keys(answer)))


def read_rom_monitor(answer: Answer) -> DeviceClaims:
    """``show rom-monitor``."""
    loader = read_loader(answer)
    if loader is None:
        return DeviceClaims()
    claim = BootClaim(subject=CHASSIS, source=answer.source(), loader_release=loader)
    return DeviceClaims(boots=(claim,))


def read_package(answer: Answer) -> DeviceClaims:
    """``show install package FILE``."""
    said: dict[str, str] = {}
    for _, m in answer.search(_KEY):
        said.setdefault(m["key"], m["value"].strip())
    if not said.get("Name"):
        return DeviceClaims()
    claim = PackageClaim(
        subject=CHASSIS,
        name=said["Name"],
        version=said.get("Version", ""),
        state=said.get("Package State", ""),
        source=answer.source(),
    )
    return DeviceClaims(packages=(claim,))


def read_install_versions(answer: Answer) -> DeviceClaims:
    """``show install version``: every package known, for each route processor."""
    return DeviceClaims(packages=tuple(_versions(answer)))


def read_files(answer: Answer) -> DeviceClaims:
    """``dir``."""
    return DeviceClaims(images=tuple(read_listing(answer, iosxe_in_name)))


def _running(answer: Answer) -> Iterator[ImageClaim]:
    version, path = "", ""
    for line in answer.lines:
        if (m := _PACKAGE.match(line.text)) is not None:
            version = m["version"]
        elif (m := _FILE.match(line.text)) is not None:
            path = m["path"]
        elif path and line.text.strip().startswith("File SHA1 checksum:"):
            sha1 = _SHA1.match(line.text)
            is_list = path.endswith(".conf")
            yield ImageClaim(
                subject=CHASSIS,
                path=path,
                role=ImageRole.RUNNING,
                kind=ImageKind.PACKAGE_LIST if is_list else ImageKind.PACKAGE,
                source=answer.source(),
                assurance=answer.assurance,
                digests=_digest(DigestAlgorithm.SHA1, sha1["hex"]) if sha1 else frozenset(),
                release=parse_iosxe(version),
            )
            path = ""


def _digest(algorithm: DigestAlgorithm, text: str) -> frozenset[Digest]:
    return frozenset({Digest(algorithm, bytes.fromhex(text))})


def _whole_file(answer: Answer, path: str, md5: str) -> ImageClaim:
    return ImageClaim(
        subject=CHASSIS,
        path=path,
        role=ImageRole.STORED,
        source=answer.source(),
        assurance=answer.assurance,
        digests=_digest(DigestAlgorithm.MD5, md5),
        release=iosxe_in_name(path),
    )


def _keys(answer: Answer) -> Iterator[SignatureClaim]:
    title = ""
    for line in answer.lines:
        if (m := _PUBLIC_KEY.match(line.text)) is not None:
            title = m["title"]
        elif title and (m := _KEY_TYPE.match(line.text)) is not None:
            yield SignatureClaim(
                subject=CHASSIS,
                path=title,
                role=ImageRole.STORED,
                source=answer.source(line),
                assurance=answer.assurance,
                accepted=None,
                signing_type=m["type"].lower(),
            )


def _versions(answer: Answer) -> Iterator[PackageClaim]:
    subject, name = CHASSIS, ""
    for line in answer.lines:
        if (m := _LOCATION.match(line.text)) is not None:
            subject = Subject(SubjectKind.SUPERVISOR, m["where"])
        elif (m := _ROW_NAME.match(line.text)) is not None:
            name = m["name"]
        elif name and (m := _ROW_STATE.match(line.text)) is not None:
            named = iosxe_in_name(name)
            yield PackageClaim(
                subject=subject,
                name=name,
                version=named.text if named else "",
                state=m["state"],
                source=answer.source(line),
            )
            name = ""
