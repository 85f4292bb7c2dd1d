"""The same picture, or a copy of it, in more than one split."""

from collections.abc import Iterator

from augkit.auditing.finding import Finding
from augkit.auditing.groups import DIFFERENCE, connect
from augkit.auditing.kinship import confidence, describe, difference, families
from augkit.auditing.table import Table


def check(table: Table) -> Iterator[Finding]:
    """Yield each set of pictures that are the same, nearly, or made of one another, and lie in several splits."""
    for members in connect([*table.groups.near, *families(table)]):
        splits = sorted({table.splits[place] for place in members})
        if len(splits) > 1:
            train = table.split_names[0]
            value = difference(table, members)
            yield Finding(
                check="leakage",
                level="error",
                reason=f"{describe(table, members)}, in {' and '.join(splits)}",
                advice="Remove it from training: what a network has seen can't test it.",
                files=table.names(members),
                value=value,
                threshold=DIFFERENCE,
                confidence=confidence(value),
                drop=table.names([place for place in members if table.splits[place] == train] or members[1:]),
            )
