"""Follows an unmodified ServerApp by wrapping Strategy.start: history, checkpoints, resume."""

import inspect
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from flwr.app import ArrayRecord, Message, MetricRecord
from flwr.serverapp.strategy import Result, Strategy

from kubeflower import codec, garbage, sound, strategy_state
from kubeflower import flower_internals as internals
from kubeflower.arrays import average
from kubeflower.checkpoint import Checkpoints
from kubeflower.failure import RunFailed
from kubeflower.grid import StreamGrid
from kubeflower.journal import Journal
from kubeflower.randomness import seed_all
from kubeflower.run_folder import RunFolder


class Rounds:
    """Rounds, metrics and partitions so far, kept after every round."""

    def __init__(self, folder: RunFolder, grid: StreamGrid, seed: int) -> None:
        self.folder, self.grid, self.seed = folder, grid, seed
        self.checkpoints, self._journal = Checkpoints(folder.path), Journal()
        self.history: list[dict[str, Any]] = []
        self.partitions: dict[str, Any] = {}
        self.results: list[Result] = []
        self.round = 0
        self._call = 0
        self._within = False
        self._resumed: dict[str, Any] | None = None
        self._started = 0.0
        self._entry: dict[str, Any] = {}
        self._answered: list[Message] = []
        grid.on_messages, grid.on_replies = self._messages, self._replies

    def resume(self) -> None:
        """Take up the newest checkpoint, if there is one."""
        found = self.checkpoints.load()
        if found is not None:
            self.round, self._resumed = found
            self.partitions = self._resumed["partitions"]
            self.grid.states.update(self._resumed["states"])
            results = [Result(arrays) for arrays in self._resumed["arrays"]]
            self._journal, self.history = Journal.load(self._resumed["journal"], results)
            self._resumed["results"] = results
            print(f"goes on after round {self.round}")
        self.write()

    def install(self) -> None:
        """Replace Strategy.start for this process."""
        original, rounds = Strategy.start, self
        signature = inspect.signature(original)

        def start(strategy: Any, *args: Any, **kwargs: Any) -> Result:
            call = signature.bind(strategy, *args, **kwargs)
            call.apply_defaults()
            # Whoever has the first model for the whole run has a model more in memory.
            given = dict(call.arguments)
            del args, kwargs, call
            return rounds._start(strategy, original, given)

        Strategy.start = start  # type: ignore[method-assign, assignment]
        internals.replace_average(average)

    def write(self) -> None:
        """Write metrics.jsonl and partitions.json."""
        lines = "".join(json.dumps(entry) + "\n" for entry in self.history)
        self.folder.write("metrics.jsonl", lines.encode())
        self.folder.write_json("partitions.json", self.partitions)

    def _start(
        self, strategy: Any, original: Callable[..., Result], given: dict[str, Any]
    ) -> Result:
        """One Strategy.start; after a restart only the rounds that are left of it."""
        index, self._call = self._call, self._call + 1
        done, result = 0, Result()
        if self._resumed is not None:
            results: list[Result] = self._resumed["results"]
            if index < len(results) - 1:
                self.results.append(results[index])
                return results[index]
            if index == len(results) - 1:
                done, result = self._resumed["done"], results[index]
                strategy_state.give_back(strategy, self._resumed["strategy"])
        for name in strategy_state.left_out(strategy):
            print(f"checkpoints do not keep {type(strategy).__name__}.{name}")
        self.results.append(result)
        first = ArrayRecord(dict(result.arrays or given["initial_arrays"]))
        del given["initial_arrays"]
        self._wrap(strategy, given, first, result, done)
        arguments = {k: v for k, v in given.items() if k not in ("self", "strategy")}
        arguments["num_rounds"] = given["num_rounds"] - done
        self._within = True
        original(strategy, initial_arrays=first, **arguments)
        self._within = False
        return result

    def _wrap(
        self, strategy: Any, given: dict[str, Any], first: ArrayRecord, result: Result, done: int
    ) -> None:
        """Wrap the strategy's steps: they see the true round numbers, and we see their results.

        `first` is emptied once there is a newer model: Strategy.start has it until it returns.
        """
        evaluate: Any = given["evaluate_fn"]
        before = {name: getattr(strategy, name) for name in STEPS}

        def configure_train(number: int, *rest: Any) -> Any:
            self._let_go()
            self._begin(number + done)
            return before["configure_train"](number + done, *rest)

        def aggregate_train(number: int, replies: Any) -> Any:
            self._answered = replies
            # What receiving has left behind goes before the new model comes.
            garbage.collect(_size(replies))
            try:
                arrays, metrics = before["aggregate_train"](number + done, replies)
            except Exception as fault:
                _name_other_shapes(replies, fault)
                raise
            if arrays is not None:
                _refuse_nan(arrays, replies)
                result.arrays = arrays
                first.clear()
            if metrics is not None:
                result.train_metrics_clientapp[number + done] = metrics
            return arrays, metrics

        def configure_evaluate(number: int, *rest: Any) -> Any:
            self._let_go()
            return before["configure_evaluate"](number + done, *rest)

        def aggregate_evaluate(number: int, replies: Any) -> Any:
            metrics = before["aggregate_evaluate"](number + done, replies)
            self._entry["clients"] = dict(metrics or {})
            if metrics is not None:
                result.evaluate_metrics_clientapp[number + done] = metrics
            if evaluate is None:
                self._end(strategy, None, number + done)
            return metrics

        def evaluate_fn(number: int, arrays: ArrayRecord) -> MetricRecord | None:
            if number == 0 and done:
                return None  # it has been evaluated by the process that died
            seed_all(self.seed, number + done)
            metrics: MetricRecord | None = evaluate(number + done, arrays)
            if metrics is not None:
                result.evaluate_metrics_serverapp[number + done] = metrics
            if number > 0:
                self._end(strategy, metrics, number + done)
            return metrics

        for step in (configure_train, aggregate_train, configure_evaluate, aggregate_evaluate):
            setattr(strategy, step.__name__, step)
        if evaluate is not None:
            given["evaluate_fn"] = evaluate_fn

    def _let_go(self) -> None:
        """Free the replies to the train phase, which Strategy.start has until the next ones."""
        size = _size(self._answered)
        # The list is also ours, Strategy.start's and getrefcount's; a fourth user still needs it.
        if sys.getrefcount(self._answered) <= 3:
            self._answered.clear()
        self._answered = []
        garbage.collect(size)

    def _begin(self, number: int) -> None:
        seed_all(self.seed, number)
        self.round, self._started = number, time.monotonic()
        self.grid.failures.clear()
        self.grid.open_round()
        self._entry = {"round": number, "replies": [], "clients": {}}

    def close(self) -> None:
        """End a round that was begun by hand: there is no strategy to keep the state of."""
        if not self._within and self._entry:
            self._record({})

    def _end(self, strategy: Strategy, metrics: MetricRecord | None, done: int) -> None:
        self._record(dict(metrics or {}))
        self._journal.add(self.history[-1], self.results)
        state = {
            "journal": self._journal.dump(),
            "partitions": self.partitions,
            "states": dict(self.grid.states),
            "arrays": [result.arrays for result in self.results],
            "done": done,
            "strategy": strategy_state.keep(strategy),
        }
        self.checkpoints.save(len(self.history), state)

    def _record(self, values: dict[str, Any]) -> None:
        """Add the round to the history."""
        entry = {
            **self._entry,
            "seconds": round(time.monotonic() - self._started, 3),
            "loss": values.get("loss"),
            "accuracy": values.get("accuracy"),
            "failures": list(self.grid.failures),
        }
        self.history.append(entry)
        self.folder.append_json("metrics.jsonl", entry)
        self._entry = {}
        print(f"round {self.round}: {entry}")

    def _messages(self, messages: list[Message]) -> None:
        """A ServerApp that drives the Grid by hand begins a round with a new group id."""
        group = messages[0].metadata.group_id
        if not self._within and group.isdecimal() and int(group) != self.round:
            self.close()
            self._begin(int(group))

    def _replies(self, replies: list[Message]) -> None:
        good = [r for r in replies if not r.has_error()]
        if self._entry:
            # By hand they may come one by one; a strategy gets all of a phase at once.
            before = [] if self._within else self._entry["replies"]
            self._entry["replies"] = sorted({*before, *(r.metadata.src_node_id - 1 for r in good)})
        for reply in good:
            record = reply.content.config_records.get("partition")
            if record is not None:
                self.partitions[str(reply.metadata.src_node_id - 1)] = dict(record)


STEPS = ("configure_train", "aggregate_train", "configure_evaluate", "aggregate_evaluate")


def _size(replies: list[Message]) -> int:
    return sum(codec.size(reply.content) for reply in replies if reply.has_content())


def _name_other_shapes(replies: list[Message], fault: Exception) -> None:
    if others := sound.of_other_shapes(replies):
        raise RunFailed(
            f"client {_listed(others)} answered with arrays of other shapes than the first: {fault}"
        ) from fault


def _refuse_nan(arrays: ArrayRecord, replies: list[Message]) -> None:
    if not sound.is_finite(arrays):
        clients = _listed(sound.not_finite(replies)) or "none"
        raise RunFailed(f"the model has NaN or infinite numbers; replies with such: {clients}")


def _listed(partitions: list[int]) -> str:
    return ", ".join(map(str, partitions))
