import os
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from augkit.expansion.names import Wanted, choose_names


def copies(*wanted: Wanted) -> list[str]:
    return [named.copy(1) for named in choose_names(wanted).values()]


def test_names_are_predictable():
    names = choose_names([Wanted("cat/001.jpg", ".jpg", False)])
    assert [names["cat/001.jpg"].copy(number) for number in (3, 99, 100)] == [
        "cat/001_aug03.jpg", "cat/001_aug99.jpg", "cat/001_aug100.jpg",
    ]  # fmt: skip


def test_two_formats_of_one_name_do_not_collide():
    assert copies(Wanted("c/x.jpg", ".jpg", False), Wanted("c/x.png", ".jpg", False)) == [
        "c/x_aug01.jpg", "c/x_png_aug01.jpg",
    ]  # fmt: skip
    assert copies(Wanted("c/x.jpg", ".jpg", False), Wanted("c/x.png", ".png", False)) == [
        "c/x_aug01.jpg", "c/x_aug01.png",
    ]  # fmt: skip


def test_a_converted_original_does_not_take_the_name_of_another():
    names = choose_names([Wanted("c/x.bmp", ".png", True), Wanted("c/x.png", ".png", False)])
    assert [named.original for named in names.values()] == ["c/x_bmp.png", "c/x.png"]


def test_a_source_that_is_called_like_a_copy_keeps_its_name():
    first, second = Wanted("c/1.jpg", ".jpg", False), Wanted("c/1_aug01.jpg", ".jpg", False)
    names = choose_names([first, second])
    written = [names["c/1.jpg"].copy(number) for number in range(1, 9)]
    assert "c/1_aug01.jpg" not in written
    assert names["c/1_aug01.jpg"].original == "c/1_aug01.jpg"


def test_long_names_stay_below_the_limit_and_apart():
    long = ["c/" + "猫" * 80 + f"{number}.jpg" for number in range(2)] + ["c/" + "x" * 251 + ".jpg"]
    written = [named.copy(99999) for named in choose_names([Wanted(name, ".jpg", False) for name in long]).values()]
    assert len(set(written)) == 3
    assert all(len(os.fsencode(name.partition("/")[2])) <= 255 for name in written)


def test_a_folder_that_is_called_like_a_file_to_come_keeps_its_name():
    ids = ["c/x.png", "c/x_aug01.png/y.png", "c/z.jpg/y.png", "c/z.bmp"]
    names = choose_names([Wanted(name, ".png", False) for name in ids])
    assert names["c/x.png"].copy(1) == "c/x_png_aug01.png"
    names = choose_names([Wanted(name, ".jpg", True) for name in ids])
    assert names["c/z.bmp"].original == "c/z_bmp.jpg"


stems = st.sampled_from(["x", "X", "é", "e\u0301", "x_png", "x_jpg", "x_aug01", "x_aug02", "x_png_aug01", "x_png-2"])
sources = st.lists(st.tuples(stems, st.sampled_from([".png", ".jpg", ".bmp", ""])), unique=True, min_size=1)


@given(sources, st.sampled_from(["keep", ".png"]), st.booleans())
def test_no_two_files_are_ever_called_alike_even_where_capitals_do_not_count(files, to, converts):
    wanted = [
        Wanted(f"c/{stem}{suffix}", (suffix or ".png") if to == "keep" else to, converts and suffix not in ("", to))
        for stem, suffix in sorted(files)
    ]
    names = choose_names(wanted)
    written = [name for named in names.values() for name in (named.original, *(named.copy(k) for k in range(1, 4)))]
    copies = [named.copy(k) for named in names.values() for k in range(1, 4)]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in copies}) == len(copies)
    untouched = {name.image_id for name in wanted if not name.converted or name.image_id.endswith(name.suffix)}
    folded = {unicodedata.normalize("NFC", name).casefold() for name in written}
    # originals that are only copied keep their own names, which may differ in capitals alone
    twins = len(untouched) - len({unicodedata.normalize("NFC", name).casefold() for name in untouched})
    assert len(folded) == len(written) - twins
    assert all(names[image_id].original == image_id for image_id in untouched)
