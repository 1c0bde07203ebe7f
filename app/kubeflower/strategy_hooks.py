"""One Strategy.start as it is followed, Flower's own or an override of the app's.

The steps of the strategy are wrapped while it runs: they say where rounds begin, and what they give
is the round's model and metrics. After a restart `start` runs from its beginning: for the rounds
that are finished its steps ask nobody and give again what is remembered. So a loop of the app's own
sees every round with its true number, and what it builds up by itself is built up again.
"""

import functools
from collections.abc import Callable
from typing import Any

from flwr.app import ArrayRecord, ConfigRecord
from flwr.serverapp.strategy import Result, Strategy

from kubeflower import strategy_state
from kubeflower.randomness import seed_all
from kubeflower.rounds import Rounds
from kubeflower.train_replies import Replies

STEPS = ("configure_train", "aggregate_train", "configure_evaluate", "aggregate_evaluate")


class Start:
    """One Strategy.start that is followed.

    `first` are its initial arrays when it is Flower's own loop, which has them until it returns:
    they are emptied once there is a newer model. A loop of the app's own may need them again.
    """

    def __init__(self, rounds: Rounds, strategy: Strategy) -> None:
        self.rounds, self.strategy = rounds, strategy
        self.past = rounds.take_past()
        self.result = self.past.result
        self.first: ArrayRecord | None = None
        self.begun = 0
        self._open = False
        self._values: dict[str, Any] = {}
        self._configs: dict[str, ConfigRecord] = {}
        self._replies = Replies()
        self._wrapped: list[tuple[Strategy, dict[str, Any]]] = []

    def wrap(self, strategy: Strategy) -> None:
        """Wrap the strategy's steps."""
        if any(strategy is one for one, _ in self._wrapped):
            return
        own = {name: vars(strategy)[name] for name in STEPS if name in vars(strategy)}
        self._wrapped.append((strategy, own))
        for name in STEPS:
            step = functools.partial(getattr(self, f"_{name}"), getattr(strategy, name))
            setattr(strategy, name, step)

    def unwrap(self) -> None:
        """Give the strategies their own steps again."""
        for strategy, own in self._wrapped:
            for name in STEPS:
                vars(strategy).pop(name, None)
            vars(strategy).update(own)

    def finish(self, theirs: Any) -> None:
        """It has returned `theirs`."""
        self._end()
        if self.begun == self.past.rounds:
            self._give_back()
        if isinstance(theirs, Result) and theirs.arrays:
            self.result.arrays = theirs.arrays

    def evaluating(self, evaluate: Any) -> Any:
        """The app's central evaluation, followed."""
        return functools.partial(self._evaluate, evaluate) if callable(evaluate) else evaluate

    @property
    def _is_past(self) -> bool:
        """Whether the round has been finished by an earlier process."""
        return 0 < self.past.rounds >= self.begun

    def _configure_train(self, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._end()
        self.begun += 1
        self.rounds.following = True
        if self.begun in (1, self.past.rounds + 1):
            self._give_back()
        if not self._is_past:
            self.past.strategy = None  # it may hold as much as several models
            if self.first is not None:
                self._replies.let_go()
            self.rounds.begin(_number(args, kwargs, self.begun))
            self._open = True
        return self._configure("train", step, *args, **kwargs)

    def _configure_evaluate(self, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.first is not None:
            self._replies.let_go()
        return self._configure("evaluate", step, *args, **kwargs)

    def _configure(self, phase: str, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        given = [value for value in [*args, *kwargs.values()] if isinstance(value, ConfigRecord)]
        if self._is_past:
            # A step may change the config for the rounds to come, as for a learning rate.
            if given and phase in self.past.configs:
                given[0].clear()
                given[0].update(self.past.configs[phase])
            return []
        if given:
            self._configs[phase] = given[0]
        return step(*map(self._apart, args), **{k: self._apart(v) for k, v in kwargs.items()})

    def _apart(self, value: Any) -> Any:
        """The value; for `first`, which will be emptied, a record that the app may keep."""
        return ArrayRecord(dict(value)) if value is self.first and value is not None else value

    def _aggregate_train(self, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        number, metrics_of = _number(args, kwargs, self.begun), self.result.train_metrics_clientapp
        if self._is_past:
            arrays, metrics = self.result.arrays or None, metrics_of.get(number)
        else:
            arrays, metrics = self._replies.aggregate(step, args, kwargs)
        if arrays is not None:
            self.result.arrays = arrays
            if self.first is not None and arrays is not self.first:
                self.first.clear()
        if metrics is not None:
            metrics_of[number] = metrics
        return arrays, metrics

    def _aggregate_evaluate(self, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        number, known = _number(args, kwargs, self.begun), self.result.evaluate_metrics_clientapp
        if self._is_past:
            return known.get(number)
        metrics = step(*args, **kwargs)
        self.rounds.client_metrics(metrics)
        if metrics is not None:
            known[number] = metrics
        return metrics

    def _evaluate(self, evaluate: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        number, known = _number(args, kwargs, self.begun), self.result.evaluate_metrics_serverapp
        if self._is_past:
            return known.get(number)
        seed_all(self.rounds.seed, number)
        metrics: Any = evaluate(
            *map(self._apart, args), **{k: self._apart(v) for k, v in kwargs.items()}
        )
        if metrics is not None:
            known[number] = metrics
        if self._open and hasattr(metrics, "items"):
            self._values = dict(metrics)
        return metrics

    def _end(self) -> None:
        """The round ends when the next begins or `start` returns: a loop may do more after it."""
        if self._open:
            self._open = False
            values, self._values = self._values, {}
            self.rounds.end(values, strategy_state.keep(self.strategy), dict(self._configs))

    def _give_back(self) -> None:
        """Set what the strategy remembered: `start` itself may have begun it anew."""
        if self.past.strategy is not None:
            strategy_state.give_back(self.strategy, strategy_state.copied(self.past.strategy))


def _number(args: tuple[Any, ...], kwargs: dict[str, Any], begun: int) -> int:
    """The round that a step is called for; where it does not say so, the rounds begun."""
    number = args[0] if args else kwargs.get("server_round")
    return number if isinstance(number, int) else begun
