"""Images as uint8 (N, channels, height, width) and labels as int64."""

import gzip
import pickle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


def load(dataset: str, folder: str, train: bool) -> tuple[Images, Labels]:
    """Training or test set of `fashion-mnist` (idx.gz) or `cifar10` (binary or pickle files)."""
    if dataset == "fashion-mnist":
        stem = Path(folder) / ("train" if train else "t10k")
        labels = gzip.decompress(Path(f"{stem}-labels-idx1-ubyte.gz").read_bytes())
        pixels = gzip.decompress(Path(f"{stem}-images-idx3-ubyte.gz").read_bytes())
        images = np.frombuffer(pixels, np.uint8, offset=16).reshape(-1, 1, 28, 28)
        return images, np.frombuffer(labels, np.uint8, offset=8).astype(np.int64)
    if dataset == "cifar10":
        return _cifar10(Path(folder), train)
    raise ValueError(f"dataset is {dataset!r} — allowed: fashion-mnist, cifar10 — change runConfig")


def _cifar10(folder: Path, train: bool) -> tuple[Images, Labels]:
    files = sorted(folder.glob("data_batch_*" if train else "test_batch*"))
    if not files:
        raise ValueError(
            f"data-dir {folder} has no CIFAR-10 batch — allowed: data_batch_*, "
            "test_batch (pickle or .bin) — mount the data set there"
        )
    images, labels = [], []
    for file in files:
        if file.suffix == ".bin":
            rows = np.frombuffer(file.read_bytes(), np.uint8).reshape(-1, 3073)
            labels.append(rows[:, 0].astype(np.int64))
            images.append(rows[:, 1:])
        else:
            batch = pickle.loads(file.read_bytes(), encoding="bytes")
            labels.append(np.asarray(batch[b"labels"], np.int64))
            images.append(np.asarray(batch[b"data"], np.uint8))
    return np.concatenate(images).reshape(-1, 3, 32, 32), np.concatenate(labels)
