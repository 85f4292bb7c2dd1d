"""Assessing a recipe: look where augmented pictures come to lie, and try out what looks doubtful."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from threadpoolctl import threadpool_limits

from augkit.assessment.judge import judge, unsure
from augkit.assessment.material import Labelled, Progress, prepare
from augkit.assessment.parts import take_apart
from augkit.assessment.result import Assessment
from augkit.assessment.sampling import FEWEST, MOST, choose, too_small
from augkit.errors import AugkitError
from augkit.execution import count_workers
from augkit.features.function import as_features
from augkit.features.pictures import as_sequence
from augkit.kernels import one_thread
from augkit.recipes import AnyRecipe, read_recipe

_NAMED = 10  # classes left out that are named


def assess(
    recipe: AnyRecipe,
    images: Any,
    labels: Sequence[Any],
    *,
    features: Any = None,
    groups: Sequence[Any] | None = None,
    ids: Sequence[str] | None = None,
    seed: int = 0,
    workers: int | None = None,
    most: int = MOST,
    of: int | None = None,
    progress: Progress | None = None,
) -> Assessment:
    """Predict which transforms of a recipe will cost accuracy on these pictures, before training.

    Each transform is judged alone, with its own ranges, happening always. Pictures that stay among their own class when
    augmented are safe. For the others a linear head is trained with and without augmented copies, and judged on clean
    pictures held out. It is a prediction by features, not a promise: docs/suggest.md tells its misses.

    Parameters
    ----------
    recipe : str, mapping, Recipe or Pipeline
        As `load_recipe` takes it, or what it returns.
    images : array or sequence
        Training pictures, as features take them: arrays, Pillow pictures or paths. Never those you test on.
    labels : sequence of N
        Their classes.
    features : optional
        As `augkit embed` takes them; by default `HOGFeatures`. They are fitted to the untouched pictures.
    groups : sequence of N, optional
        Which source each picture was made from: copies of one are never in two folds, nor each other's neighbours.
    ids : sequence of N str, optional
        Names, which settle what is drawn; by default their places.
    seed : int
    workers : int, optional
        Threads; by default, one for each processor. Results do not depend on it.
    most : int
        If there are more pictures, so many are looked at, as evenly from the classes as can be; of each class at least
        40, if it has them.
    of : int, optional
        Of how many pictures these are a sample already, for the report.
    progress : callable, optional
        Told (what, done, of how many) now and then.

    Returns
    -------
    Assessment

    Raises
    ------
    AugkitError
        When the recipe is none, a picture can't be used, or numbers of pictures, labels, groups and ids differ.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> import augkit
    >>> digits = load_digits()
    >>> images = (digits.images * 15).astype("uint8")
    >>> recipe = {"transforms": ["vertical_flip", {"rotate": {"degrees": [-10, 10]}}]}
    >>> found = augkit.assess(recipe, images, digits.target, most=500)
    >>> [(verdict.name, verdict.verdict) for verdict in found.verdicts]
    [('vertical_flip', 'drop'), ('rotate', 'keep')]
    >>> [step.name() for step in found.suggested.transforms]
    ['rotate']
    """
    started = time.perf_counter()
    count = count_workers(workers)
    start, pictures = read_recipe(recipe), as_sequence(images)
    ids = [str(number) for number in range(len(pictures))] if ids is None else list(ids)
    names = [str(label) for label in labels]
    sources = ids if groups is None else [str(group) for group in groups]
    if not len(pictures) == len(names) == len(ids) == len(sources):
        raise AugkitError(
            f"assess: {len(pictures)} pictures, {len(names)} labels, {len(sources)} groups and {len(ids)} ids; "
            f"give one of each for each picture"
        )
    sample = Labelled(pictures, names, sources, ids).take(choose(names, ids, most, seed))
    small = too_small(sample.labels, sample.sources)
    judged = sample.take([place for place, label in enumerate(sample.labels) if label not in small])
    of = len(names) if of is None else of
    notes = _notes(len(sample.labels), of, small)
    steps = take_apart(start.transforms)
    accuracy = None
    with one_thread(), threadpool_limits(1):  # the last bits of matrix products depend on the number of threads
        if len(set(judged.labels)) > 1:
            view = start.pipeline().view
            tell = progress or (lambda what, done, of: None)
            material = prepare(judged, as_features(features), view, seed, count)
            fitted = start.fit(material.images)
            verdicts, accuracy, why = judge(material, take_apart(fitted.transforms), tell)
            notes += [why] if why else []
        else:
            why = f"fewer than two classes have {FEWEST} pictures to judge from"
            verdicts = [unsure(step, why) for step in steps]
            notes.append(f"Nothing is dropped, since {why}.")
    return Assessment(
        start=start,
        # What was fitted for judging is not what stands in the recipe.
        verdicts=tuple(replace(found, transform=step) for found, step in zip(verdicts, steps, strict=True)),
        classes=dict(sorted(Counter(judged.labels).items())),
        pictures=len(judged.labels),
        of=of,
        accuracy=accuracy,
        notes=tuple(notes),
        seconds=time.perf_counter() - started,
    )


def _notes(looked_at: int, of: int, small: Sequence[str]) -> list[str]:
    notes = []
    if looked_at < of:
        notes.append(f"Looked at {looked_at:,} of {of:,} pictures, taken evenly from the classes.")
    if small:
        few = f"{', '.join(small[:_NAMED])}{f' and {len(small) - _NAMED} more' if len(small) > _NAMED else ''}"
        notes.append(f"Classes with fewer than {FEWEST} pictures to judge from are left out: {few}.")
    return notes
