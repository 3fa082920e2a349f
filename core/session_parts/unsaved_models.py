"""Trained Models that could not be saved, on a full disk for example: they wait for the next chance.

Used on the main thread.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import ProjectError
from core.events import Change, Subject
from core.learning.rival import Ahead
from core.learning.training import TrainingResult
from core.project.store import Store
from core.tasks import forget_training

if TYPE_CHECKING:
    from core.session import Session

# What is told when something else has been saved.
_SAVED = {Subject.MASKS, Subject.STATUS, Subject.CLASSES, Subject.NOTES, Subject.BUDGET, Subject.RANKING}


@dataclass(frozen=True)
class Trained:
    """What a training came to."""

    result: TrainingResult
    data: bytes
    ahead: Ahead

    @property
    def version(self) -> int:
        return self.result.model.card.version


class UnsavedModels:
    """Saved whenever something else could be, and on closing."""

    def __init__(self, session: Session, store: Store) -> None:
        self._session = session
        self._store = store
        self._waiting: list[Trained] = []  # the oldest first
        self._refusal: ProjectError | None = None  # why they wait
        session.changes.subscribe(self._session_changed)

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(trained.version for trained in self._waiting)

    def save(self, trained: Trained) -> None:
        """Now, or when there is a chance. Raises ProjectError where it waits for that."""
        self._waiting.append(trained)
        self.try_again()
        problem = self.problem()
        if problem is not None:
            raise problem from self._refusal

    def try_again(self) -> None:
        """`problem` says where that was in vain."""
        waited, self._refusal = self._refusal is not None, None
        try:
            while self._waiting:
                self._save(self._waiting[0])
                del self._waiting[0]
        except ProjectError as refusal:
            self._refusal = refusal
        if waited and self._refusal is None:
            self._session.changes.tell(Subject.MODEL, origin="saved")

    def _save(self, trained: Trained) -> None:
        """The user may have taken another Model meanwhile, or train the next one."""
        session = self._session
        leads = trained.version == session.forecasts.version
        with self._store.transaction():
            session.models.keep(trained.result.model, trained.data, trained.result, leads=leads)
            if leads:
                session.leading.keep_ahead(trained.version, trained.ahead)
        if session.training_job() is None:
            forget_training(session.path)  # only now need nobody go on with it any more

    def problem(self) -> ProjectError | None:
        """What is to be said while some wait."""
        if self._refusal is None:
            return None
        return ProjectError(
            "Model {version} is not saved yet: {reason}",
            "It is tried again when something else is saved, and when the project is closed.",
            version=self._named(), reason=self._refusal.what,
        )  # fmt: skip

    def loss(self) -> ProjectError | None:
        """The same when the project has been closed."""
        if self._refusal is None:
            return None
        return ProjectError(
            "Model {version} could not be saved and is lost: {reason}",
            "When that is mended, open the project again and train once more.",
            version=self._named(), reason=self._refusal.what,
        )  # fmt: skip

    def _named(self) -> str:
        return ", ".join(map(str, self.versions))

    def _session_changed(self, change: Change) -> None:
        """Some megabytes are written on the main thread: not after each Stroke on a disk that has no room for them."""
        if self._waiting and change.subjects & _SAVED and self._has_room():
            self._session.inbox.post(self.try_again)  # whoever tells of a change goes on first

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self._session.path.parent).free > sum(len(each.data) for each in self._waiting)
        except OSError:
            return False
