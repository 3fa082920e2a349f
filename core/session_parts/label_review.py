"""A session's label review: begun in the background; what it has found, less what was kept as it is or mended since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.background import Run
from core.events import Change, Subject
from core.geometry import Rect, TileRef
from core.jobs import Job, JobContext, Priority
from core.labels.classes import UNLABELED
from core.labels.snapshot import take_snapshot
from core.learning.prediction import predict_tile
from core.learning.review import Finding, SecondOpinion, review
from core.learning.runtime import configure
from core.project.settings import Setting
from core.project.store import Store
from core.tasks import of_readable
from core.text import text

if TYPE_CHECKING:
    from core.session import Session

_SAME = 0.5  # of a finding's area inside a kept one: the same question again
_MENDED = 0.5  # of its pixels painted otherwise: answered


class LabelReview:
    """`findings` is None before the first review; the most suspicious come first. Listeners hear of Subject.REVIEW."""

    def __init__(self, session: Session, store: Store, run: Run) -> None:
        self._session = session
        self._run = run
        self._store = store
        self.findings: list[Finding] | None = None
        session.changes.subscribe(self._session_changed)

    def start(self) -> Job[list[Finding]]:
        """Look through all paint in the background. The job fails with LearningError while there is too little."""
        stored, values = self._session.painted_masks(), self._session.class_values
        reader, second, threads = self._session.reader, self._second_opinion(), self._session.threads

        def work(context: JobContext) -> list[Finding]:
            configure(threads)
            return review(take_snapshot(of_readable(stored, reader, context), values), reader, context, second)

        return self._run(text("Reviewing the labels"), work, Priority.RANKING, "review", self._reviewed)

    def keep(self, finding: Finding) -> None:
        """The paint is right: never ask again, also after a restart. Raises ProjectError."""
        kept = self._store.setting(Setting.KEPT_FINDINGS, [])
        self._store.set_setting(Setting.KEPT_FINDINGS, [*kept, [finding.tile_id, *finding.rect, finding.painted]])
        self._drop(finding)

    @property
    def kept_count(self) -> int:
        """How many findings were kept as they are."""
        return len(self._store.setting(Setting.KEPT_FINDINGS, []))

    def ask_again(self) -> None:
        """Forget what was kept: the next review asks about everything. Raises ProjectError."""
        self._store.set_setting(Setting.KEPT_FINDINGS, [])
        self._session.changes.tell(Subject.REVIEW, origin="review")

    def _second_opinion(self) -> SecondOpinion | None:
        """The Model's, on Tiles that it never learned from."""
        model, reader = self._session.forecasts.model, self._session.reader
        meaning = self._session.class_list.meaning()
        if model is None or model.card.roles != reader.roles:
            return None

        def opinion(ref: TileRef) -> NDArray[np.uint8] | None:
            if ref.tile_id in model.card.training_tiles:
                return None
            return meaning[predict_tile(model, reader, ref).classes]

        return opinion

    def _reviewed(self, found: list[Finding]) -> None:
        kept = [(entry[0], Rect(*entry[1:5]), entry[5]) for entry in self._store.setting(Setting.KEPT_FINDINGS, [])]
        found = [f for f in found if f.likely in self._session.class_values and self._is_open(f)]
        self.findings = [f for f in found if not any(_is_same(f, *known) for known in kept)]
        self._session.changes.tell(Subject.REVIEW, origin="review")

    def _is_open(self, finding: Finding) -> bool:
        """Whether most of it is still painted as it was."""
        labels = self._session.mask(finding.tile_id).labels[finding.rect.slices][finding.pixels]
        return bool(np.mean(labels == finding.painted) > 1 - _MENDED)

    def _drop(self, finding: Finding) -> None:
        self.findings = [other for other in self.findings or [] if other is not finding]
        self._session.changes.tell(Subject.REVIEW, origin="review")

    def _by_classes(self, finding: Finding) -> Finding | None:
        """With what became of the Class that would be right; None where that is gone, or the one that is painted."""
        likely = int(self._session.class_list.meaning()[finding.likely])
        if likely in (UNLABELED, finding.painted):
            return None
        return finding if likely == finding.likely else replace(finding, likely=likely)

    def _session_changed(self, change: Change) -> None:
        if not self.findings or not change.subjects & {Subject.MASKS, Subject.CLASSES}:
            return
        left = self.findings
        if Subject.CLASSES in change.subjects:
            left = [f for f in map(self._by_classes, left) if f is not None]
        left = [f for f in left if f.tile_id not in change.tile_ids or self._is_open(f)]
        if list(map(id, left)) != list(map(id, self.findings)):
            self.findings = left
            self._session.changes.tell(Subject.REVIEW, origin=change.origin)


def _is_same(finding: Finding, tile_id: int, rect: Rect, painted: int) -> bool:
    if (finding.tile_id, finding.painted) != (tile_id, painted):
        return False
    inside = rect.intersect(finding.rect)
    if inside.is_empty:
        return False
    moved = inside.moved(-finding.rect.x, -finding.rect.y)
    return bool(finding.pixels[moved.slices].sum() > _SAME * finding.area_px)
