"""The default app trains the same model in Flower's simulation (`flwr run`) and in the engine."""

import gzip
import hashlib
from pathlib import Path

from conftest import APP, Make
from simulation import flwr_run, superlink

DATA = Path("/usr/share/datasets/fashion-mnist")
ROUNDS = 3


def first_images(folder: Path) -> Path:
    """Write Fashion-MNIST's first 8,000 training and 1,000 test images in the same format."""
    folder.mkdir()
    for stem, count in (("train", 8000), ("t10k", 1000)):
        for kind, header, size in (("images-idx3", 16, 28 * 28), ("labels-idx1", 8, 1)):
            name = f"{stem}-{kind}-ubyte.gz"
            data = gzip.decompress((DATA / name).read_bytes())
            part = data[:4] + count.to_bytes(4, "big") + data[8 : header + count * size]
            (folder / name).write_bytes(gzip.compress(part, 1))
    return folder


def simulate(folder: Path, config: str) -> str:
    """Run the app under `flwr run`; returns the sha256 of the model that it saves."""
    with superlink(folder) as environment:
        # Both clients train at the same time, so replies come in any order.
        flwr_run(APP / "vision", 2, config, environment)
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_flwr_run_and_the_engine_train_the_same_model(make: Make, tmp_path: Path) -> None:
    data = first_images(tmp_path / "data")
    federation = make(
        tmp_path / "engine",
        APP=APP / "vision",
        ROUNDS=ROUNDS,
        RUN_CONFIG=f'{{"data-dir": "{data}"}}',
    )
    federation.start_server()
    federation.start_clients(0, 1)
    result = federation.ended()["result"]
    assert result["rounds"] == ROUNDS
    saved = federation.folder / "work" / "model.safetensors"
    assert hashlib.sha256(saved.read_bytes()).hexdigest() == result["modelSha256"]
    config = f'num-server-rounds={ROUNDS} data-dir="{data}"'
    assert simulate(tmp_path / "simulation", config) == result["modelSha256"]
