"""The Masks in memory: the same arrays for everyone who looks at a Tile."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from core.labels.mask import Mask

KEPT_MASKS = 64


class MaskMemory:
    """Loads Masks when they are asked for and keeps the last ones used.

    As long as anyone holds one of a Tile's planes (a Stroke, the overlay that shares its memory), everyone gets the
    same arrays, however many other Tiles are looked at meanwhile: two copies of a Mask would overwrite each other.
    """

    def __init__(self, load: Callable[[int], Mask]) -> None:
        """`load(tile_id)` gives the Tile's Mask as it is saved."""
        self._load = load
        self._kept: OrderedDict[int, Mask] = OrderedDict()
        self._held: WeakValueDictionary[int, NDArray[np.uint8]] = WeakValueDictionary()

    def get(self, tile_id: int) -> Mask:
        """The Tile's Mask, to be changed in place. Raises what `load` raises."""
        mask = self._kept.pop(tile_id, None) or self._from_holder(tile_id) or self._loaded(tile_id)
        self._kept[tile_id] = mask
        if len(self._kept) > KEPT_MASKS:
            self._kept.popitem(last=False)
        return mask

    def reload(self, tile_ids: Iterable[int]) -> None:
        """Those of the Tiles whose Masks are in memory get what is saved now, in the same arrays."""
        for tile_id in tile_ids:
            planes = self._held.get(tile_id)
            if planes is not None:
                saved = self._load(tile_id)
                planes[0], planes[1] = saved.labels, saved.provenance

    def _from_holder(self, tile_id: int) -> Mask | None:
        planes = self._held.get(tile_id)
        return None if planes is None else Mask(planes[0], planes[1])

    def _loaded(self, tile_id: int) -> Mask:
        saved = self._load(tile_id)
        planes = np.stack([saved.labels, saved.provenance])  # both planes are views of it and keep it alive
        self._held[tile_id] = planes
        return Mask(planes[0], planes[1])
