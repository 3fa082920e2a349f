"""What a model answers beside its Prediction, against the formulas written out and against torch's own gradients."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.geometry import Rect, TileRef
from core.learning import prediction, runtime
from core.learning.acceleration import Phase, Plan, remember
from core.learning.answers import ask_about
from core.learning.doubt import (
    DOUBT_WINDOW_PX,
    DROP_PASSES,
    dropouts,
    entropy,
    errors_of_own_labels,
    least_confidence,
    mean_of_most_doubtful,
)
from core.learning.model import SegmentationModel
from core.learning.prediction import MARGIN_PX, tile_logits
from core.learning.unet import build_unet, last_layer, logits_of, without_head
from tests.core.learning_data import Field, model_of

torch = runtime.load_torch()


@pytest.fixture(autouse=True)
def _plain() -> None:
    runtime.configure(1)
    remember(Phase.PREDICT, 1, Plan())


def test_measures_of_doubt_by_hand() -> None:
    shares = np.array([[0.5, 1.0, 1 / 3, 0.6], [0.25, 0.0, 1 / 3, 0.4], [0.25, 0.0, 1 / 3, 0.0]], np.float32)
    assert least_confidence(shares) == pytest.approx([0.75, 0.0, 1.0, 0.6], abs=1e-6)
    half = -(0.5 * np.log(0.5) + 0.5 * np.log(0.25)) / np.log(3)
    mixed = -(0.6 * np.log(0.6) + 0.4 * np.log(0.4)) / np.log(3)
    assert entropy(shares) == pytest.approx([half, 0.0, 1.0, mixed], abs=1e-6)
    two = np.array([[0.7, 0.1], [0.3, 0.9]], np.float32)
    assert least_confidence(two) == pytest.approx(1 - np.abs(two[0] - two[1])), "with two classes: 1 - margin"


def test_errors_of_own_labels_by_hand() -> None:
    shares = np.array([[0.7, 0.2, 0.9], [0.3, 0.8, 0.1]], np.float32)
    errors = errors_of_own_labels(shares, np.array([True, True, False]))
    assert errors == pytest.approx(np.array([[-0.15, 0.1, 0.0], [0.15, -0.1, 0.0]]), abs=1e-6)
    assert not errors_of_own_labels(shares, np.zeros(3, bool)).any()


def test_a_pass_drops_three_quarters_and_keeps_the_sum() -> None:
    factors = dropouts(2000)
    assert factors.shape == (DROP_PASSES, 2000)
    assert set(np.unique(factors)) == {0.0, 4.0}
    assert factors.mean(axis=1) == pytest.approx(np.ones(DROP_PASSES), abs=0.15)
    assert len({row.tobytes() for row in factors}) == DROP_PASSES
    assert (dropouts(2000) == factors).all()


def by_the_book(model: SegmentationModel, field: Field, ref: TileRef) -> tuple[np.ndarray, ...]:
    """Shares (K, h, w), classes, valid, and features with the margin, from one plain pass."""
    pixels = field.reader.read(ref, MARGIN_PX)
    inside = tuple(slice(MARGIN_PX, MARGIN_PX + size) for size in (ref.rect.height, ref.rect.width))
    missing = [(0, -size % 32) for size in pixels.valid.shape]
    values = torch.from_numpy(np.pad(pixels.filled(), [(0, 0), *missing], mode="symmetric")[None])
    with torch.inference_mode():
        features = logits_of(without_head(model.module), values, Plan())
        logits = logits_of(model.module, values, Plan())[0, :, *inside]
    shares = (logits / model.card.temperature).softmax(dim=0).numpy()
    return shares, logits.argmax(dim=0).numpy(), pixels.valid[inside], features.numpy()


@pytest.mark.parametrize(("nodata_columns", "odd"), [(0, False), (20, False), (20, True)])
def test_answers_are_those_of_the_formulas(tmp_path: Path, nodata_columns: int, odd: bool) -> None:
    field = Field(tmp_path, tiles=1, nodata_columns=nodata_columns)
    model = model_of(field, (1, 2, 3))
    ref = TileRef(7, str(field.path), Rect(5, 3, 51, 37)) if odd else field.refs[0]
    answers = ask_about(model, field.reader, ref)
    shares, classes, valid, features = by_the_book(model, field, ref)
    for found, plane in ((answers.least_confidence, least_confidence(shares)), (answers.entropy, entropy(shares))):
        assert found == pytest.approx(mean_of_most_doubtful(plane, valid, DOUBT_WINDOW_PX), abs=1e-4)
    head = model.module.get_submodule("segmentation_head")
    changes = []
    for factors in dropouts(features.shape[1]):
        with torch.inference_mode():
            dropped = head(torch.from_numpy(features * factors[:, None, None]))[0].argmax(dim=0).numpy()
        inner = dropped[MARGIN_PX : MARGIN_PX + valid.shape[0], MARGIN_PX : MARGIN_PX + valid.shape[1]]
        changes.append(inner != classes)
    change = np.mean(changes, axis=0, dtype=np.float32)
    assert 0 < change.mean() < 1
    assert answers.disagreement == pytest.approx(mean_of_most_doubtful(change, valid, DOUBT_WINDOW_PX), abs=1e-3)


def test_the_gradient_is_the_last_layers_own(tmp_path: Path) -> None:
    """As autograd finds it for the mean cross-entropy over valid pixels with the model's classes as labels."""
    field = Field(tmp_path, tiles=2, nodata_columns=20)
    model = model_of(field, (1, 2, 3))
    ref = field.refs[1]
    answers = ask_about(model, field.reader, ref)
    _, classes, valid, features = by_the_book(model, field, ref)
    layer = last_layer(model.module)
    layer.weight.requires_grad_(True)
    logits = model.module.get_submodule("segmentation_head")(torch.from_numpy(features))
    logits = logits[0, :, MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    labels = torch.from_numpy(np.where(valid, classes, -100))
    torch.nn.functional.cross_entropy(logits[None] / model.card.temperature, labels[None]).backward()
    assert layer.weight.grad is not None
    expected = layer.weight.grad.unflatten(0, (3, 4)).sum(dim=1).numpy().ravel() * model.card.temperature
    assert answers.gradient.shape == (3 * 32 * 9,)
    assert np.abs(expected).max() > 1e-4
    assert answers.gradient == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("size", [(68, 68), (67, 65), (9, 130)])
@pytest.mark.parametrize("stride", [1, 2])
def test_maps_put_together_from_parts_are_those_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], stride: int
) -> None:
    margin = 30
    layer = torch.nn.Conv2d(3, 4, 3, stride=stride, padding=1).requires_grad_(False)
    values = np.random.default_rng(0).random((3, *(side + 2 * margin for side in size)), np.float32)
    whole = tile_logits(layer, values, margin, Plan(), torch.device("cpu"), stride)
    monkeypatch.setattr(prediction, "_LARGEST_BLOCK_PX", 100)
    parts = tile_logits(layer, values, margin, Plan(), torch.device("cpu"), stride)
    assert parts.shape == (4, -(-size[0] // stride), -(-size[1] // stride))
    assert torch.allclose(parts, whole, atol=1e-5)


def test_a_tile_without_data_gets_no_answer_that_counts(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1, nodata_columns=20)
    empty = TileRef(7, str(field.path), Rect(50, 0, 14, 64))
    answers = ask_about(model_of(field, (1, 2)), field.reader, empty)
    assert answers[:3] == (0.0, 0.0, 0.0)
    assert not answers.gradient.any()


def test_a_fused_network_answers_the_same(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1)
    model = model_of(field, (1, 2))
    plain = ask_about(model, field.reader, field.refs[0])
    remember(Phase.PREDICT, 1, Plan(True, False, fused=True))
    fused = ask_about(SegmentationModel.from_bytes(model.to_bytes()), field.reader, field.refs[0])
    assert plain[:3] == pytest.approx(fused[:3], abs=1e-3)
    assert plain.gradient == pytest.approx(fused.gradient, abs=1e-3)


def test_the_nets_own_module_is_left_as_it_was(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1)
    module = build_unet(("red", "green", "blue"), 2).eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    model = SegmentationModel(model_of(field, (1, 2)).card, module)
    ask_about(model, field.reader, field.refs[0])
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_a_tile_that_is_mostly_nodata_is_no_more_doubtful_for_it() -> None:
    """As many pixels count as on a whole Tile, and what is missing has no doubt."""
    doubt = np.full((60, 60), 0.1, np.float32)
    doubt[:18, :20] = 0.9  # a tenth of the Tile
    whole, part = np.ones((60, 60), bool), np.zeros((60, 60), bool)
    part[:9, :20] = True
    assert mean_of_most_doubtful(doubt, whole, 1) == pytest.approx(0.9)
    assert mean_of_most_doubtful(doubt, part, 1) == pytest.approx(0.45)
    part[:36] = True
    assert mean_of_most_doubtful(doubt, part, 1) == pytest.approx(0.9), "enough is there"
