"""How good predictions are: confusion and IoU, as plain numbers; all else, with intervals, is in scoring.py. numpy."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Confusion = NDArray[np.int64]


def confusion(truth: NDArray[np.uint8], predicted: NDArray[np.uint8], class_values: Sequence[int]) -> Confusion:
    """(K, K) pixel counts: row = true class, column = predicted class, both in the order of `class_values`.

    `truth` and `predicted` are uint8 label values of the same shape. Pixels whose true or predicted value is none of
    `class_values` (unlabeled, ignore, nodata) do not count.
    """
    count = len(class_values)
    index = np.full(256, count, np.uint8)
    index[list(class_values)] = np.arange(count, dtype=np.uint8)
    pairs = index[truth].astype(np.int64) * (count + 1) + index[predicted]
    table = np.bincount(pairs.ravel(), minlength=(count + 1) ** 2).reshape(count + 1, count + 1)
    return table[:count, :count].astype(np.int64)


@dataclass(frozen=True)
class Scores:
    """Scores of one model on pixels it never trained on. Shares are 0…1, NaN of a class that is not in the truth: a few
    pixels wrongly taken for it say nothing of how well it is told."""

    class_values: tuple[int, ...]
    table: tuple[tuple[int, ...], ...]  # pixel counts, rows: truth, columns: prediction
    tile_count: int = 0

    @classmethod
    def of(cls, table: Confusion, class_values: Sequence[int], tile_count: int = 0) -> Scores:
        rows = tuple(tuple(int(value) for value in row) for row in table)
        return cls(tuple(class_values), rows, tile_count)

    @property
    def iou(self) -> tuple[float, ...]:
        """Intersection over union per class."""
        hits, truth, predicted = self._counts()
        parts = zip(hits, truth, truth + predicted - hits, strict=True)
        return tuple(float(hit) / float(either) if true > 0 else float("nan") for hit, true, either in parts)

    @property
    def mean_iou(self) -> float:
        """The mean over the classes that occur in the truth; NaN if none does."""
        values = [value for value in self.iou if not math.isnan(value)]
        return float(np.mean(values)) if values else float("nan")

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Scores:
        """Raises KeyError, TypeError or ValueError on anything that `to_json` did not write."""
        data = json.loads(text)
        values = tuple(int(value) for value in data["class_values"])
        table = np.asarray(data["table"], np.int64).reshape(len(values), len(values))
        return cls.of(table, values, int(data["tile_count"]))

    def _counts(self) -> tuple[Confusion, Confusion, Confusion]:
        """Per class: correct pixels, true pixels, predicted pixels."""
        table = np.asarray(self.table, np.int64).reshape(len(self.class_values), len(self.class_values))
        return np.diagonal(table), table.sum(axis=1), table.sum(axis=0)
