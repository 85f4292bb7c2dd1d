"""The names of written files: readable, predictable, and never two alike."""

import os
import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

_LONGEST = 255  # bytes in a file name, on the file systems in use
_ROOM = len("_aug99999")
_COPY = re.compile(r"(.+)_aug\d{2,}$", re.DOTALL)


class Named(NamedTuple):
    """How the files made of one source are called: "folder/stem" and the suffix; the original's whole name."""

    base: str
    suffix: str
    original: str

    def copy(self, number: int) -> str:
        """Return the name of a copy.

        >>> Named("cat/001", ".jpg", "cat/001.jpg").copy(3)
        'cat/001_aug03.jpg'
        """
        return f"{self.base}_aug{number:02d}{self.suffix}"

    def has(self, name: str) -> bool:
        """Return whether a file of this source may be called so.

        >>> Named("cat/001", ".jpg", "cat/001.jpg").has("cat/001_aug03.jpg")
        True
        """
        number = name.removeprefix(f"{self.base}_aug").removesuffix(self.suffix)
        return name == self.original or (number.isdecimal() and name == self.copy(int(number)))


class Wanted(NamedTuple):
    """A source, the suffix of its copies, and whether its original is written anew, under that suffix too."""

    image_id: str
    suffix: str
    converted: bool


def plain_name(wanted: Wanted) -> Named:
    """Return the names of a source that nothing stands in the way of."""
    image_id, suffix, _ = wanted
    base = next(iter(_bases(image_id, suffix)))
    return Named(base, suffix, image_id if _keeps_name(wanted) else f"{base}{suffix}")


def _keeps_name(wanted: Wanted) -> bool:
    return not wanted.converted or os.path.splitext(wanted.image_id)[1] == wanted.suffix


def choose_names(wanted: Iterable[Wanted]) -> dict[str, Named]:
    """Return the names for each source id.

    Names differ also where capitals and forms of accents don't count, and from those of folders. ``x.jpg`` and
    ``x.png``, both written as JPEG, become ``x`` and ``x_png``; a source that is itself called like a copy keeps its
    name.

    >>> names = choose_names([Wanted("c/x.jpg", ".jpg", False), Wanted("c/x.png", ".jpg", False)])
    >>> [named.copy(1) for named in names.values()]
    ['c/x_aug01.jpg', 'c/x_png_aug01.jpg']
    """
    wanted = list(wanted)
    originals: set[str] = set()
    families: set[str] = set()  # of copies: base and suffix
    for folder in {folder for one in wanted for folder in _folders(one.image_id)}:
        originals.add(_fold(folder))
        families |= _family_of_copy(folder)
    for one in wanted:
        if _keeps_name(one):
            originals.add(_fold(one.image_id))
            families |= _family_of_copy(one.image_id)
    names: dict[str, Named] = {}
    for one in wanted:
        image_id, suffix, _ = one
        keeps_name = _keeps_name(one)
        for base in _bases(image_id, suffix):
            original = image_id if keeps_name else f"{base}{suffix}"
            family = _fold(f"{base}\0{suffix}")
            clash = not keeps_name and (_fold(original) in originals or _family_of_copy(original) & families)
            if family not in families and not clash:
                break
        families |= {family} | _family_of_copy(original)
        originals.add(_fold(original))
        names[image_id] = Named(base, suffix, original)
    return names


def _family_of_copy(name: str) -> set[str]:
    """Return the family that a file's name would belong to if it were a copy; empty if it isn't called like one."""
    stem, suffix = os.path.splitext(name)
    like_copy = _COPY.match(stem)
    return {_fold(f"{like_copy[1]}\0{suffix}")} if like_copy else set()


def _folders(image_id: str) -> Iterable[str]:
    """Return the folders that a file lies in, below the root."""
    while image_id := image_id.rpartition("/")[0]:
        yield image_id


def _bases(image_id: str, suffix: str) -> Iterable[str]:
    folder, slash, name = image_id.rpartition("/")
    stem, own_suffix = os.path.splitext(name)
    format_name = own_suffix[1:9]
    longest = _LONGEST - _ROOM - sum(len(os.fsencode(part)) for part in (suffix, format_name, "_-999"))
    if len(os.fsencode(stem)) > longest:
        mark = blake2b(os.fsencode(image_id), digest_size=4).hexdigest()
        while len(os.fsencode(stem)) > longest - len("~") - len(mark):
            stem = stem[:-1]
        stem = f"{stem}~{mark}"
    yield f"{folder}{slash}{stem}"
    second = f"{folder}{slash}{stem}_{format_name}"
    yield second
    number = 2
    while True:
        yield f"{second}-{number}"
        number += 1


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
