"""A platform as people name it."""

from difflib import get_close_matches

from netintegrity.errors import UnknownPlatformError
from netintegrity.platforms._spec import Platform


def platform_named(name: str) -> Platform:
    """Return the platform of this id, or of an alias that other tools have for it.

    Raises:
        UnknownPlatformError: there is none; names those that are spelt alike.
    """
    from netintegrity import platforms
    from netintegrity.registry import discover

    known = {p.id: p for p in discover(platforms, Platform).values()}
    names = {alias: p for p in known.values() for alias in p.aliases} | known
    wanted = name.strip().lower()
    if wanted in names:
        return names[wanted]
    near = dict.fromkeys(names[n].id for n in get_close_matches(wanted, names, n=3, cutoff=0.5))
    expected = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
    raise UnknownPlatformError(f"no platform is called {name!r}; {expected}")
