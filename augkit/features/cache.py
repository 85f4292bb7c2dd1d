"""Rows of features that need not be computed again: in memory for all transformers, in a folder if one is named."""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from augkit.features.hog import Floats
from augkit.files.read import read_bytes
from augkit.files.write import Writer
from augkit.kernels import Array

_MOST_BYTES = 1 << 28  # in memory
_DIGEST = 20
_UNFINISHED = ".augkit-unfinished"


class _Memory:
    """The rows used last, up to so many bytes; shared by threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._rows: OrderedDict[bytes, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Floats | None:
        with self._lock:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
            return row

    def put(self, key: bytes, row: Floats) -> None:
        with self._lock:
            if key not in self._rows:
                self._rows[key] = row
                self._bytes += row.nbytes
            while self._bytes > self._most_bytes:
                self._bytes -= self._rows.popitem(last=False)[1].nbytes


_memory = _Memory(_MOST_BYTES)


class Cache:
    """Rows by the content of the view they describe and by what computed them.

    Parameters
    ----------
    maker : bytes
        Whatever a row depends on besides the view: code, model, options.
    folder : str, optional
        Where rows are kept for later runs, a file each; they are checked when read.
    """

    def __init__(self, maker: bytes, folder: str | None = None) -> None:
        self._maker = hashlib.blake2b(maker, digest_size=_DIGEST).digest()
        self._folder = folder
        # A name of its own for each thread of each process: they may share the folder.
        unfinished = f"{_UNFINISHED}-{os.getpid()}-{threading.get_ident()}"
        self._writer = None if folder is None else Writer(folder, unfinished)

    def rows(self, views: Sequence[Array], compute: Callable[[Sequence[Array]], Floats]) -> Floats:
        """Return one row a view; `compute` is asked for those that are not known."""
        keys = [self._key(view) for view in views]
        known = [self._find(key) for key in keys]
        missing = [place for place, row in enumerate(known) if row is None]
        if missing:
            for place, row in zip(missing, compute([views[place] for place in missing]), strict=True):
                known[place] = row
                self._keep(keys[place], row.copy())
        return np.stack([row for row in known if row is not None])

    def _key(self, view: Array) -> bytes:
        digest = hashlib.blake2b(view.data, digest_size=_DIGEST, key=self._maker)
        digest.update(f"{view.dtype}{view.shape}".encode())
        return digest.digest()

    def _find(self, key: bytes) -> Floats | None:
        row = _memory.get(key)
        if self._folder is None:
            return row
        path = f"{self._folder}/{_name(key)}"
        if row is None:
            row = _unpack(path)
            if row is not None:
                _memory.put(key, row)
        elif not os.path.exists(path):  # known from a time without a folder, or with another
            self._write(key, row)
        return row

    def _keep(self, key: bytes, row: Floats) -> None:
        _memory.put(key, row)
        self._write(key, row)

    def _write(self, key: bytes, row: Floats) -> None:
        if self._writer is not None:
            data = row.tobytes()
            self._writer.write(_name(key), _checksum(data) + data)

    def close(self) -> None:
        """Remove the folder for unfinished files."""
        if self._writer is not None:
            self._writer.clean()


def _name(key: bytes) -> str:
    return f"{key[:1].hex()}/{key[1:].hex()}"


def _unpack(path: str) -> Floats | None:
    try:
        data = read_bytes(path)
    except OSError:
        return None
    if _checksum(data[_DIGEST:]) != data[:_DIGEST]:
        return None
    return np.frombuffer(data, np.float32, offset=_DIGEST)


def _checksum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()
