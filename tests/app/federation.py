"""A server and its clients as processes on loopback."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ports import reserved_port

ENGINE = Path(__file__).parents[2] / "app"
APP = Path(__file__).parent / "tiny"
DEADLINE = 120.0
EXAMPLE = Path(__file__).parents[2] / "contract" / "examples" / "run.json"


def environment(values: dict[str, Any]) -> dict[str, str]:
    """Variables KUBEFLOWER_* from their ends.

    A value of the run's settings, such as ROUND_TIMEOUT, goes into the run's document, which has
    the stack's defaults otherwise. A text counts as JSON where it is some.
    """
    spec: dict[str, Any] = json.loads(EXAMPLE.read_text())
    env = {}
    for name, value in values.items():
        key = re.sub("_(.)", lambda found: found[1].upper(), name.lower())
        if key in spec:
            spec[key] = _json(value)
        else:
            env[f"KUBEFLOWER_{name}"] = str(value)
    return {**env, "KUBEFLOWER_RUN_SPEC": json.dumps(spec)}


def _json(value: Any) -> Any:
    with contextlib.suppress(TypeError, json.JSONDecodeError):
        return json.loads(value)
    return value


def held(folder: Path, **config: Any) -> str:
    """A run config with which clients wait in each round until `Federation.open_rounds`.

    `folder` is the federation's data folder. Needs an app with the setting `gate`.
    """
    gate = folder / "gate"
    gate.mkdir(parents=True, exist_ok=True)
    return json.dumps({"gate": str(gate), **config})


def children(pid: int) -> list[int]:
    """List the children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # the process has just ended
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def gone(pid: int) -> bool:
    """Return whether the process ends within two seconds; it need not be reaped."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


class Federation:
    """Processes that share a data folder; `env` overrides KUBEFLOWER_* variables."""

    def __init__(self, data: Path, **env: Any) -> None:
        self._ports = [reserved_port(), reserved_port()]
        self.port, self.status_port = (reserved.getsockname()[1] for reserved in self._ports)
        values = {
            "RUN": "ab12", "ROUNDS": 2, "ROUND_TIMEOUT": 30, "DATA": data, "APP": APP,
            "PORT": self.port, "STATUS_PORT": self.status_port,
            "SERVER": f"127.0.0.1:{self.port}",
        }  # fmt: skip
        values.update(env)
        self.data = data
        self.folder = data / "runs" / str(values["RUN"])
        self.volume: int | None = None
        """Bytes that fit into the data folder, see small_volume; None: as many as fit the disk."""
        self.env = {
            **os.environ,
            **environment(values),
            "PYTHONPATH": str(ENGINE),
            "FLWR_HOME": str(data / "flwr"),
            "TMPDIR": str(data / "tmp"),
            "FLWR_TELEMETRY_ENABLED": "0",
        }
        (data / "tmp").mkdir(parents=True, exist_ok=True)
        self.server: subprocess.Popen[bytes] | None = None
        self.clients: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, part: str, **env: Any) -> "subprocess.Popen[bytes]":
        """Start kubeflower-server or kubeflower-client."""
        module = {"server": "watcher"}.get(part, part)
        code = f"from kubeflower.{module} import main; main()"
        if part == "server" and self.volume is not None:
            # Without the watcher, whose child would not have the limit.
            limit = f"small_volume.limit(pathlib.Path({str(self.data)!r}), {self.volume})"
            here = f"sys.path.append({str(Path(__file__).parent)!r})"
            ends = "signal.signal(signal.SIGTERM, lambda *_: os._exit(0))"
            server = "from kubeflower.server import main; main()"
            modules = "import os, pathlib, signal, sys"
            code = f"{modules}; {here}; {ends}; import small_volume; {limit}; {server}"
        own = {f"KUBEFLOWER_{name}": str(value) for name, value in env.items()}
        return subprocess.Popen([sys.executable, "-c", code], env={**self.env, **own})

    def start_server(self) -> None:
        """Start the server."""
        self.server = self.start("server")

    def start_clients(self, *partitions: int) -> None:
        """Start one client for each partition."""
        for partition in partitions:
            self.clients[partition] = self.start("client", PARTITION=partition)

    def stop_server(self) -> int:
        """Send SIGTERM; returns the exit code, which must come within 2 s."""
        assert self.server is not None
        self.server.send_signal(signal.SIGTERM)
        return self.server.wait(2)

    def kill_server(self) -> None:
        """Send SIGKILL."""
        assert self.server is not None
        self.server.kill()
        self.server.wait(5)

    def kill_server_after(self, number: int) -> None:
        """Send SIGKILL as soon as the round's checkpoint exists."""
        end = time.monotonic() + DEADLINE
        while not (self.folder / f"checkpoint-{number:09}").exists():
            assert time.monotonic() < end
            time.sleep(0.005)
        self.kill_server()

    def wait_held(self, number: int, clients: int) -> None:
        """Wait until as many clients wait in the round, see `held`."""
        gate, end = self.data / "gate", time.monotonic() + DEADLINE
        while len(list(gate.glob(f"{number}-*"))) < clients:
            assert time.monotonic() < end
            time.sleep(0.01)

    def open_rounds(self, *numbers: int) -> None:
        """Let the clients that wait in these rounds go on, see `held`."""
        for number in numbers:
            (self.data / "gate" / str(number)).touch()

    def memory(self) -> int:
        """Return the server's resident bytes."""
        assert self.server is not None
        [server] = children(self.server.pid)
        return int(Path(f"/proc/{server}/statm").read_text().split()[1]) * 4096

    def post(self, path: str, body: bytes = b"") -> tuple[int, str]:
        """Ask the server to do something; see `get`."""
        return self.get(path, "POST", body)

    def get(self, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, str]:
        """Send an HTTP request; returns status code and body, code 0 while nothing listens."""
        try:
            url = f"http://127.0.0.1:{self.status_port}{path}"
            request = urllib.request.Request(url, body, method=method)
            with urllib.request.urlopen(request, timeout=5) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as reply:
            return reply.code, reply.read().decode()
        except OSError:
            return 0, ""

    def wait(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Poll /status until `condition` holds; fails the test after DEADLINE seconds."""
        end, last = time.monotonic() + DEADLINE, ""
        while time.monotonic() < end:
            _, last = self.get("/status")
            if last:
                status: dict[str, Any] = json.loads(last)
                if condition(status):
                    return status
            time.sleep(0.05)
        raise AssertionError(f"not within {DEADLINE} s: {last}")

    def ended(self) -> dict[str, Any]:
        """Wait until the run is completed or failed; returns the status."""
        return self.wait(lambda status: status["state"] in ("completed", "failed"))

    def close(self) -> None:
        """Kill all processes that are left."""
        for process in [self.server, *self.clients.values()]:
            if process is not None:
                process.kill()
                process.wait(5)
        for reserved in self._ports:
            reserved.close()
