"""Read a client's own images from a folder: of .npz files, or of images in class folders."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vision.data import Images, Labels

Shape = tuple[int, int, int]
"""Channels, height and width of an image."""

KINDS = ".npz files with images and labels, or a folder of images for each class"
WHERE = "set nodeConfig.dataset-path to where this client's data is"
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".pgm", ".ppm", ".tif", ".tiff", ".webp"}
"""Endings of files that are images."""


def load(folder: str, shape: Shape, classes: tuple[str, ...]) -> tuple[Images, Labels]:
    """Load all images of a folder, in the order of their names.

    Args:
        folder: Folder with files `*.npz`, whose arrays are `images` (uint8, as N images of `shape`;
            one channel may have no axis) and `labels` (numbers of classes); or with a folder for
            each class, of images that are scaled to `shape`.
        shape: The shape of an image.
        classes: Names of the classes, in the order of their labels.

    Raises:
        FileNotFoundError: there is no such folder, or nothing of that in it.
        PermissionError: the folder cannot be read.
        ValueError: an array has another form, or there is a folder of no class.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"folder {folder} is missing — allowed: {KINDS} — {WHERE}")
    if not os.access(root, os.R_OK | os.X_OK):
        raise PermissionError(
            f"folder {folder} cannot be read — allowed: what user {os.getuid()} or group "
            f"{os.getgid()} may read — chmod -R a+rX it where it lies"
        )
    parts = list(_arrays(root, shape, classes)) or list(_pictures(root, shape, classes))
    if not parts:
        raise FileNotFoundError(f"folder {folder} is empty — allowed: {KINDS} — {WHERE}")
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _arrays(root: Path, shape: Shape, classes: tuple[str, ...]) -> Iterator[tuple[Images, Labels]]:
    """Read the .npz files; the arrays of each."""
    for path in sorted(root.glob("*.npz")):
        with np.load(path, allow_pickle=False) as file:
            if not {"images", "labels"} <= set(file.files):
                raise ValueError(f"{path} has {', '.join(file.files)} — allowed: images and labels")
            images, labels = file["images"], file["labels"]
        if images.shape[1:] == shape[1:] and shape[0] == 1:
            images = images[:, np.newaxis]
        if images.dtype != np.uint8 or images.shape != (len(labels), *shape):
            raise ValueError(
                f"{path} has {len(labels)} labels and images of {images.dtype} {images.shape} — "
                f"allowed: uint8 {(len(labels), *shape)} — convert them, or set "
                "runConfig.image-shape"
            )
        if len(labels) and not 0 <= labels.min() <= labels.max() < len(classes):
            raise ValueError(
                f"{path} has labels from {labels.min()} to {labels.max()} — allowed: 0 to "
                f"{len(classes) - 1} — set runConfig.classes to the names of all classes"
            )
        yield images, labels.astype(np.int64)


def _pictures(
    root: Path, shape: Shape, classes: tuple[str, ...]
) -> Iterator[tuple[Images, Labels]]:
    """Read the images in class folders; each by itself."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
        if files and folder.name not in classes:
            raise ValueError(
                f"folder {folder} is of no class — allowed: {', '.join(classes)} — set "
                "runConfig.classes to the names of all classes"
            )
        for path in files:
            yield _picture(path, shape)[np.newaxis], np.array([classes.index(folder.name)])


def _picture(path: Path, shape: Shape) -> Images:
    # Only this needs Pillow.
    from PIL import Image

    channels, height, width = shape
    with Image.open(path) as file:
        picture = file.convert("L" if channels == 1 else "RGB").resize((width, height))
    return np.asarray(picture, np.uint8).reshape(height, width, channels).transpose(2, 0, 1)
