"""Small generated rasters for the tests of the imagery room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp


def write_raster(
    path: Path,
    values: NDArray[Any],
    *,
    names: tuple[str, ...] = (),
    colours: tuple[ColorInterp, ...] = (),
    tags: dict[str, str] | None = None,
    **profile: Any,
) -> Path:
    """`values` (B, h, w) as GeoTIFF; `profile` goes to rasterio (crs, transform, nodata, tiled, …)."""
    count, height, width = values.shape
    shape = {"count": count, "height": height, "width": width, "dtype": values.dtype}
    with rasterio.open(path, "w", **({"driver": "GTiff"} | shape | profile)) as file:
        if colours:
            file.colorinterp = colours
        file.write(values)
        for index, name in enumerate(names, 1):
            file.set_band_description(index, name)
        file.update_tags(**(tags or {}))
    return path


def ramp(bands: int, height: int, width: int, dtype: str = "uint16", start: int = 1) -> NDArray[Any]:
    """Every pixel differs from its neighbours and between bands; never 0."""
    cells = np.arange(bands * height * width).reshape(bands, height, width)
    return (cells % 60000 + start).astype(dtype)


def damage_block(path: Path, column: int, row: int) -> Path:
    """Make a block of a compressed GeoTIFF undecodable, as a bad sector or an interrupted copy does."""
    with rasterio.open(path) as file:
        first, size = (
            int(file.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", bidx=1)) for what in ("OFFSET", "SIZE")
        )
    with open(path, "r+b") as raw:
        raw.seek(first)
        raw.write(b"\xff" * size)
    return path
