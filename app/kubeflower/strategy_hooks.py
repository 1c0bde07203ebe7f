"""Hooks on the steps of a strategy while its `start` runs.

The steps (`configure_train` and so on) tell where rounds begin, and return the round's model and
metrics. After a restart `start` runs from its beginning: for finished rounds the hooks ask no
client and return what was saved. So a loop of the app's own sees each round with its true number,
and builds up again what it keeps in its variables.
"""

import functools
from collections.abc import Callable
from typing import Any

from flwr.app import ArrayRecord, ConfigRecord
from flwr.serverapp.strategy import Strategy

from kubeflower import strategy_state
from kubeflower.randomness import seed_all
from kubeflower.rounds import Rounds
from kubeflower.train_replies import TrainReplies

STEPS = ("configure_train", "aggregate_train", "configure_evaluate", "aggregate_evaluate")
"""The methods of a strategy that are replaced; each has a hook here, with an underscore."""

Step = Callable[..., Any]
"""The strategy's own method."""


class StrategyHooks:
    """The hooks of one Strategy.start."""

    def __init__(self, rounds: Rounds, strategy: Strategy) -> None:
        """Make the hooks for a `start` that is about to run, of `strategy`."""
        self.rounds = rounds
        self.strategy = strategy
        self.finished = rounds.finished()
        self.result = self.finished.result
        """Model and metrics so far."""
        self.first: ArrayRecord | None = None
        """The initial arrays while Flower's own loop runs; emptied once there is a newer model.

        That loop holds them until it returns. A loop of the app's own may need them again: None.
        """
        self.begun = 0
        """Rounds begun, finished ones included."""
        self._open = False
        self._values: dict[str, Any] = {}
        self._configs: dict[str, ConfigRecord] = {}
        self._replies = TrainReplies()
        self._installed: list[tuple[Strategy, dict[str, Any]]] = []

    def install(self, strategy: Strategy) -> None:
        """Put the hooks on a strategy: the one that runs, or another whose `start` it calls."""
        if any(strategy is other for other, _ in self._installed):
            return
        own = {name: vars(strategy)[name] for name in STEPS if name in vars(strategy)}
        self._installed.append((strategy, own))
        for name in STEPS:
            hook = functools.partial(getattr(self, f"_{name}"), getattr(strategy, name))
            setattr(strategy, name, hook)

    def remove(self) -> None:
        """Give all strategies their own steps back."""
        for strategy, own in self._installed:
            for name in STEPS:
                vars(strategy).pop(name, None)
            vars(strategy).update(own)

    def finish(self, arrays: ArrayRecord | None) -> None:
        """Note that `start` has returned; `arrays`, if any, are the final model."""
        self._end_round()
        if self.begun == self.finished.count:
            self._restore_strategy()
        if arrays:
            self.result.arrays = arrays

    def evaluate_hook(self, evaluate: Any) -> Any:
        """Return the app's central evaluation with a hook; other values as they are."""
        return functools.partial(self._evaluate, evaluate) if callable(evaluate) else evaluate

    @property
    def _is_finished(self) -> bool:
        """Whether an earlier process has finished the newest round."""
        return 0 < self.finished.count >= self.begun

    def _configure_train(self, step: Step, *args: Any, **kwargs: Any) -> Any:
        self._end_round()
        self.begun += 1
        self.rounds.following = True
        if self.begun in (1, self.finished.count + 1):
            self._restore_strategy()
        if not self._is_finished:
            self.finished.strategy = None  # it may be as large as several models
            if self.first is not None:
                self._replies.let_go()
            if self.begun == self.finished.count + 1:
                self.rounds.room.check(_model_bytes([*args, *kwargs.values()]))
            self.rounds.begin(_round(args, kwargs, self.begun))
            self._open = True
        return self._configure("train", step, *args, **kwargs)

    def _configure_evaluate(self, step: Step, *args: Any, **kwargs: Any) -> Any:
        if self.first is not None:
            self._replies.let_go()
        return self._configure("evaluate", step, *args, **kwargs)

    def _configure(self, phase: str, step: Step, *args: Any, **kwargs: Any) -> Any:
        configs = [value for value in [*args, *kwargs.values()] if isinstance(value, ConfigRecord)]
        if self._is_finished:
            # A step may change the config for later rounds, e.g. lower the learning rate.
            if configs and phase in self.finished.configs:
                configs[0].clear()
                configs[0].update(self.finished.configs[phase])
            return []
        if configs:
            self._configs[phase] = configs[0]
        return self._call(step, args, kwargs)

    def _aggregate_train(self, step: Step, *args: Any, **kwargs: Any) -> Any:
        number = _round(args, kwargs, self.begun)
        known = self.result.train_metrics_clientapp
        if self._is_finished:
            arrays = self.result.arrays or None
            metrics = known.get(number)
        else:
            arrays, metrics = self._replies.aggregate(step, args, kwargs)
        if arrays is not None:
            self.result.arrays = arrays
            if self.first is not None and arrays is not self.first:
                self.first.clear()
        if metrics is not None:
            known[number] = metrics
        return arrays, metrics

    def _aggregate_evaluate(self, step: Step, *args: Any, **kwargs: Any) -> Any:
        number = _round(args, kwargs, self.begun)
        known = self.result.evaluate_metrics_clientapp
        if self._is_finished:
            return known.get(number)
        metrics = step(*args, **kwargs)
        self.rounds.client_metrics(metrics)
        if metrics is not None:
            known[number] = metrics
        return metrics

    def _evaluate(self, evaluate: Step, *args: Any, **kwargs: Any) -> Any:
        number = _round(args, kwargs, self.begun)
        known = self.result.evaluate_metrics_serverapp
        if self._is_finished:
            return known.get(number)
        seed_all(self.rounds.seed, number)
        metrics = self._call(evaluate, args, kwargs)
        if metrics is not None:
            known[number] = metrics
        if self._open and hasattr(metrics, "items"):
            self._values = dict(metrics)
        return metrics

    def _call(self, step: Step, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a step; it gets a copy instead of `first`, which will be emptied."""

        def given(value: Any) -> Any:
            is_first = value is not None and value is self.first
            return ArrayRecord(dict(value)) if is_first else value

        return step(*map(given, args), **{name: given(value) for name, value in kwargs.items()})

    def _end_round(self) -> None:
        """End the round that is open: when the next begins, or `start` returns.

        Not earlier: a loop of the app's own may do more after the last step.
        """
        if self._open:
            self._open = False
            values = self._values
            self._values = {}
            self.rounds.end(values, strategy_state.save(self.strategy), dict(self._configs))

    def _restore_strategy(self) -> None:
        """Restore the strategy's saved state: `start` may have reset it."""
        if self.finished.strategy is not None:
            strategy_state.restore(self.strategy, strategy_state.copied(self.finished.strategy))


def _model_bytes(values: list[Any]) -> int:
    """Return the bytes of the arrays among a step's arguments; 0 if there are none."""
    records = [value for value in values if isinstance(value, ArrayRecord)]
    return sum(len(array.data) for record in records for array in record.values())


def _round(args: tuple[Any, ...], kwargs: dict[str, Any], begun: int) -> int:
    """Return the round that a step is called for: its argument, or else the rounds begun."""
    number = args[0] if args else kwargs.get("server_round")
    return number if isinstance(number, int) else begun
