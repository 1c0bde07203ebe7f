"""Load images as uint8 (N, channels, height, width), and labels as int64."""

import gzip
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.run_config import SHAPES

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
Indices = NDArray[np.int64]

BLOCK = 1000
"""Images that are read at a time."""


def load(dataset: str, folder: str, train: bool) -> tuple[Images, Labels]:
    """Load the training or the test set.

    Args:
        dataset: `fashion-mnist` (idx.gz files) or `cifar10` (binary or pickle files).
        folder: Folder of the files.
        train: Whether to load the training set.
    """
    images, labels, _ = load_part(dataset, folder, train, lambda labels: np.arange(len(labels)))
    return images, labels


def load_part(
    dataset: str, folder: str, train: bool, choose: Callable[[Labels], Indices]
) -> tuple[Images, Labels, Indices]:
    """Load a part of a set, as `load` does: images, labels and their indices in the set.

    Reads blocks of images, so that never the whole set is in memory.

    Args:
        dataset: As of `load`.
        folder: As of `load`.
        train: As of `load`.
        choose: Gets all labels, returns the sorted indices of the part.

    Raises:
        ValueError: the folder has no files of the data set.
    """
    if dataset == "cifar10":
        files = _cifar10(Path(folder), train)
        labels = np.concatenate([_batch(file)[1] for file in files])
        blocks: Iterator[Images] = (_batch(file)[0] for file in files)
    else:
        stem = _fashion_mnist(Path(folder), train)
        packed = gzip.decompress(Path(f"{stem}-labels-idx1-ubyte.gz").read_bytes())
        labels = np.frombuffer(packed, np.uint8, offset=8).astype(np.int64)
        blocks = _idx(Path(f"{stem}-images-idx3-ubyte.gz"), SHAPES[dataset])
    wanted = choose(labels)
    images = np.empty((len(wanted), *SHAPES[dataset]), np.uint8)
    begin = 0
    for block in blocks:
        first, last = np.searchsorted(wanted, (begin, begin + len(block)))
        images[first:last] = block[wanted[first:last] - begin]
        begin += len(block)
    return images, labels[wanted], wanted


def _fashion_mnist(folder: Path, train: bool) -> Path:
    stem = folder / ("train" if train else "t10k")
    if not Path(f"{stem}-labels-idx1-ubyte.gz").is_file():
        raise ValueError(
            f"folder {folder} has no {stem.name}-labels-idx1-ubyte.gz of Fashion-MNIST — allowed: "
            "its four .gz files — for images of your own: pulumi config set --path "
            "runConfig.dataset folder"
        )
    return stem


def _idx(path: Path, shape: tuple[int, ...]) -> Iterator[Images]:
    with gzip.open(path) as file:
        file.read(16)
        while pixels := file.read(BLOCK * int(np.prod(shape))):
            yield np.frombuffer(pixels, np.uint8).reshape(-1, *shape)


def _cifar10(folder: Path, train: bool) -> list[Path]:
    files = sorted(folder.glob("data_batch_*" if train else "test_batch*"))
    if not files:
        raise ValueError(
            f"data-dir {folder} has no CIFAR-10 batch — allowed: data_batch_*, "
            "test_batch (pickle or .bin) — mount the data set there"
        )
    return files


def _batch(file: Path) -> tuple[Images, Labels]:
    if file.suffix == ".bin":
        rows = np.frombuffer(file.read_bytes(), np.uint8).reshape(-1, 3073)
        images = rows[:, 1:]
        labels = rows[:, 0]
    else:
        batch = pickle.loads(file.read_bytes(), encoding="bytes")
        images = np.asarray(batch[b"data"], np.uint8)
        labels = batch[b"labels"]
    return images.reshape(-1, *SHAPES["cifar10"]), np.asarray(labels, np.int64)
