"""`python -m gui`: the program. In a checkout it first sets up .venv and goes on inside it (`py -m gui demo`)."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from gui.headless import works_headless

_ENVIRONMENT = Path(__file__).resolve().parent.parent / "packaging" / "environment.py"


def main() -> int:
    if _ENVIRONMENT.exists():  # not in an installed package
        environment = runpy.run_path(str(_ENVIRONMENT), run_name="environment")
        purpose = "commands" if works_headless(sys.argv[1:]) else "window"
        code = environment["enter"]("gui", sys.argv[1:], environment["PROGRAM_MODULES"], purpose)
        if code is not None:
            return int(code)
    from gui.launch import main as launch  # only now: it may need packages that the lines above install

    return launch(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
