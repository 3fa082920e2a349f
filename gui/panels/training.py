"""Training: start, pause, stop; loss and validation while it learns; what the model is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from core.events import Change, Subject
from core.jobs import Job, JobState
from core.learning.intervals import FEWEST_TILES
from core.learning.outlook import MINUTES_AHEAD, outlook_sentence
from core.learning.progress import TrainingReport
from core.session import Session
from gui.controls import icon_button
from gui.elided import short_name
from gui.icons import icon
from gui.panels.curve_and_verdict import CurveAndVerdict
from gui.status import remaining
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, set_class
from gui.translate import number, say

_SHOWN = {Subject.MODEL, Subject.BUDGET, Subject.STATUS, Subject.JOBS, Subject.MASKS, Subject.CLASSES}
_ARROWS_PX = 36  # a spin box's arrows and frame; Qt's own guess is wider


class TrainingPanel(QWidget):
    """Buttons, the curve, and what goes on, or else what the leading Model is worth."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._build()
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.refresh()

    def detach(self) -> None:
        self._unsubscribe()

    def connect_train(self, train: Callable[[], object], report: Callable[[], object]) -> None:
        self._train.clicked.connect(train)
        self._report.clicked.connect(report)

    def _build(self) -> None:
        self._train = QPushButton(icon("train", "on_accent"), self.tr("Train now"), self)
        set_class(self._train, "primary")
        self._pause = icon_button("pause", self.tr("Pause"), self)
        self._pause.clicked.connect(self._toggle_pause)
        self._stop = icon_button("stop", self.tr("Cancel the training; the last model stays"), self)
        self._stop.clicked.connect(self._cancel)
        self._report = icon_button("training", self.tr("Model report: scores, areas, versions"), self)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_SMALL)
        buttons.addWidget(self._train, 1)
        buttons.addWidget(self._pause)
        buttons.addWidget(self._stop)
        buttons.addWidget(self._report)
        self.curve_and_verdict = CurveAndVerdict(self)
        self._auto = QCheckBox(self.tr("Automatically"), self)
        self._auto.setToolTip(self.tr("After every fourth submitted tile, while you go on painting"))
        self._auto.setChecked(self._session.auto_train)
        self._auto.toggled.connect(self._session.set_auto_train)
        self._seconds = QSpinBox(self)
        self._seconds.setRange(10, 3600)
        self._seconds.setSingleStep(10)
        self._seconds.setPrefix(self.tr("up to "))
        self._seconds.setSuffix(" s")
        longest = f"{self._seconds.prefix()}{self._seconds.maximum()}{self._seconds.suffix()}"
        self._seconds.setMinimumWidth(self._seconds.fontMetrics().horizontalAdvance(longest) + _ARROWS_PX)
        self._seconds.setToolTip(self.tr("How long a training may take"))
        self._seconds.setAccessibleName(self._seconds.toolTip())
        self._seconds.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._seconds.setValue(round(self._session.default_training_settings().time_budget_s))
        self._seconds.valueChanged.connect(self._session.set_training_seconds)
        options = QHBoxLayout()
        options.addWidget(self._auto, 1)
        options.addWidget(self._seconds)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_MEDIUM, SPACE_TIGHT, SPACE_MEDIUM, SPACE_SMALL)
        whole.setSpacing(SPACE_SMALL)
        whole.addLayout(buttons)
        whole.addLayout(options)
        whole.addWidget(self.curve_and_verdict, 1)  # last: it takes more or less, and a small screen has little

    def refresh(self) -> None:
        job = self._session.training_job()
        self._train.setEnabled(self._session.can_train())
        self._pause.setEnabled(job is not None)
        self._stop.setEnabled(job is not None)
        is_paused = job is not None and job.is_paused
        self._pause.setIcon(icon("resume" if is_paused else "pause"))
        self._pause.setToolTip(self.tr("Go on") if is_paused else self.tr("Pause"))
        self._pause.setAccessibleName(self._pause.toolTip())
        report = job.progress.detail if job is not None else None
        if isinstance(report, TrainingReport) and report.points:
            self.curve_and_verdict.show_points(report.points)
        worth = "" if job is not None else self._worth()
        self.curve_and_verdict.say(worth or self._state_sentence(job), muted=not worth)

    def _worth(self) -> str:
        """All that is to be said of the leading Model, a line each; empty while there is nothing."""
        sentences = (
            self._worth_sentence(), *map(say, self._session.models.missed()),
            say(self._session.unlike_scenes.sentence()), self._outlook_sentence(),
        )  # fmt: skip
        return "\n".join(filter(None, sentences))

    def _state_sentence(self, job: Job[Any] | None) -> str:
        if job is None:
            if self._session.can_train():
                return self.tr("Ready to train on %n painted tile(s).", "", len(self._session.painted))
            return self.tr("Paint two classes, then a model can learn them.")
        if job.state is JobState.QUEUED:
            return self.tr("Waiting to start …")
        report = job.progress.detail
        if not isinstance(report, TrainingReport):
            return self.tr("Getting ready …")
        if job.is_paused:
            return self.tr("Paused.")
        if not report.points:
            return say(report.stage)
        last = report.points[-1]
        return self.tr("Step {step}, {speed} steps/s, {left}").format(
            step=last.step, speed=number(last.steps_per_s, 1), left=remaining(job.progress.remaining_s)
        )

    def _worth_sentence(self) -> str:
        model = self._session.forecasts.model
        if model is None:
            coloured = len(self._session.forecasts.predictions) > 0
            return self.tr("The prediction is the pixel classifier's: it learns from every stroke.") if coloured else ""
        card = model.card
        if card.scores is None:
            sentence = self._without_score().format(version=card.version)
            return self._with_leader(sentence, self.tr("Until then the prediction is the pixel classifier's."))
        names = dict(zip(card.class_values, card.class_names, strict=True))
        names |= {c.value: c.name for c in self._session.classes}  # they may be renamed since
        pairs = zip(card.class_values, card.scores.iou, strict=True)
        shown = ", ".join(f"{short_name(names[value])}\u00a0{_score(iou)}" for value, iou in pairs)
        sentence = self.tr("Model {version}, IoU on %n tile(s) held back: {scores}", "", card.scores.tile_count)
        sentence = sentence.format(version=card.version, scores=shown)
        if card.same_as:
            kept = self.tr("Nothing better than model {version} was found: its weights stay. Train for longer.")
            sentence = f"{sentence}\n{kept.format(version=card.same_as)}"
        if card.joining_tiles:
            near = self.tr("%n of them join(s) tiles it learned from: the score may flatter.", "", card.joining_tiles)
            sentence = f"{sentence}\n{near}"
        if card.ended_after:
            early = self.tr(
                "Stopped after %n step(s): the score on held-out tiles no longer rose.", "", card.ended_after
            )
            sentence = f"{sentence}\n{early}"
        return self._with_leader(sentence, self.tr("The pixel classifier still does better."))

    def _without_score(self) -> str:
        """What brings a model its score, as things are now."""
        if self._session.models.next_can_be_judged():
            return self.tr("Model {version}. Enough tiles are labeled: the next training can show how good it is.")
        if len(self._session.painted) < FEWEST_TILES:
            return self.tr("Model {version}. Label five tiles or more to see how good it is.")
        return self.tr(
            "Model {version}. Label more tiles to see how good it is. Those with very little paint by hand do not "
            "count: what was accepted judges nothing."
        )

    def _with_leader(self, sentence: str, classifier_leads: str) -> str:
        return f"{sentence}\n{classifier_leads}" if self._session.forecasts.classifier_leads else sentence

    def _outlook_sentence(self) -> str:
        """What the next minutes may bring, once the rounds tell."""
        found = self._session.models.outlook_ahead if self._session.forecasts.model else None
        return "" if found is None else say(outlook_sentence(found, MINUTES_AHEAD))

    def _toggle_pause(self) -> None:
        job = self._session.training_job()
        if job is not None:
            if job.is_paused:
                job.resume()
            else:
                job.pause()
        self.refresh()

    def _cancel(self) -> None:
        job = self._session.training_job()
        if job is not None:
            job.cancel()
        self.refresh()

    def _session_changed(self, change: Change) -> None:
        if change.subjects & _SHOWN:
            self.refresh()


def _score(value: float) -> str:
    return "–" if value != value else number(value, 2)  # NaN: the class is not on the held-back tiles
