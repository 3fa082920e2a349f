"""How the learning rate and the averaged weights follow a run."""

from __future__ import annotations

import copy
import math
from itertools import chain
from typing import TYPE_CHECKING

from core.learning import runtime

if TYPE_CHECKING:
    import torch

_WARM_UP = 0.1
_LAST_RATE = 0.02
_AVERAGE_DECAY = 0.97


def rate_share(progress: float) -> float:
    """The share of the highest learning rate at `progress` 0…1 of a run: linear warm-up, then half a cosine."""
    if progress < _WARM_UP:
        return (progress + 0.01) / (_WARM_UP + 0.01)
    turn = (progress - _WARM_UP) / (1.0 - _WARM_UP)
    return _LAST_RATE + (1.0 - _LAST_RATE) * 0.5 * (1.0 + math.cos(math.pi * turn))


class Averaged:
    """Exponential averages of a network's parameters and buffers over `count` steps, in a copy of it, `module`. They
    forget faster at first, so that a short run is not held back.

    torch's own AveragedModel asks the device how many steps there were, and so waits for it at every one.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        self.module = copy.deepcopy(module)
        self.count = 0

    def add(self, module: torch.nn.Module) -> None:
        """What the network has become by one more step."""
        share = 1.0 - min(_AVERAGE_DECAY, (1.0 + self.count) / (10.0 + self.count))
        averages = chain(self.module.parameters(), self.module.buffers())
        values = chain(module.parameters(), module.buffers())
        with runtime.load_torch().no_grad():
            for average, value in zip(averages, values, strict=True):
                if self.count > 0 and average.is_floating_point():
                    average.lerp_(value, share)
                else:  # the first step, and how many batches the normalisation has seen
                    average.copy_(value)
        self.count += 1
