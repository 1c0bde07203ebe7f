"""The default app on a GPU; runs only when asked for, on a machine that has one:

pip install flwr==1.42.0 safetensors prometheus-client "pyjwt[crypto]" pytest torch
python -m pytest -c app/pyproject.toml -m gpu tests/app/test_gpu.py
"""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import APP, Make
from vision import model

pytestmark = pytest.mark.gpu


def random_images(folder: Path) -> Path:
    """Write noise in Fashion-MNIST's format; returns the folder."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for stem, count in (("train", 2000), ("t10k", 500)):
        images = rng.integers(0, 256, (count, 28 * 28), dtype=np.uint8)
        labels = rng.integers(0, 10, count, dtype=np.uint8)
        for name, data, header in (("images-idx3", images, 16), ("labels-idx1", labels, 8)):
            packed = gzip.compress(bytes(header) + data.tobytes())
            (folder / f"{stem}-{name}-ubyte.gz").write_bytes(packed)
    return folder


def test_two_runs_on_a_gpu_end_in_the_same_model(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert torch.cuda.is_available(), "this machine has no GPU that torch can use"
    # The image sets it: without it CUDA's products of matrices are added in any order.
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    config = json.dumps({"data-dir": str(random_images(tmp_path / "data"))})
    digests = []
    for name in ("first", "second"):
        federation = make(tmp_path / name, APP=APP / "vision", ROUNDS=2, RUN_CONFIG=config)
        federation.start_server()
        federation.start_clients(0, 1)
        result = federation.ended()["result"]
        assert result["rounds"] == 2
        digests.append(result["modelSha256"])
        federation.close()
    assert digests[0] == digests[1]


def test_a_client_trains_on_the_gpu() -> None:
    network = model.build((1, 28, 28))
    images = np.zeros((8, 1, 28, 28), dtype=np.uint8)
    labels = np.zeros(8, dtype=np.int64)
    model.train(network, images, labels, epochs=1, batch=4, rate=0.1, momentum=0.0, seed=0)
    assert {parameter.device.type for parameter in network.parameters()} == {"cuda"}
