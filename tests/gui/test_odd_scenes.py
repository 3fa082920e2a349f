"""Every odd file that people have sent to other programs, through the window: a new project of it, and the picture."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from core.geometry import Rect
from core.imagery.display import read_composite, render
from core.imagery.georeference import Georeference
from gui.canvas.decorations import tilt_degrees
from gui.canvas.view import CanvasView
from gui.dialogs.new_project import NewProjectDialog
from gui.keymap import Keymap
from gui.main_window import MainWindow
from tests.data import real_data
from tests.gui.test_canvas import NONE
from tests.gui.waiting import wait_for_picture

Until = Callable[[Callable[[], object]], None]
_POINTS = 6  # looked at in each picture
_SCALE = 24.0


def _manifest() -> list[tuple[str, str]]:
    try:
        with (real_data("odd") / "MANIFEST.csv").open() as file:
            rows = list(csv.DictReader(file))
    except pytest.skip.Exception:
        return [("absent", "open"), ("absent", "fail with message")]
    return [(row["file"], row["expected_behaviour"]) for row in rows if row["file"].endswith(".tif")]


def _files(*, readable: bool) -> list[tuple[str, str]]:
    return [(name, expected) for name, expected in _manifest() if (expected != "fail with message") is readable]


@pytest.fixture
def dialog(app: QApplication) -> Iterator[Callable[[Path], NewProjectDialog]]:
    """Opens the dialog for a new project on a file."""
    opened: list[NewProjectDialog] = []

    def show(path: Path) -> NewProjectDialog:
        opened.append(NewProjectDialog([path], Keymap({})))
        opened[-1].show()
        return opened[-1]

    yield show
    for each in opened:
        each.reject()
        each.deleteLater()


@pytest.mark.parametrize(("name", "expected"), _files(readable=True))
def test_the_picture_and_the_place_of_every_pixel_are_right(
    name: str,
    expected: str,
    window: MainWindow,
    dialog: Callable[[Path], NewProjectDialog],
    until: Until,
    tmp_path: Path,
) -> None:
    path = real_data("odd") / name
    chooser = dialog(path)
    until(chooser._create.isEnabled)
    chooser._budget_and_file.file.setText(str(tmp_path / "odd"))
    chooser._create.click()
    until(lambda: chooser.project_path is not None or chooser._create.isEnabled())
    if expected == "open as JPEG or refuse" and chooser.project_path is None:
        assert "nodata almost everywhere" in chooser._state.text()
        return
    assert chooser.project_path is not None, chooser._state.text()
    window.open_project(chooser.project_path)
    until(lambda: window.workspace is not None and window.workspace.canvas.active is not None)
    canvas = window.workspace.canvas
    canvas.set_state(show_grid=False, show_minimap=False)
    canvas.fit_scene()
    wait_for_picture(canvas, until)
    assert len(colours_of(canvas.grab().toImage())) > 3, "the whole scene is one grey"
    for column, row in points(canvas):
        check_colour(canvas, until, column, row)
        check_place(window, until, path, column, row)
    check_north(canvas)
    assert "wrong" not in window.workspace.notices.text.lower()


def points(canvas: CanvasView) -> list[tuple[int, int]]:
    """Pixels with data, spread over the Scene, the first and the last among them if they have any."""
    scene, whole = canvas.session.scene_files.open(canvas.scene_id), canvas.scene_rect()
    side = 64
    shrunk = min(side / max(whole.width, whole.height), 1)
    height, width = max(round(whole.height * shrunk), 1), max(round(whole.width * shrunk), 1)
    valid = scene.read_valid(whole, height, width, canvas.session.interpretation)
    rows, columns = np.nonzero(valid)
    assert len(rows), "no pixel has data"
    chosen = np.unique(np.linspace(0, len(rows) - 1, _POINTS).astype(int))
    return [
        (min(int((columns[n] + 0.5) / width * whole.width), whole.width - 1),
         min(int((rows[n] + 0.5) / height * whole.height), whole.height - 1))
        for n in chosen
    ]  # fmt: skip


def check_colour(canvas: CanvasView, until: Until, column: int, row: int) -> None:
    """The pixel has the colour on the screen that its own values make."""
    canvas.look_at(column + 0.5, row + 0.5, _SCALE)
    wait_for_picture(canvas, until)
    seen = canvas.peeking
    canvas.set_peeking(True)
    screen = canvas.grab().toImage()
    canvas.set_peeking(seen)
    shown = screen.pixelColor(screen.width() // 2, screen.height() // 2)
    scene, composite = canvas.session.scene_files.open(canvas.scene_id), canvas.composite
    one = read_composite(scene, Rect(column, row, 1, 1), composite, canvas.session.interpretation, 1, 1)
    stretch = canvas.pyramid.stretch(canvas.scene_id, composite)
    expected = int(
        render(one.values, one.valid, composite, stretch, canvas.session.looks.look(composite).colours)[0, 0]
    )
    if expected >> 24 == 0:  # no data at exactly this pixel: the ground shows
        return
    wanted = [expected >> 16 & 255, expected >> 8 & 255, expected & 255]
    assert np.abs(np.array(wanted) - [shown.red(), shown.green(), shown.blue()]).max() <= 2, (column, row)


def check_place(window: MainWindow, until: Until, path: Path, column: int, row: int) -> None:
    """The status bar says the map coordinates that rasterio has for the pixel's centre."""
    canvas = window.workspace.canvas
    canvas.look_at(column + 0.5, row + 0.5, _SCALE)
    middle = QPointF(canvas.width() // 2, canvas.height() // 2)
    no_button = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, middle, canvas.mapToGlobal(middle), no_button, no_button, NONE)
    QApplication.sendEvent(canvas, moved)
    until(lambda: f"pixel {column}, {row}" in window._status._place.text())
    said = window._status._place.text()
    with rasterio.open(path) as file:
        points, _ = file.gcps
        transform = rasterio.transform.from_gcps(points) if points else file.transform
        if not points and file.transform == rasterio.Affine.identity() and not file.crs:
            assert said == f"pixel {column}, {row}"
            return
    x, y = canvas.viewport.to_scene(middle)
    a, b, c, d, e, f = tuple(transform)[:6]
    expected = (a * x + b * y + c, d * x + e * y + f)
    numbers = [float(word) for word in said.split("   ")[1].split()[:2]]
    assert numbers == pytest.approx(expected, abs=0.006)


def check_north(canvas: CanvasView) -> None:
    """The arrow is there where north is not at the top, and only there."""
    scene = canvas.session.scene_files.open(canvas.scene_id)
    place = Georeference(scene.info)
    north = place.north()
    if not place.is_georeferenced:
        assert north is None
        return
    assert north is not None
    corner, across, below = (np.array(place.to_map(x, y)) for x, y in ((0, 0), (1, 0), (0, 1)))
    steps = np.column_stack([across - corner, below - corner])
    right, down = np.linalg.solve(steps, [0.0, 1.0])  # the pixels' step along the map's second axis
    angle = math.degrees(math.atan2(right, -down))
    if abs(abs(angle) - 5) > 3:  # true north is not quite the grid's
        assert (tilt_degrees(north) is not None) is (abs(angle) > 5)


def colours_of(image: QImage) -> set[int]:
    copy = image.convertToFormat(QImage.Format.Format_RGB32)
    values = np.frombuffer(copy.constBits(), np.uint32).reshape(copy.height(), -1)
    return set(np.unique(values[::5, ::5]).tolist())


@pytest.mark.parametrize(("name", "expected"), _files(readable=False))
def test_an_unreadable_file_is_refused_in_a_clear_sentence(
    name: str, expected: str, dialog: Callable[[Path], NewProjectDialog], until: Until
) -> None:
    chooser = dialog(real_data("odd") / name)
    until(lambda: name in chooser._state.text() or name in all_tips(chooser))
    assert not chooser._create.isEnabled()
    said = chooser._state.text() + all_tips(chooser)
    assert "Error" not in said
    assert "Traceback" not in said


def all_tips(chooser: NewProjectDialog) -> str:
    listed = chooser._scenes
    return " ".join(listed.item(n).toolTip() + listed.item(n).text() for n in range(listed.count()))


def affine_with_north(angle_degrees: float) -> NDArray[np.float64]:
    """A map whose north lies `angle_degrees` clockwise from the top of the picture."""
    a = math.radians(angle_degrees)
    return np.array([math.cos(a), math.sin(a), 0.0, math.sin(a), -math.cos(a), 0.0])


@pytest.mark.parametrize("angle", [-170.0, -90.0, -30.0, 10.0, 45.0, 90.0, 179.0])
def test_the_arrow_points_where_north_is(angle: float, tmp_path: Path) -> None:
    from core.imagery.scene import open_scene
    from tests.core.projects import write_scene

    transform = rasterio.Affine(*affine_with_north(angle))
    with open_scene(write_scene(tmp_path / "turned.tif", 40, 30, transform=transform)) as scene:
        north = Georeference(scene.info).north()
    assert north is not None
    assert tilt_degrees(north) == pytest.approx(angle, abs=0.01)
