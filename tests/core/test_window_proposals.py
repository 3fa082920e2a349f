"""Windows proposed in a real session: which, why, for how long, and what paint changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from core.errors import SceneError
from core.geometry import Rect
from core.learning.acceleration import Phase, Plan, remember
from core.learning.prediction_cache import PackedPrediction
from core.selection.windows import MOST_WINDOWS, Proposal
from core.session import Session
from core.session_parts.window_proposals import is_painted
from tests.core.projects import UTM, done, make_project, opened, paint_rect

SIDE = 64


def looks() -> list[NDArray[np.uint8]]:
    """Four kinds of cover, 64 x 64 px each: noise, stripes, checks, a slope."""
    y, x = np.mgrid[:SIDE, :SIDE]
    noise = np.random.default_rng(0).integers(60, 200, (SIDE, SIDE))
    kinds = [noise, np.where(x % 8 < 4, 40, 220), np.where((x // 16 + y // 16) % 2, 90, 160), 30 + 3 * y]
    return [np.stack([kind, 255 - kind, kind // 2 + 60]).astype(np.uint8) for kind in kinds]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two Tiles of 256 px; in each the four kinds of cover lie in columns, so that a row of Windows has all of them.
    The last row of the second Tile has no data."""
    remember(Phase.EMBED, 1, Plan())
    values = np.concatenate([np.tile(kind, (1, 4, 1)) for kind in looks()], axis=2)
    values = np.tile(values, (1, 1, 2)).clip(1, 254)
    jitter = np.random.default_rng(1).integers(-3, 4, values.shape)
    values = (values.astype(int) + jitter).clip(1, 254).astype(np.uint8)
    values[:, 192:, 256:] = 0
    with rasterio.open(
        tmp_path / "covers.tif", "w", driver="GTiff", width=512, height=256, count=3, dtype="uint8", nodata=0, **UTM
    ) as file:
        file.write(values)
    return make_project(tmp_path, [tmp_path / "covers.tif"], tile_px=256)


def proposed(session: Session, tile_id: int) -> tuple[Proposal, ...]:
    job = session.windows.look_for(tile_id)
    assert job is not None
    done(session, job)
    return session.windows.of(tile_id)


def covers(proposals: tuple[Proposal, ...]) -> list[int]:
    """Which kind of cover each shows."""
    return [proposal.rect.x // SIDE for proposal in proposals]


def test_nothing_is_proposed_before_the_tiles_are_known(project: Path) -> None:
    with opened(project) as session:
        tile_id = next(iter(session.tiles))
        assert session.windows.look_for(tile_id) is None
        assert session.windows.of(tile_id) == ()


@pytest.mark.parametrize("painted", [True, False])
def test_a_scene_that_is_away_takes_no_windows_from_the_others(
    project: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, painted: bool
) -> None:
    """Its Tiles are next in the queue, or were painted last."""
    away = shutil.copy(tmp_path / "covers.tif", tmp_path / "later.tif")
    path = make_project(tmp_path, [tmp_path / "covers.tif", away], name="both", tile_px=256)
    with opened(path) as session:
        done(session, session.embed())
        here, there = min(session.tiles), max(session.tiles)
        if painted:
            paint_rect(session, there, Rect(0, 0, SIDE, SIDE), 1)
            session.submit(there)
    away.unlink()
    with opened(path) as session:
        done(session, session.embed())
        assert proposed(session, here)
        assert caplog.text.count("was not found") == 1
        with pytest.raises(SceneError, match="was not found"):
            proposed(session, there)


def test_one_window_of_every_kind_of_cover_and_no_nodata(project: Path) -> None:
    with opened(project) as session:
        done(session, session.embed())
        for tile_id in session.tiles:
            found = proposed(session, tile_id)
            assert 1 <= len(found) <= MOST_WINDOWS
            assert len(set(covers(found))) == len(found), "no kind twice"
            assert all(proposal.seconds is None for proposal in found), "nobody has been timed"
            for proposal in found:
                assert (proposal.rect.width, proposal.rect.height) == (SIDE, SIDE)
                assert Rect(0, 0, 256, 256).intersect(proposal.rect) == proposal.rect
        last = [*session.tiles][-1]
        assert all(proposal.rect.y < 192 for proposal in session.windows.of(last))


def test_a_sliver_at_the_tiles_end_is_not_proposed(tmp_path: Path) -> None:
    """A Tile of 268 px is four Windows and 12 px wide, and what lies on those 12 is like nothing else."""
    remember(Phase.EMBED, 1, Plan())
    values = np.concatenate([np.tile(kind, (1, 5, 1)) for kind in [*looks(), 255 - looks()[0][:, :, :12]]], axis=2)
    values = values[:, :268]
    values[:, :, 256:] = np.random.default_rng(2).integers(1, 255, (3, 268, 12))
    with rasterio.open(
        tmp_path / "covers.tif", "w", driver="GTiff", width=268, height=268, count=3, dtype="uint8", **UTM
    ) as file:
        file.write(values.clip(1, 254).astype(np.uint8))
    with opened(make_project(tmp_path, [tmp_path / "covers.tif"], tile_px=268)) as session:
        done(session, session.embed())
        (tile_id,) = session.tiles
        found = proposed(session, tile_id)
        assert found
        assert {(proposal.rect.width, proposal.rect.height) for proposal in found} == {(SIDE, SIDE)}


def test_what_is_painted_is_not_proposed_nor_what_looks_like_it(project: Path) -> None:
    with opened(project) as session:
        done(session, session.embed())
        first, second = session.tiles
        for proposal in proposed(session, first):
            assert paint_rect(session, first, proposal.rect, 1 + proposal.rect.x % 2)
        assert session.windows.of(first) == (), "gone with the stroke, without another search"
        assert is_painted(session.mask(first).labels, Rect(0, 0, 256, 256))
        paint_rect(session, second, Rect(SIDE, 0, SIDE, SIDE), 2)
        found = proposed(session, second)
        assert Rect(SIDE, 0, SIDE, SIDE) not in [proposal.rect for proposal in found]
        session.undo(second)
        assert session.windows.of(second) == found


def test_the_unpainted_kinds_come_first(project: Path) -> None:
    with opened(project) as session:
        done(session, session.embed())
        first, second = session.tiles
        paint_rect(session, first, Rect(0, 0, 2 * SIDE, 256), 1)  # noise and stripes
        found = proposed(session, second)
        assert set(covers(found)[:2]) == {2, 3}
        assert "Unlike" in found[0].reason.template


def test_windows_alone_are_a_done_tile_and_teach_what_a_window_takes(project: Path) -> None:
    """Submitting after two windows counts; the seconds they took are what the next ones are predicted to take."""
    with opened(project) as session:
        done(session, session.embed())
        first, second = session.tiles
        paint_rect(session, first, Rect(0, 0, SIDE, SIDE), 1)
        paint_rect(session, first, Rect(2 * SIDE, 0, SIDE, SIDE), 2)
        session.submit(first, seconds=24.0)
        assert session.effort.spent_tiles == 1
        assert session.can_train()
        found = proposed(session, second)
        assert found
        for proposal in found:
            assert proposal.seconds == pytest.approx(12.0, abs=0.1), "two took 24 s"


def test_the_doubt_is_said_and_whose_it_is(project: Path) -> None:
    with opened(project) as session:
        done(session, session.embed())
        first, second = session.tiles
        session.forecasts.suggests = True
        paint_rect(session, first, Rect(0, 0, SIDE, SIDE), 1)
        paint_rect(session, first, Rect(SIDE, 0, SIDE, SIDE), 2)
        while (job := session.pending("suggest")) is not None:
            session.wait(job)
        session.predicting.visible(second)
        job = session.pending("suggest")
        assert job is not None
        session.wait(job)
        prediction = session.forecasts.predictions.get(second)
        assert prediction is not None
        doubt = np.zeros_like(prediction.doubt)
        doubt[:, 2 * SIDE :] = 200
        session.forecasts.predictions.keep(PackedPrediction.of(replace(prediction, doubt=doubt)))
        found = proposed(session, second)
        unsure = [proposal for proposal in found if "unsure" in proposal.reason.template]
        assert unsure
        assert set(covers(tuple(unsure))) <= {2, 3}
        assert found[0] in unsure
        assert {proposal.reason.template for proposal in unsure} == {
            "The pixel classifier is unsure here ({percent} %)"
        }
