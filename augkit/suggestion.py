"""From a folder of pictures to a recipe that suits them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from augkit.assessment.material import shrink
from augkit.assessment.result import Assessment
from augkit.assessment.run import assess
from augkit.assessment.sampling import MOST, choose
from augkit.errors import AugkitError, whole_number
from augkit.execution import count_workers, run
from augkit.expansion import manifest
from augkit.expansion.report import Failure
from augkit.expansion.request import Progress
from augkit.features.base import PictureFeatures
from augkit.features.function import as_features
from augkit.files.folder import read_picture
from augkit.files.picture import MAX_PIXELS, UnusableImageError
from augkit.files.read import path_of
from augkit.files.scan import scan
from augkit.kernels import Array, one_thread
from augkit.recipes import AnyRecipe, read_recipe


@dataclass(frozen=True)
class Suggestion:
    """The outcome of `suggest`.

    Parameters
    ----------
    assessment : Assessment
        What was found, and the recipe that is left.
    failed : list of Failure
        Pictures that could not be used, and why; of those that were looked at.
    """

    assessment: Assessment
    failed: Sequence[Failure]

    @property
    def exit_code(self) -> int:
        """0 when all is done, 1 when some pictures could not be used."""
        return 1 if self.failed else 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit suggest --json`` prints it."""
        return self.assessment.to_dict() | {"failed": [failure._asdict() for failure in self.failed]}


def suggest(
    source: str | os.PathLike[str],
    *,
    start: AnyRecipe = "classic",
    features: Any = None,
    seed: int = 0,
    workers: int | str = "auto",
    max_pixels: int | None = None,
    progress: Progress | None = None,
) -> Suggestion:
    """Return a recipe without what will cost accuracy on the pictures of a folder.

    Only training pictures are looked at: other splits than train are left alone. In a folder that `expand` wrote, the
    copies of one source are kept together, as its manifest tells. Results depend on seed, recipe and pictures alone.

    Parameters
    ----------
    source : path
        A folder of class folders, or a data set with train and other splits.
    start : str, mapping, Recipe or Pipeline
        The recipe to judge: a name, the path of a YAML file, plain data, or what was made of them.
    features : optional
        As `embed` takes them.
    seed : int
    workers : int or "auto"
    max_pixels : int, optional
        Larger pictures are not read; by default, those of more than 89,478,485 pixels.
    progress : callable, optional
        Told ("read", "augment" or "try", done, of how many) now and then.

    Returns
    -------
    Suggestion

    Raises
    ------
    AugkitError
        When an option is wrong or nothing is usable.

    Examples
    --------
    >>> import tempfile, cv2, numpy as np, augkit
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number, (image, label) in enumerate(zip(digits.images[:400], digits.target)):
    ...         os.makedirs(f"{folder}/{label}", exist_ok=True)
    ...         done = cv2.imwrite(f"{folder}/{label}/{number}.png", (image * 15).astype(np.uint8))
    ...     found = augkit.suggest(folder).assessment
    >>> [verdict.name for verdict in found.named("drop")]
    ['horizontal_flip']
    """
    recipe = read_recipe(start)
    chosen = as_features(features)
    count = count_workers(workers)
    seed = whole_number("--seed", seed)
    limit = MAX_PIXELS if max_pixels is None else whole_number("--max-pixels", max_pixels, 1)
    root = os.fspath(source)
    classes = scan(root).classes
    labels = {image_id: label for label, ids in classes.items() for image_id in ids}
    ids = sorted(labels)
    sample = [ids[place] for place in choose([labels[image_id] for image_id in ids], ids, MOST, seed)]
    images, failed = _read(root, sample, chosen, limit, count, progress)
    if not images:
        raise AugkitError(f"SOURCE {root} holds no usable image: the first is {failed[0].file}: {failed[0].reason}")
    sources = _sources(root)
    usable = [image_id for image_id in sample if image_id in images]
    assessment = assess(
        recipe,
        [images[image_id] for image_id in usable],
        [labels[image_id] for image_id in usable],
        features=chosen,
        groups=[sources.get(image_id, image_id) for image_id in usable],
        ids=usable,
        seed=seed,
        workers=count,
        most=len(usable),
        of=len(ids) - len(failed),
        progress=progress,
    )
    return Suggestion(assessment, failed)


def _read(
    root: str,
    ids: Sequence[str],
    features: PictureFeatures,
    max_pixels: int,
    workers: int,
    progress: Progress | None,
) -> tuple[dict[str, Array], list[Failure]]:
    """Return the pictures by id, shrunk to what is needed of them, and those that can't be used."""
    images: dict[str, Array] = {}
    failed: list[Failure] = []
    with one_thread():
        for done, (image_id, found) in enumerate(run(partial(_see, root, features, max_pixels), ids, workers), 1):
            if isinstance(found, str):
                failed.append(Failure(image_id, found))
            else:
                images[image_id] = found
            if progress is not None:
                progress("read", done, len(ids))
    return images, sorted(failed)


def _see(root: str, features: PictureFeatures, max_pixels: int, image_id: str) -> tuple[str, Array | str]:
    """Return a picture, or why it can't be used."""
    try:
        return image_id, shrink(read_picture(path_of(root, image_id), max_pixels), features)
    except OSError as error:
        return image_id, f"can't be read: {error.strerror}"
    except UnusableImageError as error:
        return image_id, str(error)


def _sources(root: str) -> dict[str, str]:
    """Return which source each file was made from, where a manifest tells."""
    return {line["file"]: line["source"] for _, line in manifest.read_lines(root) if "file" in line}
