"""Tables of numbers with a label column, as CSV or Parquet: read, and written with more rows."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from augkit.errors import AugkitError, suggest
from augkit.files.read import read_bytes
from augkit.files.write import write_file


@dataclass(frozen=True)
class Table:
    """Features, labels, and the columns that are neither, which new rows have nothing in.

    Parameters
    ----------
    features : array (N, columns)
    labels : array of N
    columns : list of str
        Names of the columns of features.
    label : str
        Name of the column of labels.
    content : Any
        The table as it was read: original rows are written as they were.
    """

    features: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    columns: list[str]
    label: str
    content: Any


def read_table(path: str, label: str, ignore: Sequence[str] = ()) -> Table:
    """Return a table by its suffix; every column but the label and those to ignore must hold numbers.

    Raises
    ------
    AugkitError
        When it can't be read, a column is missing, or one holds no numbers.
    """
    try:
        data = read_bytes(path)
    except OSError as error:
        raise AugkitError(f"{path} can't be read: {error.strerror}") from None
    return _read_parquet(path, data, label, ignore) if is_parquet(path) else _read_csv(path, data, label, ignore)


def is_parquet(path: str) -> bool:
    """Return whether a path names a Parquet file."""
    return os.path.splitext(path)[1].lower() in (".parquet", ".pq")


def write_table(path: str, table: Table, features: npt.NDArray[Any], labels: npt.NDArray[Any]) -> None:
    """Write a table with these rows after its own; other columns are empty in them."""
    values = dict(zip(table.columns, features.T, strict=True)) | {table.label: labels}
    write_file(path, _parquet_bytes(table, values) if is_parquet(path) else _csv_bytes(table, values))


def _choose(path: str, names: Sequence[str], label: str, ignore: Sequence[str]) -> list[str]:
    """Return the feature columns."""
    for wanted in (label, *ignore):
        if wanted not in names:
            raise AugkitError(f"{path} has no column {wanted!r}{suggest(wanted, names)}")
    if len(set(names)) < len(names):
        raise AugkitError(f"{path} names a column twice; every column needs a name of its own")
    chosen = [name for name in names if name != label and name not in ignore]
    if not chosen:
        raise AugkitError(f"{path} has no column of features besides {label!r}")
    return chosen


def _read_csv(path: str, data: bytes, label: str, ignore: Sequence[str]) -> Table:
    try:
        lines = [line for line in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise AugkitError(f"{path} is no CSV file in UTF-8: {error}") from None
    names, rows = (lines[0], lines[1:]) if lines else ([], [])
    columns = _choose(path, names, label, ignore)
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise AugkitError(f"{path}: row {number} has {len(row)} fields, the first line names {len(names)}")
    features = np.empty((len(rows), len(columns)))
    for column, name in enumerate(columns):
        place = names.index(name)
        try:
            features[:, column] = [float(row[place]) for row in rows]
        except ValueError as error:
            raise _no_numbers(path, name, str(error)) from None
    place = names.index(label)
    return Table(features, np.array([row[place] for row in rows]), columns, label, lines)


def _csv_bytes(table: Table, values: Mapping[str, npt.NDArray[Any]]) -> bytes:
    names = table.content[0]
    count = len(values[table.label])
    columns = [values[name].tolist() if name in values else [""] * count for name in names]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(table.content)
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _read_parquet(path: str, data: bytes, label: str, ignore: Sequence[str]) -> Table:
    _, parquet, types, error = _pyarrow()
    try:
        content = parquet.read_table(io.BytesIO(data))
    except error as problem:
        raise AugkitError(f"{path} is no Parquet file: {problem}") from None
    columns = _choose(path, content.column_names, label, ignore)
    for name in columns:
        kind = content.schema.field(name).type
        if not (types.is_floating(kind) or types.is_integer(kind)):
            raise _no_numbers(path, name, f"it holds {kind}")
        if content.column(name).null_count:
            raise _no_numbers(path, name, f"{content.column(name).null_count} values are missing")
    features = np.column_stack([content.column(name).to_numpy() for name in columns])
    if not np.issubdtype(features.dtype, np.floating):
        features = features.astype(np.float64)
    return Table(features, np.array(content.column(label).to_pylist()), columns, label, content)


def _parquet_bytes(table: Table, values: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the file; columns of whole numbers become floats, since the new rows lie between."""
    arrow, parquet, types, _ = _pyarrow()
    fields = [
        field.with_type(arrow.float64()) if field.name in table.columns and types.is_integer(field.type) else field
        for field in table.content.schema
    ]
    schema = arrow.schema(fields, table.content.schema.metadata)
    count = len(values[table.label])
    made = [
        arrow.array(values[field.name], from_pandas=False).cast(field.type)
        if field.name in values
        else arrow.nulls(count, field.type)
        for field in fields
    ]
    file = io.BytesIO()
    parquet.write_table(
        arrow.concat_tables([table.content.cast(schema), arrow.Table.from_arrays(made, schema=schema)]), file
    )
    return file.getvalue()


def _pyarrow() -> tuple[Any, Any, Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
        import pyarrow.types
    except ImportError:
        raise AugkitError("Parquet files need pyarrow: pip install augkit[parquet]") from None
    return pyarrow, pyarrow.parquet, pyarrow.types, pyarrow.ArrowInvalid


def _no_numbers(path: str, column: str, problem: str) -> AugkitError:
    return AugkitError(
        f"{path}: column {column!r} holds no numbers: {problem}; leave it out with --ignore {column}, "
        f"or name the labels with --label"
    )
