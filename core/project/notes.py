"""Notes: a short text that the expert leaves on a Tile, for themselves or for whoever looks at it next."""

from __future__ import annotations

from core.errors import ProjectError
from core.project.store import Store, utc_now

LONGEST_NOTE = 1000  # characters: a remark, no report


def load_notes(store: Store) -> dict[int, str]:
    """The Notes by Tile id."""
    return dict(store.query("SELECT tile_id, words FROM note"))


def save_note(store: Store, tile_id: int, words: str) -> str:
    """Keep `words` on the Tile instead of what was there, none for an empty text; returns them as they are kept,
    without needless spaces and empty lines. Raises ProjectError when they are too long or cannot be saved."""
    kept = "\n".join(filter(None, (" ".join(line.split()) for line in words.splitlines())))
    if len(kept) > LONGEST_NOTE:
        raise ProjectError(
            "A note of {count} characters is too long.", "Keep it under {most}.", count=len(kept), most=LONGEST_NOTE
        )
    with store.transaction() as connection:
        if kept:
            connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", (tile_id, kept, utc_now()))
        else:
            connection.execute("DELETE FROM note WHERE tile_id = ?", (tile_id,))
    return kept
