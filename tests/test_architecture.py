"""Keeps docs/architecture.md true: who may import whom, and the one room for each kind of work."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import augkit

ROOT = Path(augkit.__file__).parent
FLOORS = [
    {"errors", "seeding", "tracing", "sample", "geometry", "boxes", "jpeg", "pillow", "pages"},
    {"kernels", "files", "execution", "oversampling"},
    {"operations", "features"},
    {"transforms"},
    {"batch", "compiling", "fusing", "guided", "pipeline", "recipes", "assessment", "view", "markup"},
    {"expansion", "embedding", "suggestion", "loading", "auditing", "diagnosis", "gallery", "plot", "interop"},
    {"cli", "__main__"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ISLANDS = FLOORS[1]
FILES = sorted(ROOT.rglob("*.py"))
TOUCHING = set(
    "open os.open os.makedirs os.mkdir os.replace os.rename os.unlink os.remove os.rmdir os.link os.symlink os.listdir "
    "os.scandir os.stat os.walk".split()
)
PRINTING = {"print", "exit", "sys.exit"}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """The rooms of augkit that a file imports, also inside functions; type checking alone does not count."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("augkit.")}


def called(path: Path) -> set[str]:
    """What a file calls, by bare name ("open", "print") and, of os and sys, by full name ("os.replace")."""
    calls = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                calls.add(function.id)
            elif isinstance(function, ast.Attribute) and ast.unparse(function.value) in ("os", "sys"):
                calls.add(ast.unparse(function))
    return calls


def modules(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in named | {node.module or "" for node in nodes if hasattr(node, "module")}}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_lower_floors_only(path: Path):
    own = room(path)
    if own == "__init__":
        return
    for other in imported(path) - {own, "__version__"}:
        assert FLOOR[other] <= FLOOR[own], f"{own} looks up to {other}"
        assert not (own in ISLANDS and other in ISLANDS), f"{own} and {other} are islands"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_kind_of_work_has_one_room(path: Path):
    own, calls, used = room(path), called(path), modules(path)
    if own != "files":
        assert not calls & TOUCHING, "files are touched in files/"
    if own != "cli":
        assert not calls & PRINTING, "printing and exit codes belong to cli/"
        assert not used & {"typer", "rich"}
    if own != "execution":
        assert not used & {"concurrent", "multiprocessing", "subprocess"}, "workers start in execution/"
    if own not in ("kernels", "files", "expansion", "interop"):
        assert "cv2" not in used, "pixels change in kernels/"
    if own != "interop":
        assert "random" not in used, "randomness comes from seeding"
        assert "albumentations" not in used, "it is no longer maintained: only interop/ knows it"


def test_random_numbers_are_drawn_in_methods_called_draw_only():
    for path in FILES:
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef) and not function.name.lstrip("_").startswith("draw"):
                takes = {
                    node.attr
                    for node in ast.walk(function)
                    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "draws"
                }
                assert not takes & {"uniform", "normal", "chance", "choice", "bits"}, f"{path.name}: {function.name}"


def test_every_file_is_short_enough_to_find_its_subject():
    long = {str(path.relative_to(ROOT)): count for path in FILES if (count := len(path.read_text().splitlines())) > 400}
    assert not long


def test_importing_augkit_is_light():
    heavy = (
        "torch matplotlib keras datasets albumentations sklearn imblearn scipy cv2 numpy pydantic yaml PIL rich".split()
    )
    heavy += ["typer"]
    code = f"import sys, augkit, augkit.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_imports_nothing_heavy():
    heavy = "torch matplotlib keras datasets albumentations sklearn imblearn scipy cv2 numpy pydantic yaml PIL".split()
    code = (
        "import sys; sys.argv = ['augkit', '--help']\n"
        "from augkit.cli.app import main\n"
        "try: main()\n"
        f"except SystemExit: print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_every_public_name_has_a_docstring_with_an_example():
    for name in augkit.__all__:
        if name not in ("__version__", "AugkitError", "Sample", "verify"):
            assert ">>>" in (getattr(augkit, name).__doc__ or ""), name


def test_names_for_type_checkers_are_those_that_are_loaded():
    source = tree(ROOT / "__init__.py")
    block = next(node for node in source.body if isinstance(node, ast.If))
    typed = {
        (node.module, alias.asname) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert typed == {(f"augkit.{home}", name) for name, home in augkit._HOME_OF.items()}
