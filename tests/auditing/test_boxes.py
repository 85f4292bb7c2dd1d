"""Boxes that can't be are found in every form of annotation, and sound ones are left in peace."""

import json

import pytest

import augkit

VOC = """<annotation><filename>{name}</filename><object><name>cell</name><bndbox>
<xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object></annotation>"""
GOOD, OUTSIDE, EMPTY = (4, 4, 48, 40), (4, 4, 70, 40), (30, 4, 30, 40)


def coco(box, category=1):
    left, top, right, bottom = box
    return json.dumps({
        "images": [{"id": 7, "file_name": "00.png"}], "categories": [{"id": 1, "name": "cell"}],
        "annotations": [{"image_id": 7, "category_id": category, "bbox": [left, top, right - left, bottom - top]}],
    })  # fmt: skip


def yolo(box, label=0):
    left, top, right, bottom = (side / 48 for side in box)
    return f"{label} {(left + right) / 2} {(top + bottom) / 2} {right - left} {bottom - top}\n"


def write(folder, kind, box):
    (folder / "annotations").mkdir()
    text = {"xml": lambda: VOC.format(*box, name="00.png"), "json": lambda: coco(box), "txt": lambda: yolo(box)}[kind]()
    (folder / "annotations" / f"00.{kind}").write_text(text)


@pytest.fixture
def pictures(tmp_path, crops):
    from PIL import Image

    (tmp_path / "set" / "images").mkdir(parents=True)
    Image.fromarray(crops["cat"][0]).save(tmp_path / "set" / "images" / "00.png")
    return tmp_path / "set"


@pytest.mark.parametrize("kind", ["xml", "json", "txt"])
@pytest.mark.parametrize(("box", "fault"), [(GOOD, None), (OUTSIDE, "leaves the picture of 48x48"), (EMPTY, "no area")])
def test_boxes_out_of_bounds_or_without_area_are_found(kind, box, fault, pictures):
    write(pictures, kind, box)
    found = augkit.audit(pictures, checks="out-of-bounds").findings
    assert [finding.files for finding in found] == ([("images/00.png",)] if fault else [])
    assert all(fault in finding.reason for finding in found)


def test_a_category_that_is_not_listed_is_found(pictures):
    (pictures / "coco.json").write_text(coco(GOOD, category=9))
    (finding,) = augkit.audit(pictures, checks="out-of-bounds").findings
    assert "category 9" in finding.reason


def test_a_folder_of_annotations_is_no_empty_class_and_other_files_are_no_annotations(pictures):
    write(pictures, "xml", GOOD)
    (pictures / "annotations" / "notes.txt").write_text("1 2 3\nhello")
    (pictures / "annotations" / "package.json").write_text("[1, 2")
    assert augkit.audit(pictures, checks="out-of-bounds,empty-class").findings == []
    strays = {file for finding in augkit.audit(pictures, checks="stray-file").findings for file in finding.files}
    assert strays == {"annotations/notes.txt", "annotations/package.json"}, "boxes are of use"
