"""What the documentation site shows beside the pages in this folder: all of it is made from the package itself."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import augkit
from augkit.gallery import make_gallery
from augkit.recipes import describe_transforms

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
BRIDGES = [
    "augkit.interop.torch.datasets.AugmentedDataset",
    "augkit.interop.torch.datasets.AugmentedFolder",
    "augkit.interop.torch.samplers.KeyedSampler",
    "augkit.interop.torch.samplers.BalancedSampler",
    "augkit.interop.torch.transform.TorchTransform",
    "augkit.interop.torch.tensors.to_tensor",
    "augkit.interop.torch.collate.MixUp",
    "augkit.interop.torch.collate.CutMix",
    "augkit.interop.keras.AugmentedPyDataset",
    "augkit.interop.huggingface.augment",
    "augkit.interop.webdataset.Augment",
    "augkit.interop.sklearn.AugmentingSampler",
    "augkit.interop.albumentations.ours.ToAlbumentations",
]
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
    bridges = "\n".join(f"::: {name}\n" for name in BRIDGES)
    pages["reference/bridges.md"] = f"# Bridges to other libraries\n\n{bridges}"
    rooms["Bridges"] = []
    links = "\n".join(f"- [{title}]({title.lower()}.md)" for title in sorted(rooms))
    return {"reference/index.md": f"# Reference\n\nEverything `import augkit` offers.\n\n{links}\n", **pages}


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
