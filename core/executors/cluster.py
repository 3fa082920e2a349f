"""Parts of a work on a Dask cluster, where a scheduler is named. The one file with Dask.

Opens the network, to the address that the user gives, and to nothing else. Dask sends parts pickled; whoever can reach
a scheduler can run programs on its workers.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from typing import Any

from core import __version__
from core.errors import FieldbrushError, WorkplaceError
from core.executors.crew import AHEAD, Crew, unstopped

_ADDRESS = re.compile(r"\w+://\S+:\d+")
_CONNECT_S = 10.0
_WITHOUT_WORKERS_S = 30.0  # a nanny replaces a worker that died in a few seconds
_LOOK_S = 1.0


@contextmanager
def cluster_crew(address: str, shared: Any) -> Iterator[Crew]:
    """The workers of the scheduler at `address`; `shared` travels once.

    Dask does the parts of a worker that died again. Raises WorkplaceError where Dask is not installed, the scheduler
    cannot be reached or goes away, has no workers, those have another Fieldbrush, or die of the same part every time.
    """
    distributed, killed, lost = _load_dask()
    try:
        if not _ADDRESS.fullmatch(address):
            raise ValueError(address)
        client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise WorkplaceError(
            "No Dask scheduler answers at {address}.",
            "Check the address and that it runs: dask scheduler. It looks like tcp://HOST:8786.", address=address,
        ) from error  # fmt: skip
    try:
        _check_workers(client, address)
        executor = client.get_executor(pure=False)
        common = client.submit(partial(_same, shared), pure=False)  # made again if the worker that has it dies
        room = _Room(client, address)
        yield Crew(lambda work, part: executor.submit(partial(_work_on, work, part), common), room)
    except killed as error:
        raise WorkplaceError(
            "Several workers of {address} died of the same part of the work; their memory may be too small.",
            "Give them more memory or fewer threads each. What was finished is kept.", address=address,
        ) from error  # fmt: skip
    except (lost, CancelledError) as error:
        raise WorkplaceError(
            "The Dask scheduler at {address} is gone.", "Start it again, and then this command: it goes on from there.",
            address=address,
        ) from error  # fmt: skip
    finally:
        client.close()


def _load_dask() -> tuple[Any, type[Exception], type[Exception]]:
    """The module, and its errors for a part that killed its workers and for a connection that is lost."""
    try:
        import dask
        import distributed
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise WorkplaceError(
            "A cluster needs Dask, which is not installed.", "Install it: pip install fieldbrush[cluster]"
        ) from error
    # What goes wrong becomes one sentence; a model of some megabytes is no reason to warn.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "10GB"})
    return distributed, distributed.scheduler.KilledWorker, CommClosedError


def _check_workers(client: Any, address: str) -> None:
    """Raises WorkplaceError unless there are workers, and scheduler and workers have this Fieldbrush."""
    try:
        client.wait_for_workers(1, timeout=_WITHOUT_WORKERS_S)
    except TimeoutError as error:
        raise _no_workers(address) from error
    for found in _versions(client, address):
        if found != __version__:
            raise WorkplaceError(
                "The cluster at {address} has Fieldbrush {found}, this is {ours}.",
                "Install the same version everywhere.", address=address, found=found, ours=__version__,
            )  # fmt: skip


def _versions(client: Any, address: str) -> list[str]:
    try:
        return [client.run_on_scheduler(_version), *client.run(_version).values()]
    except Exception as error:  # whatever another computer may raise
        raise WorkplaceError(
            "The cluster at {address} cannot run Fieldbrush: {reason}.",
            "Install the same Fieldbrush for the scheduler and all workers.", address=address, reason=error,
        ) from error  # fmt: skip


class _Room:
    """How many parts to have under way, by the threads of the workers there are now."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self._threads = 0
        self._seen_at = self._looked_at = float("-inf")

    def __call__(self) -> int:
        """Raises WorkplaceError when there have been no workers for half a minute."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            self._threads = sum(self._client.nthreads().values())
            if self._threads or self._seen_at < 0:
                self._seen_at = now
            if now - self._seen_at > _WITHOUT_WORKERS_S:
                raise _no_workers(self._address)
        return AHEAD * self._threads


def _no_workers(address: str) -> FieldbrushError:
    return WorkplaceError(
        "The Dask scheduler at {address} has no workers.", "Start some: dask worker {address}", address=address
    )


def _version() -> str:
    return __version__


def _same(shared: Any) -> Any:
    return shared


def _work_on(work: Callable[..., Any], part: Any, shared: Any) -> Any:
    return work(shared, part, unstopped)
