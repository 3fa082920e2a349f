"""The list of all tiles in place of the canvas: what it shows, what keys do there, and that it stays quick."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QDialog, QLineEdit

from core.imagery.grid import cut_grid
from core.imagery.scene import Scene
from core.jobs import Priority
from core.project.records import RankedTile, SceneRecord, TileRecord, TileStatus
from core.session import Session
from core.text import text
from gui.dialogs.note import NoteDialog
from gui.main_window import MainWindow
from gui.thumbnails import read_thumbnail
from gui.tile_list import model
from gui.tile_list.model import TILE
from gui.tile_list.page import TileListPage
from gui.workspace import Workspace
from tests.calls import calls
from tests.core.projects import dot, make_project, opened, store_of, write_scene

Dialog = TypeVar("Dialog", bound=QDialog)
Until = Callable[[Callable[[], object]], None]
LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def workspace_of(window: MainWindow) -> Workspace:
    assert window.workspace is not None
    return window.workspace


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    """As a user does: to whatever has the focus. A dialog that was open is gone, and gives it back."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 60_000)
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


def when_shown(kind: type[Dialog], act: Callable[[Dialog], None], patience: int = 5000) -> None:
    """Do something to the dialog of that kind as soon as one is there."""

    def look(left: int) -> None:
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        if shown:
            act(shown[0])
        elif left:
            QTimer.singleShot(20, lambda: look(left - 1))

    look(patience)


@pytest.fixture
def page(open_window: MainWindow) -> TileListPage:
    """Open, by its key."""
    open_window.activateWindow()
    canvas = workspace_of(open_window).canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_G)
    page = workspace_of(open_window).ways.tile_list
    assert page.isVisible()
    assert not canvas.isVisible()
    return page


def listed(page: TileListPage) -> list[int]:
    model = page.view.model()
    return [model.index(row, 0).data(TILE) for row in range(model.rowCount())]


def choose(page: TileListPage, box: str, words: str) -> None:
    found = next(b for b in page.findChildren(QComboBox) if b.accessibleName() == box)
    index = found.findText(words)
    assert index >= 0, f"{words} is not among {[found.itemText(i) for i in range(found.count())]}"
    found.setCurrentIndex(index)


def type_into_search(page: TileListPage, words: str) -> QLineEdit:
    QTest.keyClick(page.view, Qt.Key.Key_Slash)
    search = page.filters.search
    assert search.hasFocus()
    QTest.keyClicks(search, words)
    return search


def test_g_opens_it_at_the_active_tile_and_esc_goes_back(open_window: MainWindow, page: TileListPage) -> None:
    canvas = workspace_of(open_window).canvas
    assert sorted(listed(page)) == sorted(canvas.session.tiles)
    assert page.current_tile() == canvas.active.tile_id  # type: ignore[union-attr]
    assert open_window.actions_by_name["tile list"].isChecked()
    press(open_window, Qt.Key.Key_Escape)
    assert canvas.isVisible()
    assert canvas.hasFocus()
    QTest.keyClick(canvas, Qt.Key.Key_G)
    press(open_window, Qt.Key.Key_G)
    assert canvas.isVisible()


def test_it_is_made_when_it_is_first_opened_and_once(open_window: MainWindow) -> None:
    """Opening a project need not wait for it."""
    assert not open_window.findChildren(TileListPage)
    for _ in range(3):
        open_window.actions_by_name["tile list"].trigger()
    [page] = open_window.findChildren(TileListPage)
    assert page.isVisible()


def test_enter_and_click_go_to_the_tile(open_window: MainWindow, page: TileListPage) -> None:
    canvas = workspace_of(open_window).canvas
    press(open_window, Qt.Key.Key_D)
    chosen = page.current_tile()
    assert chosen == listed(page)[1]
    press(open_window, Qt.Key.Key_Return)
    assert canvas.isVisible()
    assert canvas.active.tile_id == chosen  # type: ignore[union-attr]
    assert canvas.session.tiles[chosen].status is TileStatus.NEW, "Enter chooses here, it does not submit"  # type: ignore[index]
    QTest.keyClick(canvas, Qt.Key.Key_G)
    last = page.view.model().index(len(listed(page)) - 1, 0)
    page.view.scrollTo(last)
    QTest.mouseClick(page.view.viewport(), LEFT, NONE, page.view.visualRect(last).center())
    assert canvas.isVisible()
    assert canvas.active.tile_id == last.data(TILE)  # type: ignore[union-attr]


def test_nothing_changes_a_tile_that_nobody_sees(open_window: MainWindow, page: TileListPage) -> None:
    session = workspace_of(open_window).session
    active = workspace_of(open_window).flow.tile_id
    assert active is not None
    for name in ("undo", "redo", "fill unlabeled", "smooth", "accept", "fit tile", "back"):
        assert not open_window.actions_by_name[name].isEnabled(), name
    press(open_window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert not session.painted
    press(open_window, Qt.Key.Key_D)
    under_the_keys = page.current_tile()
    press(open_window, Qt.Key.Key_K)
    assert session.tiles[active].status is TileStatus.NEW
    assert session.tiles[under_the_keys].status is TileStatus.SKIPPED  # type: ignore[index]
    press(open_window, Qt.Key.Key_K)
    assert session.tiles[under_the_keys].status is TileStatus.NEW, "again puts it back"  # type: ignore[index]
    press(open_window, Qt.Key.Key_R)
    assert session.tiles[under_the_keys].status is TileStatus.FLAGGED  # type: ignore[index]
    assert page.isVisible()
    press(open_window, Qt.Key.Key_Escape)
    assert open_window.actions_by_name["fill unlabeled"].isEnabled()


def test_filters_search_and_the_way_out_of_an_empty_list(open_window: MainWindow, page: TileListPage) -> None:
    session = workspace_of(open_window).session
    first, second, third = listed(page)[:3]
    dot(session, first, 30, 30, value=2)
    session.set_note(second, "wet corner")
    session.flag(third)
    choose(page, "Status", "Flagged")
    assert listed(page) == [third]
    choose(page, "Status", "All tiles")
    choose(page, "Painted", "unhealthy")
    assert listed(page) == [first]
    choose(page, "Painted", "Any paint")
    search = type_into_search(page, "WET")
    assert listed(page) == [second]
    QTest.keyClicks(search, "er")
    assert listed(page) == []
    assert not page.view.isVisible()
    press(open_window, Qt.Key.Key_Return)  # no tile to choose: nothing happens
    assert page.isVisible()
    press(open_window, Qt.Key.Key_Escape)
    assert page.isVisible(), "the first Esc clears the search"
    assert len(listed(page)) == len(session.tiles)
    QTest.keyClicks(search, "corner")
    press(open_window, Qt.Key.Key_Return)
    assert workspace_of(open_window).flow.tile_id == second


def test_the_order_stays_while_one_looks_and_a_new_one_comes_with_the_next_opening(
    open_window: MainWindow, page: TileListPage, until: Until
) -> None:
    workspace = workspace_of(open_window)
    until(lambda: workspace.session.ranking)
    until(lambda: not workspace.session.work_under_way())
    page.refresh()
    before = listed(page)
    workspace.session._ranked([RankedTile(tile_id, 1.0, "coverage", text("why")) for tile_id in reversed(before)])
    assert listed(page) == before
    press(open_window, Qt.Key.Key_Escape)
    QTest.keyClick(workspace.canvas, Qt.Key.Key_G)
    assert listed(page) == before[::-1]


def test_no_tile_can_be_typed_into(page: TileListPage) -> None:
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_F2)
    assert page.view.state() is not QAbstractItemView.State.EditingState
    assert not page.view.findChildren(QLineEdit)


def test_thumbnails_show_the_scene_its_marks_and_its_paint(
    open_window: MainWindow, page: TileListPage, until: Until
) -> None:
    session = workspace_of(open_window).session
    tile_id = listed(page)[0]
    index = page.view.model().index(0, 0)
    until(lambda: isinstance(index.data(Qt.ItemDataRole.DecorationRole), QImage))
    rect = page.view.visualRect(index)

    def picture() -> np.ndarray:
        image = page.view.viewport().grab(rect).toImage().convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()

    bare = picture()
    assert len(np.unique(bare)) > 500, "noise, as the scene is"
    session.set_note(tile_id, "look")
    noted = picture()
    assert not np.array_equal(noted, bare)
    session.flag(tile_id)
    assert not np.array_equal(picture(), noted)
    dot(session, tile_id, 30, 30, value=2, diameter_px=40)
    assert (picture() & 0xFFFFFF == 0xD55E00).sum() > 20, "the bar in the class's colour"
    assert "look" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "Flagged" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_note_is_written_by_its_key(open_window: MainWindow, page: TileListPage) -> None:
    workspace = workspace_of(open_window)

    def write(words: str, how: Qt.Key) -> None:
        def act(dialog: NoteDialog) -> None:
            QTest.keyClick(dialog._words, Qt.Key.Key_A, CTRL)
            for line, typed in enumerate(words.splitlines()):
                QTest.keyClick(dialog._words, Qt.Key.Key_Return) if line else None
                QTest.keyClicks(dialog._words, typed)
            QTest.keyClick(dialog._words, how, CTRL if how == Qt.Key.Key_Return else Qt.KeyboardModifier.NoModifier)

        when_shown(NoteDialog, act)
        press(open_window, Qt.Key.Key_J)

    press(open_window, Qt.Key.Key_D)
    tile_id = page.current_tile()
    write("kein Regen", Qt.Key.Key_Return)
    assert workspace.session.notes == {tile_id: "kein Regen"}
    press(open_window, Qt.Key.Key_Escape)
    active = workspace.flow.tile_id
    write("never mind", Qt.Key.Key_Escape)
    assert workspace.session.notes == {tile_id: "kein Regen"}
    write("on the\ncanvas", Qt.Key.Key_Return)
    assert workspace.session.notes == {tile_id: "kein Regen", active: "on the\ncanvas"}


def calls_to_the_model(act: Callable[[], object]) -> int:
    """How many of its functions are called, by us or by Qt, until what `act` sets off has been drawn."""
    return calls(lambda: (act(), QApplication.processEvents()), of=model.__file__)


def test_fifty_thousand_tiles_stay_fluid(window: MainWindow, app: QApplication, tmp_path: Path) -> None:
    """As many tiles of a scene that is not there: what counts is the list."""
    side_px, along = 64, 224
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    with store_of(project) as store:
        cells = cut_grid(side_px * along, side_px * along, side_px)
        tiles = [TileRecord(0, 0, cell.column, cell.row, cell.rect, 1.0) for cell in cells]
        store.add_scenes([(SceneRecord(0, str(tmp_path / "gone.tif"), "", side_px * along, side_px * along), tiles)])
    workspace = Workspace(Session.open(project), app, window.keymap, window)
    window.setCentralWidget(workspace.centre)
    workspace.canvas.activate_tile(1)
    page = workspace.ways.tile_list
    opened = calls_to_the_model(lambda: (workspace.run("tile list"), page.open_at(30_000)))
    assert len(listed(page)) > 50_000
    bar = page.view.verticalScrollBar()
    places = np.linspace(0, bar.maximum(), 40).astype(int).tolist()
    frames = [calls_to_the_model(partial(bar.setValue, place)) for place in places]
    waiting = len(workspace.session.readers.active())
    drawn = page.view.viewport().visibleRegion().boundingRect()
    workspace.detach()
    workspace.close()
    assert drawn.width() > 300, "it is really seen"
    assert page.current_tile() == 30_000
    assert max(opened, *frames, calls_to_the_model(page.refresh)) < 1000, "Qt asks nothing for each tile that is there"
    assert waiting < 200, "what was scrolled past is not read"


def test_what_is_in_view_does_not_wait_for_the_scale_of_thumbnails(
    tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reader measures it in 36 windows and the other waits for it, which for a wide scene takes two seconds: what
    is in view comes between, on either."""
    reads: list[int] = []
    read, may_end, both = Scene.read, threading.Semaphore(3), threading.Barrier(2)

    def held(scene: Scene, *all: object, **more: object) -> object:
        reads.append(1)
        assert may_end.acquire(timeout=60)
        return read(scene, *all, **more)  # type: ignore[arg-type]

    with opened(make_project(tmp_path, [write_scene(tmp_path / "s.tif", 2048, 2048)], tile_px=256)) as session:
        monkeypatch.setattr(Scene, "read", held)
        refs = [session.tile_ref(tile_id) for tile_id in sorted(session.tiles)[:2]]
        pictures = [
            session.readers.submit(text("x"), partial(read_thumbnail, session.reader, ref), Priority.QUEUE)
            for ref in refs
        ]
        until(lambda: len(reads) >= 4)  # both pictures, and two windows, or one picture and three
        seen = [session.readers.submit(text("x"), lambda _: both.wait(60), Priority.VISIBLE) for _ in range(2)]
        may_end.release(3)
        assert all(job.wait(60) and job.error is None for job in seen), "after three of the windows at most"
        may_end.release(1000)
        assert all(picture.wait(60) and picture.result is not None for picture in pictures)
        assert 2 + 36 <= len(reads) < 2 * 36
