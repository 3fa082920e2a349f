"""The stored Models: added, looked at without reading their weights, fetched, deleted; what is remembered of each
round."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.errors import LearningError
from core.project.settings import Setting
from core.project.store import Store, utc_now

KEPT_MODELS = 5


@dataclass(frozen=True)
class StoredModel:
    """A Model in the project: `head` is its file up to where the weights begin, with the card inside."""

    version: int
    made_utc: str
    head: bytes


@dataclass(frozen=True)
class Round:
    """What a training came to, kept when its Model is long gone. `mean_iou` on `held_out` Tiles; None without any.

    `tables`: of the last rounds, by the id of each of these Tiles, a confusion table in the order of `class_values`. A
    round that does not `count` was too short to find anything better than the Model it began with: what its Tiles are
    worth it does not say.
    """

    version: int
    tiles: int  # that it and its forerunners could learn from
    mean_iou: float | None
    held_out: int
    class_values: tuple[int, ...] = ()
    tables: Mapping[int, Sequence[Sequence[int]]] = field(default_factory=dict)
    counts: bool = True


def add_model(store: Store, version: int, weights: bytes) -> None:
    """Keep a trained model; the oldest beyond the newest five are dropped. Raises ProjectError."""
    with store.transaction() as connection:
        connection.execute("INSERT INTO model VALUES (?, ?, ?)", (version, utc_now(), weights))
        connection.execute(
            "DELETE FROM model WHERE version NOT IN (SELECT version FROM model ORDER BY version DESC LIMIT ?)",
            (KEPT_MODELS,),
        )


def stored_models(store: Store) -> list[StoredModel]:
    """All, the newest first. Raises ProjectError."""
    rows = store.query("SELECT version, made_utc, typeof(weights) = 'blob' FROM model ORDER BY version DESC")
    return [
        StoredModel(version, made_utc, _head(store, version) if has_weights else b"")  # damaged ones need not have any
        for version, made_utc, has_weights in rows
    ]


def model_versions(store: Store) -> list[int]:
    """Of all, the newest first. Raises ProjectError."""
    return [version for (version,) in store.query("SELECT version FROM model ORDER BY version DESC")]


def _head(store: Store, version: int) -> bytes:
    with store.blob("model", "weights", version) as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0  # of a damaged one they need not be there
        return start + file.read(min(length, 2**24))


def model_weights(store: Store, version: int) -> bytes:
    """The Model's file. Raises LearningError when it is not kept any more."""
    rows = store.query("SELECT weights FROM model WHERE version = ?", (version,))
    if not rows:
        raise _gone(version)
    return bytes(rows[0][0])


def _gone(version: int) -> LearningError:
    return LearningError("Model {version} is not kept any more.", "Choose another one.", version=version)


def delete_model(store: Store, version: int) -> None:
    """Does nothing where it is not kept. Raises ProjectError."""
    with store.transaction() as connection:
        connection.execute("DELETE FROM model WHERE version = ?", (version,))


def leading_version(store: Store) -> int | None:
    """The Model that was last made the leading one, where it is still kept; else the newest."""
    versions = model_versions(store)
    chosen = store.setting(Setting.LEADING_MODEL)
    return chosen if chosen in versions else max(versions, default=None)


def set_leading(store: Store, version: int) -> None:
    """Raises LearningError when it is not kept any more: it may have been deleted while it was loaded."""
    if version not in model_versions(store):
        raise _gone(version)
    store.set_setting(Setting.LEADING_MODEL, version)


def rounds(store: Store) -> list[Round]:
    """In the order of their versions."""
    return [_round(entry) for entry in store.setting(Setting.ROUNDS, [])]


def add_round(store: Store, made: Round, compared: int) -> None:
    """So many of the last rounds keep their tables."""
    known = [*(other for other in rounds(store) if other.version != made.version), made]
    lean = [replace(old, tables={}) for old in known[:-compared]]
    store.set_setting(Setting.ROUNDS, [asdict(each) for each in (*lean, *known[-compared:])])


def next_version(store: Store) -> int:
    """A number no Model has had."""
    used = [*model_versions(store), *(known.version for known in rounds(store))]
    return max(used, default=0) + 1


def _round(entry: dict[str, Any]) -> Round:
    """JSON has no numbers for keys; the first projects have no tables."""
    tables = {int(tile): table for tile, table in entry.get("tables", {}).items()}
    version, tiles, mean_iou, held_out = (entry[name] for name in ("version", "tiles", "mean_iou", "held_out"))
    return Round(
        version,
        tiles,
        mean_iou,
        held_out,
        tuple(entry.get("class_values", ())),
        tables,
        bool(entry.get("counts", True)),
    )
