"""A folder to dirty, and a run over it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from dirty import MIRROR, TOTAL, Ran, Run, gradient, png_bytes
from folders import contents, counts

from augkit import expand, verify


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two good pictures in class a and one in class b."""
    root = tmp_path / "source"
    for number, name in enumerate(("a/good1.png", "a/good2.png", "b/good.png")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(png_bytes(gradient() // (number + 1)))
    return root


@pytest.fixture
def run(source: Path, tmp_path: Path) -> Run:
    """A function that puts files into class a, expands, and checks what must hold whatever the files are."""

    def run(files: Mapping[str, bytes] | None = None, *, per_class: int = TOTAL, **options: Any) -> Ran:
        for name, data in (files or {}).items():
            (source / "a" / name).write_bytes(data)
        out = tmp_path / "out"
        options = {"recipe": MIRROR, "per_class": per_class, **options}
        before = contents(source)
        report = expand(source, out, **options)
        assert contents(source) == before
        assert counts(out) == {"a": per_class, "b": per_class}
        assert {name: count.total for name, count in report.classes.items()} == {"a": per_class, "b": per_class}
        assert verify(out, source=source).problems == []
        again = expand(source, out, **options)
        assert (again.written, again.kept) == (0, 2 * per_class)
        assert again.failed == report.failed
        return Ran(report, out)

    return run
