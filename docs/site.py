"""What the documentation site shows beside the pages in this folder: all of it is made from the package itself."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import augkit
from augkit.recipes import describe_transforms

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
TITLES = {
    "boxes": "Boxes",
    "expansion": "Folders",
    "embedding": "Features",
    "errors": "Errors",
    "features": "Features",
    "guided": "Oversampling",
    "loading": "Folders",
    "oversampling": "Oversampling",
    "pipeline": "Pipelines",
    "recipes": "Recipes",
    "sample": "Pipelines",
    "transforms": "Transforms",
}


def on_files(files: Files, config: Any) -> Files:
    """Add the reference, the table of transforms, and the results of the benchmarks."""
    pages = {"transforms.md": transforms_page(), **reference_pages()}
    for path in sorted(RESULTS.glob("*.md")):
        pages[f"results/{path.name}"] = path.read_text("utf-8")
    names = "\n".join(f"- [{path.stem}]({path.name})" for path in sorted(RESULTS.glob("*.md")))
    pages["results/index.md"] = f"# Measurements\n\nWhat the scripts in `benchmarks/` printed.\n\n{names}\n"
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Let links to files of the repository lead to their pages."""
    markdown = re.sub(r"\]\(\.\./benchmarks/results/(\w+\.md)\)", r"](results/\1)", markdown)
    return re.sub(r"\[([^\]]+)\]\(\.\./[^)]+\)", r"\1", markdown)


def reference_pages() -> dict[str, str]:
    """Return a page of docstrings for each room that has public names."""
    rooms: dict[str, list[str]] = {}
    for home, names in augkit._HOMES.items():
        title = TITLES.get(home.split(".")[0], home.split(".")[0].capitalize())
        rooms.setdefault(title, []).extend(f"augkit.{home}.{name}" for name in names.split())
    pages = {
        f"reference/{title.lower()}.md": f"# {title}\n\n" + "\n".join(f"::: {name}\n" for name in names)
        for title, names in rooms.items()
    }
    links = "\n".join(f"- [{title}]({title.lower()}.md)" for title in sorted(rooms))
    return {"reference/index.md": f"# Reference\n\nEverything `import augkit` offers.\n\n{links}\n", **pages}


def transforms_page() -> str:
    """Return the table of all transforms, family by family."""
    lines = ["# Transforms", "", "Every transform also takes `p`, the probability that it happens.", ""]
    family = None
    for entry in describe_transforms():
        if entry["family"] != family:
            family = entry["family"]
            lines += ["", f"## {family.capitalize()}", "", "| Class | In a recipe | |", "|---|---|---|"]
        anchor = f"reference/transforms.md#augkit.transforms.{family}.{entry['class']}"
        lines.append(f"| [`{entry['class']}`]({anchor}) | `{entry['name']}` | {entry['summary']} |")
    return "\n".join(lines) + "\n"
