"""A graphics processor that is none. Its tensors are computed here, but they refuse to meet tensors of the processor,
and doubles, as Apple's graphics processors do. `python -m tests.core.made_up_device FOLDER` does on it all that the
program does on one, and compares with the processor."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from core.jobs import Unwatched
from core.learning import runtime, stepper, training
from core.learning.acceleration import Phase, Plan, remember
from core.learning.answers import ask_about
from core.learning.prediction import predict_tile
from core.learning.scene_prediction import ScenePrediction
from core.learning.settings import TrainingSettings
from core.learning.training import train
from core.selection.encoder_features import EncoderFeatures
from tests.core.learning_data import NAMES, Field, model_of

torch = runtime.load_torch()
runtime.load_smp()
from torch.utils import _python_dispatch, _pytree, backend_registration  # noqa: E402 - torch comes through its door

NAME = "made_up"
_aten = torch.ops.aten
_MAY_MEET = (_aten.copy_.default, _aten._to_copy.default, _aten.index.Tensor)  # places may be told from the processor


class _Module(backend_registration._DummyBackendModule):  # type: ignore[misc]
    def get_amp_supported_dtype(self) -> list[Any]:
        return [torch.bfloat16, torch.float16]


class Far(torch.Tensor):  # type: ignore[misc, name-defined]
    """A tensor there, with what it holds as `here`."""

    @staticmethod
    def __new__(cls, here: Any) -> Far:
        if here.dtype == torch.float64 and not _has_doubles:
            raise TypeError("Cannot convert a tensor of the made-up device to float64")
        made: Far = torch.Tensor._make_wrapper_subclass(
            cls, here.size(), strides=here.stride(), storage_offset=here.storage_offset(), dtype=here.dtype,
            layout=here.layout, requires_grad=here.requires_grad, device=torch.device(NAME, 0),
        )  # fmt: skip
        made.here = here
        return made

    def __init__(self, here: Any) -> None: ...

    @classmethod
    def __torch_dispatch__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(function, args, kwargs or {})


def _here(value: Any) -> Any:
    return value.here if isinstance(value, Far) else value


_has_doubles = False  # as CUDA does, whose scaler asks for one
_asked = 0  # how often the processor had to wait for what comes out


def _run(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Do it here; what comes out is there again, unless the processor asked for it."""
    global _asked
    tensors = [each for each in _pytree.tree_leaves((args, kwargs)) if isinstance(each, torch.Tensor)]
    far = [each for each in tensors if isinstance(each, Far)]
    near = [each for each in tensors if not isinstance(each, Far) and each.dim() > 0]
    if far and near and function not in _MAY_MEET:
        raise RuntimeError(f"{function}: expected all tensors to be on the same device")
    device = torch.device(kwargs["device"]).type if kwargs.get("device") is not None else None
    _asked += bool(far) and (device == "cpu" or function in (_aten._local_scalar_dense.default, _aten.equal.default))
    if device == NAME:
        kwargs = {**kwargs, "device": torch.device("cpu")}
    found = function(*_pytree.tree_map(_here, args), **_pytree.tree_map(_here, kwargs))
    if function is _aten.copy_.default:
        return args[0]
    if not (device == NAME or (far and device is None)):
        return found
    changed = {id(each.here): each for each in far}

    def there(value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        return changed[id(value)] if id(value) in changed else Far(value)

    return _pytree.tree_map(there, found)


class OnDevice(_python_dispatch.TorchDispatchMode):  # type: ignore[misc]
    """Within it tensors may be made there."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(function, args, kwargs or {})


def _empty_strided(size: Any, stride: Any, *, dtype: Any = None, **_: Any) -> Far:
    return Far(torch.empty_strided(size, stride, dtype=dtype))


def _copy_from(source: Any, target: Any, non_blocking: bool = False) -> Any:
    _here(target).copy_(_here(source))
    return target


def _everything(folder: Path) -> dict[str, Any]:
    """What the program computes with torch, as numbers of the processor."""
    field = Field(folder, tiles=6, nodata_columns=10)
    settings = TrainingSettings(max_steps=3, batch_size=2, crop_px=64, threads=1, heads=2)
    first = train(field.snapshot(), field.reader, NAMES, settings, Unwatched())
    predict_tile(first.model, field.reader, field.refs[0])  # whose network stays on the device
    again = train(field.snapshot(), field.reader, NAMES, settings, Unwatched(), first.model, folder / "run")
    model = model_of(field)  # the same on both: what was trained differs by more than rounding
    prediction = predict_tile(model, field.reader, field.refs[5])
    scene = ScenePrediction(model, field.reader, str(field.path), flips=True, threads=1)
    answers = ask_about(model, field.reader, field.refs[5])
    pixels = [field.reader.read(ref) for ref in field.refs]
    return {
        "losses": [result.points[-1].loss for result in (first, again)],
        "classes": prediction.classes, "doubt": prediction.doubt / 255,
        "doubt of the scene": np.concatenate([block.doubt for block in scene.blocks(0, lambda: None)]) / 255,
        "answers": answers[:3], "gradient": answers.gradient, "features": EncoderFeatures(field.reader.roles)(pixels),
        "bytes": len(again.model.to_bytes()),
    }  # fmt: skip


def main(folder: Path) -> None:
    for phase in Phase:
        remember(phase, 1, Plan())
    runtime.configure(1)
    backend_registration._setup_privateuseone_for_python_backend(NAME, _Module())
    library = torch.library.Library("aten", "IMPL")
    library.impl("empty_strided", _empty_strided, "PrivateUse1")
    library.impl("_copy_from", _copy_from, "PrivateUse1")
    expected = _everything(folder)  # after torch has got its threads for devices
    runtime.best_device = lambda number=0: torch.device(NAME, 0)
    with OnDevice():
        found = _everything(folder)
        _go_on(folder)
    for name, value in expected.items():
        other = ~np.isclose(found[name], value, rtol=0.02, atol=0.02)
        assert other.mean() < 0.01, f"{name}: {found[name]} instead of {value}"
    with OnDevice():
        stepper.STEPS_AT_ONCE = 3
        one, three = _looks(folder, 3), _looks(folder, 9)
    assert three == one + 2, f"{three - one} looks at the device in six more steps"
    print("the same on both")


class _Scaled(Plan):
    """As for float16, but in float32: torch has no list of what a made-up device does in which."""

    def autocasting(self, device_type: str) -> AbstractContextManager[object]:
        return nullcontext()


def _go_on(folder: Path) -> None:
    """A training with the memory layout and the scaled loss that an older CUDA card gets, and again from what it kept
    before its last step, as after a kill."""
    global _has_doubles
    field, settings = Field(folder, tiles=2), TrainingSettings(max_steps=4, batch_size=2, crop_px=32, threads=1)
    _has_doubles = True
    asked = training.plan_for, training.KEEP_EVERY_S, stepper.STEPS_AT_ONCE
    training.plan_for = lambda *_: _Scaled(channels_last=True, autocast=True, half=True)
    training.KEEP_EVERY_S, stepper.STEPS_AT_ONCE = 0.0, 1
    whole, rest = (
        train(field.snapshot(), field.reader, NAMES, settings, Unwatched(), run_path=folder / "kept").points
        for _ in range(2)
    )
    training.plan_for, training.KEEP_EVERY_S, stepper.STEPS_AT_ONCE = asked
    _has_doubles = False
    assert [point.step for point in whole] == [1, 2, 3, 4]
    assert [(point.step, round(point.loss, 3)) for point in rest] == [(4, round(whole[3].loss, 3))]


def _looks(folder: Path, steps: int) -> int:
    """How often a training asks the device, the end and all."""
    field, before = Field(folder, tiles=2), _asked
    settings = TrainingSettings(max_steps=steps, batch_size=1, crop_px=32, threads=1)
    train(field.snapshot(), field.reader, NAMES, settings, Unwatched())
    return _asked - before


if __name__ == "__main__":
    main(Path(sys.argv[1]))
