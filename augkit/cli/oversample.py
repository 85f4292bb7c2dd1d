"""``augkit oversample``."""

import os
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augkit.cli.output import console, print_json, show
from augkit.errors import AugkitError, suggest

if TYPE_CHECKING:
    import numpy.typing as npt

    from augkit.oversampling.base import Oversampler

_SAMPLERS = {"smote": "SMOTE", "borderline": "BorderlineSMOTE", "adasyn": "ADASYN", "eos": "EOS"}
_MOST_ROWS = 100_000_000  # of a class
_STRATEGIES = ("auto", "minority", "not minority", "not majority", "all")


def command(
    source: Annotated[str, typer.Argument(metavar="FILE", help="Features and labels: .npz, .csv or .parquet.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="File to write, of the same kind.")],
    method: Annotated[str, typer.Option(metavar="|".join(_SAMPLERS), help="How new rows are made.")] = "smote",
    sampling_strategy: Annotated[
        str,
        typer.Option(
            metavar="auto|N|CLASS=N,...",
            help="auto: every class up to the largest; N: up to N rows; or minority, not minority, all.",
        ),
    ] = "auto",
    k_neighbors: Annotated[
        int | None, typer.Option("--neighbors", metavar="K", help="Neighbours to choose from (default: 5; eos: 10).")
    ] = None,
    label: Annotated[str, typer.Option(metavar="COLUMN", help="Column of labels, in a table.")] = "label",
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Column that is no feature; empty in new rows.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same rows.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file to write.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Balance a table of features by SMOTE and its kin.

    The original rows come first, as they were. An .npz file (as augkit embed writes it) gets the parents of the new
    rows, too: parent_rows, parent_neighbors and parent_steps; the ids of new rows are empty.

    Exit codes: 0 all done; 2 it could not be done.
    """
    from augkit.files.arrays import read_arrays, write_arrays
    from augkit.files.tables import read_table, write_table
    from augkit.files.write import check_new

    check_new(output, overwrite=overwrite)
    kinds = [os.path.splitext(path)[1].lower() for path in (source, output)]
    if kinds[0] != kinds[1] or kinds[0] not in (".npz", ".csv", ".parquet"):
        raise AugkitError(f"FILE and --output must both be .npz, .csv or .parquet; got {source} and {output}")
    if method not in _SAMPLERS:
        raise AugkitError(f"--method must be one of {', '.join(_SAMPLERS)}{suggest(method, _SAMPLERS)}")
    table = None if kinds[0] == ".npz" else read_table(source, label, ignore or ())
    arrays = _checked(source, read_arrays(source)) if table is None else {}
    X, y = (arrays["features"], arrays["labels"]) if table is None else (table.features, table.labels)
    sampler = _sampler(method, k_neighbors, _strategy(sampling_strategy, y), seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            resampled, labels = sampler.fit_resample(X, y)
        except ValueError as error:  # what imbalanced-learn refuses
            reason = str(error).partition("\n")[0]  # below it, scikit-learn recommends other classifiers
            raise AugkitError(f"{source}: {reason}") from None
        except MemoryError:
            raise AugkitError(
                f"{source}: the rows that --sampling-strategy {sampling_strategy} asks for don't fit in memory; "
                f"ask for fewer"
            ) from None
    if table is None:
        write_arrays(output, _with_parents(arrays, resampled, labels, sampler))
    else:
        write_table(output, table, resampled[len(X) :], labels[len(X) :])
    report = _report(sampler, y, labels, [str(warning.message) for warning in caught])
    if as_json:
        print_json(report)
    elif not quiet:
        _print(report, output)


def _checked(path: str, arrays: "dict[str, npt.NDArray[Any]]") -> "dict[str, npt.NDArray[Any]]":
    """Return the arrays of a file if they are features and labels that belong together."""
    for name in ("features", "labels"):
        if name not in arrays:
            raise AugkitError(f"{path} holds no array {name!r}{suggest(name, arrays)}")
    for name, axes, what in (
        ("features", (2, 3, 4), "rows of numbers"),
        ("labels", (1,), "one a row"),
        ("ids", (1,), "one a row"),
    ):
        if name in arrays and (
            arrays[name].ndim not in axes or (name == "features" and arrays[name].dtype.kind not in "buif")
        ):
            raise AugkitError(
                f"{path}: {name} must be {what}, got an array of shape {arrays[name].shape}, {arrays[name].dtype}"
            )
    count = len(arrays["labels"])
    for name in ("features", "ids"):
        if name in arrays and len(arrays[name]) != count:
            raise AugkitError(f"{path}: {name} has {len(arrays[name])} rows, labels has {count}")
    return arrays


def _sampler(method: str, k_neighbors: int | None, strategy: Any, seed: int) -> "Oversampler":
    import augkit

    chosen: Oversampler = getattr(augkit, _SAMPLERS[method])(sampling_strategy=strategy, random_state=seed)
    return chosen if k_neighbors is None else chosen.set_params(k_neighbors=k_neighbors)


def _strategy(text: str, y: "npt.NDArray[Any]") -> Any:
    """Return what imbalanced-learn takes for a strategy."""
    if text in _STRATEGIES:
        return text
    counts = Counter(y.tolist())
    if text.isdecimal():
        rows = _rows(text)
        return {label: rows for label, count in counts.items() if count < rows}
    if "=" in text:
        known = {str(label): label for label in counts}
        wanted = dict(part.rpartition("=")[::2] for part in text.split(","))
        for name, number in wanted.items():
            if name not in known or not number.isdecimal():
                hint = "" if name in known else suggest(name, known)
                raise AugkitError(f"--sampling-strategy must be CLASS=N,...; got {name}={number}{hint}")
        return {known[name]: _rows(number) for name, number in wanted.items()}
    try:
        return float(text)
    except ValueError:
        raise AugkitError(
            f"--sampling-strategy must be {', '.join(_STRATEGIES)}, a number of rows, a fraction for two classes, "
            f"or CLASS=N,...; got {text!r}"
        ) from None


def _rows(text: str) -> int:
    digits = text.lstrip("0") or "0"
    if len(digits) > len(str(_MOST_ROWS)) or int(digits) > _MOST_ROWS:
        raise AugkitError(f"--sampling-strategy must ask for up to {_MOST_ROWS:,} rows a class; got {text[:40]}")
    return int(digits)


def _with_parents(
    arrays: "dict[str, npt.NDArray[Any]]", X: "npt.NDArray[Any]", y: "npt.NDArray[Any]", sampler: "Oversampler"
) -> "dict[str, npt.NDArray[Any]]":
    import numpy as np

    made = len(y) - len(arrays["labels"])
    written = {"features": X, "labels": y}
    if "ids" in arrays:
        written["ids"] = np.concatenate([arrays["ids"].astype(str), np.zeros(made, "U1")])
    rows, neighbors, steps = sampler.parents_
    return written | {"parent_rows": rows, "parent_neighbors": neighbors, "parent_steps": steps}


def _report(
    sampler: "Oversampler", y: "npt.NDArray[Any]", labels: "npt.NDArray[Any]", notes: list[str]
) -> dict[str, Any]:
    before, after = Counter(y.tolist()), Counter(labels.tolist())
    return {
        "method": type(sampler).__name__,
        "classes": {
            str(label): {"before": before[label], "created": after[label] - before[label], "total": after[label]}
            for label in sorted(before)
        },
        "rows": len(labels),
        "created": len(labels) - len(y),
        "notes": notes,
    }


def _print(report: dict[str, Any], output: str) -> None:
    from rich import box
    from rich.table import Table

    out = console()
    table = Table("class", box=box.SIMPLE_HEAD)
    for heading in ("before", "created", "after"):
        table.add_column(heading, justify="right")
    for name, count in report["classes"].items():
        table.add_row(show(name), str(count["before"]), str(count["created"]), str(count["total"]))
    out.print(table)
    for note in report["notes"]:
        out.print(f"Note: {show(note)}")
    out.print(f"{report['rows']:,} rows written to {show(output)}, {report['created']:,} of them by {report['method']}")
