"""Nothing is sent over the network, on import or in use."""

import subprocess
import sys

WATCHED = """
import sys

def watch(event, args):
    if event.startswith("socket.") and event != "socket.__new__":
        raise RuntimeError(f"{event} {args}")

sys.addaudithook(watch)
"""


def test_importing_and_expanding_open_no_connection(make_folder, tmp_path):
    source = make_folder(a=3, b=1)
    work = "import augkit; [getattr(augkit, name) for name in augkit.__all__]; augkit.expand(*sys.argv[1:])"
    command = [sys.executable, "-c", f"{WATCHED}\n{work}", str(source), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_watch_sees_a_connection():
    work = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", f"{WATCHED}\n{work}"], capture_output=True, text=True, timeout=60)
    assert "RuntimeError: socket." in done.stderr
