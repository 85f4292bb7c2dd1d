"""What the HTML pages share: one look, and pictures that lie in the page itself, so that nothing is fetched."""

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image


def render_page(room: str, **shown: Any) -> str:
    """Return the page that the template `report.html` of a room makes of what is shown.

    Parameters
    ----------
    room : str
        The package whose folder `templates` holds it; it may include `page.css`, the look of all pages.
    **shown
        What the template names; functions among them may be called.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader

    loader = ChoiceLoader([PackageLoader(room), PackageLoader(__name__)])
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html").render(**shown)


def jpeg_uri(pixels: npt.NDArray[np.uint8], quality: int, **options: Any) -> str:
    """Return a picture as a data URI; the options are those of Pillow.

    >>> jpeg_uri(np.zeros((8, 8, 3), np.uint8), 80)[:30]
    'data:image/jpeg;base64,/9j/4AA'
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, **options)
    return data_uri(file.getvalue(), "jpeg")


def data_uri(data: bytes, kind: str) -> str:
    """Return an encoded picture as a data URI.

    >>> data_uri(b"...", "png")
    'data:image/png;base64,Li4u'
    """
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
