"""Pictures stored turned or mirrored, with a note in EXIF how to hold them."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

_WHAT = {2: "mirrored", 3: "upside down", 4: "upside down and mirrored", 5: "on its side and mirrored",
         6: "on its side", 7: "on its side and mirrored", 8: "on its side"}  # fmt: skip


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture that readers which ignore EXIF show in another way than it was taken."""
    for place in table.usable:
        orientation = int(table.rows["orientation"][place])
        if orientation in _WHAT:
            swapped = ", with width and height swapped" if orientation >= 5 else ""
            yield Finding(
                check="exif-rotation",
                level="warning",
                reason=f"readers that ignore EXIF (OpenCV's IMREAD_UNCHANGED, most loaders) see it "
                f"{_WHAT[orientation]}{swapped}",
                advice="Write the pixels upright: augkit expand SOURCE OUTPUT does so for its copies, "
                "Pillow's ImageOps.exif_transpose for a file.",
                files=table.names([place]),
                value=float(orientation),
                threshold=1.0,
                confidence=1.0,
            )
