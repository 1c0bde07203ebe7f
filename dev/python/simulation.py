"""Flower's own simulation on this machine, for comparisons with the engine.

`python3 simulation.py APP SUPERNODES CONFIG` runs an app and prints the digests of what it saved.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digests import digests
from kubeflower import arithmetic
from ports import free_port

START_SECONDS, RUN_SECONDS = 120, 400


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


def flwr_run(app: Path, supernodes: int, config: str, environment: dict[str, str]) -> None:
    """Run an app to its end on the SuperLink of `superlink`, one CPU for each node.

    Args:
        app: Folder of the app.
        supernodes: Number of simulated nodes.
        config: Run config over the app's own, as `flwr run` takes it.
        environment: Result of `superlink`.

    Raises:
        subprocess.CalledProcessError: the command has failed.
    """
    federation = (
        f"num_supernodes={supernodes} client_resources_num_cpus=1 init_args_num_cpus={supernodes}"
    )
    command = ["flwr", "run", str(app), "here", "--stream", "--federation-config", federation]
    command += ["--run-config", config] if config else []
    subprocess.run(command, env=environment, check=True, timeout=RUN_SECONDS)


def main(app: str, supernodes: str, config: str) -> None:
    """Run an app, and print the digests of the files that it saved."""
    with tempfile.TemporaryDirectory() as folder:
        with superlink(Path(folder)) as environment:
            flwr_run(Path(app), int(supernodes), config, environment)
        print(json.dumps(digests(Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
