"""What benchmarks/rebalance.py found, as Markdown: heads on what the models say, means over seeds, paired differences.

Heads learn the last layer again from the original pictures' features: with balanced weights (cRT), feature SMOTE, EOS.
They are as strongly regularized as rebalance_head does it by default, for the linear model as RebalancedHead does.
Logit adjustment changes scores only, by the class counts the model was trained with, so there is nothing to adjust
where these were even or weighted.
"""

import statistics
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from imblearn.metrics import geometric_mean_score
from measuring import cpu_model, versions
from scipy.stats import t as student
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score, f1_score

import augkit
from augkit.guided.gate import neighbor_accuracy
from augkit.oversampling.head import ANY_FEATURES, TRAINED_FEATURES, default_classifier

TRAINED = "as trained"
ADJUSTED = "logit adjustment"
LEARNED = ("cRT", "feature SMOTE", "EOS")
HEADS = (TRAINED, *LEARNED, ADJUSTED)
METRICS = ("balanced accuracy", "macro F1", "G-mean")
NONE = "-"

Scores = Mapping[str, Sequence[float]]


class Result(NamedTuple):
    """An arm of a seed: the metrics of each head, in points, on the network and on the linear model."""

    network: Scores
    linear: Scores
    note: str


def score(y: np.ndarray, predicted: np.ndarray) -> list[float]:
    """Return the metrics, in points."""
    return [
        100 * float(value)
        for value in (
            balanced_accuracy_score(y, predicted),
            f1_score(y, predicted, average="macro"),
            geometric_mean_score(y, predicted, average="multiclass"),
        )
    ]


def head_scores(kept: Mapping[str, Any], model: str, seed: int, *, learned: bool = True) -> dict[str, list[float]]:
    """Return the metrics of each head over a model; of those only that have something to do."""
    own, test, scores = (kept[f"{model}_{part}"] for part in ("own", "test", "scores"))
    found = {TRAINED: score(kept["test_y"], scores.argmax(axis=1))}
    if learned:
        regression = default_classifier(own, TRAINED_FEATURES if model == "network" else ANY_FEATURES)
        heads = (
            clone(regression).set_params(class_weight="balanced"),
            augkit.RebalancedHead(augkit.SMOTE(random_state=seed), regression),
            augkit.RebalancedHead(augkit.EOS(random_state=seed), regression),
        )
        for name, head in zip(LEARNED, heads, strict=True):
            found[name] = score(kept["test_y"], head.fit(own, kept["y"]).predict(test))
    if not kept["weighted"] and len(set(kept["counts"].tolist())) > 1:
        adjusted = augkit.logit_adjust(scores, kept["counts"])
        found[ADJUSTED] = score(kept["test_y"], adjusted.argmax(axis=1))
    return found


def read(path: Path, arm: str, seed: int) -> Result:
    """Return the scores of an arm; on the linear model, heads that are learned anew are the same for all arms."""
    with np.load(path) as kept:
        network = head_scores(kept, "network", seed)
        linear = head_scores(kept, "linear", seed, learned=arm == "none")
        return Result(network, linear, str(kept["note"]))


def interval(values: Sequence[float]) -> str:
    """Return the mean with the half width of its 95 % interval over seeds (Student's t)."""
    mean = statistics.mean(values)
    if len(values) < 2:
        return f"{mean:+.1f}"
    half = student.ppf(0.975, len(values) - 1) * statistics.stdev(values) / len(values) ** 0.5
    return f"{mean:+.1f} ± {half:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


class Tables:
    """All results, and the tables that are made of them."""

    def __init__(self, results: Mapping[str, Sequence[Result]]) -> None:
        self.results = results

    def values(self, model: str, arm: str, head: str, metric: int = 0) -> list[float]:
        """Return a metric of each seed; none where the head has nothing to do."""
        scores = [getattr(result, model) for result in self.results.get(arm, [])]
        return [score[head][metric] for score in scores if head in score]

    def mean(self, model: str, arm: str, head: str, *metrics: int) -> str:
        """Return means over seeds."""
        found = [self.values(model, arm, head, metric) for metric in metrics]
        return " / ".join(f"{statistics.mean(values):.1f}" for values in found) if found[0] else NONE

    def by_head(self, *metrics: int) -> list[str]:
        """Return a table of arms and heads on the network."""
        rows = [[arm, *(self.mean("network", arm, head, *metrics) for head in HEADS)] for arm in self.results]
        return table(["arm", *HEADS], rows)

    def linear(self) -> list[str]:
        """Return a table of arms and metrics of the linear model."""
        metrics = range(len(METRICS))
        rows = [[arm, *(self.mean("linear", arm, TRAINED, metric) for metric in metrics)] for arm in self.results]
        return table(["arm", *METRICS], rows)

    def differences(self) -> list[str]:
        """Return a table of what is worth how much more than what, on the same seeds."""
        arms = list(self.results)
        pairs = [((arm, TRAINED), ("none", TRAINED)) for arm in arms if arm != "none"]
        pairs += [(("none", head), ("none", TRAINED)) for head in (*LEARNED, ADJUSTED)]
        pairs += [(("classic", head), ("classic", TRAINED)) for head in LEARNED]
        pairs += [((arm, TRAINED), ("classic", TRAINED)) for arm in arms if "guided" in arm or "auto" in arm]
        pairs += [(("classic", "EOS"), ("none", "EOS"))]
        rows = []
        for pair in pairs:
            cells = [self._difference(model, pair) for model in ("network", "linear")]
            if any(cell != NONE for cell in cells):
                named = [arm if head == TRAINED else f"{arm} + {head}" for arm, head in pair]
                rows.append([*named, *cells])
        return table(["this", "minus this", "network", "linear"], rows)

    def _difference(self, model: str, pair: Sequence[tuple[str, str]]) -> str:
        ones, others = (self.values(model, arm, head) for arm, head in pair)
        return interval([one - other for one, other in zip(ones, others, strict=True)]) if ones and others else NONE


def report(name: str, trained: str, seeds: Sequence[Mapping[str, Path]]) -> list[str]:
    """Return the lines of the whole report, from the files of each seed's arms."""
    warnings.simplefilter("ignore")
    tables = Tables({arm: [read(files[arm], arm, seed) for seed, files in enumerate(seeds)] for arm in seeds[0]})
    looked_at = [np.load(next(iter(files.values()))) for files in seeds]
    sizes = np.bincount(looked_at[0]["y"])
    accuracies = [f"{neighbor_accuracy(kept['linear_own'], kept['y']):.2f}" for kept in looked_at]
    lines = [
        f"{name}: {sizes.sum():,} pictures of {len(sizes)} classes ({sizes.max()} to {sizes.min()}), "
        f"{len(looked_at[0]['test_y']):,} to test on; {len(seeds)} seeds, each with the sizes given to other classes "
        f"where there are pictures enough; {trained}; leave-one-out accuracy of HOGFeatures {', '.join(accuracies)}",
        "",
        f"Balanced accuracy of the network, in points, by head; {NONE} where logit adjustment has nothing to adjust, "
        "because the network was trained on even classes or with weights:",
        "",
        *tables.by_head(0),
        "",
        "Macro F1 / G-mean of the network (G-mean is 0 where a class is never recognised):",
        "",
        *tables.by_head(1, 2),
        "",
        "The linear model as trained:",
        "",
        *tables.linear(),
        "",
    ]
    if "none" in tables.results:
        told = ", ".join(f"{head} {tables.mean('linear', 'none', head, 0)}" for head in HEADS[1:])
        lines += [
            "Heads of the linear model learn from the original pictures alone, so they are the same for every arm; "
            f"balanced accuracy: {told}.",
            "",
        ]
    lines += ["Paired differences of balanced accuracy, mean over seeds ± half of the 95 % interval:", ""]
    lines += [*tables.differences(), ""]
    notes = [f"- {arm}: {found.note}" for arm, results in tables.results.items() for found in results if found.note]
    lines += dict.fromkeys(notes)  # the same of several seeds once
    packages = versions("augkit", "torch", "scikit-learn", "numpy", "opencv-python-headless")
    return [*lines, "", f"{packages}; {cpu_model()}"]
