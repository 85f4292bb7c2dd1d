"""The checks on features: wrong labels and outliers."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

import augkit
from augkit.errors import AugkitError


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    images = (images.reshape(-1, 8, 8) * 15.9).astype(np.uint8)
    return images, labels


def test_half_of_the_wrong_labels_are_found_and_nearly_all_that_is_found_is_wrong(digits):
    pytest.importorskip("cleanlab")
    images, labels = digits
    places = np.random.default_rng(0).choice(len(labels), 90, replace=False)
    labels = labels.copy()
    labels[places] = (labels[places] + 3) % 10
    found = {int(finding.files[0]) for finding in augkit.audit((images, labels), checks="wrong-label").findings}
    right = len(found & set(places.tolist()))
    assert right / len(places) >= 0.5
    assert right / len(found) >= 0.9


def test_without_cleanlab_the_report_says_what_to_install(digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    images, labels = digits
    report = augkit.audit((images[:60], labels[:60]))
    assert "pip install 'augkit[audit]'" in report.skipped["wrong-label"]
    assert "pip install" in report.to_html()
    with pytest.raises(AugkitError, match="pip install"):
        augkit.audit((images[:60], labels[:60]), checks="wrong-label")


def test_a_picture_of_something_else_is_an_outlier(digits, crops):
    images, _ = digits
    strange = [np.ascontiguousarray(crops["cat"][0]), *[np.stack([image] * 3, axis=-1) for image in images[:300]]]
    found = augkit.audit((strange, None), checks="outlier").findings
    assert found[0].files == ("0",)
    assert len(found) < 6


def test_features_that_are_not_known_are_refused(digits):
    with pytest.raises(AugkitError, match="--features"):
        augkit.audit(digits, features="resnet50")
    with pytest.raises(AugkitError, match="onnx"):
        augkit.audit(digits, features="absent.onnx", checks="outlier")
