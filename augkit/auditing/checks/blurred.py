"""Pictures without fine detail, while others have it."""

from collections.abc import Iterator

import numpy as np

from augkit.auditing.checks.blank import is_blank
from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

SHARPNESS = 0.13
"""The mean size of the Laplacian is less than this part of the standard deviation of grey, ..."""
OF_MEDIAN = 0.25
"""... and less than this part of the median of all pictures: where all are soft, none is blurred."""


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture that is far less sharp than the others."""
    sharpness = table.rows["sharpness"]
    median = float(np.median(sharpness[table.usable])) if len(table.usable) else 0.0
    threshold = min(SHARPNESS, OF_MEDIAN * median)
    for place in table.usable:
        if sharpness[place] < threshold and not is_blank(table.rows[place]):
            yield Finding(
                check="blurred",
                level="warning",
                reason=f"fine detail is {sharpness[place] / median:.0%} of what the median picture has",
                advice="Look at it: a blurred or enlarged picture teaches little; remove it if the object is lost.",
                files=table.names([place]),
                value=float(sharpness[place]),
                threshold=threshold,
            )
