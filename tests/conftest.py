"""Folders of real images to work on."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import settings
from sklearn.datasets import load_digits, load_sample_images

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # else importing it asks the network for a newer version
# Bridged libraries shall ask no network and write nothing to the home folder.
os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
_settings = tempfile.TemporaryDirectory(prefix="augkit-tests-")
for _name in ("KERAS_HOME", "HF_HOME"):
    os.environ.setdefault(_name, _settings.name)

# The same examples every time, however slow the machine: a red test is red for everybody.
settings.register_profile("augkit", derandomize=True, deadline=None)
settings.load_profile("augkit")

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def photos() -> list[np.ndarray]:
    """Two photos, 427x640 RGB."""
    return [np.ascontiguousarray(photo) for photo in load_sample_images().images]


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a folder of class folders of small pictures: make_folder(cat=3, dog=1)."""
    scans = load_digits().images

    def make(name: str = "source", suffix: str = ".png", **sizes: int) -> Path:
        root = tmp_path / name
        place = 0
        for label, count in sizes.items():
            (root / label).mkdir(parents=True)
            for number in range(1, count + 1):
                grey = cv2.resize(scans[place] * 15.0, (24, 20), interpolation=cv2.INTER_LINEAR)
                place += 1
                assert cv2.imwrite(str(root / label / f"{number:03d}{suffix}"), grey.astype(np.uint8))
        return root

    return make


@pytest.fixture
def cifar() -> Path:
    """The long-tailed training folder that developers have beside the project."""
    folder = SHARED / "cifar10-lt" / "train"
    if not folder.is_dir():
        pytest.skip("the long-tailed CIFAR-10 folder is not beside this project")
    return folder
