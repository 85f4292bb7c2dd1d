"""Loss curves, and the files in which trainings leave them."""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError
from augkit.files.read import read_bytes

Array = npt.NDArray[np.float64]

_TRAIN = ("train_loss", "train_loss_epoch", "training_loss", "loss", "train/loss", "loss_epoch")
_VALIDATION = ("val_loss", "val_loss_epoch", "validation_loss", "valid_loss", "val/loss", "eval_loss", "test_loss")
_EPOCH = ("epoch", "epochs")


@dataclass(frozen=True)
class Curves:
    """The losses of a training, epoch by epoch.

    Parameters
    ----------
    epochs : array (N,)
    train : array (N,)
        May hold NaN or infinity: that is something to be found.
    validation : array (N,) or None
    """

    epochs: Array
    train: Array
    validation: Array | None = None

    def __len__(self) -> int:
        return len(self.epochs)


def read_curves(path: str | os.PathLike[str]) -> Curves:
    """Return the curves in a CSV or JSON file.

    CSV with columns epoch, train_loss, val_loss, as Keras' CSVLogger writes it (loss, val_loss), or as Lightning's
    CSVLogger does (several sparse rows an epoch); JSON as Keras' ``history.history`` (a list for each name) or a list
    of one object an epoch.

    Raises
    ------
    AugkitError
        When the file can't be read, or holds no losses.
    """
    name = os.fspath(path)
    try:
        text = read_bytes(name).decode("utf-8-sig")
    except OSError as error:
        raise AugkitError(f"{name} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AugkitError(f"{name} is no text: expected CSV or JSON with losses") from None
    is_json = text.lstrip().startswith(("{", "["))
    rows = _rows_of_json(text, name) if is_json else list(csv.DictReader(io.StringIO(text)))
    try:
        return gather(rows)
    except AugkitError as error:
        raise AugkitError(f"{name}: {error}") from None


def _rows_of_json(text: str, name: str) -> list[dict[str, Any]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise AugkitError(f"{name} is no JSON: {error}") from None
    except RecursionError:
        raise AugkitError(
            f"{name} is nested too deeply for losses: expected lists by name or one object an epoch"
        ) from None
    if isinstance(data, dict):
        data = data.get("history", data)
    if isinstance(data, dict):
        lists = {key: values for key, values in data.items() if isinstance(values, list)}
        length = max(map(len, lists.values()), default=0)
        return [{key: values[place] for key, values in lists.items() if place < len(values)} for place in range(length)]
    return [row for row in data if isinstance(row, dict)]


def gather(rows: Iterable[Mapping[str | Any, Any]]) -> Curves:
    """Return curves of rows, one or several an epoch; of several, the last value of an epoch counts.

    >>> gather([{"loss": "2.5", "val_loss": "2.6"}, {"loss": "nan", "val_loss": "2.4"}]).train
    array([2.5, nan])
    """
    rows = [{str(key).strip().lower(): value for key, value in row.items()} for row in rows]
    columns = {key for row in rows for key in row}
    train, validation, epoch = (_choose(names, columns) for names in (_TRAIN, _VALIDATION, _EPOCH))
    if train is None:
        raise AugkitError(
            f"no training loss: expected a column train_loss or loss, got {', '.join(sorted(columns)) or 'none'}"
        )
    found: dict[float, dict[str, float]] = {}
    for number, row in enumerate(rows):
        place = _number(row.get(epoch)) if epoch else float(number)
        for column in (train, validation):
            value = _number(row.get(column)) if column else None
            if value is not None and place is not None:
                found.setdefault(place, {})[str(column)] = value
    epochs = [place for place in sorted(found) if train in found[place]]
    if len(epochs) < 1:
        raise AugkitError(f"no number in the column {train}")
    measured = np.array([found[place].get(str(validation), np.nan) for place in epochs])
    has_validation = validation is not None and any(str(validation) in found[place] for place in epochs)
    return Curves(np.array(epochs), np.array([found[place][train] for place in epochs]),
                  measured if has_validation else None)  # fmt: skip


def _choose(names: Iterable[str], columns: set[str]) -> str | None:
    return next((name for name in names if name in columns), None)


def _number(value: Any) -> float | None:
    """Return a number, be it NaN; None where nothing is written."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return float(value)
    except OverflowError:
        raise AugkitError(f"expected losses, got a number of {len(str(value))} digits") from None
    except (TypeError, ValueError):
        return None
