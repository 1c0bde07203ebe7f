"""The default app trains the same model in Flower's simulation (`flwr run`) and in the engine."""

import gzip
import hashlib
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import APP, Make
from kubeflower import arithmetic
from ports import free_port

DATA = Path("/usr/share/datasets/fashion-mnist")
ROUNDS = 3
START_SECONDS, RUN_SECONDS = 120, 400


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


@contextmanager
def superlink(folder: Path) -> Iterator[dict[str, str]]:
    """Run a SuperLink that simulates, with working directory and state in `folder`; yields the
    environment in which `flwr run APP here` submits to it."""
    port, home = free_port(), folder / "flwr"
    home.mkdir(parents=True)
    (home / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n[superlink.here]\n'
        f'address = "127.0.0.1:{port}"\ninsecure = true\n'
    )
    environment = {
        **os.environ,
        "FLWR_HOME": str(home),
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_DISABLE_UPDATE_CHECK": "1",
        "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1",
    }
    arithmetic.fix(environment)
    process = subprocess.Popen(
        ["flower-superlink", "--insecure", "--simulation", "--port", str(port)],
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield environment
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)


def wait_for(url: str) -> None:
    """Wait until `url` answers."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer within {START_SECONDS} s")


def simulate(folder: Path, config: str) -> str:
    """Run the app under `flwr run`; returns the sha256 of the model that it saves."""
    with superlink(folder) as environment:
        # One CPU for each client: both train at the same time, so replies come in any order.
        federation = "num_supernodes=2 client_resources_num_cpus=1 init_args_num_cpus=2"
        command = ["flwr", "run", str(APP / "vision"), "here", "--stream"]
        command += ["--federation-config", federation, "--run-config", config]
        subprocess.run(command, env=environment, check=True, timeout=RUN_SECONDS)
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
