"""How far a model's certainty can be believed: what share of the pixels it calls 90 % sure is right."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10
UNSURE_TEMPERATURE = 1.5  # a guess where no Tiles are held out; real fields ask for 0.7 to 2.8
_GUESS_SPREAD = 0.5  # of the logarithm
_TILE_WORTH_PX = 50  # independent ones: pixels of a Tile are alike
_ALIKE_PX = 36  # a side of a square that counts as one of those; a Tile of 256 px has 50
FEWEST_TO_JUDGE = 200  # held-out pixels of a Class
_SHIFT_STEPS = 30
_SHIFT_SHARE = 0.75
_LEAST_SHARE = 1e-6
_LARGEST_SHIFT = 0.5  # a single Tile whose labels are of another kind may ask for 4
_TEMPERATURES = np.exp(np.linspace(np.log(0.25), np.log(8.0), 71))


@dataclass(frozen=True)
class Calibration:
    """A reliability diagram on held-out pixels, after the temperature, and the calibration error before and after.

    For each of ten equal bins of certainty 0…1 (the share of the likeliest class): how many pixels fell into it, their
    mean certainty, and the share that was right; NaN for an empty bin. An error is the mean distance of the two,
    weighted by pixels (expected calibration error, Guo et al. 2017, section 2).
    """

    pixels: tuple[int, ...]
    certainty: tuple[float, ...]
    right: tuple[float, ...]
    error_before: float
    error_after: float

    def to_json(self) -> str:
        fields = asdict(self)
        for name in ("certainty", "right"):
            fields[name] = [None if math.isnan(value) else value for value in fields[name]]
        return json.dumps(fields)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Raises KeyError, TypeError or ValueError on anything that `to_json` did not write."""
        data = json.loads(text)
        pixels = tuple(int(count) for count in data["pixels"])
        certainty, right = (_shares(data[name]) for name in ("certainty", "right"))
        if not len(pixels) == len(certainty) == len(right) == BINS:
            raise ValueError(text)
        return cls(pixels, certainty, right, float(data["error_before"]), float(data["error_after"]))


def tile_worth(painted: NDArray[np.bool_]) -> float:
    """What paint (h, w) says beside that of a whole Tile, 0…1. A few strokes, which prefer the clear cases, say little
    however many pixels they have."""
    rows, columns = np.nonzero(painted)
    squares = len(np.unique(rows // _ALIKE_PX * painted.shape[1] + columns // _ALIKE_PX))
    return min(squares / _TILE_WORTH_PX, 1.0)


def fit_temperature(logits: NDArray[np.float32], targets: NDArray[np.uint8], tiles: float) -> float:
    """The temperature, 0.25…8, for pixels worth so many held-out Tiles (`tile_worth`; after Guo et al. 2017, section
    4.2).

    It makes their labels likeliest, given what is known of temperatures beforehand: log-normal round the guess. Where
    one Tile alone is held out and happens to be all right, the labels by themselves ask for the lowest temperature
    there is, and the model would doubt nothing any more (docs/adr/0045). logits (K, P), targets (P,) class indexes.
    """
    if len(targets) == 0:
        return UNSURE_TEMPERATURE
    unlikely = 0.5 * (np.log(_TEMPERATURES / UNSURE_TEMPERATURE) / _GUESS_SPREAD) ** 2
    return _best_temperature(unlikely + tiles * _TILE_WORTH_PX * _surprises(logits, targets))


def fit_shift(logits: NDArray[np.float32], targets: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What to add to the logits of each Class, float32 (K,), so that Classes are predicted about as often as they are.

    A model that is taught rare Classes as often as common ones expects them everywhere. The shift that makes the mean
    predicted shares those of the held-out labels is the likeliest one (Alexandari, Kundaje & Shrikumar, "Maximum
    Likelihood with Bias-Corrected Calibration", ICML 2020). Three quarters of it are used, but no more than 0.5, and
    Classes that hardly occur in `targets` keep theirs: docs/learning.md. logits float32 (K, P), targets uint8 (P,)
    class indexes.
    """
    counts = np.bincount(targets, minlength=len(logits))
    known = counts >= FEWEST_TO_JUDGE
    shift = np.zeros(len(logits), np.float32)
    if known.sum() < 2:
        return shift
    temperature = _best_temperature(_surprises(logits, targets))
    scaled = logits[known][:, known[targets]] / np.float32(temperature)
    wanted = counts[known] / counts[known].sum()
    found = np.zeros(len(wanted))
    for _ in range(_SHIFT_STEPS):
        shares = np.exp(scaled + found[:, None] - (scaled + found[:, None]).max(axis=0))
        found += np.log(wanted / np.maximum((shares / shares.sum(axis=0)).mean(axis=1), _LEAST_SHARE))
    found -= found.mean()
    shift[known] = np.clip(_SHIFT_SHARE * temperature * found, -_LARGEST_SHIFT, _LARGEST_SHIFT)
    return shift


def _surprises(logits: NDArray[np.float32], targets: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean negative log likelihood at each temperature."""
    return np.array([_surprise(logits / np.float32(temperature), targets) for temperature in _TEMPERATURES])


def _surprise(logits: NDArray[np.float32], targets: NDArray[np.uint8]) -> float:
    logits = logits - logits.max(axis=0)
    log_sum = np.log(np.exp(logits).sum(axis=0))
    return float((log_sum - logits[targets, np.arange(len(targets))]).mean())


def _best_temperature(costs: NDArray[np.float64]) -> float:
    return float(_TEMPERATURES[int(np.argmin(costs))])


def calibration_of(
    logits: NDArray[np.float32],
    targets: NDArray[np.uint8],
    tiles: NDArray[np.int64],
    worth: NDArray[np.float64] | None = None,
) -> Calibration | None:
    """The diagram for pixels of held-out Tiles; None without pixels.

    logits (K, P), targets (P,) class indexes, tiles (P,) the number of each pixel's Tile, worth (T,) what the
    paint of each is worth, 1 without. The temperature that scales a Tile's pixels is fitted on the other half of the
    Tiles wherever there are two halves, so that the error says what the temperature does on Tiles it has not seen.
    """
    if len(targets) == 0:
        return None
    scaled = np.empty_like(logits)
    half = tiles % 2 == 0
    for fold in (half, ~half):
        others = ~fold if fold.any() and not fold.all() else np.ones_like(fold)
        numbers = np.unique(tiles[others])
        worths = float(len(numbers) if worth is None else worth[numbers].sum())
        temperature = fit_temperature(logits[:, others], targets[others], worths)
        scaled[:, fold] = logits[:, fold] / np.float32(temperature)
    before = _error(*_binned(logits, targets))
    pixels, certainty, right = _binned(scaled, targets)
    columns = [tuple(float(value) for value in column) for column in (certainty, right)]
    after = _error(pixels, certainty, right)
    return Calibration(tuple(int(count) for count in pixels), columns[0], columns[1], before, after)


def _binned(
    logits: NDArray[np.float32], targets: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Per bin of certainty: pixels, mean certainty, share that is right."""
    shares = np.exp(logits - logits.max(axis=0))
    certainty = 1.0 / shares.sum(axis=0, dtype=np.float64)
    right = logits.argmax(axis=0) == targets
    bins = np.minimum((certainty * BINS).astype(np.int64), BINS - 1)
    pixels = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):
        means = np.bincount(bins, certainty, BINS) / pixels
        hits = np.bincount(bins, right, BINS) / pixels
    return pixels, means, hits


def _error(pixels: NDArray[np.int64], certainty: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    found = pixels > 0
    return float((np.abs(certainty - right)[found] * pixels[found]).sum() / pixels.sum())


def _shares(values: Any) -> tuple[float, ...]:
    return tuple(math.nan if value is None else float(value) for value in values)
