"""Back and forward, written positions, and what is read ahead of the next tiles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
)

from core.errors import ProjectError
from core.imagery.georeference import Georeference
from core.imagery.scene import Scene, open_scene
from core.jobs import JobState
from core.project import scene_files
from core.project.notes import LONGEST_NOTE
from core.project.records import Budget, RankedTile
from core.text import text
from gui.canvas.view import CanvasView
from gui.dialogs.budget import BudgetDialog
from gui.dialogs.budget_fields import BudgetFields
from gui.dialogs.go_to import GoToDialog
from gui.dialogs.note import NoteDialog
from gui.elided import ElidedLabel
from gui.flow import Trail
from gui.main_window import MainWindow
from tests.core.projects import dot, make_project, write_scene
from tests.gui.finding import named, words_in
from tests.gui.test_canvas import drag
from tests.gui.test_navigation import wheel
from tests.gui.test_tile_list import press, when_shown, workspace_of
from tests.gui.waiting import wait_for_picture

Until = Callable[[Callable[[], object]], None]
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def test_a_trail_is_walked_like_a_browser() -> None:
    trail = Trail()
    assert trail.look(-1) is None
    for tile_id in (1, 2, 2, 3):
        trail.visit(tile_id)
    assert (trail.look(-1), trail.look(1)) == (2, None)
    trail.walk(-1)
    trail.walk(-1)
    assert (trail.look(-1), trail.look(1)) == (None, 2)
    trail.visit(9)
    assert (trail.look(-1), trail.look(1)) == (1, None), "what lay ahead is gone"
    for tile_id in range(2000):
        trail.visit(tile_id)
    assert trail.look(-400) == 1599
    assert trail.look(-600) is None


def turn(canvas: CanvasView, steps: int) -> None:
    wheel(canvas, QPoint(), QPoint(0, 120 * steps), Qt.ScrollPhase.NoScrollPhase)


LOOKS: dict[str, Callable[[MainWindow, CanvasView], object]] = {
    "window": lambda window, _: window.resize(1100, 700),
    "composite": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_V),
    "overlays": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_M),
    "class": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_2),
    "tool": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_F),
    "opacity": lambda _, canvas: canvas.set_state(mask_opacity=0.2),
    "wheel": lambda _, canvas: turn(canvas, 2),
    "wheel to its end": lambda _, canvas: [turn(canvas, -40) for _ in range(3)],
    "key that zooms": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_Plus),
    "zoomed, then another size": lambda window, canvas: (canvas.zoom(2), window.resize(1000, 640)),
}
BEGINS: dict[str, Callable[[MainWindow, CanvasView], object]] = {
    "pan by key": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_Left),
    "zoom and pan by key": lambda _, canvas: (canvas.zoom(2), QTest.keyClick(canvas, Qt.Key.Key_Left), canvas.zoom(2)),
    "zoom away from the tile": lambda _, canvas: (
        canvas.zoom(0.25), canvas.zoom(8, QPointF(canvas.width() - 1, canvas.height() - 1))
    ),
    "pan by mouse": lambda _, canvas: QTest.mouseClick(canvas, Qt.MouseButton.MiddleButton),
    "click": lambda _, canvas: QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(1, 1)),
    "stroke": lambda _, canvas: drag(canvas, [(0.2, 0.3), (0.6, 0.3)]),
    "stroke taken back": lambda _, canvas: (
        dot(canvas.session, canvas.active.tile_id, 20, 20), canvas.session.undo(canvas.active.tile_id)
    ),
    "list of all tiles": lambda _, canvas: QTest.keyClick(canvas, Qt.Key.Key_G),
}  # fmt: skip


@pytest.fixture
def not_ranked(window: MainWindow, until: Until, tmp_path: Path) -> MainWindow:
    """The window on a project whose tiles nobody has looked at yet."""
    window.open_project(make_project(tmp_path, [write_scene(tmp_path / "a.tif", 256, 256)]))
    until(lambda: window.workspace is not None and window.workspace.canvas.active is not None)
    assert not workspace_of(window).session.ranking
    return window


def rank_last_first(window: MainWindow) -> int:
    """The Tile that comes first then; a second ranking, which puts it last, brings nothing."""
    session, shown = workspace_of(window).session, workspace_of(window).flow.tile_id
    best = next(tile_id for tile_id in reversed(session.tiles) if tile_id != shown)
    others = [tile_id for tile_id in session.tiles if tile_id != best]
    for order in ([best, *others], [*others, best]):
        session._ranked([RankedTile(tile_id, 1.0, "typical", text("Why not")) for tile_id in order])
    return best


@pytest.mark.parametrize("how", LOOKS)
def test_the_first_ranking_brings_its_tile_to_who_only_looks(not_ranked: MainWindow, how: str) -> None:
    workspace = workspace_of(not_ranked)
    LOOKS[how](not_ranked, workspace.canvas)
    best = rank_last_first(not_ranked)
    assert workspace.flow.tile_id == best
    assert workspace.canvas.is_on_tile
    QTest.keyClick(workspace.canvas, Qt.Key.Key_Left, ALT)
    assert workspace.flow.tile_id == best, "nobody chose to visit what was shown before"


@pytest.mark.parametrize("painted", [False, True])
def test_a_project_that_was_closed_before_its_first_ranking_waits_for_it_again(
    not_ranked: MainWindow, until: Until, painted: bool
) -> None:
    session = workspace_of(not_ranked).session
    if painted:
        dot(session, workspace_of(not_ranked).flow.tile_id, 20, 20)
    not_ranked.close_project()
    assert not_ranked.open_project(session.path)
    until(lambda: workspace_of(not_ranked).canvas.active is not None)
    assert not workspace_of(not_ranked).session.ranking
    best = rank_last_first(not_ranked)
    assert (workspace_of(not_ranked).flow.tile_id == best) is not painted


def test_a_project_whose_tile_was_chosen_before_its_first_ranking_opens_there(
    not_ranked: MainWindow, until: Until
) -> None:
    workspace = workspace_of(not_ranked)
    path, chosen = workspace.session.path, list(workspace.session.tiles)[1]
    assert workspace.flow.go_to(chosen)
    not_ranked.close_project()
    assert not_ranked.open_project(path)
    until(lambda: workspace_of(not_ranked).canvas.active is not None)
    rank_last_first(not_ranked)
    assert workspace_of(not_ranked).flow.tile_id == chosen


@pytest.mark.parametrize("amount", [0.004, 12.5, 33.333])
def test_parts_of_a_minute_stay_until_they_are_changed_and_tiles_are_whole(app: QApplication, amount: float) -> None:
    fields = BudgetFields(Budget("minutes", amount))
    assert fields.budget == Budget("minutes", amount)
    fields.findChild(QComboBox).setCurrentIndex(0)
    assert fields.budget == Budget("tiles", max(round(amount), 1))
    fields.findChild(QComboBox).setCurrentIndex(1)
    fields.amount.setValue(20)
    assert fields.budget == Budget("minutes", 20)


def test_the_first_ranking_leaves_who_writes_a_note_at_the_tile(not_ranked: MainWindow) -> None:
    flow = workspace_of(not_ranked).flow
    shown, seen = flow.tile_id, []

    def rank_meanwhile(dialog: NoteDialog) -> None:
        rank_last_first(not_ranked)
        seen.append(flow.tile_id)
        dialog.reject()

    when_shown(NoteDialog, rank_meanwhile)
    not_ranked.actions_by_name["note"].trigger()
    assert seen == [shown]


@pytest.mark.parametrize("how", BEGINS)
def test_the_first_ranking_takes_nobody_away_who_has_begun(not_ranked: MainWindow, how: str) -> None:
    workspace = workspace_of(not_ranked)
    flow, canvas = workspace.flow, workspace.canvas
    BEGINS[how](not_ranked, canvas)
    shown, scale, middle, page = flow.tile_id, canvas.viewport.scale, canvas.middle(), workspace.ways.list_is_open
    assert rank_last_first(not_ranked) != shown
    assert (flow.tile_id, canvas.viewport.scale, workspace.ways.list_is_open) == (shown, scale, page)
    assert canvas.middle() == pytest.approx(middle)


@pytest.mark.parametrize(
    ("key", "done"), [(Qt.Key.Key_R, "flagged"), (Qt.Key.Key_K, "skipped"), (Qt.Key.Key_Return, "submitted")]
)
def test_a_note_after_leaving_a_tile_is_about_that_one_and_says_so(
    open_window: MainWindow, until: Until, key: Qt.Key, done: str
) -> None:
    workspace = workspace_of(open_window)
    session, left = workspace.session, workspace.flow.tile_id
    dot(session, left, 20, 20)
    QTest.keyClick(workspace.canvas, key)
    until(lambda: session.pending("rank") is None)  # it may bring a better Tile
    here = workspace.flow.tile_id
    assert here != left

    def write(dialog: NoteDialog) -> None:
        first, second = (button.text() for button in dialog.findChildren(QRadioButton))
        tile = session.tiles[left]
        assert f"row {tile.grid_row + 1}, column {tile.grid_column + 1}\n{done} a moment ago" in first
        assert "the tile on the screen" in second
        QTest.keyClicks(dialog.focusWidget(), "why")
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return, CTRL)

    when_shown(NoteDialog, write)
    press(open_window, Qt.Key.Key_J)
    assert session.notes == {left: "why"}

    def choose_other(dialog: NoteDialog) -> None:
        assert dialog.words == "why"
        QTest.keyClicks(dialog.focusWidget(), "here")
        first, second = dialog.findChildren(QRadioButton)
        second.click()
        assert dialog.words == "here", "what was typed comes along"
        first.click()
        assert dialog.words == "here", "and back"
        second.click()
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return, CTRL)

    when_shown(NoteDialog, choose_other)
    press(open_window, Qt.Key.Key_J)
    assert session.notes == {left: "why", here: "here"}


@pytest.mark.parametrize("begin", ["paint", "move", "click", "zoom", "nothing"])
def test_a_note_is_about_the_tile_on_which_something_was_done(open_window: MainWindow, begin: str) -> None:
    workspace = workspace_of(open_window)
    flow, canvas, left = workspace.flow, workspace.canvas, workspace.flow.tile_id
    QTest.keyClick(canvas, Qt.Key.Key_R)
    if begin == "paint":
        dot(workspace.session, flow.tile_id, 20, 20)
    elif begin == "move":
        QTest.keyClick(canvas, Qt.Key.Key_D)
    elif begin == "click":
        canvas.tools.choose("inspect")
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    elif begin == "zoom":
        QTest.keyClick(canvas, Qt.Key.Key_Left)
    here, seen = flow.tile_id, []

    def look(dialog: NoteDialog) -> None:
        seen.append(
            (
                dialog.tile_id,
                len(dialog.findChildren(QRadioButton)),
                [e.text() for e in dialog.findChildren(ElidedLabel)],
            )
        )
        dialog.reject()

    when_shown(NoteDialog, look)
    press(open_window, Qt.Key.Key_J)
    ((about, choices, captions),) = seen
    assert (about, choices) == ((left, 2) if begin == "nothing" else (here, 0))
    tile = workspace.session.tiles[here]
    status = "Started" if begin == "paint" else "New"
    assert begin == "nothing" or captions[0].endswith(
        f"row {tile.grid_row + 1}, column {tile.grid_column + 1} · {status}"
    )


def test_a_note_that_is_too_long_cannot_be_saved(open_window: MainWindow) -> None:
    workspace = workspace_of(open_window)

    def write(dialog: NoteDialog) -> None:
        field = dialog.focusWidget()
        assert isinstance(field, QPlainTextEdit)
        field.setPlainText("a" * (LONGEST_NOTE + 1))
        QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
        assert dialog.isVisible(), "nothing is lost"
        assert any("1 character" in label.text() for label in dialog.findChildren(QLabel))
        field.setPlainText("b" * LONGEST_NOTE)
        QTest.keyClick(field, Qt.Key.Key_Return, CTRL)

    when_shown(NoteDialog, write)
    press(open_window, Qt.Key.Key_J)
    assert workspace.session.notes == {workspace.flow.tile_id: "b" * LONGEST_NOTE}


def test_a_note_that_cannot_be_saved_stays_to_be_saved_later(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_of(open_window)
    session, set_note = workspace.session, workspace.session.set_note

    def refuse(*_: object) -> None:
        raise ProjectError("The disk is full.", "Free some space.")

    def write(dialog: NoteDialog) -> None:
        field = dialog.focusWidget()
        QTest.keyClicks(field, "wet ground")
        monkeypatch.setattr(session, "set_note", refuse)
        QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
        assert dialog.isVisible()
        assert dialog.words == "wet ground"
        assert any("The disk is full" in label.text() for label in dialog.findChildren(QLabel))
        monkeypatch.setattr(session, "set_note", set_note)
        QTest.keyClick(field, Qt.Key.Key_Return, CTRL)

    when_shown(NoteDialog, write)
    press(open_window, Qt.Key.Key_J)
    assert session.notes == {workspace.flow.tile_id: "wet ground"}


def test_back_and_forward(open_window: MainWindow) -> None:
    workspace = workspace_of(open_window)
    flow, canvas = workspace.flow, workspace.canvas
    visited = [flow.tile_id]
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_D)
        visited.append(flow.tile_id)
    assert len(set(visited)) == 4
    for expected in visited[-2::-1]:
        QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
        assert flow.tile_id == expected
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
    assert flow.tile_id == visited[0]
    for expected in visited[1:]:
        QTest.keyClick(canvas, Qt.Key.Key_Right, ALT)
        assert flow.tile_id == expected


def test_time_on_a_tile_is_paid_once_when_it_is_done_also_over_two_visits(open_window: MainWindow) -> None:
    workspace = workspace_of(open_window)
    flow, session = workspace.flow, workspace.session
    session.set_auto_train(False)
    tile_id = flow.tile_id
    assert tile_id is not None
    dot(session, tile_id, 30, 30)
    flow._clock._active_s = 30.0  # as if the mouse had moved that long
    flow.next()
    flow._clock._active_s = 500.0
    flow.back()
    flow._clock._active_s = 12.0
    flow.submit()
    assert session.tiles[tile_id].seconds == pytest.approx(42, abs=1)
    assert session.effort.recent_seconds == pytest.approx((42,), abs=1)
    flow.go_to(tile_id)
    flow._clock._active_s = 5.0
    flow.submit()
    assert session.tiles[tile_id].seconds == pytest.approx(47, abs=1)
    assert len(session.effort.recent_seconds) == 1


# -- written positions ------------------------------------------------------------------------------------------------


def go_to(window: MainWindow, words: str, button: str) -> list[str]:
    """Ctrl+G, type, press the button; what the dialog said is returned. It is left by Esc if it stays."""
    said: list[str] = []

    def act(dialog: GoToDialog) -> None:
        QTest.keyClicks(named(dialog, QLineEdit, "Position"), words)
        QTest.mouseClick(
            next(b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == button),
            Qt.MouseButton.LeftButton,
        )
        if dialog.isVisible():
            said.append(words_in(dialog))
            QTest.keyClick(dialog, Qt.Key.Key_Escape)

    when_shown(GoToDialog, act)
    press(window, Qt.Key.Key_G, CTRL)
    return said


def test_going_to_a_pixel_centres_the_view_and_leaves_the_tile(open_window: MainWindow) -> None:
    workspace = workspace_of(open_window)
    before = workspace.flow.tile_id
    assert go_to(open_window, "pixel 100, 20", "Show") == []
    canvas = workspace.canvas
    assert canvas.viewport.to_scene(QPointF(canvas.width() / 2, canvas.height() / 2)) == pytest.approx((100, 20))
    assert workspace.flow.tile_id == before
    assert "Double-click a tile" in workspace.notices.text


def test_going_to_degrees_can_label_the_tile_there(open_window: MainWindow) -> None:
    workspace = workspace_of(open_window)
    canvas, session = workspace.canvas, workspace.session
    assert canvas.scene_id is not None
    longitude, latitude = Georeference(session.scene_files.open(canvas.scene_id).info).to_degrees(70, 70) or (0, 0)
    assert go_to(open_window, f"{latitude:.8f}, {longitude:.8f}", "Label the tile there") == []
    active = canvas.active
    assert active is not None
    assert (active.scene_id, active.grid_column, active.grid_row) == (canvas.scene_id, 1, 1)


def test_a_position_that_is_none_is_explained_and_nothing_moves(open_window: MainWindow) -> None:
    canvas = workspace_of(open_window).canvas
    before = canvas.viewport
    (said,) = go_to(open_window, "over there", "Show")
    assert "“over there” is no position" in said
    (said,) = go_to(open_window, "5, 5", "Label the tile there")
    assert "lies outside north.tif" in said or "lies outside south.tif" in said
    assert "from 600000 to 600064" in said
    assert canvas.viewport == before


def test_a_position_elsewhere_is_looked_for_off_the_windows_thread(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project may have hundreds of scenes, each to be opened on a slow drive."""
    opening: dict[str, bool] = {}

    def watched(path: str, *, try_reading: bool = True) -> Scene:
        opening[Path(path).name] = threading.current_thread() is threading.main_thread()
        return open_scene(path, try_reading=try_reading)

    monkeypatch.setattr(scene_files, "open_scene", watched)
    (said,) = go_to(open_window, "5, 5", "Show")
    assert "lies outside" in said
    assert opening == {"north.tif": False, "south.tif": False}


# -- reading ahead ----------------------------------------------------------------------------------------------------


def test_the_next_tiles_are_there_before_they_are_looked_at(open_window: MainWindow, until: Until) -> None:
    workspace = workspace_of(open_window)
    canvas, flow, session = workspace.canvas, workspace.flow, workspace.session
    until(lambda: session.ranking)
    until(lambda: not session.work_under_way())
    until(lambda: not session.readers.active())
    upcoming = flow.upcoming(3)
    assert len(set(upcoming)) == 3
    assert flow.tile_id not in upcoming
    until(lambda: set(canvas.ahead._validity) >= set(upcoming))
    until(lambda: all(canvas.ahead._validity[t].state is JobState.DONE for t in upcoming))
    wait_for_picture(canvas, until)
    QTest.keyClick(canvas, Qt.Key.Key_D)
    assert canvas.active is not None
    assert canvas.active.tile_id == upcoming[0]
    assert canvas.active_tile is not None
    assert canvas.active_tile._validity.state is JobState.DONE, "nobody waits for the valid pixels"
    canvas.repaint()
    assert canvas.pyramid.is_complete(canvas), "all of the picture is there with the first repaint"
    assert (canvas.active_tile.paintable() == session.paintable(canvas.active.tile_id)).all()


def test_what_was_read_ahead_in_vain_is_dropped(open_window: MainWindow, until: Until) -> None:
    workspace = workspace_of(open_window)
    canvas, session = workspace.canvas, workspace.session
    first, second = list(session.tiles)[:3], list(session.tiles)[-3:]
    until(lambda: not session.readers.active())
    canvas.ahead.aim(first)
    canvas.ahead.aim(second)
    until(lambda: set(canvas.ahead._validity) == set(second))
    job = canvas.ahead._validity[second[0]]
    canvas.ahead.aim(first)
    until(lambda: set(canvas.ahead._validity) == set(first))
    assert job.cancel_requested
    canvas.detach()
    assert canvas.ahead._validity == {}


def test_the_budget_dialog_says_what_the_budget_buys(open_window: MainWindow) -> None:
    effort, (tile, *_) = workspace_of(open_window).session.effort, workspace_of(open_window).session.tiles.values()
    for _ in range(10):
        effort = effort.with_tile(60.0)
    dialog = BudgetDialog(effort, 30 * [tile])
    unit, amount = named(dialog, QComboBox, "Budget unit"), named(dialog, QDoubleSpinBox, "Budget")
    unit.setCurrentIndex(unit.findData("minutes"))
    amount.setValue(30)
    assert "20 min left: about 20 tile(s)" in words_in(dialog).splitlines()
    amount.setValue(70)
    assert "60 min left: all 30 tile(s) need about 30 min" in words_in(dialog).splitlines()
    amount.setValue(30)
    unit.setCurrentIndex(unit.findData("tiles"))
    assert "20 tile(s) left: about 20 min" in words_in(dialog).splitlines()
    amount.setValue(70)
    assert "30 tile(s) left: about 30 min" in words_in(dialog).splitlines(), "there are no more"
    amount.setValue(3)
    assert "done already" in words_in(dialog)


@pytest.mark.parametrize("budget", [Budget("tiles", 500_000), Budget("minutes", 1.5), Budget("minutes", 0.25)])
def test_a_budget_that_is_only_looked_at_stays_as_it_is(open_window: MainWindow, budget: Budget) -> None:
    """A terminal takes more than a hundred thousand tiles, and parts of a minute."""
    session = workspace_of(open_window).session
    session.set_budget(budget.unit, budget.amount)
    when_shown(BudgetDialog, lambda dialog: dialog.accept())
    workspace_of(open_window).queue.budget_clicked.emit()
    assert session.effort.budget == budget


def test_what_is_typed_first_into_the_budget_dialog_replaces_its_number(open_window: MainWindow, until: Until) -> None:
    session = workspace_of(open_window).session
    dialog = BudgetDialog(session.effort, session.tiles.values())
    dialog.show()
    dialog.activateWindow()
    until(dialog.isActiveWindow)
    QTest.keyClicks(dialog.focusWidget(), "40")
    assert dialog.budget == Budget("tiles", 40)
    dialog.reject()
