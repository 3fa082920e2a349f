"""The shipped SVG drawings in one colour, as bytes to render and, where a Qt style sheet needs one, as a file."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import zlib
from functools import lru_cache
from pathlib import Path

from core.atomic import replacing
from core.cache import cache_folder
from resources import resource_path

PLACEHOLDER = "currentColor"
STROKE = 'stroke-width="1.75"'
THIN_STROKE = 'stroke-width="1.25"'


@lru_cache(maxsize=256)
def svg_text(name: str) -> str:
    """The drawing `resources/icons/<name>.svg`. Raises KeyError for a name that is not shipped."""
    path = resource_path("icons", f"{name}.svg")
    if not path.is_file():
        raise KeyError(f"no icon is called {name!r}")
    return path.read_text(encoding="utf-8")


def tinted_svg(name: str, colour: str, thin: bool = False) -> bytes:
    """The drawing `name` as UTF-8 SVG with every `currentColor` replaced by `colour` ("#rrggbb").

    `thin` draws finer lines, for sizes at which the common stroke would look heavy.
    """
    drawing = svg_text(name).replace(PLACEHOLDER, colour)
    return (drawing.replace(STROKE, THIN_STROKE) if thin else drawing).encode("utf-8")


@lru_cache(maxsize=256)
def tinted_svg_file(name: str, colour: str) -> Path:
    """A file with `tinted_svg(name, colour)`: Qt style sheets take images only from files.

    The name holds a checksum of the content, so an updated program never meets an old drawing.
    """
    content = tinted_svg(name, colour)
    file_name = f"{name}-{colour.lstrip('#').lower()}-{zlib.crc32(content):08x}.svg"
    try:
        return _write_once(cache_folder() / "theme" / file_name, content)
    except OSError:  # a read-only home: the window still needs its tick marks
        return _write_once(_private_folder() / file_name, content)


def _write_once(path: Path, content: bytes) -> Path:
    if path.is_file() and path.read_bytes() == content:
        return path
    with replacing(path, shared=True) as partial:  # two programs may start at once
        partial.write_bytes(content)
    return path


@lru_cache(maxsize=1)
def _private_folder() -> Path:
    """It ends with the program."""
    folder = Path(tempfile.mkdtemp(prefix="fieldbrush-theme-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
