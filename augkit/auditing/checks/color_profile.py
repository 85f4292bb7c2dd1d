"""Pictures whose colours mean something else than sRGB."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

_SRGB = ("srgb", "iec61966-2.1", "iec 61966-2-1")


def check(table: Table) -> Iterator[Finding]:
    """Yield the pictures of each colour profile that is not sRGB."""
    found: dict[str, list[int]] = {}
    for place in table.usable:
        name = str(table.rows["profile"][place])
        if name and not any(word in name.lower() for word in _SRGB):
            found.setdefault(name, []).append(int(place))
    for name, places in sorted(found.items()):
        yield Finding(
            check="color-profile",
            level="info",
            reason=f"{len(places)} pictures with the colour profile {name!r}, which most loaders ignore",
            advice="Convert to sRGB, or their colours are off against the other pictures.",
            files=table.names(places),
            value=len(places) / len(table),
            threshold=0.0,
        )
