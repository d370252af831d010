"""What a line looks like once a terminal has drawn it. Pure.

Some devices redraw the line while a command is typed (Junos, SR OS, RouterOS, any readline), so
that the bytes of an echo are not the command though a person reads it so.

Source: ECMA-48, 5th edition: CUF 8.3.20, CUB 8.3.18, CHA 8.3.9, EL 8.3.41; BS, CR of ISO 646.
"""

import re
from typing import Final

_WIDEST: Final = 4096
"""Columns; no terminal line is wider, and a device cannot make us build one."""
# ESC [ 2 K, ESC [ ? 2 0 0 4 h, ESC [ 0 m, ESC =, ESC ( B, BEL, or a run of plain bytes.
_TOKEN: Final = re.compile(
    rb"\x1b\[([0-?]{0,16})[ -/]{0,4}([@-~])|\x1b[=>78c]|\x1b[()][0-2AB]|[^\x1b\x08\r\x07\x00]+|.",
    re.DOTALL,
)
_DRAWS: Final = re.compile(rb"[\x1b\x08\r\x07\x00]")


def rendered(line: bytes) -> bytes:
    """Return ``line`` as drawn: overwritten, erased and moved over as its sequences say."""
    # At the end a carriage return draws nothing, and nearly every line has one there.
    line = line.rstrip(b"\r")
    if _DRAWS.search(line) is None:
        return line
    cells = bytearray()
    column = 0
    for token in _TOKEN.finditer(line[: 4 * _WIDEST]):
        text = token.group()
        if token.group(2) is not None:
            column = _moved(cells, column, token.group(1), token.group(2))
        elif text == b"\r":
            column = 0
        elif text == b"\x08":
            column = max(column - 1, 0)
        elif text[0] >= 0x20 or text[0] == 0x09:
            column = _drawn(cells, column, text)
    return bytes(cells)


def _drawn(cells: bytearray, column: int, text: bytes) -> int:
    text = text[: max(_WIDEST - column, 0)]
    if column > len(cells):
        cells += b" " * (column - len(cells))
    cells[column : column + len(text)] = text
    return column + len(text)


def _moved(cells: bytearray, column: int, numbers: bytes, final: bytes) -> int:
    count = int(numbers) if numbers.isdigit() else None
    match final:
        case b"C":
            return min(column + (count or 1), _WIDEST)
        case b"D":
            return max(column - (count or 1), 0)
        case b"G":
            return min(max((count or 1) - 1, 0), _WIDEST)
        case b"K" if not count:
            del cells[column:]
        case b"K":
            if count == 2:
                cells.clear()
            else:
                # Erased to the left: what stays has to stay in its column.
                end = min(column + 1, len(cells))
                cells[:end] = b" " * end
        case _:
            pass
    return column
