"""What the rest of the budget buys, in words: above the queue, and where the budget is changed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice

from PySide6.QtCore import QCoreApplication

from core.project.effort import Effort
from core.project.records import TileRecord


def what_is_left(effort: Effort, tiles: Iterable[TileRecord]) -> str:
    """At this expert's pace, of a budget that is not used up; of the project's `tiles` no more than are open."""
    bought = effort.remaining_tiles()
    count = sum(1 for _ in islice((tile for tile in tiles if tile.status.is_open), bought))
    if not count:
        return QCoreApplication.translate("budget", "No tile is left to label")
    needed = max(1, round(effort.minutes_for(count)))
    if effort.budget.unit == "tiles":
        left = QCoreApplication.translate("budget", "%n tile(s) left: about {minutes} min", "", count)
        return left.format(minutes=needed)
    minutes = max(1, math.ceil(round(effort.remaining_minutes(), 3)))  # up: of those spent whole ones are told
    if count == bought:
        left = QCoreApplication.translate("budget", "{minutes} min left: about %n tile(s)", "", count)
    else:
        left = QCoreApplication.translate(
            "budget", "{minutes} min left: all %n tile(s) need about {needed} min", "", count
        )
    return left.format(minutes=minutes, needed=needed)
