"""Exported areas run along the very pixel edges, over all tiles, and hold exactly the paint; whoever reads them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from rasterio.features import rasterize, shapes
from rasterio.transform import Affine, from_gcps

from core.errors import ExportError, LabelError
from core.export.geopackage import refuse_foreign
from core.export.outlines import Area, Strip, outlined
from core.export.vectors import label_areas, scene_place
from core.geometry import Rect, TileRef
from core.imagery.georeference import Georeference
from core.imagery.scene import open_scene
from core.jobs import Cancelled
from core.labels.mask import Provenance, encode_plane
from core.labels.snapshot import StoredMask
from core.sqlite_files import read_only_uri
from tests.core.projects import Unwatched, done, dot, make_project, opened, write_scene
from tests.core.test_export_rasters import CLASSES, PLACES, Impatient, Written, expect_refusal, exported, labeled
from tests.core.test_imagery_georeference import zone_hectares
from tests.data import real_data

NAMES = {1: "healthy", 2: "unhealthy", 7: CLASSES[2].name, 255: "ignore"}
COLOURS = {"healthy": "#0072b2", "unhealthy": "#d55e00", CLASSES[2].name: "#009e73", "ignore": "#7f7f7f"}


class Feature(NamedTuple):
    values: dict[str, Any]
    geometry: dict[str, Any]  # GeoJSON


def export_areas(written: Written, folder: Path, context: Any = None) -> Path:
    path = folder / f"{written.scene.stem}_labels.gpkg"
    refuse_foreign(path)
    place, title = scene_place(str(written.scene)), f"{written.scene.stem} labels"
    label_areas(written.stored, place, path, title, CLASSES, context or Unwatched())
    return path


def features(path: Path, table: str = "labels") -> list[Feature]:
    """Read with nothing but the standard at hand."""
    with closing(sqlite3.connect(path)) as file:
        file.row_factory = sqlite3.Row
        rows = [dict(row) for row in file.execute(f"SELECT * FROM {table}")]
        (srs_id,) = file.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)).fetchone()
    return [Feature(row, polygon(row.pop("geom"), srs_id)) for row in rows]


def polygon(blob: bytes, srs_id: int) -> dict[str, Any]:
    magic, version, flags, srs, west, east, south, north = struct.unpack_from("<2sBBi4d", blob)
    assert (magic, version, flags, srs) == (b"GP", 0, 3, srs_id)
    order, kind, ring_count = struct.unpack_from("<BII", blob, 40)
    assert (order, kind) == (1, 3)
    at, rings = 49, []
    for _ in range(ring_count):
        (count,) = struct.unpack_from("<I", blob, at)
        rings.append(np.frombuffer(blob, "<f8", 2 * count, at + 4).reshape(-1, 2))
        assert (rings[-1][0] == rings[-1][-1]).all()
        at += 4 + 16 * count
    assert at == len(blob)
    assert [west, south] == rings[0].min(axis=0).tolist()
    assert [east, north] == rings[0].max(axis=0).tolist()
    return {"type": "Polygon", "coordinates": [ring.tolist() for ring in rings]}


def place_of(scene: Path) -> Affine:
    """From pixels to where the polygons should lie."""
    with rasterio.open(scene) as image:
        if not image.transform.is_identity:
            return image.transform
        return from_gcps(image.gcps[0]) if image.gcps[0] else Affine(1, 0, 0, 0, -1, 0)


def burnt(found: list[Feature], shape: tuple[int, ...], transform: Affine) -> NDArray[np.uint8]:
    pairs = [(feature.geometry, feature.values["value"]) for feature in found]
    return rasterize(pairs, shape, transform=transform, dtype="uint8") if pairs else np.zeros(shape, np.uint8)


@pytest.mark.parametrize("place", PLACES)
def test_areas_are_exactly_the_paint(tmp_path: Path, place: str) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 150, 130, **PLACES[place]))
    path = export_areas(written, tmp_path / "out" / "deep")
    assert [p.name for p in path.parent.iterdir()] == ["field_labels.gpkg"]
    found, transform = features(path), place_of(written.scene)
    assert (burnt(found, written.labels.shape, transform) == written.labels).all()
    with open_scene(written.scene) as scene:
        georeference = Georeference(scene.info)
    for value, name in NAMES.items():
        mine = [f.values for f in found if f.values["value"] == value]
        assert {v["class"] for v in mine} == {name}
        expected = georeference.hectares(int((written.labels == value).sum()))
        if expected is None:
            assert {v["area_ha"] for v in mine} == {None}
        else:
            rel = 1e-12 if place != "degrees" else 1e-5  # where pixels are not all of one size
            assert sum(v["area_ha"] for v in mine) == pytest.approx(expected, rel=rel)
    assert {f.values["scene"] for f in found} == {"field.tif"}


def test_in_degrees_areas_have_the_hectares_of_where_they_lie(tmp_path: Path) -> None:
    """Two fields of the same number of pixels, four degrees apart, and a frame round both."""
    place = {"crs": "EPSG:4326", "transform": Affine(0.025, 0, 10, 0, -0.025, 61)}
    scene = write_scene(tmp_path / "wide.tif", 200, 200, **place)
    labels = np.zeros((200, 200), np.uint8)
    labels[10:30, 50:90], labels[170:190, 50:90] = 1, 1
    labels[5:195, 5:195][labels[5:195, 5:195] == 0] = 2
    planes = (encode_plane(labels), encode_plane(np.full_like(labels, Provenance.DRAWN)))
    stored = [StoredMask(TileRef(1, str(scene), Rect(0, 0, 200, 200)), *planes)]
    path = tmp_path / "out" / "wide_labels.gpkg"
    label_areas(stored, scene_place(stored[0].ref.scene_path), path, "wide labels", CLASSES, Unwatched())
    found = sorted((f.values["class"], f.values["area_ha"]) for f in features(path))
    north, south = zone_hectares(60.25, 60.75, 1), zone_hectares(56.25, 56.75, 1)
    frame = zone_hectares(56.125, 60.875, 4.75) - north - south
    assert found == [
        ("healthy", pytest.approx(north, rel=1e-4)), ("healthy", pytest.approx(south, rel=1e-4)),
        ("unhealthy", pytest.approx(frame, rel=1e-3)),
    ]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_corner_is_a_corner_of_pixels(tmp_path: Path, place: str) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 150, 130, **PLACES[place]))
    found, transform = features(export_areas(written, tmp_path)), place_of(written.scene)
    points = np.array([point for f in found for ring in f.geometry["coordinates"] for point in ring])
    inverse = ~transform
    pixels = np.stack(inverse @ (points[:, 0], points[:, 1]), axis=1)
    assert np.abs(pixels - pixels.round()).max() < 1e-4  # degrees have no more digits than that to spare
    if place != "control points":  # for those GDAL fits a polynomial of its own
        columns, rows = pixels.round().T
        a, b, c, d, e, f = tuple(transform)[:6]
        assert (points == np.stack([c + columns * a + rows * b, f + columns * d + rows * e], axis=1)).all()


@pytest.mark.parametrize("place", ["utm", "south-up", "turned by a right angle"])
def test_outer_rings_run_counter_clockwise_on_the_map(tmp_path: Path, place: str) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 150, 130, **PLACES[place]))
    found = [
        [_signed_area(np.array(ring) - ring[0]) for ring in feature.geometry["coordinates"]]
        for feature in features(export_areas(written, tmp_path))
    ]
    holes = [area for _, *inner in found for area in inner]
    assert len(found) > 1
    assert all(outer > 0 for outer, *_ in found)
    assert holes
    assert all(area < 0 for area in holes)


def _signed_area(ring: NDArray[np.float64]) -> float:
    x, y = ring[:-1].T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def test_no_seam_shows_between_tiles(tmp_path: Path) -> None:
    """Two areas that cover all nine tiles: two polygons, with no corner more than they have."""
    scene = write_scene(tmp_path / "field.tif", 150, 130)
    stored = []
    for number, (x, y) in enumerate((x, y) for y in range(0, 130, 64) for x in range(0, 150, 64)):
        rect = Rect(x, y, 64, 64).intersect(Rect(0, 0, 150, 130))
        labels = np.where(np.add.outer(np.arange(rect.height) + y, np.zeros(rect.width)) < 100, 1, 2).astype(np.uint8)
        stored.append(StoredMask(TileRef(number, str(scene), rect), encode_plane(labels), encode_plane(labels)))
    whole = Written(scene, np.zeros((130, 150), np.uint8), stored[::-1])  # in any order
    found = features(export_areas(whole, tmp_path))
    assert [(f.values["class"], f.values["area_ha"]) for f in found] == [("healthy", 0.375), ("unhealthy", 0.1125)]
    assert [len(f.geometry["coordinates"][0]) for f in found] == [5, 5]


def test_where_paint_comes_from(tmp_path: Path) -> None:
    """Pixels of one class and of two sources are two areas."""
    scene = write_scene(tmp_path / "field.tif", 64, 64)
    labels, provenance = np.zeros((2, 64, 64), np.uint8)
    labels[:, 10:60] = 2
    for source in Provenance:
        provenance[:, 10 * source + 10 : 10 * source + 20] = source
    stored = [StoredMask(TileRef(1, str(scene), Rect(0, 0, 64, 64)), encode_plane(labels), encode_plane(provenance))]
    found = features(export_areas(Written(scene, labels, stored), tmp_path))
    in_order = sorted(found, key=lambda f: f.geometry["coordinates"][0][0][0])
    assert [f.values["source"] for f in in_order] == ["unknown", "hand", "filled", "accepted prediction", "import"]
    assert (burnt(found, labels.shape, place_of(scene)) == labels).all()


@pytest.mark.parametrize(
    "name",
    [
        "der_naip_gcps_4band.tif", "gdal_rotated_geomatrix.tif", "rio_rotated_noCRS.tif", "gdal_negative_scaley.tif",
        "gdal_pixel_is_point.tif", "gdal_sidecar_nogeoref.tif", "gdal_user_defined_crs.tif", "rt_mars_rgb_jpeg.tif",
        "rt_3band_uint16_epsg4326.tif", "rt_dateline_uint16.tif", "gdal_non_square_pixels.tif", "der_1x1.tif",
        "tt_10band_int32_nocrs.tif", "rc_colormap.tif",
    ],
)  # fmt: skip
def test_areas_on_odd_scenes(tmp_path: Path, name: str) -> None:
    scene = real_data("odd") / name
    written = in_patches(scene)
    path, raster = export_areas(written, tmp_path), exported(written, tmp_path)
    with rasterio.open(raster) as out:
        crs, by_points = out.crs or out.gcps[1], bool(out.gcps[0])
        assert (out.read(1) == written.labels).all()
    found, transform = features(path), place_of(scene)
    assert sum(f.values["area_ha"] is None for f in found) in (0, len(found))
    if not by_points:  # a polynomial is no affine
        assert (burnt(found, written.labels.shape, transform) == written.labels).all()
    srs_id, wkt = _crs_of(path)
    assert rasterio.crs.CRS.from_wkt(wkt) == crs if crs else srs_id == -1


def in_patches(scene: Path) -> Written:
    """Labels in squares of 8 px on the first and the last tile."""
    with open_scene(scene) as image:
        bounds = image.info.rect
    whole, stored = np.zeros((bounds.height, bounds.width), np.uint8), []
    corners = [Rect(0, 0, 200, 150), Rect(max(bounds.width - 100, 200), max(bounds.height - 60, 0), 100, 60)]
    for number, rect in enumerate(part for c in corners if not (part := c.intersect(bounds)).is_empty):
        chosen = np.random.default_rng(number).choice(np.array([0, 1, 2, 7, 255], np.uint8), (19, 25))
        labels = np.kron(chosen, np.ones((8, 8), np.uint8))[: rect.height, : rect.width]
        stored.append(StoredMask(TileRef(number, str(scene), rect), encode_plane(labels), encode_plane(labels * 0)))
        whole[rect.slices] = labels
    return Written(scene, whole, stored)


def _crs_of(path: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(path)) as file:
        row = file.execute(
            "SELECT g.srs_id, s.definition FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s USING (srs_id)"
        ).fetchone()
    return int(row[0]), str(row[1])


# -- outlines ---------------------------------------------------------------------------------------------------------


def cut(codes: NDArray[np.uint8], heights: list[int]) -> Iterator[Strip]:
    top = 0
    for height in heights:
        if top < len(codes):
            yield Strip(top, codes[top : top + height])
        top += height
    if top < len(codes):
        yield Strip(top, codes[top:])


def geojson(area: Area) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*ring.tolist(), ring[0].tolist()] for ring in area.rings]}


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 2)),
    st.lists(st.integers(1, 4), max_size=5),
)
def test_outlines_are_those_of_gdal_however_the_scene_is_cut(codes: NDArray[np.uint8], heights: list[int]) -> None:
    areas = list(outlined(cut(codes, heights), lambda: None))
    theirs = [(int(v), len(g["coordinates"])) for g, v in shapes(codes, mask=codes != 0, connectivity=4)]
    assert sorted((area.code, len(area.rings)) for area in areas) == sorted(theirs)
    for area in areas:
        outer, *holes = (_signed_area(np.vstack([ring, ring[:1]]).astype(float)) for ring in area.rings)
        assert outer < 0  # y goes down here
        assert all(hole > 0 for hole in holes)
        assert -outer - sum(holes) == area.pixels
        corners = [tuple(corner) for corner in area.rings[0]]
        assert len(set(corners)) == len(corners), "an outer ring that touches itself is no valid polygon"
    if areas:
        assert (rasterize([(geojson(area), area.code) for area in areas], codes.shape) == codes).all()


def test_rows_that_are_left_out_separate_areas() -> None:
    row = np.ones((2, 3), np.uint8)
    areas = list(outlined([Strip(4, row), Strip(6, row), Strip(9, row)], lambda: None, left=10))
    assert [(a.pixels, a.rings[0].min(axis=0).tolist(), a.rings[0].max(axis=0).tolist()) for a in areas] == [
        (12, [10, 4], [13, 8]), (6, [10, 9], [13, 11]),
    ]  # fmt: skip


def test_memory_does_not_grow_with_the_scene() -> None:
    rng = np.random.default_rng(0)
    peaks = []
    for strips in (3, 15):
        tracemalloc.start()
        noise = (Strip(32 * n, rng.integers(0, 3, (32, 100), np.uint8)) for n in range(strips))
        assert sum(1 for _ in outlined(noise, lambda: None)) > 500 * strips
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]


def test_a_gigantic_scene_costs_only_its_paint(tmp_path: Path) -> None:
    scene = real_data("odd") / "rt_world_36000x18000.tif"
    labels = np.full((100, 200), 2, np.uint8)
    stored = [
        StoredMask(TileRef(n, str(scene), Rect(x, y, 200, 100)), encode_plane(labels), encode_plane(labels))
        for n, (x, y) in enumerate([(35_800, 17_900), (35_600, 0)])
    ]
    path = export_areas(Written(scene, labels, stored), tmp_path)
    assert path.stat().st_size < 200_000
    assert len(features(path)) == 2


# -- complete or not there --------------------------------------------------------------------------------------------


def test_a_failed_or_cancelled_export_leaves_the_last_one_as_it_was(tmp_path: Path) -> None:
    first = labeled(write_scene(tmp_path / "a.tif", 150, 130))
    path = export_areas(first, tmp_path / "out")
    before = path.read_bytes()
    second = labeled(first.scene, seed=5)
    with pytest.raises(Cancelled):
        export_areas(second, tmp_path / "out", Impatient(1))
    second.stored[-1] = StoredMask(second.stored[-1].ref, b"damaged", b"")
    with pytest.raises(LabelError):
        export_areas(second, tmp_path / "out")
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == {path.name: before}


def test_what_is_not_ours_or_was_edited_is_never_written_over(tmp_path: Path) -> None:
    written = labeled(write_scene(tmp_path / "a.tif"))
    path = export_areas(written, tmp_path / "out")
    export_areas(written, tmp_path / "out")  # an own one is replaced
    with closing(sqlite3.connect(path)) as file, file:  # as a program that edits the layer does
        file.execute("UPDATE gpkg_contents SET last_change = '2031-01-01T00:00:00.000Z' WHERE table_name = 'labels'")
    edited = path.read_bytes()
    with pytest.raises(ExportError, match="edited since"):
        export_areas(written, tmp_path / "out")
    assert path.read_bytes() == edited
    for theirs in (b"notes", b"", b"SQLite format 3\0" + bytes(100)):
        path.write_bytes(theirs)
        with pytest.raises(ExportError, match="not written by this program"):
            export_areas(written, tmp_path / "out")
        assert path.read_bytes() == theirs
    path.unlink()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE gpkg_contents (table_name, data_type, description, last_change)")
        file.execute("INSERT INTO gpkg_contents VALUES ('labels', 'features', '', '')")
    with pytest.raises(ExportError, match="not written by this program"):
        export_areas(written, tmp_path / "out")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("limit", [300, 30_000, 1_000_000])
def test_a_full_disk_is_noticed(tmp_path: Path, limit: int) -> None:
    expect_refusal(export_areas, tmp_path, limit)


def test_one_export_writes_rasters_and_areas(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "field.tif", 150, 130)
    with opened(make_project(tmp_path, [scene])) as session:
        first, second, *_ = session.tiles
        session.import_mask(first, np.full((64, 64), 1, np.uint8))
        dot(session, second, 30, 30, 2)
        session.fill_unlabeled(second, 1)
        written = done(session, session.export_labels(tmp_path / "out"))
        assert [path.name for path in written] == ["field_labels.tif", "field_labels.gpkg"]
        found = features(written[1])
        assert sorted((f.values["class"], f.values["source"]) for f in found) == [
            ("healthy", "filled"), ("healthy", "import"), ("unhealthy", "hand"),
        ]  # fmt: skip
        written[1].write_text("notes")
        written[0].unlink()
        job = session.export_labels(tmp_path / "out")
        session.wait(job)
        assert "field_labels.gpkg exists already" in str(job.error)
        assert not written[0].exists(), "refused before anything was written"


# -- other readers ----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="GDAL's tools are not installed")
@pytest.mark.parametrize("place", PLACES)
def test_gdal_reads_the_same(tmp_path: Path, place: str) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 150, 130, **PLACES[place]))
    path = export_areas(written, tmp_path)
    run = subprocess.run(
        ["ogr2ogr", "-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=15", "/vsistdout/", str(path), "labels"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stderr == ""
    theirs = [Feature(f["properties"], f["geometry"]) for f in json.loads(run.stdout)["features"]]
    assert (burnt(theirs, written.labels.shape, place_of(written.scene)) == written.labels).all()
    ours = [f.values for f in features(path)]
    assert [f.values for f in theirs] == [{k: v for k, v in values.items() if k != "fid"} for values in ours]
    info = subprocess.run(["ogrinfo", "-so", str(path), "labels"], capture_output=True, text=True, check=True)
    in_utm = place not in ("degrees", "no place", "no CRS", "rational polynomials")
    assert ('ID["EPSG",32632]]' in info.stdout) == in_utm
    assert info.stderr == ""


QGIS = os.environ.get("FIELDBRUSH_QGIS", "/usr/bin/python3")
_IN_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
program = QgsApplication([], False)
program.initQgis()
folder, what = sys.argv[1:]
areas = QgsVectorLayer(f"{folder}/field_{what}.gpkg|layername={what}", "areas", "ogr")
raster = QgsRasterLayer(f"{folder}/field_{what}.tif", "raster")
sides = lambda e: [e.xMinimum(), e.xMaximum(), e.yMinimum(), e.yMaximum()]
print(json.dumps({
    "valid": areas.isValid() and raster.isValid(),
    "crs": [areas.crs().authid(), raster.crs().authid()],
    "extents": [sides(areas.extent()), sides(raster.extent())],
    "colours": {c.value(): c.symbol().color().name() for c in areas.renderer().categories()},
    "field": areas.renderer().classAttribute(),
    "polygons": areas.featureCount(),
    "broken": sum(not feature.geometry().isGeosValid() for feature in areas.getFeatures()),
    "index": int(areas.hasSpatialIndex()),
}))
del areas, raster
program.exitQgis()
"""


def in_qgis(folder: Path, what: str) -> dict[str, Any]:
    command = [QGIS, "-c", _IN_QGIS, str(folder), what]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONPATH", None)
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if "No module named 'qgis'" in run.stderr or not run.stdout:
        pytest.skip("QGIS is not there: set FIELDBRUSH_QGIS to a Python that has it")
    return dict(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.skipif(shutil.which(QGIS) is None, reason="QGIS is not there")
@pytest.mark.parametrize("place", ["utm", "south-up", "no place"])
def test_qgis_shows_it_coloured_and_over_the_raster(tmp_path: Path, place: str) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 150, 130, **PLACES[place]))
    exported(written, tmp_path)
    path = export_areas(written, tmp_path)
    seen = in_qgis(tmp_path, "labels")
    assert seen["valid"]
    assert seen["crs"][0] == seen["crs"][1]
    assert seen["extents"][0] == pytest.approx(seen["extents"][1], rel=1e-12)
    assert (seen["field"], seen["colours"]) == ("class", COLOURS)
    assert (seen["polygons"], seen["broken"]) == (len(features(path)), 0)
    assert seen["index"] == 2, "QGIS finds what is in view by the index"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (PurePosixPath("/a b/100%.gpkg"), "file:///a%20b/100%25.gpkg?mode=ro"),
        (PureWindowsPath(r"D:\maps\x#1.gpkg"), "file:///D:/maps/x%231.gpkg?mode=ro"),
        (PureWindowsPath(r"\\farm\maps\x.gpkg"), "file:////farm/maps/x.gpkg?mode=ro"),
    ],
)
def test_a_package_is_found_again_also_on_a_share(path: PurePath, name: str) -> None:
    """Otherwise the second export there would be refused: the first one's file would look like somebody else's."""
    assert read_only_uri(path) == name
