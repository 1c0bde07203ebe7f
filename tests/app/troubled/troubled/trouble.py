"""Ways in which an app may harm the process that it runs in.

`pool`, `workers`, `inherit`, `shm` and `flood` must do no harm.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from pathlib import Path

SHARED = 80 << 20
"""Bytes of shared memory; a container has 64 MB by default."""


def pool() -> None:
    """Ask two forked workers, which SIGTERM ends."""
    with multiprocessing.Pool(2) as workers:
        assert workers.map(abs, [-1, -2, -3]) == [1, 2, 3]


def workers() -> None:
    """Ask forked workers over queues, as a DataLoader does, and end them by SIGTERM."""
    tasks: multiprocessing.Queue[int] = multiprocessing.Queue()
    results: multiprocessing.Queue[int] = multiprocessing.Queue()
    started = [multiprocessing.Process(target=_work, args=(tasks, results)) for _ in range(2)]
    for worker in started:
        worker.start()
    for number in range(8):
        tasks.put(number)
    assert sorted(results.get() for _ in range(8)) == list(range(8))
    for worker in started:
        worker.terminate()
        worker.join()
        assert worker.exitcode == -signal.SIGTERM


def _work(tasks: "multiprocessing.Queue[int]", results: "multiprocessing.Queue[int]") -> None:
    while True:
        results.put(tasks.get())


def inherit() -> None:
    """Prove that the engine gives forked workers nothing: no connection, handler or thread."""
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    with multiprocessing.Pool(1) as workers:
        assert workers.apply(_sockets) == []


def _sockets() -> list[str]:
    links = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.exists()]
    return [link for link in links if link.startswith("socket:")]


def leave() -> None:
    """Call sys.exit, which raises an exception."""
    sys.exit(3)


def quit_at_once() -> None:
    """Call os._exit, which nothing can catch."""
    os._exit(3)


def orphan() -> None:
    """End while a worker in its own session continues, with all descriptors open."""
    if os.fork() == 0:
        os.setsid()
        print(f"worker {os.getpid()}", flush=True)
        time.sleep(600)
    time.sleep(0.3)
    os._exit(3)


def hang() -> None:
    """Never return, and ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("waits for the data", flush=True)
    while True:
        time.sleep(60)


def shm() -> None:
    """Use much shared memory."""
    file = Path(f"/dev/shm/batch-{os.getpid()}")
    file.write_bytes(bytes(SHARED))
    file.unlink()


def hog(mebibytes: int = 1 << 20) -> None:
    """Take so much memory for a moment; by default until the kernel ends the process."""
    taken = []
    for _ in range(mebibytes // 16):
        taken.append(b"x" * (16 << 20))


def hog_in_worker() -> None:
    """Notice that a forked worker was killed for its memory, as a DataLoader does."""
    worker = multiprocessing.Process(target=hog)
    worker.start()
    worker.join()
    raise RuntimeError(f"a worker ended with {worker.exitcode}")


def hog_in_pool() -> None:
    """Wait without end for a forked worker that was killed for its memory, as a Pool does."""
    with multiprocessing.Pool(1) as workers:
        workers.apply(hog)


def kill() -> None:
    """End by SIGKILL, as when a node is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def segv() -> None:
    """Read memory that is not mapped."""
    ctypes.string_at(0)


def bus() -> None:
    """End by SIGBUS, as a process that writes to a full /dev/shm."""
    os.kill(os.getpid(), signal.SIGBUS)


def flood() -> None:
    """Print 20 MB as fast as possible."""
    for number in range(200_000):
        print(f"{number:06}", "x" * 92)


TROUBLES = {
    "flood": flood,
    "pool": pool,
    "workers": workers,
    "exit": leave,
    "inherit": inherit,
    "quit": quit_at_once,
    "orphan": orphan,
    "hang": hang,
    "shm": shm,
    "hog": hog,
    "hog-in-worker": hog_in_worker,
    "hog-in-pool": hog_in_pool,
    "kill": kill,
    "segv": segv,
    "bus": bus,
}
