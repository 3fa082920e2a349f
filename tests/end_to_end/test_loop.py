"""The whole loop through the real window: new project → embed → queue → paint → submit → train → overlay → new order
→ export. By mouse and keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPointF, QSettings
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QTableWidget, QWidget

from core.demo.scene import write_demo_scene
from core.events import Subject
from core.geometry import Rect
from core.labels.strokes import brush_segment
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.session import Session
from gui.dialogs.export import ExportDialog
from gui.dialogs.new_project import NewProjectDialog
from gui.main_window import MainWindow
from tests.data import real_data
from tests.end_to_end.expert import Expert

TRAINING_S = 12


def potato_weed(_: Path) -> Path:
    return real_data("potato_weed") / "images"


def naip_trees(_: Path) -> Path:
    return real_data("naip_trees") / "images"


def generated(folder: Path) -> Path:
    return write_demo_scene(folder, seed=3, size_px=1536).scene_path


class Afternoon:
    """One expert, one window, one project."""

    def __init__(self, expert: Expert, window: MainWindow, folder: Path) -> None:
        self.expert, self.window, self.folder = expert, window, folder
        self.expected: dict[int, np.ndarray] = {}  # what each painted tile must hold, drawn here independently

    @property
    def session(self) -> Session:
        assert self.window.workspace is not None
        return self.window.workspace.session

    # -- the steps ---------------------------------------------------------------------------------------------

    def make_project(self, scenes: Path, classes: Sequence[str]) -> None:
        expert, window = self.expert, self.window
        expert.focus(window)
        expert.key("ctrl+n")
        dialog: NewProjectDialog = expert.wait_for(lambda: window.findChild(NewProjectDialog), "no dialog")
        expert.wait_for(dialog.isVisible, "the dialog does not show")
        expert.focus(dialog)
        expert.look(lambda: dialog.add_paths([scenes]))  # what the file dialogs and a drop call
        create = button(expert, dialog, "Create project")
        expert.wait_for(create.isEnabled, "the scenes were not read")
        self.name_classes(dialog, classes)
        path = expert.look(lambda: next(f for f in dialog.findChildren(QLineEdit) if f.text().endswith(".fieldbrush")))
        expert.click(path)
        expert.key("ctrl+a")
        expert.type(str(self.folder / "afternoon.fieldbrush"))
        expert.click(create)
        expert.wait_for(lambda: window.workspace is not None, "the project was not made")
        expert.focus(window)

    def name_classes(self, dialog: QDialog, classes: Sequence[str]) -> None:
        expert = self.expert
        table: QTableWidget = expert.look(
            lambda: next(t for t in dialog.findChildren(QTableWidget) if t.accessibleName() == "Classes")
        )
        for row, name in enumerate(classes):
            if row >= expert.look(table.rowCount):
                expert.click(button(expert, dialog, "Add"))
            else:
                last = expert.look(table.columnCount) - 1
                cell = expert.look(lambda row=row, last=last: table.visualItemRect(table.item(row, last)).center())
                expert.stroke(expert.look(table.viewport), [QPointF(cell)])
                expert.key("F2")
            expert.key("ctrl+a")
            expert.type(name)
            expert.key("Return")

    def wait_for_queue(self) -> list[int]:
        """From now on nothing but the expert moves the view: the first ranking brings its tile, the panels settle, and
        the picture comes with its legends."""
        self.expert.wait_for(lambda: bool(self.session.ranking), "the tiles were not ranked")
        self.expert.wait_for(lambda: self.window._docks.is_settled, "the panels do not settle")
        self.expert.wait_for(self.window.workspace.canvas.is_complete, "the picture does not come")
        return self.expert.look(lambda: [ranked.tile_id for ranked in self.session.queue()])

    def paint_tile(self, lines: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> int:
        """Paint `lines`, each a class key and points in shares of the tile, on the active Tile."""
        canvas = self.window.workspace.canvas
        tile = self.expert.look(lambda: canvas.active)
        frame = self.expert.look(lambda: canvas.viewport.rect_to_widget(tile.rect))
        for key, shares in lines:
            self.expert.key(key)
            before = self.expert.look(lambda: len(self.session.strokes(tile.tile_id)))
            places = [QPointF(frame.x() + x * frame.width(), frame.y() + y * frame.height()) for x, y in shares]
            self.expert.stroke(canvas, places)
            self.expert.wait_for(
                lambda before=before: len(self.session.strokes(tile.tile_id)) > before, "the stroke was not saved"
            )
        return tile.tile_id

    def wait_for_another_tile(self, than: int) -> None:
        canvas = self.window.workspace.canvas
        self.expert.wait_for(lambda: canvas.active.tile_id != than, "Enter does not bring the next tile")
        # a better one may take its place as long as nobody has begun
        self.expert.wait_for(lambda: self.session.pending("rank") is None, "the tiles are not ranked again")

    def train(self) -> None:
        self.expert.look(lambda: self.session.set_training_seconds(TRAINING_S))
        self.expert.key("t")
        self.expert.wait_for(lambda: self.session.forecasts.model is not None, "no model came")

    def picture(self) -> np.ndarray:
        canvas = self.window.workspace.canvas
        image = self.expert.look(lambda: canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
        flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
        return flat[..., :3].astype(int)

    def export(self) -> Path:
        expert, window = self.expert, self.window
        expert.key("ctrl+e")
        dialog: ExportDialog = expert.wait_for(lambda: window.findChild(ExportDialog), "no export dialog")
        expert.wait_for(dialog.isVisible, "the export dialog does not show")
        expert.focus(dialog)
        folder = expert.look(lambda: dialog.folder)
        expert.look(lambda: dialog._predictions.setChecked(False))
        expert.click(button(expert, dialog, "Export"))
        expert.wait_for(lambda: window.findChild(ExportDialog) is None, "the export dialog stays")
        expert.wait_for(
            lambda: not any(str(job.key).startswith("export labels") for job in self.session.compute.active()),
            "the export hangs",
        )
        return folder


def button(expert: Expert, parent: QWidget, text: str) -> QPushButton:
    return expert.look(lambda: next(b for b in parent.findChildren(QPushButton) if b.text() == text))


@pytest.mark.parametrize(
    ("scenes", "classes"),
    [(potato_weed, ["soil", "crop", "weed"]), (naip_trees, ["other", "tree"]), (generated, ["healthy", "unhealthy"])],
    ids=["potato_weed", "naip_trees", "generated"],
)
def test_an_afternoon(scenes, classes, expert: Expert, window: MainWindow, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source = scenes(tmp_path)
    afternoon = Afternoon(expert, window, tmp_path)
    seen: dict[str, object] = {}

    def script() -> None:
        afternoon.make_project(source, classes)
        names = expert.look(lambda: [c.name for c in afternoon.session.classes])
        assert names == classes
        first_order = afternoon.wait_for_queue()
        assert len(set(first_order)) == len(first_order) == len(expert.look(lambda: afternoon.session.tiles))
        painted = []
        for row in (0.25, 0.4, 0.55):
            lines = [(str(k + 1), [(0.2, row + 0.12 * k), (0.5, row + 0.05 + 0.12 * k), (0.8, row + 0.12 * k)])
                     for k in range(len(classes))]  # fmt: skip
            painted.append(afternoon.paint_tile(lines))
            if row == 0.25:
                check_undo(afternoon, painted[0])
            expert.key("Return")
            afternoon.wait_for_another_tile(painted[-1])
        assert len(set(painted)) == 3
        session, rankings = afternoon.session, []
        expert.look(lambda: session.changes.subscribe(
            lambda change: rankings.append(change) if Subject.RANKING in change.subjects else None
        ))  # fmt: skip
        afternoon.train()
        active = expert.look(lambda: window.workspace.canvas.active.tile_id)
        expert.wait_for(
            lambda: session.forecasts.predictions.model_version(active) == leading_version(session),
            "the visible tile was not predicted",
        )
        with_overlay = afternoon.picture()
        expert.key("n")
        expert.wait_for(lambda: not window.workspace.canvas.state.show_prediction, "the overlay does not go")
        changed = (np.abs(afternoon.picture() - with_overlay).max(axis=2) > 8).mean()
        assert changed > 0.1, "no overlay appeared"
        expert.wait_for(lambda: bool(rankings), "the tiles were not ranked again")
        seen["folder"] = afternoon.export()
        refs = [expert.look(lambda t=t: afternoon.session.tile_ref(t)) for t in painted]
        masks = [expert.look(lambda t=t: afternoon.session.mask(t).labels.copy()) for t in painted]
        seen["painted"] = dict(zip(painted, zip(refs, masks, strict=True), strict=True))

    expert.work(script)
    check_exported(seen["folder"], seen["painted"])  # type: ignore[arg-type]


def leading_version(session: Session) -> int:
    return CLASSIFIER_VERSION if session.forecasts.classifier_leads else session.forecasts.version


def check_undo(afternoon: Afternoon, tile_id: int) -> None:
    """Ctrl+Z takes exactly the last stroke back, Ctrl+Y brings it again."""
    expert, session = afternoon.expert, afternoon.session
    labels = expert.look(lambda: session.mask(tile_id).labels.copy())
    expert.key("ctrl+z")
    expert.wait_for(lambda: not np.array_equal(session.mask(tile_id).labels, labels), "nothing is taken back")
    without = expert.look(lambda: session.mask(tile_id).labels.copy())
    assert without.max() == labels.max() - 1  # the last class's stroke is gone, the others are as they were
    assert np.array_equal(without[without > 0], labels[without > 0])
    expert.key("ctrl+y")
    expert.wait_for(lambda: np.array_equal(session.mask(tile_id).labels, labels), "it does not come again")


def check_exported(folder: Path, painted: dict) -> None:  # type: ignore[type-arg]
    """Same CRS, transform and size as the scene, and exactly the painted pixels."""
    for ref, labels in painted.values():
        assert len(np.unique(labels)) >= 3
        with (
            rasterio.open(ref.scene_path) as scene,
            rasterio.open(folder / f"{Path(ref.scene_path).stem}_labels.tif") as exported,
        ):
            assert exported.crs == scene.crs
            assert exported.transform == scene.transform
            assert exported.shape == scene.shape
            assert exported.nodata == 0
            whole = exported.read(1)
        rows, columns = ref.rect.slices
        assert np.array_equal(whole[rows, columns], labels)
        others = [other for other, _ in painted.values() if other.scene_path == ref.scene_path]
        for other in others:
            whole[other.rect.slices] = 0
        assert not whole.any()


def test_a_stroke_paints_where_the_mouse_was(expert: Expert, window: MainWindow, tmp_path: Path) -> None:
    """The labels under a mouse stroke are those of the brush along its way, computed here from the screen positions."""
    scene = write_demo_scene(tmp_path, seed=5, size_px=1024).scene_path
    afternoon = Afternoon(expert, window, tmp_path)

    def script() -> None:
        afternoon.make_project(scene, ["healthy", "unhealthy"])
        afternoon.wait_for_queue()
        canvas = window.workspace.canvas
        tile, view = expert.look(lambda: (canvas.active, canvas.viewport))
        frame = view.rect_to_widget(tile.rect)
        ends = [
            QPointF(round(frame.x() + x * frame.width()), round(frame.y() + 0.5 * frame.height())) for x in (0.3, 0.7)
        ]
        expert.stroke(canvas, ends)
        expert.wait_for(lambda: afternoon.session.painted, "nothing was painted")
        labels = expert.look(lambda: afternoon.session.mask(tile.tile_id).labels.copy())
        expected = np.zeros(labels.shape, bool)
        starts = [view.to_scene(end) for end in ends]
        local = [(x - tile.rect.x, y - tile.rect.y) for x, y in starts]
        for rect, pixels in brush_segment(local[0], local[1], canvas.state.diameters["brush"]):
            inside = rect.intersect(Rect(0, 0, *labels.shape[::-1]))
            expected[inside.slices] |= pixels[inside.moved(-rect.x, -rect.y).slices]
        valid = expert.look(canvas.active_tile.paintable)
        assert np.array_equal(labels == 1, expected & valid)
        expert.key("Escape")

    expert.work(script)
    assert QSettings().value("hints/paint", False, bool)
