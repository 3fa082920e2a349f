"""The pixel classifier in the place of a Model, where nobody trains: its doubts count until there is one.

Beside a window it answers every stroke anyway (`Session.suggest`). In a terminal somebody has to ask it: before Tiles
are ranked, and before masks are imported, so that its doubt is put to the test as a Model's is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.backstage import Run
from core.jobs import Job, Priority
from core.learning.prediction import TilePrediction
from core.project.store import Store
from core.text import text
from core.work import predict_by_classifier

if TYPE_CHECKING:
    from core.session import Session

MOST_ASKED = 1000  # Tiles: of more, those that are first without any doubt
_MOST_TAUGHT = 400  # painted Tiles that it learns from; of more, these are spread evenly over the Project


class StandIn:
    """See the module. Used on the main thread."""

    def __init__(self, session: Session, store: Store, run: Run, deliver: Callable[[TilePrediction, float], None]):
        """`deliver` gets every Prediction and its doubt, on the compute thread."""
        self._session = session
        self._store = store
        self._run = run
        self._deliver = deliver
        self._foreseen: set[int] = set()

    def ask(self, tile_ids: Sequence[int]) -> Job[None] | None:
        """Teach it all paint there is and have it predict these Tiles, 1,000 at most. None where a Model is there or
        under way, or fewer than two Classes are painted. What cannot be read is left out."""
        session = self._session
        asked = tile_ids[:MOST_ASKED]
        if session.forecasts.version or not session.can_train() or not asked:
            return None
        painted = sorted(session.painted)
        taught = painted[:: -(-len(painted) // _MOST_TAUGHT)]
        stored = self._store.stored_masks({tile_id: session.tile_ref(tile_id) for tile_id in taught})
        refs = tuple(map(session.tile_ref, asked))
        self._foreseen.update(tile_id for tile_id in asked if tile_id not in session.painted)
        work = partial(
            predict_by_classifier, stored, session.class_values, session.reader, refs, session.place, self._deliver
        )
        return self._run(text("Asking the pixel classifier"), work, Priority.QUEUE, "stand in")

    def foresaw(self, tile_id: int) -> bool:
        """Whether it was asked about this Tile before anything was painted there."""
        return tile_id in self._foreseen
