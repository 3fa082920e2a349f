"""Too little memory: how libraries say so, and how this program does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import FieldbrushError

_SHORT_OF_MEMORY = (
    "out of memory", "defaultcpuallocator", "bad_alloc",
    "alloc_failed", "find an engine to execute", "find a valid cudnn algorithm",  # cuDNN and cuBLAS
    "invalid buffer size", "failed to allocate private mtlbuffer",  # Apple's
)  # fmt: skip
_ONEDNN_SHORT_OF_MEMORY = ("could not create a primitive", "could not create a memory object")  # and not a word more


class MemoryShortage(FieldbrushError):
    """There is too little memory, also for a smaller part of the work at a time. What was finished is kept."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch (or numpy) failed for want of memory; torch says so mostly in the message alone."""
    if isinstance(error, MemoryError):
        return True
    message = str(error).lower()
    said = any(words in message for words in _SHORT_OF_MEMORY) or message in _ONEDNN_SHORT_OF_MEMORY
    return isinstance(error, RuntimeError) and said


def short_of_memory() -> MemoryShortage:
    """The error that ends what cannot be done with less at a time."""
    return MemoryShortage(
        "There is too little memory.", "Close other programs, then try again. What was finished is kept."
    )


@contextmanager
def memory_watched() -> Iterator[None]:
    """Raises MemoryShortage where the block fails for want of memory."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise short_of_memory() from error
