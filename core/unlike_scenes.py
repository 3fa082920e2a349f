"""Which Scenes of a Session look unlike what its Model has seen: worked out in the background, told as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.background import Run
from core.events import Change, Subject
from core.jobs import JobContext, Priority
from core.selection.pool import Pool
from core.selection.unlikeness import STRANGE_SHARE, strange_shares
from core.text import Text, text

if TYPE_CHECKING:
    from core.session import Session

_NAMED = 3  # scenes in a sentence


class UnlikeScenes:
    """Follows the Session's Model and Embeddings. `shares`: by scene id, how many of its Tiles look strange, 0…1."""

    def __init__(self, session: Session, run: Run) -> None:
        self.shares: Mapping[int, float] = {}
        self._session = session
        self._run = run
        self._asked: tuple[Pool, int] | None = None
        session.changes.subscribe(self._session_changed)

    def sentence(self) -> Text:
        """What to say of it; empty when nothing looks strange."""
        scenes = self._session.scenes
        strange = [scene for scene, share in self.shares.items() if share >= STRANGE_SHARE and scene in scenes]
        names = [Path(scenes[scene].path).name for scene in sorted(strange, key=lambda scene: -self.shares[scene])]
        if not names:
            return text("")
        if len(names) > _NAMED:
            return text(
                "Looks unlike what the model has seen: {names} and {count} more. Label a tile there before you believe"
                " it.",
                names=", ".join(names[:_NAMED]),
                count=len(names) - _NAMED,
            )
        return text(
            "Looks unlike what the model has seen: {names}. Label a tile there before you believe it.",
            names=", ".join(names),
        )

    def _session_changed(self, change: Change) -> None:
        if not change.subjects & {Subject.MODEL, Subject.RANKING}:
            return
        pool, model = self._session.pool, self._session.forecasts.model
        if pool is None or model is None or self._asked == (pool, model.card.version):
            return
        self._asked = pool, model.card.version
        work = partial(_work, pool, model.card.training_tiles)
        self._run(text("Comparing the scenes"), work, Priority.RANKING, "unlike scenes", self._found)

    def _found(self, shares: Mapping[int, float]) -> None:
        self.shares = shares  # whoever shows it hears that the job has ended


def _work(pool: Pool, training_tiles: tuple[int, ...], context: JobContext) -> dict[int, float]:
    context.check()
    return strange_shares(pool, training_tiles)
