"""``augkit embed`` as a real process."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import augkit


def run(*arguments: object, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "augkit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **{"timeout": 120, **options})


def test_embed_writes_ids_labels_and_features(make_folder, tmp_path):
    source = make_folder(cat=5, dog=3)
    (source / "cat" / "nested").mkdir()
    (source / "cat" / "001.png").rename(source / "cat" / "nested" / "1.png")
    done = run("embed", source, "-o", tmp_path / "features.npz")
    assert done.returncode == 0, done.stderr
    assert "8 x 8 features written to" in done.stdout
    assert "Embedding: 8 of 8 files" in done.stderr
    arrays = np.load(tmp_path / "features.npz")
    assert sorted(arrays.files) == ["features", "ids", "labels"]
    assert arrays["ids"].tolist() == sorted(
        path.relative_to(source).as_posix() for path in source.rglob("*.png")
    )  # fmt: skip
    assert [image_id.split("/")[0] for image_id in arrays["ids"]] == arrays["labels"].tolist()
    assert arrays["features"].dtype == np.float32
    expected = augkit.HOGFeatures().fit_transform([source / image_id for image_id in arrays["ids"]])
    np.testing.assert_array_equal(arrays["features"], expected)
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".augkit")]


def test_bad_files_are_listed_and_end_nothing(make_folder, tmp_path):
    source = make_folder(cat=3, dog=2)
    (source / "cat" / "bad.jpg").write_text("no picture")
    (source / "dog" / "empty.png").write_bytes(b"")
    (source / "dog" / "notes.txt").write_text("x")
    done = run("embed", source, "-o", tmp_path / "features.npz", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert (report["images"], report["classes"]) == (5, {"cat": 3, "dog": 2})
    assert [failure["file"] for failure in report["failed"]] == ["cat/bad.jpg", "dog/empty.png"]
    assert report["left_out"] == [{"file": "dog/notes.txt", "reason": "not an image"}]
    quiet = run("embed", source, "-o", tmp_path / "again.npz", "--quiet")
    assert (quiet.returncode, quiet.stdout) == (1, "")
    assert quiet.stderr.startswith("2 images could not be used:\n  cat/bad.jpg: not an image: it holds text\n")


def test_names_that_are_no_utf8_come_back(make_folder, tmp_path):
    source = make_folder(cat=2)
    strange = os.fsencode(source / "cat") + b"/caf\xe9.png"
    os.rename(source / "cat" / "001.png", strange)
    done = run("embed", source, "-o", tmp_path / "features.npz")
    assert done.returncode == 0, done.stderr
    assert os.fsencode(np.load(tmp_path / "features.npz")["ids"][1]) == b"cat/caf\xe9.png"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--features", "hogg"], "features must be 'hog', the path of an .onnx file"),
        (["--features", "none.onnx"], "none.onnx can't be read"),
        (["--workers", "0"], "--workers must be auto or"),
        (["--max-pixels", "0"], "--max-pixels must be"),
    ],
)
def test_wrong_usage_is_one_clear_message_and_exit_code_2(make_folder, tmp_path, options, says):
    if "none.onnx" in options:
        pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    done = run("embed", make_folder(cat=2), "-o", tmp_path / "features.npz", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "features.npz").exists()


def test_nothing_is_overwritten_unasked(make_folder, tmp_path):
    source = make_folder(cat=2)
    there = tmp_path / "features.npz"
    there.write_text("mine")
    refused = run("embed", source, "-o", there)
    assert (refused.returncode, "is there already" in refused.stderr) == (2, True)
    assert there.read_text() == "mine"
    assert run("embed", source, "-o", there, "--overwrite").returncode == 0
    assert np.load(there)["ids"].shape == (2,)
    folder = run("embed", source, "-o", tmp_path)
    assert (folder.returncode, "is a folder" in folder.stderr) == (2, True)


def test_a_folder_without_a_usable_picture_is_an_error(tmp_path):
    (tmp_path / "in" / "cat").mkdir(parents=True)
    (tmp_path / "in" / "cat" / "bad.jpg").write_text("no picture")
    done = run("embed", tmp_path / "in", "-o", tmp_path / "features.npz")
    assert (done.returncode, "holds no usable image: 1 can't be used" in done.stderr) == (2, True)
