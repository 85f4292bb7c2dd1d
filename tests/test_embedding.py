"""Features of a folder, from Python."""

import os
import shutil

import numpy as np
import pytest

import augkit


def test_the_file_does_not_depend_on_the_number_of_workers(make_folder, tmp_path, monkeypatch):
    source = make_folder(cat=30, dog=11)
    monkeypatch.setattr("augkit.embedding._AT_ONCE", 8)
    for workers in (1, 5):
        augkit.embed(source, tmp_path / f"{workers}.npz", workers=workers)
    assert (tmp_path / "1.npz").read_bytes() == (tmp_path / "5.npz").read_bytes()


def test_features_that_need_no_fit_are_written_batch_by_batch(make_folder, tmp_path, monkeypatch):
    source = make_folder(cat=9)
    monkeypatch.setattr("augkit.embedding._AT_ONCE", 4)
    sizes = []

    def shape(pictures):
        sizes.append(len(pictures))
        return [one.shape[:2] for one in pictures]

    report = augkit.embed(source, tmp_path / "shapes.npz", features=shape)
    assert (report.images, report.features, sizes) == (9, 2, [4, 4, 1])
    np.testing.assert_array_equal(np.load(tmp_path / "shapes.npz")["features"], [[20, 24]] * 9)


def test_an_output_that_oversample_could_not_read_is_told_at_once(tmp_path):
    with pytest.raises(augkit.AugkitError, match=r"OUTPUT must be an \.npz file, got .*features\.csv"):
        augkit.embed(tmp_path / "nowhere", tmp_path / "features.csv")


def test_features_that_are_fitted_see_other_pictures_with_the_same_eyes(make_folder, tmp_path):
    train, test = make_folder(cat=12, dog=9), tmp_path / "test"
    shutil.copytree(train / "dog", test / "dog")
    features = augkit.HOGFeatures(4)
    augkit.embed(train, tmp_path / "train.npz", features=features)
    assert not hasattr(features, "pca_"), "what is given is left as it was"
    paths = sorted(train.rglob("*.png"))
    features.fit(list(map(str, paths)))
    axes = features.pca_.components_.copy()
    augkit.embed(test, tmp_path / "test.npz", features=features)
    np.testing.assert_array_equal(features.pca_.components_, axes)
    found = np.load(tmp_path / "test.npz")
    expected = features.transform([str(test / name) for name in found["ids"]])
    np.testing.assert_allclose(found["features"], expected, rtol=1e-5, atol=1e-6)


def test_an_output_that_is_no_file_is_not_replaced(make_folder, tmp_path):
    pipe = tmp_path / "features.npz"
    os.mkfifo(pipe)
    with pytest.raises(augkit.AugkitError, match="is no file but a device, a pipe or a broken link"):
        augkit.embed(make_folder(cat=2), pipe, overwrite=True)
    assert pipe.is_fifo()
