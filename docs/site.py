"""What the documentation site shows beside the pages in this folder: all of it is made from the package itself."""

import ast
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import augkit
from augkit.gallery import make_gallery
from augkit.recipes import describe_transforms

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
TITLES = {
    "assessment": "Suggestions",
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
    "suggestion": "Suggestions",
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


def on_post_build(config: Any) -> None:
    """Put the gallery of transforms beside the pages."""
    make_gallery(Path(config.site_dir) / "gallery.html")


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
    listed = [
        f"\n## `{module}`\n\n"
        + "\n".join(f"::: {module}.{name}\n    options:\n      heading_level: 3\n" for name in names)
        for module, names in bridges().items()
    ]
    pages["reference/bridges.md"] = "# Bridges to other libraries\n" + "".join(listed)
    rooms["Bridges"] = []
    links = "\n".join(f"- [{title}]({title.lower()}.md)" for title in sorted(rooms))
    return {"reference/index.md": f"# Reference\n\nEverything `import augkit` offers.\n\n{links}\n", **pages}


def bridges() -> dict[str, list[str]]:
    """Return what the bridges offer, as their `__all__` has it: read, since importing them takes their libraries."""
    found = {}
    for path in sorted((ROOT / "augkit" / "interop").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                found[module] = ast.literal_eval(node.value)
    return found


def transforms_page() -> str:
    """Return the table of all transforms, family by family."""
    lines = [
        "# Transforms",
        "",
        '<a href="../gallery.html">All of them in pictures</a>, weak, typical and strong.',
        "",
        "Every transform also takes `p`, the probability that it happens.",
    ]
    family = None
    for entry in describe_transforms():
        if entry["family"] != family:
            family = entry["family"]
            lines += ["", f"## {family.capitalize()}", "", "| Class | In a recipe | |", "|---|---|---|"]
        anchor = f"reference/transforms.md#augkit.transforms.{family}.{entry['class']}"
        lines.append(f"| [`{entry['class']}`]({anchor}) | `{entry['name']}` | {entry['summary']} |")
    return "\n".join(lines) + "\n"
