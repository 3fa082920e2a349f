"""Finished blocks of a prediction on disk, so that a run that was cancelled or killed goes on where it was.

An append-only file: the key of the run, then one record a block with a checksum. What was cut off in the middle of a
record is dropped when the file is opened again. A file with another key (another model, another scene) starts anew.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect

_MAGIC = b"FBBLOCK1"
_RECORD = struct.Struct("<IIIII")  # number of the block, bytes of classes, bytes of doubt, crc of those, crc of this


class Planes(NamedTuple):
    """classes and doubt of a block, both uint8 (h, w)."""

    classes: NDArray[np.uint8]
    doubt: NDArray[np.uint8]


class BlockJournal:
    """The journal at `path` of a run with `key` over `blocks`, which are finished in this order."""

    def __init__(self, path: Path, key: str, blocks: Sequence[Rect]) -> None:
        """Raises OSError where the file cannot be written."""
        self.path = path
        self._blocks = blocks
        self._records: list[tuple[int, int, int]] = []  # offset, bytes of classes, bytes of doubt
        self._file = open(path, "r+b" if path.exists() else "w+b", buffering=0)  # noqa: SIM115 - open as long as this
        try:
            self._end = self._recover(key.encode())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> BlockJournal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        """How many blocks are finished."""
        return len(self._records)

    def keep(self, count: int) -> None:
        """Forget all but the first `count` blocks."""
        if count < len(self._records):
            self._end = self._records[count][0] - _RECORD.size
            del self._records[count:]
            self._file.truncate(self._end)

    def append(self, planes: Planes) -> None:
        """The next block. Raises OSError when the disk is full; what was finished before stays."""
        classes, doubt = (zlib.compress(plane.tobytes(), 1) for plane in planes)
        sizes = struct.pack("<IIII", len(self._records), len(classes), len(doubt), zlib.crc32(classes + doubt))
        record = sizes + struct.pack("<I", zlib.crc32(sizes)) + classes + doubt
        self._file.seek(self._end)
        try:
            _write_all(self._file.fileno(), record)
        except OSError:
            self._file.truncate(self._end)
            raise
        self._records.append((self._end + _RECORD.size, len(classes), len(doubt)))
        self._end += len(record)

    def read(self, number: int) -> Planes:
        """A finished block. Raises OSError when it cannot be read as it was written."""
        offset, *sizes = self._records[number]
        shape = self._blocks[number].height, self._blocks[number].width
        self._file.seek(offset)
        try:
            planes = [np.frombuffer(zlib.decompress(self._file.read(size)), np.uint8).reshape(shape) for size in sizes]
        except (zlib.error, ValueError) as error:
            raise OSError("the part that was finished before is damaged") from error
        return Planes(planes[0], planes[1])

    def _recover(self, key: bytes) -> int:
        """Find the whole records of this key, cut off the rest; where the next one goes."""
        header = _MAGIC + struct.pack("<I", len(key)) + key
        size = os.fstat(self._file.fileno()).st_size
        if size < len(header) or self._file.read(len(header)) != header:
            self._file.seek(0)
            self._file.truncate(0)
            _write_all(self._file.fileno(), header)
            return len(header)
        end = len(header)
        while len(self._records) < len(self._blocks):
            record = self._next(end)
            if record is None:
                break
            self._records.append(record)
            end = record[0] + record[1] + record[2]
        self._file.truncate(end)
        return end

    def _next(self, at: int) -> tuple[int, int, int] | None:
        """The record at this offset, None if it is not whole."""
        self._file.seek(at)
        head = self._file.read(_RECORD.size)
        if len(head) < _RECORD.size:
            return None
        number, classes, doubt, payload_crc, head_crc = _RECORD.unpack(head)
        if head_crc != zlib.crc32(head[:-4]) or number != len(self._records):
            return None
        payload = self._file.read(classes + doubt)
        if len(payload) < classes + doubt or zlib.crc32(payload) != payload_crc:
            return None
        return at + _RECORD.size, classes, doubt


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
