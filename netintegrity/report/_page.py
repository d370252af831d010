"""Pages that need nothing else: no script, no network, no other file; hostile text is inert."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Final

TEMPLATES: Final = "templates"


def render_page(
    template: str,
    values: Mapping[str, object],
    filters: Mapping[str, Callable[..., object]] | None = None,
) -> str:
    """Return a page made of one of the package's templates.

    Args:
        template: its file name.
        values: what it shows, as plain values; text is escaped where it is put in.
        filters: beside ``moment``, which writes a time of a document as people do.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only where a page is asked for

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    environment.filters["moment"] = moment
    environment.filters.update(filters or {})
    folder = files("netintegrity.report").joinpath(TEMPLATES)
    source = folder.joinpath(template).read_text("utf-8")
    style = folder.joinpath("page.css").read_text("utf-8")
    return environment.from_string(source).render({**values, "style": style})


def moment(text: str) -> str:
    """Return a time of a document as people write it, to the second."""
    return f"{text[:10]} {text[11:19]} UTC"
