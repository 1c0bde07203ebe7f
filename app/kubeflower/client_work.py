"""The time and cost of a client's answer, as the process that has worked on it measures them."""

import json
import math
import os
import resource
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ClientWork:
    """The cost of one answer."""

    seconds: float
    """Time that the ClientApp has worked."""
    cpu: float
    """Seconds on a CPU, of the app process and of its children that have ended."""
    memory: int
    """The most bytes that the app process has had in memory since its start."""
    ended: float = field(default_factory=time.monotonic, compare=False)
    """When the work has ended here, or when its report has come, in seconds of time.monotonic."""

    def pack(self) -> bytes:
        """Return it as one part of the stream's message WORK."""
        return json.dumps([self.seconds, self.cpu, self.memory]).encode()

    @staticmethod
    def parse(part: bytes) -> "ClientWork":
        """Read what `pack` gave; it has ended now.

        Raises:
            ValueError: the part is something else.
        """
        said = json.loads(part)
        if not isinstance(said, list) or len(said) != 3 or not all(map(_is_amount, said)):
            raise ValueError(f"a report of work that is {part[:100]!r}")
        return ClientWork(float(said[0]), float(said[1]), int(said[2]))


class Stopwatch:
    """Measures an answer from now on."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._cpu = _cpu()

    def stop(self) -> ClientWork:
        """Return the cost since the start."""
        seconds = time.monotonic() - self._began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        return ClientWork(round(seconds, 6), round(_cpu() - self._cpu, 2), memory)


def _cpu() -> float:
    return sum(os.times()[:4])


def _is_amount(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf  # type: ignore[operator]
