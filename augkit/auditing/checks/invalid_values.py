"""NaN, infinity, or values out of range in arrays."""

import math
from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each array with values that no picture has, and once where all of them have no usual range."""
    advice = "Mend what wrote it, or remove it: one NaN in a batch makes every weight NaN."
    for image_id, reason in table.odd_values:
        yield Finding(check="invalid-values", level="error", reason=reason, advice=advice, files=(image_id,),
                      confidence=1.0, drop=(image_id,))  # fmt: skip
    for place in range(len(table)):
        row = table.rows[place]
        if row["not_finite"]:
            yield Finding(
                check="invalid-values",
                level="error",
                reason=f"{row['not_finite']:,} values are NaN or infinite",
                advice=advice,
                files=table.names([place]),
                value=float(row["not_finite"]),
                threshold=0.0,
                confidence=1.0,
                drop=table.names([place]),
            )
        elif table.value_range and not table.value_range[0] <= row["least"] <= row["most"] <= table.value_range[1]:
            low, high = table.value_range
            yield Finding(
                check="invalid-values",
                level="warning",
                reason=f"values from {row['least']:g} to {row['most']:g}, where most pictures have {low:g} to {high:g}",
                advice="Scale it as the others are: it was probably divided by 255 once too often or too seldom.",
                files=table.names([place]),
                value=float(max(row["most"] - high, low - row["least"])),
                threshold=0.0,
            )
    usable = table.rows[table.rows["usable"]]
    least, most = usable["least"].min(initial=0.0), usable["most"].max(initial=-math.inf)
    if least < 0.0 and (table.value_range is None or most <= 0.0):
        yield Finding(
            check="invalid-values",
            level="warning",
            reason=f"values from {least:g} to {most:g}: expected 0 to 1, -1 to 1, or 0 to 255",
            advice="See that these are pictures, not features, and give them before they are normalised.",
            value=float(-least),
            threshold=0.0,
        )
