"""Masks that exist already, imported in the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QProgressDialog,
)

from core.imagery.scene import Pixels, Scene
from core.project.records import TileStatus
from core.project.settings import Setting
from gui import file_dialogs
from gui.dialogs.import_masks import ImportMasksDialog
from gui.dialogs.new_project import NewProjectDialog
from gui.dialogs.waiting import wait_for
from gui.main_window import MainWindow
from tests.core.projects import UTM, write_scene
from tests.core.test_mask_import import write_mask
from tests.gui.finding import button, named, words_in
from tests.gui.waiting import wait_for_tile, wait_ms

Until = Callable[[Callable[[], object]], None]


def masks_for(window: MainWindow, folder: Path, *values: int) -> dict[int, np.ndarray]:
    """A mask for each scene; returns what each tile's values are."""
    assert window.workspace is not None
    session = window.workspace.session
    folder.mkdir()
    whole = {}
    for scene in session.scenes.values():
        whole[scene.scene_id] = np.resize(np.array(values, np.uint8), (scene.height, scene.width))
        write_mask(folder / f"{Path(scene.path).stem}_mask.tif", whole[scene.scene_id], **UTM)
    return {tile_id: whole[tile.scene_id][tile.rect.slices] for tile_id, tile in session.tiles.items()}


def answer(monkeypatch: pytest.MonkeyPatch, folder: Path, act: Callable[[ImportMasksDialog], object]) -> None:
    """What the user does: shows the folder, and deals with the dialog."""
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(folder))

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ImportMasksDialog):
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(10, look)


def choose(dialog: ImportMasksDialog, meaning: dict[int, int]) -> None:
    for value, target in meaning.items():
        choice = named(dialog, QComboBox, f"Meaning of value {value}")
        choice.setCurrentIndex(choice.findData(target))
    dialog.accept()


def test_masks_are_looked_for_beside_the_scenes_and_then_where_they_were(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_window.workspace is not None
    session, masks, asked = open_window.workspace.session, tmp_path / "masks", []
    masks_for(open_window, masks, 1, 2)
    answer(monkeypatch, masks, lambda dialog: dialog.reject())
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda _parent, _title, begin: asked.append(begin) or str(masks))
    open_window.actions_by_name["import masks"].trigger()
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda _parent, _title, begin: asked.append(begin) or "")
    open_window.actions_by_name["import masks"].trigger()
    assert asked == [str(Path(next(iter(session.scenes.values())).path).parent), str(masks)]


def test_what_the_user_says_of_the_values_is_painted(
    open_window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_window.workspace
    assert workspace is not None
    session = workspace.session
    values = masks_for(open_window, tmp_path / "masks", 0, 0, 7)
    answer(monkeypatch, tmp_path / "masks", lambda dialog: choose(dialog, {0: 0, 7: 2}))
    open_window.actions_by_name["import masks"].trigger()
    assert set(session.painted) == set(session.tiles)
    for tile_id, expected in values.items():
        valid = workspace.session.mask(tile_id).labels != 0
        assert set(np.unique(session.mask(tile_id).labels)) <= {0, 2}
        assert (expected[valid] == 7).all()
        assert session.tiles[tile_id].status is TileStatus.DONE
    assert session.setting(Setting.MASK_VALUES)["reading"] == "0=0,7=2"
    assert workspace.notices.text.startswith(f"{len(session.tiles)} tile")
    until(lambda: not session.queue())
    open_window.actions_by_name["undo"].trigger()
    active = workspace.canvas.active
    assert active is not None
    assert not session.mask(active.tile_id).labels.any(), "a stroke like any other"


def test_an_import_reads_no_scene_on_the_windows_thread(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow drive that would hold it up once for each tile."""
    real, readers = Scene.read, []

    def watched(*arguments: Any, **named: Any) -> Pixels:
        readers.append(threading.current_thread())
        return real(*arguments, **named)

    masks_for(open_window, tmp_path / "masks", 1)
    answer(monkeypatch, tmp_path / "masks", lambda dialog: choose(dialog, {1: 2}))
    monkeypatch.setattr(Scene, "read", watched)
    open_window.actions_by_name["import masks"].trigger()
    session = open_window.workspace.session
    assert len(readers) >= len(session.tiles)
    assert threading.main_thread() not in readers
    for tile_id in session.tiles:
        assert np.array_equal(session.mask(tile_id).labels == 2, session.paintable(tile_id))


def test_an_import_is_answered_once(
    open_window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_window.workspace is not None
    session = open_window.workspace.session
    masks_for(open_window, tmp_path / "masks", 1, 2)
    answer(monkeypatch, tmp_path / "masks", QDialog.accept)
    taught: list[int | None] = []
    all_paint = session.stand_in.taught
    monkeypatch.setattr(session.stand_in, "taught", lambda shown=None: (taught.append(shown), all_paint(shown))[1])
    open_window.actions_by_name["import masks"].trigger()
    assert len(session.painted) == len(session.tiles) > 1
    assert len(taught) == 1
    until(lambda: all(tile_id in session.forecasts.predictions for tile_id in session.tiles))


def test_given_up_nothing_changes(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    assert open_window.workspace is not None
    session = open_window.workspace.session
    masks_for(open_window, tmp_path / "masks", 0, 1)
    answer(monkeypatch, tmp_path / "masks", QDialog.reject)
    open_window.actions_by_name["import masks"].trigger()
    assert not session.painted
    assert session.setting(Setting.MASK_VALUES) is None


def test_what_is_wrong_with_the_last_mask_stops_the_first(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_window.workspace is not None
    session = open_window.workspace.session
    masks_for(open_window, tmp_path / "masks", 1, 2)
    write_mask(tmp_path / "masks" / "south_mask.tif", np.ones((50, 50), np.uint8))
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, words: said.append(words))
    answer(monkeypatch, tmp_path / "masks", QDialog.accept)
    open_window.actions_by_name["import masks"].trigger()
    assert len(said) == 1
    assert "does not lie on its scene" in said[0]
    assert not session.painted


def test_a_scene_that_is_lost_is_named_and_the_others_get_their_labels(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_window.workspace
    assert workspace is not None
    session = workspace.session
    masks_for(open_window, tmp_path / "masks", 1, 2)
    *others, lost = session.scenes.values()
    assert others, "the test needs some"
    Path(lost.path).unlink()
    answer(monkeypatch, tmp_path / "masks", QDialog.accept)
    open_window.actions_by_name["import masks"].trigger()
    assert set(session.painted) == {t for t, tile in session.tiles.items() if tile.scene_id != lost.scene_id}
    assert f"Scenes that cannot be read were left out: {Path(lost.path).name}." in workspace.notices.text


@pytest.mark.parametrize("end", ["stop", "the desktop's session"])
def test_an_import_that_is_ended_keeps_what_is_painted(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    assert open_window.workspace is not None
    session = open_window.workspace.session
    masks_for(open_window, tmp_path / "masks", 1, 2)
    painted: list[int] = []

    def import_mask(tile_id: int, *planes: np.ndarray) -> bool:
        painted.append(tile_id)
        time.sleep(0.2)  # long enough for the dialog to show
        if len(painted) == 4 and end == "stop":
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QProgressDialog)
            dialog.cancel()
        elif len(painted) == 4:
            QTimer.singleShot(0, QApplication.closeAllWindows)
        return real(tile_id, *planes)

    real = session.import_mask
    monkeypatch.setattr(session, "import_mask", import_mask)
    answer(monkeypatch, tmp_path / "masks", QDialog.accept)
    open_window.actions_by_name["import masks"].trigger()
    assert len(painted) == 4
    if end == "stop":
        assert len(session.painted) == 4
    else:
        assert open_window.workspace is None


@pytest.mark.parametrize("as_files", [False, True])
def test_masks_found_with_the_scenes_of_a_new_project_are_offered(
    window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_files: bool
) -> None:
    folder = tmp_path / "chips"
    (folder / "masks").mkdir(parents=True)
    for name in "ab":
        write_scene(folder / "images" / f"{name}.tif", 64, 64)
        write_mask(folder / "masks" / f"{name}.tif", np.resize(np.array([1, 2], np.uint8), (64, 64)), **UTM)
    (folder / "broken.tif").write_bytes(b"no image")
    said: list[str] = []

    def create() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, NewProjectDialog) or not button(dialog, "Create project").isEnabled():
            QTimer.singleShot(10, create)
            return
        scenes = named(dialog, QListWidget, "Scenes")
        said.append(words_in(dialog))
        said.extend(scenes.item(row).text() for row in range(scenes.count()))
        named(dialog, QLineEdit, "Save as").setText(str(tmp_path / "chips.fieldbrush"))
        button(dialog, "Create project").click()

    QTimer.singleShot(10, create)
    window.new_project(sorted(folder.rglob("*.tif")) if as_files else [folder])
    state, *rows = said
    assert "2 scene(s) · 2 mask(s) found · 1 file(s) left out" in state.splitlines()
    assert [row for row in rows if "left out" in row] == ["⚠  broken.tif is left out"]
    assert "2 mask(s): to be imported as labels" in rows
    workspace = window.workspace
    assert workspace is not None
    assert workspace.notices.text.startswith("2 mask(s) were found")
    wait_for_tile(window, until)
    assert workspace.notices.text.startswith("2 mask(s) were found"), "no other hint comes in its place"
    answer(monkeypatch, folder / "masks", lambda dialog: choose(dialog, {1: 1, 2: 2}))
    if not as_files:
        monkeypatch.setattr(file_dialogs, "ask_folder", None)  # nobody need be asked
    button(workspace.notices, "Import masks…").click()
    assert set(workspace.session.painted) == set(workspace.session.tiles)
    until(lambda: not workspace.session.queue())
    window.actions_by_name["submit"].trigger()
    assert workspace.notices.text == "Every tile is done. Train a model on them, or export the labels."
    button(workspace.notices, "Train now").click()
    assert workspace.session.training_job() is not None
    window.actions_by_name["submit"].trigger()
    assert workspace.notices.text == "Every tile is done. Export the labels."
    workspace.session.training_job().cancel()


def test_what_is_done_at_once_shows_no_progress_afterwards(open_window: MainWindow) -> None:
    assert wait_for(open_window, "Import masks", "Looking at the masks …", lambda _: 7).result == 7
    wait_ms(4200)  # Qt shows a progress dialog after four seconds; while the next one is open it is not deleted
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QProgressDialog) and w.isVisible()]
