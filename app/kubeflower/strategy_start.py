"""Replace Strategy.start of an unmodified ServerApp, and all its overrides, by one with hooks."""

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
from kubeflower.strategy_hooks import StrategyHooks


class StrategyStart:
    """Replaces `start` for this process and follows each call of it."""

    def __init__(self, rounds: Rounds) -> None:
        self.rounds = rounds
        self._active: StrategyHooks | None = None

    def install(self) -> None:
        """Replace `start` of all strategies, also of classes that are defined later.

        Also makes the strategies average with arrays.average.
        """
        original = Strategy.start
        signature = inspect.signature(original)

        def start(strategy: Any, *args: Any, **kwargs: Any) -> Result:
            call = signature.bind(strategy, *args, **kwargs)
            call.apply_defaults()
            given = dict(call.arguments)
            # Drop our references to the initial model; keeping them costs one model of memory.
            del args, kwargs, call
            return self._run_original(original, given)

        def init_subclass(cls: type[Strategy], /, **kwargs: Any) -> None:
            super(Strategy, cls).__init_subclass__(**kwargs)
            self._replace_override(cls)

        for cls in _subclasses(Strategy):  # type: ignore[type-abstract]
            self._replace_override(cls)
        Strategy.start = start  # type: ignore[method-assign, assignment]
        Strategy.__init_subclass__ = classmethod(init_subclass)  # type: ignore[assignment]
        internals.replace_average(average)

    def _run_original(self, original: Callable[..., Result], given: dict[str, Any]) -> Result:
        """Run Flower's own loop with the arguments `given`."""
        strategy = given.pop("self")

        def run(hooks: StrategyHooks) -> Result:
            hooks.first = ArrayRecord(dict(given.pop("initial_arrays")))
            given["evaluate_fn"] = hooks.evaluate_hook(given["evaluate_fn"])
            try:
                return original(strategy, initial_arrays=hooks.first, **given)
            finally:
                hooks.first = None

        result: Result = self._follow(strategy, run)
        return result

    def _replace_override(self, cls: type[Strategy]) -> None:
        """Replace the class's own `start`, if it has one."""
        original = vars(cls).get("start")
        if not inspect.isfunction(original):
            return
        names = list(inspect.signature(original).parameters)
        position = names.index("evaluate_fn") - 1 if "evaluate_fn" in names else None

        @functools.wraps(original)
        def start(strategy: Any, *args: Any, **kwargs: Any) -> Any:
            def run(hooks: StrategyHooks) -> Any:
                given = list(args)
                if position is not None and position < len(given):
                    given[position] = hooks.evaluate_hook(given[position])
                elif "evaluate_fn" in kwargs:
                    kwargs["evaluate_fn"] = hooks.evaluate_hook(kwargs["evaluate_fn"])
                return original(strategy, *given, **kwargs)

            return self._follow(strategy, run)

        cls.start = start  # type: ignore[method-assign, assignment]

    def _follow(self, strategy: Strategy, run: Callable[[StrategyHooks], Any]) -> Any:
        """Run one `start` with hooks; a `start` that it calls, e.g. by super(), is a part of it."""
        if self._active is not None:
            self._active.install(strategy)
            return run(self._active)
        for name in strategy_state.left_out(strategy):
            print(f"checkpoints do not keep {type(strategy).__name__}.{name}")
        hooks = StrategyHooks(self.rounds, strategy)
        self._active = hooks
        self.rounds.failure = None
        try:
            hooks.install(strategy)
            returned = run(hooks)
            hooks.finish(returned.arrays if isinstance(returned, Result) else None)
        except RunFailed as failure:
            self.rounds.failure = failure
            raise
        finally:
            hooks.remove()
            self._active = None
            self.rounds.following = False
        return returned


def _subclasses(cls: type[Strategy]) -> Iterator[type[Strategy]]:
    """Yield all direct and indirect subclasses."""
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
