"""Everything Fieldbrush can do, without a screen. See docs/architecture.md."""

import importlib.util
import os
from pathlib import Path

__version__ = "0.1.0"

_FOREIGN = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH")


def _use_own_geodata() -> None:
    """Forget where other programs keep their PROJ and GDAL data, if rasterio has brought its own.

    PostGIS, QGIS and others set these for the whole machine; with their database no CRS could be read. Done here,
    before anything can load rasterio through us.
    """
    found = importlib.util.find_spec("rasterio")  # finds, without importing it
    if found is not None and found.origin is not None and (Path(found.origin).parent / "proj_data").is_dir():
        for name in _FOREIGN:
            os.environ.pop(name, None)


_use_own_geodata()
