"""The page: the report as one HTML file that needs nothing else, with small pictures in it."""

from typing import Any, NamedTuple

import numpy as np

from augkit.auditing.finding import LEVELS, Finding
from augkit.auditing.report import Report
from augkit.auditing.table import Table
from augkit.errors import AugkitError
from augkit.files.picture import MAX_PIXELS, decode
from augkit.files.read import path_of, read_bytes
from augkit.kernels.fingerprint import to_rgb8
from augkit.kernels.measure import shrink_to
from augkit.pages import jpeg_uri, render_page

CARDS = 60
"""Findings shown of each check; the others are counted, and in ``--json``."""
_PICTURES = 6  # shown of each finding
_SIDE = 120
_QUALITY = 80


class Thumbnail(NamedTuple):
    """A picture as it is shown: its id, its class, and its data URI ("" if it can't be shown)."""

    name: str
    label: str
    uri: str


class Card(NamedTuple):
    """A finding as it is shown."""

    finding: Finding
    thumbnails: list[Thumbnail]
    more: int
    labels: list[str]


class Section(NamedTuple):
    """The findings of one check: those shown, and how many more there are."""

    name: str
    summary: str
    level: str
    advice: str
    cards: list[Card]
    total: int


class Bar(NamedTuple):
    """A class in the chart: its count in each split, and of the largest class in percent."""

    name: str
    total: int
    parts: list[tuple[str, int, float]]


def render(report: Report) -> str:
    """Return the page."""
    thumbnails = _Thumbnails(report.table)
    sections = _sections(report, thumbnails)
    return render_page(
        "augkit.auditing",
        number=_number,
        report=report,
        levels=report.levels(),
        words={"error": "errors", "warning": "warnings", "info": "notes"},
        sections=sections,
        bars=_bars(report),
        splits=list(report.splits),
        labels=sorted({label for section in sections for card in section.cards for label in card.labels}),
        passed=sorted(name for name in report.checks if name not in {section.name for section in sections}),
        to_drop=len(report.to_drop()),
    )


def _sections(report: Report, thumbnails: "_Thumbnails") -> list[Section]:
    by_check: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_check.setdefault(finding.check, []).append(finding)
    return [
        Section(
            name,
            report.checks[name],
            max((finding.level for finding in found), key=LEVELS.index),
            found[0].advice,
            [_card(finding, thumbnails) for finding in found[:CARDS]],
            len(found),
        )
        for name, found in by_check.items()
    ]


def _card(finding: Finding, thumbnails: "_Thumbnails") -> Card:
    shown = [thumbnails.of(name) for name in finding.files[:_PICTURES]]
    labels = sorted({thumbnail.label for thumbnail in shown if thumbnail.label})
    return Card(finding, shown, len(finding.files) - len(shown), labels)


def _bars(report: Report) -> list[Bar]:
    splits = report.splits or {"": report.classes}
    largest = max(report.classes.values(), default=0) or 1
    return [
        Bar(name, total, [(split, counts[name], 100.0 * counts[name] / largest) for split, counts in splits.items()])
        for name, total in report.classes.items()
    ]


def _number(value: float) -> str:
    """Return a number as people write it.

    >>> _number(0.0123), _number(50.0), _number(1234567)
    ('0.0123', '50', '1,234,567')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


class _Thumbnails:
    """Small pictures as data URIs; each is made once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._places = {name: place for place, name in enumerate(table.ids)}
        self._made: dict[str, Thumbnail] = {}

    def of(self, name: str) -> Thumbnail:
        if name not in self._made:
            place = self._places.get(name)
            label = "" if place is None else self._table.labels[place] or ""
            uri = (
                ""
                if place is None or not self._table.rows["usable"][place]
                else jpeg_uri(self._pixels(name, place), _QUALITY)
            )
            self._made[name] = Thumbnail(name, label, uri)
        return self._made[name]

    def _pixels(self, name: str, place: int) -> Any:
        """Return the picture itself, or what the table knows of it where it is not in a file."""
        if self._table.root:
            try:
                pixels, _ = decode(read_bytes(path_of(self._table.root, name)), MAX_PIXELS)
                return shrink_to(to_rgb8(pixels), _SIDE)
            except (AugkitError, OSError):  # it has changed since it was measured
                pass
        return np.asarray(self._table.rows["view"][place])
