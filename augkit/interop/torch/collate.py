"""Mixing pictures of a batch while it is made: collate functions with soft labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import torch
from torch.utils.data import default_collate

from augkit.errors import AugkitError
from augkit.interop.epochs import draw_order
from augkit.seeding import Draws
from augkit.transforms import mixing
from augkit.transforms.base import Params

Partners: TypeAlias = Literal["shuffle", "rare"]
_MOST_CHANNELS = 16  # more of them are rows
_LOOKED_AT = 256  # values of a picture that its batch is told by


class _Mixed:
    """What the collate functions share: a batch's random numbers depend on its pictures, so on nobody's worker."""

    kind: ClassVar[type[mixing.Mixing]]

    def __init__(
        self, classes: int | None = None, *, alpha: float = 1.0, partners: Partners = "shuffle", seed: int = 0
    ) -> None:
        if partners not in ("shuffle", "rare"):
            raise AugkitError(f"{type(self).__name__}: partners must be 'shuffle' or 'rare', got {partners!r}")
        self.mixing = self.kind(alpha=alpha, classes=classes, seed=seed)
        self.partners = partners

    def __call__(self, samples: Sequence[Any]) -> Any:
        """Return the batch of these items: for `DataLoader(collate_fn=...)`."""
        batch = default_collate(samples)
        if isinstance(batch, Mapping):
            if not {"image", "label"} <= batch.keys():
                raise AugkitError(f"{type(self).__name__}: items need 'image' and 'label', they have {list(batch)}")
            image, label = self.mix(batch["image"], batch["label"])
            return dict(batch) | {"image": image, "label": label}
        images, labels, *rest = batch
        return *self.mix(images, labels), *rest

    def mix(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return a batch's pictures mixed, each with another one of them, and soft labels.

        Parameters
        ----------
        images : tensor (N, C, H, W)
            uint8 or floating point; not written to.
        labels : tensor (N,) of class numbers, or (N, classes) with a share for each class

        Returns
        -------
        images : tensor (N, C, H, W)
            Of the same dtype.
        labels : tensor (N, classes), float32
        """
        if images.ndim != 4 or images.shape[1] > _MOST_CHANNELS >= images.shape[3]:
            raise AugkitError(
                f"{type(self).__name__}: images must be (N, C, H, W), got {tuple(images.shape)}; to_tensor turns them"
            )
        soft = self._soft(labels)
        draws = Draws(self.mixing.seed, _digest(images), 0)
        partners = self._draw_partners(draws, soft.argmax(dim=1).tolist())
        weights, shares = [], []
        for _ in partners:
            weight, share = _weigh(self.mixing, self.mixing.draw(draws), images.shape[-2:])
            weights.append(weight)
            shares.append(share)
        weight = torch.from_numpy(np.stack(weights))[:, None].to(images.device)
        floats = images if images.is_floating_point() else images.float()
        mixed = torch.lerp(floats[partners], floats, weight.to(floats.dtype))
        share = torch.tensor(shares, dtype=torch.float32, device=soft.device)[:, None]
        return (mixed if mixed.dtype == images.dtype else mixed.round_().to(images.dtype)), torch.lerp(
            soft[partners], soft, share
        )

    def _soft(self, labels: torch.Tensor) -> torch.Tensor:
        classes = self.mixing.classes
        if labels.ndim == 2 and labels.shape[1] == (classes or labels.shape[1]):
            return labels.float()
        numbers = labels.ndim == 1 and not labels.is_floating_point()
        if numbers and classes is not None and bool(((labels >= 0) & (labels < classes)).all()):
            return torch.nn.functional.one_hot(labels.long(), classes).float()
        raise AugkitError(
            f"{type(self).__name__}: labels must be (N, classes), or class numbers (N,) below `classes`, which is "
            f"{classes}; got {labels.dtype} of shape {tuple(labels.shape)}"
        )

    def _draw_partners(self, draws: Draws, labels: Sequence[int]) -> list[int]:
        """Return whom each picture is mixed with."""
        if self.partners == "shuffle":
            return draw_order(draws, len(labels)).tolist()
        counts = Counter(labels)
        ends = np.cumsum([1.0 / counts[label] for label in labels])
        places = [draws.uniform(0.0, ends[-1]) for _ in labels]
        return np.minimum(np.searchsorted(ends, places, side="right"), len(labels) - 1).tolist()


class MixUp(_Mixed):
    """Collate function that blends pictures of a batch, and their labels alike (Zhang et al. 2018).

    Parameters
    ----------
    classes : int, optional
        The number of classes; needed where labels are class numbers.
    alpha : float above 0
        Both parameters of the beta distribution of the first picture's share.
    partners : {"shuffle", "rare"}
        Each picture is once another's partner; or each class in the batch is a partner equally often, so rare ones are
        mixed in more.
    seed : int
        What is drawn is a function of this and the batch's pictures, whichever worker makes it.

    Examples
    --------
    >>> samples = [(torch.zeros(3, 4, 4), 0), (torch.ones(3, 4, 4), 1)]
    >>> images, labels = MixUp(classes=2, alpha=0.2)(samples)
    >>> bool(torch.allclose(images[:, 0, 0, 0], labels[:, 1]))
    True
    """

    kind = mixing.MixUp


class CutMix(_Mixed):
    """Collate function that puts a rectangle of one picture into another; labels by area left (Yun et al. 2019).

    Parameters
    ----------
    classes : int, optional
        The number of classes; needed where labels are class numbers.
    alpha : float above 0
        Both parameters of the beta distribution of the first picture's share, before the rectangle is cut at the frame.
    partners : {"shuffle", "rare"}
        Each picture is once another's partner; or each class in the batch is a partner equally often, so rare ones are
        mixed in more.
    seed : int
        What is drawn is a function of this and the batch's pictures, whichever worker makes it.

    Examples
    --------
    >>> samples = [(torch.zeros(3, 8, 8), 0), (torch.ones(3, 8, 8), 1)]
    >>> images, labels = CutMix(classes=2)(samples)
    >>> bool(torch.allclose(images.mean(dim=(1, 2, 3)), labels[:, 1]))
    True
    """

    kind = mixing.CutMix


def _weigh(mixing: mixing.Mixing, params: Params, size: Sequence[int]) -> tuple[Any, float]:
    """Return how much of each pixel is the first picture's, and of all: white mixed into black, as arrays are mixed."""
    return mixing.mix(np.ones(size, np.float32), np.zeros(size, np.float32), **params)


def _digest(images: torch.Tensor) -> str:
    """Return a text that tells this batch from others, by values taken all over its pictures."""
    flat = images.detach().reshape(len(images), -1)
    some = flat[:, :: max(1, flat.shape[1] // _LOOKED_AT)].cpu().float().contiguous()
    return blake2b(some.numpy().tobytes(), digest_size=16).hexdigest()
