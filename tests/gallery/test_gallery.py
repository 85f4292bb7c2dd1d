"""The page that shows every transform: whole, valid, and complete in itself."""

import base64
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from augkit import AugkitError
from augkit.files.picture import MAX_PIXELS, decode
from augkit.gallery import make_gallery
from augkit.recipes import read_recipe
from augkit.transforms.base import SpatialTransform
from augkit.transforms.catalog import catalog

VOID = {"meta", "img", "wbr", "link"}


class Page(HTMLParser):
    """What stands on a page, and whether every tag is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.snippets: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attributes}) == len(attributes)
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "pre":
            self.snippets.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "pre":
            self.snippets[-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def picture_of(image: dict[str, str | None]) -> np.ndarray:
    kind, data = re.fullmatch(r"data:image/(png|webp);base64,(.+)", image["src"]).groups()
    assert kind
    return decode(base64.b64decode(data, validate=True), MAX_PIXELS)[0]


def by_transform(page: Page) -> dict[str, dict[str, dict[str, str | None]]]:
    """The pictures by transform and label."""
    found: dict[str, dict[str, dict[str, str | None]]] = {}
    for image in page.all("img"):
        name, label = image["alt"].split(", ")
        found.setdefault(name, {})[label] = image
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("gallery") / "page.html"
    assert make_gallery(path).transforms == len(catalog())
    return path


@pytest.fixture(scope="module")
def page(written) -> Page:
    return Page(written.read_text("utf-8"))


def test_it_has_every_transform_of_the_catalog_and_links_that_lead_there(page):
    assert [article["id"] for article in page.all("article")] == list(catalog())
    ids = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    assert set(ids.values()) == {1}
    targets = [link["href"] for link in page.all("a")]
    assert {f"#{name}" for name in catalog()} <= set(targets)
    assert all(target[0] == "#" and target[1:] in ids for target in targets)


def test_nothing_has_to_be_fetched_or_run(page, written):
    text = written.read_text("utf-8")
    assert not re.search(r"https?:|url\(|@import|//[a-z]", re.sub(r'"data:[^"]*"', "", text))
    assert not {"script", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))


def test_it_is_small_enough_to_be_sent(written):
    assert 1e5 < written.stat().st_size < 6e6


def test_every_picture_decodes_at_the_size_that_the_page_says_and_has_a_text(page):
    for image in page.all("img"):
        zoom = 2 if image.get("class") == "zoomed" else 1
        height, width = picture_of(image).shape[:2]
        assert (width * zoom, height * zoom) == (int(image["width"]), int(image["height"]))
        assert image["alt"]


@pytest.mark.parametrize("name", catalog())
def test_every_transform_is_seen_to_change_the_picture(page, name):
    pictures = {label: picture_of(image).astype(float) for label, image in by_transform(page)[name].items()}
    before = pictures.pop("before")
    assert pictures
    strongest = list(pictures.values())[-1]
    assert any(
        after.shape != before.shape or np.abs(after - before).mean() > 1 for after in (strongest, *pictures.values())
    )


def test_labels_are_strengths_variants_draws_or_the_only_one(page):
    labels = {name: list(pictures)[1:] for name, pictures in by_transform(page).items()}
    assert labels["rotate"] == labels["gaussian_noise"] == labels["coarse_dropout"] == ["weak", "typical", "strong"]
    assert labels["horizontal_flip"] == ["always"]
    assert labels["rotate90"] == ["variant 1", "variant 2", "variant 3"]
    assert labels["one_of"] == labels["rand_augment"] == [f"draw {number}" for number in range(1, 7)]


def test_noise_is_magnified_and_movement_is_not(page):
    zoomed = {name for name, pictures in by_transform(page).items() if pictures["before"].get("class") == "zoomed"}
    assert {name for name, kind in catalog().items() if kind.__module__.endswith(".noise")} <= zoomed
    assert not zoomed & {name for name, kind in catalog().items() if issubclass(kind, SpatialTransform)}


def test_every_snippet_is_a_recipe(page):
    steps = [read_recipe({"transforms": yaml.safe_load(text)}).transforms for text in page.snippets]
    assert steps == [(kind(),) for kind in catalog().values()]


@pytest.mark.parametrize(
    ("shape", "dtype"), [((28, 28), np.uint8), ((400, 90, 4), np.uint8), ((3, 300, 3), np.uint8), ((40, 50), np.uint16)]
)
def test_a_picture_of_any_kind_may_be_shown(tmp_path, shape, dtype):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype)
    Image.fromarray(pixels).save(tmp_path / "own.png")
    make_gallery(tmp_path / "own.html", image=tmp_path / "own.png")
    shown = Page((tmp_path / "own.html").read_text("utf-8"))
    assert by_transform(shown).keys() == catalog().keys()
    for image in shown.all("img"):
        picture_of(image)


def test_a_page_is_replaced_whole_and_nothing_else_is_left(tmp_path, written, monkeypatch):
    (tmp_path / "page.html").write_text("old")
    monkeypatch.chdir(tmp_path)
    make_gallery("page.html")
    assert (tmp_path / "page.html").read_bytes() == written.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_what_cannot_be_written_or_read_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "folder.html").mkdir()
    for path, options, message in [
        ("page.png", {}, "name a file that ends in .html, got .*page.png"),
        ("none/page.html", {}, "none/page.html can't be written: there is no folder .*none; make it first"),
        ("notes.txt/page.html", {}, "can't be written: there is no folder .*notes.txt"),
        ("folder.html", {}, "folder.html can't be written: it is a folder"),
        ("page.html", {"image": tmp_path / "none.png"}, "picture .*none.png can't be read: No such file"),
        (
            "page.html",
            {"image": tmp_path / "notes.txt"},
            "picture .*notes.txt can't be used: not an image: it holds text",
        ),
    ]:
        with pytest.raises(AugkitError, match=message):
            make_gallery(tmp_path / path, **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.html", "notes.txt"]
