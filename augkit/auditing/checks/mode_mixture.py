"""Grey among colour, transparency, palettes or 16 bits among other pictures."""

from collections import Counter
from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

_KINDS = {"L": "grey", "1": "1-bit", "LA": "grey with alpha", "RGB": "colour", "RGBA": "colour with alpha",
          "P": "palette", "CMYK": "CMYK", "F": "floating point"}  # fmt: skip


def check(table: Table) -> Iterator[Finding]:
    """Yield the pictures of each mode but the commonest."""
    modes = table.rows["mode"]
    kinds = {int(place): _kind(str(modes[place])) for place in table.usable}
    counts = Counter(kinds.values()).most_common()
    for kind, count in counts[1:]:
        yield Finding(
            check="mode-mixture",
            level="info",
            reason=f"{count} {kind} among {counts[0][1]} {counts[0][0]} pictures",
            advice="Convert all in the same way when loading: a batch of different shapes fails, and a network may "
            "learn the mode instead of the object.",
            files=table.names([place for place, own in kinds.items() if own == kind]),
            value=count / len(kinds),
            threshold=0.0,
            confidence=1.0,
        )


def _kind(mode: str) -> str:
    return "16-bit grey" if mode.startswith("I") else _KINDS.get(mode, mode)
