"""The pixel classifier in the place of a Model: its doubts count until there is one, and one that does better than it.

Beside a window it answers every stroke anyway (`Predicting.suggest`). In a terminal somebody has to ask it: before
Tiles are ranked, and before masks are imported, so that its doubt is put to the test as a Model's is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.background import Run
from core.events import Change, Subject
from core.jobs import Job, JobContext, Priority
from core.labels.snapshot import StoredMask
from core.learning.mappers import Check, ClassifierMapper, taught_mapper
from core.learning.pixel_classifier import CLASSIFIER_VERSION, MOST_TAUGHT
from core.project.settings import Setting
from core.project.store import Store
from core.selection.pool import Answers
from core.tasks import answers_by_classifier, predict_by_classifier
from core.text import text

if TYPE_CHECKING:
    from core.session import Session

MOST_ASKED = 1000  # Tiles: of more, those that are first without any doubt
_GOLDEN = 2_654_435_769  # of 2³²: multiples of it are spread evenly, however many are taken (Knuth, volume 3, 6.4)


class ClassifierStandIn:
    """Asks the pixel classifier where nobody paints, and remembers of which Tiles. Used on the main thread."""

    def __init__(self, session: Session, store: Store, run: Run) -> None:
        self._session = session
        self._store = store
        self._run = run
        self._foreseen: set[int] = set()
        self._masks: dict[int, StoredMask] = {}  # those that taught it last: all of 400 are read once, not every Stroke
        session.changes.subscribe(self._forget)  # before the Session itself, which then asks what is taught

    def ask(self, tile_ids: Sequence[int]) -> Job[None] | None:
        """Teach it all paint there is and have it predict these Tiles, 1,000 at most. None where a Model leads or is
        under way, or fewer than two Classes are painted. What cannot be read is left out."""
        session = self._session
        asked = tile_ids[:MOST_ASKED]
        if not self._is_needed() or not asked:
            return None
        refs = tuple(map(session.tile_ref, asked))
        self._foreseen.update(tile_id for tile_id in asked if tile_id not in session.painted)
        work = partial(predict_by_classifier, self.making(), refs, session.predicting.deliver)
        return self._run(text("Asking the pixel classifier"), work, Priority.QUEUE, "stand in")

    def answering(self, tile_ids: Sequence[int]) -> Callable[[JobContext], Answers] | None:
        """Gives what it answers about the Pool of these Tiles, on the compute thread: about those at the queue's head,
        1,000 at most, and of all answers those that follow from class shares. None as in `ask`."""
        session = self._session
        asked = {ranked.tile_id for ranked in session.queue()[:MOST_ASKED]}
        refs = {place: session.tile_ref(tile_id) for place, tile_id in enumerate(tile_ids) if tile_id in asked}
        if not self._is_needed() or not refs:
            return None
        return partial(answers_by_classifier, self.making(), refs, len(tile_ids))

    def making(self) -> Callable[[Check], ClassifierMapper]:
        """Teaches it all paint there is, on the compute thread."""
        session = self._session
        return partial(
            taught_mapper, self.taught(), session.class_values, session.reader, session.setting(Setting.TILE_PX),
            session.place,
        )  # fmt: skip

    def _is_needed(self) -> bool:
        forecasts = self._session.forecasts
        is_under_way = forecasts.version != CLASSIFIER_VERSION and forecasts.model is None
        return forecasts.classifier_leads and not is_under_way and self._session.can_train()

    def taught(self, shown: int | None = None) -> tuple[StoredMask, ...]:
        """The paint that it learns from: of more than 400 Tiles the one that is `shown` and others spread evenly over
        the Project. They are the same from Stroke to Stroke: what was sampled from them is kept."""
        painted = sorted(self._session.painted, key=lambda tile_id: (tile_id != shown, tile_id * _GOLDEN % 2**32))
        refs = {tile_id: self._session.tile_ref(tile_id) for tile_id in sorted(painted[:MOST_TAUGHT])}
        known = {tile_id: mask for tile_id, mask in self._masks.items() if mask.ref == refs.get(tile_id)}
        read = self._store.stored_masks({tile_id: ref for tile_id, ref in refs.items() if tile_id not in known})
        self._masks = known | {mask.ref.tile_id: mask for mask in read}
        return tuple(self._masks[tile_id] for tile_id in refs if tile_id in self._masks)

    def _forget(self, change: Change) -> None:
        if Subject.MASKS in change.subjects:
            for tile_id in change.tile_ids:
                self._masks.pop(tile_id, None)

    def foresaw(self, tile_id: int) -> bool:
        """Whether it was asked about this Tile before anything was painted there."""
        return tile_id in self._foreseen
