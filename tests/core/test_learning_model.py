"""The encoder, the model file, and predictions."""

from __future__ import annotations

import json
import pickle
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rasterio
from safetensors.torch import save_file

from core.errors import LearningError
from core.geometry import Rect, TileRef
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.learning import acceleration, runtime
from core.learning.acceleration import Measurement, Phase, Plan
from core.learning.answers import ask_about
from core.learning.dataset import CONTEXT_PX, UNTRAINED, prepare
from core.learning.encoder import adapt_stem, load_encoder, read_weights, to_input
from core.learning.fused import fused
from core.learning.initial_network import initial_network
from core.learning.model import SegmentationModel, read_card
from core.learning.prediction import TilePrediction, predict_tile, tile_doubt, tile_logits
from core.learning.settings import TrainingSettings
from core.learning.unet import build_unet, logits_of
from tests.core.learning_data import ROLES, Field, model_of
from tests.core.projects import ROOT

torch = runtime.load_torch()

# Fused layers in bfloat16 need AVX512 or newer; where a processor has neither, the probe leaves that setting out.
FUSES_BFLOAT16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()
needs_bfloat16 = pytest.mark.skipif(not FUSES_BFLOAT16, reason="this processor has no bfloat16")


@pytest.fixture(autouse=True)
def _plain() -> None:
    runtime.configure(1)
    for phase in Phase:
        acceleration.remember(phase, 1, Plan())


@pytest.fixture
def probing(real_probe: Callable[..., Measurement], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of this machine yet."""
    monkeypatch.setattr(acceleration, "_measure", real_probe)
    monkeypatch.setattr(acceleration, "_known", {})


def test_rgb_stem_is_untouched_and_more_bands_keep_the_response() -> None:
    kernels = read_weights()["conv_stem.weight"]
    assert torch.allclose(adapt_stem(kernels, ("red", "green", "blue")), kernels)
    for count in range(1, 11):
        adapted = adapt_stem(kernels, ROLES[:count])
        assert adapted.shape == (32, count, 3, 3)
    swapped = adapt_stem(kernels, ("nir", "blue", "green", "red"))
    assert torch.allclose(swapped[:, 3] * 4 / 3, kernels[:, 0])
    grey = torch.rand(1, 1, 32, 32)
    same = torch.nn.functional.conv2d(grey.expand(1, 3, 32, 32), kernels)
    assert torch.allclose(torch.nn.functional.conv2d(grey, adapt_stem(kernels, ("pan",))), same, atol=1e-4)


def test_the_encoder_gives_six_maps_at_its_strides() -> None:
    encoder = load_encoder(4, ROLES[:4])
    with torch.inference_mode():
        maps = encoder(to_input(torch.rand(1, 4, 64, 96)))
    assert [tuple(each.shape[2:]) for each in maps] == [(64 // s, 96 // s) for s in (1, 2, 4, 8, 16, 32)]
    assert not encoder.training


def test_the_encoder_is_the_pretrained_one() -> None:
    """A fresh network has seen nothing: its normalisation means are all zero."""
    encoder = load_encoder(3, ("red", "green", "blue"))
    means = [value for name, value in encoder.state_dict().items() if name.endswith("running_mean")]
    assert all(mean.any() for mean in means)


def _weights_file(path: Path, weights: dict[str, torch.Tensor]) -> Path:
    save_file({name: value.contiguous() for name, value in weights.items()}, path)
    return path


def test_the_encoder_starts_from_ones_own_weights(tmp_path: Path) -> None:
    roles = ("red", "green", "blue", "nir")
    other = {name: value + 0.01 for name, value in read_weights().items()}
    by_timm = build_unet(roles, 2, own_weights=str(_weights_file(tmp_path / "timm.safetensors", other)))
    encoder = by_timm.get_submodule("encoder").state_dict()
    assert torch.equal(encoder["model.conv_stem.weight"], adapt_stem(other["conv_stem.weight"], roles))
    assert torch.equal(encoder["model.blocks.0.0.conv_dw.weight"], other["blocks.0.0.conv_dw.weight"])
    model = model_of(Field(tmp_path, bands=4))
    (tmp_path / "model.safetensors").write_bytes(model.to_bytes())
    again = build_unet(roles, 3, own_weights=str(tmp_path / "model.safetensors")).get_submodule("encoder").state_dict()
    old = model.module.get_submodule("encoder").state_dict()
    assert all(torch.equal(again[name], old[name]) for name in old)


def test_weights_that_do_not_fit_the_encoder_are_refused_in_a_sentence(tmp_path: Path) -> None:
    weights, path = read_weights(), tmp_path / "own.safetensors"
    stem, block = "conv_stem.weight", "blocks.1.0.conv_pw.weight"
    wrong = {
        "conv_stem.weight is missing": {name: value for name, value in weights.items() if name != stem},
        "blocks.1.0.conv_pw.weight is missing": {name: value for name, value in weights.items() if name != block},
        r"blocks.1.0.conv_pw.weight is \(1, 1\) instead of": {**weights, block: torch.zeros(1, 1)},
        r"conv_stem.weight is \(32, 5, 3, 3\) instead of \(32, 3, 3, 3\)": {**weights, stem: torch.zeros(32, 5, 3, 3)},
        "not numbers": {**weights, block: weights[block] * float("nan")},
    }
    for message, content in wrong.items():
        with pytest.raises(LearningError, match=message):
            build_unet(("red", "green", "blue"), 2, own_weights=str(_weights_file(path, content)))
    path.write_bytes(b"nothing of the kind")
    for unreadable in (path, tmp_path / "nowhere.safetensors", tmp_path):
        with pytest.raises(LearningError, match="cannot be read"):
            build_unet(("red", "green", "blue"), 2, own_weights=str(unreadable))


def test_the_four_pixels_of_a_square_start_alike() -> None:
    """The decoder ends at half the resolution; what is finer is the last layer's to learn."""
    module = build_unet(("red", "green", "blue"), 3, seed=1).eval()
    values = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        logits = logits_of(module, values, Plan())
    assert logits.shape == (1, 3, 64, 96)
    squares = torch.nn.functional.pixel_unshuffle(logits, 2).unflatten(1, (3, 4))
    assert torch.equal(squares, squares[:, :, :1].expand_as(squares))
    assert logits.std() > 0.01


def test_a_model_survives_the_round_trip_exactly(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1)
    model = model_of(field)
    data = model.to_bytes()
    again = SegmentationModel.from_bytes(data)
    assert again.card == model.card == read_card(data)
    before, after = (predict_tile(each, field.reader, field.refs[0]) for each in (model, again))
    assert np.array_equal(before.classes, after.classes)
    assert np.array_equal(before.doubt, after.doubt)
    assert before.model_version == 3


@pytest.mark.parametrize(("whole_decoder", "heads"), [(False, 1), (False, 3), (True, 1)])
def test_the_documents_way_to_use_a_model_without_fieldbrush(tmp_path: Path, whole_decoder: bool, heads: int) -> None:
    code = (ROOT / "docs/learning.md").read_text("utf-8").split("```python\n")[1].split("```")[0]
    assert not re.search(r"\b(core|gui|resources)\b", code)
    runtime.load_smp()  # beside a torchvision made for another torch it cannot be imported as it is there
    theirs: dict[str, Any] = {}
    exec(code, theirs)
    field = Field(tmp_path, tiles=2, bands=4, nodata_columns=10)
    card = replace(model_of(field, (2, 1, 7)).card, settings=TrainingSettings(heads=heads))
    module = build_unet(card.roles, 3, seed=1, heads=heads, whole_decoder=whole_decoder).eval()
    model, path = SegmentationModel(card, module), tmp_path / "model.safetensors"
    path.write_bytes(model.to_bytes())
    told, network = theirs["load"](path)
    pixels = field.reader.read_raw(field.refs[1], 32)
    bands, valid = torch.from_numpy(pixels.values.astype(np.float32)), torch.from_numpy(pixels.valid)
    classes, shares = theirs["predict"](told, network, bands, valid)
    ours = predict_tile(model, field.reader, field.refs[1])
    best = shares[:, 32:-32, 32:-32].topk(2, dim=0).values
    assert np.array_equal(classes[32:-32, 32:-32], ours.classes)
    doubt = (255 * (1 - (best[0] - best[1]))).numpy() * (ours.classes > 0)
    assert np.abs(doubt - ours.doubt).max() <= 1


def test_the_first_models_with_a_whole_decoder_go_on_serving(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1)
    model = model_of(field, whole_decoder=True)
    again = SegmentationModel.from_bytes(model.to_bytes())
    before, after = (predict_tile(each, field.reader, field.refs[0]) for each in (model, again))
    assert np.array_equal(before.doubt, after.doubt)
    answers = ask_about(again, field.reader, field.refs[0])
    assert answers.gradient.shape == (2 * 16 * 9,)
    assert answers.least_confidence == pytest.approx(tile_doubt(after), abs=0.01), "of two classes they are the same"
    new = initial_network(field.reader.roles, (1, 2), TrainingSettings(), again).state_dict()
    old = again.module.state_dict()
    kept = [name for name in new if not name.startswith("segmentation_head")]
    assert len(kept) > 100
    assert all(torch.equal(new[name], old[name]) for name in kept), "a new model begins with all that it can use"


def test_an_edge_of_the_data_looks_like_what_is_beside_it(tmp_path: Path) -> None:
    """Not like water: as nodata is 0, the darkest there is, every edge got a fringe of the darkest class."""
    found = []
    for seed, columns in ((0, 64), (1, 44)):  # the second without data from there on
        field = Field(tmp_path, tiles=1, nodata_columns=64 - columns, seed=seed)
        bright = np.full((3, 64, 64), 280, np.uint16)
        bright[:, :, columns:] = 0
        with rasterio.open(field.path, "r+") as file:
            file.write(bright)
        found.append(predict_tile(model_of(field), field.reader, field.refs[0]))
        tile = prepare(field.tile(0), field.reader, (1, 2))
        assert (tile.values == tile.values.max()).all(), "it is trained on so, too"
        assert (tile.targets[:, CONTEXT_PX + columns :] == UNTRAINED).all()
    assert not found[1].classes[:, 44:].any()
    assert (found[1].doubt[:, :44] == found[0].doubt[:, :44]).all()


def _repacked(data: bytes, change) -> bytes:  # type: ignore[no-untyped-def]
    """The same file with its card changed by `change(fields)`."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    fields = json.loads(header["__metadata__"]["fieldbrush"])
    change(fields)
    header["__metadata__"]["fieldbrush"] = json.dumps(fields)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def _is_refused(data: bytes) -> bool:
    try:
        SegmentationModel.from_bytes(data)
    except LearningError:
        return True
    return False


def test_everything_that_is_not_a_model_is_refused(tmp_path: Path) -> None:
    data = model_of(Field(tmp_path, tiles=1)).to_bytes()
    broken = {
        "empty": b"",
        "short": b"\x08\0\0",
        "pickle": pickle.dumps({"weights": [1, 2, 3]}),
        "text": b"not a model at all, just some words",
        "cut": data[: len(data) // 2],
        "longer": data + b"x",
        "length": struct.pack("<Q", 2**60) + data[8:],
        "no card": struct.pack("<Q", 2) + b"{}",
        "classes": _repacked(data, lambda card: card.update(class_values=[1, 2, 3], class_names=["a", "b", "c"])),
        "value": _repacked(data, lambda card: card.update(class_values=[0, 255])),
        "encoder": _repacked(data, lambda card: card.update(encoder="resnet9000")),
        "format": _repacked(data, lambda card: card.update(format="fieldbrush-model-99")),
        "no roles": _repacked(data, lambda card: card.update(roles=[])),
        "temperature": _repacked(data, lambda card: card.update(temperature=0)),
        "settings": _repacked(data, lambda card: card.update(settings={})),
    }
    for name, bad in broken.items():
        assert _is_refused(bad), f"accepted: {name}"


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = model_of(Field(tmp_path, tiles=1))
    with torch.no_grad():
        next(model.module.parameters()).fill_(float("nan"))
    with pytest.raises(LearningError, match="not numbers"):
        SegmentationModel.from_bytes(model.to_bytes())


def test_predictions_are_zero_where_there_is_no_data(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1, nodata_columns=20)
    prediction = predict_tile(model_of(field, (2, 7)), field.reader, field.refs[0])
    assert prediction.classes.dtype == prediction.doubt.dtype == np.uint8
    assert not prediction.classes[:, 44:].any()
    assert not prediction.doubt[:, 44:].any()
    assert set(np.unique(prediction.classes[:, :44])) <= {2, 7}


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (33, 31), (64, 64)])
@pytest.mark.parametrize("margin", [0, 32])
def test_tiles_of_any_size(tmp_path: Path, size: tuple[int, int], margin: int) -> None:
    field = Field(tmp_path, tiles=1)
    ref = TileRef(9, str(field.path), Rect(0, 0, size[1], size[0]))
    prediction = predict_tile(model_of(field), field.reader, ref, margin)
    assert prediction.classes.shape == size
    assert (prediction.classes > 0).all()


def test_a_big_tile_is_predicted_in_parts_that_fit(tmp_path: Path) -> None:
    module = build_unet(("red", "green", "blue"), 2).eval()
    sizes: list[tuple[int, ...]] = []
    module.register_forward_pre_hook(lambda _, inputs: sizes.append(tuple(inputs[0].shape[2:])))
    values = np.zeros((3, 700 + 64, 100 + 64), np.float32)
    logits = tile_logits(module, values, 32, Plan(), torch.device("cpu"))
    assert tuple(logits.shape) == (2, 700, 100)
    assert len(sizes) == 2
    assert max(max(size) for size in sizes) <= 704


def test_a_model_of_other_bands_is_refused(tmp_path: Path) -> None:
    three, four = Field(tmp_path, tiles=1), Field(tmp_path, tiles=1, bands=4)
    with pytest.raises(LearningError, match="red, green, blue, nir"):
        predict_tile(model_of(three), four.reader, four.refs[0])


@pytest.mark.parametrize("high", [400.0, 1e6])  # the second is in other units: there the Scene has its own scale
def test_a_model_brings_its_own_scale_of_values(tmp_path: Path, high: float) -> None:
    """A project whose statistics differ from those the model was trained with gives the same prediction."""
    field = Field(tmp_path, tiles=1)
    model = model_of(field)
    statistics = BandStatistics((0.0,) * 3, (high,) * 3, (0.0,) * 3, (0.0,) * 3)
    other = TileReader(field.reader.interpretation, statistics)
    one, two = (predict_tile(model, reader, field.refs[0]) for reader in (field.reader, other))
    assert np.mean(one.classes == two.classes) > 0.999
    assert np.abs(one.doubt.astype(int) - two.doubt).max() <= 2


def test_tile_doubt_is_the_mean_of_the_most_doubtful_tenth() -> None:
    classes, doubt = np.ones((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
    sure = TilePrediction(1, 1, classes, doubt)
    assert tile_doubt(sure) == 0.0
    assert tile_doubt(replace(sure, doubt=np.full_like(doubt, 255))) == pytest.approx(1.0)
    speck, patch = doubt.copy(), doubt.copy()
    speck[50, 50] = 255
    patch[30:70, 30:70] = 255
    assert tile_doubt(replace(sure, doubt=speck)) < 0.05 < 0.8 < tile_doubt(replace(sure, doubt=patch))
    assert tile_doubt(TilePrediction(1, 1, np.zeros_like(classes), doubt)) == 0.0
    half = np.where(np.arange(100) < 50, 1, 0).astype(np.uint8) * classes
    assert tile_doubt(TilePrediction(1, 1, half, half * 255)) == pytest.approx(1.0), "nodata does not dilute it"


@pytest.mark.usefixtures("probing")
def test_the_probe_times_once_and_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "cache_path", lambda: tmp_path / "deep" / "acceleration.json")
    monkeypatch.setattr(acceleration, "_PROBE_PX", 32)
    monkeypatch.setattr(acceleration, "_SMALL_PX", 32)
    checks: list[int] = []
    plan = acceleration.plan_for(Phase.EMBED, torch.device("cpu"), lambda: checks.append(1))
    assert checks, "it can be cancelled between its steps"
    monkeypatch.setattr(acceleration, "_known", {})
    monkeypatch.setattr(acceleration, "_measure", lambda *_: pytest.fail("measured again"))
    assert acceleration.plan_for(Phase.EMBED, torch.device("cpu")) == plan
    acceleration.cache_path().write_text("{broken")
    assert acceleration._read_cache() == {}


@pytest.mark.usefixtures("probing")
@pytest.mark.parametrize(
    ("step_s", "tried"),
    [
        (0.0, [64, 256]),
        (0.1, [64]),  # four settings of a small crop fit, and a whole crop is known not to
        (20.0, [64]),  # threads that wait for each other on a busy machine
    ],
)
def test_a_probe_keeps_to_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_s: float, tried: list[int]
) -> None:
    """On a made-up clock; a step of a whole crop takes eight times as long as that of a small one."""
    monkeypatch.setattr(acceleration, "cache_path", lambda: tmp_path / "acceleration.json")
    passed_s, timed = 0.0, []

    def probe(_: Phase, plan: Plan, px: int) -> Callable[[], None]:
        def step() -> None:
            nonlocal passed_s
            passed_s += step_s * px / 64 * 2 ** (px > 64)
            timed.append((px, plan))

        return step

    monkeypatch.setattr(acceleration, "_probe_step", probe)
    monkeypatch.setattr(
        acceleration, "time",
        SimpleNamespace(perf_counter=lambda: passed_s, thread_time=lambda: passed_s, process_time=lambda: passed_s),
    )  # fmt: skip
    acceleration.plan_for(Phase.TRAIN, torch.device("cpu"), longest_s=1.0)
    assert list(dict.fromkeys(px for px, _ in timed)) == tried
    assert passed_s <= max(1.0, step_s), "after its time no further setting is tried"
    assert acceleration.cache_path().exists() is (step_s == 0.0), "what was found in too little time is not kept"


@pytest.mark.usefixtures("probing")
def test_a_probe_beside_programs_that_have_the_cores_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(perf_counter=lambda: passed_s, thread_time=lambda: passed_s, process_time=lambda: used_s)
    monkeypatch.setattr(acceleration, "time", clock)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    for had, lasting in ((2.0, True), (0.9, False)):  # cores, of two
        passed_s = used_s = 0.0

        def step(had: float = had) -> None:
            nonlocal passed_s, used_s
            passed_s, used_s = passed_s + 0.01, used_s + 0.01 * had

        monkeypatch.setattr(acceleration, "_probe_step", lambda *_: step)
        assert acceleration._measure(Phase.TRAIN, lambda: None).lasting is lasting


def test_threads_that_have_to_wait_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call of torch on a made-up clock; two threads take longer than one on a busy machine."""
    passed_s, with_two, threads = 0.0, [0.0], [1]

    def convolve(*_: object, **__: object) -> None:
        nonlocal passed_s
        passed_s += 1.0 if threads[-1] == 1 else with_two[-1]

    monkeypatch.setattr(torch, "conv2d", convolve)
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[-1])
    monkeypatch.setattr(runtime, "available_cores", lambda: 2)
    monkeypatch.setattr(runtime, "time", SimpleNamespace(perf_counter=lambda: passed_s))
    try:
        for each_s, wanted in ((0.6, 2), (0.95, 1), (50.0, 1)):
            with_two.append(each_s)
            runtime._quickest_threads.cache_clear()
            assert runtime.configure(0) == wanted == threads[-1]
        assert runtime.configure(2) == 2, "who says how many gets them"
    finally:
        runtime._quickest_threads.cache_clear()


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 1), (4, 2), (6, 3), (8, 4), (16, 8)])
def test_threads_beside_a_window(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    monkeypatch.setattr(runtime, "available_cores", lambda: cores)
    assert runtime.threads_beside_window() == threads


def test_reduced_precision_predicts_nearly_the_same(tmp_path: Path) -> None:
    field = Field(tmp_path, tiles=1)
    model = model_of(field)
    plain = predict_tile(model, field.reader, field.refs[0])
    for fuses in {False, FUSES_BFLOAT16}:
        plan = Plan(channels_last=True, autocast=True, fused=fuses)
        acceleration.remember(Phase.PREDICT, 1, plan)
        quick = predict_tile(model, field.reader, field.refs[0])
        assert np.mean(plain.classes == quick.classes) > 0.98


@pytest.mark.parametrize("bfloat16", [False, pytest.param(True, marks=needs_bfloat16)])
@pytest.mark.parametrize("size", [(1, 32, 32), (2, 96, 160), (1, 64, 288)])
def test_a_fused_network_computes_the_same(bfloat16: bool, size: tuple[int, int, int]) -> None:
    """Also on inputs of another size than the first, for which its weights were laid out."""
    module = build_unet(ROLES[:4], 3).eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    quick = fused(module, bfloat16)
    values = torch.rand(size[0], 4, *size[1:], generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        quick(torch.rand(1, 4, 128, 64))
        plain, found = module(values), quick(values).float()
    if bfloat16:
        assert (plain.argmax(1) == found.argmax(1)).float().mean() > 0.97
    else:
        assert torch.allclose(plain, found, atol=1e-3)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items()), "it is a copy"


def test_fused_weights_are_laid_out_for_the_size_they_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """And once only: laid out for another size, oneDNN does it again in every call, at several times the time."""
    operators, laid_out = torch.ops.mkldnn, list[Any]()
    lay_out = operators._reorder_convolution_weight

    def noting(*arguments: Any) -> Any:
        laid_out.append(arguments[-1])
        return lay_out(*arguments)

    monkeypatch.setattr(operators, "_reorder_convolution_weight", noting)
    quick = fused(load_encoder(3, ROLES[:3]), False)
    small, large = [1, 3, 32, 32], [2, 3, 64, 64]
    with torch.inference_mode():
        for shape in (small, large, large):
            quick(torch.zeros(shape))
    assert [shape for shape in laid_out if shape[1] == 3] == [small, large], "of the first layer"


def test_a_fused_encoder_gives_the_same_maps() -> None:
    encoder = load_encoder(3, ROLES[:3])
    values = to_input(torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(0)))
    with torch.inference_mode():
        for plain, found in zip(encoder(values), fused(encoder, False)(values), strict=True):
            assert torch.allclose(plain, found, atol=1e-3)


def test_what_cannot_be_fused_is_refused() -> None:
    strange = torch.nn.Sequential(torch.nn.Conv2d(3, 3, 3), torch.nn.GELU())
    with pytest.raises(ValueError, match="cannot be fused"):
        fused(strange, False)


def test_a_setting_that_fails_here_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor without bfloat16, or a torch without these operators."""

    def refuse(*_: object) -> None:
        raise RuntimeError("unsupported dtype")

    monkeypatch.setattr(acceleration, "_PROBE_PX", 32)
    monkeypatch.setattr(acceleration, "_SMALL_PX", 32)
    monkeypatch.setattr(acceleration, "fused", refuse)
    assert not any(plan.fused for plan, _ in acceleration._candidates(Phase.PREDICT, 32))
    monkeypatch.undo()
    monkeypatch.setattr(acceleration, "_PROBE_PX", 32)
    monkeypatch.setattr(acceleration, "_SMALL_PX", 32)
    assert any(plan.fused for plan, _ in acceleration._candidates(Phase.EMBED, 32))
    assert not any(plan.fused for plan, _ in acceleration._candidates(Phase.TRAIN, 32))
