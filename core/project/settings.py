"""Settings come back in the shape that is expected, whatever another version of the program, or damage, has left."""

from __future__ import annotations

import math
from typing import Any


def in_shape(stored: Any, usual: Any) -> Any:
    """The JSON value `stored` where it is of the kind of `usual`, else `usual`; None is of every kind.

    Numbers are finite, and whole where the usual one is. Of a dict each value is looked at for itself, and what the
    usual one does not have is left out; one without entries takes any.
    """
    if usual is None:
        return stored
    if isinstance(usual, dict) and isinstance(stored, dict):
        return {key: in_shape(stored.get(key, value), value) for key, value in usual.items()} if usual else stored
    if isinstance(usual, float) and isinstance(stored, int) and not isinstance(stored, bool):
        return stored
    fits = type(stored) is type(usual) and not (isinstance(stored, float) and not math.isfinite(stored))
    return stored if fits else usual
