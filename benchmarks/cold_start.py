"""How long command and package take to start, beside a bare Python: python benchmarks/cold_start.py."""

import argparse
import statistics
import sys

from measuring import AUGKIT, cpu_model, ratios, run, spread, versions

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import augkit": [sys.executable, "-c", "import augkit"],
    "augkit --help": [AUGKIT, "--help"],
    "augkit expand --help": [AUGKIT, "expand", "--help"],
    "import numpy, cv2": [sys.executable, "-c", "import numpy, cv2"],
    "from augkit import expand": [sys.executable, "-c", "from augkit import expand"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="default: 10")
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(options.rounds + 1):
        for name, command in COMMANDS.items():
            taken = run(command).seconds
            if number:  # the first round fills the caches of files and byte code
                seconds[name].append(taken)
    bare = seconds["python -c pass"]
    print(f"median (min-max) of {options.rounds} interleaved rounds, milliseconds of wall time; {cpu_model()}\n")
    print("| start | ms | more than a bare Python, ms | ratio |\n|---|---|---|---|")
    for name, values in seconds.items():
        more = statistics.median(a - b for a, b in zip(values, bare, strict=True))
        milliseconds = [value * 1000 for value in values]
        print(f"| {name} | {spread(milliseconds, 0)} | {more * 1000:.0f} | {spread(ratios(values, bare), 1)} |")
    print(f"\n{versions('augkit', 'numpy', 'opencv-python-headless')}")


if __name__ == "__main__":
    main()
