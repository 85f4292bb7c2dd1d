"""A contact sheet: for each class some originals, and beside each its copies, to be looked at."""

import os
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont, ImageOps

from augkit.errors import AugkitError
from augkit.expansion.verify import read_manifest
from augkit.files.read import path_of
from augkit.files.records import Record
from augkit.files.scan import FLAT

_CELL, _GAP, _LABEL = 112, 6, 150
_FONTS = (  # of systems, found by their names; Pillow's own has Latin letters without accents
    *("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "arial.ttf", "Arial.ttf", "NotoSansCJK-Regular.ttc"),
    *("wqy-microhei.ttc", "msyh.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc", "Arial Unicode.ttf"),
)
_NO_LETTER = "\U0010fffe"  # which no font has, so it shows what stands for a letter that is missing
_Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont
_INK, _PAPER, _FRAME = (30, 30, 30), (250, 250, 250), (200, 60, 40)


def make_sheet(output: str | os.PathLike[str], path: str | os.PathLike[str], *, rows: int = 1, copies: int = 8) -> int:
    """Write a contact sheet of an output folder; return how many pictures are on it.

    Parameters
    ----------
    output : path
        A folder that `expand` wrote.
    path : path
        The picture to write, PNG or JPEG by its suffix.
    rows : int
        Originals of each class, those with the most copies first.
    copies : int
        Copies beside each original.

    Raises
    ------
    AugkitError
        When there is no manifest, or the sheet can't be written.
    """
    output, path = os.fspath(output), os.fspath(path)
    if not path.lower().endswith((".png", ".jpg", ".jpeg")):
        raise AugkitError(f"a contact sheet is a picture: name a file that ends in .png or .jpg, got {path}")
    _, _, lines = read_manifest(output)
    families: dict[str, list[Record]] = {}
    for line in lines.values():
        families.setdefault(line["source"], []).append(line)
    by_class: dict[str, list[list[Record]]] = {}
    for family in families.values():
        family.sort(key=lambda line: int(line["copy"]))
        if len(family) > 1:
            by_class.setdefault(family[0]["class"], []).append(family)
    chosen = [
        (label, family)
        for label, groups in sorted(by_class.items())
        for family in sorted(groups, key=len, reverse=True)[:rows]
    ]
    if not chosen:
        raise AugkitError(f"{output} holds no copies to show")
    copies = min(copies, max(len(family) for _, family in chosen) - 1)
    width = _LABEL + (1 + copies) * (_CELL + _GAP) + _GAP
    sheet = Image.new("RGB", (width, len(chosen) * (_CELL + _GAP) + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    labels = [family[0]["source"] if label == FLAT else label for label, family in chosen]
    font, letters = _font_for("".join(labels))
    for row, (label, (_, family)) in enumerate(zip(labels, chosen, strict=True)):
        top = _GAP + row * (_CELL + _GAP)
        shown = _shorten("".join(letters.get(letter, letter) for letter in label), pen, font)
        pen.text((_GAP * 2, top + _CELL // 2 - 10), shown, _INK, font)
        for column, line in enumerate(family[: 1 + copies]):
            left = _LABEL + column * (_CELL + _GAP)
            try:
                with Image.open(path_of(output, line["file"])) as picture:
                    cell = _fit(ImageOps.exif_transpose(picture))
            except OSError as error:
                raise AugkitError(f"{line['file']} can't be shown: {error}; augkit verify tells what else") from None
            x, y = left + (_CELL - cell.width) // 2, top + (_CELL - cell.height) // 2
            sheet.paste(cell, (x, y))
            if not line["copy"]:
                pen.rectangle((x - 2, y - 2, x + cell.width + 1, y + cell.height + 1), outline=_FRAME, width=2)
    try:
        sheet.save(path)
    except (OSError, ValueError) as error:
        raise AugkitError(
            f"{path} can't be written: {error}; name a .png or .jpg file in a folder that is there"
        ) from None
    return sum(len(family[: 1 + copies]) for _, family in chosen)


def _font_for(text: str) -> tuple[_Font, dict[str, str]]:
    """Return the font that has most of a text's letters, and for those that it lacks, what is written instead."""
    best: tuple[_Font, dict[str, str]] | None = None
    for name in ("", *_FONTS):
        try:
            font = ImageFont.truetype(name, 16) if name else ImageFont.load_default(16)
        except OSError:  # not on this machine
            continue
        nothing = bytes(font.getmask(_NO_LETTER))
        missing = {
            letter: f"\\u{ord(letter):04x}"
            for letter in set(text)
            if not letter.isprintable() or bytes(font.getmask(letter)) == nothing
        }
        if best is None or len(missing) < len(best[1]):
            best = font, missing
        if not missing:
            break
    assert best is not None
    return best


def _shorten(text: str, pen: ImageDraw.ImageDraw, font: _Font) -> str:
    """Return the text with as much of its middle left out as it needs to stand beside the pictures."""
    shown, kept = text, len(text)
    while pen.textlength(shown, font) > _LABEL - _GAP * 4 and kept > 2:
        kept -= 1
        shown = f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"
    return shown


def _fit(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB, brought to the size of a cell."""
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value / 257).convert("L")
    picture = picture.convert("RGBA")
    whole = Image.new("RGBA", picture.size, "white")
    whole.alpha_composite(picture)
    scale = min(_CELL / whole.width, _CELL / whole.height)
    if scale >= 2:  # whole steps keep small pictures crisp
        scale = int(scale)
    size = (max(1, round(whole.width * scale)), max(1, round(whole.height * scale)))
    how = Image.Resampling.NEAREST if scale >= 2 else Image.Resampling.LANCZOS
    return whole.convert("RGB").resize(size, how)
