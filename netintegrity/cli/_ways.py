"""The jump hosts on the way to what a command asks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netintegrity.collect.credentials import CredentialProvider
    from netintegrity.collect.ways import Ways
    from netintegrity.inventory.site import Site


def ways_of(site: "Site", provider: "CredentialProvider") -> "Ways":
    """Return the ways a site states, walked with the operator's own credentials."""
    from netintegrity.collect.ways import Ways

    return Ways(
        hosts=site.jump_hosts, credentials=provider.for_jump_host, person=provider.at_terminal
    )
