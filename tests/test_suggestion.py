"""A folder judged: what is read of it, what is not, and which pictures belong together."""

import cv2
import labelled
import numpy as np
import pytest

import augkit
from augkit.suggestion import Suggestion

RECIPE = {"transforms": ["horizontal_flip", {"rotate": {"degrees": [-8, 8]}}]}


@pytest.fixture
def arrows(tmp_path):
    images, labels = labelled.arrows(22)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (tmp_path / "arrows" / "train" / label).mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(tmp_path / "arrows" / "train" / label / f"{number}.png"), image)
    return tmp_path / "arrows"


def verdicts(suggestion: Suggestion) -> list[tuple[str, str]]:
    return [(found.name, found.verdict) for found in suggestion.assessment.verdicts]


def test_a_folder_is_judged_as_its_pictures_are(arrows):
    told = []
    suggestion = augkit.suggest(arrows, start=RECIPE, progress=lambda *what: told.append(what))
    assert verdicts(suggestion) == [("horizontal_flip", "drop"), ("rotate", "keep")]
    assert suggestion.exit_code == 0
    assert list(dict.fromkeys(what for what, _, _ in told)) == ["read", "augment", "try"]
    assert told[-1] == ("try", 1, 1)
    assert ("read", 88, 88) in told
    assert ("augment", 2, 2) in told


def test_pictures_of_other_splits_are_not_looked_at(arrows):
    before = augkit.suggest(arrows, start=RECIPE).to_dict()
    (arrows / "test" / "left").mkdir(parents=True)
    assert cv2.imwrite(str(arrows / "test" / "left" / "x.png"), np.zeros((32, 32, 3), np.uint8))
    assert augkit.suggest(arrows, start=RECIPE, workers=2).to_dict() | {"seconds": 0} == before | {"seconds": 0}


def test_bad_files_are_listed_and_end_nothing(arrows):
    (arrows / "train" / "left" / "bad.png").write_text("no picture")
    suggestion = augkit.suggest(arrows, start=RECIPE)
    assert [failure.file for failure in suggestion.failed] == ["train/left/bad.png"]
    assert (suggestion.exit_code, suggestion.assessment.pictures, suggestion.assessment.of) == (1, 88, 88)


def test_copies_that_a_manifest_tells_of_do_not_vouch_for_their_source(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(60):
        folder = tmp_path / "noise" / str(number % 2)
        folder.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(folder / f"{number}.png"), rng.integers(0, 256, (16, 16, 3), np.uint8))
    augkit.expand(tmp_path / "noise", tmp_path / "more", copies=4, recipe={"transforms": ["brightness"]})
    expanded = augkit.suggest(tmp_path / "more", start=RECIPE)
    assert {verdict for _, verdict in verdicts(expanded)} == {"can't tell"}
    (tmp_path / "more" / "augkit.manifest.jsonl").unlink()
    forgotten = augkit.suggest(tmp_path / "more", start=RECIPE)
    assert forgotten.assessment.accuracy.low > 0.9  # the copies in the other folds are recognized


def test_a_folder_of_bad_files_is_an_error(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "bad.jpg").write_text("no picture")
    with pytest.raises(augkit.AugkitError, match="holds no usable image"):
        augkit.suggest(tmp_path)
