"""Which Scenes of a Session look unlike what its Model has seen: worked out in the background, told as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.background import Run
from core.events import Change, Subject
from core.jobs import Job, JobContext, Priority
from core.selection.pool import Pool
from core.selection.unlikeness import FEWEST_TRAINING_TILES, STRANGE_SHARE, strange_shares
from core.tasks import embed_tiles
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

    def paths(self) -> list[str]:
        """Those that do, the strangest first."""
        scenes = self._session.scenes
        strange = [scene for scene, share in self.shares.items() if share >= STRANGE_SHARE and scene in scenes]
        return [scenes[scene].path for scene in sorted(strange, key=lambda scene: -self.shares[scene])]

    def sentence(self) -> Text:
        """What to say of it; empty when nothing looks strange."""
        names = [Path(path).name for path in self.paths()]
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

    def ask(self) -> Job[Mapping[int, float]] | None:
        """Work it out where nobody ranks, as in a terminal: Tiles that the cache does not know are looked at, which is
        a part of what predicting them takes. None where there is nothing to compare."""
        session, model = self._session, self._session.forecasts.model
        taught = set(session.tiles).intersection(model.card.training_tiles if model is not None else ())
        others = set(session.scenes) - {session.tiles[tile_id].scene_id for tile_id in taught}
        if len(taught) < FEWEST_TRAINING_TILES or not others:
            return None
        tiles, scenes = tuple(session.tiles.values()), dict(session.scenes)
        look = partial(embed_tiles, tiles, scenes, session.reader, session.threads, session.place)
        return self._run(
            text("Comparing the scenes"), lambda context: strange_shares(look(context), taught), Priority.EMBEDDING,
            "unlike scenes", self._found,
        )  # fmt: skip

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
