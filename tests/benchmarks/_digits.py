"""Handwritten digits as imagery, a set on which the phase change of active learning can be seen.

    python -m tests.benchmarks._digits FOLDER

writes FOLDER/images and FOLDER/masks: the digits that come with scikit-learn (8 x 8 pixels, after E. Alpaydin and C.
Kaynak, 1998), each enlarged to a tile of 32 px whose mask says its class everywhere, 43 of them a scene. Then
(docs/selection-study.md says what came out):

    fieldbrush simulate FOLDER --tile 32 --no-gap --metric mean_iou --budgets 10,20,40,80,160,320,640,1000 …
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

SIDE_PX = 32
ACROSS = 43  # digits a scene


def main() -> int:
    folder = Path(sys.argv[1])
    write_digits(folder)
    print(f"{folder}: images and masks of digits, tiles of {SIDE_PX} px")
    return 0


def write_digits(folder: Path, count: int | None = None) -> None:
    """The first `count` digits, or all, in whole rows of 43. Class values are the digits plus one."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images, values = digits.images[:count], digits.target[:count].astype(np.uint8) + 1
    for row, start in enumerate(range(0, len(images) - ACROSS + 1, ACROSS)):
        part = slice(start, start + ACROSS)
        pixels = [np.kron(image, np.ones((SIDE_PX // 8,) * 2)) * 15.0 for image in images[part]]
        classes = [np.full((SIDE_PX, SIDE_PX), value, np.uint8) for value in values[part]]
        _write(folder / "images" / f"row_{row:02}.tif", np.hstack(pixels).astype(np.uint8), row)
        _write(folder / "masks" / f"row_{row:02}.tif", np.hstack(classes), row)


def _write(path: Path, plane: np.ndarray, row: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = plane.shape
    place = Affine(1.0, 0.0, 704_000.0, 0.0, -1.0, 5_365_000.0 - row * SIDE_PX)
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=1, dtype="uint8", crs="EPSG:32632",
        transform=place, compress="deflate",
    ) as file:  # fmt: skip
        file.write(plane, 1)


if __name__ == "__main__":
    sys.exit(main())
