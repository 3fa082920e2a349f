"""An open project on the screen: its canvas, its panels, and the commands that act on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.labels.classes import IGNORE, UNLABELED
from core.learning.review import Finding
from core.session import Session
from gui.actions import TOOL_COMMANDS
from gui.bridge import Bridge
from gui.canvas.author import OverlayAuthor
from gui.canvas.minimap import Minimap
from gui.canvas.outline import FindingOutline
from gui.canvas.panes import CanvasPanes
from gui.canvas.view import CanvasView
from gui.canvas.window_frames import WindowFrames
from gui.dialogs.classes import ClassesDialog
from gui.dialogs.formula import FormulaDialog
from gui.dialogs.likeness import LikenessDialog
from gui.dialogs.model_report import ModelReportDialog
from gui.exporting import Exporting
from gui.flow import ActivityClock, Flow
from gui.icons import icon
from gui.notices import FirstRunHints, NoticeBar
from gui.panels.classes import ClassesPanel
from gui.panels.history import HistoryPanel
from gui.panels.inspector import InspectorPanel
from gui.panels.layers import LayersPanel
from gui.panels.queue import QueuePanel
from gui.panels.review import ReviewPanel
from gui.panels.training import TrainingPanel
from gui.theme import SPACE_MEDIUM, set_class
from gui.view_keeper import ViewKeeper
from gui.wayfinding import Wayfinding

_TICK_MS, _MOST_TICKS = 50, 60  # the background waits for the first picture, but no longer than 3 s


class Workspace(QObject):
    """Owns the session while the project is open; `close()` ends all of it."""

    state_changed = Signal()  # switches and possible commands may look different now
    queue_finished = Signal()
    panel_wanted = Signal(str)  # its object name

    def __init__(self, session: Session, app: QApplication, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        session.suggests = True
        self._bridge = Bridge(session.inbox, self)
        self.canvas = CanvasView(session)
        self.canvas.set_composites(session.looks.composites)
        self._keeper = ViewKeeper(session, self.canvas, self)
        self._keeper.restore_state()
        self.panes = CanvasPanes(session, self.canvas)
        self.minimap = Minimap(self.canvas)
        self.author = OverlayAuthor(self.canvas, self.minimap)
        self._likeness: LikenessDialog | None = None
        self.notices = NoticeBar()
        self.hints = FirstRunHints(self.notices)
        self.centre = QWidget(parent)
        layers = QGridLayout(self.centre)  # notices float over the canvas: the picture must not move under the cursor
        layers.setContentsMargins(0, 0, 0, 0)
        self._ticks_waited = 0
        self._picture_first = QTimer(self)
        self._picture_first.setInterval(_TICK_MS)
        self._picture_first.timeout.connect(self._embed_after_picture)
        self._clock = ActivityClock(self)
        self.flow = Flow(session, self.canvas, self._clock, self)
        self.ways = Wayfinding(session, self.canvas, self.panes, self.flow, self.notices, self)
        layers.addWidget(self.ways.pages, 0, 0)
        self._exporting = Exporting(session, self.notices, self.centre, self)
        self._floating = QVBoxLayout()
        self._floating.addWidget(self.notices)
        self._place_notices()
        layers.addLayout(self._floating, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._clock.watch(app)
        self._app = app
        self.queue = QueuePanel(session, self.ways.thumbnails)
        self.classes = ClassesPanel(session, self.canvas)
        self.layers = LayersPanel(self.canvas)
        self.training = TrainingPanel(session)
        self.history = HistoryPanel(session)
        self.inspector = InspectorPanel(session, self.canvas)
        self.review = ReviewPanel(session)
        self.outline = FindingOutline(session, self.canvas)
        self.frames = WindowFrames(session, self.canvas)
        self._connect()
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def panels(self) -> tuple[tuple[str, str, QWidget, Qt.DockWidgetArea], ...]:
        """(object name, title, widget, area) of every panel, in the order of the docks."""
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        return (
            ("queue dock", self.tr("Queue"), self.queue, left),
            ("review dock", self.tr("Review"), self.review, left),
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
        self._keeper.watch(self.panes)
        self.session.prepare_overviews()
        self._picture_first.start()
        self.hints.offer(
            "paint",
            self.tr(
                "Paint with the left button, erase with the right. The wheel zooms, Shift+wheel changes the brush."
            ),
        )

    def _embed_after_picture(self) -> None:
        """Looking at the tiles loads torch, which holds everything else up: the first picture comes before it."""
        self._ticks_waited += 1
        if self.canvas.is_complete() or self._ticks_waited > _MOST_TICKS:
            self._picture_first.stop()
            self.session.embed()

    def close(self) -> None:
        """Detach all views, then stop the session's work and close its files."""
        self._picture_first.stop()
        self.canvas.tool.cancel()
        if self._likeness is not None:
            self._likeness.reject()
        self._save_view()
        self._keeper.detach()
        self._app.removeEventFilter(self._clock)
        self._unsubscribe()
        for view in (self.flow, self.canvas, self.queue, self.classes, self.training, self.history,
                     self.panes, self.minimap, self.author, self.ways, self.review, self.frames):  # fmt: skip
            view.detach()
        self._bridge.detach()
        self.session.close()

    def commands(self) -> dict[str, Callable[..., object]]:
        """Handlers of the commands that need a project, by name (gui/actions.py)."""
        canvas, flow = self.canvas, self.flow
        commands: dict[str, Callable[..., object]] = {
            **self.ways.commands(),
            **self._exporting.commands(),
            "undo": partial(self._on_tile, self.session.undo),
            "redo": partial(self._on_tile, self.session.redo),
            "fill unlabeled": self._fill,
            "smooth": partial(self._tidy, "smooth"),
            "fill holes": partial(self._tidy, "fill holes"),
            "remove specks": partial(self._tidy, "remove specks"),
            "accept": self._accept,
            "accept class": lambda: self._accept(self.canvas.state.class_value),
            **{name: partial(canvas.choose_tool, name) for name in TOOL_COMMANDS},
            "smaller": lambda: canvas.resize_brush(1 / 1.2),
            "larger": lambda: canvas.resize_brush(1.2),
            "smaller 1": lambda: canvas.resize_brush_by(-1),
            "larger 1": lambda: canvas.resize_brush_by(1),
            "protect": lambda: canvas.set_state(protect_painted=not canvas.state.protect_painted),
            "square brush": self._switch_shape,
            "pen pressure": lambda: canvas.set_state(pen_pressure=not canvas.state.pen_pressure),
            "classes": self.edit_classes,
            "restore class": self._restore_class,
            "inspect": self._inspect,
            "swap": self._swap_classes,
            "next composite": lambda: self._step_composite(1),
            "previous composite": lambda: self._step_composite(-1),
            "formula": lambda: FormulaDialog(canvas, self.centre.window()).exec(),
            "stretch": canvas.stretch_to_view,
            "usual stretch": lambda: self.session.looks.reset_look(canvas.composite),
            "value range": lambda: self.classes.value_range.set_on(self.session.looks.painted_range() is None),
            "mask": lambda: canvas.set_state(show_mask=not canvas.state.show_mask),
            "prediction": lambda: canvas.set_state(show_prediction=not canvas.state.show_prediction),
            "doubt": lambda: canvas.set_state(show_doubt=not canvas.state.show_doubt),
            "grid": lambda: canvas.set_state(show_grid=not canvas.state.show_grid),
            "ranking": lambda: canvas.set_state(show_ranking=not canvas.state.show_ranking),
            "windows": lambda: canvas.set_state(show_windows=not canvas.state.show_windows),
            "next window": self._next_window,
            "likeness": self._show_likeness,
            "minimap": lambda: canvas.set_state(show_minimap=not canvas.state.show_minimap),
            "one pane": lambda: self.panes.show_panes(1),
            "two panes": lambda: self.panes.toggle(2),
            "four panes": lambda: self.panes.toggle(4),
            "fit": canvas.fit_scene,
            "fit tile": canvas.fit_tile,
            "actual size": canvas.show_actual_size,
            "zoom in": lambda: canvas.zoom(1.25),
            "zoom out": lambda: canvas.zoom(0.8),
            "submit": flow.submit,
            "next": flow.next,
            "previous": flow.previous,
            "skip": flow.skip,
            "flag": flow.flag,
            "train": self._train,
            "report": self._show_report,
            "review": self._review_labels,
            "save": lambda: self.notices.show_hint(
                self.tr("Already saved: every stroke is, in the moment you end it.")
            ),
        }
        return commands | self.ways.tile_list.commands() if self.ways.list_is_open else commands

    def switches(self) -> dict[str, bool]:
        """The state of the checkable commands."""
        state = self.canvas.state
        return {
            **{name: self.canvas.tool.name == name for name in TOOL_COMMANDS},
            "protect": state.protect_painted,
            "square brush": state.brush_shape == "square",
            "pen pressure": state.pen_pressure,
            "value range": self.session.looks.painted_range() is not None,
            "mask": state.show_mask,
            "prediction": state.show_prediction,
            "doubt": state.show_doubt,
            "grid": state.show_grid,
            "minimap": state.show_minimap,
            "tile list": self.ways.list_is_open,
            "one pane": self.panes.count == 1,
            "two panes": self.panes.count == 2,
            "four panes": self.panes.count == 4,
            "ranking": state.show_ranking,
            "windows": state.show_windows,
        }

    def steps(self) -> dict[str, bool]:
        """Whether the active Tile has a Stroke to undo, and one to redo."""
        strokes = [] if self.flow.tile_id is None else self.session.strokes(self.flow.tile_id)
        undone = [was_undone for _, _, was_undone in strokes]
        return {"undo": not all(undone), "redo": any(undone)}

    def step_back(self) -> None:
        """What Esc does when nobody else wants it: the message goes, and the keys are the canvas's again."""
        self.notices.hide()
        if self.ways.list_is_open:
            self.ways.show_canvas()
        else:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_class_by_key(self, number: int) -> None:
        """Key 1 is the first Class; 0 is ignore."""
        classes = self.session.classes
        if number == 0:
            self.canvas.choose_class(IGNORE)
        elif number <= len(classes):
            self.canvas.choose_class(classes[number - 1].value)

    def connect_buttons(self, actions: dict[str, object]) -> None:
        """Buttons under the queue and in the panels that trigger commands."""
        submit = QPushButton(icon("submit", "on_accent"), self.tr("Submit"), self.queue)
        set_class(submit, "primary")
        submit.clicked.connect(actions["submit"].trigger)  # type: ignore[attr-defined]
        submit.setToolTip(actions["submit"].toolTip())  # type: ignore[attr-defined]
        submit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        small = []
        for name in ("skip", "flag"):
            button = QToolButton(self.queue)
            button.setDefaultAction(actions[name])  # type: ignore[arg-type]
            button.setAccessibleName(actions[name].text())  # type: ignore[attr-defined]
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            small.append(button)
        self.queue.add_buttons(submit, *small)
        self.queue.offer_all_tiles(actions["tile list"])  # type: ignore[arg-type]
        self.layers.connect_actions(actions["formula"], actions["stretch"])  # type: ignore[arg-type]
        self.author.connect_accept(actions["accept"])  # type: ignore[arg-type]
        self.training.connect_train(actions["train"].trigger, actions["report"].trigger)  # type: ignore[attr-defined]

    def _connect(self) -> None:
        self.canvas.failed.connect(self.notices.show_error)
        self.flow.failed.connect(self.notices.show_error)
        self.flow.finished.connect(self._queue_empty)
        self.panes.arranged.connect(self._place_notices)
        self.canvas.hint.connect(self.notices.show_hint)
        self.canvas.tile_wanted.connect(self.notices.hide_hint)  # the first click of two may have brought one
        self.canvas.state_changed.connect(self.state_changed)
        self.canvas.tile_activated.connect(self.state_changed)
        self.ways.changed.connect(self.state_changed)
        self.canvas.tile_activated.connect(self.queue.set_active)
        self.canvas.tile_activated.connect(self.history.set_active)
        self.canvas.stroke_finished.connect(self._stroke_finished)
        self.queue.tile_chosen.connect(self.flow.go_to)
        self.review.spot_chosen.connect(self._show_finding)
        self.review.fix_wanted.connect(self._fix_finding)
        self.canvas.tile_activated.connect(self._leave_finding)
        self.classes.classes_clicked.connect(self.edit_classes)
        self.canvas.tile_wanted.connect(lambda tile_id: self.flow.go_to(tile_id, move_view=False))

    def _place_notices(self) -> None:
        """Over the picture, not over what says what the panes show."""
        self._floating.setContentsMargins(SPACE_MEDIUM, SPACE_MEDIUM + self.panes.header_px, SPACE_MEDIUM, 0)

    def _show_report(self) -> None:
        ModelReportDialog(self.session, self.centre.window()).exec()

    def _review_labels(self) -> None:
        """Bring the panel to the front and begin, unless there is something to walk through already."""
        dock = self.review.parentWidget()
        if isinstance(dock, QDockWidget):
            dock.raise_()
        if not self.session.review.findings:
            self.review.start()
        self.review.setFocus()

    def _show_finding(self, finding: Finding | None) -> None:
        if finding is not None and self.flow.tile_id != finding.tile_id:
            self.flow.go_to(finding.tile_id, move_view=False)
        self.outline.outline(finding)
        self.outline.look()

    def _leave_finding(self, tile_id: int) -> None:
        """On another Tile nothing is outlined."""
        if self.outline.tile_id not in (None, tile_id):
            self.outline.outline(None)

    def _fix_finding(self, finding: Finding) -> None:
        """To painting, with the class that the model would say in the brush."""
        self._show_finding(finding)
        self.canvas.choose_class(finding.likely)
        self.canvas.choose_tool("brush")
        self.canvas.setFocus()

    def _stroke_finished(self) -> None:
        self.hints.learned("paint")
        self.hints.offer(
            "submit", self.tr("Enter submits the tile and brings the next one. You need not paint every pixel.")
        )

    def _queue_empty(self) -> None:
        self.notices.show_hint(self.tr("Every tile is done. Export the labels, or look at the prediction."))

    def _on_tile(self, act: Callable[[int], object]) -> None:
        """Do something to the active Tile, never in the middle of a Stroke."""
        tile_id = self.flow.tile_id
        if tile_id is not None and not self.canvas.tool.is_busy:
            act(tile_id)

    def run(self, command: str) -> None:
        """Run a command of `commands()`; an error is shown over the canvas."""
        try:
            self.commands()[command]()
        except FieldbrushError as error:
            self.notices.show_error(error)

    def _fill(self) -> None:
        value = self.canvas.state.class_value
        self._on_tile(lambda tile_id: self.session.fill_unlabeled(tile_id, value, self.canvas.paintable()))

    def _accept(self, value: int | None = None) -> None:
        paintable, classes = self.canvas.paintable(), () if value is None else (value,)
        allowed = True if paintable is None else paintable
        self._on_tile(lambda tile_id: self.session.accept_prediction(tile_id, allowed, classes))

    def _tidy(self, what: str) -> None:
        self._on_tile(lambda tile_id: self.session.tidy(tile_id, what, self.canvas.paintable()))

    def _train(self) -> None:
        if self.session.can_train():
            self.session.train(self.session.default_training_settings())
        elif self.session.training_job() is None:
            self.notices.show_hint(self.tr("Paint two classes, then a model can learn them."))

    def _next_window(self) -> None:
        """To the next proposed Window; the first time the frames come with it."""
        if not self.canvas.state.show_windows:
            self.canvas.set_state(show_windows=True)
        self.notices.show_hint(self.frames.step())

    def _show_likeness(self) -> None:
        """Open the plot beside the window, or bring it to the front."""
        if self._likeness is None:
            dialog = LikenessDialog(self.session, self.flow.go_to, self.centre.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(self._forget_likeness)
            self.canvas.tile_activated.connect(dialog.set_active)
            self._likeness = dialog
        if self.flow.tile_id is not None:
            self._likeness.set_active(self.flow.tile_id)
        self._likeness.show()
        self._likeness.raise_()

    def _forget_likeness(self, _: int) -> None:
        self._likeness = None

    def edit_classes(self) -> None:
        self.canvas.tool.cancel()
        ClassesDialog(self.session, self.centre.window()).exec()

    def _restore_class(self) -> None:
        self.canvas.tool.cancel()
        self.session.bring_class_back()

    def _switch_shape(self) -> None:
        self.canvas.set_state(brush_shape="round" if self.canvas.state.brush_shape == "square" else "square")

    def _inspect(self) -> None:
        self.canvas.choose_tool("inspect")
        self.panel_wanted.emit("inspector dock")

    def _swap_classes(self) -> None:
        if self.canvas.state.previous_class_value != UNLABELED:
            self.canvas.choose_class(self.canvas.state.previous_class_value)

    def _step_composite(self, step: int) -> None:
        """To the next composite that is more than a single band; those are in the list."""
        here, composites = self.canvas.composite.key, self.canvas.composites
        worth = [c.key for c in composites if not c.is_band or c.key == here]
        keys = worth if len(worth) > 1 else [c.key for c in composites]
        self.canvas.set_state(composite_key=keys[(keys.index(here) + step) % len(keys)])

    def _session_changed(self, change: Change) -> None:
        if Subject.NOTICE in change.subjects and change.error is not None:
            self.notices.show_error(change.error)
        if change.origin == "status" and Subject.TILES in change.subjects:
            self.hints.learned("submit")
        if change.subjects & {Subject.MODEL, Subject.TILES}:
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
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding if grows else QSizePolicy.Policy.Preferred
        )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keys, or the canvas
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(widget)

    def sizeHint(self) -> QSize:
        return self.widget().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.widget().minimumSizeHint().width(), 60)
