"""Read images and labels from a .npz file."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.data import Images, Labels


def arrays(path: Path, shape: tuple[int, int, int], classes: int) -> tuple[Images, Labels]:
    """Load the arrays `images` and `labels` of a file.

    Args:
        path: The file.
        shape: Channels, height and width of an image; one channel may have no axis in the file.
        classes: Number of classes.

    Raises:
        PermissionError: the file cannot be read.
        ValueError: it is no such file, or an array has another form.
    """
    images, values = _read(path)
    labels = _whole(path, values)
    if images.shape[1:] == shape[1:] and shape[0] == 1:
        images = images[:, np.newaxis]
    if images.dtype != np.uint8 or images.shape != (len(labels), *shape):
        raise ValueError(
            f"{path} has {len(labels)} labels and images of {images.dtype} {images.shape} — "
            f"allowed: uint8 {(len(labels), *shape)} — convert them, or set "
            "runConfig.image-shape"
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"{path} has labels from {labels.min()} to {labels.max()} — allowed: 0 to "
            f"{classes - 1} — set runConfig.classes to the names of all classes"
        )
    return images.astype(np.uint8, copy=False), labels


def _read(path: Path) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            if not {"images", "labels"} <= set(file.files):
                names = ", ".join(file.files) or "no arrays"
            else:
                return file["images"], file["labels"]
    except PermissionError:
        raise
    # numpy says that a file of another kind is pickled, and that a single array is no context.
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(
            f"{path} cannot be read — allowed: what numpy.savez writes of arrays of numbers — "
            "write it anew, or take it out"
        ) from error
    raise ValueError(
        f"{path} has {names} — allowed: images and labels — write it anew with these names"
    )


def _whole(path: Path, labels: NDArray[np.generic]) -> Labels:
    """Return labels that are whole numbers, of whichever type, one for each image."""
    if labels.ndim == 1 and labels.dtype.kind in "biuf" and np.isfinite(labels).all():
        whole: Labels = labels.astype(np.int64)
        if np.array_equal(whole, labels):
            return whole
    raise ValueError(
        f"{path} has labels of {labels.dtype} {labels.shape} — allowed: a whole number for each "
        "image, the place of its class in runConfig.classes — convert them"
    )
