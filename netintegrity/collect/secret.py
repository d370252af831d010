"""A value that does not print itself."""

import hmac
from typing import Final, NoReturn, SupportsIndex, final

SHORTEST_CUT: Final = 8
"""Characters; a shorter secret may be part of an ordinary word, so no text is edited for it."""


@final
class Secret:
    """A password, readable through :meth:`reveal` alone, so that ``grep`` finds every use."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        """Keep ``value``.

        Raises:
            ValueError: it is empty, or holds a line end, which would split a line on the wire.
        """
        if not value or any(c in value for c in "\r\n\0"):
            raise ValueError("a secret is one line of at least one character")
        self.__value = value

    def reveal(self) -> str:
        """Return the value itself: for the wire, and for looking it up in an answer."""
        return self.__value

    def __repr__(self) -> str:
        return "<secret>"

    def __str__(self) -> str:
        return "<secret>"

    def __format__(self, spec: str, /) -> str:
        return format("<secret>", spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__value.encode(), other.reveal().encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        raise TypeError("a secret is not written down")

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a secret is not copied")
