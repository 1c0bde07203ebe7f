"""The default app's data and training: vision/data.py and vision/model.py."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import torch

from vision import data, model

COUNT = 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write ten images in the format of Fashion-MNIST; image k has pixels k and label k."""
    labels = bytes(range(COUNT))
    pixels = np.repeat(np.arange(COUNT, dtype=np.uint8), 28 * 28).tobytes()
    for kind, header, content in (("labels-idx1", 8, labels), ("images-idx3", 16, pixels)):
        file = gzip.compress(bytes(header) + content)
        (tmp_path / f"train-{kind}-ubyte.gz").write_bytes(file)
    return tmp_path


@pytest.mark.parametrize("block", [1, 3, COUNT, 2 * COUNT])
def test_a_part_has_the_chosen_images_for_any_block_size(
    folder: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "BLOCK", block)
    wanted = np.array([0, 2, 3, 8])
    images, labels, indices = data.load_part("fashion-mnist", str(folder), True, lambda _: wanted)
    assert images.shape == (4, 1, 28, 28)
    assert [sorted({*image.flat}) for image in images] == [[0], [2], [3], [8]]
    assert labels.tolist() == indices.tolist() == wanted.tolist()


def test_training_steps_as_torch_does() -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (6, 1, 28, 28), np.uint8)
    labels = rng.integers(0, 10, 6)
    torch.manual_seed(1)
    ours, theirs = model.build((1, 28, 28)), model.build((1, 28, 28))
    theirs.load_state_dict(ours.state_dict())
    model.train(ours, images, labels, epochs=2, batch=2, rate=0.1, momentum=0.9, seed=5)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    order = np.random.default_rng(5)
    for _ in range(2):
        for rows in order.permutation(6).reshape(3, 2):
            optimizer.zero_grad()
            batch = torch.from_numpy(images[rows].astype(np.float32)) / 127.5 - 1.0
            loss = torch.nn.functional.cross_entropy(theirs(batch), torch.from_numpy(labels[rows]))
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    for mine, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, expected)
