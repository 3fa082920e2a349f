"""How the learning rate and the averaged weights follow a run."""

from __future__ import annotations

import math
from typing import Any

_WARM_UP = 0.1
_LAST_RATE = 0.02
_AVERAGE_DECAY = 0.97


def rate_share(progress: float) -> float:
    """The share of the highest learning rate at `progress` 0…1 of a run: linear warm-up, then half a cosine."""
    if progress < _WARM_UP:
        return (progress + 0.01) / (_WARM_UP + 0.01)
    turn = (progress - _WARM_UP) / (1.0 - _WARM_UP)
    return _LAST_RATE + (1.0 - _LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * turn))


def average_in(averages: Any, values: Any, steps: Any) -> None:
    """Exponential averages in place; they forget faster at first, so that a short run is not held back.

    For torch's AveragedModel: two lists of tensors, and how many steps the averages hold.
    """
    count = float(steps)
    share = 1.0 - min(_AVERAGE_DECAY, (1.0 + count) / (10.0 + count))
    for average, value in zip(averages, values, strict=True):
        if average.is_floating_point():
            average.lerp_(value, share)
        else:  # how many batches the normalisation has seen
            average.copy_(value)
