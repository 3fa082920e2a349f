"""What a training that was killed leaves behind, so that the same training goes on from there instead of from nothing.

One safetensors file: all that changes from step to step (`core/learning/run_state.py`), and the key of what the run was
learning from. It is written anew every now and then and removed when the model is saved; it is never a model.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import partial_path, replacing
from core.imagery.reader import TileReader
from core.labels.snapshot import Snapshot
from core.learning import runtime
from core.learning.model import SegmentationModel
from core.learning.settings import TrainingSettings

if TYPE_CHECKING:
    from torch import Tensor

_log = logging.getLogger(__name__)
_FORMAT = "fieldbrush-interrupted-training-3"  # the first kept the averaged weights alone
_WRITTEN_WITHIN_S = 3600.0  # some hundred megabytes, on whatever disk
_PARTS = ("raw", "average", "moments", "best")


@dataclass(frozen=True)
class Interrupted:
    """A run that did not end: its steps, and the part 0…1 of its budget it had used.

    `tensors` by name: "raw" are the network's weights as the last step left them, "average" their averages, "moments"
    the optimiser's, "best" the weights of the best checkpoint if there was one. `more` is what else `run_state` keeps,
    as JSON has it.
    """

    step: int
    done: float
    tensors: Mapping[str, Mapping[str, Tensor]]
    more: Mapping[str, Any]


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
                tensors: dict[str, dict[str, Tensor]] = {part: {} for part in _PARTS}
                for name in sorted(file.keys()):
                    part, _, rest = name.partition("/")
                    tensors[part][rest] = file.get_tensor(name)
                found = Interrupted(int(told["step"]), float(told["done"]), tensors, dict(told["more"]))
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            _log.warning("what is left of a training in %s cannot be used: %s", self.path, error)
            return None
        weights = [found.tensors["raw"], found.tensors["average"]]
        weights += [found.tensors["best"]] if found.tensors["best"] else []
        fits = all(w.keys() == like.keys() and all(w[k].shape == like[k].shape for k in like) for w in weights)
        whole = all(bool(torch.isfinite(value).all()) for part in found.tensors.values() for value in part.values())
        return found if fits and whole and found.step > 0 and 0 < found.done < 1 else None

    def write(self, state: Interrupted) -> None:
        """Replace the file at once, whole or not at all. Where that fails the training does without."""
        from safetensors.torch import save

        told = json.dumps({"key": self._key, "step": state.step, "done": state.done, "more": state.more})
        tensors = {
            f"{part}/{name}": value.detach().cpu().contiguous()
            for part, values in state.tensors.items()
            for name, value in values.items()
        }
        try:
            with replacing(self.path) as partial:
                partial.write_bytes(save(tensors, {_FORMAT: told}))
        except OSError as error:
            _log.warning("the training under way cannot be kept in %s: %s", self.path, error)


def forget_run(path: Path) -> None:
    """Remove what a training that has ended, or was given up, left in `path`, and what killed ones of other projects
    have half written long ago. Where the cache cannot be written any more it stays: another training takes no notice of
    it."""
    torn = [each for each in path.parent.glob(f".*.partial{path.suffix}") if _is_old(each)]
    for each in (path, partial_path(path), *torn):
        with suppress(OSError):
            each.unlink()


def _is_old(path: Path) -> bool:
    """Whether nobody can be writing it any more."""
    try:
        return time.time() - path.stat().st_mtime > _WRITTEN_WITHIN_S
    except OSError:
        return False


def run_key(
    snapshot: Snapshot, reader: TileReader, settings: TrainingSettings, warm_start: SegmentationModel | None
) -> str:
    """Changes with everything that makes it another training: labels, Tiles, bands, settings, the model before."""
    digest = hashlib.sha256(settings.to_json().encode())
    earlier = warm_start.card.to_json() if warm_start is not None else ""
    for part in (snapshot.class_values, sorted(snapshot.drawn), reader.roles, reader.statistics.to_json(), earlier):
        digest.update(repr(part).encode())
    for tile in snapshot.tiles:
        digest.update(repr((tile.ref, tile.labels.shape)).encode())
        digest.update(tile.labels.tobytes())
        digest.update(tile.provenance.tobytes())
    return digest.hexdigest()
