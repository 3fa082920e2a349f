"""Where the frozen program starts."""

from __future__ import annotations

import multiprocessing
import os
import sys


def restore_library_path() -> None:
    """Undo the starter's LD_LIBRARY_PATH, so that a file manager or browser opened from here finds its own libraries.

    This process has read the variable already and keeps finding the bundled ones.
    """
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if original is not None:
        os.environ["LD_LIBRARY_PATH"] = original
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)


if __name__ == "__main__":
    multiprocessing.freeze_support()  # before anything else: a child process starts here too
    if sys.platform == "linux":
        restore_library_path()
    from gui.launch import main

    sys.exit(main(sys.argv[1:]))
