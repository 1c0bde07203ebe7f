"""The rounds of a run: its history, metrics and partitions, kept after every round."""

import time
from dataclasses import dataclass, field
from typing import Any

from flwr.app import ConfigRecord, Message
from flwr.serverapp.strategy import Result

from kubeflower import plain_json, volume
from kubeflower.checkpoint import Checkpoints
from kubeflower.grid import StreamGrid
from kubeflower.randomness import seed_all
from kubeflower.round_log import Journal
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder


@dataclass
class Past:
    """The rounds of one Strategy.start that an earlier process has finished."""

    rounds: int = 0
    result: Result = field(default_factory=Result)
    strategy: dict[str, Any] | None = None
    """State of the strategy after the last of these rounds, see strategy_state."""
    configs: dict[str, ConfigRecord] = field(default_factory=dict)
    """The config that each step was given last, as the step left it."""


class Rounds:
    """Rounds, metrics and partitions so far, kept after every round."""

    def __init__(self, folder: RunFolder, grid: StreamGrid, seed: int) -> None:
        self.folder, self.grid, self.seed = folder, grid, seed
        self.checkpoints, self._journal = Checkpoints(folder.path), Journal()
        folder.make_room = self.checkpoints.keep_newest
        self.history: list[dict[str, Any]] = []
        self.partitions: dict[str, Any] = {}
        self.results: list[Result] = []
        self.round = 0
        self.following = False
        """Whether a strategy's steps say where rounds begin and end, and not the messages."""
        self.fault: RunFailed | None = None
        """Why the last Strategy.start ended early, whatever the app has made of it."""
        self._past: list[Past] = []
        self._started = 0.0
        self._entry: dict[str, Any] = {}
        self._has_asked = False
        self._phase = ""
        self._asked: set[int] = set()
        self._awaited: set[int] = set()
        self._answered: set[int] = set()
        self._lines_behind = False
        grid.on_messages, grid.on_replies = self._messages, self._replies

    def resume(self, interrupted: str | None = None) -> None:
        """Take up the newest checkpoint, if there is one; `interrupted` is why a failed run ended.

        Raises:
            OSError: e.g. the disk is full.
            MemoryError: there is no memory for the checkpoint.
        """
        found = self.checkpoints.load()
        if found is not None:
            self.round, state = found
            self.partitions = state["partitions"]
            self.grid.states.update(state["states"])
            results = [Result(arrays) for arrays in state["arrays"]]
            self._journal, self.history = Journal.load(state["journal"], results)
            self._past = [Past(self._journal.rounds[k], one) for k, one in enumerate(results)]
            self._past[-1].strategy = state["strategy"]
            self._past[-1].configs = state.get("configs", {})
        if found is not None or interrupted:
            how = f"goes on after round {self.round}" if found else "begins with round 1 again"
            print(how + (f"; it was interrupted: {interrupted}" if interrupted else ""))
        self.write()

    def write(self) -> None:
        """Write metrics.jsonl and partitions.json."""
        lines = "".join(plain_json.text(entry) + "\n" for entry in self.history)
        self.folder.write("metrics.jsonl", lines.encode())
        self.folder.write_json("partitions.json", self.partitions)
        self._lines_behind = False

    def take_past(self) -> Past:
        """Take the finished rounds of the next Strategy.start; it gets a place among `results`."""
        index = len(self.results)
        past = self._past[index] if index < len(self._past) else Past()
        self.results.append(past.result)
        return past

    def begin(self, number: int) -> None:
        """A round begins."""
        seed_all(self.seed, number)
        self.round, self._started = number, time.monotonic()
        self.grid.failures.clear()
        self.grid.open_round()
        self._entry = {"round": number, "replies": [], "clients": {}}
        self._phase, self._asked, self._awaited = "", set(), set()

    def client_metrics(self, metrics: Any) -> None:
        """The clients have evaluated the model of the round."""
        self._entry["clients"] = plain_json.plain(metrics or {})

    def end(
        self, values: dict[str, Any], strategy: dict[str, Any], configs: dict[str, ConfigRecord]
    ) -> None:
        """A round of the newest Strategy.start has ended: keep all that the next one needs.

        Raises:
            RunFailed: the volume is full.
        """
        self._record(values)
        self._journal.add(self.history[-1], self.results)
        state = {
            "journal": self._journal.dump(),
            "partitions": self.partitions,
            "states": dict(self.grid.states),
            "arrays": [result.arrays for result in self.results],
            "strategy": strategy,
            "configs": configs,
        }
        try:
            self.checkpoints.save(len(self.history), state)
        except OSError as fault:
            if not volume.is_full(fault):
                raise
            raise volume.failure(self.folder.data, fault) from fault

    def close(self) -> None:
        """The ServerApp has ended: so has a round that it began by hand.

        An app that has asked clients without any round, as for statistics, has one in the end.

        Raises:
            RunFailed: the app has asked no client, or has hidden why its last training ended.
        """
        if self.fault is not None:
            raise self.fault
        if self._has_asked and not self.history and not self._entry:
            self.round = 1
            replies = sorted(self._answered)
            self._entry = {"round": 1, "replies": replies, "clients": {}}
        if self._entry:
            self._record({})
        if not self.history:
            raise RunFailed("the ServerApp has ended without asking any client")

    def tidy(self) -> None:
        """The run has failed: keep what it needs to go on, and nothing beside it.

        Raises:
            OSError: a file could not be removed.
        """
        self.checkpoints.settle()
        self.checkpoints.keep_newest()

    def _record(self, values: dict[str, Any]) -> None:
        """Add the round to the history."""
        entry = plain_json.plain(
            {
                **self._entry,
                "seconds": round(time.monotonic() - self._started, 3),
                "loss": values.get("loss"),
                "accuracy": values.get("accuracy"),
                "failures": list(self.grid.failures),
            }
        )
        self.history.append(entry)
        self._entry = {}
        print(f"round {self.round}: {entry}")
        try:
            if self._lines_behind:
                self.write()
            else:
                self.folder.append_json("metrics.jsonl", entry)
        except OSError as fault:
            # The checkpoint comes first: it has the line too.
            self._lines_behind = True
            print(f"metrics.jsonl lacks round {self.round} for now: {fault}")

    def _messages(self, messages: list[Message]) -> None:
        """Find out where the rounds of a ServerApp begin that drives the Grid by hand.

        A new decimal group id begins one. Where there are no such ids it is a message to train for
        a partition that was asked already, or after all replies have come.
        """
        if not self._has_asked:
            self._has_asked, self._started = True, time.monotonic()
        metadata = messages[0].metadata
        if self.following:
            if self._entry and metadata.message_type != self._phase:
                self._phase, self._entry["replies"] = metadata.message_type, []
            return
        if metadata.group_id.isdecimal():
            if int(metadata.group_id) != self.round:
                self._begin_by_hand(int(metadata.group_id))
        elif metadata.message_type.partition(".")[0] == "train":
            asked = {message.metadata.dst_node_id - 1 for message in messages}
            if not self._entry or not self._awaited or asked & self._asked:
                self._begin_by_hand(self.round + 1)
            self._asked |= asked
            self._awaited |= asked

    def _begin_by_hand(self, number: int) -> None:
        if self._entry:
            self._record({})
        self.begin(number)

    def _replies(self, replies: list[Message]) -> None:
        self._awaited -= {_partition(reply) for reply in replies}
        good = [reply for reply in replies if not reply.has_error()]
        self._answered |= {_partition(reply) for reply in good}
        if self._entry:
            self._entry["replies"] = sorted({*self._entry["replies"], *map(_partition, good)})
        for reply in good:
            record = reply.content.config_records.get("partition")
            if record is not None:
                self.partitions[str(_partition(reply))] = dict(record)


def _partition(reply: Message) -> int:
    return reply.metadata.src_node_id - 1
