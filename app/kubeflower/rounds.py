"""The rounds of a run: where each begins and ends, its history entry, its checkpoint."""

import time
from typing import Any

from flwr.app import ConfigRecord, Message
from flwr.serverapp.strategy import Result

from kubeflower import plain_json, volume
from kubeflower.checkpoint import Checkpoints
from kubeflower.finished_rounds import FinishedRounds
from kubeflower.grid import StreamGrid
from kubeflower.history import History
from kubeflower.randomness import seed_all
from kubeflower.room import Room
from kubeflower.round_detector import RoundDetector
from kubeflower.round_log import RoundLog
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder


class Rounds:
    """Follows the rounds and keeps all that a restarted server needs to continue."""

    def __init__(self, folder: RunFolder, grid: StreamGrid, seed: int) -> None:
        """Make the rounds of a run that has none yet.

        Args:
            folder: The run's folder; gets history and checkpoints.
            grid: Tells which messages are sent and which replies come.
            seed: The run's seed.
        """
        self.folder = folder
        self.grid = grid
        self.seed = seed
        self.history = History(folder)
        self.checkpoints = Checkpoints(folder.path)
        folder.make_room = self.checkpoints.keep_newest
        self.room = Room(folder)
        self.results: list[Result] = []
        """The Result of each Strategy.start so far."""
        self.round = 0
        """Number of the newest round, from 1; 0 before the first."""
        self.following = False
        """Whether a strategy's steps tell where rounds begin and end; otherwise messages do."""
        self.stopping = False
        """Whether the run is to stop after its round, see `stop`."""
        self.failure: RunFailed | None = None
        """Why the last Strategy.start has failed, even if the app has caught the exception."""
        self._log = RoundLog()
        self._finished: list[FinishedRounds] = []
        self._started = 0.0
        self._entry: dict[str, Any] = {}
        """The history entry of the round in progress; empty between rounds."""
        self._phase = ""
        """Message type of the round's newest messages."""
        self._has_asked = False
        self._answered: set[int] = set()
        self._detector = RoundDetector()
        grid.on_messages = self._on_messages
        grid.on_replies = self._on_replies

    def resume(self, interrupted: str | None = None) -> None:
        """Load the newest checkpoint, if there is one, and write the history.

        Args:
            interrupted: Why the run was interrupted, if it was.

        Raises:
            OSError: e.g. the disk is full.
            MemoryError: there is no memory for the checkpoint.
        """
        found = self.checkpoints.load()
        if found is not None:
            self.round, state = found
            self._restore(state)
        if found is not None or interrupted:
            how = f"goes on after round {self.round}" if found else "begins with round 1 again"
            print(how + (f"; it was interrupted: {interrupted}" if interrupted else ""))
        self.history.write()

    def finished(self) -> FinishedRounds:
        """Return the finished rounds of the Strategy.start that begins now; append its Result."""
        index = len(self.results)
        found = self._finished[index] if index < len(self._finished) else FinishedRounds()
        self.results.append(found.result)
        return found

    def stop(self) -> str | None:
        """Stop the run when its round has ended; returns why that is not possible, or None.

        It can go on from the round's checkpoint. Only the rounds of a strategy have one.
        """
        if not self.results:
            return "it has no checkpoint that it could go on from"
        self.stopping = True
        return None

    def begin(self, number: int) -> None:
        """Begin a round.

        Raises:
            RunFailed: the run was to stop after the round before.
        """
        if self.stopping and self.history.entries:
            raise RunFailed("it was stopped by `kubeflower stop`", "stopped")
        seed_all(self.seed, number)
        self.round = number
        self._started = time.monotonic()
        self._entry = {"round": number, "replies": [], "clients": {}}
        self._phase = ""
        self._detector.begin()
        self.grid.failures.clear()
        self.grid.times.begin()
        self.grid.open_round()

    def elapsed(self) -> float | None:
        """Return the seconds since the round in progress began; None between rounds."""
        return round(time.monotonic() - self._started, 1) if self._entry else None

    def client_metrics(self, metrics: Any) -> None:
        """Note the metrics of the clients' evaluation, as the strategy has aggregated them."""
        self._entry["clients"] = plain_json.plain(metrics or {})

    def end(
        self, values: dict[str, Any], strategy: dict[str, Any], configs: dict[str, ConfigRecord]
    ) -> None:
        """End the round and save a checkpoint.

        Args:
            values: Metrics of the central evaluation; `loss` and `accuracy` go into the history.
            strategy: The strategy's state, see strategy_state.py.
            configs: The config of each phase, see FinishedRounds.

        Raises:
            RunFailed: the volume is full.
        """
        self._record(values)
        entries = self.history.entries
        self._log.add(entries[-1], self.results)
        state = {
            "journal": self._log.dump(),
            "partitions": self.history.partitions,
            "states": dict(self.grid.states),
            "arrays": [result.arrays for result in self.results],
            "strategy": strategy,
            "configs": configs,
        }
        try:
            self.checkpoints.save(len(entries), state)
        except OSError as error:
            if not volume.is_full(error):
                raise
            raise volume.failure(self.folder.data, error) from error

    def close(self) -> None:
        """End the round that the ServerApp has begun by its messages: the app has returned.

        An app that has asked clients without any round, e.g. for statistics, gets one round.

        Raises:
            RunFailed: the app has asked no client, or has hidden that its training failed.
        """
        if self.failure is not None:
            raise self.failure
        if self._has_asked and not self.history.entries and not self._entry:
            self.round = 1
            self._entry = {"round": 1, "replies": sorted(self._answered), "clients": {}}
        if self._entry:
            self._record({})
        if not self.history.entries:
            raise RunFailed("the ServerApp has ended without asking any client")

    def tidy(self) -> None:
        """Keep only the newest checkpoint: the run has failed.

        Raises:
            OSError: a file could not be removed.
        """
        self.checkpoints.settle()
        self.checkpoints.keep_newest()

    def keep_broken(self) -> None:
        """Write what is known of the round in which the run has failed, see history.BROKEN.

        Messages whose reply was still awaited are not in it, except those of the phase that failed.

        Raises:
            OSError: e.g. the disk is full.
        """
        if self._entry:
            self.history.keep_broken(*self._line({}))

    def _restore(self, state: dict[str, Any]) -> None:
        """Restore what `end` has saved."""
        self.history.partitions = state["partitions"]
        self.grid.states.update(state["states"])
        results = [Result(arrays) for arrays in state["arrays"]]
        self._log, self.history.entries = RoundLog.load(state["journal"], results)
        self._finished = [
            FinishedRounds(self._log.rounds[index], result) for index, result in enumerate(results)
        ]
        self._finished[-1].strategy = state["strategy"]
        self._finished[-1].configs = state.get("configs", {})

    def _record(self, values: dict[str, Any]) -> None:
        """Add the round in progress to the history."""
        entry, details = self._line(values)
        self._entry = {}
        self.history.add(entry, details)

    def _line(self, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the history entry of the round in progress, and its details."""
        entry = {
            **self._entry,
            "seconds": round(time.monotonic() - self._started, 3),
            "loss": values.get("loss"),
            "accuracy": values.get("accuracy"),
            "failures": list(self.grid.failures),
        }
        return entry, {"server": values, "phases": self.grid.times.document(self._started)}

    def _on_messages(self, messages: list[Message]) -> None:
        """Find out whether messages that are about to be sent begin a phase or a round."""
        if not self._has_asked:
            self._has_asked = True
            self._started = time.monotonic()
        message_type = messages[0].metadata.message_type
        if self.following:
            if self._entry and message_type != self._phase:
                self._phase = message_type
                self._entry["replies"] = []
            return
        number = self._detector.new_round(messages, self.round, bool(self._entry))
        if number is not None:
            if self._entry:
                self._record({})
            self.begin(number)
        self._detector.sent(messages)

    def _on_replies(self, replies: list[Message]) -> None:
        """Note who has answered, and the records `partition` of the replies."""
        self._detector.replied(set(map(_partition, replies)))
        good = [reply for reply in replies if not reply.has_error()]
        self._answered.update(map(_partition, good))
        if self._entry:
            self._entry["replies"] = sorted({*self._entry["replies"], *map(_partition, good)})
        for reply in good:
            record = reply.content.config_records.get("partition")
            if record is not None:
                self.history.partitions[str(_partition(reply))] = dict(record)


def _partition(reply: Message) -> int:
    return reply.metadata.src_node_id - 1
