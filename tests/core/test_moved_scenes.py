"""Scenes that are not where they were: found in the folder somebody shows, by their names and contents."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from core.errors import SceneError
from core.events import Change, Subject
from core.jobs import Cancelled, Unwatched
from core.project.fingerprints import fingerprint
from core.session import Session
from tests.core.projects import make_project, opened, write_scene


def relink(session: Session, folder: Path) -> int:
    """How many were found and linked."""
    found = session.scene_files.searching(folder)(Unwatched())
    session.scene_files.relink(found)
    return len(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "p"
    return make_project(folder, [write_scene(folder / "images" / "scene.tif")])


def test_a_moved_scene_is_found_again_by_its_content(project: Path, tmp_path: Path) -> None:
    image = project.parent / "images" / "scene.tif"
    other = write_scene(tmp_path / "others" / "scene.tif", seed=9)
    moved = tmp_path / "moved" / "scene.tif"
    moved.parent.mkdir()
    with opened(project) as session:
        ((scene_id, record),) = session.scenes.items()
        session.scene_files.open(scene_id)  # open, from the old place
        image.rename(moved)
        assert relink(session, other.parent) == 0
        assert session.scene_files.missing() == [record]
        assert relink(session, moved.parent) == 1
        assert session.scene_files.missing() == []
        assert session.scene_files.open(scene_id).info.path == str(moved)
    with opened(project) as session:
        assert session.scene_files.missing() == []
        assert session.paintable(min(session.tiles)).all()


def test_moved_scenes_are_found_by_name_and_content(tmp_path: Path) -> None:
    with opened(make_project(tmp_path, [write_scene(tmp_path / f"{n}.tif", seed=n) for n in range(2)])) as session:
        (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
        (tmp_path / "0.tif").rename(tmp_path / "elsewhere" / "deep" / "0.tif")
        write_scene(tmp_path / "elsewhere" / "0.tif", seed=9)  # the same name, another scene
        assert relink(session, tmp_path / "elsewhere") == 1
        assert session.scene_files.missing() == []


def test_a_project_that_is_copied_alone_finds_the_scenes_that_have_stayed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    project = make_project(home, [write_scene(home / "scenes" / f"{n}.tif", seed=n) for n in range(2)])
    with opened(project):
        pass
    (tmp_path / "away" / "deep").mkdir(parents=True)
    copy = Path(shutil.copy(project, tmp_path / "away" / "deep"))
    write_scene(home / "scenes" / "1.tif", seed=9)  # it has the name, and is another scene
    for _ in range(2):
        with opened(copy) as session:
            (missing,) = session.scene_files.missing()
            assert Path(missing.path).name == "1.tif"
            assert session.scenes[1].path == str(home / "scenes" / "0.tif")
    write_scene(home / "scenes" / "1.tif", seed=1)
    with opened(copy) as session:
        assert session.scene_files.missing() == []
    moved = Path(shutil.move(tmp_path / "home", tmp_path / "moved"))
    with opened(moved / project.name) as session:
        assert session.scene_files.missing() == [], "beside it"
    with opened(copy) as session:
        assert len(session.scene_files.missing()) == 2


def test_each_file_is_read_once_on_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred folders with an image.tif each: five hundred times five hundred comparisons would take minutes."""
    places = [tmp_path / "old" / str(n) / "image.tif" for n in range(8)]
    read: list[Path] = []

    def counting(path: Path) -> str:
        read.append(path)
        return fingerprint(path)

    with opened(make_project(tmp_path, [write_scene(path, seed=n) for n, path in enumerate(places)])) as session:
        (tmp_path / "new").mkdir()
        for n, path in enumerate(places):
            path.parent.rename(tmp_path / "new" / f"field {7 - n}")
        write_scene(tmp_path / "new" / "another.tif")
        monkeypatch.setattr("core.project.moved_scenes.fingerprint", counting)
        assert relink(session, tmp_path / "new") == 8
        assert [Path(scene.path).parent.name for scene in session.scenes.values()] == [
            f"field {7 - n}" for n in range(8)
        ]
    assert sorted(read) == sorted(set(read))
    assert len(read) == 8


def test_copies_of_one_image_stay_scenes_of_their_own(tmp_path: Path) -> None:
    """The empty corners of mosaics are alike, and so may be their names; a shared file would mix their labels."""
    folders = ("a", "b", "c")
    with opened(make_project(tmp_path, [write_scene(tmp_path / "old" / f / "x.tif") for f in folders])) as session:
        (tmp_path / "old").rename(tmp_path / "new")
        (tmp_path / "new" / "a").rename(tmp_path / "new" / "z")
        assert relink(session, tmp_path / "new") == 3
        found = [Path(scene.path).relative_to(tmp_path).as_posix() for scene in session.scenes.values()]
        assert found == ["new/z/x.tif", "new/b/x.tif", "new/c/x.tif"]


def test_renamed_scenes_are_found_by_their_content(tmp_path: Path) -> None:
    """Also where one has got another's old name, and beside images that the project has already."""
    places = [write_scene(tmp_path / "old" / f"{n}.tif", seed=n) for n in range(4)]
    with opened(make_project(tmp_path, places)) as session:
        new = tmp_path / "new" / "2026"
        new.mkdir(parents=True)
        for old, name in zip(places[:3], ("1.tif", "north field.TIF", "2.txt"), strict=True):
            old.rename(new / name)
        shutil.copy(places[3], new / "3 copy.tif")
        assert relink(session, tmp_path / "new") == 2
        assert [Path(scene.path).name for scene in session.scenes.values()] == [
            "1.tif", "north field.TIF", "2.tif", "3.tif",
        ]  # fmt: skip
        (missing,) = session.scene_files.missing()
        assert Path(missing.path) == places[2], "a file of another kind was not looked into"
        assert all(session.paintable(tile).any() for tile in session.tiles if session.tiles[tile].scene_id in (1, 2))


def test_a_copy_under_another_name_does_not_take_the_place_of_the_one_that_kept_it(tmp_path: Path) -> None:
    with opened(make_project(tmp_path, [write_scene(tmp_path / "old" / "b.tif")])) as session:
        (tmp_path / "old").rename(tmp_path / "new")
        shutil.copy(tmp_path / "new" / "b.tif", tmp_path / "new" / "a.tif")
        assert relink(session, tmp_path) == 1
        (scene,) = session.scenes.values()
        assert Path(scene.path).name == "b.tif"


def test_a_search_that_is_cancelled_links_nothing(tmp_path: Path) -> None:
    class Impatient(Unwatched):
        def check(self) -> None:
            raise Cancelled

    with opened(make_project(tmp_path, [write_scene(tmp_path / "old" / "b.tif")])) as session:
        (tmp_path / "old").rename(tmp_path / "new")
        with pytest.raises(Cancelled):
            session.scene_files.searching(tmp_path)(Impatient())
        assert len(session.scene_files.missing()) == 1


def test_a_scene_is_found_again_whose_name_the_way_has_respelled(tmp_path: Path) -> None:
    """macOS takes letters apart, and some drives know one case only. It comes before a copy under another name."""
    with opened(make_project(tmp_path, [write_scene(tmp_path / "old" / "H\u00f6he.tif")])) as session:
        (tmp_path / "new").mkdir()
        (tmp_path / "old" / "H\u00f6he.tif").rename(tmp_path / "new" / "HO\u0308HE.TIF")
        shutil.copy(tmp_path / "new" / "HO\u0308HE.TIF", tmp_path / "new" / "copy.tif")
        assert relink(session, tmp_path / "new") == 1
        (scene,) = session.scenes.values()
        assert Path(scene.path).name == "HO\u0308HE.TIF"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all names are text")
def test_a_scene_that_now_lies_under_a_broken_name_is_one_sentence(tmp_path: Path) -> None:
    """It was an error that nobody had foreseen."""
    scene = write_scene(tmp_path / "old" / "x.tif")
    with opened(make_project(tmp_path, [scene])) as session:
        broken = tmp_path / os.fsdecode(b"f\xffld")
        scene.parent.rename(broken)
        with pytest.raises(SceneError, match="with broken characters"):
            relink(session, tmp_path)
        broken.rename(tmp_path / "field")
        assert relink(session, tmp_path) == 1


def test_scenes_are_linked_together_and_told_of_once(tmp_path: Path) -> None:
    """Each alone, 300 scenes waited for the disk 300 times, and every view read all of them anew as often."""
    scenes = [write_scene(tmp_path / "old" / f"{name}.tif", seed=seed) for seed, name in enumerate("abc")]
    with opened(make_project(tmp_path, scenes)) as session:
        (tmp_path / "old").rename(tmp_path / "new")
        found = {number: tmp_path / "new" / Path(scene.path).name for number, scene in session.scenes.items()}
        told: list[Change] = []
        session.changes.subscribe(told.append)
        with pytest.raises(SceneError, match="not an image file"):
            session.scene_files.relink({**found, max(found): tmp_path / "new" / "c.vrt"})
        assert (len(session.scene_files.missing()), told) == (3, []), "all or none"
        session.scene_files.relink(found)
        assert session.scene_files.missing() == []
        assert [change.subjects for change in told] == [{Subject.SCENES}]
    with opened(tmp_path / "test.fieldbrush") as session:
        assert session.scene_files.missing() == []
