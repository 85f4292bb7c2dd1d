"""Two real processes of torch.distributed share an epoch: nothing comes twice or is lost, the bytes are the same."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

import ranks  # noqa: E402

SHOWN = {
    "keyed": {0: 6, 1: 4, 2: 1},
    "balanced": {0: 6, 1: 6, 2: 6},
    "balanced to a number": {0: 3, 1: 4, 2: 8},
}


@pytest.fixture(scope="module")
def together(tmp_path_factory) -> list[dict]:
    """What each of two processes tells."""
    place = tmp_path_factory.mktemp("ranks") / "rendezvous"
    loopback = os.environ | {"GLOO_SOCKET_IFNAME": "lo" if sys.platform == "linux" else "lo0"}
    # One processor serves them all in the worst case, and some workers find that worth a warning.
    command = [sys.executable, "-W", "ignore", Path(ranks.__file__)]
    processes = [
        subprocess.Popen(
            [*command, str(rank), "2", place], env=loopback, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for rank in range(2)
    ]
    try:
        ends = [process.communicate(timeout=180) for process in processes]
    finally:
        for process in processes:
            process.kill()
    for process, (_, complaint) in zip(processes, ends, strict=True):
        assert process.returncode == 0, complaint
    return json.loads(ends[0][0])


@pytest.fixture(scope="module")
def alone() -> dict[str, list]:
    """What one process without a worker shows."""
    return {kind: ranks.shown(ranks.make_loader(kind)) for kind in ranks.SAMPLERS}


@pytest.mark.parametrize("kind", SHOWN)
def test_two_processes_show_what_one_would(together, alone, kind):
    for epoch, expected in enumerate(alone[kind]):
        shares = [[tuple(row) for row in told["shown"][kind][epoch]] for told in together]
        assert sorted(shares[0] + shares[1]) == sorted(expected)
        assert len(set(shares[0] + shares[1])) == len(expected), "no picture comes twice"
        assert abs(len(shares[0]) - len(shares[1])) <= 1
        counts = Counter(ranks.LABELS[index] for share in shares for index, _ in share)
        assert counts == SHOWN[kind]
    assert not set(alone[kind][0]) & set(alone[kind][1]), "another epoch shows other copies"


@pytest.mark.parametrize("uneven", ["pad", "drop"])
def test_two_processes_train_one_network(together, uneven):
    first, second = (told["weights"][uneven] for told in together)
    assert first == second
    assert len(set(first)) > 1
