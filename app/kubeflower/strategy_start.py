"""Replaces Strategy.start of an unmodified ServerApp, and each override of it, to follow them."""

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from flwr.app import ArrayRecord
from flwr.serverapp.strategy import Result, Strategy

from kubeflower import flower_internals as internals
from kubeflower import strategy_state
from kubeflower.arrays import average
from kubeflower.rounds import Rounds
from kubeflower.run_failure import RunFailed
from kubeflower.strategy_hooks import Start


class Starts:
    """Replaces Strategy.start for this process, and each override of it."""

    def __init__(self, rounds: Rounds) -> None:
        self.rounds = rounds
        self._active: Start | None = None

    def install(self) -> None:
        """Replace what there is, and what classes will be made."""
        original, signature = Strategy.start, inspect.signature(Strategy.start)

        def start(strategy: Any, *args: Any, **kwargs: Any) -> Result:
            call = signature.bind(strategy, *args, **kwargs)
            call.apply_defaults()
            # A caller that keeps the first model for the whole run has a model more in memory.
            given = dict(call.arguments)
            del args, kwargs, call
            return self._run(original, given)

        def of_subclass(cls: type[Strategy], /, **kwargs: Any) -> None:
            super(Strategy, cls).__init_subclass__(**kwargs)
            self._override(cls)

        for cls in _subclasses(Strategy):  # type: ignore[type-abstract]
            self._override(cls)
        Strategy.start = start  # type: ignore[method-assign, assignment]
        Strategy.__init_subclass__ = classmethod(of_subclass)  # type: ignore[assignment]
        internals.replace_average(average)

    def _run(self, original: Callable[..., Result], given: dict[str, Any]) -> Result:
        """Flower's own loop."""
        strategy = given.pop("self")

        def run(start: Start) -> Result:
            start.first = ArrayRecord(dict(given.pop("initial_arrays")))
            given["evaluate_fn"] = start.evaluating(given["evaluate_fn"])
            try:
                return original(strategy, initial_arrays=start.first, **given)
            finally:
                start.first = None

        result: Result = self._follow(strategy, run)
        return result

    def _override(self, cls: type[Strategy]) -> None:
        """Replace the class's own `start`, if it has one."""
        original = vars(cls).get("start")
        if not inspect.isfunction(original):
            return
        names = list(inspect.signature(original).parameters)
        place = names.index("evaluate_fn") - 1 if "evaluate_fn" in names else None

        @functools.wraps(original)
        def start(strategy: Any, *args: Any, **kwargs: Any) -> Any:
            def run(start: Start) -> Any:
                given = list(args)
                if place is not None and place < len(given):
                    given[place] = start.evaluating(given[place])
                elif "evaluate_fn" in kwargs:
                    kwargs["evaluate_fn"] = start.evaluating(kwargs["evaluate_fn"])
                return original(strategy, *given, **kwargs)

            return self._follow(strategy, run)

        cls.start = start  # type: ignore[method-assign, assignment]

    def _follow(self, strategy: Strategy, run: Callable[[Start], Any]) -> Any:
        """Run one `start`; one inside another, as of `super()`, is a part of that."""
        if self._active is not None:
            self._active.wrap(strategy)
            return run(self._active)
        for name in strategy_state.left_out(strategy):
            print(f"checkpoints do not keep {type(strategy).__name__}.{name}")
        self._active = start = Start(self.rounds, strategy)
        self.rounds.fault = None
        try:
            start.wrap(strategy)
            theirs = run(start)
            start.finish(theirs)
        except RunFailed as fault:
            self.rounds.fault = fault
            raise
        finally:
            start.unwrap()
            self._active, self.rounds.following = None, False
        return theirs


def _subclasses(cls: type[Strategy]) -> Iterator[type[Strategy]]:
    for one in cls.__subclasses__():
        yield one
        yield from _subclasses(one)
