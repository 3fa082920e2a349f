"""Where dialogs for files begin. Left alone, they begin in the folder that the program was started in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

_LAST = "last folder"


def documents() -> Path:
    """The user's own folder for documents, which need not be there."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


def last_folder() -> str:
    """Where files were chosen last, also in an earlier session; else the user's documents, or their home."""
    stored = str(QSettings().value(_LAST, ""))
    places = (Path(stored) if stored else documents(), documents(), Path.home())
    return str(next((place for place in places if os.path.isdir(place)), places[-1]))  # is_dir may raise OSError


def folder_of(paths: Iterable[str]) -> str:
    """Where the first of these files that is there lies; where none is, the `last_folder`."""
    return next((os.path.dirname(path) for path in paths if os.path.exists(path)), last_folder())


def remember_folder(folder: Path) -> None:
    """For `last_folder`, also in later sessions."""
    QSettings().setValue(_LAST, str(folder.absolute()))
