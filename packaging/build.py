"""Freezes the program into dist/fieldbrush, tries it out, and on Linux packs it as a .deb. `make package` runs this.

python packaging/build.py [--only freeze,smoke,deb]
"""

from __future__ import annotations

import argparse
import ast
import importlib.metadata
import re
import runpy
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
FOLDER = DIST / "fieldbrush"
STEPS = ("freeze", "smoke", "deb")
# Where symbols make up a good part of the size. Not numpy.libs and scipy.libs: stripped, their OpenBLAS doesn't load.
STRIPPED = ("torch/lib/*.so*", "rasterio/*.so", "rasterio.libs/*.so*", "libpython3*.so*")


class BuildError(Exception):
    """One sentence: what went wrong while building."""


def run(*command: object) -> None:
    """Run one tool of the build. Raises BuildError if it fails."""
    line = [str(part) for part in command]
    code = subprocess.run(line, cwd=ROOT).returncode
    if code != 0:
        raise BuildError(f"{Path(line[0]).name} {' '.join(line[1:4])} … failed (code {code}); its lines above say why.")


def check_torch() -> None:
    """A CUDA build of torch makes a program of 6.6 GB; nobody should ship it by accident."""
    requirements = importlib.metadata.requires("torch") or []
    if any(re.match(r"nvidia|cuda", requirement) for requirement in requirements):
        raise BuildError("PyTorch is its CUDA build here; run `make GPU=0 setup` before packaging.")


def freeze() -> None:
    """PyInstaller, licences, and on Linux smaller libraries."""
    check_torch()
    run(sys.executable, "packaging/encoder_weights.py")
    run(sys.executable, "packaging/translations.py", "--compile")
    work = ROOT / "build" / "pyinstaller"
    options = ["--noconfirm", "--log-level", "WARN", "--distpath", DIST, "--workpath", work]
    run(sys.executable, "-m", "PyInstaller", *options, "packaging/fieldbrush.spec")
    licences = runpy.run_path(str(ROOT / "packaging" / "licences.py"), run_name="licences")
    try:
        licences["collect"](FOLDER / "_internal" / "licences", sorted(frozen_modules(work)))
    except licences["LicenceError"] as error:
        raise BuildError(f"{error}.") from error
    if sys.platform == "linux":
        prune(FOLDER / "_internal")
        strip()


def frozen_modules(work: Path) -> set[str]:
    """The top-level modules in the program: more than it needs may have come along, and has its licences too."""
    _, entries = ast.literal_eval((work / "fieldbrush" / "PYZ-00.toc").read_text(encoding="utf-8"))
    files = (path.name for path in (FOLDER / "_internal").iterdir())
    return {name.split(".")[0] for name in (*(entry[0] for entry in entries), *files)}


def prune(folder: Path) -> None:
    """Remove libraries that came along with something the spec left out (GTK's, CUDA's), and links to nowhere."""
    for link in folder.rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()
    bundle = runpy.run_path(str(ROOT / "packaging" / "deb.py"), run_name="deb")
    needed = {path: bundle["needed_libraries"](path) for path in bundle["elf_files"](FOLDER)}
    while True:
        asked_for = {name for names in needed.values() for name in names}
        candidates = [path for path in needed if path.parent == folder and not path.name.startswith("libpython")]
        unused = [path for path in candidates if path.name not in asked_for]
        if not unused:
            return
        for path in unused:
            del needed[path]
            path.unlink()


def strip() -> None:
    """Take the symbols out of the largest libraries."""
    for pattern in STRIPPED:
        for library in sorted((FOLDER / "_internal").glob(pattern)):
            if not library.is_symlink():
                run("strip", "--strip-unneeded", library)


def smoke() -> None:
    run(sys.executable, "packaging/smoke.py", FOLDER / ("fieldbrush.exe" if sys.platform == "win32" else "fieldbrush"))


def deb() -> None:
    if sys.platform != "linux" or shutil.which("dpkg-deb") is None:
        print("No .deb: dpkg-deb is not there.")
        return
    run(sys.executable, "packaging/deb.py")


def size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in files(folder)) / 1e6


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Freeze, try out and pack the program.")
    parser.add_argument("--only", default=",".join(STEPS), help="comma-separated steps of: freeze, smoke, deb")
    wanted = parser.parse_args(arguments).only.split(",")
    if unknown := sorted(set(wanted) - set(STEPS)):
        parser.error(f"there is no step {', '.join(unknown)}")
    steps: dict[str, Callable[[], None]] = {"freeze": freeze, "smoke": smoke, "deb": deb}
    try:
        for name in STEPS:
            if name in wanted:
                started = time.monotonic()
                steps[name]()
                took_s = time.monotonic() - started
                print(f"{name}: {took_s:.0f} s; dist/fieldbrush: {size_mb(FOLDER):.0f} MB", flush=True)
    except BuildError as error:
        print(f"Packaging: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
