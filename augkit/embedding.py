"""From a folder of pictures to a file of features."""

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone

from augkit.errors import AugkitError, whole_number
from augkit.execution import count_workers, run
from augkit.expansion.report import Failure
from augkit.expansion.request import Progress
from augkit.features.base import PictureFeatures, is_fitted
from augkit.features.function import as_features
from augkit.features.hog import Floats
from augkit.files.arrays import write_arrays
from augkit.files.folder import read_picture
from augkit.files.picture import MAX_PIXELS, UnusableImageError
from augkit.files.scan import Scan, scan
from augkit.files.write import check_new
from augkit.kernels import Array, one_thread

_AT_ONCE = 256  # pictures in memory


@dataclass(frozen=True)
class EmbedReport:
    """The outcome of `embed`.

    Parameters
    ----------
    images : int
        Pictures in the output.
    features : int
        Numbers for each.
    classes : dict
        Pictures by class.
    failed, left_out : list of Failure
        Pictures that could not be used, and files that are no pictures of a class, and why.
    notes : list of str
    seconds : float
    """

    images: int
    features: int
    classes: dict[str, int]
    failed: list[Failure]
    left_out: list[Failure]
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 when all is done, 1 when some pictures could not be used."""
        return 1 if self.failed else 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit embed --json`` prints it."""
        return dataclasses.asdict(self) | {
            "failed": [failure._asdict() for failure in self.failed],
            "left_out": [failure._asdict() for failure in self.left_out],
            "seconds": round(self.seconds, 3),
        }


def embed(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    features: Any = None,
    workers: int | str = "auto",
    max_pixels: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> EmbedReport:
    """Write the features of all pictures of a folder to an .npz file: ids, labels and features, sorted by id.

    Ids are paths below the source, labels are class folders, as `expand` has them. Pictures of other splits than train
    are left alone. The numbers do not depend on the number of workers.

    Parameters
    ----------
    source : path
        A folder of class folders, a data set with train and other splits, or a flat folder of images.
    output : path
        An .npz file.
    features : optional
        As `as_features` takes them: "hog", the path of an ONNX file, a PyTorch module, a function, or features. Those
        that need it are fitted to these pictures, if they are not fitted yet: fitted to a training set, they see a test
        set with the same eyes.
    workers : int or "auto"
        Threads that read and decode; "auto" takes one for each processor.
    max_pixels : int, optional
        Larger pictures are not read; by default, those of more than 89,478,485 pixels.
    overwrite : bool
        Replace the output.
    progress : callable, optional
        Told ("embed", done, of how many) now and then.

    Returns
    -------
    EmbedReport

    Raises
    ------
    AugkitError
        When an option is wrong, nothing is usable, or the output can't be written.

    Examples
    --------
    >>> import tempfile, cv2, augkit
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("cats/a.png", "cats/b.png", "dogs/a.png"):
    ...         os.makedirs(f"{folder}/in/{os.path.dirname(name)}", exist_ok=True)
    ...         done = cv2.imwrite(f"{folder}/in/{name}", np.eye(16, dtype=np.uint8) * 255)
    ...     report = augkit.embed(f"{folder}/in", f"{folder}/features.npz")
    ...     arrays = dict(np.load(f"{folder}/features.npz"))
    >>> report.classes, arrays["ids"].tolist(), arrays["features"].shape
    ({'cats': 2, 'dogs': 1}, ['cats/a.png', 'cats/b.png', 'dogs/a.png'], (3, 3))
    """
    started = time.perf_counter()
    source, output = os.fspath(source), os.fspath(output)
    chosen = as_features(features)
    count = count_workers(workers)
    limit = MAX_PIXELS if max_pixels is None else whole_number("--max-pixels", max_pixels, 1)
    check_new(output, overwrite=overwrite)
    if os.path.splitext(output)[1].lower() != ".npz":
        raise AugkitError(f"OUTPUT must be an .npz file, got {output}; what reads it goes by the suffix")
    found = scan(source, output=output)
    labels = {image_id: label for label, ids in found.classes.items() for image_id in ids}
    failed = [Failure(*failure) for failure in found.failed]
    see = partial(_see, found, chosen, limit)
    with one_thread():
        ids, rows = _describe(chosen, _batches(see, sorted(labels), count, failed, progress))
    if not ids:
        first = min(failed)
        raise AugkitError(
            f"SOURCE {source} holds no usable image: {len(failed)} can't be used, the first is {first.file}: "
            f"{first.reason}"
        )
    named = np.array([labels[image_id] for image_id in ids])
    write_arrays(output, {"ids": np.array(ids), "labels": named, "features": rows})
    passed_on = f"{len(found.passed_on):,} files of other splits are left alone"
    return EmbedReport(
        images=len(ids),
        features=rows.shape[1],
        classes=dict(sorted(Counter(named.tolist()).items())),
        failed=sorted(failed),
        left_out=[Failure(*left) for left in found.left_out],
        notes=[passed_on] if found.passed_on else [],
        seconds=time.perf_counter() - started,
    )


Seen = tuple[str, Array]


def _see(found: Scan, features: PictureFeatures, max_pixels: int, image_id: str) -> Seen | Failure:
    """Return all that the features see of a picture, or why it can't be used."""
    try:
        return image_id, features.view(read_picture(found.path(image_id), max_pixels))
    except OSError as error:
        return Failure(image_id, f"can't be read: {error.strerror}")
    except UnusableImageError as error:
        return Failure(image_id, str(error))


def _batches(
    see: Callable[[str], Seen | Failure],
    ids: Sequence[str],
    workers: int,
    failed: list[Failure],
    progress: Progress | None,
) -> Iterator[list[Seen]]:
    """Yield what is seen of usable pictures, some hundred at a time, in the order of their ids; note the others."""
    for first in range(0, len(ids), _AT_ONCE):
        part = ids[first : first + _AT_ONCE]
        seen: list[Seen] = []
        for number, one in enumerate(run(see, part, workers), first + 1):
            if isinstance(one, Failure):
                failed.append(one)
            else:
                seen.append(one)
            if progress is not None:
                progress("embed", number, len(ids))
        yield sorted(seen, key=lambda pair: pair[0])


def _describe(features: PictureFeatures, batches: Iterator[list[Seen]]) -> tuple[list[str], Floats]:
    """Return ids and rows. What must be fitted sees all views at once, and they are small; others see a batch."""
    unfitted = features.needs_fit() and not is_fitted(features)
    ids: list[str] = []
    views: list[Array] = []
    rows: list[Floats] = []
    for batch in batches:
        ids += [image_id for image_id, _ in batch]
        seen = [view for _, view in batch]
        if unfitted:
            views += seen
        elif seen:
            rows.append(features.transform(seen))
    if views:
        rows.append(clone(features).fit(views).transform(views))
    return ids, np.concatenate(rows) if rows else np.empty((0, 0), np.float32)
