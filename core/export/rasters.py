"""Labels as GeoTIFFs that QGIS opens coloured, named and in place; and how every exported raster is written.

Every raster has its Scene's size, CRS and transform (or ground control points), 0 as nodata, a colour table, class
names as category names and as CLASS_n tags. It appears under its name only when it is complete.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.windows import Window

from core.atomic import replacing
from core.errors import SceneError
from core.export.writing import foreign, is_ours, refuse_unwritable, writing
from core.geometry import Rect
from core.imagery.files import GDAL_ERRORS, local_file, open_dataset, reading, refuse_other_size
from core.imagery.gdal_process import call_gdal
from core.jobs import Checkpoint, Unwatched
from core.labels.classes import IGNORE, IGNORE_COLOUR, LabelClass, rgb_of
from core.labels.mask import decode_plane
from core.labels.snapshot import StoredMask

DOUBT_NODATA = 255  # doubt is 0…100 %
_DOUBT = "doubt in percent"
_NAMES_MARK = b"<Category>unlabeled</Category>"  # GDAL keeps it where it adds something, such as statistics
_STYLE_MARK = b'<qgis version="3.22" styleCategories="Symbology">'  # QGIS itself names all of its version


def label_raster(
    masks: Sequence[StoredMask], target: Path, classes: Sequence[LabelClass], context: Checkpoint
) -> None:  # fmt: skip
    """Write all paint of one Scene as `target`; unlabeled pixels are nodata. Raises ExportError, SceneError,
    LabelError."""
    first = masks[0].ref
    with raster_like(first.scene_path, target, classes, size=first.scene_size) as raster:
        for done, mask in enumerate(masks, start=1):
            context.check()
            rect = mask.ref.rect
            raster.write(decode_plane(mask.labels, rect.height, rect.width), rect)
            context.report(done, len(masks))


def refuse_foreign(target: Path, *, has_classes: bool = True) -> None:
    """The next export may write over what an earlier one wrote. Any other file of that name is the user's: a mask that
    was imported, or even a Scene; and where it `has_classes`, the names beside a raster that was moved away. Raises
    ExportError for one."""
    if not os.path.lexists(target):
        if has_classes and os.path.lexists(_names_beside(target)):
            refuse_unwritable(_names_beside(target), _NAMES_MARK)
        return
    try:
        local = local_file(target)
        with reading(local), open_dataset(local) as raster:
            if "FIELDBRUSH" in raster.tags() or raster.descriptions[0] == _DOUBT:
                return
    except (SceneError, OSError):
        pass
    raise foreign(target)


def _window(rect: Rect) -> Window:
    return Window(rect.x, rect.y, rect.width, rect.height)


class Output:
    """A raster being written, and what is needed to tell afterwards whether all of it has reached the disk."""

    def __init__(self, raster: Any) -> None:
        self._raster = raster
        self._written: list[tuple[Window, int]] = []

    def write(self, values: NDArray[np.uint8], rect: Rect) -> None:
        """`values` (rect.height, rect.width), to be read again by `check`."""
        self._raster.write(values, 1, window=_window(rect))
        self._written.append((_window(rect), zlib.crc32(values.tobytes())))

    def check(self, path: Path) -> None:
        """Raises OSError where a part is missing: GDAL says nothing when the disk is full while it closes a file."""
        try:
            with rasterio.open(path, driver="GTiff") as raster:
                whole = all(zlib.crc32(raster.read(1, window=w).tobytes()) == crc for w, crc in self._written)
        except GDAL_ERRORS:
            whole = False
        if not whole:
            raise OSError("not all of it has reached the disk")


@contextmanager
def raster_like(
    scene_path: str,
    target: Path,
    classes: Sequence[LabelClass] | None,
    *,
    size: tuple[int, int] | None = None,
    overviews: bool = False,
    source: str = "",
    check: Callable[[], None] = Unwatched().check,
) -> Iterator[Output]:
    """A uint8 raster of the Scene's size and place, renamed to `target` when the block ends without an error.

    It holds labels of `classes`; with None, doubt in percent. With `overviews` it becomes a cloud-optimised GeoTIFF,
    which is given up at once where `check` raises. Where a `source` is given, its tag FIELDBRUSH_SOURCE says so.
    Raises ExportError, and SceneError for a Scene that cannot be read or has not the `size` (width, height).
    """
    with writing(target), replacing(target) as partial:
        nodata = DOUBT_NODATA if classes is None else 0
        with _in_place_of(scene_path, partial, nodata, size) as raster:
            if classes is None:
                raster.update_tags(FIELDBRUSH="doubt")
                raster.set_band_description(1, _DOUBT)
            else:
                _describe_classes(raster, classes)
            if source:
                raster.update_tags(FIELDBRUSH_SOURCE=source)
            output = Output(raster)
            yield output
        if overviews:
            _copy_with_overviews(partial, "average" if classes is None else "mode", check)
        output.check(partial)
        if classes is not None:  # before the raster has its name: where that is there, so are its names and colours
            _write_beside(target, classes)


@contextmanager
def _in_place_of(scene_path: str, path: Path, nodata: int, size: tuple[int, int] | None) -> Iterator[Any]:
    """An open raster of the Scene's size, with all that says where that lies."""
    local = local_file(scene_path)
    with reading(local), open_dataset(local) as scene:
        refuse_other_size(scene_path, (scene.width, scene.height), size)
        profile = _profile(scene, nodata=nodata)
        gcps, gcp_crs = scene.gcps
        rpcs = scene.rpcs
    with rasterio.open(path, "w", **profile) as raster:
        if gcps and "transform" not in profile:
            raster.gcps = (gcps, gcp_crs)
        if rpcs is not None:
            raster.rpcs = rpcs
        yield raster


def _names_beside(target: Path) -> Path:
    return target.with_name(target.name + ".aux.xml")


def _write_beside(target: Path, classes: Sequence[LabelClass]) -> None:
    """The files with the classes' names and colours, both or none. A style that is not ours stays: QGIS saves a layer's
    default under this name."""
    style = target.with_suffix(".qml")
    with ExitStack() as beside:
        beside.enter_context(replacing(_names_beside(target))).write_text(_category_names(classes), encoding="utf-8")
        if not os.path.lexists(style) or is_ours(style, _STYLE_MARK):
            beside.enter_context(replacing(style)).write_text(_qgis_style(classes), encoding="utf-8")


def _copy_with_overviews(path: Path, resampling: str, check: Callable[[], None]) -> None:
    """Replace a GeoTIFF by a cloud-optimised one: 512 px tiles, deflate (every GDAL reads it), overviews inside."""
    copy = path.with_name(f"{path.name}.cog.tif")
    with rasterio.open(path) as raster:
        pixels = raster.width * raster.height
    try:
        call_gdal(_copy, (path, copy, resampling), pixels, check)
        os.replace(copy, path)
    finally:
        copy.unlink(missing_ok=True)


def _copy(wanted: tuple[Path, Path, str]) -> None:
    path, copy, resampling = wanted
    rasterio.shutil.copy(
        path, copy, driver="COG", blocksize=512, compress="DEFLATE", overview_resampling=resampling,
        bigtiff="IF_SAFER", sparse_ok=True,
    )  # fmt: skip


def _profile(scene: Any, nodata: int) -> dict[str, Any]:
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "width": scene.width,
        "height": scene.height,
        "count": 1,
        "dtype": "uint8",
        "nodata": nodata,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "deflate",
        "sparse_ok": True,
        "bigtiff": "if_safer",
    }
    if scene.crs is not None:
        profile["crs"] = scene.crs
    if not scene.transform.is_identity:
        profile["transform"] = scene.transform
    return profile


def _describe_classes(raster: Any, classes: Sequence[LabelClass]) -> None:
    raster.update_tags(
        FIELDBRUSH="labels", **{f"CLASS_{c.value}": c.name for c in classes}, **{f"CLASS_{IGNORE}": "ignore"}
    )
    raster.set_band_description(1, "class")
    colours = {0: (0, 0, 0, 0), IGNORE: rgb_of(IGNORE_COLOUR)}
    raster.write_colormap(1, colours | {c.value: rgb_of(c.colour) for c in classes})


def _category_names(classes: Sequence[LabelClass]) -> str:
    """GDAL's sidecar (PAM) with a name for every value up to the largest class; rasterio can't set them itself."""
    names = {0: "unlabeled", IGNORE: "ignore"} | {c.value: c.name for c in classes}
    rows = "\n".join(f"      <Category>{escape(names.get(value, ''))}</Category>" for value in range(256))
    return (
        '<PAMDataset>\n  <PAMRasterBand band="1">\n    <CategoryNames>\n'
        f"{rows}\n    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n"
    )


def _qgis_style(classes: Sequence[LabelClass]) -> str:
    """A QGIS layer style: the paletted renderer with the class colours and names."""
    rows = [(c.value, c.name, c.colour) for c in classes] + [(IGNORE, "ignore", IGNORE_COLOUR)]
    entries = "\n".join(
        f'        <paletteEntry value="{value}" label={quoteattr(name)} color="{colour}" alpha="255"/>'
        for value, name, colour in rows
    )
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22" styleCategories="Symbology">\n  <pipe>\n'
        '    <rasterrenderer type="paletted" band="1" opacity="1" alphaBand="-1">\n'
        f"      <colorPalette>\n{entries}\n      </colorPalette>\n"
        "    </rasterrenderer>\n  </pipe>\n</qgis>\n"
    )
