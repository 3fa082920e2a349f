"""Open water comes last, and nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.jobs import Unwatched
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from core.selection.water import is_water
from core.session import Session
from tests.core.imagery_files import write_raster
from tests.core.projects import UTM, done, opened
from tests.data import real_data

LAKE, WOOD, SOIL, SNOW = (400, 500, 350, 150), (300, 450, 350, 2800), (900, 1200, 1600, 2300), (6000, 6000, 6000, 5500)
# blue, green, red, NIR as reflectance times 10,000, as plain surfaces have it
KINDS = {"lake": LAKE, "wood": WOOD, "soil": SOIL, "snow": SNOW}


def ground(kinds: Sequence[str], *, offset: int = 0, gain: float = 1.0) -> NDArray[np.uint16]:
    """(4, 64, 64·n): a tile of each kind, with noise, waves and, but on the lake, rows of plants."""
    random = np.random.default_rng(3)
    tiles = []
    for kind in kinds:
        tile = np.array(KINDS[kind], np.float64)[:, None, None] * random.normal(1, 0.06, (4, 64, 64))
        rows = 0.25 if kind in ("wood", "soil") else 0.05
        tile *= 1 + rows * np.sin(np.arange(64) / random.uniform(1, 4) + random.uniform(0, 6))
        tiles.append(tile)
    return (np.concatenate(tiles, axis=2) * gain + offset).clip(1, 65535).astype(np.uint16)


def project(folder: Path, values: NDArray[np.uint16], names: tuple[str, ...] = ("blue", "green", "red", "NIR")) -> Path:
    scene = write_raster(folder / "scene.tif", values, names=names, **UTM)
    found = examine([scene], Unwatched())
    return create_project(
        ProjectPlan(folder / "p.fieldbrush", found, found.interpretation, 64, Budget("tiles", 9)), Unwatched()
    )


def water(session: Session) -> list[bool]:
    refs = [session.tile_ref(tile_id) for tile_id in sorted(session.tiles)]
    return [is_water(session.reader.read(ref), ref, session.reader) for ref in refs]


@pytest.mark.parametrize("offset", [0, 1000])
def test_a_lake_is_water_and_nothing_else_is(tmp_path: Path, offset: int) -> None:
    """Also where 1,000 stands for zero, as in Sentinel-2's values since 2022, where the file says so."""
    kinds = ["lake", "wood", "soil", "snow", "lake", "wood"]
    path = project(tmp_path, ground(kinds, offset=offset))
    with opened(path) as session:
        assert water(session) == [kind == "lake" for kind in kinds]


def test_dry_soil_before_a_camera_with_a_weak_near_infrared_is_no_water(tmp_path: Path) -> None:
    """Nobody has calibrated it: green is above NIR everywhere but on plants."""
    values = ground(["soil", "soil", "wood", "soil", "wood", "soil"])
    values[3] = values[3] * 0.45
    with opened(project(tmp_path, values)) as session:
        assert not any(water(session))


def test_without_near_infrared_nothing_is_taken_for_water(tmp_path: Path) -> None:
    values = ground(["lake", "wood", "soil", "lake"])[:3]
    with opened(project(tmp_path, values, ("blue", "green", "red"))) as session:
        assert not any(water(session))


@pytest.mark.parametrize("strategy", ["auto", "typiclust", "maxherding", "probcover", "random", "valid_random"])
def test_a_lake_that_is_nearly_half_of_a_scene_is_offered_last(tmp_path: Path, strategy: str) -> None:
    kinds = ["lake"] * 11 + ["wood", "soil"] * 7
    with opened(project(tmp_path, ground(kinds))) as session:
        done(session, session.embed())
        job = session.rank(strategy)
        assert job is not None
        done(session, job)
        order = [kinds[session.tiles[ranked.tile_id].rect.x // 64] for ranked in session.queue()]
        assert order[:14].count("lake") == 0
        assert "water" in str(session.queue()[-1].reason)


def test_no_real_land_is_taken_for_water(tmp_path: Path) -> None:
    images = sorted((real_data("naip_trees") / "images").glob("*.tif"))[::4]
    found = examine(images, Unwatched())
    plan = ProjectPlan(tmp_path / "p.fieldbrush", found, found.interpretation, found.tile_px, Budget("tiles", 9))
    with opened(create_project(plan, Unwatched())) as session:
        assert not any(water(session))
