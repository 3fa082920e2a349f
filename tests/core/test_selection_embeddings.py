"""Embeddings: pooling over valid pixels, the scale of the Project, the cache that survives a kill, the fallback."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import SceneError, SelectionError
from core.geometry import Rect, TileRef
from core.imagery.grid import cut_grid
from core.imagery.interpretation import guess_interpretation
from core.imagery.reader import TilePixels, TileReader
from core.imagery.scene import open_scene
from core.imagery.statistics import measure_statistics
from core.jobs import Cancelled
from core.learning import encoder as encoders
from core.learning import runtime
from core.learning.acceleration import Phase, Plan, remember
from core.selection import embeddings
from core.selection.colour_texture import ColourTexture, chosen_bands
from core.selection.embedding_cache import FeatureFile
from core.selection.embeddings import embed, features_for
from core.selection.features import Features, to_embeddings
from tests.core.imagery_files import write_raster
from tests.data import real_data

ROLES = ("red", "green", "blue", "nir")


class Steps:
    """A job's context that stops it at the checkpoint number `stop_at` after its first report, and remembers what was
    reported."""

    def __init__(self, stop_at: int = 10**9) -> None:
        self.stop_at = stop_at
        self.checks = 0
        self.reports: list[tuple[float, float]] = []

    def check(self) -> None:
        self.checks += bool(self.reports)
        if self.checks > self.stop_at:
            raise Cancelled

    def report(self, done: float, total: float) -> None:
        self.reports.append((done, total))


class Counting:
    """Features that count the Tiles they are asked for."""

    def __init__(self, inner: Features) -> None:
        self.inner, self.name, self.stages = inner, inner.name, inner.stages
        self.tiles = self.most_bytes = 0

    def __call__(self, tiles: Sequence[TilePixels]) -> NDArray[np.float32]:
        assert len({tile.valid.shape for tile in tiles}) == 1, "tiles of one size in a batch"
        self.tiles += len(tiles)
        self.most_bytes = max(self.most_bytes, sum(tile.values.nbytes for tile in tiles))
        return self.inner(tiles)


def textures(bands: int, height: int, width: int, seed: int = 0) -> NDArray[np.uint16]:
    rng = np.random.default_rng(seed)
    rows = np.arange(height)[:, None] * rng.uniform(0.02, 0.6, (bands, 1, 1))
    waves = 300 * np.sin(rows + np.arange(width) * rng.uniform(0.01, 0.3))
    return (1000 + waves + rng.integers(0, 400, (bands, height, width))).astype(np.uint16)


def project(
    folder: Path, scenes: int = 2, bands: int = 4, size: tuple[int, int] = (150, 200)
) -> tuple[list[TileRef], TileReader, dict[str, str]]:
    """Scenes in uint16 with nodata 0, cut into Tiles of 64 px; the last ones are smaller."""
    paths = []
    for number in range(scenes):
        values = textures(bands, *size, seed=number)
        values[:, :40, :40] = 0
        paths.append(write_raster(folder / f"scene_{number}.tif", values, nodata=0))
    opened = [open_scene(path) for path in paths]
    interpretation = guess_interpretation(opened[0].info, opened[0])
    reader = TileReader(interpretation, measure_statistics(opened, interpretation))
    tiles = [(str(path), tile.rect) for path in paths for tile in cut_grid(size[1], size[0], 64)]
    refs = [TileRef(number, path, rect) for number, (path, rect) in enumerate(tiles)]
    return refs, reader, {str(path): path.stem for path in paths}


def pixels(values: NDArray[np.float32], valid: NDArray[np.bool_] | None = None) -> TilePixels:
    return TilePixels(values, np.ones(values.shape[1:], np.bool_) if valid is None else valid)


@pytest.fixture
def encoder_features() -> Features:
    if not encoders.encoder_weights_path().is_file():
        pytest.skip("the encoder's weights are not in resources/encoder: run packaging/encoder_weights.py")
    runtime.configure(1)
    remember(Phase.EMBED, 1, Plan(channels_last=True))  # instead of timing what is fastest here
    features = features_for(ROLES, Steps())
    assert features.name.startswith("ms4")
    return features


def test_embeddings_are_unit_vectors_in_the_order_of_the_tiles(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path)
    features, steps = Counting(ColourTexture(reader.roles)), Steps()
    result = embed(refs, reader, steps, tmp_path / "cache", prints, features)
    assert result.shape == (24, 124)
    assert result.dtype == np.float32
    assert np.linalg.norm(result, axis=1) == pytest.approx(np.ones(24), abs=1e-5)
    assert steps.reports[0] == (0, 24)
    assert steps.reports[-1] == (24, 24)
    backwards = embed(refs[::-1], reader, Steps(), tmp_path / "cache", prints, features)
    assert backwards == pytest.approx(result[::-1], abs=1e-5)
    assert features.tiles == 24, "the second time all of it comes from the cache"


@pytest.mark.parametrize("stop_at", [1, 2, 3])
def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, stop_at: int) -> None:
    refs, reader, prints = project(tmp_path, scenes=3)
    whole = embed(refs, reader, Steps(), tmp_path / "whole", prints, ColourTexture(reader.roles))
    features = Counting(ColourTexture(reader.roles))
    with pytest.raises(Cancelled):
        embed(refs, reader, Steps(stop_at), tmp_path / "cache", prints, features)
    before = features.tiles
    assert 0 < before < len(refs)
    steps = Steps()
    resumed = embed(refs, reader, steps, tmp_path / "cache", prints, features)
    assert features.tiles == len(refs), "nothing twice"
    assert steps.reports[0] == (before, len(refs))
    assert (resumed == whole).all()


def test_a_new_scene_costs_only_its_own_tiles(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path, scenes=3)
    features = Counting(ColourTexture(reader.roles))
    embed(refs[:24], reader, Steps(), tmp_path / "cache", prints, features)
    embed(refs, reader, Steps(), tmp_path / "cache", prints, features)
    assert features.tiles == 36


def test_of_many_bands_fewer_tiles_are_held_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refs, reader, prints = project(tmp_path)
    features = Counting(ColourTexture(reader.roles))
    whole = embed(refs, reader, Steps(), tmp_path / "whole", prints, features)
    limit = 2 * 64 * 64 * reader.band_count * 4
    assert features.most_bytes > limit
    monkeypatch.setattr(embeddings, "_BATCH_BYTES", limit)
    features = Counting(ColourTexture(reader.roles))
    np.testing.assert_array_equal(embed(refs, reader, Steps(), tmp_path / "few", prints, features), whole)
    assert features.most_bytes == limit


def test_other_content_grid_or_meaning_is_computed_anew(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path, scenes=1)
    features = Counting(ColourTexture(reader.roles))
    cache = tmp_path / "cache"
    embed(refs, reader, Steps(), cache, prints, features)
    embed(refs, reader, Steps(), cache, dict.fromkeys(prints, "changed"), features)
    embed(refs[:5], reader, Steps(), cache, prints, features)
    other = TileReader(reader.interpretation.with_nodata(1.0), reader.statistics)
    embed(refs, other, Steps(), cache, prints, features)
    assert features.tiles == 12 + 12 + 5 + 12
    moved = [TileRef(ref.tile_id + 50, ref.scene_path, ref.rect) for ref in refs]
    embed(moved, reader, Steps(), cache, prints, features)
    assert features.tiles == 41, "what a tile is called does not matter"


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY rubbish", None])
def test_a_damaged_cache_file_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    refs, reader, prints = project(tmp_path, scenes=1)
    features = Counting(ColourTexture(reader.roles))
    first = embed(refs, reader, Steps(), tmp_path / "cache", prints, features)
    (file,) = (tmp_path / "cache").glob("*.npy")
    file.write_bytes(file.read_bytes()[:-700] if damage is None else damage)
    assert (embed(refs, reader, Steps(), tmp_path / "cache", prints, features) == first).all()
    assert features.tiles == 24


def test_a_row_cut_off_by_a_crash_is_done_again(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path, scenes=1)
    features = Counting(ColourTexture(reader.roles))
    first = embed(refs, reader, Steps(), tmp_path / "cache", prints, features)
    (file,) = (tmp_path / "cache").glob("*.npy")
    rows = np.load(file, mmap_mode="r+")
    rows[3, 60:] = np.nan
    rows.flush()
    assert (embed(refs, reader, Steps(), tmp_path / "cache", prints, features) == first).all()
    assert features.tiles == 13


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path, scenes=1)
    (tmp_path / "cache").write_text("a file where the folder should be")
    result = embed(refs, reader, Steps(), tmp_path / "cache", prints, ColourTexture(reader.roles))
    assert np.isfinite(result).all()


def test_tiles_that_cannot_be_read_are_left_out_and_tried_again(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path)
    path = Path(refs[0].scene_path)
    kept = path.read_bytes()
    path.unlink()
    reader.close()
    features = Counting(ColourTexture(reader.roles))
    partly = embed(refs, reader, Steps(), tmp_path / "cache", prints, features)
    assert np.isnan(partly[:12]).all()
    assert np.isfinite(partly[12:]).all()
    with pytest.raises(SceneError):
        embed(refs[:12], reader, Steps(), tmp_path / "other", prints, features)
    path.write_bytes(kept)
    assert np.isfinite(embed(refs, reader, Steps(), tmp_path / "cache", prints, features)).all()
    assert features.tiles == 24
    with pytest.raises(SelectionError, match="not been identified"):
        embed(refs, reader, Steps(), tmp_path / "cache", {}, features)


def test_no_tiles_and_one_tile(tmp_path: Path) -> None:
    refs, reader, prints = project(tmp_path, scenes=1)
    features = ColourTexture(reader.roles)
    assert embed([], reader, Steps(), tmp_path / "cache", prints, features).shape == (0, 124)
    assert (embed(refs[5:6], reader, Steps(), tmp_path / "cache", prints, features) == 0).all()


def test_the_scale_of_a_project_worked_by_hand() -> None:
    raw = np.array([[1, 5, 7], [3, 5, 1], [2, 5, 4], [0, 0, 0], [np.nan, 1, 1]], np.float32)
    result = to_embeddings(raw, (2, 1))
    z = 1.224745  # of 1 in (1, 3, 2): (3 - 2) / √(2/3)
    assert z == pytest.approx(1 / np.sqrt(2 / 3), rel=1e-5)
    half = np.sqrt(0.5)  # each stage has length 1, the whole too
    assert result[0] == pytest.approx([-half, 0, half], abs=1e-6)
    assert result[1] == pytest.approx([half, 0, -half], abs=1e-6)
    assert result[2] == pytest.approx([0, 0, 0], abs=1e-6)
    assert (result[3] == 0).all()
    assert np.isnan(result[4]).all()


def test_one_extreme_number_does_not_decide_alone() -> None:
    raw = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    raw[0, 0] = 1e4
    assert to_embeddings(raw, (3,))[0, 0] < 1.0
    assert abs(np.linalg.norm(to_embeddings(raw, (3,)), axis=1) - 1).max() < 1e-5


@pytest.mark.parametrize(
    ("roles", "bands"),
    [
        (("red", "green", "blue"), (0, 1, 2)),
        (("blue", "green", "red", "rededge", "nir"), (0, 1, 2, 4)),
        (("other",), (0,)),
        (("other",) * 9, (0, 3, 5, 8)),
        (("nir", "other", "other"), (0, 1, 2)),
    ],
)
def test_colour_and_texture_take_four_bands_at_most(roles: tuple[str, ...], bands: tuple[int, ...]) -> None:
    assert chosen_bands(roles) == bands
    values = np.random.default_rng(0).random((len(roles), 20, 30)).astype(np.float32)
    assert ColourTexture(roles)([pixels(values)]).shape == (1, 31 * len(bands))


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 1), (33, 40)])
def test_colour_and_texture_of_any_size_are_numbers(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(0).random((4, *shape)).astype(np.float32)
    features = ColourTexture(ROLES)
    empty = pixels(values, np.zeros(shape, np.bool_))
    assert np.isfinite(features([pixels(values)])).all()
    assert (features([empty]) == 0).all()


def test_colour_and_texture_see_only_valid_pixels() -> None:
    values = np.random.default_rng(0).random((4, 64, 64)).astype(np.float32)
    valid = np.zeros((64, 64), np.bool_)
    valid[:, 20:] = True
    other = np.where(valid, values, 9.0).astype(np.float32)
    features = ColourTexture(ROLES)
    assert (features([pixels(values, valid)]) == features([pixels(other, valid)])).all()


def test_the_encoder_gives_four_stages_for_any_bands_and_sizes(encoder_features: Features) -> None:
    assert encoder_features.stages == (24, 40, 112, 320)
    rng = np.random.default_rng(0)
    for roles in (("pan",), ("nir", "red"), ("blue", "green", "red", "rededge", "nir"), ("other",) * 13):
        features = features_for(roles, Steps())
        for shape in ((40, 33), (1, 1)):
            tile = pixels(rng.random((len(roles), *shape)).astype(np.float32))
            result = features([tile, tile])
            assert result.shape == (2, 496)
            assert np.isfinite(result).all()
            assert (result[0] != 0).any()


def test_what_is_in_the_cache_needs_no_encoder(
    encoder_features: Features, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs, reader, prints = project(tmp_path)
    first = embed(refs[:20], reader, Steps(), tmp_path / "cache", prints)
    monkeypatch.setattr("core.selection.embeddings.EncoderFeatures", None)
    assert (embed(refs[:20], reader, Steps(), tmp_path / "cache", prints) == first).all()
    with pytest.raises(TypeError):  # one more Tile
        embed(refs[:21], reader, Steps(), tmp_path / "cache", prints)


def test_the_encoder_sees_only_valid_pixels(encoder_features: Features) -> None:
    values = np.random.default_rng(0).random((4, 96, 128)).astype(np.float32)
    valid = np.zeros((96, 128), np.bool_)
    valid[:, 32:] = True
    other = np.where(valid, values, 1.5).astype(np.float32)
    first, second = encoder_features([pixels(values, valid), pixels(other, valid)])
    assert second == pytest.approx(first, abs=1e-5)
    assert (encoder_features([pixels(values, ~np.ones_like(valid))]) == 0).all()


def test_pooling_is_the_mean_of_the_maps_weighted_by_valid_pixels(encoder_features: Features) -> None:
    torch = runtime.load_torch()
    values = np.random.default_rng(0).random((4, 64, 96)).astype(np.float32)
    with torch.inference_mode():
        maps = encoders.load_encoder(4, ROLES)(encoders.to_input(torch.from_numpy(values)[None]))
    expected = np.concatenate([maps[i][0].mean(dim=(1, 2)).numpy() for i in (2, 3, 4, 5)])
    assert encoder_features([pixels(values)])[0] == pytest.approx(expected, abs=2e-4)


def test_large_tiles_go_through_in_pieces(encoder_features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).random((4, 200, 150)).astype(np.float32)
    whole = encoder_features([pixels(values)])[0]
    monkeypatch.setattr("core.selection.encoder_features._PIECES_PX", (128,))
    pieces = encoder_features([pixels(values)])[0]
    assert np.corrcoef(whole, pieces)[0, 1] > 0.95  # not equal: a piece does not see what lies beside it


@pytest.mark.parametrize("damaged", [False, True])
def test_without_weights_colour_and_texture_stand_in(
    damaged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(encoders, "encoder_weights_path", lambda encoder="": tmp_path / "weights.safetensors")
    if damaged:
        (tmp_path / "weights.safetensors").write_bytes(b"cut off")
    refs, reader, prints = project(tmp_path)
    result = embed(refs, reader, Steps(), tmp_path / "cache", prints)
    assert result.shape == (24, 124)
    assert "without the encoder" in caplog.text


@pytest.mark.timeout(300)
def test_embeddings_tell_real_places_apart(encoder_features: Features, tmp_path: Path) -> None:
    folder = real_data("naip_trees")
    with open(folder / "tiles.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::3]
    paths = [str(folder / "images" / f"{row['stem']}.tif") for row in rows]
    scenes = [open_scene(path) for path in paths]
    interpretation = guess_interpretation(scenes[0].info, scenes[0])
    reader = TileReader(interpretation, measure_statistics(scenes, interpretation))
    refs = [TileRef(number, path, Rect(0, 0, 256, 256)) for number, path in enumerate(paths)]
    result = embed(refs, reader, Steps(), tmp_path, {path: path for path in paths}, encoder_features)
    alike = result @ result.T
    np.fill_diagonal(alike, -np.inf)
    places = [row["city_year"] for row in rows]
    votes = [Counter(places[i] for i in np.argsort(-alike[n])[:5]).most_common(1)[0][0] for n in range(len(refs))]
    share = np.mean([vote == place for vote, place in zip(votes, places, strict=True)])
    assert share > 0.7, "0.91 on all 170 tiles; always naming the commonest place gives 0.27"


def test_a_full_disk_keeps_no_piece_of_a_file(tmp_path: Path) -> None:
    pieces = iter(range(3))

    def full_after_three() -> None:
        if next(pieces, None) is None:
            raise OSError("no space left")

    FeatureFile(tmp_path / "x.npy", 20_000, 8, full_after_three).write([0], np.ones((1, 8), np.float32))
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_is_cut_off_meanwhile_is_done_without(tmp_path: Path) -> None:
    """Caches may be deleted at any time; on a full disk some programs leave nothing but the name."""
    file = FeatureFile(tmp_path / "x.npy", 10, 2)
    (tmp_path / "x.npy").write_bytes(b"")
    file.write([3], np.ones((1, 2), np.float32))
    assert np.flatnonzero(file.done).tolist() == [3]


class _Asked:
    """A job's context that counts its checkpoints until the first Tile's turn, which it gives up."""

    def __init__(self) -> None:
        self.checks = 0

    def check(self) -> None:
        self.checks += 1

    def report(self, done: float, total: float) -> None:
        raise Cancelled


class _Narrow:
    name, stages = "narrow", (8,)

    def __call__(self, tiles: Sequence[TilePixels]) -> NDArray[np.float32]:
        raise AssertionError("nothing is computed")


def test_150000_tiles_can_be_given_up_every_few_thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a new file for their features is made, and while those that are kept become Embeddings."""
    reader = project(tmp_path, scenes=1)[1]
    refs = [TileRef(n, "/x.tif", Rect(n % 391 * 256, n // 391 * 256, 256, 256)) for n in range(391**2)]
    new, kept = _Asked(), _Asked()
    with pytest.raises(Cancelled):
        embed(refs, reader, new, tmp_path / "cache", {"/x.tif": "x"}, _Narrow())
    (path,) = (tmp_path / "cache").iterdir()
    np.save(path, np.random.default_rng(0).normal(size=(len(refs), 8)).astype(np.float16))
    monkeypatch.setattr("core.selection.embeddings.features_known_as", lambda: (_Narrow.name, _Narrow.stages))
    assert np.isfinite(embed(refs, reader, kept, tmp_path / "cache", {"/x.tif": "x"})).all()
    blocks = len(refs) // 4096
    assert new.checks > blocks, "while the file is written"
    assert kept.checks > 5 * blocks, "while its rows are gathered, looked at, measured twice and brought to one scale"


@pytest.mark.parametrize("checks", range(0, 20, 3))
def test_what_is_given_up_while_embeddings_are_made_leaves_no_half_a_file(tmp_path: Path, checks: int) -> None:
    values = np.random.default_rng(0).normal(size=(20_000, 6)).astype(np.float32)
    whole, piece = Steps(checks), Steps(min(checks, 4))
    whole.report(0, 1)
    piece.report(0, 1)
    with pytest.raises(Cancelled):
        to_embeddings(values, (2, 4), whole.check)
    with pytest.raises(Cancelled):
        FeatureFile(tmp_path / "x.npy", 20_000, 6, piece.check)
    assert not list(tmp_path.iterdir())
    file = FeatureFile(tmp_path / "x.npy", 20_000, 6)
    file.write([19_999], np.ones((1, 6), np.float32))
    assert np.flatnonzero(FeatureFile(tmp_path / "x.npy", 20_000, 6).done).tolist() == [19_999]
