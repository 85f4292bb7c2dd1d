"""``--recipe auto``: judged once, written down, and the same for whoever runs it."""

import json

import cv2
import labelled
import pytest
from folders import MANIFEST, contents

from augkit import AugkitError, expand, verify


@pytest.fixture
def arrows(tmp_path):
    images, labels = labelled.arrows(21)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (tmp_path / "arrows" / label).mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(tmp_path / "arrows" / label / f"{number}.png"), image)
    return tmp_path / "arrows"


def header(output) -> dict:
    with (output / MANIFEST).open() as file:
        return json.loads(file.readline())


def test_the_verdicts_are_in_the_manifest_and_the_bytes_do_not_depend_on_workers(arrows, tmp_path):
    reports = [expand(arrows, tmp_path / f"{n}", copies=1, recipe="auto", seed=3, workers=n) for n in (1, 2)]
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    found = header(tmp_path / "1")
    dropped = [v for v in found["assessment"]["verdicts"] if v["verdict"] == "drop"]
    assert [list(verdict["transform"]) for verdict in dropped] == [["horizontal_flip"]]
    assert dropped[0]["swaps"][0] | {"share": 0} == {"one": "left", "other": "right", "share": 0}
    assert found["recipe"]["name"] == "classic-suggested"
    assert "horizontal_flip" not in str(found["recipe"])
    (note,) = reports[0].notes
    assert note.startswith("dropped horizontal_flip: predicted to cost accuracy: ")
    checked = verify(tmp_path / "1", source=arrows)
    assert (checked.problems, checked.rebuilt) == ([], 50)


def test_a_resumed_run_keeps_to_the_verdicts_and_does_not_judge_anew(arrows, tmp_path):
    first = expand(arrows, tmp_path / "out", copies=1, recipe="auto")
    expand(arrows, tmp_path / "whole", copies=2, recipe="auto")
    next((tmp_path / "out" / "left").glob("*_aug*")).unlink()
    told = set()
    again = expand(arrows, tmp_path / "out", copies=2, recipe="auto", progress=lambda what, done, of: told.add(what))
    assert told == {"examine", "write"}
    assert again.notes == first.notes
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_shards_agree_on_the_recipe(arrows, tmp_path):
    expand(arrows, tmp_path / "whole", copies=1, recipe="auto")
    for number in (2, 1):
        expand(arrows, tmp_path / "shards", copies=1, recipe="auto", shard=(number, 2))
    assert contents(tmp_path / "shards") == contents(tmp_path / "whole")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"recipe": "classic"}, "written with recipe classic-suggested, not classic"),
        ({"recipe": "auto", "overrides": ["rotate.p=0.5"]}, "not with --recipe auto and these options"),
        ({"recipe": "auto", "seed": 1}, "written with seed 0, not 1"),
    ],
)
def test_other_options_are_refused(arrows, tmp_path, options, says):
    expand(arrows, tmp_path / "out", copies=1, recipe="auto")
    with pytest.raises(AugkitError, match=says):
        expand(arrows, tmp_path / "out", copies=1, **options)


def test_an_output_of_another_recipe_is_refused_before_anything_is_judged(arrows, tmp_path):
    expand(arrows, tmp_path / "out", copies=1, recipe="light")
    with pytest.raises(AugkitError, match="written with recipe light, not with --recipe auto"):
        expand(arrows, tmp_path / "out", copies=1, recipe="auto")
    expand(arrows, tmp_path / "out", copies=1, recipe="auto", overwrite=True)
    assert "assessment" in header(tmp_path / "out")


def test_where_nothing_can_be_told_the_recipe_is_kept_and_the_report_says_so(make_folder, tmp_path):
    report = expand(make_folder(cat=5, dog=3), tmp_path / "out", recipe="auto")
    assert "horizontal_flip" in str(header(tmp_path / "out")["recipe"])
    assert list(report.notes) == [
        "Classes with fewer than 20 pictures to judge from are left out: cat, dog.",
        "Nothing is dropped, since fewer than two classes have 20 pictures to judge from.",
    ]
