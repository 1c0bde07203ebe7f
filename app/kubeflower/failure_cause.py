"""Which failure of the run an exception on the server is."""

from pathlib import Path

from kubeflower import volume
from kubeflower.run_failure import RunFailed

MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""The container's limit in bytes, or `max`: https://docs.kernel.org/admin-guide/cgroup-v2.html"""


def of(fault: BaseException, data: Path) -> RunFailed:
    """The failure for `fault`; `data` is the folder of all runs.

    The engine's own failures, a full volume and a lack of memory are also found behind an
    exception that the app has raised because of them. Everything else is the app's own.
    """
    seen: list[BaseException] = []
    one: BaseException | None = fault
    while one is not None and one not in seen:
        if isinstance(one, RunFailed):
            return one
        if volume.is_full(one):
            return volume.failure(data, one)
        if isinstance(one, MemoryError):
            return _memory(one)
        seen.append(one)
        one = one.__cause__ or one.__context__
    return RunFailed(f"{type(fault).__name__}: {_first_line(fault)}")


def _memory(fault: MemoryError) -> RunFailed:
    facts: dict[str, object] = {"role": "server"}
    if MEMORY_LIMIT.exists() and (text := MEMORY_LIMIT.read_text().strip()).isdecimal():
        facts["limit"] = int(text)
    return RunFailed(f"the server had too little memory: {_first_line(fault)}", "memory", **facts)


def _first_line(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines()
    return lines[0] if lines else "no message"
