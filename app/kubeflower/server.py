"""kubeflower-server: one run, from waiting to completed or failed, then serves its status."""

import hashlib
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from flwr.app import Context, RecordDict
from safetensors.numpy import save

from kubeflower import (
    failure_cause,
    flower_app,
    http_server,
    memory,
    metrics,
    plain_json,
    settings,
    stdio,
    stream_server,
    volume,
)
from kubeflower import flower_internals as internals
from kubeflower.arrays import view
from kubeflower.grid import StreamGrid
from kubeflower.kept_runs import kept_runs
from kubeflower.randomness import seed_all
from kubeflower.rounds import Rounds
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder
from kubeflower.strategy_start import Starts


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
        self.failure: dict[str, Any] | None = None
        self.interrupted: str | None = None
        """Why an earlier process could not go on with this run."""
        self.result: dict[str, Any] | None = None

    def status(self) -> dict[str, Any]:
        """The JSON of /status."""
        waiting = self.state == "waiting"
        return {
            "run": self.config.run,
            "state": self.state,
            "reason": self.reason,
            "failure": self.failure,
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
        """Take up the end of an earlier process: a finished run never trains again.

        Neither does one whose failure is final; an interrupted one goes on.
        """
        self.result = self.folder.read_json("result.json")
        failed = {} if self.result else self.folder.read_json("failed.json") or {}
        # Written by an older version it has no `failure`.
        failure = failed.get("failure") or RunFailed("").document()
        if failed and failure["interrupted"]:
            self.interrupted = failed["reason"]
            return False
        if not (self.result or failed):
            return False
        self.rounds.history = history = self.folder.read_lines("metrics.jsonl")
        self.rounds.round = failed.get("round") or (history[-1]["round"] if history else 0)
        if self.result:
            self.state = "completed"
            self._clear()
        else:
            self.state, self.reason, self.failure = "failed", failed["reason"], failure
        return True

    def train(self) -> None:
        """Run the ServerApp to its end and write result.json or failed.json."""
        started = time.monotonic()
        try:
            internals.identify(self.run_id, 0)
            try:
                self.folder.make()
                self.folder.remove("failed.json")
                self.rounds.resume(self.interrupted)
            finally:
                self.resumed.set()
            self.folder.keep_room()
            Starts(self.rounds).install()
            os.chdir(self.folder.path / "work")
            app = flower_app.load(self.config.app, "serverapp")
            memory.keep_all()
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
        """Keep the reason and the newest checkpoint on the volume, then show the reason."""
        try:
            failure = self._with_keys(failure_cause.of(fault, self.folder.data))
            number = self.rounds.round
            when = f"round {number}" if number else "before round 1"
            self.reason, self.failure = f"{when}: {failure}", failure.document()
            kept = {"reason": self.reason, "failure": self.failure, "round": number}
            print(f"failed: {self.reason}")
            for step in (
                self.rounds.tidy,
                self.folder.give_room,
                lambda: self.folder.write_json("failed.json", kept),
                self.rounds.write if self.rounds.history else lambda: None,
            ):
                try:
                    step()
                except (OSError, MemoryError) as further:
                    print(f"after the failure: {type(further).__name__}: {further}")
        finally:
            self.state = "failed"

    def _with_keys(self, failure: RunFailed) -> RunFailed:
        """A failure for lack of clients says so when it was the cluster's keys that kept them."""
        identity = self.config.identity
        refused_at = identity.unknown_keys_at if identity else None
        if failure.code not in ("clients", "timeout") or refused_at is None:
            return failure
        if time.monotonic() - refused_at > self.config.round_timeout:
            return failure
        reason = f"{failure}; a client was refused: its token's key is not one of the cluster's"
        reason += " that the server knows — run `pulumi up`"
        return RunFailed(reason, "keys", **failure.facts)

    def finish(self, seconds: float) -> None:
        """Save the model, then result.json as the last file."""
        self.rounds.close()
        self._flush()
        self.rounds.checkpoints.keep_newest()
        self.rounds.write()
        last = self.rounds.history[-1]
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
        self._clear()

    def save_model(self) -> str | None:
        """Write model.safetensors; None when no Strategy.start says what the model is."""
        if not self.rounds.results or not self.rounds.results[-1].arrays:
            return None
        arrays = {k: view(v) for k, v in self.rounds.results[-1].arrays.items()}
        return self.folder.write("model.safetensors", save(arrays))

    def _flush(self) -> None:
        """Wait for the checkpoints; one that found no room is not missed if the model finds it."""
        try:
            self.rounds.checkpoints.flush()
        except OSError as fault:
            if not volume.is_full(fault):
                raise
            print(f"the last checkpoint is not kept: {fault}")

    def _clear(self) -> None:
        """Remove what a completed run no longer needs; also what a killed process has left."""
        try:
            self.rounds.checkpoints.remove()
            self.folder.give_room()
        except OSError as fault:  # the run is completed all the same
            print(f"after the end: {fault}")


def main() -> None:
    """Entry point of the process that watcher.py starts; SIGTERM has its default action."""
    stdio.keep_lines_whole()
    try:
        config = settings.from_environment()
    except ValueError as fault:
        # Served instead of raised: a container that crashes again and again explains nothing.
        reason = str(fault)
        print(f"failed: {reason}")
        _serve(lambda: http_server.refused(reason), lambda: None)
        while True:
            signal.pause()
    server = Server(config)
    ended = server.recall()
    streams = stream_server.Streams(server.grid, server.hello(), config.identity, config.image)
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
        "/status": lambda: (plain_json.text(now()) + "\n").encode(),
        "/metrics": lambda: metrics.render(now),
        "/runs": lambda: (plain_json.text(kept_runs(settings.data_folder())) + "\n").encode(),
    }
    http_server.serve(settings.status_port(), waiting_for, pages)
