"""When two names are the same, however they are spelled."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """What names are compared by: Höhe.tif is HÖHE.TIF, and what macOS makes of it, an o with two dots after it."""
    return unicodedata.normalize("NFC", name).casefold()
