"""Open files that nobody reads just now: kept for the next read, but never so many that the system runs out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, ClassVar
from weakref import ref

# A system lets a program have 256 (macOS) to 1024 (Linux) files open; a project may have thousands of Scenes.
MOST_SCENES = 32
_MOST_BYTES = 32 << 20


class IdleHandles:
    """The handles of one Scene, each of which keeps the block that it decoded last: up to `bytes_each`.

    Of all Scenes together, only the 32 that were read last keep theirs, and no more than 32 MB of blocks, or one.

    Safe to use from any thread: a handle belongs to whoever has taken it until it is given back.
    """

    _lock = threading.Lock()
    _recent: ClassVar[OrderedDict[int, ref[IdleHandles]]] = OrderedDict()

    def __init__(self, bytes_each: int) -> None:
        self._bytes_each = bytes_each
        self._handles: list[Any] = []
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def take(self) -> Any | None:
        """A handle for this thread alone; None where a new one must be opened."""
        with self._lock:
            return self._handles.pop() if self._handles else None

    def give(self, handle: Any) -> None:
        """Back, or new; it is closed where nobody may use it any more."""
        superfluous: list[Any] = []
        with self._lock:
            (superfluous if self._closed else self._handles).append(handle)
            self._recent[id(self)] = ref(self)
            self._recent.move_to_end(id(self))
            while len(self._recent) > MOST_SCENES:
                oldest = self._recent.popitem(last=False)[1]()
                if oldest is not None:
                    superfluous += oldest._handles
                    oldest._handles = []
            superfluous += self._too_large()
        _close(superfluous)

    def _too_large(self) -> list[Any]:
        """Handles to close, those first that were used longest ago; never the one that was used last."""
        idle = [scene for kept in self._recent.values() if (scene := kept()) is not None and scene._handles]
        left = sum(len(scene._handles) * scene._bytes_each for scene in idle)
        superfluous = []
        for scene in idle:
            while left > _MOST_BYTES and len(scene._handles) > (scene is self):
                superfluous.append(scene._handles.pop(0))
                left -= scene._bytes_each
        return superfluous

    def release(self) -> None:
        """Close those that are idle; a later read opens a new one."""
        with self._lock:
            idle, self._handles = self._handles, []
            self._recent.pop(id(self), None)
        _close(idle)

    def close(self) -> None:
        """The same, and for good: what is given back from now on is closed."""
        self._closed = True
        self.release()


def _close(handles: list[Any]) -> None:
    for handle in handles:
        handle.close()
