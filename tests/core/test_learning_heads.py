"""Several heads on one network: what they learn from, what they answer together, a model like any other."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import LearningError
from core.labels.snapshot import Snapshot
from core.learning import runtime
from core.learning.acceleration import Phase, Plan, remember
from core.learning.answers import ask_about
from core.learning.fused import fused
from core.learning.heads import apart, pooled, tile_weights
from core.learning.initial_network import initial_network
from core.learning.interrupted import Interrupted, RunFile
from core.learning.loss import segmentation_loss
from core.learning.model import SegmentationModel
from core.learning.prediction import predict_tile
from core.learning.scene_prediction import ScenePrediction
from core.learning.settings import TrainingSettings
from core.learning.training import TrainingResult, train
from core.learning.unet import build_unet, last_layer
from tests.core.learning_data import NAMES, ROLES, Field, model_of, result_of, run_job

torch = runtime.load_torch()
QUICK = TrainingSettings(max_steps=3, crop_px=64, batch_size=2, threads=1, heads=3)


@pytest.fixture(autouse=True)
def _plain() -> None:
    runtime.configure(1)
    for phase in Phase:
        remember(phase, 1, Plan())


def _train(snapshot: Snapshot, field: Field, settings: TrainingSettings = QUICK, **more: object) -> TrainingResult:
    return result_of(run_job(lambda c: train(snapshot, field.reader, NAMES, settings, c, **more)))  # type: ignore[arg-type]


def _model(field: Field, values: tuple[int, ...], heads: int) -> SegmentationModel:
    """A network that has learned nothing, with so many heads."""
    card = model_of(field, values).card
    module = build_unet(field.reader.roles, len(values), heads=heads).eval()
    return SegmentationModel(replace(card, settings=replace(card.settings, heads=heads)), module)


def test_the_answer_is_the_mean_of_the_heads_shares() -> None:
    logits = 5 * torch.randn(2, 4 * 3, 6, 5, generator=torch.Generator().manual_seed(0))
    mean = logits.unflatten(1, (4, 3)).softmax(dim=2).mean(dim=1)
    assert torch.allclose(pooled(logits, 4).softmax(dim=1), mean, atol=1e-6)
    assert torch.equal(pooled(logits, 1), logits)
    certain = torch.tensor([500.0, -500.0]).reshape(2, 1, 1).repeat(3, 1, 1)
    assert torch.isfinite(pooled(certain, 3)).all()


@pytest.mark.parametrize("classes", [2, 3])
def test_heads_are_apart_in_training_and_pooled_in_evaluation(classes: int) -> None:
    module = build_unet(ROLES[:4], classes, heads=3)
    values = torch.rand(2, 4, 64, 64, generator=torch.Generator().manual_seed(0))
    assert module.train()(values).shape == (2, 3 * classes, 64, 64)
    with torch.inference_mode():
        together = module.eval()(values)
        quick = fused(module, bfloat16=False)(values).float()
    assert together.shape == (2, classes, 64, 64)
    assert torch.allclose(together.exp().sum(dim=1), torch.ones(2, 64, 64), atol=1e-5)
    assert torch.allclose(together, quick, atol=1e-3)


def test_one_head_is_the_network_as_it_was() -> None:
    one, other = build_unet(ROLES[:3], 2, seed=4), build_unet(ROLES[:3], 2, seed=4, heads=1)
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())
    assert (tile_weights(5, 1, 0) == 1).all()


def test_every_head_has_its_own_weights_of_the_tiles() -> None:
    weights = tile_weights(200, 4, seed=1)
    assert weights.shape == (200, 4)
    assert weights.mean(axis=1) == pytest.approx(np.ones(200), abs=1e-5), "what the heads share learns from all alike"
    assert weights.mean(axis=0) == pytest.approx(np.ones(4), abs=0.2)
    assert (weights > 0).all(), "no head is blind to a Tile: it may hold the only paint of a class"
    assert (np.corrcoef(weights.T) - np.eye(4)).max() < 0.3
    assert (weights == tile_weights(200, 4, seed=1)).all()
    assert (weights != tile_weights(200, 4, seed=2)).any()


def test_a_head_learns_from_a_crop_as_much_as_its_weight_says() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 2 * 3, 8, 8, generator=generator, requires_grad=True)
    targets = torch.randint(0, 3, (2, 8, 8), generator=generator)
    weights, classes = torch.ones(2, 8, 8), torch.ones(3)
    importance = torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    segmentation_loss(*apart(logits, targets, weights, importance), classes).backward()
    assert logits.grad is not None
    assert logits.grad[1, :3].any()
    assert not logits.grad[1, 3:].any(), "the second head, the second crop"
    assert logits.grad[0, 3:].any()
    single = torch.ones(2, 1)
    assert apart(logits, targets, weights, single)[0] is logits


@pytest.mark.parametrize(("values", "bands"), [((1, 2), 3), ((1, 2, 3), 4), ((1, 2), 2)])
def test_a_model_with_heads_learns_predicts_and_travels(tmp_path: Path, values: tuple[int, ...], bands: int) -> None:
    field = Field(tmp_path, tiles=6, bands=bands)
    labels = field.tile(0).labels
    if 3 in values:
        labels[:20, :20] = 3
    tiles = (field.tile(0, labels), *(field.tile(number) for number in range(1, 6)))
    result = _train(Snapshot(tiles, values), field, replace(QUICK, max_steps=20))
    assert result.points[-1].loss < result.points[0].loss
    assert result.model.card.class_values == values
    assert result.model.card.settings.heads == 3
    assert result.judged.scores is not None
    assert result.model.card.calibration is not None, "the diagram is of the heads together"
    weights = last_layer(result.model.module).weight.unflatten(0, (3, -1))
    assert not torch.allclose(weights[0], weights[1], atol=1e-2)
    again = SegmentationModel.from_bytes(result.model.to_bytes())
    assert again.card.to_json() == result.model.card.to_json()
    one, two = (predict_tile(model, field.reader, field.refs[5]) for model in (result.model, again))
    assert np.array_equal(one.classes, two.classes)
    assert np.array_equal(one.doubt, two.doubt)
    (block,) = ScenePrediction(again, field.reader, str(field.path), threads=1).blocks(0, lambda: None)
    assert set(np.unique(block.classes)) <= set(values)


def _with_settings(data: bytes, change) -> bytes:  # type: ignore[no-untyped-def]
    """A model file with its training settings changed by `change(settings)`."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    card = json.loads(header["__metadata__"]["fieldbrush"])
    change(card["settings"])
    header["__metadata__"]["fieldbrush"] = json.dumps(card)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def test_files_from_before_there_were_heads_still_load(tmp_path: Path) -> None:
    model = model_of(Field(tmp_path, tiles=1))
    old = _with_settings(model.to_bytes(), lambda settings: settings.pop("heads"))
    assert SegmentationModel.from_bytes(old).card == model.card


@pytest.mark.parametrize("claimed", [1, 2, 4, 0, -3, 10**9])
def test_a_file_whose_heads_are_not_those_of_its_weights_is_refused(tmp_path: Path, claimed: int) -> None:
    data = _model(Field(tmp_path, tiles=1), (1, 2), 3).to_bytes()
    with pytest.raises(LearningError):
        SegmentationModel.from_bytes(_with_settings(data, lambda settings: settings.update(heads=claimed)))


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (3, 3), (2, 3)])
def test_a_warm_start_takes_over_what_the_heads_knew(tmp_path: Path, before: int, after: int) -> None:
    """Also when there are more or fewer of them, and another class."""
    field = Field(tmp_path, tiles=2)
    first = _model(field, (1, 2), before)
    settings = replace(QUICK, heads=after)
    rows = last_layer(initial_network(field.reader.roles, (1, 2, 3), settings, first)).weight
    old = last_layer(first.module).weight.unflatten(0, (before, 2, 4))
    for head, weights in enumerate(rows.unflatten(0, (after, 3, 4))):
        assert torch.equal(weights[:2], old[head % before])
        assert weights[2].any(), "the new class starts from nothing, not from zeros"


def test_an_interrupted_training_keeps_its_heads(tmp_path: Path) -> None:
    weights = build_unet(("red", "green", "blue"), 2, pretrained=False, heads=3).state_dict()
    average = {name: value.clone() for name, value in weights.items()}
    tensors = {"raw": weights, "average": average, "moments": {}, "best": {}}
    RunFile(tmp_path / "run", "one").write(Interrupted(30, 0.4, tensors, {}))
    found = RunFile(tmp_path / "run", "one").read(weights)
    assert found is not None
    assert all(torch.equal(found.tensors["raw"][name], value) for name, value in weights.items())
    plain = build_unet(("red", "green", "blue"), 2, pretrained=False).state_dict()
    assert RunFile(tmp_path / "run", "one").read(plain) is None


def test_a_model_with_heads_answers_as_one_network(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1)
    model = _model(field, (1, 2, 3), 3)
    answers = ask_about(model, field.reader, field.refs[0])
    doubt = predict_tile(model, field.reader, field.refs[0]).doubt
    assert 0 < answers.least_confidence <= 1
    assert 0 < answers.entropy <= 1
    assert answers.gradient.shape == (3 * 32 * 9,), "as long as of a model without heads"
    assert doubt.any()
    same = SegmentationModel(
        replace(model.card, settings=replace(model.card.settings, heads=1)), build_unet(field.reader.roles, 3).eval()
    )
    layer, single = last_layer(model.module), last_layer(same.module)
    same.module.load_state_dict({**model.module.state_dict(), **{f"segmentation_head.0.{name}": value for name, value in
                                 single.state_dict().items()}})  # fmt: skip
    with torch.no_grad():
        for head in range(3):  # three heads that are alike answer as one of them
            own = slice(12 * head, 12 * head + 12)
            layer.weight[own], layer.bias[own] = single.weight, single.bias
    alike, one = (ask_about(each, field.reader, field.refs[0]) for each in (model, same))
    assert alike[:3] == pytest.approx(one[:3], abs=1e-4)
    assert alike.gradient == pytest.approx(one.gradient, abs=1e-5)


def test_settings_out_of_range_are_refused() -> None:
    for heads in (0, -1, 17):
        with pytest.raises(LearningError, match="make no sense"):
            TrainingSettings(heads=heads)
