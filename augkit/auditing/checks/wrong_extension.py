"""Pictures whose name says another format than their content."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table
from augkit.files.encode import SUFFIXES

_MEANT = {
    **{suffix: kind for kind, suffixes in SUFFIXES.items() for suffix in suffixes},
    ".gif": "gif",
    ".avif": "avif",
}


def check(table: Table) -> Iterator[Finding]:
    """Yield each picture of which loaders that go by the name would expect something else."""
    for place in table.usable:
        name, kind = table.ids[place], str(table.rows["format"][place])
        suffix = name[name.rfind(".") :].lower() if "." in name.rpartition("/")[2] else ""
        if kind != "array" and _MEANT.get(suffix, kind if suffix else "") != kind:
            yield Finding(
                check="wrong-extension",
                level="warning",
                reason=f"the name says {suffix or 'nothing of the format'}, the content is {kind}",
                advice=f"Rename it to end in .{kind}.",
                files=table.names([place]),
                confidence=1.0,
            )
