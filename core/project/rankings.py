"""The Ranking as a project keeps it: one row, since all of it changes with every label, and it may have 150,000 places.

As many rows took the window's thread a second after each submitted Tile (docs/adr/0063).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from core.project.records import RankedTile
from core.project.store import Store
from core.text import Text

_COLUMNS = ("<i8", "<f8", "<i4")  # tile ids, scores, which of the reasons


def load_ranking(store: Store) -> list[RankedTile]:
    """In order; empty while there is none. Raises ValueError for what `save_ranking` has not written."""
    rows = store.query("SELECT tile_ids, scores, reason_of, reasons FROM ranking")
    if not rows:
        return []
    *blobs, stored = rows[0]
    reasons = [(regime, Text(template, values)) for regime, template, values in json.loads(stored)]
    columns = (np.frombuffer(blob, dtype).tolist() for blob, dtype in zip(blobs, _COLUMNS, strict=True))
    return [RankedTile(tile_id, score, *reasons[number]) for tile_id, score, number in zip(*columns, strict=True)]


def save_ranking(store: Store, ranking: Sequence[RankedTile]) -> None:
    """Instead of the one before. Raises ProjectError."""
    numbers: dict[tuple[str, int], int] = {}  # of each Regime with its sentence: few, and many Tiles share one
    reason_of = [numbers.setdefault((ranked.regime, id(ranked.reason)), len(numbers)) for ranked in ranking]
    sentences = {id(ranked.reason): ranked.reason for ranked in ranking}
    reasons = [[regime, sentences[key].template, dict(sentences[key].values)] for regime, key in numbers]
    columns = ([ranked.tile_id for ranked in ranking], [ranked.score for ranked in ranking], reason_of)
    blobs = [np.array(column, dtype).tobytes() for column, dtype in zip(columns, _COLUMNS, strict=True)]
    with store.transaction() as connection:
        connection.execute("INSERT OR REPLACE INTO ranking VALUES (0, ?, ?, ?, ?)", (*blobs, json.dumps(reasons)))
