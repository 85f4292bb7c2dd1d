"""The page itself: exhibits into HTML, with nothing that would have to be fetched."""

from collections.abc import Sequence
from importlib import resources
from itertools import groupby

import jinja2
import markupsafe

from augkit import __version__
from augkit.gallery.exhibits import Exhibit
from augkit.gallery.shots import DRAWS


def render(exhibits: Sequence[Exhibit], credit: str) -> str:
    """Return the page, family by family; the credit is for the photos."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["marked"], environment.filters["breakable"] = _marked, _breakable
    template = environment.from_string((resources.files(__package__) / "page.html.j2").read_text("utf-8"))
    families = [(title, list(group)) for title, group in groupby(exhibits, key=lambda exhibit: exhibit.family)]
    return template.render(families=families, count=len(exhibits), draws=DRAWS, credit=credit, version=__version__)


def _marked(text: str) -> markupsafe.Markup:
    """Return a docstring's text with `names` marked as code."""
    parts = (markupsafe.escape(part) for part in text.split("`"))
    return markupsafe.Markup("").join(
        markupsafe.Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in enumerate(parts)
    )


def _breakable(text: str) -> markupsafe.Markup:
    """Return what was drawn, with leave to break the line after a name."""
    return markupsafe.escape(text).replace("(", markupsafe.Markup("(<wbr>"))
