"""Random bytes: the cipher's published vectors, and streams that go on where they are told to."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from augkit.kernels.bits import MOST, random_bytes, random_words

# AES-256 of the all-zero block under the all-zero key: NIST AESAVS, appendix B.
ZERO_BLOCK = "dc95c078a2408989ad48a21492842087"


def test_it_is_the_standard_cipher():
    assert random_bytes(0, 16).hex() == ZERO_BLOCK


def test_bytes_never_change_between_versions():
    assert hashlib.sha256(random_bytes(2**53 - 1, MOST, stream=3)).hexdigest()[:16] == "098c82e02b8ded77"


@pytest.mark.parametrize("start", [0, 1, 15, 16, 1000, 5 * MOST + 3])
def test_a_stream_goes_on_where_it_is_told_to(start):
    assert random_bytes(7, 100, start) == random_bytes(7, 164, start - start % 16)[start % 16 :][:100]


def test_more_than_one_call_gives_is_refused():
    assert len(random_bytes(7, MOST)) == MOST
    with pytest.raises(ValueError, match="more than one call gives"):
        random_bytes(7, MOST + 1)


def test_words_are_bytes_taken_together():
    words = random_words(7, 10, np.dtype("<u8"), start=3)
    assert words.tolist() == np.frombuffer(random_bytes(7, 80, 24), "<u8").tolist()


def test_seeds_and_streams_are_told_apart():
    made = {random_bytes(seed, 16, stream=stream) for seed in (0, 1, 256, 2**53 - 1) for stream in (0, 1, 2)}
    assert len(made) == 12


def test_a_processor_without_instructions_for_it_makes_the_same_bytes():
    code = (
        "import hashlib, stringzilla\n"
        "from augkit.kernels.bits import MOST, random_bytes\n"
        "made = [hashlib.sha256(random_bytes(7, MOST, 5)).hexdigest()]\n"
        "stringzilla.reset_capabilities(('serial',))\n"
        "made.append(hashlib.sha256(random_bytes(7, MOST, 5)).hexdigest())\n"
        "print(len(set(made)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"
