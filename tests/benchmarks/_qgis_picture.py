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
    application = QgsApplication([], False)
    application.initQgis()
    print(json.dumps(measure(sys.argv[1], QSize(int(sys.argv[2]), int(sys.argv[3])))))
    application.exitQgis()  # after all layers are gone: it crashes otherwise


def measure(path: str, size: QSize) -> dict[str, object]:
    started = time.perf_counter()
    layer = QgsRasterLayer(path, "scene")
    if not layer.isValid():
        sys.exit(f"QGIS does not open {path}")
    opened = time.perf_counter() - started
    middle, half = layer.extent().center(), TILE_PX / 2 * layer.rasterUnitsPerPixelX()
    tile = QgsRectangle(middle.x() - half, middle.y() - half, middle.x() + half, middle.y() + half)
    return {
        "version": Qgis.QGIS_VERSION, "opened": opened, "tile": seconds(layer, tile, size),
        "whole": seconds(layer, layer.extent(), size),
    }  # fmt: skip


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
