"""One run on the server: from waiting for clients to completed or failed."""

import hashlib
import os
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from flwr.app import Context, RecordDict

from kubeflower import arithmetic, failure_cause, flower_app, memory, volume, working_folder
from kubeflower import flower_internals as internals
from kubeflower.grid import StreamGrid
from kubeflower.history import BROKEN
from kubeflower.model_file import model_file
from kubeflower.policy_reports import PolicyReports
from kubeflower.printed_lines import PrintedLines
from kubeflower.randomness import seed_all
from kubeflower.rounds import Rounds
from kubeflower.run_events import RunEvents
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RESERVE_BYTES, RunFolder
from kubeflower.run_logs import RunLogs
from kubeflower.run_record import NAME as RECORD
from kubeflower.run_record import run_record
from kubeflower.run_removal import RunRemoval
from kubeflower.settings import Settings
from kubeflower.status_document import status_document
from kubeflower.strategy_start import StrategyStart
from kubeflower.token_verifier import NOW, refuses_keys


class ServerRun:
    """Runs the app's ServerApp, and keeps result or failure in the run's folder."""

    def __init__(self, config: Settings, printed: PrintedLines | None = None) -> None:
        """Make a run that has not begun; `printed`: what this process prints."""
        self.config = config
        self.folder = RunFolder(config.data, config.run)
        # 56 bits: flwr keeps run ids in signed 64-bit fields.
        self.run_id = int.from_bytes(hashlib.sha256(config.run.encode()).digest()[:7], "big")
        self.grid = StreamGrid(self.run_id, config.spec)
        self.rounds = Rounds(self.folder, self.grid, config.spec.seed)
        self.rounds.room.claim = config.storage
        self.events = RunEvents(self.folder)
        self.policies = PolicyReports()
        self._refuses_keys = refuses_keys(config.identity)
        self.logs = RunLogs(self.folder, self.grid.connections, printed)
        self.removal = RunRemoval(self.folder.data, config.keep_runs, config.run)
        self.grid.connections.note = self.rounds.history.note = self.events.add
        self.state = "waiting"
        """One of status_document.STATES."""
        self.resumed = threading.Event()
        """Set once the clients' states are loaded, or cannot be."""
        self.reason: str | None = None
        """Why the run has failed, for users."""
        self.failure: dict[str, Any] | None = None
        """The failure as RunFailed.document describes it."""
        self.interrupted: str | None = None
        """Why an earlier process was interrupted in this run."""
        self.result: dict[str, Any] | None = None
        """The content of result.json."""

    def status(self) -> dict[str, Any]:
        """Return the document of /status."""
        waiting = self.state == "waiting"
        return status_document(
            self.config.run,
            self.state,
            reason=self.reason,
            failure=self.failure,
            warning=self.rounds.room.warning,
            round=self.rounds.round,
            rounds=self.config.spec.rounds,
            nodes=sorted(self.grid.connections.online),
            clients=self.grid.activity(),
            elapsed=self.rounds.elapsed() if self.state == "running" else None,
            waiting_for=self.grid.connections.missing() if waiting else [],
            history=self.rounds.history.entries,
            result=self.result,
            policies=self.policies.verdict,
            unknown_key=self._refuses_keys(NOW),
        )

    def hello(self) -> dict[str, Any]:
        """Return the server's HELLO: what every client learns of the run when it joins."""
        return {
            "run": self.config.run,
            "runId": self.run_id,
            "seed": self.config.spec.seed,
            "partitions": self.config.spec.replicas,
            "runConfig": self.config.run_config,
            "roundTimeout": self.grid.timeout,
            "logBytes": self.logs.room,
            "probe": self.config.probe,
        }

    def recall(self) -> bool:
        """Load how an earlier process has ended; returns whether the run has ended for good.

        A completed run never trains again, nor does one whose failure is final. An interrupted run
        continues.
        """
        try:
            self.result = self.folder.read_json("result.json")
            failed = {} if self.result else self.folder.read_json("failed.json") or {}
        except PermissionError:  # the run will fail by it, which tells more than a crash
            return False
        # A file of an older version has no `failure`.
        failure = failed.get("failure") or RunFailed("").document()
        if failed and failure["interrupted"]:
            self.interrupted = failed["reason"]
            return False
        if not (self.result or failed):
            return False
        history = self.rounds.history
        history.load()
        last = history.entries[-1]["round"] if history.entries else 0
        self.rounds.round = failed.get("round") or last
        if self.result:
            self.state = "completed"
            self._clean_up()
        else:
            self.state = "failed"
            self.reason = failed["reason"]
            self.failure = failure
        return True

    def stop(self) -> str | None:
        """Stop the run after its round; returns why that is not possible, or None.

        The run is interrupted then: it keeps its model so far, and a restarted server goes on.
        """
        if self.state != "running":
            return f"it is {self.state}"
        refusal = self.rounds.stop()
        if refusal is None:
            text = f"the run stops after round {self.rounds.round}"
            print(text)
            self.events.add("stopping", text)
        return refusal

    def train(self) -> None:
        """Run the ServerApp to its end; write result.json or failed.json."""
        started = time.monotonic()
        try:
            self._prepare()
            app = self._load_app()
            self._wait_for_clients()
            self.removal.wait()
            self.state = "running"
            seed_all(self.config.spec.seed, 0)
            app(self.grid, Context(self.run_id, 0, {}, RecordDict(), self.config.run_config))
            self.finish(time.monotonic() - started)
        except BaseException as error:  # also an app's sys.exit(): the run must not stay "running"
            traceback.print_exc()
            self.fail(error)

    def finish(self, seconds: float) -> None:
        """Save the model, then result.json as the last file.

        Args:
            seconds: How long the run has taken.
        """
        self.rounds.close()
        self._flush_checkpoints()
        self.rounds.checkpoints.keep_newest()
        self.rounds.history.write()
        entries = self.rounds.history.entries
        result = {
            "run": self.config.run,
            "state": "completed",
            "rounds": len(entries),
            "accuracy": entries[-1].get("accuracy"),
            "loss": entries[-1].get("loss"),
            "modelSha256": self.save_model(),
            "arithmetic": arithmetic.used(os.environ),
            "seconds": round(seconds, 2),
        }
        self.events.add("completed", f"completed after {len(entries)} rounds")
        self.events.close()
        self.logs.close()
        self.folder.write_json("result.json", result)
        # Tidy up first: readers of the state "completed" expect a volume that stays as it is.
        self._clean_up()
        self.removal.begin()
        self.result = result
        self.state = "completed"

    def fail(self, error: BaseException) -> None:
        """Write failed.json, keep the newest checkpoint, then show the reason in the status."""
        try:
            failure = self._check_keys(failure_cause.classify(error, self.folder.data))
            number = self.rounds.round
            when = f"round {number}" if number else "before round 1"
            self.reason = f"{when}: {failure}"
            self.failure = failure.document()
            print(f"failed: {self.reason}")
            self.events.add("interrupted" if failure.interrupted else "failed", self.reason)
            self.events.close()
            kept = {"reason": self.reason, "failure": self.failure, "round": number}
            for step in (
                self.logs.close,
                self.rounds.tidy,
                self.folder.free_reserve,
                lambda: working_folder.remove_links(*self._work()),
                self.save_model if failure.code == "stopped" else lambda: None,
                lambda: self.folder.write_json("failed.json", kept),
                self.rounds.history.write if self.rounds.history.entries else lambda: None,
                self.rounds.keep_broken,
            ):
                try:
                    step()
                except (OSError, MemoryError) as further:
                    print(f"after the failure: {type(further).__name__}: {further}")
        finally:
            self.state = "failed"

    def save_model(self) -> str | None:
        """Write model.safetensors; returns its sha256, or None without a model."""
        if not self.rounds.results or not self.rounds.results[-1].arrays:
            return None
        return self.folder.write("model.safetensors", model_file(self.rounds.results[-1].arrays))

    def _prepare(self) -> None:
        """Make the run's folder and load the newest checkpoint."""
        internals.set_task_identity(self.run_id, 0)
        try:
            self.removal.wait_for(RESERVE_BYTES)
            self.folder.make()
            for name in ("failed.json", BROKEN):
                self.folder.remove(name)
            if self.folder.read_json(RECORD) is None:
                self.folder.write_json(RECORD, run_record(self.config))
            self.events.open()
            self.logs.open()
            self.rounds.resume(self.interrupted)
            self._note_start()
        finally:
            self.resumed.set()
        self.folder.reserve_space()

    def _note_start(self) -> None:
        """Note whether the run begins or goes on."""
        number = self.rounds.round
        if number or self.interrupted:
            self.events.add("resumed", f"the run goes on after round {number}")
        else:
            self.events.add("started", "the server waits for clients")

    def _load_app(self) -> Any:
        """Import the ServerApp; the app's working directory becomes the folder `work`."""
        StrategyStart(self.rounds).install()
        working_folder.enter(*self._work())
        app = flower_app.load(self.config.app, "serverapp")
        memory.freeze_loaded()
        return app

    def _work(self) -> tuple[Path, Path]:
        """Return the app's working directory and its folder, see working_folder.py."""
        return self.folder.path / "work", Path(self.config.app)

    def _wait_for_clients(self) -> None:
        """Wait until enough clients are connected to begin, or to continue.

        After round 1 a round may start without the clients that it can spare. There is no
        deadline: nothing is lost yet, and the status shows who is missing.
        """
        spec = self.config.spec
        self.grid.minimum = spec.min - (spec.spare if self.rounds.round else 0)
        self.grid.wait_for_minimum(None)
        self.grid.minimum = spec.min - spec.spare

    def _check_keys(self, failure: RunFailed) -> RunFailed:
        """Return a lack of clients as a failure of keys, if a client's token had an unknown key."""
        refused = self._refuses_keys(self.config.spec.round_timeout)
        if failure.code not in ("clients", "timeout") or not refused:
            return failure
        reason = f"{failure}; a client was refused: its token's key is not one of the cluster's"
        return RunFailed(f"{reason} that the server knows", "keys", **failure.facts)

    def _flush_checkpoints(self) -> None:
        """Wait for the checkpoints; a full disk is no failure, as the model may still fit."""
        try:
            self.rounds.checkpoints.flush()
        except OSError as error:
            if not volume.is_full(error):
                raise
            print(f"the last checkpoint is not kept: {error}")

    def _clean_up(self) -> None:
        """Remove files that a completed run does not need, also those of a killed process."""
        try:
            self.rounds.checkpoints.remove()
            self.folder.free_reserve()
            working_folder.remove_links(*self._work())
        except OSError as error:  # the run is completed nevertheless
            print(f"after the end: {error}")
