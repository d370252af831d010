"""What a capture tells, in the words a person would check it by."""

from netintegrity.model.claims import DeviceClaims, ImageRole

Told = dict[str, object]


def told_by(claims: DeviceClaims) -> Told:
    """Return every fact that was read, and nothing where none was."""
    release = claims.running_release
    boots = [b for b in claims.boots if b.entries or b.loader_release or b.config_register]
    images = [i for i in claims.images if i.role is not ImageRole.STORED]
    found: Told = {
        "platform": claims.platform_id,
        "release": release.text if release else None,
        "train": release.train if release else None,
        "serials": [f"{i.subject}: {i.serial}" for i in claims.identities if i.serial],
        "pids": sorted({i.pid for i in claims.identities if i.pid}),
        "running": [i.path for i in images if i.role is ImageRole.RUNNING],
        "boot-next": [i.path for i in images if i.role is ImageRole.BOOT_NEXT],
        "entries": [e for b in boots for e in b.entries],
        "registers": sorted({f"{b.config_register:#x}" for b in boots if b.config_register}),
        "loaders": sorted({b.loader_release for b in boots if b.loader_release}),
        "stored": len(claims.images) - len(images),
        "digests": sorted({str(d) for i in claims.images for d in i.digests}),
        "packages": len(claims.packages),
        "signing": [s.signing_type or str(s.accepted) for s in claims.signatures],
        "added": [f"{a.kind} {a.name}" for a in claims.added],
        "gaps": [g.probe_id for g in claims.gaps],
    }
    return {name: value for name, value in found.items() if value}
