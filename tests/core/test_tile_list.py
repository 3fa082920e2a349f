"""Notes, and the list of all tiles: filters, orders, and what an older project file makes of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path

import pytest

from core.errors import ProjectError
from core.events import Change, Subject
from core.geometry import Rect
from core.project.notes import LONGEST_NOTE
from core.project.records import RankedTile, SceneRecord, TileRecord, TileStatus
from core.project.schema import APPLICATION_ID, MIGRATIONS
from core.project.tile_list import OPEN, TileFacts, TileFilter, TileOrder, list_tiles
from core.session import Session
from core.text import text
from tests.calls import calls
from tests.core.projects import dot, make_project, opened, write_scene


@pytest.fixture
def project(tmp_path: Path) -> Path:
    scenes = [write_scene(tmp_path / name, seed=seed) for seed, name in enumerate(("north.tif", "south.tif"))]
    return make_project(tmp_path, scenes)


def facts_of(session: Session) -> TileFacts:
    return TileFacts(session.tiles, session.scenes, session.queue(), session.painted, session.forecasts.doubts,
                     session.notes, session.edited)  # fmt: skip


def listed(session: Session, order: TileOrder = TileOrder.MAP, **wanted: object) -> list[int]:
    return list_tiles(facts_of(session), TileFilter(**wanted), order)  # type: ignore[arg-type]


def as_first_version(project: Path) -> None:
    """The same project as the first version of the program would have saved it."""
    now = project.with_suffix(".now")
    project.rename(now)
    connection = sqlite3.connect(project)
    connection.executescript(MIGRATIONS[0])
    connection.execute("ATTACH ? AS now", (str(now),))
    for table in ("setting", "scene", "tile", "mask", "patch", "class"):
        columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
        connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")
    connection.commit()
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute("PRAGMA user_version=1")
    connection.close()


# -- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_changed_and_taken_away(project: Path) -> None:
    with opened(project) as session:
        heard: list[Change] = []
        session.changes.subscribe(heard.append)
        session.set_note(3, "  hail?\n\n ask  Müller 🌾 ")
        assert session.notes == {3: "hail?\nask Müller 🌾"}
        assert heard[-1].subjects == {Subject.NOTES}
        assert heard[-1].tile_ids == {3}
        session.set_note(4, "x")
        session.set_note(4, "   ")
        assert not session.painted, "a note is no paint"
    with opened(project) as session:
        assert session.notes == {3: "hail?\nask Müller 🌾"}


def test_a_note_that_is_too_long_leaves_the_old_one(project: Path) -> None:
    with opened(project) as session:
        session.set_note(1, "a" * LONGEST_NOTE)
        with pytest.raises(ProjectError, match="too long"):
            session.set_note(1, "b" * (LONGEST_NOTE + 1))
        assert session.notes[1] == "a" * LONGEST_NOTE
        with pytest.raises(ProjectError):
            session.set_note(999, "a note on a tile that is not there")
        assert set(session.notes) == {1}


def test_a_project_of_the_first_version_gets_room_for_notes(project: Path, tmp_path: Path) -> None:
    with opened(project) as session:
        dot(session, 2, 20, 20)
    as_first_version(project)
    with opened(project) as session:
        assert session.notes == {}
        assert set(session.painted) == {2}
        session.set_note(2, "kept")
    with closing(sqlite3.connect(project)) as file:
        assert file.execute("PRAGMA user_version").fetchall() == [(len(MIGRATIONS),)]
    with opened(project) as session:
        assert session.notes == {2: "kept"}


# -- the list ---------------------------------------------------------------------------------------------------------


def test_filters_one_by_one_and_together(project: Path) -> None:
    with opened(project) as session:
        everything = list(session.tiles)
        assert listed(session) == everything
        dot(session, 2, 20, 20, value=1)
        dot(session, 5, 20, 20, value=2)
        session.skip(3)
        session.flag(4)
        session.set_note(5, "Wet corner")
        session.set_note(7, "road")
        session.forecasts.doubts.update({1: 0.8, 2: 0.2, 5: 0.5})
        assert listed(session, statuses=OPEN) == [1, 2, 5, 6, 7, 8]
        assert listed(session, statuses=frozenset({TileStatus.SKIPPED, TileStatus.FLAGGED})) == [3, 4]
        assert listed(session, scene_id=2) == [5, 6, 7, 8]
        assert listed(session, painted_value=2) == [5]
        assert listed(session, painted_value=0) == [1, 3, 4, 6, 7, 8]
        assert listed(session, least_doubt=0.5) == [1, 5]
        assert listed(session, least_worth=0.5) == [], "nothing is ranked yet"
        scores = {7: 4.0, 1: 2.0, 6: 1.0}
        session.ranking = [RankedTile(tile, score, "coverage", text("x")) for tile, score in scores.items()]
        assert listed(session, least_worth=0.5) == [1, 7]
        assert listed(session, least_worth=0.25, least_doubt=0.5) == [1]
        session.ranking = []
        assert listed(session, only_with_note=True) == [5, 7]
        assert listed(session, words="CORNER wet") == [5]
        assert listed(session, words="south road") == [7]
        assert listed(session, words="south") == [5, 6, 7, 8]
        session.set_note(6, "Ho\u0308he")  # as macOS spells it
        assert listed(session, words="h\u00f6he") == [6]
        assert listed(session, regime="unranked") == [1, 2, 5, 6, 7, 8]
        assert listed(session, regime="doubt") == []
        assert listed(session, scene_id=2, painted_value=2, only_with_note=True, least_doubt=0.4) == [5]
        assert listed(session, scene_id=1, only_with_note=True) == []


def test_orders(project: Path) -> None:
    with opened(project) as session:
        session.ranking = [RankedTile(tile_id, 1.0, "coverage", text("why")) for tile_id in (7, 3, 1)]
        session.forecasts.doubts.update({4: 0.9, 8: 0.1, 2: 0.5})
        assert listed(session, TileOrder.RANK) == [7, 3, 1, 2, 4, 5, 6, 8]
        assert listed(session, TileOrder.DOUBT) == [4, 2, 8, 1, 3, 5, 6, 7]
        assert listed(session, TileOrder.MAP) == [1, 2, 3, 4, 5, 6, 7, 8]
        for number, tile_id in enumerate((6, 2, 5, 6)):
            dot(session, tile_id, 10 + 12 * number, 30)
        session.undo(2)
        assert listed(session, TileOrder.EDITED) == [2, 6, 5, 1, 3, 4, 7, 8]
    with opened(project) as session:
        assert listed(session, TileOrder.EDITED) == [2, 6, 5, 1, 3, 4, 7, 8], "known after a restart"


def test_what_was_painted_last_is_known_though_the_clock_was_set_back(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field computer without a network starts in the year 2000."""
    with opened(project) as session:
        for tile_id in (3, 5):
            dot(session, tile_id, 20, 20)
    monkeypatch.setattr("core.project.store.datetime", _In2000)
    with opened(project) as session:
        for tile_id in (8, 1):
            dot(session, tile_id, 20, 20, value=2)
    monkeypatch.undo()
    with opened(project) as session:
        dot(session, 7, 20, 20)
        assert listed(session, TileOrder.EDITED) == [7, 1, 8, 5, 3, 2, 4, 6]


class _In2000(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime(2000, 1, 1, tzinfo=tz)


def test_fifty_thousand_tiles_are_listed_at_once() -> None:
    """Ten times as many tiles are ten times the work."""
    few, many = (_work_of_listing(count) for count in (5_000, 50_000))
    assert many < 11 * few
    assert many < 20 * 50_000


def _work_of_listing(count: int) -> int:
    tiles = {i: TileRecord(i, 1 + 2 * i // count, i % 250, i // 250, Rect(0, 0, 8, 8), 1.0) for i in range(count)}
    scenes = {number: SceneRecord(number, f"/x/scene {number}.tif", "", 8, 8) for number in (1, 2, 3)}
    ranking = [RankedTile(i, 1.0, "rest", text("why")) for i in reversed(tiles)]
    facts = TileFacts(tiles, scenes, ranking, {}, dict.fromkeys(tiles, 0.5), dict.fromkeys(range(100), "wet"))
    wanted, found = TileFilter(statuses=OPEN, least_doubt=0.4, words="scene"), []
    work = calls(lambda: found.extend(list_tiles(facts, wanted, TileOrder.RANK)))
    assert found == [*reversed(tiles)]
    return work
