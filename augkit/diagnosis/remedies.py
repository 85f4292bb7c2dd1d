"""What probably causes each symptom, the likeliest first, and what to do about it."""

from typing import NamedTuple


class Remedy(NamedTuple):
    """A likely cause, what to do, and the command that does it ("" where augkit has none)."""

    cause: str
    action: str
    command: str = ""


_AUDIT = "augkit audit SOURCE --html audit.html"
_VALUES = "augkit audit SOURCE --checks invalid-values,unreadable"
_LABELS = "augkit audit SOURCE --checks wrong-label,label-conflict"
_MORE = "augkit expand SOURCE OUTPUT --copies 5 --recipe strong"
REMEDIES: dict[str, tuple[Remedy, ...]] = {
    "not-finite": (
        Remedy("NaN, infinity or unscaled values in the data", "look for them", _VALUES),
        Remedy("the learning rate is too high", "divide it by 10, warm it up, clip gradients to norm 1"),
        Remedy("half precision overflows", "scale the loss, or train in bfloat16 or float32"),
        Remedy("a logarithm or division of zero in the loss", "take the loss on logits, add a small number"),
    ),
    "diverging": (
        Remedy("the learning rate is too high", "divide it by 10 until the first epochs fall"),
        Remedy("inputs are not scaled", "bring pixels to a mean of 0 and a spread of 1", _VALUES),
        Remedy("the sign of the loss is wrong", "let it learn one batch by heart: the loss must go to 0"),
    ),
    "jump": (
        Remedy("a dirty batch: values out of range, damaged pictures", "find them", _AUDIT),
        Remedy("the learning rate is at the edge", "halve it, or clip gradients to norm 1"),
        Remedy("a schedule restarts there", "compare the epoch with the schedule"),
    ),
    "oscillation": (
        Remedy("the learning rate is too high for where it is", "divide it by 3, or let it decay"),
        Remedy("batches are too small or not shuffled", "shuffle, take larger batches"),
        Remedy("wrong labels pull to and fro", "look for them", _LABELS),
        Remedy("few classes dominate batches", "balance them", "augkit expand SOURCE OUTPUT --balance max"),
    ),
    "overfitting": (
        Remedy("too few pictures for so large a network", "make more of them", _MORE),
        Remedy("labels that don't belong to the pictures are learnt by heart", "look for them", _LABELS),
        Remedy("it trains on after the best epoch", "stop there, or keep the weights of the best epoch"),
        Remedy("nothing holds the weights back", "add weight decay, dropout, label smoothing"),
    ),
    "underfitting": (
        Remedy("the learning rate is far too low, or far too high", "try ten times less and ten times more"),
        Remedy("labels have nothing to do with the pictures", "look for them", _LABELS),
        Remedy("augmentation is too strong", "take a weaker recipe", "augkit expand SOURCE OUTPUT --recipe light"),
        Remedy("the network is too small", "take a larger one, or one that was trained before"),
    ),
    "too-few-epochs": (
        Remedy("it was stopped while it learnt", "train on until the validation loss rests"),
        Remedy("the learning rate is too low", "try three times more"),
    ),
}  # fmt: skip
"""By the name of the symptom."""
