"""A client's own images from a folder: vision/folder.py and its run config."""

import multiprocessing
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from vision import folder
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
    (missing / "cat").mkdir()
    (missing / "notes").mkdir()
    with pytest.raises(FileNotFoundError) as fault:
        folder.load(str(missing), SHAPE, CLASSES)
    assert str(fault.value) == f"folder {missing} is empty — {KINDS}"


def test_a_folder_that_the_pod_may_not_read_is_told_with_its_user() -> None:
    # pytest's own folders are closed to all but their owner, at a level above.
    with tempfile.TemporaryDirectory() as closed:
        os.chmod(closed, 0)
        user = os.getuid() or 65532
        # A process of its own: root may read everything.
        with multiprocessing.get_context("fork").Pool(1, os.setuid, (user,)) as pool:
            wanted = rf"^folder {closed} cannot be read — allowed: what user {user} or group"
            with pytest.raises(PermissionError, match=wanted):
                pool.apply(folder.load, (closed, SHAPE, CLASSES))


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"x": [1], "y": [1]}, "has x, y — allowed: images and labels"),
        (
            {"images": images(2, 3, 4, 4), "labels": [0, 1]},
            "has 2 labels and images of uint8 (2, 3, 4, 4) — allowed: uint8 (2, 1, 4, 4) — "
            "convert them, or set runConfig.image-shape",
        ),
        (
            {"images": np.zeros((2, 4, 4)), "labels": [0, 1]},
            "has 2 labels and images of float64 (2, 1, 4, 4) — allowed: uint8 (2, 1, 4, 4) — "
            "convert them, or set runConfig.image-shape",
        ),
        (
            {"images": images(2, 4, 4), "labels": [0, 2]},
            "has labels from 0 to 2 — allowed: 0 to 1 — set runConfig.classes to the names of "
            "all classes",
        ),
    ],
)
def test_arrays_of_another_form_are_refused(
    tmp_path: Path, arrays: dict[str, list[int]], reason: str
) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, allow_pickle=False, **{key: np.asarray(value) for key, value in arrays.items()})
    with pytest.raises(ValueError) as fault:
        folder.load(str(tmp_path), SHAPE, CLASSES)
    assert str(fault.value) == f"{path} {reason}"


def test_pictures_have_the_label_of_their_folders_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dog/2.PNG", "dog/1.jpg", "cat/9.pgm", "dog/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    pixels = {"9.pgm": 9, "1.jpg": 1, "2.PNG": 2}
    monkeypatch.setattr(folder, "_picture", lambda path, shape: np.full(shape, pixels[path.name]))
    found, labels = folder.load(str(tmp_path), SHAPE, CLASSES)
    assert found[:, 0, 0, 0].tolist() == [9, 1, 2]
    assert labels.tolist() == [0, 1, 1]


def test_a_folder_of_no_class_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bird").mkdir()
    (tmp_path / "bird" / "1.png").touch()
    with pytest.raises(ValueError) as fault:
        folder.load(str(tmp_path), SHAPE, CLASSES)
    assert str(fault.value) == (
        f"folder {tmp_path / 'bird'} is of no class — allowed: cat, dog — set runConfig.classes "
        "to the names of all classes"
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


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(ValueError) as fault:
        DataConfig.read({**CONFIG, "dataset": "mnist"})
    assert str(fault.value) == (
        "dataset is 'mnist' — allowed: fashion-mnist, cifar10, folder — change runConfig"
    )
