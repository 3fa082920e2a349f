"""The licences of all that is in the frozen program, gathered into one folder of it: their terms ask for that.

What a package brings is copied as it lies in the package. Texts that packages should bring and do not are in
packaging/licence_texts, with a notice of the libraries inside the packages.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

TEXTS = Path(__file__).resolve().parent / "licence_texts"
# Their wheels say "LGPL-3.0-only OR …" and carry no text; the LGPL 3 is terms added to those of the GPL 3.
WITHOUT_TEXT = dict.fromkeys(("pyside6-essentials", "shiboken6"), ("LGPL-3.0.txt", "GPL-3.0.txt"))
_LICENCE = re.compile(r"\.dist-info/(.*(licen[cs]e|copying|notice|authors).*)", re.IGNORECASE)


class LicenceError(Exception):
    """One sentence: what would be shipped without its licence."""


def distributions(name: str, seen: dict[str, importlib.metadata.Distribution]) -> None:
    """Add the distribution `name` and everything it needs here to `seen`."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    try:
        seen[key] = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return  # for another platform
    for requirement in seen[key].requires or ():
        if "extra ==" not in requirement:
            distributions(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0], seen)


def collect(target: Path, modules: Iterable[str] = ()) -> None:
    """Copy the licences of all that the program needs, and of the packages that these top-level `modules` are from, to
    `target`, a folder each. Raises LicenceError."""
    owners = importlib.metadata.packages_distributions()
    seen: dict[str, importlib.metadata.Distribution] = {}
    for name in ("fieldbrush", *(owner for module in modules for owner in owners.get(module, ()))):
        distributions(name, seen)
    del seen["fieldbrush"]
    for name, distribution in sorted(seen.items()):
        files = [*_brought_along(distribution), *((TEXTS / text, text) for text in WITHOUT_TEXT.get(name, ()))]
        if not files:
            raise LicenceError(f"the package {name} brings no licence; put its text into {TEXTS.name}")
        for source, place in files:
            _copy(source, target / name / place)
    _copy(_of_python(), target / "python" / "LICENSE.txt")
    for name in ("NOTICE.md", "LGPL-2.1.txt"):
        _copy(TEXTS / name, target / name)


def _brought_along(distribution: importlib.metadata.Distribution) -> Iterator[tuple[Path, PurePosixPath]]:
    """Its licence files, and where to put them: many are called alike, and differ."""
    for file in distribution.files or ():
        found = _LICENCE.search(file.as_posix())
        if found and not file.name.endswith((".py", ".pyc")):
            yield Path(str(file.locate())), PurePosixPath(found[1].removeprefix("licenses/"))


def _of_python() -> Path:
    """The interpreter's own, which each system keeps elsewhere. Raises LicenceError."""
    library = Path(os.__file__).parent
    debian = Path("/usr/share/doc/python{}.{}/copyright".format(*sys.version_info[:2]))
    for path in (library / "LICENSE.txt", library / "LICENSE", Path(sys.base_prefix) / "LICENSE.txt", debian):
        if path.is_file():
            return path
    raise LicenceError(f"the licence of this Python ({sys.executable}) is nowhere to be found")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
