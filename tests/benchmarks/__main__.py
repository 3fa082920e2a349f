"""`python -m tests.benchmarks [NAME …]`: all benchmarks, or those named; each prints its own table.

They measure, so they are no tests: nothing here passes or fails, and a busy machine shows in the figures.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    here = Path(__file__).parent
    names = sorted(path.stem for path in here.glob("*.py") if not path.stem.startswith("_"))
    chosen = sys.argv[1:] or names
    unknown = set(chosen) - set(names)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(names)}.", file=sys.stderr)
        return 2
    codes = []
    for name in chosen:
        print(f"\n# {name}\n", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
