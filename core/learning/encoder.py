"""The encoder that ships with the program: EfficientNet-Lite0, pretrained on ImageNet, for any number of bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import LearningError
from core.learning import runtime
from resources import resource_path

if TYPE_CHECKING:
    import torch

DEFAULT_ENCODER = "efficientnet_lite0"
SMP_NAMES: Mapping[str, str] = {DEFAULT_ENCODER: "tu-tf_efficientnet_lite0"}
STEM = "conv_stem.weight"
STRIDES = (1, 2, 4, 8, 16, 32)  # of the feature maps an encoder returns, the input itself first

_RGB = ("red", "green", "blue")
_UNET_PREFIX, _SMP_PREFIX = "encoder.", "model."
_UNUSED = ("conv_head.", "bn2.", "classifier.")  # behind the last feature map


def encoder_weights_path(encoder: str = DEFAULT_ENCODER) -> Path:
    """Where the shipped weights lie (safetensors, timm's key names). The file may be missing in a fresh checkout."""
    return resource_path("encoder", f"{encoder}.safetensors")


def load_encoder(in_channels: int, roles: Sequence[str], encoder: str = DEFAULT_ENCODER) -> torch.nn.Module:
    """The pretrained encoder for `in_channels` bands of these roles, in evaluation mode, float32, on the processor.

    Called with a (N, in_channels, H, W) tensor made by `to_input` (H and W multiples of 32) it returns six maps, of
    strides 1 (the input itself), 2, 4, 8, 16 and 32. Raises LearningError if the weights are missing or damaged.
    """
    smp = runtime.load_smp()
    module: torch.nn.Module = smp.encoders.get_encoder(
        smp_name(encoder), in_channels=in_channels, depth=5, weights=None
    )
    load_pretrained(module, roles, encoder)
    return module.eval()


def load_pretrained(module: torch.nn.Module, roles: Sequence[str], encoder: str = DEFAULT_ENCODER) -> None:
    """Put the shipped weights into an smp encoder made for `len(roles)` bands."""
    torch = runtime.load_torch()
    weights = read_weights(encoder)
    weights[STEM] = adapt_stem(weights[STEM], roles)
    state = {_SMP_PREFIX + name: value for name, value in weights.items() if not name.startswith(_UNUSED)}
    # torch's own method: encoders of smp override it and would swallow missing keys.
    problems = torch.nn.Module.load_state_dict(module, state, strict=False)
    missing = [key for key in problems.missing_keys if not key.endswith("num_batches_tracked")]
    if missing or problems.unexpected_keys:
        raise LearningError(
            "The encoder's weights in {path} do not fit this version of Fieldbrush.",
            "Install Fieldbrush again.",
            path=encoder_weights_path(encoder),
        )


def read_weights(encoder: str = DEFAULT_ENCODER) -> dict[str, torch.Tensor]:
    """The shipped weights in float32, by timm's names. Raises LearningError where there are none."""
    runtime.load_torch()
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    smp_name(encoder)
    path = encoder_weights_path(encoder)
    if not path.is_file():
        raise LearningError(
            "The encoder's weights are missing: {path}.",
            "Install Fieldbrush again; in a checkout run: python packaging/encoder_weights.py",
            path=path,
        )
    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise LearningError(
            "The encoder's weights in {path} cannot be read: {reason}.",
            "Install Fieldbrush again.",
            path=path,
            reason=error,
        ) from error


def load_own(module: torch.nn.Module, roles: Sequence[str], path: Path, encoder: str = DEFAULT_ENCODER) -> None:
    """Put the weights of a safetensors file into an smp encoder made for `len(roles)` bands.

    Names are timm's, with or without the prefix that smp gives them, so that a model exported by this program will do.
    A first layer for three bands is taken as red, green, blue and adapted; any other has to have the bands of `roles`.
    Raises LearningError, saying what is wrong, on any other file; then `module` is as it was.
    """
    torch = runtime.load_torch()
    found = _encoder_part(_read(path), path, encoder)
    if not all(bool(torch.isfinite(value).all()) for value in found.values()):
        raise _unfit(path, encoder, "some of them are not numbers")
    if found[STEM].ndim == 4 and found[STEM].shape[1] == len(_RGB):
        found[STEM] = adapt_stem(found[STEM], roles)
    expected = module.state_dict()
    state = {_SMP_PREFIX + name: value for name, value in found.items() if _SMP_PREFIX + name in expected}
    for name, value in expected.items():
        if name not in state and not name.endswith("num_batches_tracked"):
            raise _unfit(path, encoder, f"{name.removeprefix(_SMP_PREFIX)} is missing")
        if name in state and state[name].shape != value.shape:
            shapes = f"{tuple(state[name].shape)} instead of {tuple(value.shape)}"
            raise _unfit(path, encoder, f"{name.removeprefix(_SMP_PREFIX)} is {shapes}")
    torch.nn.Module.load_state_dict(module, state, strict=False)


def _read(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise LearningError(
            "The encoder's weights in {path} cannot be read: {reason}.",
            "Choose a file in the safetensors format.",
            path=path,
            reason=error,
        ) from error


def _encoder_part(weights: Mapping[str, torch.Tensor], path: Path, encoder: str) -> dict[str, torch.Tensor]:
    """The encoder's weights by timm's names, whatever they are called in the file."""
    for prefix in (_UNET_PREFIX + _SMP_PREFIX, _SMP_PREFIX, ""):
        if prefix + STEM in weights:
            return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    raise _unfit(path, encoder, f"{STEM} is missing")


def _unfit(path: Path, encoder: str, reason: str) -> LearningError:
    return LearningError(
        "The file {path} does not hold weights for the encoder {name}: {reason}.",
        "Choose weights of {timm} by timm's names, or a model that Fieldbrush exported for the same bands.",
        path=path,
        name=encoder,
        reason=reason,
        timm=smp_name(encoder).removeprefix("tu-"),
    )


def adapt_stem(kernels: torch.Tensor, roles: Sequence[str]) -> torch.Tensor:
    """First-layer kernels for bands of these roles, from the RGB ones: (O, 3, k, k) → (O, len(roles), k, k).

    The red, green and blue bands keep their kernels, every other band gets the mean of the three, and all are scaled
    by 3 / bands so that the layer's response keeps its size. Plain RGB comes out unchanged.
    """
    torch = runtime.load_torch()
    mean = kernels.mean(dim=1)
    planes = [kernels[:, _RGB.index(role)] if role in _RGB else mean for role in roles]
    return torch.stack(planes, dim=1) * (3.0 / len(roles))  # type: ignore[no-any-return]


def to_input(values: torch.Tensor) -> torch.Tensor:
    """Reader values (0…1 for most pixels) to what the encoder was trained with: (x - 0.5) / 0.5."""
    return values * 2.0 - 1.0


def smp_name(encoder: str) -> str:
    """segmentation_models_pytorch's name of an encoder; LearningError if the program does not know it."""
    if encoder not in SMP_NAMES:
        raise LearningError(
            "This version of Fieldbrush has no encoder named {name}.",
            "Use {known}, or install the version that made the model.",
            name=encoder,
            known=", ".join(SMP_NAMES),
        )
    return SMP_NAMES[encoder]
