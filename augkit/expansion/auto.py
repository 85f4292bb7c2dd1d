"""``--recipe auto``: judge the usual recipe on the source, once; later runs keep to what the manifest says."""

import dataclasses
from typing import Any

from augkit.errors import AugkitError
from augkit.expansion import manifest
from augkit.expansion.request import Request
from augkit.files.folder import read_pictures
from augkit.files.records import Record
from augkit.recipes import Recipe

NAME = "auto"
START = "classic"


def find_earlier(output: str, start: Recipe) -> Record | None:
    """Return the header of an earlier run to an output, which holds its recipe; None where there was none.

    Raises
    ------
    AugkitError
        When that run had another recipe, or started from another.
    """
    header = manifest.read_state(output).header
    if header is None:
        return None
    if "assessment" not in header or header["assessment"]["start"] != start.to_dict():
        raise AugkitError(
            f"OUTPUT {output} was written with recipe {header['recipe'].get('name')}, not with --recipe auto and these "
            f"options; run with the same options to resume it, name another OUTPUT, or replace it with "
            f"--overwrite"
        )
    return header


def judge(request: Request, start: Recipe) -> Request:
    """Return the request with the recipe that suits its source, and with the verdicts in the manifest's header."""
    from augkit.suggestion import suggest

    assessment = suggest(
        request.source,
        start=start,
        seed=request.pipeline.seed,
        workers=request.workers,
        max_pixels=request.max_pixels,
        progress=request.progress,
    ).assessment
    chosen = assessment.suggested.fit(read_pictures(request.source, request.max_pixels))
    found = assessment.to_dict()
    record: dict[str, Any] = {"start": start.to_dict()} | {key: found[key] for key in ("pictures", "accuracy", "notes")}
    record["verdicts"] = [
        {key: verdict[key] for key in ("transform", "verdict", "reason", "agreement", "effect", "swaps")}
        for verdict in found["verdicts"]
    ]
    header = request.header | {"recipe": chosen.to_dict(), "assessment": record}
    return dataclasses.replace(request, pipeline=chosen.pipeline(seed=request.pipeline.seed), header=header)


def notes(header: Record) -> dict[str, int]:
    """Return what a report says of the verdicts in a header: all but what is kept without a doubt."""
    if "assessment" not in header:
        return {}
    said = list(header["assessment"]["notes"])
    for found in header["assessment"]["verdicts"]:
        if found["verdict"] in ("drop", "warn"):
            (name,) = found["transform"]
            said.append(f"{'dropped' if found['verdict'] == 'drop' else 'kept'} {name}: {found['reason']}")
    return dict.fromkeys(said, 0)
