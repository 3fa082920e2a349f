"""From tile to tile: what holds nobody up, and what the time is counted for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.events import Subject
from core.jobs import Priority
from core.project.looks import ValueRange
from core.project.records import Budget, TileStatus
from core.project.store import Store
from core.ranking import rank_tiles
from core.text import text
from gui import thumbnails
from gui.main_window import MainWindow
from gui.thumbnails import Thumbnails
from tests.core.projects import make_project, store_of, write_scene
from tests.gui.finding import button
from tests.gui.test_canvas import canvas_of, drag
from tests.gui.waiting import wait_for_picture, wait_for_tile, wait_until_at_rest

Until = Callable[[Callable[[], object]], None]


class Clock:
    """The time that the window is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr("gui.flow.time", SimpleNamespace(monotonic=lambda: self.now))

    def paint(self, window: MainWindow, seconds: float) -> None:
        self.now += seconds
        drag(canvas_of(window), [(0.2, 0.3), (0.8, 0.3)])


@pytest.fixture
def without_first(window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window on three scenes, of which the first is not there; its tiles would come first."""
    monkeypatch.setattr("gui.main_window.offer_relink", lambda *_: None)
    scenes = [write_scene(tmp_path / f"{name}.tif", seed=number) for number, name in enumerate("abc")]
    window.open_project(make_project(tmp_path, scenes))
    scenes[0].unlink()
    until(lambda: window.workspace is not None and window.workspace.canvas.active is not None)
    return window


def test_a_missing_scene_does_not_hold_up_the_others(without_first: MainWindow) -> None:
    window = without_first
    assert window.workspace is not None
    session, flow = window.workspace.session, window.workspace.flow
    assert "a.tif was not found" in window.workspace.notices.text
    seen = [flow.tile_id]
    for _ in range(7):
        window.actions_by_name["next"].trigger()
        seen.append(flow.tile_id)
    assert {session.tiles[tile_id].scene_id for tile_id in seen if tile_id is not None} == {2, 3}
    assert len(set(seen)) == 8, "all that can be shown"
    before = flow.tile_id
    drag(canvas_of(window), [(0.2, 0.3), (0.8, 0.3)])
    window.actions_by_name["submit"].trigger()
    assert session.tiles[before].status is TileStatus.DONE
    assert flow.tile_id != before


@pytest.mark.parametrize("by", ["coming back to the window", "going to its tile"])
def test_pictures_in_the_queue_come_back_with_their_drive(
    without_first: MainWindow, until: Until, tmp_path: Path, by: str
) -> None:
    workspace = without_first.workspace
    assert workspace is not None
    pictures = workspace.ways.thumbnails
    lost = next(tile.tile_id for tile in workspace.session.tiles.values() if tile.scene_id == 1)
    until(lambda: pictures.image(lost) is not None or lost in pictures._images)
    assert pictures.image(lost) is None
    write_scene(tmp_path / "a.tif", seed=0)
    if by == "going to its tile":
        assert workspace.flow.go_to(lost)
    else:
        QApplication.sendEvent(workspace.canvas, QEvent(QEvent.Type.WindowActivate))
    until(lambda: pictures.image(lost) is not None)


def test_a_picture_that_could_not_be_read_for_want_of_memory_is_read_another_time(
    window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_little(*_: object) -> None:
        raise MemoryError

    window.open_project(make_project(tmp_path, [write_scene(tmp_path / "a.tif")]))
    workspace = window.workspace
    assert workspace is not None
    pictures = Thumbnails(workspace.session, window)
    monkeypatch.setattr(thumbnails, "read_thumbnail", too_little)
    first, *_ = workspace.session.tiles
    assert pictures.image(first) is None
    until(lambda: "too little memory" in workspace.notices.text)
    assert pictures.image(first) is None
    monkeypatch.undo()
    workspace.session.changes.tell(Subject.SCENES)
    until(lambda: pictures.image(first) is not None)
    pictures.detach()


def test_a_scene_whose_drive_comes_back_is_shown_again(window: MainWindow, until: Until, tmp_path: Path) -> None:
    path = write_scene(tmp_path / "a.tif")
    window.open_project(make_project(tmp_path, [path]))
    wait_for_tile(window, until)
    wait_until_at_rest(window, until)  # what is read just now keeps the file open
    canvas = canvas_of(window)
    path.rename(path.with_suffix(".away"))
    canvas.session.scene_files.open(canvas.scene_id).release()
    window.actions_by_name["next composite"].trigger()
    until(lambda: canvas.repaint() or "a.tif is gone" in window.workspace.notices.text)
    path.with_suffix(".away").rename(path)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowActivate))  # as when the user comes back from the files
    wait_for_picture(canvas, until)


def test_tiles_are_ranked_when_the_drive_that_was_away_at_the_start_comes_back(
    window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.main_window.offer_relink", lambda *_: None)
    path = write_scene(tmp_path / "a.tif")
    project = make_project(tmp_path, [path])
    path.rename(path.with_suffix(".away"))
    window.open_project(project)
    session = window.workspace.session
    until(lambda: window.workspace._embedding is not None and window.workspace._embedding.is_settled)
    assert session.pool is None
    window.actions_by_name["next"].trigger()
    assert session.pending("embed") is None, "nothing can be shown yet"
    path.with_suffix(".away").rename(path)
    window.actions_by_name["next"].trigger()
    until(lambda: session.ranking)


@pytest.mark.parametrize("in_range", [False, True])
@pytest.mark.parametrize("act", ["brush", "fill unlabeled"])
def test_a_tile_that_could_not_be_read_is_painted_when_its_drive_comes_back(
    window: MainWindow, until: Until, tmp_path: Path, act: str, in_range: bool
) -> None:
    """Without leaving it: what may be painted there is read anew when somebody wants to paint."""
    path = write_scene(tmp_path / "a.tif", 512, 512)
    window.open_project(make_project(tmp_path, [path]))
    wait_for_tile(window, until)
    canvas, notices = canvas_of(window), window.workspace.notices
    session, tile_id = canvas.session, max(canvas.session.tiles)
    if in_range:
        session.looks.set_value_range(ValueRange(session.looks.singles()[0].key, 0, 255))
    assert tile_id not in canvas.ahead._tile_ids
    wait_until_at_rest(window, until)  # what is read just now keeps the file open
    path.rename(path.with_suffix(".away"))
    session.scene_files.open(canvas.scene_id).release()
    assert window.workspace.flow.go_to(tile_id)
    until(lambda: all(job.state.is_final for job in canvas.active_tile.reads()))
    drag(canvas, [(0.2, 0.3), (0.8, 0.3)])
    assert "a.tif is gone" in notices.text
    assert not session.strokes(tile_id)
    path.with_suffix(".away").rename(path)
    if act == "brush":
        drag(canvas, [(0.2, 0.3), (0.8, 0.3)])
    else:
        window.actions_by_name[act].trigger()
        until(lambda: not canvas.holds_press)
    assert [tool for _, tool, _ in session.strokes(tile_id)] == [act]


def test_time_on_a_tile_that_is_not_done_yet_is_counted_in_the_next_session_too(
    window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")], budget=Budget("minutes", 10))
    window.open_project(project)
    wait_for_tile(window, until)
    for _ in range(4):
        clock.paint(window, 15)
    tile_id = window.workspace.flow.tile_id
    window.close_project()
    clock.now += 3600
    window.open_project(project)
    until(lambda: window.workspace.flow.tile_id == tile_id)
    clock.paint(window, 10)
    window.actions_by_name["submit"].trigger()
    assert window.workspace.session.effort.spent_seconds == pytest.approx(70)
    window.close_project()
    with store_of(project) as store:
        assert unspent(store).get(tile_id) is None, "it is paid for"


def unspent(store: Store) -> dict[int, float]:
    return dict(store.setting("unspent_seconds"))


def test_a_flagged_tile_has_cost_its_time(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    open_window.workspace.flow._clock.restart()
    session = open_window.workspace.session
    session.set_budget("minutes", 2)
    for _ in range(6):
        clock.paint(open_window, 15)
    open_window.actions_by_name["flag"].trigger()
    assert session.effort.spent_seconds == pytest.approx(90)
    assert open_window.workspace.queue._spent.text().startswith("1 of 2 ")


def test_pauses_count_nothing(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    open_window.workspace.flow._clock.restart()
    for _ in range(10):
        clock.paint(open_window, 600)  # coffee, ten minutes before every stroke
        clock.paint(open_window, 5)
    assert open_window.workspace.flow._clock.seconds == pytest.approx(50)


@pytest.mark.parametrize(("command", "counted"), [("go to", 0), ("report", 0), ("keys", 0), ("note", 12)])
def test_time_in_dialogs_counts_only_where_they_are_about_the_tile(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch, command: str, counted: int
) -> None:
    clock, seen = Clock(monkeypatch), []
    flow_clock = open_window.workspace.flow._clock
    flow_clock.restart()

    def read_and_close() -> None:
        dialog = QApplication.activeModalWidget()
        seen.append(dialog)
        for _ in range(4):
            clock.now += 3
            QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Shift)
        dialog.reject()

    QTimer.singleShot(100, read_and_close)
    open_window.actions_by_name[command].trigger()
    assert seen
    assert flow_clock.seconds == pytest.approx(counted)
    clock.paint(open_window, 5)
    assert flow_clock.seconds == pytest.approx(counted + 5)


def test_time_over_the_plot_of_likeness_counts_nothing(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays open beside the canvas: what is painted meanwhile counts."""
    clock, flow_clock = Clock(monkeypatch), open_window.workspace.flow._clock
    open_window.actions_by_name["likeness"].trigger()
    flow_clock.restart()
    clock.now += 10
    QTest.keyClick(open_window.workspace.viewing.likeness.plot, Qt.Key.Key_Right)
    assert flow_clock.seconds == 0
    clock.paint(open_window, 5)
    assert flow_clock.seconds == pytest.approx(5)


def test_time_in_the_list_of_all_tiles_counts_nothing(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, ways = Clock(monkeypatch), open_window.workspace.ways
    flow_clock = open_window.workspace.flow._clock
    flow_clock.restart()
    clock.now += 2
    QTest.keyClick(canvas_of(open_window), Qt.Key.Key_G)
    assert ways.list_is_open
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_G):
        clock.now += 10
        QTest.keyClick(ways.tile_list.view, key)
    assert not ways.list_is_open
    clock.paint(open_window, 5)
    assert flow_clock.seconds == pytest.approx(7)


def test_the_thought_before_a_key_counts(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, session = Clock(monkeypatch), open_window.workspace.session
    open_window.workspace.flow._clock.restart()
    clock.paint(open_window, 5)
    clock.now += 10
    QTest.keyClick(canvas_of(open_window), Qt.Key.Key_Return)
    assert session.effort.spent_seconds == pytest.approx(15)


@pytest.mark.parametrize("command", ["flag", "skip"])
def test_a_done_tile_that_was_put_aside_comes_back_done_and_counts_once(open_window: MainWindow, command: str) -> None:
    flow, session = open_window.workspace.flow, open_window.workspace.session
    tile_id = flow.tile_id
    drag(canvas_of(open_window), [(0.2, 0.3), (0.8, 0.3)])
    open_window.actions_by_name["submit"].trigger()
    for _ in range(2):
        flow.go_to(tile_id)
        open_window.actions_by_name[command].trigger()
    assert session.tiles[tile_id].status is TileStatus.DONE
    open_window.actions_by_name["submit"].trigger()
    assert session.effort.spent_tiles == 1


@pytest.mark.parametrize(("command", "words"), [("skip", "skipped now"), ("flag", "flagged now")])
def test_a_done_tile_is_not_put_aside_without_a_word(open_window: MainWindow, command: str, words: str) -> None:
    flow, session, notices = open_window.workspace.flow, open_window.workspace.session, open_window.workspace.notices
    open_window.actions_by_name[command].trigger()
    assert words not in notices.text, "that one was open"
    tile_id = flow.tile_id
    drag(canvas_of(open_window), [(0.2, 0.3), (0.8, 0.3)])
    open_window.actions_by_name["submit"].trigger()
    flow.go_to(tile_id)
    open_window.actions_by_name[command].trigger()
    assert words in notices.text
    assert flow.tile_id != tile_id
    QTest.mouseClick(button(notices, "Put it back"), Qt.MouseButton.LeftButton)
    assert session.tiles[tile_id].status is TileStatus.DONE


@pytest.fixture
def turned_round(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Every new ranking is upside down; it comes when the event is set, and no time has passed then."""
    session, comes = open_window.workspace.session, Event()
    Clock(monkeypatch)
    monkeypatch.setattr("core.session.rank_tiles", lambda *asked: rank_tiles(*asked)[::-1])
    session.compute.submit(text("Busy"), lambda _: comes.wait(60), Priority.VISIBLE)
    yield comes
    comes.set()


def submit_one(window: MainWindow) -> tuple[int, int]:
    """The Tile that is done now, and the one that is shown then."""
    drag(canvas_of(window), [(0.2, 0.3), (0.8, 0.3)])
    flow = window.workspace.flow
    done = flow.tile_id
    window.actions_by_name["submit"].trigger()
    assert flow.tile_id not in (done, None), "nobody waits for the ranking"
    return done, flow.tile_id


def test_enter_leads_to_the_head_of_the_ranking_that_knows_of_it(
    open_window: MainWindow, until: Until, turned_round: Event
) -> None:
    """What was second before may be the least now that the first is done."""
    session, flow = open_window.workspace.session, open_window.workspace.flow
    done, second = submit_one(open_window)
    turned_round.set()
    until(lambda: session.pending("rank") is None)
    assert flow.tile_id == session.queue()[0].tile_id != second
    flow.back()
    assert flow.tile_id == done, "the one between was visited by nobody"


def test_whoever_has_begun_to_paint_stays_where_he_is(
    open_window: MainWindow, until: Until, turned_round: Event
) -> None:
    session, flow = open_window.workspace.session, open_window.workspace.flow
    _, second = submit_one(open_window)
    drag(canvas_of(open_window), [(0.2, 0.3), (0.4, 0.3)])
    turned_round.set()
    until(lambda: session.pending("rank") is None)
    assert flow.tile_id == second != session.queue()[0].tile_id


def test_whoever_has_pressed_a_key_keeps_the_tile_under_his_hand(
    open_window: MainWindow, until: Until, turned_round: Event
) -> None:
    """The stroke that follows is meant for the Tile that was seen when the class was chosen."""
    canvas, session, flow = canvas_of(open_window), open_window.workspace.session, open_window.workspace.flow
    _, second = submit_one(open_window)
    QTest.keyClick(canvas, Qt.Key.Key_2)
    turned_round.set()
    until(lambda: session.pending("rank") is None)
    assert flow.tile_id == second != session.queue()[0].tile_id


def test_a_ranking_that_comes_late_takes_nobody_away(
    open_window: MainWindow, until: Until, turned_round: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    session, flow = open_window.workspace.session, open_window.workspace.flow
    _, second = submit_one(open_window)
    clock.now += 1.5
    turned_round.set()
    until(lambda: session.pending("rank") is None)
    assert flow.tile_id == second != session.queue()[0].tile_id


def test_the_tool_tip_says_how_far_doubts_are_trusted(open_window: MainWindow) -> None:
    """Where doubt or coverage decides: of a random check it says nothing."""
    workspace = open_window.workspace
    assert workspace is not None
    session, rows = workspace.session, workspace.queue._model
    regimes = ("coverage", "doubt", "audit", "rest")
    places = zip(session.queue(), regimes, strict=False)
    session._ranked([ranked._replace(regime=regime) for ranked, regime in places])

    def tips() -> list[bool]:
        shown = [rows.data(rows.index(row), Qt.ItemDataRole.ToolTipRole) for row in range(4)]
        return ["they are trusted 100\u00a0%" in tip for tip in shown]

    session.forecasts.doubts.clear()
    assert tips() == [False] * 4, "nobody doubts"
    session.forecasts.doubts[session.queue()[0].tile_id] = 0.4
    assert tips() == [True, True, False, False]
