"""The tables of a project file, and the migrations that bring an older file up to date.

`PRAGMA user_version` says how many of MIGRATIONS a file has had. A migration is never changed once released; a new
need is a new migration at the end.
"""

from __future__ import annotations

APPLICATION_ID = 0x46424A31  # "FBJ1", so that `file` and we can tell a project from any other SQLite file

MIGRATIONS = (
    """
    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE scene (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE,          -- relative to the project's folder where possible, with forward slashes
        fingerprint TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        transform TEXT NOT NULL             -- JSON: the affine a, b, c, d, e, f from pixels to map, or null
    );

    CREATE TABLE tile (
        id INTEGER PRIMARY KEY,
        scene_id INTEGER NOT NULL REFERENCES scene(id),
        grid_column INTEGER NOT NULL,
        grid_row INTEGER NOT NULL,
        x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
        valid_share REAL NOT NULL,
        status TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'in progress', 'done', 'skipped', 'flagged')),
        seconds REAL NOT NULL DEFAULT 0,    -- the expert's active time on it
        UNIQUE (scene_id, x, y)
    );

    CREATE TABLE mask (
        tile_id INTEGER PRIMARY KEY REFERENCES tile(id),
        labels BLOB NOT NULL,
        provenance BLOB NOT NULL,
        pixel_counts TEXT NOT NULL,
        changed_utc TEXT NOT NULL
    );

    CREATE TABLE patch (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tile_id INTEGER NOT NULL REFERENCES tile(id),
        tool TEXT NOT NULL,
        x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
        labels_before BLOB NOT NULL, labels_after BLOB NOT NULL,
        provenance_before BLOB NOT NULL, provenance_after BLOB NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0,
        made_utc TEXT NOT NULL
    );
    CREATE INDEX patch_of_tile ON patch (tile_id, undone, id);

    CREATE TABLE class (value INTEGER PRIMARY KEY, name TEXT NOT NULL, colour TEXT NOT NULL);

    CREATE TABLE model (
        version INTEGER PRIMARY KEY,
        made_utc TEXT NOT NULL,
        weights BLOB NOT NULL
    );

    CREATE TABLE ranking (
        place INTEGER PRIMARY KEY,          -- 1 is the next tile to label
        tile_id INTEGER NOT NULL UNIQUE REFERENCES tile(id),
        score REAL NOT NULL,
        regime TEXT NOT NULL,
        reason TEXT NOT NULL,
        reason_values TEXT NOT NULL
    );

    -- How right the model's doubt was: what it doubted before the expert painted, and its error afterwards.
    CREATE TABLE doubt_record (
        id INTEGER PRIMARY KEY,
        tile_id INTEGER NOT NULL REFERENCES tile(id),
        model_version INTEGER NOT NULL,
        regime TEXT NOT NULL,
        doubt REAL NOT NULL,
        error REAL NOT NULL
    );
    """,
    """
    CREATE TABLE note (
        tile_id INTEGER PRIMARY KEY REFERENCES tile(id),
        words TEXT NOT NULL,
        changed_utc TEXT NOT NULL
    );
    """,
    """
    -- Classes have an order of their own, which the keys 1 to 9 follow.
    ALTER TABLE class ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    UPDATE class SET place = value;

    -- Classes that were merged into another one or removed, and the patches that this left on the tiles.
    CREATE TABLE class_merge (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        value INTEGER NOT NULL, name TEXT NOT NULL, colour TEXT NOT NULL, place INTEGER NOT NULL,
        into_value INTEGER NOT NULL,        -- a class, 0 for unlabeled, 255 for ignore
        made_utc TEXT NOT NULL
    );
    ALTER TABLE patch ADD COLUMN merge_id INTEGER REFERENCES class_merge(id);
    ALTER TABLE patch ADD COLUMN counts_before TEXT;  -- of a merge's patches: the mask's pixel_counts before
    CREATE INDEX patch_of_merge ON patch (merge_id) WHERE merge_id IS NOT NULL;
    """,
    """
    -- The key that the user has chosen for a class; empty where the keys 1 to 9 follow the order.
    ALTER TABLE class ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE class_merge ADD COLUMN key TEXT NOT NULL DEFAULT '';
    """,
    """
    -- The order of the queue as one row; see rankings.py. The next ranking fills it.
    DROP TABLE ranking;
    CREATE TABLE ranking (
        id INTEGER PRIMARY KEY CHECK (id = 0),
        tile_ids BLOB NOT NULL,             -- int64, little-endian, as the others: the next tile to label first
        scores BLOB NOT NULL,               -- float64
        reason_of BLOB NOT NULL,            -- int32: which of `reasons`
        reasons TEXT NOT NULL               -- JSON: of each the regime, the sentence and its values
    );
    """,
)
