"""The outcome of `assess`: a verdict on each transform, and the recipe that is left."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from augkit.assessment.estimate import Estimate
from augkit.assessment.parts import always, leaves, without
from augkit.assessment.verdict import DROP, Verdict
from augkit.errors import AugkitError
from augkit.recipes import Recipe
from augkit.transforms.base import Transform
from augkit.transforms.plain import to_plain


@dataclass(frozen=True)
class Assessment:
    """What `assess` found.

    Parameters
    ----------
    start : Recipe
        The recipe that was judged.
    verdicts : tuple of Verdict
        One for each transform, in the order of the recipe; choices are taken apart.
    classes : dict
        How many pictures of each class were looked at.
    pictures, of : int
        How many were looked at altogether, and of how many.
    accuracy : Estimate or None
        Balanced accuracy of a linear head on held-out pictures, without any augmentation.
    notes : tuple of str
        What a reader must know: what was sampled, which classes are not judged, why nothing can be told.
    seconds : float
    """

    start: Recipe
    verdicts: tuple[Verdict, ...]
    classes: Mapping[str, int]
    pictures: int
    of: int
    accuracy: Estimate | None = None
    notes: tuple[str, ...] = field(default=())
    seconds: float = 0.0

    def named(self, verdict: str) -> list[Verdict]:
        """Return the verdicts of one kind."""
        return [found for found in self.verdicts if found.verdict == verdict]

    @property
    def suggested(self) -> Recipe:
        """The recipe without what was dropped.

        Raises
        ------
        AugkitError
            When nothing is left of it.
        """
        left = without(self.start.transforms, {found.transform for found in self.named(DROP)})
        if not left:
            raise AugkitError(
                f"every transform of recipe {self.start.name} would cost accuracy on these pictures; "
                f"start from another recipe"
            )
        description = (
            f"Recipe {self.start.name} without what would cost accuracy on pictures that augkit suggest judged."
        )
        changed = {"name": f"{self.start.name}-suggested", "description": description, "transforms": left}
        return self.start.model_copy(update=changed)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit suggest --json`` prints it."""
        return {
            "start": self.start.name,
            "pictures": self.pictures,
            "of": self.of,
            "classes": dict(self.classes),
            "accuracy": None if self.accuracy is None else self.accuracy.rounded(4),
            "notes": list(self.notes),
            "verdicts": [found.to_dict() for found in self.verdicts],
            "seconds": round(self.seconds, 3),
        }

    def to_yaml(self) -> str:
        """Return the suggested recipe as YAML, with the reason of each verdict beside its transform."""
        document = self.suggested.to_dict()
        del document["transforms"]
        head = [f"Judged on {self.pictures:,} of {self.of:,} pictures of {len(self.classes):,} classes.", *self.notes]
        plain = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        lines = [*_comment(head), *plain.splitlines(), "transforms:"]
        by_transform = {found.transform: found for found in self.verdicts}
        dropped = {found.transform for found in self.named(DROP)}
        for step in self.start.transforms:
            lines += _comment([_line(by_transform[always(leaf)]) for leaf in leaves([step])], "  ")
            lines += [f"  {line}" for left in without([step], dropped) for line in _step(left)]
        return "\n".join(lines) + "\n"

    def to_html(self) -> str:
        """Return the report as one HTML page that needs nothing else."""
        from augkit.assessment.page import render

        return render(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the report as one HTML page."""
        from augkit.files.write import write_file

        write_file(os.fspath(path), self.to_html().encode("utf-8", "backslashreplace"))


def _line(found: Verdict) -> str:
    return f"{found.verdict} {found.name}: {found.reason}"


def _comment(texts: list[str], indent: str = "") -> list[str]:
    """Return comments; names of classes may hold what would end a line."""
    return [f"{indent}# {''.join(map(_visible, text))}" for text in texts]


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()


def _step(step: Transform) -> list[str]:
    text = yaml.safe_dump([to_plain(step)], sort_keys=False, allow_unicode=True, default_flow_style=None)
    return text.splitlines()
