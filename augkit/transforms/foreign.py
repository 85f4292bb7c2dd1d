"""Transforms of Albumentations as steps of ours."""

import functools
import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from augkit.errors import AugkitError
from augkit.geometry import Size
from augkit.operations import Operation
from augkit.seeding import Draws
from augkit.transforms.base import Drawn, Transform, transform

# Loaded by name and late: it stands on a higher floor, and the library behind it takes a second.
_ADAPTER = "augkit.interop.albumentations"
# As the adapter would write it, so that the catalog can be listed without it.
_DEFAULT = (
    '{"__class_fullname__": "PixelDropout", "drop_value": 0.0, "dropout_prob": 0.01, "mask_drop_value": null, '
    '"p": 1.0, "per_channel": false}'
)


@transform
class Foreign(Transform):
    """Do what a transform of Albumentations does; in a pipeline it may stand as it is.

    What is drawn is a seed, so the result is a function of seed and key here too, and can be replayed.

    Parameters
    ----------
    transform : str, mapping or Albumentations transform
        Kept as the text of its serialised form. Its own p is multiplied with p.

    Examples
    --------
    >>> import albumentations as A, numpy as np, augkit
    >>> pipeline = augkit.Pipeline([augkit.Rotate(), A.CLAHE(p=0.2), augkit.Brightness()])
    >>> pipeline.transforms[1].p
    0.2
    >>> pipeline(np.zeros((32, 32, 3), np.uint8), key=("a.jpg", 1)).shape
    (32, 32, 3)
    """

    foresees_size = False
    transform: str | Mapping[str, Any] = _DEFAULT

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.transform, str | Mapping) and self.transform == _DEFAULT:
            return
        serialised = json.loads(_adapter().to_text(self.transform))
        object.__setattr__(self, "p", self.p * serialised["p"])
        object.__setattr__(self, "transform", json.dumps(serialised | {"p": 1.0}, sort_keys=True))

    @classmethod
    @functools.cache
    def name(cls) -> str:
        """Return the name of the library, under which recipes and manifests have it."""
        return "albumentations"

    @property
    def varies(self) -> bool:
        """Whether no two results are alike: it is not known what the seed decides."""
        return False

    def to_options(self) -> dict[str, Any]:
        """Return p and the serialised form as plain data."""
        return {"p": self.p, "transform": json.loads(str(self.transform))}

    def draw_steps(self, draws: Draws, size: Size) -> Iterator[Drawn]:
        """Yield the seed, with the text of the transform it is for."""
        if draws.chance(self.p):
            yield Drawn(Foreign, {"seed": draws.bits(), "transform": str(self.transform)})

    @classmethod
    def operation(cls, size: Size, params: Mapping[str, Any]) -> Operation:
        """Return the operation that lets the library do it."""
        return _adapter().Theirs(**params)


def as_step(step: Any) -> Any:
    """Return a step of a pipeline as it is, or made one of ours where it is one of Albumentations."""
    is_theirs = hasattr(step, "set_random_state") and not isinstance(step, type)
    return Foreign(transform=step) if is_theirs else step


def _adapter() -> Any:
    try:
        return importlib.import_module(_ADAPTER)
    except ModuleNotFoundError as error:
        raise AugkitError(
            f"this step needs albumentations: pip install 'albumentations>=2.0.8,<2.1' ({error})"
        ) from None
