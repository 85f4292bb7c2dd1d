"""Diagnosing a training by its loss curves."""

import os
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from augkit.diagnosis.curves import Curves, read_curves
from augkit.diagnosis.remedies import REMEDIES, Remedy
from augkit.diagnosis.rules import RULES, Symptom


@dataclass(frozen=True)
class Diagnosis:
    """What the curves of a training show.

    Parameters
    ----------
    epochs : int
    symptoms : list of Symptom
        The gravest first.
    """

    epochs: int
    symptoms: list[Symptom]

    @property
    def exit_code(self) -> int:
        """0 when nothing wrong is seen, 1 otherwise."""
        return 1 if self.symptoms else 0

    def remedies(self, symptom: Symptom) -> tuple[Remedy, ...]:
        """Return the likely causes of a symptom, the likeliest first, and what to do."""
        return REMEDIES[symptom.name]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as ``augkit diagnose --json`` prints it."""
        found = [
            asdict(symptom) | {"remedies": [remedy._asdict() for remedy in self.remedies(symptom)]}
            for symptom in self.symptoms
        ]
        return {"epochs": self.epochs, "symptoms": found}


def diagnose(source: str | os.PathLike[str] | Curves) -> Diagnosis:
    """Say what the loss curves of a training show.

    Parameters
    ----------
    source : path or Curves
        CSV or JSON as Keras, Lightning or your own loop writes it, or curves.

    Raises
    ------
    AugkitError
        When the file can't be read, or holds no losses.

    Examples
    --------
    >>> import numpy as np, augkit
    >>> from augkit.diagnosis.curves import Curves
    >>> train = 2.3 * 0.9 ** np.arange(30)
    >>> validation = train + 0.002 * np.arange(30) ** 1.7
    >>> [symptom.name for symptom in augkit.diagnose(Curves(np.arange(30), train, validation)).symptoms]
    ['overfitting']
    """
    curves = source if isinstance(source, Curves) else read_curves(source)
    with np.errstate(all="ignore"):  # losses may be 0, or so large that their changes are infinite
        found = [symptom for rule in RULES if (symptom := rule(curves)) is not None]
    return Diagnosis(len(curves), found)
