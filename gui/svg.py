"""The shipped SVG drawings in one colour, as bytes to render and by a path for Qt's style sheets."""

from __future__ import annotations

import struct
from functools import lru_cache

from PySide6.QtCore import qRegisterResourceData

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
def tinted_svg_url(name: str, colour: str) -> str:
    """Where Qt finds `tinted_svg(name, colour)`: a style sheet takes images only by a path. This one leads into memory:
    files can be deleted while the program runs, and Qt complains of a lost one whenever it draws it."""
    path = f"{name}-{colour.lstrip('#').lower()}.svg"
    _resources.append(_resource(path, tinted_svg(name, colour)))
    qRegisterResourceData(1, *_resources[-1])
    return f":/{path}"


_resources: list[tuple[bytes, bytes, bytes]] = []  # Qt does not copy what is registered


def _resource(path: str, content: bytes) -> tuple[bytes, bytes, bytes]:
    """Tree, names and data of one file, as Qt's resource compiler writes them (format 1; `path` in ASCII)."""
    root = struct.pack(">IHII", 0, 2, 1, 1)  # no name, a folder of one file, which is node 1
    file = struct.pack(">IHHHI", 0, 0, 0, 1, 0)  # not compressed, for any territory, in the language "C"
    names = struct.pack(">HI", len(path), _name_hash(path)) + path.encode("utf-16-be")
    return root + file, names, struct.pack(">I", len(content)) + content


def _name_hash(path: str) -> int:
    value = 0
    for letter in path.encode("ascii"):
        value = (value << 4) + letter
        value = (value ^ (value & 0xF0000000) >> 23) & 0x0FFFFFFF
    return value
