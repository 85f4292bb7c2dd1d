"""Near duplicates: what a picture may suffer and still be found, and that blocks change nothing."""

import cv2
import numpy as np
import pytest

import augkit
from augkit.auditing import groups

CHANGES = {
    "smaller": lambda picture: cv2.resize(picture, (36, 36), interpolation=cv2.INTER_AREA),
    "larger": lambda picture: cv2.resize(picture, (96, 96), interpolation=cv2.INTER_CUBIC),
    "squeezed": lambda picture: cv2.resize(picture, (48, 36), interpolation=cv2.INTER_AREA),
    "mirrored": lambda picture: np.ascontiguousarray(picture[:, ::-1]),
    "recompressed": lambda picture: cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1),
    "lighter": lambda picture: cv2.convertScaleAbs(picture, alpha=0.9, beta=20),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_every_changed_picture_is_found_beside_its_source_and_no_other(change, crops):
    pictures = crops["cat"]
    changed = [CHANGES[change](picture) for picture in pictures]
    found = augkit.audit(([*pictures, *changed], None), checks="near-duplicate").findings
    assert [finding.files for finding in found] == [
        (str(place), str(place + len(pictures))) for place in range(len(pictures))
    ]


def test_blocks_of_any_size_find_the_same(crops, monkeypatch):
    pictures = [*crops["cat"], *(CHANGES["mirrored"](picture) for picture in crops["cat"]), *crops["cat"][:3]]
    rows = augkit.audit((pictures, None), checks="blank").table.rows
    whole = groups.find_groups(rows)
    monkeypatch.setattr(groups, "_AT_ONCE", 300)
    assert groups.find_groups(rows) == whole
    assert len(whole.exact) == 3


def test_flat_pictures_are_near_to_nothing():
    flat = [np.full((20, 20), level, np.uint8) for level in (10, 11, 200)]
    assert augkit.audit((flat, None), checks="near-duplicate").findings == []
