"""One training step after another: what it changes, and what it came to.

A graphics processor works through a queue; a program that asks it after every step leaves that queue empty. There
nothing in a step waits for its outcome: the steps' losses are read together, every so often, and a step that came out
as not a number does nothing by itself. The processor answers at once, and is asked at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LearningError
from core.learning import runtime
from core.learning.acceleration import Plan
from core.learning.dataset import Batch
from core.learning.heads import apart
from core.learning.loss import segmentation_loss
from core.learning.ranks import Ranks
from core.learning.schedule import Averaged
from core.learning.unet import logits_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

STEPS_AT_ONCE = 16  # read together on a graphics processor
_QUICK_TO_ANSWER = ("cpu",)  # devices that have no queue
_CROPS, _CROPS_ON_GRAPHICS = 2, 8  # a step; small ones leave a graphics processor waiting for the next
_LONGEST_GRADIENT = 5.0
_BAD_STEPS_IN_HALF = 3
_MOST_BAD_STEPS = 20


class Stepper:
    """The network that is trained, with its average, its optimiser, and the steps that nobody has looked at yet.

    `class_weights` (K,) and `importance` (tiles, heads) as the loss takes them.
    """

    def __init__(
        self, module: torch.nn.Module, device: torch.device, plan: Plan, ranks: Ranks,
        class_weights: NDArray[np.float32], importance: NDArray[np.float32],
    ) -> None:  # fmt: skip
        torch = runtime.load_torch()
        self.module, self.device, self.plan, self._ranks = module, device, plan, ranks
        self._class_weights = torch.from_numpy(class_weights).to(device)
        self._importance = torch.from_numpy(importance).to(device)
        self.optimiser = torch.optim.AdamW(
            module.parameters(),  # the pretrained encoder learns as fast as the rest: docs/learning.md
            weight_decay=1e-2,
            fused=device.type in ("cpu", "cuda"),
        )
        self.scaler = self._new_scaler(plan.autocast and plan.half)
        self.average = Averaged(module)
        self._waits = device.type in _QUICK_TO_ANSWER  # for the outcome of every step
        self._unread: list[Tensor] = []
        self._bad_steps = 0

    def learn(self, batch: Batch, rate: float) -> None:
        """One optimiser step at this learning rate. It does nothing where it comes out as not a number."""
        torch = runtime.load_torch()
        self.module.train()
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        values, targets, weights, tiles = (
            sent(plane, self.device) for plane in (batch.values, batch.targets, batch.weights, batch.tiles)
        )
        kept = [running.clone() for running in self._running()]
        logits = logits_of(self.module, values, self.plan)
        loss = segmentation_loss(*apart(logits, targets, weights, self._importance[tiles]), self._class_weights)
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self._ranks.average_gradients(self.module.parameters())
        self.scaler.unscale_(self.optimiser)
        norm = torch.nn.utils.clip_grad_norm_(self.module.parameters(), _LONGEST_GRADIENT)  # the same in all processes
        self._unread.append(torch.stack([loss.detach(), norm]))
        for running, before in zip(self._running(), kept, strict=True):  # where what is no number would stay for good
            running.copy_(torch.where(norm.isfinite(), running, before))
        if not self._waits:
            self._forget_what_is_no_number()
        finite = not self._waits or math.isfinite(float(norm))
        if finite or self.scaler.is_enabled():  # a scaler skips such a step itself, and learns from it
            self.scaler.step(self.optimiser)
            self.scaler.update()
        if finite:
            self.average.add(self.module)

    def give_up(self) -> None:
        """Take back what a step has left that ended in its middle for want of memory; it can then be made again."""
        self.optimiser.zero_grad(set_to_none=True)
        for parameter, moments in list(self.optimiser.state.items()):
            if "exp_avg_sq" not in moments:  # the last of them to be made
                del self.optimiser.state[parameter]
        earlier = self.scaler  # which may think that it has unscaled the next gradients already
        self.scaler = self._new_scaler(earlier.is_enabled())
        self.scaler.load_state_dict(earlier.state_dict())

    def _new_scaler(self, enabled: bool) -> Any:
        return runtime.load_torch().amp.GradScaler(self.device.type, enabled=enabled)

    def _running(self) -> list[Tensor]:
        """The statistics that the decoder's batch norms collect; the encoder's stand still."""
        return [each for each in self.module.get_submodule("decoder").buffers() if each.is_floating_point()]

    def _forget_what_is_no_number(self) -> None:
        """In gradients. Where their norm was none, or infinite, clipping has left nothing in them but that and 0."""
        for parameter in self.module.parameters():
            if parameter.grad is not None:
                parameter.grad.nan_to_num_(0.0, 0.0, 0.0)

    @property
    def has_news(self) -> bool:
        """Whether it is time to read how the steps went."""
        return len(self._unread) >= (1 if self._waits else STEPS_AT_ONCE)

    def read(self) -> float | None:
        """The loss of the last step since the last look that came out as a number.

        After some in a row that did not, the next ones are of full precision; after many LearningError is raised.
        """
        unread, self._unread = self._unread, []
        found = None
        for loss, norm in runtime.load_torch().stack(unread).cpu().tolist() if unread else []:
            if math.isfinite(norm):
                found, self._bad_steps = loss, 0
                continue
            self._bad_steps += 1
            if self._bad_steps == _BAD_STEPS_IN_HALF and self.plan.autocast:
                self.plan = self.plan.in_full()
                break  # the others are from before
            if self._bad_steps >= _MOST_BAD_STEPS:
                raise LearningError(
                    "Training ran out of bounds: the loss is no longer a number.",
                    "Train again with a smaller learning rate, or from scratch if this went on from an earlier model.",
                )
        return found


def crops_on(device: torch.device) -> int:
    """How many crops a step learns from where the settings leave that to the device."""
    return _CROPS if device.type == "cpu" else _CROPS_ON_GRAPHICS


def sent(plane: NDArray[Any], device: torch.device) -> Tensor:
    """The array as a tensor there. CUDA fetches it from memory that is pinned while the program goes on; torch keeps
    that memory until it has. Apple's would read it too late (https://github.com/pytorch/pytorch/issues/189690)."""
    tensor: Tensor = runtime.load_torch().from_numpy(plane)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
