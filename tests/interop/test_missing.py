"""Bridges to libraries that are not installed: what to install is said."""

import subprocess
import sys

import pytest

from augkit.interop import needing

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {library!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
import augkit.interop.{bridge}
"""


@pytest.mark.parametrize(
    ("bridge", "library", "extra"),
    [("torch", "torch", "torch"), ("keras", "keras", "keras"), ("huggingface", "datasets", "huggingface")],
)
def test_a_bridge_without_its_library_says_what_to_install(bridge, library, extra):
    code = BLOCKED.format(bridge=bridge, library=library)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    said = ran.stderr.strip().splitlines()[-1]
    assert said == f"ModuleNotFoundError: this part of augkit needs {library}: pip install 'augkit[{extra}]'"


def test_what_else_is_missing_is_told_as_it_is():
    with (
        pytest.raises(ModuleNotFoundError, match="No module named 'numpy_of_another_world'"),
        needing("torch", "torch"),
    ):
        import numpy_of_another_world  # noqa: F401
