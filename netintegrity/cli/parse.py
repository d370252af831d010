"""``netintegrity parse``: what is read in a saved output, without a device."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli._output import emit, emit_json
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus
from netintegrity.plain_text import clean

if TYPE_CHECKING:
    from netintegrity.model.claims import AddedClaim, BootClaim, DeviceClaims, ImageClaim
    from netintegrity.model.release import Release
    from netintegrity.model.subject import Subject
    from netintegrity.platforms._spec import Platform

_MAX_BYTES: Final = 16 * 1024 * 1024


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("platform", metavar="PLATFORM", help="a platform id, cisco_iosxe")
    parser.add_argument("command", metavar="COMMAND", help="the command whose answer FILE holds")
    parser.add_argument("file", metavar="FILE", help="the saved output")
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli._platforms import platform_named

    platform = platform_named(arguments.platform)
    claims = _claims(platform, arguments.command, _text(Path(arguments.file)))
    document = _document(platform, arguments.command, claims)
    if arguments.format == "json":
        emit_json(document)
    else:
        emit(_plain(claims))
    return ExitStatus.VERIFIED if _says_something(claims) else ExitStatus.UNVERIFIED


def _text(path: Path) -> str:
    """Return the file as collection would store it."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            hint="name a file that holds the output of one command",
        ) from error
    if len(raw) > _MAX_BYTES:
        raise ConfigError(f"is larger than {_MAX_BYTES} bytes", where=str(path))
    return raw.decode("utf-8", errors="backslashreplace").replace("\r\n", "\n")


def _claims(platform: "Platform", command: str, text: str) -> "DeviceClaims":
    from dataclasses import replace

    from netintegrity.model.claims import DeviceClaims, Gap
    from netintegrity.model.evidence import Exchange
    from netintegrity.platforms._readers import claims_of_saved

    exchange = Exchange(
        probe_id=command,
        command=command,
        output=text,
        # When it was asked is not known, and nothing that is read depends on it.
        started_at=datetime(1970, 1, 1, tzinfo=UTC),
        elapsed_s=0.0,
        complete=True,
    )
    claims = claims_of_saved(platform, exchange)
    if claims is None:
        reason = f"no reader for this command of {platform.title}"
        return DeviceClaims(gaps=(Gap(probe_id=command, reason=reason),))
    if not _says_something(claims) and not claims.gaps:
        reason = "nothing in this text is anything this version reads"
        return replace(claims, gaps=(Gap(probe_id=command, reason=reason),))
    return claims


def _says_something(claims: "DeviceClaims") -> bool:
    return bool(
        claims.running_release
        or claims.other_releases
        or any(i.serial or i.pid for i in claims.identities)
        or claims.images
        or claims.packages
        or claims.added
        or any(b.entries or b.config_register is not None or b.loader_release for b in claims.boots)
        or claims.platform_id
        or claims.signatures
    )


def _document(platform: "Platform", command: str, claims: "DeviceClaims") -> dict[str, object]:
    return {
        "schema": "netintegrity/parse/1",
        "platform": claims.platform_id or platform.id,
        "command": command,
        "claims": {
            "running_release": _release(claims.running_release),
            "other_releases": dict(claims.other_releases),
            "subjects": [
                {**_subject(i.subject), "serial": i.serial, "pid": i.pid} for i in claims.identities
            ],
            "images": [_image(i) for i in claims.images],
            "packages": [
                {
                    "name": p.name,
                    "version": p.version,
                    "state": p.state,
                    "subject": _subject(p.subject),
                }
                for p in claims.packages
            ],
            "added": [_added(a) for a in claims.added],
            "boot": _boot(claims),
            "signatures": [
                {
                    "path": s.path,
                    "role": s.role.value,
                    "accepted": s.accepted,
                    "signing_type": s.signing_type,
                    "certificate_serial": s.certificate_serial,
                    "subject": _subject(s.subject),
                }
                for s in claims.signatures
            ],
        },
        "gaps": [{"probe": g.probe_id, "reason": g.reason} for g in claims.gaps],
    }


def _release(release: "Release | None") -> str | None:
    return release.text if release else None


def _subject(subject: "Subject") -> dict[str, str]:
    return {"kind": subject.kind.value, "id": subject.id}


def _image(image: "ImageClaim") -> dict[str, object]:
    return {
        "path": image.path,
        "role": image.role.value,
        "kind": image.kind.value,
        "digests": {d.algorithm.value: d.value.hex() for d in sorted(image.digests, key=str)},
        "size_bytes": image.size_bytes,
        "release": _release(image.release),
        "members": list(image.members),
        "subject": _subject(image.subject),
    }


def _added(added: "AddedClaim") -> dict[str, object]:
    return {
        "kind": added.kind.value,
        "form": added.form,
        "name": added.name,
        "state": added.state,
        "trigger": added.trigger,
        "digests": {d.algorithm.value: d.value.hex() for d in sorted(added.digests, key=str)},
        "image_id": added.image_id,
        "subject": _subject(added.subject),
    }


def _boot(claims: "DeviceClaims") -> dict[str, object]:
    """Return what the first part says, and under ``parts`` what each of them says."""
    if not claims.boots:
        return {}
    parts = [{"subject": _subject(b.subject), **_boot_of(b)} for b in claims.boots]
    return {**_boot_of(claims.boots[0]), "parts": parts}


def _boot_of(boot: "BootClaim") -> dict[str, object]:
    return {
        "entries": list(boot.entries),
        "config_register": _hex(boot.config_register),
        "config_register_next": _hex(boot.config_register_next),
        "manual_boot": boot.manual_boot,
        "allows_development_keys": boot.allows_development_keys,
        "loader_release": boot.loader_release,
    }


def _hex(value: int | None) -> str | None:
    return None if value is None else f"{value:#x}"


def _plain(claims: "DeviceClaims") -> str:
    lines = [f"platform         {claims.platform_id or 'the text does not show it'}"]
    if claims.running_release is not None:
        lines.append(f"running release  {claims.running_release.text}")
    lines += [f"also             {name} {text}" for name, text in claims.other_releases]
    for i in claims.identities:
        lines.append(f"{i.subject}: serial {i.serial or '?'}, product {i.pid or '?'}")
    for image in claims.images:
        release = f", {image.release.text}" if image.release else ""
        lines.append(f"{image.subject}: {image.role} {image.kind} {image.path}{release}")
        lines += [f"    {d}" for d in sorted(map(str, image.digests))]
        lines += [f"    {member}" for member in image.members]
    for boot in claims.boots:
        stated = {**_boot_of(boot), "entries": " ".join(boot.entries)}
        text = ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in stated.items() if v)
        lines.append(f"{boot.subject}: {text}")
    for p in claims.packages:
        lines.append(f"{p.subject}: package {p.name} {p.version} state {p.state}")
    for a in claims.added:
        said = (a.state, a.trigger, a.image_id, *sorted(map(str, a.digests)))
        lines.append(f"{a.subject}: {a.form} {a.name}" + "".join(f", {w}" for w in said if w))
    for s in claims.signatures:
        word = {True: "accepted", False: "REFUSED", None: "neither accepted nor refused"}
        kind = s.signing_type or "of unknown type"
        lines.append(f"{s.subject}: signature of {s.path}: {word[s.accepted]}, {kind}")
    lines += [f"not read: {g.reason}" for g in claims.gaps]
    return clean("\n".join(lines))


COMMAND: Final = Command(
    id="parse",
    summary="show what is read in a saved output of a device",
    configure=_configure,
    run=_run,
)
