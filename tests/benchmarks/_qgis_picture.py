"""The first pictures of `first_picture.py` by QGIS's renderer; run by it in a Python that has PyQGIS.

    python3 tests/benchmarks/_qgis_picture.py SCENE WIDTH HEIGHT

Prints one JSON object: seconds until a layer is open, until 256 px in the scene's middle are drawn after that, and
until the whole scene is, in the default style of three bands, WIDTH × HEIGHT pixels on the screen. Knows nothing of
Fieldbrush.
"""

from __future__ import annotations

import json
import sys
import time

from qgis.core import (  # type: ignore[import-not-found]
    Qgis,
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]

TILE_PX = 256


def main() -> None:
    path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    application = QgsApplication([], False)
    application.initQgis()
    started = time.perf_counter()
    layer = QgsRasterLayer(path, "scene")
    if not layer.isValid():
        sys.exit(f"QGIS does not open {path}")
    opened = time.perf_counter() - started
    whole, middle = layer.extent(), layer.extent().center()
    half = TILE_PX / 2 * layer.rasterUnitsPerPixelX()
    tile = QgsRectangle(middle.x() - half, middle.y() - half, middle.x() + half, middle.y() + half)
    size = QSize(width, height)
    print(json.dumps({"version": Qgis.QGIS_VERSION, "opened": opened, "tile": seconds(layer, tile, size),
                      "whole": seconds(layer, whole, size)}))  # fmt: skip
    application.exitQgis()


def seconds(layer: QgsRasterLayer, extent: QgsRectangle, size: QSize) -> float:
    """How long the layer takes to draw a part of itself."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(size)
    settings.setExtent(extent)
    started = time.perf_counter()
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.renderedImage().isNull()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
