"""Where a boot source lies: on the box, or on a server."""

_SCHEMES = frozenset(
    {"tftp", "ftp", "http", "https", "rcp", "scp", "sftp", "nfs", "bootp", "dhcp", "pxe"}
)


def network_host(path: str) -> str | None:
    """Return the server a boot source names; "" if it names none, None if the source is local."""
    scheme, colon, rest = path.partition(":")
    if not colon or scheme.lower() not in _SCHEMES:
        return None
    return rest.lstrip("/").partition("/")[0].rpartition("@")[2].lower()
