"""``augkit oversample`` as a real process, on every kind of file."""

import csv
import json
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris

import augkit
from augkit.cli.app import main

METHODS = {"smote": "SMOTE", "borderline": "BorderlineSMOTE", "adasyn": "ADASYN", "eos": "EOS"}


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", "oversample", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.fixture
def refused(monkeypatch, capsys) -> Callable[..., str]:
    """A function that runs the command within this process, and returns what it says as it refuses."""

    def call(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["augkit", "oversample", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        shown = capsys.readouterr()
        assert (end.value.code, shown.out) == (2, "")
        assert "should not have happened" not in shown.err
        return shown.err

    return call


@pytest.fixture(scope="module")
def flowers() -> tuple[np.ndarray, np.ndarray]:
    """Iris with 50, 20 and 12 flowers; names for labels."""
    iris = load_iris()
    keep = np.concatenate([np.flatnonzero(iris.target == label)[:count] for label, count in enumerate((50, 20, 12))])
    return iris.data[keep].astype(np.float32), iris.target_names[iris.target[keep]]


@pytest.fixture
def npz(flowers, tmp_path) -> Path:
    path = tmp_path / "features.npz"
    ids = np.array([f"{label}/{number}.png" for number, label in enumerate(flowers[1])])
    np.savez(path, ids=ids, labels=flowers[1], features=flowers[0])
    return path


@pytest.fixture
def table(flowers, tmp_path) -> Path:
    path = tmp_path / "flowers.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "length", "width", "label", "petal, length", "petal width"])
        for number, (row, label) in enumerate(zip(flowers[0], flowers[1], strict=True)):
            writer.writerow([f"flower {number}", f"{row[0]:.2f}", row[1], label, row[2], row[3]])
    return path


@pytest.mark.parametrize("method", METHODS)
def test_every_method_writes_what_its_sampler_makes_and_the_parents(npz, flowers, tmp_path, method):
    done = run(npz, "-o", tmp_path / "balanced.npz", "--method", method, "--seed", 3)
    assert done.returncode == 0, done.stderr
    written = np.load(tmp_path / "balanced.npz")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler = getattr(augkit, METHODS[method])(random_state=3)
        X, y = sampler.fit_resample(*flowers)
    np.testing.assert_array_equal(written["features"], X)
    np.testing.assert_array_equal(written["labels"], y)
    np.testing.assert_array_equal(written["parent_rows"], sampler.parents_.rows)
    np.testing.assert_array_equal(written["parent_neighbors"], sampler.parents_.neighbors)
    np.testing.assert_array_equal(written["parent_steps"], sampler.parents_.steps)
    assert written["features"].dtype == np.float32
    assert written["ids"][0] == "setosa/0.png"
    assert set(written["ids"][82:]) == {""}
    assert f"150 rows written to {tmp_path / 'balanced.npz'}, 68 of them by {METHODS[method]}" in done.stdout


def test_json_is_one_object(npz, tmp_path):
    done = run(npz, "-o", tmp_path / "balanced.npz", "--json", "--neighbors", 15)
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert report["classes"]["virginica"] == {"before": 12, "created": 38, "total": 50}
    assert (report["method"], report["rows"], report["created"]) == ("SMOTE", 150, 68)
    assert report["notes"] == ["class virginica has 12 rows: k_neighbors is 11 for it, not 15"]


def test_a_csv_file_keeps_its_lines_and_gets_new_ones(table, tmp_path):
    out = tmp_path / "balanced.csv"
    done = run(table, "-o", out, "--ignore", "name")
    assert done.returncode == 0, done.stderr
    before, after = (list(csv.reader(path.read_text().splitlines())) for path in (table, out))
    assert after[: len(before)] == before
    made = after[len(before) :]
    assert Counter(row[3] for row in made) == {"versicolor": 30, "virginica": 38}
    assert {row[0] for row in made} == {""}
    values = np.array([[float(row[place]) for place in (1, 2, 4, 5)] for row in made])
    known = np.array([[float(row[place]) for place in (1, 2, 4, 5)] for row in before[1:]])
    labels = np.array([row[3] for row in before[1:]])
    expected = augkit.SMOTE(random_state=0).fit_resample(known, labels)[0][len(known) :]
    np.testing.assert_array_equal(values, expected)


def test_a_parquet_file_keeps_its_types(flowers, tmp_path, refused):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import parquet

    X, y = flowers
    columns = {"length": X[:, 0], "count": np.rint(X[:, 2] * 10).astype(np.int16), "kind": y.tolist()}
    given = arrow.table(columns | {"name": [f"flower {number}" for number in range(len(y))]})
    parquet.write_table(given, tmp_path / "in.parquet")
    done = run(tmp_path / "in.parquet", "-o", tmp_path / "out.parquet", "--label", "kind", "--ignore", "name")
    assert done.returncode == 0, done.stderr
    made = parquet.read_table(tmp_path / "out.parquet")
    assert [str(kind) for kind in made.schema.types] == ["float", "double", "string", "string"]
    assert made.slice(0, len(y)).column("length").equals(given.column("length"))
    assert Counter(made.column("kind").to_pylist()) == dict.fromkeys(set(y.tolist()), 50)
    assert made.column("name").null_count == 68
    whole = {"count": given["count"], "large": arrow.array(range(len(y))), "kind": given["kind"]}
    parquet.write_table(arrow.table(whole), tmp_path / "whole.parquet")
    assert run(tmp_path / "whole.parquet", "-o", tmp_path / "between.parquet", "--label", "kind").returncode == 0
    between = parquet.read_table(tmp_path / "between.parquet").column("count").to_numpy()[len(y) :]
    assert (between % 1 != 0).any()  # whole numbers are not rounded
    says = refused(tmp_path / "in.parquet", "-o", tmp_path / "no.parquet", "--label", "kind")
    assert "column 'name' holds no numbers: it holds string" in says


@pytest.mark.parametrize(
    ("strategy", "counts"),
    [
        ("minority", (50, 20, 50)),
        ("30", (50, 30, 30)),
        ("virginica=13,versicolor=21", (50, 21, 13)),
    ],
)
def test_strategies(npz, tmp_path, strategy, counts):
    done = run(npz, "-o", tmp_path / "out.npz", "--sampling-strategy", strategy)
    assert done.returncode == 0, done.stderr
    assert tuple(Counter(np.load(tmp_path / "out.npz")["labels"].tolist()).values()) == counts


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--method", "smoot"], "did you mean 'smote'"),
        (["--sampling-strategy", "most"], "--sampling-strategy must be auto"),
        (["--sampling-strategy", "virginia=20"], "did you mean 'virginica'"),
        (["--sampling-strategy", "virginica=5"], "Originally, there is 12 samples and 5 samples are asked"),
        (["--sampling-strategy", "1000000000000"], "up to 100,000,000 rows a class; got 1000000000000"),
        (["--sampling-strategy", "1" + "0" * 20], "up to 100,000,000 rows a class"),
        (["--sampling-strategy", "9" * 5000], "up to 100,000,000 rows a class"),
        (["--sampling-strategy", "virginica=1000000000000"], "up to 100,000,000 rows a class"),
        (["--sampling-strategy", "0.5"], "only when the type of target is binary"),
        (["--neighbors", "0"], "'k_neighbors' parameter"),
    ],
)
def test_wrong_usage_is_one_clear_message_and_exit_code_2(npz, tmp_path, refused, options, says):
    assert says in refused(npz, "-o", tmp_path / "out.npz", *options)
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b\n1,2\n", "has no column 'label'"),
        ("a,label\n1,x\nfive,y\n", "column 'a' holds no numbers: could not convert string to float: 'five'"),
        ("a,label\n1,x\n2\n", "row 2 has 1 fields, the first line names 2"),
        ("label\nx\n", "no column of features"),
        ("a,a,label\n1,2,x\n", "names a column twice"),
        ("a,label\n1,x\nnan,y\n", "NaN"),
        ("a,label\n1,x\n2,x\n", "class"),
        ("", "has no column 'label'"),
        ("a,label\n1,\xff\n", "no CSV file in UTF-8"),
    ],
)
def test_tables_that_are_none_are_refused(tmp_path, refused, content, says):
    (tmp_path / "in.csv").write_bytes(content.encode("latin-1"))
    assert says in refused(tmp_path / "in.csv", "-o", tmp_path / "out.csv")


def test_files_that_do_not_fit_are_refused(npz, flowers, tmp_path, refused):
    assert "is there already" in refused(npz, "-o", npz)
    assert "must both be .npz, .csv or .parquet" in refused(npz, "-o", tmp_path / "out.csv")
    assert "can't be read: No such file" in refused(tmp_path / "no.npz", "-o", tmp_path / "out.npz")
    (tmp_path / "text.npz").write_text("no arrays")
    assert "is no .npz file of plain arrays" in refused(tmp_path / "text.npz", "-o", tmp_path / "out.npz")
    np.savez(tmp_path / "x.npz", X=flowers[0], labels=flowers[1])
    assert "holds no array 'features'; there are: X, labels" in refused(tmp_path / "x.npz", "-o", tmp_path / "out.npz")
    np.savez(tmp_path / "short.npz", features=flowers[0], labels=flowers[1][:5])
    assert "features has 82 rows, labels has 5" in refused(tmp_path / "short.npz", "-o", tmp_path / "out.npz")
    np.savez(tmp_path / "objects.npz", features=flowers[0], labels=flowers[1].astype(object))
    assert "is no .npz file of plain arrays" in refused(tmp_path / "objects.npz", "-o", tmp_path / "out.npz")


def test_more_rows_than_memory_holds_are_told(tmp_path, refused):
    resource = pytest.importorskip("resource", reason="memory can't be limited here")
    np.savez(tmp_path / "wide.npz", features=np.zeros((3, 4_000_000), np.uint8), labels=[0, 1, 1])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 36, before[1]))
    try:
        says = refused(tmp_path / "wide.npz", "-o", tmp_path / "out.npz", "--sampling-strategy", "1000000")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert "wide.npz: the rows that --sampling-strategy 1000000 asks for don't fit in memory" in says


def test_what_embed_writes_is_oversampled(make_folder, tmp_path):
    augkit.embed(make_folder(cat=9, dog=3), tmp_path / "features.npz")
    done = run(tmp_path / "features.npz", "-o", tmp_path / "balanced.npz")
    assert done.returncode == 0, done.stderr
    assert Counter(np.load(tmp_path / "balanced.npz")["labels"].tolist()) == {"cat": 9, "dog": 9}


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("features", np.array(1.0)),
        ("features", np.zeros(60)),
        ("features", np.zeros((60, 4), "U3")),
        ("features", np.zeros((60, 4), complex)),
        ("labels", np.array("a")),
        ("labels", np.full((60, 2), "a")),
        ("ids", np.zeros((60, 2))),
    ],
)
def test_arrays_of_another_shape_or_kind_are_told_in_one_line(tmp_path, refused, name, array):
    arrays = {"features": np.zeros((60, 4)), "labels": np.array(["a"] * 40 + ["b"] * 20)} | {name: array}
    np.savez(tmp_path / "bad.npz", **arrays)
    said = refused(tmp_path / "bad.npz", "-o", tmp_path / "even.npz")
    assert f"bad.npz: {name} must be" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "even.npz").exists()


def test_what_imbalanced_learn_refuses_is_told_in_one_line(tmp_path, refused):
    features = np.zeros((60, 4))
    features[3, 1] = np.nan
    np.savez(tmp_path / "bad.npz", features=features, labels=np.array(["a"] * 40 + ["b"] * 20))
    said = refused(tmp_path / "bad.npz", "-o", tmp_path / "even.npz")
    assert "contains NaN" in said
    assert said.count("\n") == 1


def test_an_empty_table_is_told_without_a_list_of_nothing(tmp_path, refused):
    (tmp_path / "empty.csv").write_text("", "utf-8")
    assert refused(tmp_path / "empty.csv", "-o", tmp_path / "even.csv").endswith("has no column 'label'\n")
