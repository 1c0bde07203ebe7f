"""Why a client's app process has ended, as the client reports it to the server."""

import json
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from kubeflower import cgroup

# Codes of the Flower errors that replace a reply.
CLIENT_LOST, APP_FAILED, OUT_OF_MEMORY, TIMED_OUT = 1, 2, 3, 4

MAX_KILLS = 3
"""Times that a message may get its app process killed before the client gives up on it."""
MAX_TEXT = 4096
"""Characters of a reason, and of each of the last lines."""


class EndedBy(StrEnum):
    """Why the client itself has ended its app process."""

    ITSELF = ""
    """The client has not: the process ended by itself."""
    LATE = "late"
    """It did not answer in time."""
    OTHER_RUN = "other run"
    """It worked for another run than the server's."""


@dataclass(frozen=True)
class ClientFault:
    """The end of an app process.

    Attributes:
        code: `app`, `memory` or `timeout`, see run_failure.py.
        reason: Part of a sentence after the client's name, e.g. "did not answer in time".
        lines: The last lines that the app has printed.
        again: Whether the message is worth another try.
        limit: The client's memory limit in bytes, if it has one.
        run: The run that the process has worked for, if any.
    """

    code: str
    reason: str
    lines: Sequence[str] = ()
    again: bool = False
    limit: int | None = None
    run: str | None = None

    def pack(self) -> bytes:
        """Return the fault as JSON."""
        return json.dumps(asdict(self)).encode()

    @staticmethod
    def parse(data: bytes) -> "ClientFault":
        """Read the JSON that `pack` has made; texts are cut to their greatest lengths.

        Raises:
            ValueError: the data is no fault.
        """
        said = json.loads(data)
        kinds = {"code": str, "reason": str, "lines": list, "again": bool}
        if not isinstance(said, dict) or any(type(said.get(k)) is not t for k, t in kinds.items()):
            raise ValueError("a fault without code, reason, lines or again")
        limit = said.get("limit")
        run = said.get("run")
        return ClientFault(
            code=said["code"],
            reason=said["reason"][:MAX_TEXT],
            lines=[str(line)[:MAX_TEXT] for line in said["lines"][-20:]],
            again=said["again"],
            limit=limit if type(limit) is int else None,
            run=run if isinstance(run, str) else None,
        )

    @property
    def error(self) -> int:
        """Code of the Flower error that replaces the reply."""
        return {"memory": OUT_OF_MEMORY, "timeout": TIMED_OUT}.get(self.code, APP_FAILED)

    def with_last_line(self, reason: str) -> str:
        """Append the last line that the app printed, if there is one, to the reason."""
        return f"{reason}; its last line: {self.lines[-1]}" if self.lines else reason


def memory_reason(limit: int | None, kills: int = 1) -> str:
    """Say that a client was killed `kills` times for its memory; follows the client's name."""
    most = "there is" if limit is None else f"its limit {cgroup.quantity(limit)}"
    times = "" if kills == 1 else f" {kills} times"
    return f"was killed{times} as it needs more memory than {most}"


def explain_exit(
    exit_code: int,
    ended_by: EndedBy,
    *,
    out_of_memory: bool,
    limit: int | None,
    kills: int,
    lines: Sequence[str],
    run: str | None,
) -> ClientFault:
    """Explain how an app process has ended.

    Args:
        exit_code: Its exit code, or -n for signal n.
        ended_by: Why the client has ended it.
        out_of_memory: Whether the kernel killed a process of this container for its memory.
        limit: The container's memory limit in bytes.
        kills: How often in a row, this time included, an app process was killed before it answered.
        lines: The last lines that it printed.
        run: The run that it worked for.
    """

    def fault(code: str, reason: str, again: bool) -> ClientFault:
        return ClientFault(code, reason, lines, again, limit, run)

    if out_of_memory and exit_code == -signal.SIGKILL:
        again = ended_by == EndedBy.ITSELF and kills < MAX_KILLS
        return fault("memory", memory_reason(limit, kills), again)
    if ended_by == EndedBy.LATE:
        return fault("timeout", "did not answer in time", False)
    if ended_by == EndedBy.OTHER_RUN:
        return fault("app", "its app still worked for another run", True)
    if exit_code >= 0:
        return fault("app", f"its app ended its process with exit code {exit_code}", False)
    name = signal.Signals(-exit_code).name
    hint = " (/dev/shm may be full)" if exit_code == -signal.SIGBUS else ""
    again = exit_code == -signal.SIGKILL and kills < MAX_KILLS
    return fault("app", f"its app's process was ended by {name}{hint}", again)
