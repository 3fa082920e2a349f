"""Keys: every one that labeling by hand needs does what it says, and all can be changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QKeySequenceEdit

from core.labels.classes import IGNORE
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from gui.actions import COMMANDS, MENUS
from gui.dialogs.keys import ChangeKeyDialog, KeysDialog
from gui.keymap import RESERVED, Keymap
from gui.main_window import MainWindow
from gui.panels import inspector as inspector_module
from tests.gui.finding import button, named, words_in
from tests.gui.test_canvas import LEFT, canvas_of, drag, labels_of, place
from tests.gui.waiting import run_what_is_due

Until = Callable[[Callable[[], object]], None]
SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
)  # fmt: skip


def press(window: MainWindow, keys: str) -> None:
    """Type it as the user does, on the canvas."""
    canvas = canvas_of(window)
    canvas.setFocus()
    QTest.keySequence(canvas, QKeySequence(keys))
    QApplication.processEvents()


@pytest.mark.parametrize(
    ("key", "tool"),
    [("B", "brush"), ("E", "eraser"), ("F", "fill"), ("L", "lasso"), ("P", "polygon"), ("W", "wand"), ("I", "inspect"),
     ("S", "snapping brush"), ("H", "prediction brush"), ("Y", "relabel"), ("Shift+L", "line"),
     ("Shift+P", "rectangle")],
)  # fmt: skip
def test_tools_by_key(open_window: MainWindow, key: str, tool: str) -> None:
    canvas_of(open_window).tools.choose("fill" if tool != "fill" else "brush")
    press(open_window, key)
    assert canvas_of(open_window).tool.name == tool
    assert open_window.actions_by_name[tool].isChecked()


def test_labels_by_key(open_window: MainWindow) -> None:
    state = canvas_of(open_window).state
    for key, value in (("2", 2), ("0", IGNORE), ("1", 1), ("X", IGNORE), ("X", 1)):
        press(open_window, key)
        assert state.class_value == value, key
    press(open_window, "Shift+B")
    assert state.protect_painted


def test_sizes_by_key(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.tools.set_diameter("brush", 100)
    sizes = []
    for key in ("]", ".", "[", ",", "Shift+]", "Shift+.", "Shift+[", "Shift+,"):
        press(open_window, key)
        sizes.append(canvas.state.diameters["brush"])
    assert sizes == [120, 144, 120, 100, 101, 102, 101, 100]


def test_view_by_key(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    for key, name in (("M", "show_mask"), ("N", "show_prediction"), ("U", "show_doubt")):
        before = getattr(canvas.state, name)
        press(open_window, key)
        assert getattr(canvas.state, name) is not before, key
    first = canvas.composite.key
    press(open_window, "V")
    assert canvas.composite.key != first or len(canvas.composites) == 1
    press(open_window, "Shift+V")
    assert canvas.composite.key == first
    press(open_window, "Ctrl+1")
    assert canvas.viewport.scale * canvas.devicePixelRatioF() == pytest.approx(1)
    press(open_window, "Ctrl+0")
    assert canvas.viewport.scale != pytest.approx(1)
    QTest.keyPress(canvas, Qt.Key.Key_Q)
    assert canvas.peeking
    QTest.keyRelease(canvas, Qt.Key.Key_Q)
    assert not canvas.peeking


def test_queue_and_undo_by_key(open_window: MainWindow) -> None:
    canvas, session = canvas_of(open_window), canvas_of(open_window).session
    first = canvas.active.tile_id
    press(open_window, "D")
    assert canvas.active.tile_id != first
    press(open_window, "A")
    assert canvas.active.tile_id == first
    press(open_window, "Shift+F")
    assert (labels_of(canvas)[:, :40] == 1).all()
    press(open_window, "Ctrl+Z")
    assert not labels_of(canvas).any()
    press(open_window, "Ctrl+Y")
    assert labels_of(canvas).any()
    press(open_window, "Ctrl+Z")
    press(open_window, "Ctrl+Shift+Z")
    assert labels_of(canvas).any()
    press(open_window, "Ctrl+S")
    assert "Already saved" in open_window.workspace.notices.text
    press(open_window, "Return")
    assert session.tiles[first].status.value == "done"
    second = canvas.active.tile_id
    press(open_window, "K")
    assert session.tiles[second].status.value == "skipped"
    third = canvas.active.tile_id
    press(open_window, "R")
    assert session.tiles[third].status.value == "flagged"
    press(open_window, "T")  # one class only: it says what is missing
    assert "two classes" in open_window.workspace.notices.text.casefold()
    press(open_window, "Ctrl+Return")
    assert "no prediction" in open_window.workspace.notices.text


@pytest.mark.parametrize("tool", ["brush", "eraser"])
def test_shift_and_a_click_draw_a_straight_line_from_the_last_point(open_window: MainWindow, tool: str) -> None:
    canvas = canvas_of(open_window)
    if tool == "eraser":
        canvas.session.fill_unlabeled(canvas.active.tile_id, 1)
    before = labels_of(canvas).copy()
    canvas.tools.choose(tool)
    canvas.tools.set_diameter(tool, 3)
    drag(canvas, [(0.1, 0.2)])
    QTest.mouseClick(canvas, LEFT, SHIFT, place(canvas, 0.6, 0.2))
    changed = labels_of(canvas) != before
    row = changed[13]
    assert row[7:38].all(), "the line has gaps"
    assert changed[:10].sum() + changed[17:].sum() == 0
    QTest.mouseClick(canvas, LEFT, SHIFT, place(canvas, 0.6, 0.8))
    assert (labels_of(canvas) != before)[13:50, 38].all()


@pytest.mark.parametrize("held", [ALT, CTRL])
def test_alt_or_ctrl_and_a_click_pick_the_class(open_window: MainWindow, held: Qt.KeyboardModifier) -> None:
    canvas = canvas_of(open_window)
    canvas.choose_class(2)
    drag(canvas, [(0.1, 0.5), (0.5, 0.5)])
    canvas.choose_class(1)
    QTest.mouseClick(canvas, LEFT, held, place(canvas, 0.3, 0.5))
    assert canvas.state.class_value == 2
    QTest.mouseClick(canvas, LEFT, held, place(canvas, 0.3, 0.05))  # unlabeled: nothing to pick
    assert canvas.state.class_value == 2
    assert len(canvas.session.strokes(canvas.active.tile_id)) == 1


def test_no_class_is_picked_from_a_tile_of_another_scene(open_window: MainWindow) -> None:
    """Which may be looked at while the active tile stays: its pixels have the same numbers."""
    canvas = canvas_of(open_window)
    canvas.session.fill_unlabeled(canvas.active.tile_id, 2)
    at = place(canvas, 0.5, 0.5)
    viewport = canvas.viewport
    canvas.show_scene(next(scene_id for scene_id in canvas.session.scenes if scene_id != canvas.active.scene_id))
    canvas.set_viewport(viewport)
    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.AltModifier, at)
    assert canvas.state.class_value == 1
    open_window.workspace.inspector._show_classes(*(int(value) for value in canvas.viewport.to_scene(at.toPointF())))
    assert open_window.workspace.inspector._label.text() == "–"


def test_a_predicted_class_is_picked_where_it_shows(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    tile = canvas.active
    shape = (tile.rect.height, tile.rect.width)
    prediction = TilePrediction(tile.tile_id, 0, np.full(shape, 2, np.uint8), np.zeros(shape, np.uint8))
    canvas.session.forecasts.predictions.keep(PackedPrediction.of(prediction))
    canvas.set_state(show_prediction=False)
    QTest.mouseClick(canvas, LEFT, ALT, place(canvas, 0.3, 0.5))
    assert canvas.state.class_value == 1
    canvas.set_state(show_prediction=True)
    QTest.mouseClick(canvas, LEFT, ALT, place(canvas, 0.3, 0.5))
    assert canvas.state.class_value == 2


def test_values_that_come_after_the_cursor_has_left_are_not_shown(
    open_window: MainWindow, until: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[type-arg]
    canvas, inspector = canvas_of(open_window), open_window.workspace.inspector
    entered, may_read, real = Event(), Event(), inspector_module._read_values

    def slow(*arguments: Any) -> Any:
        entered.set()
        may_read.wait(60)
        return real(*arguments)

    monkeypatch.setattr(inspector_module, "_read_values", slow)
    press(open_window, "I")
    inspector._cursor_moved(30, 30)
    read = inspector._job
    assert read is not None
    assert entered.wait(60)
    canvas.cursor_left.emit()
    may_read.set()
    until(lambda: read.state.is_final)
    run_what_is_due()
    assert {value.text() for value in inspector._values} == {"–"}
    inspector._cursor_moved(30, 30)
    until(lambda: "–" not in {value.text() for value in inspector._values})


def test_inspect_never_paints_and_moves_the_scene(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    press(open_window, "I")
    assert not open_window.workspace.inspector.visibleRegion().isEmpty(), "its values are in front"
    before = canvas.viewport
    drag(canvas, [(0.3, 0.3), (0.5, 0.6)])
    assert canvas.viewport != before
    assert canvas.viewport.scale == before.scale
    assert not canvas.session.painted
    press(open_window, "B")
    drag(canvas, [(0.3, 0.3), (0.5, 0.5)])
    assert canvas.session.painted


# -- changing them ----------------------------------------------------------------------------------------------------


def test_a_key_that_is_given_away_works_at_once_and_after_a_restart(open_window: MainWindow) -> None:
    keymap, canvas = open_window.keymap, canvas_of(open_window)
    keymap.set_key("wand", "E")
    assert (keymap.keys("wand"), keymap.keys("eraser")) == (("E",), ())
    press(open_window, "E")
    assert canvas.tool.name == "wand"
    press(open_window, "W")
    assert canvas.tool.name == "wand", "the old key has no effect, and no other either"
    assert "E" in open_window.actions_by_name["wand"].toolTip()
    again = Keymap(open_window.actions_by_name)
    assert (again.keys("wand"), again.keys("eraser")) == (("E",), ())
    again.reset("wand")
    assert (again.keys("wand"), again.keys("eraser")) == (("W",), ())
    again.reset()
    assert not again.is_changed()
    open_window.keymap.reset()
    press(open_window, "E")
    assert canvas.tool.name == "eraser"


@pytest.mark.parametrize("key", ["1", "Q", "Space", "Esc", "nonsense", "strg+k"])
def test_keys_that_cannot_be_given_are_refused(open_window: MainWindow, key: str) -> None:
    with pytest.raises(ValueError, match=key.replace("+", r"\+")):
        open_window.keymap.set_key("wand", key)
    assert open_window.keymap.keys("wand") == ("W",)


def test_damaged_settings_leave_the_first_keys(open_window: MainWindow) -> None:
    QSettings().setValue("keys/wand", "nonsense Q 1")
    QSettings().setValue("keys/fill", "E")
    QSettings().setValue("keys/lasso", "E")
    QSettings().setValue("keys/brush", 17)
    keymap = Keymap(open_window.actions_by_name)
    assert keymap.keys("wand") == ("W",)
    assert keymap.keys("brush") == ("B",)
    holders = [name for name in ("fill", "lasso", "eraser") if "E" in keymap.keys(name)]
    assert len(holders) == 1
    keymap.reset()


def test_brackets_work_where_they_take_alt_gr(open_window: MainWindow) -> None:
    """As on a German keyboard. Qt by itself finds only the shortcut of the digit on the same key."""
    canvas = canvas_of(open_window)
    before = canvas.state.diameters["brush"]
    QTest.keyClick(canvas, "[", Qt.KeyboardModifier.GroupSwitchModifier)
    assert canvas.state.diameters["brush"] < before
    QTest.keyClick(canvas, "]", Qt.KeyboardModifier.GroupSwitchModifier)
    assert canvas.state.diameters["brush"] == before


@pytest.mark.parametrize("made_by_shift", ["[{ ]} ,< .> ;:", ",; .: -_ +*"], ids=["US", "German"])
def test_no_key_is_what_shift_makes_of_another(made_by_shift: str) -> None:
    """Where a key press is both "Shift+[" and "{", Qt calls it ambiguous and does nothing."""
    keys = {key for command in COMMANDS for key in command.keys}
    for plain, shifted in made_by_shift.split():
        assert not {f"Shift+{plain}", shifted} <= keys


def test_no_default_is_reserved(open_window: MainWindow) -> None:
    assert not [key for name in open_window.actions_by_name for key in open_window.keymap.keys(name) if key in RESERVED]


def test_the_sheet_shows_conflicts_and_changes_keys(open_window: MainWindow) -> None:
    keymap = open_window.keymap
    sheet = KeysDialog(keymap, open_window)
    sheet.show()
    reset = button(sheet, "Reset all keys")
    assert not reset.isEnabled()
    asking = ChangeKeyDialog(keymap, "wand", sheet)
    asking.show()
    use, field = button(asking, "Use this key"), named(asking, QKeySequenceEdit, "New key")
    assert not use.isEnabled()
    for key, says, possible in (("Q", "taken: The bare image", False), ("E", "“Eraser” has this key", True),
                                ("Ctrl+J", "free", True)):  # fmt: skip
        field.setKeySequence(QKeySequence(key))
        assert says in words_in(asking)
        assert use.isEnabled() is possible
    QTest.keyClick(field, Qt.Key.Key_J, CTRL)
    use.click()
    assert keymap.keys("wand") == ("Ctrl+J",)
    sheet.refresh()
    assert "Ctrl+J" in sheet._buttons["wand"].accessibleName()
    reset.click()
    assert keymap.keys("wand") == ("W",)
    assert not reset.isEnabled()
    sheet.reject()


def test_the_user_guide_lists_the_keys_of_every_command() -> None:
    """As the key sheet does: by menu, with all keys."""
    guide = (Path(__file__).resolve().parents[2] / "docs" / "user-guide.md").read_text("utf-8")
    commands = {command.name: command for command in COMMANDS}
    wanted: list[str] = []
    for title, names in MENUS:
        wanted += ["", f"| {title.replace('&', '')} | |", "| --- | --- |"]
        for command in (commands[name] for name in names if name):
            keys = " or ".join(dict.fromkeys(key.replace("Return", "Enter") for key in command.keys))
            wanted += [f"| {keys} | {command.text.rstrip('…')} |"] if keys else []
    assert guide.endswith("\n".join(wanted) + "\n")
