"""The page: the assessment as one HTML file that needs nothing else, with the worst cases as pictures in it."""

from typing import Any, NamedTuple

import numpy as np

from augkit.assessment.result import Assessment
from augkit.assessment.verdict import DROP, KEEP, UNSURE, WARN, Case, ClassFinding, Verdict
from augkit.kernels import Array
from augkit.kernels.view import to_view
from augkit.pages import jpeg_uri, render_page

_SIDE = 96
_QUALITY = 90
_WORST = 12  # classes shown of each transform, the most harmed first
_LEVELS = {DROP: "error", WARN: "warning", UNSURE: "info", KEEP: "good"}


class Shown(NamedTuple):
    """A case as it is shown: the original, its augmented copy and the neighbour, as data URIs."""

    case: Case
    uris: tuple[str, ...]


class Section(NamedTuple):
    """A transform as it is shown."""

    found: Verdict
    level: str
    options: str
    cases: list[Shown]
    classes: list[tuple[str, ClassFinding]]
    more: int


def render(assessment: Assessment) -> str:
    """Return the page."""
    order = list(_LEVELS)
    sections = sorted(map(_section, assessment.verdicts), key=lambda section: order.index(section.found.verdict))
    return render_page(
        "augkit.assessment",
        assessment=assessment,
        sections=sections,
        counts={word: (level, len(assessment.named(word))) for word, level in _LEVELS.items()},
        largest=max(assessment.classes.values(), default=1),
    )


def _section(found: Verdict) -> Section:
    options = ", ".join(f"{name}: {value}" for name, value in found.transform.to_options().items() if name != "p")
    harmed = sorted(found.classes.items(), key=lambda item: _harm(item[1]))
    cases = [Shown(case, tuple(map(_uri, case.pictures))) for case in found.cases]
    return Section(found, _LEVELS[found.verdict], options, cases, harmed[:_WORST], len(harmed) - _WORST)


def _harm(found: ClassFinding) -> tuple[float, float]:
    return 0.0 if found.effect is None else found.effect.value, found.agreement.value


def _uri(pixels: Array) -> str:
    view: Any = to_view(pixels, min(_SIDE, max(pixels.shape[:2])))
    shown = view if view.dtype == np.uint8 else np.rint(view * 255).astype(np.uint8)
    return jpeg_uri(shown, _QUALITY, subsampling=0)
