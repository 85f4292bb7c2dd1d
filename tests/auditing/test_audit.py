"""The audit as a whole: sources, kept measurements, quarantine, memory."""

import errno
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from folders import contents

import augkit
from augkit.auditing.quarantine import LOG, move_out, undo, write_list
from augkit.errors import AugkitError
from augkit.files.move import move


def test_the_report_counts_pictures_classes_and_splits(with_splits):
    report = augkit.audit(with_splits, checks="unreadable")
    assert report.images == 40
    assert report.classes == {"cat": 20, "dog": 20}
    assert report.splits == {"train": {"cat": 15, "dog": 15}, "test": {"cat": 5, "dog": 5}}
    assert report.exit_code() == 0


def test_pictures_in_no_class_folder_bear_no_label(clean):
    report = augkit.audit(clean / "cat")
    assert (report.images, report.classes, report.findings) == (15, {}, [])


def test_the_source_is_left_as_it_is(faulty):
    before = contents(faulty)
    augkit.audit(faulty)
    assert contents(faulty) == before


def test_any_number_of_workers_finds_the_same(faulty):
    one, four = (augkit.audit(faulty, workers=workers).findings for workers in (1, 4))
    assert one == four


def test_a_second_run_reads_only_what_has_changed(clean, tmp_path):
    kept = tmp_path / "measurements.npz"
    assert augkit.audit(clean, measurements=kept).measured == 30
    first = augkit.audit(clean, measurements=kept)
    assert (first.measured, first.findings) == (0, [])
    changed = clean / "cat" / "03.png"
    changed.write_bytes((clean / "dog" / "03.png").read_bytes())
    os.utime(changed, (1, 1))
    second = augkit.audit(clean, measurements=kept)
    assert second.measured == 1
    assert [finding.check for finding in second.findings] == ["label-conflict"]


def test_measurements_that_are_no_measurements_are_measured_anew(clean, tmp_path):
    kept = tmp_path / "measurements.npz"
    kept.write_bytes(b"PK no archive")
    assert augkit.audit(clean, measurements=kept).measured == 30
    assert augkit.audit(clean, measurements=kept).measured == 0


def test_arrays_in_memory_are_audited_like_files(crops, found):
    images = np.stack([*crops["cat"][:15], *crops["dog"][:15]]).astype(np.float32) / 255
    images[3] = images[4, :, ::-1]
    images[7, 0, 0, 0] = np.inf
    images[9] *= 255
    report = augkit.audit((images, ["cat"] * 15 + ["dog"] * 15))
    assert found(report, "near-duplicate") == [("3", "4")]
    assert sorted(found(report, "invalid-values")) == [("7",), ("9",)]
    assert sorted(set(map(str, range(30))) - set(report.drop())) == ["4", "7"]
    torch_like = np.moveaxis(images, -1, 1)
    assert found(augkit.audit((torch_like, None)), "near-duplicate") == [("3", "4")]


def test_an_npz_file_has_its_splits_by_name(crops, tmp_path, found):
    cat, dog = np.stack(crops["cat"]), np.stack(crops["dog"])
    x_test = np.stack([cat[20], cat[3], dog[20]])
    path = tmp_path / "data.npz"
    np.savez(path, x_train=np.concatenate([cat[:15], dog[:15]]), y_train=np.repeat([0, 1], 15), x_test=x_test,
             y_test=[0, 0, 1])  # fmt: skip
    report = augkit.audit(path)
    assert report.splits == {"train": {"0": 15, "1": 15}, "test": {"0": 2, "1": 1}}
    assert found(report, "leakage") == [("3", "31")]


def test_images_without_a_label_each_are_refused(crops):
    with pytest.raises(AugkitError, match="one label for each"):
        augkit.audit((crops["cat"], ["a"]))


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (np.zeros(29, int), r"labels must hold one label for each of the 30 pictures of images, .* got \(29,\), int64"),
        (np.zeros(31, int), r"got \(31,\)"),
        (np.zeros((30, 2), int), r"got \(30, 2\)"),
        (np.full(30, 0.5), "labels: a label must be a whole number or a text, got 0.5 at place 0"),
        (np.array([0.0] * 29 + [np.nan]), "got nan at place 29"),
    ],
)
def test_labels_in_a_file_that_fit_no_pictures_are_told_not_dropped(crops, tmp_path, labels, says):
    path = tmp_path / "data.npz"
    np.savez(path, images=np.stack([*crops["cat"][:15], *crops["dog"][:15]]), ids=np.arange(30), labels=labels)
    with pytest.raises(AugkitError, match=f"data.npz: .*{says}"):
        augkit.audit(path)


def test_an_array_beside_pictures_that_can_be_no_labels_is_told(crops, tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, images=np.stack(crops["cat"][:15]), weights=np.zeros((4, 7)))
    with pytest.raises(AugkitError, match=r"weights must hold one label .* got \(4, 7\), float64. Leave it out"):
        augkit.audit(path)
    np.savez(path, images=np.stack(crops["cat"][:15]), weights=np.zeros((4, 7)), labels=[[0.0]] * 7 + [[1.0]] * 8)
    assert augkit.audit(path).classes == {"0": 7, "1": 8}


def test_labels_are_found_by_number_where_several_are_called_so(crops, tmp_path):
    path = tmp_path / "data.npz"
    cats = np.stack(crops["cat"])
    np.savez(path, train_images=cats[:12], test_images=cats[12:20], train_labels=[[0]] * 12, test_labels=[[1]] * 8)
    assert augkit.audit(path).classes == {"0": 12, "1": 8}


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (np.zeros((15, 2)), "must be a whole number or a text"),
        ([0.0] * 14 + [1.5], "got 1.5 at place 14"),
        ([0.0] * 14 + [np.nan], "got nan at place 14"),
        ([["a"], *["b"] * 14], r"got \['a'\] at place 0"),
        ("abcdefghijklmno", "must be a list"),
        (7, "must be a list"),
    ],
)
def test_labels_that_name_no_class_are_refused(crops, labels, says):
    with pytest.raises(AugkitError, match=f"audit: labels.*{says}"):
        augkit.audit((crops["cat"][:15], labels))


@pytest.mark.parametrize("labels", [[0.0, 1.0, None], np.array([[0], [1], [1]]), [np.array(0), np.int8(1), "1"]])
def test_labels_of_any_kind_that_name_classes_are_taken(crops, labels):
    assert set(augkit.audit((crops["cat"][:3], labels)).classes) == {"0", "1"}


@pytest.mark.parametrize(("scale", "offset"), [(6.0, -3.0), (-1.0, 0.0)])
def test_values_in_no_usual_range_are_found(crops, scale, offset):
    images = np.stack(crops["cat"][:15]) / 255 * scale + offset
    (finding,) = augkit.audit((images, None), checks="invalid-values").findings
    assert (finding.level, finding.files) == ("warning", ())
    assert "expected 0 to 1, -1 to 1, or 0 to 255" in finding.reason
    assert augkit.audit((images / 3 if offset else -images, None), checks="invalid-values").findings == []


def test_quarantine_lists_moves_and_brings_back(faulty, tmp_path):
    before = contents(faulty)
    report = augkit.audit(faulty)
    folder = tmp_path / "quarantine"
    assert write_list(report, str(folder)) == len(report.to_drop()) > 5
    assert contents(faulty) == before
    log, moved = move_out(report, str(folder))
    assert moved == len(report.to_drop())
    assert set(before) - set(contents(faulty)) == set(report.to_drop())
    assert undo(log) == moved
    assert contents(faulty) == before


def test_a_move_that_is_refused_is_not_in_the_log_and_undo_brings_the_others_back(clean, tmp_path):
    other, folder = tmp_path / "other", tmp_path / "quarantine"
    for root in (clean, other):
        (root / "cat").mkdir(parents=True, exist_ok=True)
        (root / "cat" / "empty.png").write_bytes(b"")
    shutil.copy(next((clean / "cat").glob("0*.png")), other / "cat")
    before = contents(clean), contents(other)
    log, moved = move_out(augkit.audit(clean), str(folder))
    with pytest.raises(AugkitError, match=r"empty\.png is there already: .*other.* is not moved"):
        move_out(augkit.audit(other), str(folder))
    assert undo(log) == moved
    assert (contents(clean), contents(other)) == before


def test_what_has_come_to_the_old_place_of_a_file_is_left_and_the_others_go_back(faulty, tmp_path):
    log, moved = move_out(augkit.audit(faulty), str(tmp_path / "quarantine"))
    lines = [json.loads(line) for line in Path(log).read_text().splitlines()[1:]]
    Path(lines[0]["from"]).write_bytes(b"new")
    with pytest.raises(AugkitError, match=rf"{moved - 1} files went back, 1 can't: .* is there already"):
        undo(log)
    Path(lines[0]["from"]).unlink()
    assert undo(log) == 1
    Path(log).write_text('{"moved_from": "x"}\n{"to": 5, "from": 6}\n')
    with pytest.raises(AugkitError, match="has a damaged line"):
        undo(log)


def test_a_move_to_another_disk_is_whole_or_not_at_all(tmp_path, monkeypatch):
    source, target = tmp_path / "a.png", tmp_path / "other" / "a.png"
    source.write_bytes(b"picture")

    def no_link(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    renamed = os.rename
    monkeypatch.setattr(os, "rename", lambda *pair: no_link() if pair[0] == str(source) else renamed(*pair))
    with monkeypatch.context() as full:
        full.setattr(shutil, "copy2", lambda _, to, **__: (Path(to).write_bytes(b"pic"), no_link()))
        with pytest.raises(AugkitError, match="can't be moved to"):
            move(str(source), str(target))
    assert (source.read_bytes(), list(target.parent.iterdir())) == (b"picture", [])
    assert move(str(source), str(target))
    assert (source.exists(), target.read_bytes(), len(list(target.parent.iterdir()))) == (False, b"picture", 1)


def test_a_log_that_is_none_and_a_quarantine_inside_the_source_are_refused(clean, tmp_path):
    with pytest.raises(AugkitError, match=LOG):
        undo(str(clean / "cat" / "00.png"))
    with pytest.raises(AugkitError, match="inside SOURCE"):
        move_out(augkit.audit(clean), str(clean / "quarantine"))


def test_findings_as_a_table(faulty):
    pandas = pytest.importorskip("pandas")
    report = augkit.audit(faulty)
    table = report.to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert list(table["check"]) == [finding.check for finding in report.findings]
