"""Read a client's own images from a folder: of .npz files, or of images in class folders."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vision.data import Images, Labels
from vision.npz import arrays
from vision.picture import SUFFIXES, picture

Shape = tuple[int, int, int]
"""Channels, height and width of an image."""

KINDS = ".npz files with images and labels, or a folder of images for each class"
WHERE = "set nodeConfig.dataset-path to where this client's data is"
MOST = 3
"""Most names in a sentence."""


def load(folder: str, shape: Shape, classes: tuple[str, ...]) -> tuple[Images, Labels]:
    """Load all images of a folder, in the order of their names; hidden files are none.

    Args:
        folder: Folder with files `*.npz`, whose arrays are `images` (uint8, as N images of `shape`;
            one channel may have no axis) and `labels` (numbers of classes); or with a folder for
            each class, of images at any depth that are scaled to `shape`.
        shape: The shape of an image.
        classes: Names of the classes, in the order of their labels.

    Raises:
        FileNotFoundError: there is no such folder, or nothing of that in it.
        PermissionError: the folder or a file in it cannot be read.
        ValueError: a file has another form, there is a folder of no class, or both kinds are there.
    """
    try:
        parts = list(_parts(Path(folder), shape, classes))
    except PermissionError as error:
        raise PermissionError(
            f"{error.filename or folder} cannot be read — allowed: what user {os.getuid()} or "
            f"group {os.getgid()} may read — chmod -R a+rX its folder where it lies"
        ) from error
    if not any(len(labels) for _, labels in parts):
        raise FileNotFoundError(f"folder {folder} {_content(folder)} — allowed: {KINDS} — {WHERE}")
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels)


def _parts(root: Path, shape: Shape, classes: tuple[str, ...]) -> Iterator[tuple[Images, Labels]]:
    if not root.is_dir():
        what = "is a file" if root.exists() else "is missing"
        raise FileNotFoundError(f"folder {root} {what} — allowed: {KINDS} — {WHERE}")
    if not os.access(root, os.R_OK | os.X_OK):
        raise PermissionError(0, "", str(root))
    files = [path for path in _seen(root) if path.suffix.lower() == ".npz"]
    folders = {path: list(_pictures(path)) for path in _seen(root) if path.is_dir()}
    known = [path.name for path, found in folders.items() if found and path.name in classes]
    if files and known:
        raise ValueError(
            f"folder {root} has {files[0].name} and images in {known[0]} — allowed: one of both — "
            "take the other out"
        )
    for path in files:
        yield arrays(path, shape, len(classes))
    if not files:
        yield from _of_classes(folders, shape, classes)


def _of_classes(
    folders: dict[Path, list[Path]], shape: Shape, classes: tuple[str, ...]
) -> Iterator[tuple[Images, Labels]]:
    """Read the images of class folders; each by itself."""
    for folder, files in folders.items():
        if files and folder.name not in classes:
            raise ValueError(
                f"folder {folder} is of no class — allowed: {', '.join(classes)} — set "
                "runConfig.classes to the names of all classes, or nodeConfig.dataset-path to the "
                "folder that has theirs"
            )
        for path in files:
            yield picture(path, shape)[np.newaxis], np.array([classes.index(folder.name)])


def _seen(folder: Path) -> list[Path]:
    """Return what is in a folder, by name: without what systems and editors hide."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _pictures(folder: Path) -> Iterator[Path]:
    """Find the files of images in a folder and in those below."""
    for path in _seen(folder):
        if path.is_dir():
            # A link to a folder around it would never end.
            if not folder.resolve().is_relative_to(path.resolve()):
                yield from _pictures(path)
        elif path.suffix.lower() in SUFFIXES:
            yield path


def _content(folder: str) -> str:
    names = [path.name for path in _seen(Path(folder))]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"has only {', '.join(names[:MOST])}{more}" if names else "is empty"
