"""What others wrote, made safe to show."""

import unicodedata

_KEPT = {"\n", "\t"}


def clean(text: str) -> str:
    r"""Return ``text`` with everything a terminal would act on made visible as ``\xNN``.

    Control characters (C0 but newline and tab, DEL, C1), bidirectional overrides, zero-width and
    other format characters, lone surrogates: categories Cc, Cf, Cs, Co, Cn, Zl and Zp of Unicode.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in _KEPT or _is_plain(c) else _visible(c) for c in text)


def one_line(text: str) -> str:
    """Return ``text`` cleaned and on one line: other programs read a line as a whole."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _visible(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
