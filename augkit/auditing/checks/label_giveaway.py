"""A property beside the object that predicts the label, which a network would learn instead."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.auditing.finding import Finding
from augkit.auditing.table import Table

Array = npt.NDArray[Any]

SKILL = 0.5
"""How far a tree of three questions about the property alone comes from guessing (0) to being always right (1)."""
_LEAST, _FOLDS, _AT_MOST = 10, 5, 20_000


def check(table: Table) -> Iterator[Finding]:
    """Yield each property from which alone the label can be told."""
    places, labels = _labelled(table)
    if len(set(labels)) < 2:
        return
    for name, values in _properties(table, places).items():
        if len(np.unique(values)) < 2:
            continue
        skill = _skill(values, labels)
        if skill > SKILL:
            yield Finding(
                check="label-giveaway",
                level="warning",
                reason=f"{name} alone tells the label: {skill:.0%} of the way from guessing to being always right",
                advice=f"Make the classes alike in {name}, or vary it when training (augkit transforms lists how), "
                "or a network will learn it instead of the object.",
                value=skill,
                threshold=SKILL,
            )


def _labelled(table: Table) -> tuple[Array, Array]:
    """Return places and labels of the usable pictures whose classes are large enough to be divided into folds."""
    places = [int(place) for place in table.usable if table.labels[place] is not None]
    counts = Counter(table.labels[place] for place in places)
    places = [place for place in places if counts[table.labels[place]] >= _LEAST]
    places = places[:: max(1, -(-len(places) // _AT_MOST))]
    return np.array(places, np.intp), np.array([str(table.labels[place]) for place in places])


def _properties(table: Table, places: Array) -> dict[str, Array]:
    rows = table.rows[places]
    _, formats = np.unique(rows["format"], return_inverse=True)
    _, modes = np.unique(rows["mode"], return_inverse=True)
    return {
        "brightness": rows["mean"],
        "contrast": rows["std"],
        "saturation": rows["saturation"],
        "sharpness": rows["sharpness"],
        "size": np.sqrt(rows["width"].astype(float) * rows["height"]),
        "aspect ratio": rows["width"] / rows["height"],
        "file format": formats,
        "colour mode": modes,
    }


def _skill(values: Array, labels: Array) -> float:
    from sklearn.model_selection import cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=3, class_weight="balanced", random_state=0)
    scores = cross_val_score(tree, values[:, None], labels, cv=_FOLDS, scoring="balanced_accuracy")
    guessing = 1.0 / len(np.unique(labels))
    return max(0.0, float((scores.mean() - guessing) / (1.0 - guessing)))
