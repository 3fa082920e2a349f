"""Lengths on the ground for a scale: round ones, and in words."""

from __future__ import annotations

import math


def nice_length(longest: float) -> float:
    """The longest of 1, 2, 5, 10, … that is no longer, in the same unit; 0 where there is none."""
    if not longest > 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(longest))  # 1000, too, of the number next to it: logarithms are rounded
    return max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))


def length_label(metres: float) -> str:
    """Such as "2 km", "500 m", "20 cm"."""
    if metres >= 1000:
        return f"{metres / 1000:g} km"
    if metres >= 1:
        return f"{metres:g} m"
    if metres >= 0.01:
        return f"{metres * 100:g} cm"
    return f"{metres * 1000:g} mm"
