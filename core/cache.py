"""Where the program keeps what it can make anew."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """The user's; it may not exist yet, and whatever is in it may be deleted at any time."""
    return Path(platformdirs.user_cache_dir("fieldbrush", appauthor=False))
