"""The plan: every file that will be written, as values, before anything is touched."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from augkit.errors import AugkitError, whole_number
from augkit.expansion.balance import Amount, spread
from augkit.expansion.names import Named, Wanted, choose_names, plain_name
from augkit.files.encode import SUFFIXES, target_suffix
from augkit.geometry import Size

# Copies made from one decoding: enough to share its cost, few enough to share one picture among workers.
_COPIES_A_JOB = 32
_MOST_FILES = 50_000_000


@dataclass(frozen=True)
class Output:
    """What is written and how.

    Parameters
    ----------
    format : {"keep", "jpg", "png", "webp", "bmp", "tiff"}
    quality : int
        1 to 100, for JPEG and WebP.
    size : (int, int), optional
        Height and width of every written picture; its own by default.
    originals : {"copy", "link", "none"}
        What becomes of the originals. One that has the wanted format and size already is copied byte for byte,
        or linked; the others are written anew.
    """

    format: str = "keep"
    quality: int = 95
    size: Size | None = None
    originals: str = "copy"

    def __post_init__(self) -> None:
        for option, value, known in (
            ("format", self.format, ("keep", *SUFFIXES)),
            ("originals", self.originals, ("copy", "link", "none")),
        ):
            if value not in known:
                raise AugkitError(f"--{option} must be one of {', '.join(known)}; got {value!r}")
        object.__setattr__(self, "quality", whole_number("--quality", self.quality, 1, 100))
        size = self.size
        if size is not None:
            try:
                height, width = (whole_number("--size", side, 1, 16383) for side in size)
            except (TypeError, ValueError):
                raise AugkitError(
                    f"--size must be WIDTHxHEIGHT, (height, width) in Python, from 1 to 16383; got {size!r}"
                ) from None
            object.__setattr__(self, "size", (height, width))

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as the manifest keeps it."""
        size = None if self.size is None else f"{self.size[1]}x{self.size[0]}"
        return {"format": self.format, "quality": self.quality, "size": size, "originals": self.originals}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Output":
        """Return what `to_dict` wrote down."""
        size = data["size"]
        if size is not None:
            width, height = size.split("x")
            size = int(height), int(width)
        return cls(data["format"], data["quality"], size, data["originals"])


class Source(NamedTuple):
    """A usable picture of the source folder. `label` is None for a file of another split, which is passed on."""

    image_id: str
    label: str | None
    digest: bytes
    bytes: int
    format: str
    height: int
    width: int


class Job(NamedTuple):
    """A picture to read once, and what to make of it: copy 0 is the original."""

    source: Source
    names: Named
    kind: str
    converted: bool
    copies: tuple[int, ...]

    def name(self, copy: int) -> str:
        """Return the name of the file that a copy is written to."""
        return self.names.copy(copy) if copy else self.names.original


@dataclass(frozen=True)
class Plan:
    """Which copies of which source; a pure function of the usable sources and the options.

    Parameters
    ----------
    sources : sequence of Source
        Sorted by id.
    totals : dict
        How many files each class shall have.
    copies : dict
        How many copies each source gets.
    output : Output
    names : dict
        How the files are called, by source id, where it is not the plain name.
    """

    sources: Sequence[Source]
    totals: Mapping[str, int]
    copies: Mapping[str, int]
    output: Output
    names: Mapping[str, Named]

    def without(self, failed: Collection[str], seed: int) -> "Plan":
        """Return the plan in which the other images of a class make up for those that failed; totals hold."""
        sources = [source for source in self.sources if source.image_id not in failed]
        return Plan(sources, self.totals, _share(sources, self.totals, seed), self.output, self.names)

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs, in the order of their sources."""
        for source in self.sources:
            kind, converted = _written_as(source, self.output)
            names = self.names.get(source.image_id) or plain_name(_wanted(source, self.output))
            first = 1 if source.label is not None and self.output.originals == "none" else 0
            copies = range(first, self.copies.get(source.image_id, 0) + 1)
            for start in range(0, len(copies), _COPIES_A_JOB):
                yield Job(source, names, kind, converted, tuple(copies[start : start + _COPIES_A_JOB]))


def make_plan(sources: Sequence[Source], classes: Sequence[str], amount: Amount, output: Output, seed: int) -> Plan:
    """Return the plan that makes every class as large as asked, from these sources, sorted by id."""
    sizes = dict.fromkeys(classes, 0)
    for source in sources:
        if source.label is not None:
            sizes[source.label] += 1
    totals = amount.totals(sizes)
    if sum(totals.values()) > _MOST_FILES:
        raise AugkitError(
            f"{amount} means {_count(sum(totals.values()))} files, more than {_MOST_FILES:,}; ask for fewer"
        )
    names = choose_names(_wanted(source, output) for source in sources)
    unusual = {
        source.image_id: names[source.image_id]
        for source in sources
        if names[source.image_id] != plain_name(_wanted(source, output))
    }
    return Plan(sources, totals, _share(sources, totals, seed), output, unusual)


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**15 else f"{number:.0e}"


def _share(sources: Sequence[Source], totals: Mapping[str, int], seed: int) -> dict[str, int]:
    by_class: dict[str, list[str]] = {}
    for source in sources:
        if source.label is not None:
            by_class.setdefault(source.label, []).append(source.image_id)
    copies: dict[str, int] = {}
    for label, ids in by_class.items():
        copies.update(spread(ids, totals[label] - len(ids), seed))
    return copies


def _wanted(source: Source, output: Output) -> Wanted:
    """Return what the names of a source's files depend on."""
    dot = source.image_id.rfind(".")
    own = source.image_id[dot:] if dot > source.image_id.rfind("/") else ""
    suffix = target_suffix(own, source.format, output.format)[0]
    return Wanted(source.image_id, suffix, _written_as(source, output)[1])


def _written_as(source: Source, output: Output) -> tuple[str, bool]:
    """Return the format that copies are written in, and whether the original has to be written anew."""
    if source.label is None:
        return source.format, False
    kind = target_suffix("", source.format, output.format)[1]
    resized = output.size is not None and (source.height, source.width) != output.size
    return kind, resized or (output.format != "keep" and source.format != output.format)
