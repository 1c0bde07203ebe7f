"""Find the failure of the run that an exception on the server stands for."""

from pathlib import Path

from kubeflower import volume
from kubeflower.connection_cause import behind
from kubeflower.run_failure import RunFailed

MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""The container's limit in bytes, or `max`: https://docs.kernel.org/admin-guide/cgroup-v2.html"""


def classify(error: BaseException, data: Path) -> RunFailed:
    """Return the failure for an exception.

    Looks for the engine's own failures, a volume that is full or cannot be written, and a lack of
    memory also behind an exception that the app has raised because of them. All other exceptions
    are the app's failures.

    Args:
        error: The exception.
        data: Folder that holds `runs`.
    """
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        if isinstance(current, RunFailed):
            return current
        if volume.is_full(current):
            return volume.failure(data, current)
        if (unwritable := volume.closed(data, current)) is not None:
            return unwritable
        if isinstance(current, MemoryError):
            return _lack_of_memory(current)
        seen.append(current)
        current = current.__cause__ or current.__context__
    return RunFailed(f"{type(error).__name__}: {_first_line(error)}{behind(error)}")


def _lack_of_memory(error: MemoryError) -> RunFailed:
    facts: dict[str, object] = {"role": "server"}
    if MEMORY_LIMIT.exists() and (text := MEMORY_LIMIT.read_text().strip()).isdecimal():
        facts["limit"] = int(text)
    return RunFailed(f"the server had too little memory: {_first_line(error)}", "memory", **facts)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no message"
