"""Each check finds what it is for, and nothing where nothing is."""

import numpy as np
import pytest
from dirty import grey_profile
from PIL import Image

import augkit
from augkit.auditing.checks import catalog
from augkit.auditing.finding import LEVELS
from augkit.errors import AugkitError


@pytest.mark.parametrize("folder", ["clean", "with_splits"])
def test_a_clean_folder_has_no_findings_of_any_check(folder, request):
    assert augkit.audit(request.getfixturevalue(folder)).findings == []


def test_each_fault_is_found_where_it_is(faulty, found):
    report = augkit.audit(faulty)
    cat = "train/cat/"
    assert found(report, "unreadable") == [(f"{cat}empty.jpg",), (f"{cat}truncated.png",)]
    assert found(report, "exact-duplicate") == [(f"{cat}00.png", f"{cat}again.png")]
    assert found(report, "near-duplicate") == [(f"{cat}01.png", f"{cat}small.jpg")]
    assert found(report, "leakage") == [("test/cat/17.png", f"{cat}leak.png")]
    assert found(report, "label-conflict") == [(f"{cat}02.png", "train/dog/conflict.png")]
    assert found(report, "wrong-extension") == [(f"{cat}named.jpg",)]
    assert found(report, "blank") == [(f"{cat}blank.png",)]
    assert found(report, "dark") == [(f"{cat}dark.png",)]
    assert found(report, "bright") == [(f"{cat}bright.png",)]
    assert (f"{cat}faint.png",) in found(report, "low-contrast")
    assert (f"{cat}blurred.png",) in found(report, "blurred")
    assert found(report, "odd-aspect") == [(f"{cat}wide.png",)]
    assert found(report, "exif-rotation") == [(f"{cat}turned.jpg",)]
    assert found(report, "mode-mixture") == [(f"{cat}grey.png",)]
    assert set(found(report, "small-class")) == {("train/rare/one.png",), ("train/common/one.png",)}
    assert ("train/nothing",) in found(report, "empty-class")
    assert found(report, "stray-file") == [(f"{cat}notes.txt",)]
    assert found(report, "invalid-values") == [(f"{cat}array.npy",)]


def test_what_a_finding_says_is_complete(faulty):
    report = augkit.audit(faulty)
    assert len(report.findings) > 20
    for finding in report.findings:
        assert finding.check in catalog()
        assert finding.level in LEVELS
        assert finding.reason
        assert finding.advice.endswith(".")
        assert set(finding.drop) <= set(finding.files)
        assert (finding.value is None) <= (finding.threshold is None)
    levels = [LEVELS.index(finding.level) for finding in report.findings]
    assert levels == sorted(levels, reverse=True)


def test_without_what_is_to_be_dropped_the_grave_findings_are_gone(faulty):
    for name in augkit.audit(faulty).to_drop():
        (faulty / name).unlink()
    again = augkit.audit(faulty, checks="unreadable,exact-duplicate,near-duplicate,leakage,label-conflict,blank")
    assert again.findings == []


@pytest.mark.parametrize("check", sorted(catalog()))
def test_every_check_says_what_it_looks_for_and_bears_the_name_of_its_file(check, clean):
    summary = catalog()[check].summary
    assert summary.endswith(".")
    assert augkit.audit(clean, checks=[check]).checks == {check: summary}


def test_an_unknown_check_is_refused_with_a_suggestion(clean):
    with pytest.raises(AugkitError, match="did you mean 'blurred'"):
        augkit.audit(clean, checks="blured")


def test_lopsided_classes_are_told_with_their_ratio(make_folder):
    report = augkit.audit(make_folder(cat=20, dog=2), checks="class-imbalance")
    assert [finding.value for finding in report.findings] == [10.0]


def test_a_property_that_tells_the_label_is_named(crops, tmp_path):
    cat = [np.ascontiguousarray(square) for square in crops["cat"][:40]]
    images = [square // 2 if place % 2 else square // 2 + 120 for place, square in enumerate(cat)]
    report = augkit.audit((images, ["light", "shade"] * 20), checks="label-giveaway")
    assert [finding.reason.split()[0] for finding in report.findings] == ["brightness"]


def test_a_profile_that_is_not_srgb_is_named(clean, crops):
    grey = Image.fromarray(crops["cat"][20][..., 0])
    grey.save(clean / "cat" / "profile.png", icc_profile=grey_profile())
    (finding,) = augkit.audit(clean, checks="color-profile").findings
    assert finding.files == ("cat/profile.png",)
