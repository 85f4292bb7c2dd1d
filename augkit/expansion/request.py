"""What a run has been told, checked; and whether its output may be written."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from augkit.errors import AugkitError, suggest
from augkit.expansion import manifest
from augkit.expansion.balance import Amount
from augkit.expansion.plan import Output
from augkit.files.read import is_empty
from augkit.files.records import Record
from augkit.pipeline import Pipeline

if TYPE_CHECKING:
    from augkit.features.base import PictureFeatures

_METHODS = ("plain", "guided")

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done ("examine", "embed" or "write"), how much of it is done, and of how much."""


@dataclass(frozen=True)
class Guidance:
    """How copies are led.

    Parameters
    ----------
    features : PictureFeatures
        What tells pictures apart.
    gate : bool
        Whether features that can't tell the classes apart make it plain copies.
    candidates : int
        Draws to choose from for each copy.
    """

    features: "PictureFeatures"
    gate: bool
    candidates: int = 8

    @classmethod
    def of(cls, method: str, features: Any, *, gate: bool) -> "Guidance | None":
        """Return what the options ask for; None for plain copies."""
        if method not in _METHODS:
            raise AugkitError(f"--method must be one of {', '.join(_METHODS)}{suggest(method, _METHODS)}")
        if method == "guided":
            from augkit.features.function import as_features

            return cls(as_features(features), gate)
        if features is not None or not gate:
            raise AugkitError("--features and --no-gate go with --method guided: plain copies look at no features")
        return None

    def to_dict(self) -> Record:
        """Return plain data, as the manifest keeps it."""
        return {
            "features": type(self.features).__name__,
            "fingerprint": self.features.fingerprint(),
            "gate": self.gate,
            "candidates": self.candidates,
        }


@dataclass(frozen=True, kw_only=True)
class Request:
    """Everything a run has been told.

    Parameters
    ----------
    source, output : str
    amount : Amount
    written : Output
    pipeline : Pipeline
    header : dict
        The first line of the manifest.
    workers : int
    shard : (int, int) or None
    max_pixels : int
    progress : callable
    guidance : Guidance or None
        How copies are led; None for plain ones.
    """

    source: str
    output: str
    amount: Amount
    written: Output
    pipeline: Pipeline
    header: Record
    workers: int
    shard: tuple[int, int] | None
    max_pixels: int
    progress: Progress
    guidance: Guidance | None = None

    def check_folders(self) -> None:
        """Raise AugkitError unless the output can be written without losing anything."""
        if not self.source or not self.output:
            raise AugkitError("SOURCE and OUTPUT must be named; '.' is the current folder")
        is_empty(self.output)
        source, output = os.path.realpath(self.source), os.path.realpath(self.output)
        if source == output:
            raise AugkitError(f"SOURCE and OUTPUT are the same folder, {output}; name another OUTPUT")
        for inner, outer, where in ((output, source, "inside SOURCE"), (source, output, "around SOURCE")):
            if inner.startswith(os.path.join(outer, "")):
                raise AugkitError(f"OUTPUT {output} lies {where} {source}; name one beside it")
        state = manifest.read_state(self.output)
        if state.header is None:
            journals = {os.path.basename(path) for path in manifest.journals(self.output)}
            if not is_empty(self.output, besides=journals):
                raise AugkitError(
                    f"OUTPUT {output} is not empty and was not written by augkit; name a new or an empty folder"
                )

    def _check_guided(self, before: Record) -> None:
        """Raise AugkitError unless earlier files were led in the same way, by the same pictures."""
        then, now = before.get("guided"), self.header.get("guided")
        if then is None or now is None:
            if then is not now:
                raise self._other("--method plain, not guided" if then is None else "--method guided, not plain")
            return
        changed = [name for name in now if then.get(name) != now[name]]
        if changed == ["sources"] or changed == ["sources", "accuracy"]:
            raise self._other("other pictures in SOURCE, and every guided copy depends on all of them")
        if changed:
            raise self._other(", ".join(f"guided {name} {then.get(name)}, not {now[name]}" for name in changed))

    def _other(self, difference: str) -> AugkitError:
        return AugkitError(
            f"OUTPUT {self.output} was written with {difference}; "
            f"run with the same options to resume it, name another OUTPUT, or replace it with --overwrite"
        )

    def check_same(self, before: Record | None) -> None:
        """Raise AugkitError if the output was written with other options, and so can't be resumed."""
        if before is None:
            return
        for name in ("seed", "recipe", "output"):
            if before.get(name) != self.header[name]:
                raise self._other(_difference(name, before.get(name), self.header[name]))
        self._check_guided(before)


def _difference(name: str, before: Any, now: Any) -> str:
    if name == "seed":
        return f"seed {before}, not {now}"
    if not isinstance(before, dict) or (name == "recipe" and before.get("name") != now["name"]):
        return f"recipe {before.get('name') if isinstance(before, dict) else before}, not {now['name']}"
    changed = [key for key in now if before.get(key) != now[key]]
    if name == "recipe":
        return f"another form of recipe {now['name']} (changed: {', '.join(changed)})"
    return ", ".join(f"--{key} {before.get(key)}, not {now[key]}" for key in changed)


def check_shard(shard: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the shard if it is one."""
    if shard is not None and not 1 <= shard[0] <= shard[1]:
        raise AugkitError(f"--shard must be I/N with I from 1 to N, got {shard[0]}/{shard[1]}")
    return shard
