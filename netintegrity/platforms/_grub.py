"""What GRUB boots next, as far as the lines of its configuration tell it without running them.

Only the usual case is resolved: the first entry, unless another one is named for once. Everything
else (a saved entry, a title, a condition of somebody's own) is told as what it is: not known.

Source: GNU GRUB manual, "Simple configuration handling" (GRUB_DEFAULT), "Environment block";
`util/grub.d/00_header.in` and `10_linux.in` of GNU GRUB.
"""

import re
from dataclasses import dataclass
from typing import Final

from netintegrity.platforms._text import Answer, Line

COMMAND: Final = 'grep -E "^[[:space:]]*(set default=|menuentry |linux|initrd)" /boot/grub/grub.cfg'
"""The lines that matter, and none that may hold a password."""
# as in: set default="0"
_DEFAULT: Final = re.compile(r'^\s{0,40}set default="?(?P<value>[^"]{0,200})"?$')
_ENTRY: Final = re.compile(r"^\s{0,40}menuentry\s")
# 	linux	/boot/vmlinuz-6.1.0-18-amd64 root=UUID=0f1e ro  quiet
_LINUX: Final = re.compile(r"^\s{0,40}linux(?:16|efi)?\s{1,8}(?P<path>\S{1,250})(?:\s.{0,2000})?$")
_INITRD: Final = re.compile(r"^\s{0,40}initrd(?:16|efi)?\s{1,8}(?P<paths>\S.{0,1000})$")
# as in: next_entry=1
_NEXT_ENTRY: Final = re.compile(r"^next_entry=(?P<value>\S.{0,200})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The entry that is booted next."""

    kernel: str
    """As the loader names it, on its own file system."""
    initrds: tuple[str, ...]
    line: Line


def next_entry(configuration: Answer, environment: Answer | None) -> Entry | str:
    """Return the entry of the next boot, or why it is not known.

    Args:
        configuration: the answer to :data:`COMMAND`.
        environment: the environment block; None, or one that is not there: nothing is stored.
    """
    if (why := configuration.why_unread) is not None:
        return why
    for line in environment.lines if environment is not None else ():
        if (m := _NEXT_ENTRY.match(line.text)) is not None:
            return f"another entry is booted once: {m['value'][:80]}"
    # The header first asks for an entry that is booted once; that there is none was seen above.
    named = [m["value"] for _, m in configuration.search(_DEFAULT)]
    other = [v for v in named if v not in {"0", "${next_entry}"}]
    if other or "0" not in named:
        return f"the loader takes {other[0][:80]!a}" if other else "the loader has no default"
    return _first(configuration) or "the first entry names no kernel"


def _first(configuration: Answer) -> Entry | None:
    inside = False
    kernel: tuple[str, Line] | None = None
    for line in configuration.lines:
        if _ENTRY.match(line.text) is not None:
            if inside:
                break
            inside = True
        elif inside and kernel is None and (m := _LINUX.match(line.text)) is not None:
            kernel = m["path"], line
        elif kernel is not None and (m := _INITRD.match(line.text)) is not None:
            return Entry(kernel=kernel[0], initrds=tuple(m["paths"].split()), line=kernel[1])
    return None if kernel is None else Entry(kernel=kernel[0], initrds=(), line=kernel[1])
