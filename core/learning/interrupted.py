"""What a training that was killed leaves behind, so that the same training goes on from there instead of from nothing.

One safetensors file: the averaged weights of the run, how far it was, and the key of what it was learning from. It is
written anew every now and then and removed when the model is saved; it is never a model.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.atomic import partial_path, replacing
from core.imagery.reader import TileReader
from core.labels.snapshot import Snapshot
from core.learning import runtime
from core.learning.model import SegmentationModel
from core.learning.settings import TrainingSettings

if TYPE_CHECKING:
    from torch import Tensor

_log = logging.getLogger(__name__)
_FORMAT = "fieldbrush-interrupted-training-1"


@dataclass(frozen=True)
class Interrupted:
    """A run that did not end: its averaged weights by name, its steps, and the part 0…1 of its budget it had used."""

    weights: Mapping[str, Tensor]
    step: int
    done: float


class RunFile:
    """The file at `path` for the run with `key`; what another run left there counts as nothing."""

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._key = key

    def read(self, like: Mapping[str, Tensor]) -> Interrupted | None:
        """What the same run left; None where there is nothing, or nothing that fits a network with weights `like`."""
        torch = runtime.load_torch()
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, "pt") as file:
                told = json.loads((file.metadata() or {})[_FORMAT])
                if told["key"] != self._key:
                    return None
                weights = {name: file.get_tensor(name) for name in sorted(file.keys())}
                found = Interrupted(weights, int(told["step"]), float(told["done"]))
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            _log.warning("what is left of a training in %s cannot be used: %s", self.path, error)
            return None
        fits = found.weights.keys() == like.keys() and all(found.weights[k].shape == like[k].shape for k in like)
        whole = all(bool(torch.isfinite(value).all()) for value in found.weights.values())
        return found if fits and whole and found.step > 0 and 0 < found.done < 1 else None

    def write(self, state: Interrupted) -> None:
        """Replace the file at once, whole or not at all. Where that fails the training does without."""
        from safetensors.torch import save

        told = json.dumps({"key": self._key, "step": state.step, "done": state.done})
        weights = {name: value.detach().cpu().contiguous() for name, value in state.weights.items()}
        try:
            with replacing(self.path) as partial, open(partial, "wb") as file:
                file.write(save(weights, {_FORMAT: told}))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            _log.warning("the training under way cannot be kept in %s: %s", self.path, error)


def forget_run(path: Path) -> None:
    """Remove what a training that has ended, or was given up, left in `path`."""
    for each in (path, partial_path(path)):
        each.unlink(missing_ok=True)


def run_key(
    snapshot: Snapshot, reader: TileReader, settings: TrainingSettings, warm_start: SegmentationModel | None
) -> str:
    """Changes with everything that makes it another training: labels, Tiles, bands, settings, the model before."""
    digest = hashlib.sha256(settings.to_json().encode())
    earlier = warm_start.card.to_json() if warm_start is not None else ""
    for part in (snapshot.class_values, reader.roles, reader.statistics.to_json(), earlier):
        digest.update(repr(part).encode())
    for tile in snapshot.tiles:
        digest.update(repr((tile.ref, tile.labels.shape)).encode())
        digest.update(tile.labels.tobytes())
        digest.update(tile.provenance.tobytes())
    return digest.hexdigest()
