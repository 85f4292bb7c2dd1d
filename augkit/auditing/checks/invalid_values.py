"""NaN, infinity, or values out of range in arrays."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each array with values that no picture has."""
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
