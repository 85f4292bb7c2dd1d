"""Augmented copies that a manifest names are siblings, until they lie in another split than their source."""

import shutil

import augkit


def test_copies_are_siblings_not_duplicates_and_a_copy_in_another_split_is_leakage(with_splits, tmp_path, found):
    out = tmp_path / "out"
    mirror = {"transforms": [{"horizontal_flip": {}}]}
    augkit.expand(with_splits, out, copies=1, recipe=mirror)
    assert augkit.audit(out, checks="exact-duplicate,near-duplicate,leakage").findings == []

    shutil.move(out / "train/cat/03_aug01.png", out / "test/cat/other.png")
    report = augkit.audit(out, checks="exact-duplicate,near-duplicate,leakage")
    assert found(report, "leakage") == [("test/cat/other.png", "train/cat/03.png")]
    assert len(report.findings) == 1


def test_a_copy_that_looks_different_leaks_all_the_same(with_splits, tmp_path, found):
    out = tmp_path / "out"
    strong = {"transforms": [{"rotate": {"degrees": [60, 60]}}, "invert"]}
    augkit.expand(with_splits, out, copies=1, recipe=strong)
    shutil.move(out / "train/cat/03_aug01.png", out / "test/cat/other.png")
    report = augkit.audit(out)
    assert found(report, "leakage") == [("test/cat/other.png", "train/cat/03.png")]
