"""Sentinel-2 images whose values stand 1,000 too high: those processed since 25 January 2022 (baseline 04.00)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from core.errors import SceneError
from core.imagery.files import SceneInfo
from core.imagery.interpretation import Interpretation
from core.imagery.scene import open_scene
from core.imagery.statistics import sample_pixels

# As ESA names products and their bands: S2B_MSIL2A_20230612T102609_N0509_R108_T32TPS_…, T32TPS_20230612T102609_…
_PRODUCT = re.compile(
    r"MSIL[12][AC]_(?P<date>\d{8})T\d{6}(?:_N(?P<baseline>\d{4}))?|T\d{2}[A-Z]{3}_(?P<tile_date>\d{8})T"
)
_FIRST_DAY, _FIRST_BASELINE = "20220125", "0400"
# The darkest hundredth of an image: 1,000 and more with the offset; without it shadow, water and green plants, in the
# darkest band, are far below.
_DARKEST_WITH_OFFSET = 900.0


def raised_and_others(
    infos: Sequence[SceneInfo], interpretation: Interpretation
) -> tuple[list[SceneInfo], list[SceneInfo]]:
    """Of the scenes that are named as Sentinel-2's those that have the offset in their values, and those that have not:
    by their names, as far as those tell, and by their darkest values."""
    named = [info for info in infos if _PRODUCT.search(info.name)]
    suspects = [info for info in named if _may_be_raised(info)]
    if len(suspects) in (0, len(named)):  # all of one time
        return [], named
    raised = [info for info in suspects if _is_raised(info, interpretation)]
    return raised, [info for info in named if info not in raised]


def _may_be_raised(info: SceneInfo) -> bool:
    found = _PRODUCT.search(info.name)
    if found is None or info.dtype.startswith("float"):
        return False
    if found["baseline"] is not None:
        return found["baseline"] >= _FIRST_BASELINE
    return (found["date"] or found["tile_date"]) >= _FIRST_DAY


def _is_raised(info: SceneInfo, interpretation: Interpretation) -> bool:
    with suppress(SceneError), open_scene(info.path, try_reading=False) as scene:
        sample = sample_pixels(scene, interpretation)
        return (
            bool(sample.size)
            and float(np.percentile(sample.astype(np.float64), 1, axis=1).min()) >= _DARKEST_WITH_OFFSET
        )
    return False
