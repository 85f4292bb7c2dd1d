"""`augkit expand` against the least it could take, and against Augmentor: python benchmarks/expand.py FOLDER.

FOLDER is a flat folder of JPEG photos. The floor decodes every source once and encodes the very pictures that
came out of augkit (decoded beforehand, off the clock), in memory, with the same codec, quality and number of
threads: what is above it is augkit's. A second floor also reads the sources and writes all files. The sides
take turns in every round; each ratio is taken within a round.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from measuring import AUGKIT, cpu_model, environment, ratios, run, spread, versions

from augkit.execution import available_workers
from augkit.expansion.verify import read_manifest
from augkit.files.encode import encode, format_of
from augkit.files.picture import decode
from augkit.kernels import one_thread

HERE = Path(__file__).parent
PEER_PACKAGES = ("Augmentor==0.2.12", "pillow<14")
DECODED_AT_ONCE = 1 << 28  # bytes of decoded pictures kept for the floor

EXPAND, FLOOR, FLOOR_ON_DISK, AUGMENTOR = "augkit expand", "floor in memory", "floor on disk", "Augmentor"


class Timing(NamedTuple):
    """One run of one side: seconds of its work, of the command, of the processors; bytes of its pictures."""

    work: float
    command: float
    processor: float
    bytes: int


class Family(NamedTuple):
    """A source and the pictures that augkit made of it, as bytes of files, by name."""

    name: str
    source: bytes
    copies: dict[str, bytes]


class Floor:
    """Decoding and encoding alone, for the pictures of one output of augkit."""

    def __init__(self, source: Path, output: Path, workers: int) -> None:
        _, header, lines = read_manifest(str(output))
        self.source, self.workers = source, workers
        self.quality, self.max_pixels = header["output"]["quality"], header["max_pixels"]
        families: dict[str, Family] = {}
        for name, line in lines.items():
            family = families.get(line["source"])
            if family is None:
                family = families[line["source"]] = Family(line["source"], (source / line["source"]).read_bytes(), {})
            if line["copy"]:
                family.copies[name] = (output / name).read_bytes()
        self.families = list(families.values())
        shapes = Counter(self._decode(family.source)[0].shape for family in self.families)
        self.shape = shapes.most_common(1)[0][0]

    def copies(self) -> int:
        """Return the number of pictures that augkit made."""
        return sum(len(family.copies) for family in self.families)

    def weight(self) -> int:
        """Return the bytes of the pictures that augkit made."""
        return sum(len(data) for family in self.families for data in family.copies.values())

    def time(self, output: Path | None) -> Timing:
        """Decode and encode everything once; with a folder, read and write too."""
        seconds = processor = 0.0
        size = 0
        with one_thread(), ThreadPoolExecutor(self.workers) as pool:
            for group in self._groups():
                decoded = list(pool.map(self._decode_copies, group))
                started, started_processor = time.perf_counter(), time.process_time()
                size += sum(pool.map(self._work, group, decoded, [output] * len(group)))
                seconds += time.perf_counter() - started
                processor += time.process_time() - started_processor
        return Timing(seconds, seconds, processor, size)

    def _groups(self) -> Iterator[list[Family]]:
        group: list[Family] = []
        height, width = self.shape[:2]
        for family in self.families:
            group.append(family)
            if sum(len(member.copies) for member in group) * height * width * 3 > DECODED_AT_ONCE:
                yield group
                group = []
        yield group

    def _decode(self, data: bytes) -> Any:
        return decode(data, self.max_pixels)

    def _decode_copies(self, family: Family) -> list[tuple[str, Any]]:
        return [(name, self._decode(data)[0]) for name, data in family.copies.items()]

    def _work(self, family: Family, decoded: list[tuple[str, Any]], output: Path | None) -> int:
        data = family.source if output is None else (self.source / family.name).read_bytes()
        _, icc = self._decode(data)
        if output is not None:
            (output / family.name).write_bytes(data)
        size = 0
        for name, picture in decoded:
            encoded, _ = encode(picture, format_of(name), quality=self.quality, icc=icc)
            size += len(encoded)
            if output is not None:
                (output / name).write_bytes(encoded)
        return size


def time_augkit(source: Path, output: Path, copies: int, workers: int) -> Timing:
    """Run the command once; its work is what it says itself, without starting Python."""
    command = [AUGKIT, "expand", source, output, "--recipe", "classic", "--copies", str(copies)]
    ran = run([*command, "--workers", str(workers), "--json"])
    size = sum(line["bytes"] for line in read_manifest(str(output))[2].values() if line["copy"])
    return Timing(json.loads(ran.output)["seconds"], ran.seconds, ran.processor_seconds, size)


def time_augmentor(
    python: Path, source: Path, output: Path, pictures: int, quality: int, workers: int, number: int
) -> tuple[Timing, dict[str, Any]]:
    """Run Augmentor once; it chooses its threads itself, so fewer workers means fewer cores for it."""
    arguments = [source, output, str(pictures), str(quality), str(number)]
    cores = workers if workers < available_workers() else None
    ran = run([python, HERE / "augmentor_peer.py", *arguments], cores)
    facts = json.loads(ran.output.splitlines()[-1])
    if facts["pictures"] != pictures:
        sys.exit(f"Augmentor wrote {facts['pictures']} pictures, not {pictures}")
    return Timing(facts["seconds"], ran.seconds, ran.processor_seconds, facts["bytes"]), facts


def measure(options: argparse.Namespace, scratch: Path) -> str:
    """Run all rounds and return the result as Markdown."""
    source, copies, workers = options.folder, options.copies, options.workers
    first = scratch / "first"
    time_augkit(source, first, copies, workers)  # its pictures are what the floor encodes; its time is a warm-up
    floor = Floor(source, first, workers)
    pictures = floor.copies()
    about_peer: dict[str, Any] = {}

    def floor_on_disk(output: Path, number: int) -> Timing:
        output.mkdir()
        return floor.time(output)

    def augmentor(output: Path, number: int) -> Timing:
        timing, facts = time_augmentor(python, source, output, pictures, floor.quality, workers, number)
        about_peer.update(facts)
        return timing

    sides: dict[str, Callable[[Path, int], Timing]] = {
        EXPAND: lambda output, number: time_augkit(source, output, copies, workers),
        FLOOR: lambda output, number: floor.time(None),
        FLOOR_ON_DISK: floor_on_disk,
    }
    if options.peers:
        python = environment("augmentor", PEER_PACKAGES)
        sides[AUGMENTOR] = augmentor
    timings: dict[str, list[Timing]] = {name: [] for name in sides}
    order = list(sides)
    shuffle = random.Random(0).shuffle
    for number in range(options.rounds):
        shuffle(order)
        for name in order:
            # Outputs stay until the end: ext4 steps over every inode freed in the last seconds, so that making
            # a file takes 0.4 instead of 0.05 ms after a large folder was removed.
            output = scratch / f"{name}-{number}"
            timings[name].append(sides[name](output, number))
        taken = ", ".join(f"{name} {timings[name][-1].work:.2f} s" for name in sides)
        print(f"round {number + 1}: {taken}", file=sys.stderr)
    return report(options, floor, timings, about_peer)


def report(
    options: argparse.Namespace, floor: Floor, timings: dict[str, list[Timing]], about_peer: dict[str, Any]
) -> str:
    """Return the result as Markdown, without anything that tells whose machine it was."""
    pictures, sources = floor.copies(), len(floor.families)
    height, width = floor.shape[:2]
    works = {name: [timing.work for timing in runs] for name, runs in timings.items()}
    rows = []
    for name, runs in timings.items():
        rate = pictures / statistics.median(works[name])
        over = [spread(ratios(works[name], works[base])) for base in (FLOOR, FLOOR_ON_DISK)]
        processor = statistics.median(timing.processor for timing in runs)
        cells = [name, spread(works[name]), f"{rate:.0f}", *over, f"{processor:.2f}", f"{runs[-1].bytes / 1e6:.1f}"]
        rows.append(f"| {' | '.join(cells)} |")
    command = spread([timing.command for timing in timings[EXPAND]])
    packages = versions("augkit", "numpy", "opencv-python-headless", "Pillow")
    date = f"; {options.date}" if options.date else ""
    lines = [
        "# augkit expand, folder to folder",
        "",
        f"{sources:,} JPEG photos, mostly {width}x{height}; recipe classic, {options.copies} copies of each, "
        f"quality {floor.quality}; {options.workers} workers on {available_workers()} cores ({cpu_model()}); "
        f"median (min-max) of {options.rounds} interleaved rounds{date}.",
        "",
        "| side | seconds of work | pictures a second | over the floor in memory | over the floor on disk "
        "| processor seconds | MB of copies |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"The floor decodes {sources:,} sources and encodes the {pictures:,} pictures that came out of augkit "
        f"({floor.weight() / 1e6:.1f} MB), with augkit's codec and threads; the one on disk also reads the "
        "sources and writes originals and copies. Seconds of work leave out starting Python: the whole command "
        f"`augkit expand` took {command} s. Processor seconds of commands include it.",
        "",
    ]
    if AUGMENTOR in timings:
        behind = spread(ratios(works[AUGMENTOR], works[EXPAND]))
        lines += [
            f"Augmentor takes {behind} times as long as augkit, for fewer operations: "
            f"{about_peer['operations']}. It has nothing for translation, padding, gamma, PCA colour, clarity, "
            "sharpness and noise, which also makes its files smaller. It picks sources at random and decodes one "
            "for each picture, resamples bicubically at every step (augkit bilinearly, once), starts its own "
            "threads, 4 more than there are cores, and does not pass the originals on. Here it saves with the "
            "same quality as augkit; its own is 75.",
            "",
        ]
        packages += f"; Augmentor in an environment of its own: {about_peer['versions']}"
    return "\n".join([*lines, f"Versions: {packages}.", ""])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("folder", type=Path, help="flat folder of JPEG photos")
    parser.add_argument("--copies", type=int, default=4, help="of each photo (default: 4)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--workers", type=int, default=available_workers(), help="default: one for each core")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave Augmentor out")
    parser.add_argument("--scratch", type=Path, help="where outputs are written (default: for temporary files)")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/expand.md")
    parser.add_argument("--date", default="", help="to be named in the result")
    options = parser.parse_args(arguments)
    options.folder = options.folder.resolve()
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        result = measure(options, Path(scratch))
    print(result)
    if options.save:
        target = HERE / "results" / "expand.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(result)


if __name__ == "__main__":
    main()
