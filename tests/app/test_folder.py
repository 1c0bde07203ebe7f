"""A client's own images from a folder: vision/folder.py and its run config."""

import multiprocessing
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision import data, folder
from vision.run_config import DataConfig, RunConfig

SHAPE = (1, 4, 4)
CLASSES = ("cat", "dog")
KINDS = (
    "allowed: .npz files with images and labels, or a folder of images for each class — set "
    "nodeConfig.dataset-path to where this client's data is"
)


def images(count: int, *shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Make images of which the k-th has pixels k."""
    return np.stack([np.full(shape, k, np.uint8) for k in range(count)])


def draw(path: Path, pixel: int) -> None:
    """Make an image with pixels of this value, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), pixel).save(path)


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    np.savez(tmp_path / "b.npz", images=images(2, 4, 4), labels=[0, 1])
    np.savez(tmp_path / "a.npz", images=images(3, *SHAPE), labels=[1, 1, 0])
    (tmp_path / "readme.txt").write_text("no data")
    found, labels = folder.load(str(tmp_path), SHAPE, CLASSES)
    assert found.shape == (5, *SHAPE)
    assert found[:, 0, 0, 0].tolist() == [0, 1, 2, 0, 1]
    assert labels.tolist() == [1, 1, 0, 0, 1]
    assert labels.dtype == np.int64


def test_a_folder_that_is_missing_or_empty_is_told_by_name(tmp_path: Path) -> None:
    missing = tmp_path / "3"
    with pytest.raises(FileNotFoundError) as fault:
        folder.load(str(missing), SHAPE, CLASSES)
    assert str(fault.value) == f"folder {missing} is missing — {KINDS}"
    missing.mkdir()
    with pytest.raises(FileNotFoundError) as fault:
        folder.load(str(missing), SHAPE, CLASSES)
    assert str(fault.value) == f"folder {missing} is empty — {KINDS}"
    for name in ("a.csv", "b.csv", "cat", "notes"):
        (missing / name).mkdir()
    with pytest.raises(FileNotFoundError) as fault:
        folder.load(str(missing), SHAPE, CLASSES)
    assert str(fault.value) == f"folder {missing} has only a.csv, b.csv, cat and 1 more — {KINDS}"
    (missing / "c.npz").touch()
    with pytest.raises(FileNotFoundError) as fault:
        folder.load(str(missing / "c.npz"), SHAPE, CLASSES)
    assert str(fault.value) == f"folder {missing / 'c.npz'} is a file — {KINDS}"


def test_a_folder_that_the_pod_may_not_read_is_told_with_its_user() -> None:
    # pytest's own folders are closed to all but their owner, at a level above.
    with tempfile.TemporaryDirectory() as closed:
        os.chmod(closed, 0)
        user = os.getuid() or 65532
        # A process of its own: root may read everything.
        with multiprocessing.get_context("fork").Pool(1, os.setuid, (user,)) as pool:
            wanted = rf"^{closed} cannot be read — allowed: what user {user} or group"
            with pytest.raises(PermissionError, match=wanted):
                pool.apply(folder.load, (closed, SHAPE, CLASSES))


@pytest.mark.parametrize("name", ["cat", "cat/1.png", "a.npz"])
def test_a_file_that_the_pod_may_not_read_is_told_by_name(name: str) -> None:
    # pytest's own folders are closed to all but their owner, at a level above.
    with tempfile.TemporaryDirectory() as root:
        os.chmod(root, 0o755)
        if name == "a.npz":
            np.savez(Path(root) / name, images=images(1, 4, 4), labels=[0])
        else:
            draw(Path(root) / "cat" / "1.png", 1)
        os.chmod(Path(root) / name, 0)
        user = os.getuid() or 65532
        with multiprocessing.get_context("fork").Pool(1, os.setuid, (user,)) as pool:
            wanted = rf"^{root}/{name} cannot be read — allowed: what user {user} or group"
            with pytest.raises(PermissionError, match=wanted):
                pool.apply(folder.load, (root, SHAPE, CLASSES))
        os.chmod(Path(root) / name, 0o700)


def test_pictures_have_the_label_of_their_folders_class(tmp_path: Path) -> None:
    for name, pixel in {
        "dog/2.PNG": 2,
        "dog/1.jpg": 1,
        "cat/9.pgm": 9,
        "cat/kept/7.png": 7,
    }.items():
        draw(tmp_path / name, pixel)
    (tmp_path / "dog" / "notes.txt").touch()
    found, labels = folder.load(str(tmp_path), SHAPE, CLASSES)
    assert found[:, 0, 0, 0].tolist() == [9, 7, 1, 2]
    assert labels.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("name", ["._a.npz", ".DS_Store", "cat/._1.png", ".checkpoints/1.png"])
def test_what_systems_and_editors_hide_is_no_data(tmp_path: Path, name: str) -> None:
    draw(tmp_path / "cat" / "1.png", 1)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"\0\5\x16\7")
    found, labels = folder.load(str(tmp_path), SHAPE, CLASSES)
    assert (len(found), labels.tolist()) == (1, [0])


def test_links_are_followed_but_not_to_a_folder_around_them(tmp_path: Path) -> None:
    draw(tmp_path / "elsewhere" / "1.png", 1)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cat").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "up").symlink_to("..")
    _, labels = folder.load(str(tmp_path / "data"), SHAPE, CLASSES)
    assert labels.tolist() == [0]


def test_arrays_beside_class_folders_are_refused(tmp_path: Path) -> None:
    draw(tmp_path / "cat" / "1.png", 1)
    np.savez(tmp_path / "a.npz", images=images(1, 4, 4), labels=[0])
    (tmp_path / "a.npz").rename(tmp_path / "A.NPZ")
    with pytest.raises(ValueError) as fault:
        folder.load(str(tmp_path), SHAPE, CLASSES)
    assert str(fault.value) == (
        f"folder {tmp_path} has A.NPZ and images in cat — allowed: one of both — take the other out"
    )


def test_a_folder_of_no_class_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bird").mkdir()
    (tmp_path / "bird" / "1.png").touch()
    with pytest.raises(ValueError) as fault:
        folder.load(str(tmp_path), SHAPE, CLASSES)
    assert str(fault.value) == (
        f"folder {tmp_path / 'bird'} is of no class — allowed: cat, dog — set runConfig.classes "
        "to the names of all classes, or nodeConfig.dataset-path to the folder that has theirs"
    )


CONFIG: RunConfig = {
    "dataset": "folder",
    "data-dir": "/data",
    "image-shape": "3x32x48",
    "classes": "cat, dog",
    "partitioning": "iid",
    "alpha": 0.5,
    "seed": 1,
}


def test_the_run_config_says_the_shape_and_the_classes() -> None:
    config = DataConfig.read(CONFIG)
    assert (config.shape, config.classes) == ((3, 32, 48), ("cat", "dog"))


@pytest.mark.parametrize("shape", ["32x32", "2x32x32", "1x11x28", "1x28", ""])
def test_a_shape_that_the_network_cannot_take_is_refused(shape: str) -> None:
    with pytest.raises(ValueError, match=f"image-shape is '{shape}' — allowed: channels"):
        DataConfig.read({**CONFIG, "image-shape": shape})


@pytest.mark.parametrize("classes", ["cat,dog,", "cat,cat", ""])
def test_classes_without_a_name_or_with_one_twice_are_refused(classes: str) -> None:
    with pytest.raises(ValueError, match=f"classes is '{classes}' — allowed: different names"):
        DataConfig.read({**CONFIG, "classes": classes})


def test_a_folder_without_fashion_mnist_is_told_with_the_way_to_ones_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as fault:
        data.load("fashion-mnist", str(tmp_path), True)
    assert str(fault.value) == (
        f"folder {tmp_path} has no train-labels-idx1-ubyte.gz of Fashion-MNIST — allowed: its four "
        ".gz files — for images of your own: pulumi config set --path runConfig.dataset folder"
    )


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(ValueError) as fault:
        DataConfig.read({**CONFIG, "dataset": "mnist"})
    assert str(fault.value) == (
        "dataset is 'mnist' — allowed: fashion-mnist, cifar10, folder — change runConfig"
    )
