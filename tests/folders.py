"""What tests ask of folders."""

import hashlib
from pathlib import Path

MANIFEST = "augkit.manifest.jsonl"


def contents(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def counts(folder: Path) -> dict[str, int]:
    """The number of files in each folder of a folder."""
    return {path.name: sum(1 for _ in path.iterdir()) for path in sorted(folder.iterdir()) if path.is_dir()}
