"""The default app's `cifar10`: vision/data.py and vision/model.py on small files of its formats."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vision import data, model

BATCHES = {"data_batch_1": 5, "data_batch_2": 3, "test_batch": 2}


def batch(seed: int, count: int) -> tuple[data.Images, data.Labels]:
    """Make random images and labels."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 3, 32, 32), np.uint8), rng.integers(0, 10, count)


def binary(images: data.Images, labels: data.Labels) -> bytes:
    """Write rows of one label byte and 1024 bytes each of red, green and blue."""
    rows = zip(labels, images, strict=True)
    return b"".join(bytes([label]) + image.tobytes() for label, image in rows)


def python2(images: data.Images, labels: data.Labels) -> bytes:
    """Pickle a dict whose keys are byte strings, as Python 2 did when the data set was made."""
    rows: dict[str, Any] = {"labels": labels.tolist(), "data": images.reshape(-1, 3072)}
    pickled = pickle.dumps(rows, protocol=2)
    for key in rows:
        unicode = b"X" + len(key).to_bytes(4, "little") + key.encode()
        assert unicode in pickled
        pickled = pickled.replace(unicode, b"U" + bytes([len(key)]) + key.encode())
    return pickled


FORMATS = [(binary, ".bin", "batches.meta.txt"), (python2, "", "batches.meta")]


@pytest.fixture(params=FORMATS, ids=["binary", "pickle"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Make the data set's folder in one of its two formats."""
    written: Callable[[data.Images, data.Labels], bytes]
    written, suffix, other = request.param
    for seed, (name, count) in enumerate(BATCHES.items()):
        (tmp_path / f"{name}{suffix}").write_bytes(written(*batch(seed, count)))
    (tmp_path / other).write_bytes(b"airplane\n")
    return tmp_path


def test_the_training_set_is_all_its_batches_in_their_order(folder: Path) -> None:
    images, labels = data.load("cifar10", str(folder), train=True)
    (first, ones), (second, twos) = batch(0, 5), batch(1, 3)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int64
    assert np.array_equal(images, np.concatenate([first, second]))
    assert np.array_equal(labels, np.concatenate([ones, twos]))


def test_the_test_set_is_its_own_batch(folder: Path) -> None:
    images, labels = data.load("cifar10", str(folder), train=False)
    assert np.array_equal(images, batch(2, 2)[0])
    assert np.array_equal(labels, batch(2, 2)[1])


def test_a_folder_without_batches_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no CIFAR-10 batch") as refused:
        data.load("cifar10", str(tmp_path), train=True)
    assert str(refused.value) == (
        f"data-dir {tmp_path} has no CIFAR-10 batch — allowed: data_batch_*, "
        "test_batch (pickle or .bin) — mount the data set there"
    )


def test_its_model_has_62006_parameters() -> None:
    assert sum(weights.numel() for weights in model.build((3, 32, 32)).parameters()) == 62_006


def test_one_step_lowers_the_loss_on_the_images_it_was_made_with(folder: Path) -> None:
    images, labels = data.load("cifar10", str(folder), train=True)
    torch.manual_seed(42)
    network = model.build((3, 32, 32))
    before, _ = model.evaluate(network, images, labels)
    rest: dict[str, Any] = {"rate": 0.02, "momentum": 0.9, "seed": 42}
    loss = model.train(network, images, labels, epochs=1, batch=len(labels), **rest)
    assert loss == pytest.approx(before)
    assert model.evaluate(network, images, labels)[0] < before
