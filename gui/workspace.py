"""An open project on the screen: its canvas, its panels, and the commands that act on them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.jobs import Job
from core.project.records import TileStatus
from core.selection.pool import Pool
from core.session import Session
from gui.actions import KeysInTip, first_key
from gui.bridge import Bridge
from gui.canvas.author import OverlayAuthor
from gui.canvas.panes import CanvasPanes
from gui.canvas.view import CanvasView
from gui.class_keys import ClassKeys
from gui.dialogs.life import run
from gui.dialogs.model_report import ModelReportDialog
from gui.exporting import Exporting
from gui.flow import ActivityClock, Flow
from gui.icons import icon
from gui.importing import Importing
from gui.keymap import Keymap
from gui.labeling import Labeling
from gui.missing_scenes import MissingScenes
from gui.notices import FirstRunHints, Floating, NoticeBar
from gui.panels.classes import ClassesPanel
from gui.panels.history import HistoryPanel
from gui.panels.inspector import InspectorPanel
from gui.panels.layers import LayersPanel
from gui.panels.queue import QueuePanel
from gui.panels.training import TrainingPanel
from gui.review_walk import ReviewWalk
from gui.theme import set_class
from gui.view_keeper import ViewKeeper
from gui.viewing import Viewing
from gui.wayfinding import Wayfinding

_NAP_S = 0.01  # between two looks whether the work has stopped
_TICK_MS, _MOST_TICKS = 50, 60  # the background waits for the first picture, but no longer than 3 s


class Workspace(QObject):
    """Owns the session while the project is open; `detach()` and `close()` end all of it."""

    state_changed = Signal()  # switches and possible commands may look different now
    panel_wanted = Signal(str)  # its object name

    def __init__(self, session: Session, app: QApplication, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        session.forecasts.suggests = True
        self._workers = (session.compute, session.readers)
        self._bridge = Bridge(session.inbox, self)
        self.canvas = CanvasView(session)
        self.class_keys = ClassKeys(session, keymap, self.canvas.choose_class, parent, self)
        self.canvas.set_composites(session.looks.composites)
        self._keeper = ViewKeeper(session, self.canvas, self)
        self._keeper.restore_state()
        panes = CanvasPanes(session, self.canvas)
        self.notices = NoticeBar()
        self.hints = FirstRunHints(self.notices)
        self.centre = QWidget(parent)
        layers = QGridLayout(self.centre)  # notices float over it: the picture must not move under the cursor
        layers.setContentsMargins(0, 0, 0, 0)
        self._ticks_waited = 0
        self._embedding: Job[Pool] | None = None
        self._submit_key: Callable[[], str] = str  # as the user has it now; none before `connect_buttons`
        self._picture_first = QTimer(self)
        self._picture_first.setInterval(_TICK_MS)
        self._picture_first.timeout.connect(self._embed_after_picture)
        self._clock = ActivityClock(self.canvas, self)
        self.flow = Flow(session, self.canvas, self._clock, self)
        self.viewing = Viewing(session, self.canvas, self.flow, self.notices, panes, self)
        self.author = OverlayAuthor(self.canvas, self.viewing.minimap)
        self.labeling = Labeling(session, self.canvas, self.flow, keymap, self.centre, self)
        self.review = ReviewWalk(session, self.canvas, self.flow, self)
        self.ways = Wayfinding(session, self.canvas, panes, self.flow, self.notices, self)
        layers.addWidget(self.ways.pages, 0, 0)
        self.importing = Importing(session, self.notices, self.centre, self)
        self.exporting = Exporting(session, self.notices, self.centre, self)
        self._missing = MissingScenes(session, self.flow, self.centre, self)
        self.notices.offer_for = self._missing.offer
        self._floating = Floating(self.notices, self.centre, parent)
        self._place_notices()
        self._clock.watch(app)
        self._app = app
        self.queue = QueuePanel(session, self.ways.thumbnails)
        self.classes = ClassesPanel(session, self.canvas, self.class_keys)
        self.layers = LayersPanel(self.canvas)
        self.training = TrainingPanel(session)
        self.history = HistoryPanel(session)
        self.inspector = InspectorPanel(session, self.canvas)
        self._connect()
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def panels(self) -> tuple[tuple[str, str, QWidget, Qt.DockWidgetArea], ...]:
        """(object name, title, widget, area) of every panel, in the order of the docks."""
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        return (
            ("queue dock", self.tr("Queue"), self.queue, left),
            ("review dock", self.tr("Review"), self.review.panel, left),
            ("classes dock", self.tr("Classes"), _Scrolling(self.classes), right),
            ("layers dock", self.tr("Layers"), _Scrolling(self.layers), right),
            ("training dock", self.tr("Model"), _Scrolling(self.training, grows=True), right),
            ("inspector dock", self.tr("Values"), _Scrolling(self.inspector, grows=True), right),
            ("history dock", self.tr("Strokes"), self.history, right),
        )

    def start(self) -> None:
        """Show the first Tile and set the background to work."""
        self.flow.start()
        self._keeper.restore_place()
        self._keeper.watch(self.viewing.panes, self.flow)
        self.session.scene_files.prepare_overviews(self.session.readers)
        self._picture_first.start()
        self.hints.offer(
            "paint",
            self.tr(
                "Paint with the left button, erase with the right. The wheel zooms, Shift+wheel changes the brush."
            ),
        )

    def _embed_after_picture(self) -> None:
        """Looking at the tiles loads torch, or is followed by that, which holds everything else up: the first picture
        comes before it."""
        self._ticks_waited += 1
        if self.canvas.is_complete() or self._ticks_waited > _MOST_TICKS:
            self._picture_first.stop()
            self._embedding = self.session.embed()

    def _embed_again(self) -> None:
        """Where no Tile could be looked at, for their drive was away, or memory was short: one is shown now."""
        if self._embedding is not None and isinstance(self._embedding.error, FieldbrushError):
            self._embedding = self.session.embed()

    def detach(self) -> None:
        """Keep what is not saved yet, detach all views, and have the session's work stop."""
        self._picture_first.stop()
        self.canvas.finish_drawing()
        self._save_view()
        self._keeper.detach()
        self._app.removeEventFilter(self._clock)
        self._unsubscribe()
        for view in (self.viewing, self.flow, self.canvas, self.queue, self.classes, self.training, self.history,
                     self.author, self.ways, self.review, self.class_keys, self.importing, self.exporting,
                     self._missing):  # fmt: skip
            view.detach()
        self._bridge.detach()
        self.notices.hide()
        for worker in self._workers:
            worker.stop()

    def close(self, within_s: float = math.inf) -> bool:
        """After `detach`: close the session's files as soon as its work has stopped. That may take seconds, in which
        the window is painted, but hears nobody. False where work was left behind after `within_s`."""
        until = time.monotonic() + within_s
        while not all(worker.has_ended for worker in self._workers) and time.monotonic() < until:
            self._app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            time.sleep(_NAP_S)
        ended = self.session.close(0.0)
        self.notices.deleteLater()  # they are the window's, not the canvas's
        return ended

    def commands(self) -> dict[str, Callable[..., object]]:
        """Handlers of the commands that need a project, by name (gui/actions.py)."""
        commands: dict[str, Callable[..., object]] = {
            **self.flow.commands(),
            **self.ways.commands(),
            **self.labeling.commands(),
            **self.viewing.commands(),
            **self.review.commands(),
            **self.importing.commands(),
            **self.exporting.commands(),
            "inspect": self._inspect,
            "value range": lambda: self.classes.value_range.set_on(self.session.looks.painted_range() is None),
            "train": self._train,
            "train anew": partial(self._train, anew=True),
            "report": lambda: run(ModelReportDialog(self.session, self.centre.window())),
            "save": self._save,
        }
        return commands | self.ways.tile_list.commands() if self.ways.list_is_open else commands

    def switches(self) -> dict[str, bool]:
        """The state of the checkable commands."""
        return {
            **self.labeling.switches(),
            **self.viewing.switches(),
            "value range": self.session.looks.painted_range() is not None,
            "tile list": self.ways.list_is_open,
        }

    def step_back(self) -> None:
        """What Esc does when nobody else wants it: what waits and the message go, the keys are the canvas's again."""
        self.canvas.give_up_press()
        self.notices.hide()
        if self.ways.list_is_open:
            self.ways.show_canvas()
        else:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def connect_buttons(self, actions: Mapping[str, QAction]) -> None:
        """Buttons under the queue and in the panels that trigger commands."""
        self._submit_key = partial(first_key, actions["submit"])
        submit = QPushButton(icon("submit", "on_accent"), self.tr("Submit"), self.queue)
        set_class(submit, "primary")
        submit.clicked.connect(actions["submit"].trigger)
        KeysInTip(submit, actions["submit"])
        submit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        small = []
        for name in ("skip", "flag"):
            button = QToolButton(self.queue)
            button.setDefaultAction(actions[name])
            button.setAccessibleName(actions[name].text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            small.append(button)
        self.queue.add_buttons(submit, *small)
        self.queue.offer_all_tiles(actions["tile list"])
        self.layers.connect_actions(actions["formula"], actions["stretch"])
        self.author.connect_accept(actions["accept"])
        self.training.connect_train(actions["train"].trigger, actions["report"].trigger)

    def _connect(self) -> None:
        self.canvas.failed.connect(self.notices.show_error)
        self.flow.failed.connect(self.notices.show_error)
        self.flow.finished.connect(self._queue_empty)
        self.flow.done_put_aside.connect(self._done_put_aside)
        self.viewing.panes.arranged.connect(self._place_notices)
        self.viewing.panes.legends_moved.connect(self._place_notices)
        self.ways.changed.connect(self._place_notices)
        self.ways.list_resized.connect(self._place_notices)
        self.canvas.hint.connect(self.notices.show_hint)
        self.canvas.tools.taken.connect(self.notices.hide_hint)  # it spoke of the one before
        self.canvas.tile_wanted.connect(self.notices.hide_hint)  # the first click of two may have brought one
        self.canvas.state_changed.connect(self.state_changed)
        self.canvas.tile_activated.connect(self.state_changed)
        self.canvas.tile_activated.connect(self._embed_again)
        self.ways.changed.connect(self.state_changed)
        self.canvas.tile_activated.connect(self.queue.set_active)
        self.canvas.tile_activated.connect(self.history.set_active)
        self.canvas.stroke_finished.connect(self._stroke_finished)
        self.queue.tile_chosen.connect(self.flow.go_to)
        self.review.panel_wanted.connect(lambda: self.panel_wanted.emit("review dock"))
        self.classes.classes_clicked.connect(self.labeling.edit_classes)
        self.canvas.tile_wanted.connect(lambda tile_id: self.flow.go_to(tile_id, move_view=False))

    def _place_notices(self) -> None:
        """Over the picture or the list, not over what says what they show."""
        if self.ways.list_is_open:
            self._floating.keep_clear(self.ways.tile_list.header_px)
        else:
            self._floating.keep_clear(self.viewing.panes.header_px, self.viewing.panes.legends)

    def _stroke_finished(self) -> None:
        self.hints.learned("paint")
        sentence = self.tr("{key} submits the tile and brings the next one. You need not paint every pixel.")
        self.hints.offer("submit", sentence.format(key=self._submit_key() or self.tr("The Submit button")))

    def _done_put_aside(self, tile_id: int) -> None:
        """One key is enough for that, and the next Tile is shown at once: it must not go unseen."""
        if self.session.tiles[tile_id].status is TileStatus.SKIPPED:
            sentence = self.tr("This tile was done. It is skipped now; its paint stays.")
        else:
            sentence = self.tr("This tile was done. It is flagged now; its paint stays.")
        self.notices.show_hint(sentence, offer=(self.tr("Put it back"), partial(self.flow.put_back, tile_id)))

    def _queue_empty(self) -> None:
        """A Tile that was put aside is none that is done."""
        aside = [
            tile for tile in self.session.tiles.values() if tile.status in (TileStatus.SKIPPED, TileStatus.FLAGGED)
        ]
        offer = None
        if aside:
            sentence = self.tr(
                "No tile is open any more. %n tile(s) were skipped or flagged: they are in the list of all tiles.",
                "", len(aside),
            )  # fmt: skip
        elif self.session.forecasts.model is not None:
            sentence = self.tr("Every tile is done. Export the labels, or look at the prediction.")
        elif self.session.can_train():
            sentence = self.tr("Every tile is done. Train a model on them, or export the labels.")
            offer = (self.tr("Train now"), partial(self.run, "train"))
        else:
            sentence = self.tr("Every tile is done. Export the labels.")
        self.notices.show_hint(sentence, offer=offer)

    def run(self, command: str) -> None:
        """Run a command of `commands()`; an error is shown over the canvas."""
        try:
            self.commands()[command]()
        except FieldbrushError as error:
            self.notices.show_error(error)

    def _train(self, *, anew: bool = False) -> None:
        if self.session.training_job() is not None:
            self.notices.show_hint(  # no error: it is true no longer when the training is over
                self.tr("A model is being trained already. Wait until it is ready, or cancel it first.")
            )
        elif self.session.can_train():
            self.session.train(self.session.default_training_settings(), anew=anew)
        else:
            self.notices.show_hint(self.tr("Paint two classes, then a model can learn them."))

    def _save(self) -> None:
        """There is nothing to save but a model that could not be."""
        self.session.unsaved.try_again()
        problem = self.session.unsaved.problem()
        if problem is not None:
            raise problem
        self.notices.show_hint(self.tr("Already saved: every stroke is, in the moment you end it."))

    def _inspect(self) -> None:
        self.canvas.tools.choose("inspect")
        self.panel_wanted.emit("inspector dock")

    def _session_changed(self, change: Change) -> None:
        if Subject.NOTICE in change.subjects and change.error is not None:
            self.notices.show_error(change.error)
        if Subject.STATUS in change.subjects and not any(self.session.tiles[t].status.is_open for t in change.tile_ids):
            self.hints.learned("submit")
        if change.subjects & {Subject.MASKS, Subject.STATUS}:
            self.notices.has_saved()
        if change.subjects & {Subject.MODEL, Subject.MASKS, Subject.STATUS}:
            self.state_changed.emit()

    def _save_view(self) -> None:
        try:
            self._keeper.save()
            self.canvas.pyramid.remember_stretches()
        except FieldbrushError as error:
            self.notices.show_error(error)  # a full disk must not keep the window open


class _Scrolling(QScrollArea):
    """A panel that asks for the room it needs and scrolls where the window has less."""

    def __init__(self, widget: QWidget, *, grows: bool = False) -> None:
        """One that `grows` gets the height that the others leave."""
        super().__init__()
        self._scrolled = widget
        self._needed: tuple[QSize, QSize] | None = None  # when it was last asked for
        self._bar_px = 0 if grows else self.verticalScrollBar().sizeHint().width()  # it must cover no button
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Preferred
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keys, or the canvas
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(widget)

    def sizeHint(self) -> QSize:
        return self._scrolled.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is shown or hidden in the panel may need another width. Most of what asks is words that have changed and
        need none, with every step of the mouse: the whole window would be laid out anew for them."""
        if watched is self._scrolled and event.type() == QEvent.Type.LayoutRequest:
            needed = (self.sizeHint(), self.minimumSizeHint())
            if needed != self._needed:
                self._needed = needed
                self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scrolled.minimumSizeHint().width() + self._bar_px, 60)
