"""What ends a stroke besides the button: a dialog, a release that another window gets, the end of the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from core.errors import ProjectError
from core.session import Session
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.core.projects import make_project, opened, write_scene
from tests.gui.test_canvas import LEFT, NONE, RIGHT, canvas_of, drag, labels_of, place
from tests.gui.waiting import run_what_is_due, wait_until_laid_out

SHAPES = ("rectangle", "line", "lasso")


@pytest.fixture(autouse=True)
def _no_button_stays_down(app: QApplication) -> Iterator[None]:
    """Qt remembers for the whole program which buttons are down."""
    yield
    somewhere = QWidget()
    somewhere.show()
    for button in (LEFT, RIGHT, Qt.MouseButton.MiddleButton, Qt.MouseButton.BackButton):
        QTest.mouseRelease(somewhere, button)
    assert QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
    somewhere.close()


def hover(canvas: CanvasView) -> None:
    """Move the mouse over the tile, no button pressed."""
    for y in (0.7, 0.8):
        QTest.mouseMove(canvas, place(canvas, 0.6, y))
        run_what_is_due()


@pytest.mark.parametrize("tool", ["brush", "rectangle"])
def test_a_dialog_ends_the_stroke_and_keeps_it(open_window: MainWindow, tool: str) -> None:
    canvas = canvas_of(open_window)
    canvas.tools.choose(tool)
    drag(canvas, [(0.1, 0.3), (0.4, 0.5)], release=False)

    def leave_dialog() -> None:
        dialog = QApplication.activeModalWidget()
        QTest.mouseRelease(dialog, LEFT, NONE, QPoint(5, 5))
        dialog.reject()

    QTimer.singleShot(0, leave_dialog)
    QTest.keyClick(canvas, Qt.Key.Key_J)
    assert not canvas.tool.is_busy
    assert [name for _, name, _ in canvas.session.strokes(canvas.active.tile_id)] == [tool]
    before = labels_of(canvas).copy()
    assert before.any()
    hover(canvas)
    assert (labels_of(canvas) == before).all(), "nothing is painted without a button"


@pytest.mark.parametrize("tool", ["brush", "eraser"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Right, Qt.Key.Key_Plus])
def test_a_key_that_moves_the_view_in_the_middle_of_a_stroke_paints_no_line(
    open_window: MainWindow, tool: str, key: Qt.Key
) -> None:
    """The hand has stood still: where the scene passed below it, nothing is painted."""
    canvas = canvas_of(open_window)
    tile_id = canvas.active.tile_id
    if tool == "eraser":
        canvas.session.fill_unlabeled(tile_id, 1)
    untouched = labels_of(canvas).copy()
    canvas.tools.choose(tool)
    canvas.tools.set_diameter(tool, 4)
    drag(canvas, [(0.1, 0.2), (0.12, 0.2)], release=False)
    before = labels_of(canvas).copy()
    QTest.keyClick(canvas, key)
    assert canvas.tool.is_busy
    there = canvas._cursor.toPoint() + QPoint(1, 1)
    QTest.mouseMove(canvas, there)
    x, y = canvas.viewport.to_scene(QPointF(there))
    QTest.mouseRelease(canvas, LEFT, NONE, there)
    rows, columns = (labels_of(canvas) != before).nonzero()
    assert len(rows)
    assert (abs(columns + canvas.active.rect.x - x) < 4).all()
    assert (abs(rows + canvas.active.rect.y - y) < 4).all()
    assert canvas.session.undo(tile_id)
    assert (labels_of(canvas) == untouched).all(), "it was one stroke"


def test_a_menu_that_has_had_the_release_ends_the_stroke(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.4, 0.5)], release=False)
    menu = open_window.menuBar().findChild(QMenu)
    menu.popup(QPoint(0, 0))
    run_what_is_due()
    QTest.mouseRelease(menu, LEFT, NONE, QPoint(-5, -5))
    menu.close()
    before = labels_of(canvas).copy()
    hover(canvas)
    assert (labels_of(canvas) == before).all()
    assert len(canvas.session.strokes(canvas.active.tile_id)) == 1


def test_a_menu_that_has_had_the_release_ends_a_drag_of_the_scene(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, NONE, place(canvas, 0.5, 0.5))
    menu = open_window.menuBar().findChild(QMenu)
    menu.popup(QPoint(0, 0))
    run_what_is_due()
    QTest.mouseRelease(menu, Qt.MouseButton.MiddleButton, NONE, QPoint(-5, -5))
    menu.close()
    before = canvas.middle()
    hover(canvas)
    assert canvas.middle() == pytest.approx(before), "only a resize may have come between"
    assert not canvas.hand.is_dragging


def test_closing_the_window_in_the_middle_of_a_stroke_keeps_it(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    project, tile_id = canvas.session.path, canvas.active.tile_id
    drag(canvas, [(0.1, 0.5), (0.4, 0.5)], release=False)
    open_window.close()
    with opened(project) as session:
        assert session.mask(tile_id).labels.any()


@pytest.mark.parametrize("leave", ["close", "close_project", "open another"])
def test_an_open_polygon_is_kept_when_its_project_is_closed(
    open_window: MainWindow, tmp_path: Path, leave: str
) -> None:
    canvas = canvas_of(open_window)
    project, tile_id = canvas.session.path, canvas.active.tile_id
    canvas.tools.choose("polygon")
    for corner in ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5)):
        QTest.mouseClick(canvas, LEFT, NONE, place(canvas, *corner))
    if leave == "open another":
        open_window.open_project(make_project(tmp_path, [write_scene(tmp_path / "third.tif")], name="other"))
    else:
        getattr(open_window, leave)()
    with opened(project) as session:
        assert [tool for _, tool, _ in session.strokes(tile_id)] == ["polygon"]
        assert session.mask(tile_id).labels.any()


def test_what_cannot_be_kept_on_closing_is_told_on_the_start_page(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    drag(canvas_of(open_window), [(0.1, 0.5), (0.4, 0.5)], release=False)

    def refuse(*_: object) -> None:
        raise ProjectError("The disk is full.", "Free some space.")

    monkeypatch.setattr(Session, "finish_stroke", refuse)
    open_window.close_project()
    wait_until_laid_out(open_window)
    assert open_window.start_notices.text == "The disk is full. Free some space."


def test_editing_classes_in_the_middle_of_a_stroke_keeps_it(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.4, 0.5)], release=False)
    QTimer.singleShot(0, lambda: QApplication.activeModalWidget().reject())
    open_window.actions_by_name["classes"].trigger()
    assert labels_of(canvas).any()
    assert not canvas.tool.is_busy


def test_a_double_click_of_another_button_paints_nothing(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    QTest.mouseDClick(canvas, Qt.MouseButton.BackButton, NONE, place(canvas, 0.5, 0.5))
    assert not canvas.tool.is_busy
    hover(canvas)
    assert not canvas.session.painted


@pytest.mark.parametrize(("held", "touched"), [(LEFT, RIGHT), (RIGHT, LEFT)])
def test_another_button_touched_meanwhile_ends_no_stroke(
    open_window: MainWindow, held: Qt.MouseButton, touched: Qt.MouseButton
) -> None:
    """As the thumb does to the button at a pen's side."""
    canvas = canvas_of(open_window)
    canvas.session.fill_unlabeled(canvas.active.tile_id, 2)
    drag(canvas, [(0.1, 0.5), (0.4, 0.5)], held, release=False)
    for kind, buttons in ((QEvent.Type.MouseButtonPress, held | touched), (QEvent.Type.MouseButtonRelease, held)):
        at = QPointF(place(canvas, 0.4, 0.5))
        QApplication.sendEvent(canvas, QMouseEvent(kind, at, canvas.mapToGlobal(at), touched, buttons, NONE))
    assert canvas.tool.is_busy
    QTest.mouseMove(canvas, place(canvas, 0.8, 0.5))
    QTest.mouseRelease(canvas, held, NONE, place(canvas, 0.8, 0.5))
    row = labels_of(canvas)[labels_of(canvas).shape[0] // 2]
    assert row[40] == (1 if held == LEFT else 0)
    assert len(canvas.session.strokes(canvas.active.tile_id)) == 2


def test_two_quick_picks_of_a_class_paint_nothing(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    alt = Qt.KeyboardModifier.AltModifier
    for click in (QTest.mousePress, QTest.mouseRelease, QTest.mouseDClick, QTest.mouseRelease):
        click(canvas, LEFT, alt, place(canvas, 0.5, 0.5))
    assert not canvas.session.painted


@pytest.mark.parametrize("tool", SHAPES)
def test_a_shape_that_cannot_be_saved_says_why(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tool: str
) -> None:
    """It is painted when the button comes up, and by then the disk may be gone."""
    canvas = canvas_of(open_window)
    canvas.tools.choose(tool)
    _break_painting(monkeypatch)
    drag(canvas, [(0.1, 0.3), (0.4, 0.3), (0.4, 0.6)])
    assert open_window.workspace.notices.text == "The disk is gone. Plug it in."
    assert "Traceback" not in capsys.readouterr().err
    assert not canvas.tool.is_busy
    assert not canvas.session.painted


@pytest.mark.parametrize("tool", ["snapping brush", "fill", "wand"])
def test_a_press_whose_colours_cannot_be_read_begins_no_stroke(open_window: MainWindow, tool: str) -> None:
    """The stroke before it has left colours behind, which are not those on the screen: nothing may go by them."""
    canvas = canvas_of(open_window)
    canvas.tools.choose(tool)
    drag(canvas, [(0.4, 0.2), (0.5, 0.2)])
    before = labels_of(canvas).copy()
    assert before.any()
    scene = canvas.session.scene_files.open(canvas.scene_id)
    path = Path(canvas.session.scenes[canvas.scene_id].path)
    away = path.rename(path.with_suffix(".away"))
    scene.release()
    canvas.set_state(composite_key=next(c.key for c in canvas.session.looks.composites if c.is_band))
    drag(canvas, [(0.4, 0.7), (0.5, 0.7), (0.6, 0.7)], release=False)
    assert not canvas.tool.is_busy
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.6, 0.7))
    assert away.stem in open_window.workspace.notices.text
    assert (labels_of(canvas) == before).all()
    away.rename(path)
    drag(canvas, [(0.4, 0.2), (0.5, 0.2)], RIGHT)
    assert (labels_of(canvas) != before).any(), "it can be read again"


def _break_painting(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ProjectError("The disk is gone.", "Plug it in.")

    monkeypatch.setattr(Session, "begin_stroke", refuse)
