"""How much memory this process has needed at most."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak_mb() -> float:
    """The most memory (resident set, MiB) this process has had so far. Not on Windows.

    Linux: from /proc, for getrusage() counts in what the process that started this one had needed by then.
    """
    if sys.platform == "linux":
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        assert found
        return int(found[1]) / 1024
    bytes_a_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_a_unit / 2**20
