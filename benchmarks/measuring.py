"""What the benchmarks share: commands with their costs, medians with their spread, and what it ran on."""

import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

AUGKIT = Path(sysconfig.get_path("scripts")) / "augkit"
ROOT = Path(__file__).parents[1]


class Ran(NamedTuple):
    """A command that has ended: what it printed, seconds on the wall and of the processors, peak memory."""

    output: str
    seconds: float
    processor_seconds: float
    peak_bytes: int


def run(command: Sequence[str | Path], cores: int | None = None) -> Ran:
    """Run a command, on the first so many cores if told, and return what it cost.

    The kernel counts a child's peak memory from that of its parent: keep the parent small where it matters.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=err)
        if cores is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(process.args)} failed:\n{err.read().decode(errors='replace')[-2000:]}")
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Ran(out.read().decode(errors="replace"), seconds, usage.ru_utime + usage.ru_stime, peak)


def environment(name: str, packages: Sequence[str]) -> Path:
    """Return the Python of the environment `.env-NAME` with these packages in it, made if it is not there.

    Raises
    ------
    subprocess.CalledProcessError
        When pip can't install them; it has said why.
    """
    folder = ROOT / f".env-{name}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = folder / "ready"
    wanted = " ".join(packages)
    if not ready.is_file() or ready.read_text() != wanted:
        print(f"making {folder.name} with {wanted}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        ready.write_text(wanted)
    return python


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return "median (min-max)".

    >>> spread([1.0, 3.0, 1.5])
    '1.50 (1.00-3.00)'
    """
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({least:.{digits}f}-{most:.{digits}f})"


def ratios(numerators: Sequence[float], denominators: Sequence[float]) -> list[float]:
    """Return the ratio of each round: what slows a whole round down cancels out."""
    return [a / b for a, b in zip(numerators, denominators, strict=True)]


def cpu_model() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions(*packages: str) -> str:
    """Return the versions of Python and of installed packages as one line."""
    found = [f"{package} {version(package)}" for package in packages]
    return ", ".join([f"Python {platform.python_version()}", *found])
