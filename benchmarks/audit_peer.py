"""cleanvision and imagededup on a folder, in an environment of their own; run by benchmarks/audit.py."""

import json
import re
import sys
import time
import types
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.filterwarnings("ignore")


def say(error: Exception) -> str:
    """Return an error as one line, without addresses of memory."""
    return f"{type(error).__name__}: {re.sub(r' at 0x[0-9a-f]+', '', ' '.join(str(error).split()))[:160]}"


def cleanvision(folder: Path) -> dict[str, object]:
    """Return seconds, and the sets of duplicates that cleanvision finds; or how it ended."""
    from cleanvision import Imagelab

    started = time.perf_counter()
    try:
        lab = Imagelab(data_path=str(folder))
        lab.find_issues(verbose=False)
    except Exception as error:
        return {"crash": say(error)}
    seconds = time.perf_counter() - started
    relative = lambda names: [Path(name).resolve().relative_to(folder).as_posix() for name in names]  # noqa: E731
    sets = {
        kind: [relative(group) for group in lab.info[kind]["sets"]] for kind in ("exact_duplicates", "near_duplicates")
    }
    return {"seconds": seconds, "images": len(lab.issues), "version": version("cleanvision"), **sets}


def imagededup(folder: Path) -> dict[str, object]:
    """Return seconds, and the pairs that imagededup's perceptual hash finds; or how it ended."""
    for name in ("methods.cnn", "utils.models", "utils.data_generator"):  # want torch; hashes do without
        empty = types.ModuleType(f"imagededup.{name}")
        empty.__getattr__ = lambda name: None
        sys.modules[empty.__name__] = empty
    from imagededup.methods import PHash

    started = time.perf_counter()
    try:
        hasher = PHash(verbose=False)
        codes = hasher.encode_images(image_dir=str(folder), recursive=True)
        found = hasher.find_duplicates(encoding_map=codes)
    except Exception as error:
        return {"crash": say(error)}
    pairs = sorted({tuple(sorted((name, other))) for name, others in found.items() for other in others})
    return {
        "seconds": time.perf_counter() - started,
        "images": len(codes),
        "version": version("imagededup"),
        "pairs": pairs,
    }


if __name__ == "__main__":
    tool, name = sys.argv[1:]
    print("\n" + json.dumps({"cleanvision": cleanvision, "imagededup": imagededup}[tool](Path(name).resolve())))
