"""How SQLite is asked to only read a file, for projects and GeoPackages."""

from __future__ import annotations

from pathlib import PurePath


def read_only_uri(path: PurePath, *, alone: bool = False) -> str:
    """SQLite's name for an absolute path that it only reads; `alone`: as if there were no WAL, and nobody else."""
    uri = path.as_uri()
    if not uri.startswith("file:///"):  # on a Windows share, whose server SQLite wants in the path
        uri = uri.replace("file://", "file:////", 1)
    return f"{uri}?mode=ro{'&immutable=1' if alone else ''}"
