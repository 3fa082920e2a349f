"""The masks of a folder: what is found, what their values may mean, and what is read of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.errors import LabelError, SceneError
from core.jobs import Unwatched
from core.labels.classes import DEFAULT_CLASSES, IGNORE, LabelClass
from core.labels.mask import decode_plane
from core.mask_import.folder import MaskFolder, look_at_masks, read_masks
from core.mask_import.values import Reading
from core.session import Session
from tests.core.imagery_files import damage_block
from tests.core.projects import UTM, make_project, opened, write_scene
from tests.core.test_mask_import import write_mask

THREE = (*DEFAULT_CLASSES, LabelClass(3, "weed", "#009E73"))


def project_of(folder: Path, classes: Sequence[LabelClass] = DEFAULT_CLASSES, scenes: int = 2) -> Path:
    written = [write_scene(folder / "images" / f"plot{number}.tif", seed=number) for number in range(scenes)]
    return make_project(folder, written, classes=classes)


def mask(folder: Path, number: int, *values: float, nodata: float | None = None, dtype: str = "uint8") -> np.ndarray:
    """Columns that repeat `values`, on a scene's pixels."""
    folder.mkdir(exist_ok=True)
    labels = np.resize(np.array(values, dtype), (128, 128))
    write_mask(folder / f"plot{number}.tif", labels, nodata, **UTM)
    return labels


def look(session: Session, folder: Path, kept: Reading | None = None) -> MaskFolder:
    return look_at_masks(
        folder, session.scenes.values(), session.tiles.values(), session.classes, kept, Unwatched()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "values", "nodata", "meaning"),
    [
        (DEFAULT_CLASSES, (0, 1), None, {0: 1, 1: 2}),
        (DEFAULT_CLASSES, (1, 2), None, {1: 1, 2: 2}),
        (DEFAULT_CLASSES, (0, 1, 2), 0, {0: 0, 1: 1, 2: 2}),
        (DEFAULT_CLASSES, (0, 255), None, {0: 0, 255: 1}),  # nobody can know: the user is asked
        (DEFAULT_CLASSES, (1, 2, 255), 255, {1: 1, 2: 2}),  # nodata is ignored without a question
        (THREE, (0, 1, 2), None, {0: 1, 1: 2, 2: 3}),
        (DEFAULT_CLASSES, (0, 1, 2, 7), None, {0: 1, 1: 2, 2: IGNORE, 7: IGNORE}),
    ],
)
def test_what_values_may_mean(
    tmp_path: Path, classes: Sequence[LabelClass], values: tuple[int, ...], nodata: int | None, meaning: dict[int, int]
) -> None:
    for number in range(2):
        mask(tmp_path / "masks", number, *values, nodata=nodata)
    with opened(project_of(tmp_path, classes)) as session:
        found = look(session, tmp_path / "masks")
        assert found.meaning == meaning
        assert found.tile_count == len(session.tiles)
        assert not found.names_classes
        assert all(target in (0, IGNORE, *session.class_values) for target in found.meaning.values())


def test_values_are_counted_and_read_as_they_are_meant(tmp_path: Path) -> None:
    first = mask(tmp_path / "masks", 0, 10, 10, 10, 20)
    second = mask(tmp_path / "masks", 1, 20, 30)
    with opened(project_of(tmp_path)) as session:
        found = look(session, tmp_path / "masks")
        assert found.pixels == {10: 3 * 128 * 32, 20: 128 * 32 + 128 * 64, 30: 128 * 64}
        read = read_masks(found, session.scenes, session.classes, {10: 2, 20: 1, 30: 0}, session.reader, Unwatched())
        assert len(read.labels) == len(session.tiles)
        assert read.on_other_pixels == 0
        assert read.unread == 0
        for tile_id, encoded, paintable in read.labels:
            tile = session.tiles[tile_id]
            values = (first if "plot0" in session.scenes[tile.scene_id].path else second)[tile.rect.slices]
            expected = np.select([values == 10, values == 20], [2, 1], 0)
            np.testing.assert_array_equal(decode_plane(encoded, tile.rect.height, tile.rect.width), expected)
            valid = decode_plane(paintable, tile.rect.height, tile.rect.width)
            np.testing.assert_array_equal(valid, session.paintable(tile_id))


def test_a_scene_that_cannot_be_read_is_left_out_and_the_others_are_not(tmp_path: Path) -> None:
    left_out: list[str] = []

    class Told(Unwatched):
        def leave_out(self, path: str) -> None:
            left_out.append(path)

    mask(tmp_path / "masks", 0, 1, 2)
    mask(tmp_path / "masks", 1, 1, 2)
    with opened(project_of(tmp_path)) as session:
        found = look(session, tmp_path / "masks")
        scene = tmp_path / "images" / "plot1.tif"
        with scene.open("rb+") as file:
            file.truncate(scene.stat().st_size // 2)
        read = read_masks(found, session.scenes, session.classes, found.meaning, session.reader, Told())
        whole = {tile_id for tile_id, tile in session.tiles.items() if "plot0" in session.scenes[tile.scene_id].path}
        assert {tile.tile_id for tile in read.labels} == whole
        assert (left_out, read.unread) == ([str(scene)], 0)
        (tmp_path / "images" / "plot0.tif").unlink()
        with pytest.raises(SceneError, match=r"plot0\.tif was not found"):
            read_masks(found, session.scenes, session.classes, found.meaning, session.reader, Told())


def test_a_tile_where_its_scene_is_damaged_is_counted(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}
    scene = write_scene(tmp_path / "images" / "plot0.tif", 640, 640, **UTM, **layout)
    write_mask(tmp_path / "plot0.tif", np.ones((640, 640), np.uint8), None, **UTM)
    with opened(make_project(tmp_path, [scene], tile_px=128)) as session:
        found = look(session, tmp_path)
        damage_block(scene, 1, 1)
        session.reader.close()
        read = read_masks(found, session.scenes, session.classes, found.meaning, session.reader, Unwatched())
        assert (read.unread, len(read.labels)) == (1, len(session.tiles) - 1)


def test_masks_read_before_are_read_alike(tmp_path: Path) -> None:
    mask(tmp_path / "masks", 0, 0, 1)
    with opened(project_of(tmp_path)) as session:
        kept = Reading(value_map={0: 2, 1: 1})
        assert look(session, tmp_path / "masks", kept).meaning == {0: 2, 1: 1}


def test_an_export_names_its_classes(tmp_path: Path) -> None:
    """Also where the other project had them in another order: nobody is asked."""
    (tmp_path / "other").mkdir()
    turned = (LabelClass(1, "unhealthy", "#D55E00"), LabelClass(2, "healthy", "#0072B2"))
    project = project_of(tmp_path, scenes=1)
    scene = tmp_path / "images" / "plot0.tif"
    with opened(make_project(tmp_path / "other", [scene], classes=turned)) as session:
        tile_id = next(iter(session.tiles))
        session.import_mask(tile_id, np.full((64, 64), 1, np.uint8))
        session.wait(session.export_labels(tmp_path / "masks"))
    with opened(project) as session:
        found = look(session, tmp_path / "masks")
        assert found.names_classes
        read = read_masks(found, session.scenes, session.classes, found.meaning, session.reader, Unwatched())
        labels = next(tile.labels for tile in read.labels if tile.tile_id == tile_id)
        assert set(np.unique(decode_plane(labels, 64, 64))) == {2}


def test_pictures_are_no_masks(tmp_path: Path) -> None:
    values = np.arange(128 * 128).reshape(1, 128, 128).astype(np.uint16)
    (tmp_path / "masks").mkdir()
    write_mask(tmp_path / "masks" / "plot0.tif", values, None, **UTM)
    with opened(project_of(tmp_path)) as session, pytest.raises(LabelError, match="pictures or measurements"):
        look(session, tmp_path / "masks")


def test_a_mask_of_another_place_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    mask(tmp_path / "masks", 0, 1, 2)
    write_mask(tmp_path / "masks" / "plot1.png", np.ones((50, 50), np.uint8))
    with opened(project_of(tmp_path)) as session:
        found = look(session, tmp_path / "masks")
        with pytest.raises(LabelError, match="does not lie on its scene"):
            read_masks(found, session.scenes, session.classes, found.meaning, session.reader, Unwatched())
        assert not session.painted
