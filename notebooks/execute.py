"""Execute the notebooks in place, from start to end, and say what each takes.

Usage: python notebooks/execute.py [NOTEBOOK ...]

With AUGKIT_DATA=FOLDER they run on pictures of yours and are written to build/notebooks:
those in place speak of the digits. Ends with 1 where a cell raises or warns, an output
names a folder of this machine, or a file is too large for the web.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
OF_YOURS = FOLDER.parent / "build" / "notebooks"
MOST_BYTES = 1_500_000
_CELL_SECONDS = 1800
_PRIVATE = (str(FOLDER.parent), str(Path.home()), "/tmp/")


def problems(path: Path) -> list[str]:
    """Return what is wrong with a notebook as it lies there."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    if path.stat().st_size > MOST_BYTES:
        found.append(f"{path.stat().st_size:,} bytes, more than {MOST_BYTES:,}")
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        found.append("not executed from start to end")
    for number, cell in enumerate(cells, 1):
        for output in cell.outputs:
            found += [f"cell {number} {what}" for what in _complaints(output)]
    return found


def _complaints(output: Any) -> Iterator[str]:
    if output.output_type == "error":
        yield f"raised {output.ename}: {output.evalue}"
    elif output.output_type == "stream" and output.name == "stderr":
        yield f"warned: {output.text.strip()}"
    if any(place in str(output) for place in _PRIVATE):
        yield "names a folder of this machine"


def execute(path: Path, target: Path) -> None:
    """Run all cells in a fresh kernel and write them with their outputs to a file."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook: Any = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=_CELL_SECONDS,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # else newer kernels warn of their loopback
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with contextlib.suppress(CellExecutionError):  # it is in the outputs, where it is found
        client.execute()
    kernel = notebook.metadata.kernelspec
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(notebook, target)


def main() -> None:
    """Execute those that are named, or all."""
    paths = [Path(name).resolve() for name in sys.argv[1:]] or sorted(
        FOLDER.glob("*.ipynb")
    )
    tools = str(Path(sys.executable).parent)  # where the augkit command lies
    os.environ["PATH"] = tools + os.pathsep + os.environ["PATH"]
    pictures = os.environ.get("AUGKIT_DATA")
    if pictures:
        os.environ["AUGKIT_DATA"] = str(Path(pictures).resolve())  # as seen from here
        OF_YOURS.mkdir(parents=True, exist_ok=True)
    wrong, begun = 0, time.perf_counter()
    for path in paths:
        target = OF_YOURS / path.name if pictures else path
        started = time.perf_counter()
        execute(path, target)
        seconds, size = time.perf_counter() - started, target.stat().st_size
        print(f"{seconds:6.1f} s  {size / 1000:6.0f} kB  {path.name}", flush=True)
        for problem in problems(target):
            wrong += 1
            print(f"  {problem}", flush=True)
    print(f"{time.perf_counter() - begun:6.1f} s in all")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
