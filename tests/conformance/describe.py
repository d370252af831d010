"""Claims as plain data, to be compared with what a case expects."""

from netintegrity.model.claims import AddedClaim, DeviceClaims
from netintegrity.model.release import Release


def described(claims: DeviceClaims) -> dict[str, object]:
    """Return everything the claims say, in the words a person would check."""
    return {
        "platform": claims.platform_id,
        "running_release": _release(claims.running_release),
        "other_releases": dict(claims.other_releases),
        "identities": [[str(i.subject), i.serial, i.pid] for i in claims.identities],
        "images": [
            {
                "subject": str(i.subject),
                "role": i.role.value,
                "kind": i.kind.value,
                "path": i.path,
                "release": _release(i.release),
                "digests": sorted(map(str, i.digests)),
                "members": list(i.members),
                "assurance": i.assurance.level.word,
                "source": f"{i.source.probe_id}:{i.source.line}",
            }
            for i in claims.images
        ],
        "boots": [
            {
                "subject": str(b.subject),
                "entries": list(b.entries),
                "config_register": b.config_register,
                "config_register_next": b.config_register_next,
                "manual_boot": b.manual_boot,
                "allows_development_keys": b.allows_development_keys,
                "loader_release": b.loader_release,
                "source": f"{b.source.probe_id}:{b.source.line}",
            }
            for b in claims.boots
        ],
        "signatures": [
            [str(s.subject), s.path, s.accepted, s.signing_type, s.certificate_serial]
            for s in claims.signatures
        ],
        "packages": [[str(p.subject), p.name, p.version, p.state] for p in claims.packages],
        # Only where there is any: most cases are of nothing but the image.
        **({"added": [_added(a) for a in claims.added]} if claims.added else {}),
        "gaps": [[g.probe_id, g.reason] for g in claims.gaps],
    }


def _added(added: AddedClaim) -> list[str]:
    said = (added.form, added.name, added.state, added.trigger, added.image_id)
    return [str(added.subject), added.kind.value, *said, *sorted(map(str, added.digests))]


def _release(release: Release | None) -> str | None:
    return f"{release.text} ({release.train})" if release else None
