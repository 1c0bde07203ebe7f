"""kubeflower-server: one run, from waiting to completed or failed, then serves its status."""

import hashlib
import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from flwr.app import Context, RecordDict
from safetensors.numpy import save

from kubeflower import flower_app, garbage, metrics, printed, settings, status, stream
from kubeflower import flower_internals as internals
from kubeflower.arrays import view
from kubeflower.failure import RunFailed
from kubeflower.grid import StreamGrid
from kubeflower.randomness import seed_all
from kubeflower.rounds import Rounds
from kubeflower.run_folder import RunFolder


class Server:
    """The run and everything that is known of it."""

    def __init__(self, config: settings.Settings) -> None:
        self.config = config
        self.folder = RunFolder(config.data, config.run)
        # 56 bits: flwr keeps run ids in signed 64-bit fields.
        self.run_id = int.from_bytes(hashlib.sha256(config.run.encode()).digest()[:7], "big")
        self.grid = StreamGrid(
            self.run_id, config.replicas, config.minimum, config.quorum, config.round_timeout
        )
        self.rounds = Rounds(self.folder, self.grid, config.seed)
        self.state, self.resumed = "waiting", threading.Event()
        self.reason: str | None = None
        self.result: dict[str, Any] | None = None

    def status(self) -> dict[str, Any]:
        """The JSON of /status."""
        waiting = self.state == "waiting"
        return {
            "run": self.config.run,
            "state": self.state,
            "reason": self.reason,
            "round": self.rounds.round,
            "rounds": self.config.rounds,
            "nodes": sorted(self.grid.links.online),
            "waitingFor": self.grid.links.missing() if waiting else [],
            "history": list(self.rounds.history),
            "result": self.result,
        }

    def hello(self) -> dict[str, Any]:
        """What every client is told of the run when it joins."""
        return {
            "run": self.config.run,
            "runId": self.run_id,
            "seed": self.config.seed,
            "partitions": self.config.replicas,
            "runConfig": self.config.run_config,
            "roundTimeout": self.config.round_timeout,
        }

    def recall(self) -> bool:
        """Take up the end of an earlier process: a finished run never trains again."""
        self.result = self.folder.read_json("result.json")
        failed = self.folder.read_json("failed.json")
        lines = self.folder.path / "metrics.jsonl"
        if (self.result or failed) and lines.exists():
            self.rounds.history = [json.loads(x) for x in lines.read_text().splitlines()]
            self.rounds.round = len(self.rounds.history)
        if self.result:
            self.state = "completed"
        elif failed:
            self.state, self.reason = "failed", failed["reason"]
        return bool(self.result or failed)

    def train(self) -> None:
        """Run the ServerApp to its end and write result.json or failed.json."""
        started = time.monotonic()
        try:
            internals.identify(self.run_id, 0)
            try:
                self.rounds.resume()
            finally:
                self.resumed.set()
            self.rounds.install()
            os.chdir(self.folder.path / "work")
            app = flower_app.load(self.config.app, "serverapp")
            garbage.keep_all()
            # A round that can do without a client can begin without it, but for the first.
            missable = self.config.clients - self.config.quorum
            self.grid.minimum -= missable if self.rounds.round else 0
            # No deadline: nothing is lost yet, and whoever follows sees who is missing, and why.
            self.grid.wait_for_minimum(None)
            self.grid.minimum = self.config.minimum - missable
            self.state = "running"
            seed_all(self.config.seed, 0)
            context = Context(self.run_id, 0, {}, RecordDict(), self.config.run_config)
            app(self.grid, context)
            self.finish(time.monotonic() - started)
        except BaseException as fault:  # an app's sys.exit() too must not leave it "running"
            traceback.print_exc()
            self.fail(fault)

    def fail(self, fault: BaseException) -> None:
        """Keep the reason on the volume, then show it."""
        number = self.rounds.round
        when = f"round {number}" if number else "before round 1"
        text = str(fault).strip().splitlines()
        kind = "" if isinstance(fault, RunFailed) else f"{type(fault).__name__}: "
        self.reason = f"{when}: {kind}{text[0] if text else 'no message'}"
        try:
            self.folder.write_json("failed.json", {"reason": self.reason})
        finally:
            self.state = "failed"

    def finish(self, seconds: float) -> None:
        """Save the model, then result.json as the last file."""
        self.rounds.close()
        self.rounds.checkpoints.flush()
        self.rounds.write()
        last = self.rounds.history[-1] if self.rounds.history else {}
        result = {
            "run": self.config.run,
            "state": "completed",
            "rounds": len(self.rounds.history),
            "accuracy": last.get("accuracy"),
            "loss": last.get("loss"),
            "modelSha256": self.save_model(),
            "seconds": round(seconds, 2),
        }
        self.folder.write_json("result.json", result)
        self.result, self.state = result, "completed"
        self.rounds.checkpoints.remove()

    def save_model(self) -> str | None:
        """Write model.safetensors; None when no Strategy.start says what the model is."""
        if not self.rounds.results:
            return None
        arrays = {k: view(v) for k, v in self.rounds.results[-1].arrays.items()}
        return self.folder.write("model.safetensors", save(arrays))


def main() -> None:
    """Entry point of the process that watcher.py starts; SIGTERM has its default action."""
    printed.keep_lines_whole()
    try:
        config = settings.from_environment()
    except ValueError as fault:
        # Served instead of raised: a container that crashes again and again explains nothing.
        reason = str(fault)
        print(f"failed: {reason}")
        _serve(lambda: status.refused(reason), lambda: None)
        while True:
            signal.pause()
    server = Server(config)
    ended = server.recall()
    streams = stream.Streams(server.grid, server.hello(), config.identity, config.image)
    _serve(server.status, lambda: None if streams.listening else "the stream port")
    if not ended:
        threading.Thread(target=server.train, daemon=True).start()
        # Clients are told their states when they join.
        server.resumed.wait()
    streams.listen(config.port, config.certificate)
    while True:
        signal.pause()


def _serve(now: Callable[[], dict[str, Any]], waiting_for: Callable[[], str | None]) -> None:
    pages = {
        "/status": lambda: (json.dumps(now()) + "\n").encode(),
        "/metrics": lambda: metrics.render(now),
    }
    status.serve(settings.status_port(), waiting_for, pages)
