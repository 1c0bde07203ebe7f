"""Why a client's app process has ended: what the client tells its server, and what that shows."""

import json
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from kubeflower import cgroup

# Codes of the errors that stand in the place of a reply.
CLIENT_LOST, APP_FAILED, OUT_OF_MEMORY, TIMED_OUT = 1, 2, 3, 4

MOST_KILLS = 3
"""Times that a message may get its app process killed."""
LONGEST = 4096
"""Characters of a reason, and of all last lines."""


class Ended(StrEnum):
    """Why the client itself has ended its app process."""

    BY_ITSELF = ""
    LATE = "late"
    OTHER_RUN = "other run"


@dataclass(frozen=True)
class Fault:
    """`code` is one of run_failure.py's; `again`: whether the message is worth another try."""

    code: str
    reason: str
    lines: Sequence[str] = ()
    """The last lines that the app has printed."""
    again: bool = False
    limit: int | None = None
    """Bytes of memory that the client may take."""
    run: str | None = None
    """The run that it has worked for."""

    def pack(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def parse(data: bytes) -> "Fault":
        """Inverse of `pack`.

        Raises:
            ValueError: it is no fault.
        """
        said = json.loads(data)
        kinds = {"code": str, "reason": str, "lines": list, "again": bool}
        if not isinstance(said, dict) or any(type(said.get(k)) is not t for k, t in kinds.items()):
            raise ValueError("a fault without code, reason, lines or again")
        limit, run = said.get("limit"), said.get("run")
        lines = [str(line)[:LONGEST] for line in said["lines"][-20:]]
        return Fault(
            said["code"],
            said["reason"][:LONGEST],
            lines,
            said["again"],
            limit if type(limit) is int else None,
            run if isinstance(run, str) else None,
        )

    @property
    def error(self) -> int:
        """Code of the error that it is as a reply."""
        return {"memory": OUT_OF_MEMORY, "timeout": TIMED_OUT}.get(self.code, APP_FAILED)

    def with_last_line(self, reason: str) -> str:
        """The reason, and the last line that the app printed, if it did."""
        return f"{reason}; its last line: {self.lines[-1]}" if self.lines else reason


def out_of_memory(limit: int | None, kills: int = 1) -> str:
    """The reason of a client that was killed for its memory, as said of it by name."""
    most = "there is" if limit is None else f"its limit {cgroup.quantity(limit)}"
    times = "" if kills == 1 else f" {kills} times"
    return f"was killed{times} as it needs more memory than {most}"


def explain(
    exit_code: int,
    ended: Ended,
    *,
    out_of_memory_now: bool,
    limit: int | None,
    kills: int,
    lines: Sequence[str],
    run: str | None,
) -> Fault:
    """The fault of an app process that ended with `exit_code`, -n for signal n.

    `kills`: times in a row, this one included, that a process was killed before it could answer.
    """
    if out_of_memory_now and exit_code == -signal.SIGKILL:
        again = ended == Ended.BY_ITSELF and kills < MOST_KILLS
        return Fault("memory", out_of_memory(limit, kills), lines, again, limit, run)
    if ended == Ended.LATE:
        return Fault("timeout", "did not answer in time", lines, False, limit, run)
    if ended == Ended.OTHER_RUN:
        return Fault("app", "its app still worked for another run", lines, True, limit, run)
    if exit_code >= 0:
        reason = f"its app ended its process with exit code {exit_code}"
        return Fault("app", reason, lines, False, limit, run)
    name = signal.Signals(-exit_code).name
    hint = " (/dev/shm may be full)" if exit_code == -signal.SIGBUS else ""
    again = exit_code == -signal.SIGKILL and kills < MOST_KILLS
    return Fault("app", f"its app's process was ended by {name}{hint}", lines, again, limit, run)
