"""A client's own images in .npz files: vision/npz.py."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from vision.npz import arrays

SHAPE = (1, 4, 4)


def images(count: int, *shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Make images of zeros."""
    return np.zeros((count, *shape), np.uint8)


def refusal(path: Path, **given: ArrayLike) -> str:
    """Write the arrays, and return why they are refused, without the file's name."""
    np.savez(path, allow_pickle=True, **{key: np.asarray(value) for key, value in given.items()})
    with pytest.raises(ValueError) as fault:
        arrays(path, SHAPE, 2)
    return str(fault.value).removeprefix(f"{path} ")


@pytest.mark.parametrize(
    "labels", [[0, 1, 1], [0.0, 1.0, 1.0], [False, True, True], np.array([0, 1, 1], np.uint8)]
)
def test_labels_are_whole_numbers_of_any_type(tmp_path: Path, labels: ArrayLike) -> None:
    np.savez(tmp_path / "a.npz", images=images(3, *SHAPE), labels=np.asarray(labels))
    found, numbers = arrays(tmp_path / "a.npz", SHAPE, 2)
    assert (found.shape, numbers.tolist(), str(numbers.dtype)) == ((3, *SHAPE), [0, 1, 1], "int64")


@pytest.mark.parametrize(
    ("labels", "form"),
    [
        ([0.5, 1], "float64 (2,)"),
        ([np.nan, 1], "float64 (2,)"),
        ([[0, 1], [1, 0]], "int64 (2, 2)"),
        ([[0], [1]], "int64 (2, 1)"),
        (["cat", "dog"], "<U3 (2,)"),
        (1, "int64 ()"),
    ],
)
def test_labels_of_another_kind_are_refused(tmp_path: Path, labels: ArrayLike, form: str) -> None:
    assert refusal(tmp_path / "a.npz", images=images(2, *SHAPE), labels=labels) == (
        f"has labels of {form} — allowed: a whole number for each image, the place of its class in "
        "runConfig.classes — convert them"
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            {"x_train": [1], "y_train": [1]},
            "has x_train, y_train — allowed: images and labels — write it anew with these names",
        ),
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
        (
            {"images": images(2, 4, 4), "labels": np.array([0, "cat"], object)},
            "cannot be read — allowed: what numpy.savez writes of arrays of numbers — write it "
            "anew, or take it out",
        ),
    ],
)
def test_arrays_of_another_form_are_refused(
    tmp_path: Path, given: dict[str, ArrayLike], reason: str
) -> None:
    assert refusal(tmp_path / "a.npz", **given) == reason


@pytest.mark.parametrize("content", [b"", b"PK hello", b"\x80\x04K\x01."])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError) as fault:
        arrays(path, SHAPE, 2)
    assert str(fault.value) == (
        f"{path} cannot be read — allowed: what numpy.savez writes of arrays of numbers — write it "
        "anew, or take it out"
    )
