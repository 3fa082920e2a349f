"""The range of every data band over all Scenes of a Project: what brings pixel values to one scale for the encoder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.cache import cache_folder
from core.errors import SceneError
from core.geometry import Rect
from core.imagery.files import sample_windows
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Pixels, Scene
from core.jobs import Checkpoint, Unwatched

T = TypeVar("T")

_SAMPLE_SIDE_PX = 256  # a Scene is looked at in about this many pixels squared
_WINDOWS_PER_AXIS = 6  # instead of a decimated read, where that would decode the whole file
_ENOUGH_PX = 4096
_LARGE_PX = 1_000_000  # so much ground has light and dark in it; a small image may be all water
_LEAST_SHARE = 0.25
_LEAST_SHARE_OF_UNIT = 0.002  # still water has more
_MIDDLE_PX = 64
_MOST_VALUES = 64_000_000
_MOST_SCENES = 32
_STRIP_PX = 1024
_VERSION = 2  # of how a scale is measured: one that was kept by another is not taken


@dataclass(frozen=True)
class BandStatistics:
    """Of each data band, in the file's units: 1st and 99th percentile (never equal), mean (of what lies beyond these as
    if it were the nearer one), standard deviation."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def of(self, positions: Sequence[int]) -> BandStatistics:
        """Of those data bands alone, counted from 0, in that order."""
        return BandStatistics(*(tuple(each[i] for i in positions) for each in astuple(self)))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> BandStatistics:
        """Raises ValueError, TypeError or KeyError for a text that `to_json` did not write."""
        fields = json.loads(text)
        return BandStatistics(**{key: tuple(map(float, fields[key])) for key in ("low", "high", "mean", "std")})


def sampled(scenes: Sequence[T]) -> Sequence[T]:
    """32 of a Project's Scenes at most, spread evenly over them: whose pixels `pooled_statistics` are taken from."""
    return scenes[:: -(-len(scenes) // _MOST_SCENES) or 1]


def measure_statistics(scenes: Sequence[Scene], interpretation: Interpretation) -> BandStatistics:
    """Of a sample of their valid pixels. Raises SceneError where none is valid, or a Scene cannot be read."""
    return pooled_statistics([sample_pixels(scene, interpretation, scene_count=len(scenes)) for scene in scenes])


def pooled_statistics(samples: Sequence[NDArray[Any]]) -> BandStatistics:
    """Of what `sample_pixels` has found in each Scene. Raises SceneError where no pixel at all is valid."""
    if not any(sample.size for sample in samples):
        raise SceneError(
            "No pixel of these scenes is valid.", "Check the nodata value: it may be what the whole scene holds."
        )
    return BandStatistics(*zip(*(_of_band(np.concatenate(band)) for band in zip(*samples, strict=True)), strict=True))


def _of_band(values: NDArray[Any]) -> tuple[float, float, float, float]:
    """Of one band after the other: of hundreds, all at once in float64 take half a gigabyte."""
    exact = values.astype(np.float64)
    low, high = np.percentile(exact, (1, 99)).tolist()
    high = high if high > low else low + max(1.0, abs(low) * 1e-6)
    return low, high, float(np.clip(exact, low, high).mean()), float(exact.std())


def scale_for(
    scene: Scene, interpretation: Interpretation, common: BandStatistics, context: Checkpoint = Unwatched()
) -> BandStatistics:
    """What brings this Scene's pixels to one scale: mostly `common`, the Project's.

    Its own where its bands (the median one) fill less than a quarter of the common range, for another light, haze, or a
    camera that was set otherwise; a small Scene, which may be all water, only where its units are others
    (docs/adr/0050). A large one is measured once for as long as its file is as it was: what was found is in the cache
    folder. Raises SceneError where no part of it can be read.
    """
    if _is_large(scene):
        with suppress(OSError, ValueError, TypeError, KeyError):  # not there, or damaged
            return BandStatistics.from_json(_kept_at(scene, interpretation, common).read_text("utf-8"))
    try:
        if not _is_large(scene) and _share(_middle(scene, interpretation), common) >= _LEAST_SHARE_OF_UNIT:
            return common  # which has cost a millisecond: there may be thousands
        sample = sample_pixels(scene, interpretation, context)
    except SceneError:  # damaged somewhere, or its drive has stumbled: what is read with a wrong scale would stay
        return _scale(scene, common, _readable_pixels(scene, interpretation, context))
    keep_scale(scene, interpretation, common, sample)
    return _scale(scene, common, sample)


def keep_scale(scene: Scene, interpretation: Interpretation, common: BandStatistics, sample: NDArray[Any]) -> None:
    """So that `scale_for` need not read the Scene, of which `sample_pixels` has found `sample`; it may be closed. Does
    nothing for a small one, nor where nothing can be written."""
    if not _is_large(scene):
        return
    kept = _kept_at(scene, interpretation, common)
    with suppress(OSError), replacing(kept, shared=True) as partial:
        partial.write_text(_scale(scene, common, sample).to_json(), "utf-8")


def _scale(scene: Scene, common: BandStatistics, sample: NDArray[Any]) -> BandStatistics:
    if not sample.size:
        return common
    own = pooled_statistics([sample])
    least = _LEAST_SHARE if _is_large(scene) else _LEAST_SHARE_OF_UNIT
    return own if _share(np.array([own.low, own.high]), common) < least else common


def _is_large(scene: Scene) -> bool:
    return scene.info.width * scene.info.height >= _LARGE_PX


def _kept_at(scene: Scene, interpretation: Interpretation, common: BandStatistics) -> Path:
    """Where its scale is kept, or will be; another place where the file has been written since, or is read
    otherwise."""
    parts = [_VERSION, repr(scene.info), scene.written, interpretation.to_json(), common.to_json()]
    return cache_folder() / "scales" / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}.json"


def _share(limits: NDArray[np.float64], common: BandStatistics) -> float:
    """The part of the common range between the lower and upper limits (2, bands), of the median band."""
    return float(np.median((limits[1] - limits[0]) / np.subtract(common.high, common.low)))


def _middle(scene: Scene, interpretation: Interpretation) -> NDArray[np.float64]:
    """The least and the highest value of each band in the middle, (2, bands); all the same where nothing is valid."""
    x, y = ((length - _MIDDLE_PX) // 2 for length in (scene.info.width, scene.info.height))
    values = _valid_values(scene.read(Rect(x, y, _MIDDLE_PX, _MIDDLE_PX), interpretation=interpretation))
    if not values.size:
        return np.zeros((2, len(values)))
    return np.stack([values.min(axis=1), values.max(axis=1)]).astype(np.float64)


def sample_pixels(
    scene: Scene, interpretation: Interpretation, context: Checkpoint = Unwatched(), scene_count: int = 1
) -> NDArray[Any]:
    """Valid pixels from all over the Scene in the file's dtype, (data bands, N) with N at most 65,536.

    Fewer where the samples of so many Scenes of many bands, `scene_count`, would be more than 64 million values.
    """
    sample = _whole_sample(scene, interpretation, context)
    step = -(-sample.size * scene_count // _MOST_VALUES) or 1
    return sample if step == 1 else sample[:, ::step].copy()


def may_be_thinned(band_count: int, scene_count: int) -> bool:
    """Whether `sample_pixels` may have left out some of the sample that it takes of a Scene alone."""
    return _SAMPLE_SIDE_PX**2 * band_count * scene_count > _MOST_VALUES


def _whole_sample(scene: Scene, interpretation: Interpretation, context: Checkpoint) -> NDArray[Any]:
    def values(rect: Rect, height: int | None = None, width: int | None = None) -> NDArray[Any]:
        context.check()
        return _valid_values(scene.read(rect, height, width, interpretation=interpretation))

    info = scene.info
    longest = max(info.width, info.height)
    if not info.overview_factors and longest > 4 * _SAMPLE_SIDE_PX and not _is_few_blocks(scene):
        found = np.concatenate([values(rect) for rect in _sample_rects(scene)], axis=1)
        if found.shape[1] >= _ENOUGH_PX:
            return found
    shrink = min(_SAMPLE_SIDE_PX / longest, 1.0)  # mostly nodata, or cheap: look at all of it
    size = (max(round(info.height * shrink), 1), max(round(info.width * shrink), 1))
    return np.concatenate([values(*strip) for strip in _strips(info.rect, *size)], axis=1)


def _is_few_blocks(scene: Scene) -> bool:
    """Whether windows from all over the Scene would decode all of it, and more than once."""
    rows, columns = scene.block_shape
    count = -(-scene.info.height // rows) * -(-scene.info.width // columns)
    return scene.has_large_blocks and count <= _WINDOWS_PER_AXIS**2


def _strips(rect: Rect, out_height: int, out_width: int) -> Iterator[tuple[Rect, int, int]]:
    """Parts of a picture that is shrunk, from top to bottom, with the size of each: decoding a big file takes long."""
    count = max(min(rect.height // _STRIP_PX, out_height), 1)
    for number in range(count):
        first, end = out_height * number // count, out_height * (number + 1) // count
        top, bottom = rect.height * first // out_height, rect.height * end // out_height
        yield Rect(rect.x, rect.y + top, rect.width, bottom - top), end - first, out_width


def _sample_rects(scene: Scene) -> list[Rect]:
    windows = sample_windows(scene.info, _SAMPLE_SIDE_PX // _WINDOWS_PER_AXIS, _WINDOWS_PER_AXIS)
    return [Rect(window.col_off, window.row_off, window.width, window.height) for window in windows]


def _readable_pixels(scene: Scene, interpretation: Interpretation, context: Checkpoint) -> NDArray[Any]:
    """The same of a damaged Scene, of what is whole in it. Raises SceneError where nothing is."""
    found: list[NDArray[Any]] = []
    damage: SceneError | None = None
    for rect in _sample_rects(scene):
        context.check()
        try:
            found.append(_valid_values(scene.read(rect, interpretation=interpretation)))
        except SceneError as error:
            damage = error
    if not found and damage is not None:
        raise damage
    return np.concatenate(found, axis=1)


def _valid_values(pixels: Pixels) -> NDArray[Any]:
    values: NDArray[Any] = pixels.values[:, pixels.valid]
    return values
