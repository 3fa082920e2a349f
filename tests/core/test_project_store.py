"""The project file: what opens and what is refused, and that nothing is lost, shrunk or taken for empty."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import struct
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import LabelError, ProjectError, SceneError
from core.events import Subject
from core.geometry import Rect
from core.labels.classes import DEFAULT_CLASSES, LabelClass
from core.labels.mask import encode_plane
from core.labels.strokes import Ink
from core.project import connection as connection_module
from core.project.class_merges import class_merges, refuse_half_a_merge
from core.project.effort import ASSUMED_TILE_SECONDS, Effort
from core.project.models import add_model, leading_version, model_weights, next_version, stored_models
from core.project.notes import load_notes
from core.project.rankings import load_ranking, save_ranking
from core.project.records import Budget, RankedTile, SceneRecord, TileRecord, TileStatus, export_stems
from core.project.schema import APPLICATION_ID, MIGRATIONS
from core.project.store import Store
from core.session import Session
from core.text import text
from tests.core.projects import (
    all_masks,
    dot,
    make_project,
    opened,
    opened_with_store,
    paint_rect,
    start_python,
    store_of,
    write_scene,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tiles, two of them painted with noise, so that the file has more than a few pages."""
    folder = tmp_path_factory.mktemp("template")
    project = make_project(folder, [write_scene(folder / "images" / "scene.tif")])
    rng = np.random.default_rng(0)
    with opened(project) as session:
        for tile_id in sorted(session.tiles)[:2]:
            session.import_mask(tile_id, rng.integers(0, 3, (64, 64), np.uint8))
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "field")
    return tmp_path / "field" / "test.fieldbrush"


def refused(path: Path, *, by: Callable[[Path], object] = Store.open) -> ProjectError:
    """The one clear sentence with which `path` is refused; nothing is made, changed or left beside it."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ProjectError) as caught:
        by(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert caught.value.remedy.template
    assert path.name in str(caught.value)
    return caught.value


# -- opening ----------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    assert "no project" in str(refused(tmp_path / "none.fieldbrush"))
    assert list(tmp_path.iterdir()) == []
    refused(tmp_path)


def test_an_empty_file_is_not_taken_for_a_new_project(tmp_path: Path) -> None:
    (tmp_path / "x.fieldbrush").touch()
    assert "empty" in str(refused(tmp_path / "x.fieldbrush"))


@pytest.mark.parametrize("content", [b"x", b"not a project " * 400, b"\0" * 8192, b"SQLite format 3\0"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.fieldbrush"
    path.write_bytes(content)
    assert "Fieldbrush project" in str(refused(path)) or "damaged" in str(refused(path))


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.fieldbrush"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mask (x)")
    connection.close()
    assert "not a Fieldbrush project" in str(refused(path))


def test_a_newer_version_is_refused_unchanged(project: Path) -> None:
    connection = sqlite3.connect(project)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    assert "newer" in str(refused(project))


def test_a_project_without_its_settings_is_refused(tmp_path: Path) -> None:
    """As after a creation that was cut off, or by another program's hand."""
    Store.create(tmp_path / "x.fieldbrush").close()
    assert "damaged" in str(refused(tmp_path / "x.fieldbrush", by=Session.open))
    with store_of(tmp_path / "x.fieldbrush"):
        pass  # and is not left locked


def test_create_refuses_what_is_there(project: Path) -> None:
    assert "exists" in str(refused(project, by=Store.create))


def test_create_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file" / "x.fieldbrush", by=Store.create)
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(project: Path) -> None:
    project.parent.chmod(0o555)
    try:
        assert "cannot be written" in str(refused(project))
        assert "cannot be written" in str(refused(project.with_name("new.fieldbrush"), by=Store.create))
    finally:
        project.parent.chmod(0o755)


_WAIT = """
import sys
from core.project.store import Store
store = Store.open(sys.argv[1])
print("open", flush=True)
input()
"""
_TRY = """
import sys
from core.errors import ProjectError
from core.project.store import Store
try:
    Store.open(sys.argv[1])
except ProjectError as error:
    print(error)
"""


def test_a_project_opens_in_one_window_only(project: Path) -> None:
    with opened(project) as session:
        output, errors = start_python(_TRY, project).communicate(timeout=300)
        assert "is open in another window" in output, errors
        assert dot(session, min(session.tiles), 5, 5)
    process = start_python(_WAIT, project, stdin=-1)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(ProjectError, match="is open in another window"):
            Store.open(project)
    finally:
        process.kill()  # the hard way: the lock goes with it
        process.communicate()
    with opened(project):
        pass


# -- damage -----------------------------------------------------------------------------------------------------------


def _truth(project: Path) -> tuple[dict[int, np.ndarray], dict[int, dict[int, int]]]:
    with opened(project) as session:
        return all_masks(session), {t: dict(c) for t, c in session.painted.items()}


@pytest.mark.parametrize("seed", range(12))
def test_damaged_bytes_never_look_like_empty_masks(project: Path, seed: int) -> None:
    """Whatever is hit: the project is refused, a mask is refused, or every label is what it was."""
    masks, painted = _truth(project)
    rng = np.random.default_rng(seed)
    data = bytearray(project.read_bytes())
    place = int(rng.integers(0, len(data) - 600))
    data[place : place + 600] = rng.bytes(600) if seed % 2 else bytes(600)
    if seed == 11:
        del data[len(data) // 2 :]
    project.write_bytes(bytes(data))
    try:
        session = Session.open(project)
    except (ProjectError, LabelError, SceneError):
        return
    try:
        assert set(session.tiles) == set(masks)
        for tile_id, expected in masks.items():
            try:
                mask = session.mask(tile_id)
            except (LabelError, ProjectError):
                continue
            assert (np.stack([mask.labels, mask.provenance]) == expected).all()
        assert {t: dict(c) for t, c in session.painted.items()} == painted
    finally:
        session.close()


@pytest.mark.parametrize("column", ["labels", "provenance"])
@pytest.mark.parametrize("blob", [b"", b"rubbish", encode_plane(np.zeros((3, 3), np.uint8))])
def test_a_damaged_mask_is_refused_wherever_it_is_used(project: Path, column: str, blob: bytes) -> None:
    with opened_with_store(project) as (session, store):
        tile_id = min(session.painted)
        with store.transaction() as connection:
            connection.execute(f"UPDATE mask SET {column} = ? WHERE tile_id = ?", (blob, tile_id))
        uses = (session.mask, session.undo, lambda t: dot(session, t, 5, 5), lambda t: session.fill_unlabeled(t, 1))
        for use in uses:
            with pytest.raises(LabelError, match="mask in this project"):
                use(tile_id)
        if column == "labels":
            job = session.export_labels(project.parent / "out")
            session.wait(job)
            assert isinstance(job.error, LabelError)
            assert not list((project.parent / "out").glob("*"))
        with store.transaction() as connection:
            stored = connection.execute(f"SELECT {column} FROM mask WHERE tile_id = ?", (tile_id,)).fetchall()
        assert stored == [(blob,)]  # nothing has been written over it


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE setting SET value = '{' WHERE key = 'statistics'",
        "UPDATE setting SET value = 'null' WHERE key = 'interpretation'",
        "DELETE FROM setting WHERE key = 'statistics'",
        "UPDATE setting SET value = '[1]' WHERE key = 'budget'",
        "INSERT INTO setting VALUES ('spent', '{\"tiles\": null}')",
        "INSERT INTO setting VALUES ('spent', '{\"recent_seconds\": \"x\"}')",
        "INSERT OR REPLACE INTO setting VALUES ('hidden_classes', '[null]')",
        "UPDATE mask SET pixel_counts = '{1'",
        "UPDATE class SET colour = 'blue'",
        "UPDATE scene SET transform = 'x'",
    ],
)
def test_damaged_tables_are_one_sentence_and_no_thread(project: Path, sql: str) -> None:
    connection = sqlite3.connect(project)
    connection.execute(sql)
    connection.commit()
    connection.close()
    for _ in range(2):  # the second time: the first has not kept it locked
        with pytest.raises((ProjectError, LabelError, SceneError)) as caught:
            Session.open(project)
        assert "\n" not in str(caught.value)


def _worked_on(project: Path, seed: int) -> bytes:
    """Strokes on all tiles; returns the WAL that a crash right then would leave."""
    with opened(project) as session:
        for number in range(24):
            _noise(session, sorted(session.tiles)[number % len(session.tiles)], 100 * seed + number)
        return wal_of(project).read_bytes()


def wal_of(project: Path) -> Path:
    return project.with_name(f"{project.name}-wal")


def test_a_copy_that_is_put_in_the_place_of_a_project_that_crashed_counts_and_is_not_spoiled(
    project: Path, tmp_path: Path
) -> None:
    """SQLite would take what the crash has left beside it for changes of the copy."""
    _worked_on(project, 1)
    truth, data = _truth(project), project.read_bytes()
    _worked_on(project, 2)
    stray = _worked_on(project, 3)
    project.write_bytes(data)
    wal_of(project).write_bytes(stray)
    masks, painted = _truth(project)
    assert painted == truth[1]
    assert all((masks[tile_id] == mask).all() for tile_id, mask in truth[0].items())
    assert wal_of(project).with_name(f"{project.name}-wal.apart").read_bytes() == stray
    wal_of(project).write_bytes(stray + b"again")
    assert _truth(project)[1] == truth[1]
    assert wal_of(project).with_name(f"{project.name}-wal.apart").read_bytes() == stray, "nor is an earlier one lost"


@pytest.mark.skipif(sys.platform == "win32", reason="a folder's path must leave room for the name there")
def test_what_cannot_be_set_apart_is_one_sentence(project: Path) -> None:
    """Here for want of a longer name; on a drive that is full or may not be written it is the same."""
    long_named = project.with_name("x" * (251 - len(project.suffix)) + project.suffix)
    data = project.read_bytes()
    _worked_on(project, 2)
    stray = _worked_on(project, 3)
    long_named.write_bytes(data)
    wal_of(long_named).write_bytes(stray)
    assert "cannot be read or saved: File name too long" in str(refused(long_named))
    assert (long_named.read_bytes(), wal_of(long_named).read_bytes()) == (data, stray)


def test_a_fault_of_an_index_costs_nothing_that_a_crash_has_left(project: Path) -> None:
    """A thorough look finds it in the file, with what the crash has left and without: that says nothing of the two."""
    _worked_on(project, 1)
    for sql in (
        "UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'patch_of_tile'",
        "REINDEX patch_of_tile",
        "UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '') WHERE name = 'patch_of_tile'",
    ):
        with closing(sqlite3.connect(project, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            connection.execute(sql)
    with closing(sqlite3.connect(project)) as connection:
        assert "missing from index" in connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    before = project.read_bytes()
    wal, (masks, painted) = _worked_on(project, 2), _truth(project)
    project.write_bytes(before)
    wal_of(project).write_bytes(wal)
    found, found_painted = _truth(project)
    assert found_painted == painted
    assert all((found[tile_id] == mask).all() for tile_id, mask in masks.items())
    assert not list(project.parent.glob("*.apart*"))


def test_a_damaged_project_is_left_as_it_was_found(project: Path) -> None:
    """Whoever can save something from it needs all of it."""
    _worked_on(project, 1)
    wal, data = _worked_on(project, 2), bytearray(project.read_bytes())
    for place in range(4096, len(data) - 4096, 4096):  # the first page says that it is a project
        data[place : place + 200] = bytes(200)
    project.write_bytes(data)
    wal_of(project).write_bytes(wal[: len(wal) // 3])
    left = wal_of(project).read_bytes()
    with pytest.raises(ProjectError, match="is damaged"):
        Store.open(project)
    assert (project.read_bytes(), wal_of(project).read_bytes()) == (data, left)


# -- classes ----------------------------------------------------------------------------------------------------------


def test_a_class_with_paint_cannot_vanish(project: Path) -> None:
    weed = LabelClass(3, "weed", "#009E73")
    with opened(project) as session:
        tile_id = max(session.tiles)
        with pytest.raises(LabelError, match="Class 1"):
            session.set_classes([DEFAULT_CLASSES[1], weed])
        assert session.classes == DEFAULT_CLASSES
        session.set_classes([*DEFAULT_CLASSES, weed])
        paint_rect(session, tile_id, Rect(0, 0, 2, 2), 3)
        with pytest.raises(LabelError, match="Class 3"):
            session.set_classes(DEFAULT_CLASSES)
        paint_rect(session, tile_id, Rect(0, 0, 2, 2), 0)
        session.set_classes(DEFAULT_CLASSES)
    with opened(project) as session:
        assert session.classes == DEFAULT_CLASSES
        session.set_classes([LabelClass(1, "fine", "#000000"), DEFAULT_CLASSES[1]])
        assert session.classes[0].name == "fine"


# -- places -----------------------------------------------------------------------------------------------------------


def test_paths_survive_moving_the_folder(project: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(project)
    assert connection.execute("SELECT path FROM scene").fetchone() == ("images/scene.tif",)
    connection.close()
    moved = tmp_path / "elsewhere" / "deeper"
    moved.parent.mkdir()
    project.parent.rename(moved)
    with opened(moved / project.name) as session:
        (record,) = session.scenes.values()
        assert Path(record.path) == moved / "images" / "scene.tif"
        assert session.scene_files.missing() == []
        assert session.scene_files.open(record.scene_id).info.width == 128


def test_another_image_in_the_scenes_place(project: Path) -> None:
    image = project.parent / "images" / "scene.tif"
    write_scene(image, seed=9)
    with opened(project) as session:
        heard = []
        session.changes.subscribe(heard.append)
        session.scene_files.open(min(session.scenes))
        session.scene_files.open(min(session.scenes))
        (notice,) = [change for change in heard if Subject.NOTICE in change.subjects]
        assert "has changed" in str(notice.error)
    write_scene(image, width=64)
    with opened(project) as session, pytest.raises(SceneError, match="another size"):
        session.scene_files.open(min(session.scenes))
    image.unlink()
    with opened(project) as session:
        with pytest.raises(SceneError, match="was not found"):
            session.scene_files.open(min(session.scenes))
        assert session.painted  # the labels do not depend on it


@pytest.mark.skipif(sys.platform == "win32", reason="Windows says of such a file that it is not there")
def test_scenes_that_the_system_does_not_even_look_for_are_missing(project: Path) -> None:
    """A network drive that is gone, a folder that is closed to us: then a look is an error, not a no. Here: a name that
    is too long."""
    with sqlite3.connect(project) as connection:
        connection.execute("UPDATE scene SET path = ? WHERE id = 1", ("x" * 300 + ".tif",))
    connection.close()
    with opened(project) as session:
        assert [scene.scene_id for scene in session.scene_files.missing()] == [1]
        with pytest.raises(SceneError, match="was not found"):
            session.scene_files.open(1)
        with pytest.raises(SceneError, match="was not found"):
            session.reader.read(session.tile_ref(min(session.tiles)))
        session.scene_files.prepare_overviews(session.readers)


def test_export_stems_are_unique_and_stay() -> None:
    paths = ["/a/x.tif", "/b/X.tif", "/c/x_2.tif", "/d/y.tif"]
    records = [SceneRecord(n, path, "", 1, 1) for n, path in enumerate(paths)]
    assert list(export_stems(records).values()) == ["x", "X_3", "x_2", "y"]
    spelled = [SceneRecord(n, f"/{n}/{name}.tif", "", 1, 1) for n, name in enumerate(("H\u00f6he", "Ho\u0308he"))]
    assert list(export_stems(spelled).values()) == ["H\u00f6he", "Ho\u0308he_2"]  # to macOS they are one name
    long = [SceneRecord(n, f"/{n}/{'田' * 82}{n}.tif", "", 1, 1) for n in range(2)]
    assert list(export_stems(long).values()) == ["田" * 63, "田" * 63 + "_2"]


# -- failing writes ---------------------------------------------------------------------------------------------------


def _noise(session: Session, tile_id: int, seed: int) -> bool:
    recorder = session.begin_stroke(tile_id, "import")
    recorder.paint_labels(np.random.default_rng(seed).integers(1, 3, (64, 64), np.uint8), Ink(0))
    return session.finish_stroke(tile_id, recorder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows leaves open files where they are")
def test_a_file_that_is_moved_or_replaced_while_it_is_open_is_noticed(project: Path, tmp_path: Path) -> None:
    """SQLite would go on to write into the file that is gone."""
    away = tmp_path / "away.fieldbrush"
    with opened(project) as session:
        tile_id = max(session.tiles)
        assert _noise(session, tile_id, 1)
        saved = session.mask(tile_id).labels.copy()
        project.rename(away)
        for _ in range(2):
            with pytest.raises(ProjectError, match="was moved, deleted or replaced"):
                _noise(session, tile_id, 2)
            assert (session.mask(tile_id).labels == saved).all()
            shutil.copy(away, project)  # as a folder does that is kept in step with another computer
        away.replace(project)
        assert _noise(session, tile_id, 3)
        expected = session.mask(tile_id).labels.copy()
    with opened(project) as session:
        assert (session.mask(tile_id).labels == expected).all()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="there is no way to the files that SQLite has open")
@pytest.mark.parametrize("answers", ["errors", "nothing"])
def test_a_drive_that_was_unplugged_is_not_called_damage(project: Path, tmp_path: Path, answers: str) -> None:
    """Whoever restores a copy then loses what was painted since. What is open there stays lost when the drive is back:
    SQLite gets errors for it, or empty pages."""
    empty = tmp_path / "empty"
    empty.touch()
    with opened_with_store(project) as (session, store):
        tile_id = max(session.tiles)
        assert _noise(session, tile_id, 1)
        expected = session.mask(tile_id).labels.copy()
        uses = (lambda: store.mask(session.tiles[tile_id]), lambda: _noise(session, tile_id, 2))
        _unplug(project, tmp_path if answers == "errors" else empty)
        project.parent.rename(tmp_path / "away")
        for use in uses:
            store._connection.execute("PRAGMA shrink_memory")
            with pytest.raises(ProjectError, match="was moved, deleted or replaced"):
                use()
        (tmp_path / "away").rename(project.parent)
        for use in uses:
            store._connection.execute("PRAGMA shrink_memory")
            with pytest.raises(ProjectError, match=r"can no longer be read or saved\..*open it again"):
                use()
    with opened(project) as session:
        assert (session.mask(tile_id).labels == expected).all()
        assert _noise(session, tile_id, 2)


def test_a_few_masks_are_read_without_reading_all(tmp_path: Path) -> None:
    """Each stroke asks for those that teach the pixel classifier: with 10,000 painted it took a tenth of a second."""
    steps = []
    for columns in (2, 12):
        folder = tmp_path / str(columns)
        folder.mkdir()
        project = make_project(folder, [write_scene(folder / "a.tif", columns * 64, 128)], tile_px=64)
        with opened_with_store(project) as (session, store):
            for tile_id in session.tiles:
                paint_rect(session, tile_id, Rect(0, 0, 8, 8), 1)
            wanted = sorted(session.tiles)[:2]
            refs, count = {tile_id: session.tile_ref(tile_id) for tile_id in wanted}, [0]
            store._connection.set_progress_handler(lambda count=count: count.append(0), 1)  # each step
            found = store.stored_masks(refs)
            store._connection.set_progress_handler(None, 1)
            assert [stored.ref for stored in found] == list(refs.values())
            steps.append(len(count))
    assert steps[1] <= 1.2 * steps[0]


def _unplug(project: Path, dead: Path) -> None:
    """What this program has open of the project is `dead` instead: a folder can be neither read nor written."""
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):  # the one that listdir itself had
            if os.readlink(f"/proc/self/fd/{number}").startswith(str(project)):
                other = os.open(dead, os.O_RDONLY)
                os.dup2(other, number)
                os.close(other)


def test_a_full_disk_is_one_sentence_and_memory_stays_as_saved(project: Path) -> None:
    with opened_with_store(project) as (session, store):
        tile_id = max(session.tiles)
        connection = store._connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 6}")
        strokes = 0
        with pytest.raises(ProjectError) as caught:  # noqa: PT012
            for strokes in range(200):
                _noise(session, tile_id, strokes)
        assert str(caught.value).startswith("The disk is full: the project")
        assert not connection.in_transaction
        assert (all_masks(session)[tile_id][0] == session.mask(tile_id).labels).all()
        assert len(session.strokes(tile_id)) == strokes
        assert session.painted[tile_id] == session.mask(tile_id).pixel_counts()
        # An undo needs no space of its own here; when it fails, both stay as they were.
        shown = session.mask(tile_id).labels.copy()
        try:
            session.undo(tile_id)
        except ProjectError:
            assert (session.mask(tile_id).labels == shown).all()
        assert (all_masks(session)[tile_id][0] == session.mask(tile_id).labels).all()
        effort, status = session.effort, session.tiles[tile_id].status
        with pytest.raises(ProjectError):  # noqa: PT012
            store.set_setting("filler", "x" * 40_000)
            session.submit(tile_id, 5.0)
        assert (session.effort, session.tiles[tile_id].status) == (effort, status)
        connection.execute("PRAGMA max_page_count=1000000")
        assert _noise(session, tile_id, 4711)  # with space again, it goes on
        expected = session.mask(tile_id).labels.copy()
    with opened(project) as session:
        assert (session.mask(tile_id).labels == expected).all()


_LIMITED = """
import resource, signal, sys
import numpy as np
from core.errors import ProjectError
from core.project.store import Store
from core.session import Session
from core.labels.strokes import Ink
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store.open(sys.argv[1])
session = Session(store)
tile_id = max(session.tiles)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
rng, saved = np.random.default_rng(0), 0
try:
    for number in range(200):
        recorder = session.begin_stroke(tile_id, "import")
        recorder.paint_labels(rng.integers(1, 3, (64, 64), np.uint8), Ink(0))
        session.finish_stroke(tile_id, recorder)
        saved += 1
except ProjectError as error:
    print("refused", str(error).replace(chr(10), " "))
mask = store.mask(session.tiles[tile_id])
assert (mask.labels == session.mask(tile_id).labels).all()
assert len(session.strokes(tile_id)) == saved
print(saved, int(mask.labels.astype(int).sum()), flush=True)
import os
os._exit(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_takes_no_more_bytes(project: Path) -> None:
    output, errors = start_python(_LIMITED, project).communicate(timeout=300)
    assert output.startswith("refused"), errors
    saved, total = map(int, output.splitlines()[1].split())
    assert saved > 0
    with opened(project) as session:
        tile_id = max(session.tiles)
        assert len(session.strokes(tile_id)) == saved
        assert int(session.mask(tile_id).labels.astype(int).sum()) == total


def test_sqlite_is_told_to_lose_nothing(project: Path) -> None:
    """A power cut cannot be tested here; that every commit waits for the disk can."""
    with store_of(project) as store:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "locking_mode": "exclusive"}
        assert {name: store.query(f"PRAGMA {name}")[0][0] for name in wanted} == wanted


def test_nested_transactions_are_one(project: Path) -> None:
    with store_of(project) as store:
        with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012
            store.set_setting("a", 1)
            store.set_setting("b", 2)
            raise RuntimeError
        assert store.setting("a") is None
        assert store.setting("b") is None
        with store.transaction():
            store.set_setting("a", 1)
        assert store.setting("a") == 1


def test_a_setting_that_stays_as_it_is_is_not_written_again(project: Path) -> None:
    """Writing waits for the disk, and a later session begins by keeping what it has just read."""
    with store_of(project) as store:
        store.set_setting("last_tile", {"a": [1, None]})
        written = store._connection.total_changes
        store.set_setting("last_tile", {"a": [1, None]})
        assert store._connection.total_changes == written
        for value in ({"a": [1, 0]}, None, 0, False, "0"):
            store.set_setting("last_tile", value)
            assert store.setting("last_tile", "nothing") == value
            assert store._connection.total_changes > written
            written = store._connection.total_changes


# -- what is kept -----------------------------------------------------------------------------------------------------


def test_everything_small_is_restored(project: Path) -> None:
    unsure = text("Unsure in {share} %", share=7)
    ranked = [RankedTile(2, 0.5, "doubt", unsure), RankedTile(1, 0.25, "typical", text("x")),
              RankedTile(3, 0.125, "coverage", unsure), RankedTile(4, 0.0, "doubt", unsure)]  # fmt: skip
    with store_of(project) as store:
        save_ranking(store, ranked[::-1])
        save_ranking(store, ranked)
        store.set_tile_status(1, TileStatus.FLAGGED, 2.5)
        store.set_tile_status(1, TileStatus.FLAGGED, 2.5)
        for version in range(1, 9):
            add_model(store, 2 * version, bytes([version]))
    with store_of(project) as store:
        assert load_ranking(store) == ranked
        save_ranking(store, [])
        assert load_ranking(store) == []
        tile = next(t for t in store.tiles() if t.tile_id == 1)
        assert (tile.status, tile.seconds) == (TileStatus.FLAGGED, 5.0)
        assert [model.version for model in stored_models(store)] == [16, 14, 12, 10, 8]


def test_scenes_without_a_place_keep_that(tmp_path: Path) -> None:
    place = (0.5, 0.1, 3.0, 0.2, -0.5, 9.0)
    store = Store.create(tmp_path / "x.fieldbrush")
    tile = TileRecord(0, 0, 0, 0, Rect(0, 0, 8, 8), 1.0)
    scenes = [SceneRecord(0, str(tmp_path / f"{n}.tif"), "f", 8, 8, p) for n, p in enumerate([None, place])]
    store.add_scenes([(scene, [tile]) for scene in scenes])
    assert [scene.transform for scene in store.scenes()] == [None, place]
    assert [scene.map_position(1, 2) for scene in store.scenes()] == [(1, 2), pytest.approx((3.7, 8.2))]
    with pytest.raises(ProjectError):  # the same scene twice: all or nothing
        store.add_scenes([(SceneRecord(0, str(tmp_path / "9.tif"), "", 8, 8), []), (scenes[0], [])])
    assert len(store.scenes()) == 2
    store.close()


def test_an_older_file_is_brought_up_to_date(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    masks, _ = _truth(project)
    newer = (*MIGRATIONS, "ALTER TABLE tile ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")
    monkeypatch.setattr(connection_module, "MIGRATIONS", newer)
    for _ in range(2):
        with opened(project) as session:
            assert all((m == masks[t]).all() for t, m in all_masks(session).items())
        with closing(sqlite3.connect(project)) as file:
            assert file.execute("SELECT DISTINCT note FROM tile").fetchall() == [("none",)]
            assert file.execute("PRAGMA user_version").fetchall() == [(len(newer),)]
            assert file.execute("PRAGMA application_id").fetchall() == [(APPLICATION_ID,)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    masks, _ = _truth(project)
    with monkeypatch.context() as patched:
        broken = "DELETE FROM mask; CREATE TABLE tile (x)"
        patched.setattr(connection_module, "MIGRATIONS", (*MIGRATIONS, broken))
        with pytest.raises(ProjectError):
            Store.open(project)
    with opened(project) as session:
        assert all((m == masks[t]).all() for t, m in all_masks(session).items())


# -- the budget -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "amount"), [("tiles", 0), ("tiles", -1), ("minutes", float("nan")), ("hours", 1), ("tiles", 1e12)]
)
def test_budgets_that_are_none(unit: str, amount: float) -> None:
    with pytest.raises(ProjectError):
        Budget(unit, amount)  # type: ignore[arg-type]
    with pytest.raises(ProjectError):
        Budget("tiles", float("inf"))


def test_a_budget_that_earlier_versions_took_keeps_nobody_out(project: Path) -> None:
    with store_of(project) as store:
        store.set_setting("budget", {"unit": "minutes", "amount": 2_000_000})
    with opened(project) as session:
        assert session.effort.budget == Budget("minutes", 1_000_000)


def test_effort_in_tiles_and_minutes(project: Path) -> None:
    effort = Effort(Budget("tiles", 5))
    for _ in range(3):
        effort = effort.with_tile(10)
    assert (effort.remaining_tiles(), effort.spent_fraction) == (2, 0.6)
    for _ in range(4):
        effort = effort.with_tile(0)
    assert effort.remaining_tiles() == 1  # a spent budget still ranks
    assert effort.seconds_per_tile == (3 * 10 + 2 * ASSUMED_TILE_SECONDS) / 5
    minutes = Effort(Budget("minutes", 10))
    assert minutes.remaining_tiles() == 10
    for _ in range(60):
        minutes = minutes.with_tile(5)
    assert minutes.remaining_tiles() == int(300 / minutes.seconds_per_tile)
    assert 5 < minutes.seconds_per_tile < 8
    waited = minutes.with_seconds(200)
    assert waited.remaining_tiles() < minutes.remaining_tiles() / 2
    assert (waited.spent_tiles, waited.seconds_per_tile) == (60, minutes.seconds_per_tile)
    with store_of(project) as store:
        waited.save(store)
        assert Effort.load(store) == waited


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says how much was read")
def test_models_are_looked_at_without_reading_their_weights(tmp_path: Path) -> None:
    """Megabytes each, read on the window's thread whenever a project opens or a training begins."""

    def read_bytes() -> int:
        return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])

    head = struct.pack("<Q", 1000) + bytes(range(250)) * 4
    with closing(Store.create(tmp_path / "p.fieldbrush")) as store:
        for version in (1, 2, 3):
            add_model(store, version, head + bytes(10_000_000))
    with store_of(tmp_path / "p.fieldbrush") as store:
        before = read_bytes()
        assert [model.head for model in stored_models(store)] == [head] * 3
        assert leading_version(store) == 3
        assert next_version(store) == 4
        assert read_bytes() - before < 1_000_000


def test_reading_begins_no_write_transaction(project: Path) -> None:
    """That would look for the file and take its lock each time, and cannot be had on one that is only to be read."""
    with store_of(project) as store:
        add_model(store, 1, b"weights")
        said: list[str] = []
        store._connection.set_trace_callback(said.append)
        load_ranking(store)
        load_notes(store)
        class_merges(store)
        refuse_half_a_merge(store, 1)
        stored_models(store)
        model_weights(store, 1)
        store._connection.set_trace_callback(None)
    assert len(said) >= 6
    assert [sentence for sentence in said if not sentence.startswith("SELECT")] == []
