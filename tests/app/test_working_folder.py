"""The app's working directory: kubeflower/working_folder.py."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Make
from federation import APP
from kubeflower import working_folder


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A working directory that is not there yet, and an app's folder that cannot be written."""
    app = tmp_path / "app"
    (app / "data" / "deep").mkdir(parents=True)
    (app / "data" / "client.csv").write_text("1,2")
    (app / "pyproject.toml").write_text("")
    before = Path.cwd()
    yield tmp_path / "run" / "work", app
    os.chdir(before)


def test_the_apps_files_are_where_it_looks_for_them_and_folders_can_be_written(
    places: tuple[Path, Path],
) -> None:
    folder, app = places
    working_folder.enter(folder, app)
    assert Path("data/client.csv").read_text() == "1,2"
    Path("data").mkdir(exist_ok=True)
    Path("data/deep/new.csv").write_text("3")
    Path("model.pt").write_text("m")
    assert sorted(os.listdir(app / "data")) == ["client.csv", "deep"]
    assert os.listdir(app / "data" / "deep") == []


def test_a_second_process_finds_what_the_first_has_written(places: tuple[Path, Path]) -> None:
    folder, app = places
    working_folder.enter(folder, app)
    Path("data/client.csv").unlink()
    Path("data/client.csv").write_text("9")
    working_folder.enter(folder, app)
    assert Path("data/client.csv").read_text() == "9"
    assert (app / "data" / "client.csv").read_text() == "1,2"


def test_in_the_end_only_what_the_app_wrote_is_left(places: tuple[Path, Path]) -> None:
    folder, app = places
    working_folder.enter(folder, app)
    Path("data/deep/new.csv").write_text("3")
    Path("own").symlink_to("data/deep/new.csv")
    Path("empty").mkdir()
    working_folder.remove_links(folder, app)
    left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    assert left == ["data", "data/deep", "data/deep/new.csv", "empty", "own"]
    working_folder.remove_links(folder, app)


def test_a_file_in_the_place_of_the_apps_folder_is_left_alone(places: tuple[Path, Path]) -> None:
    folder, app = places
    folder.mkdir(parents=True)
    (folder / "data").write_text("mine")
    working_folder.enter(folder, app)
    assert (folder / "data").read_text() == "mine"
    assert (folder / "pyproject.toml").is_symlink()


def test_server_and_clients_work_in_writable_folders_of_their_own(
    make: Make, tmp_path: Path
) -> None:
    federation = make()
    federation.start_server()
    federation.start_clients(0, 1)
    assert federation.ended()["state"] == "completed"
    for partition in (0, 1):
        own = tmp_path / "tmp" / f"work-{partition}" / "pyproject.toml"
        assert own.readlink() == APP / "pyproject.toml"
    assert not (federation.folder / "work" / "pyproject.toml").exists()
