"""Large arrays freed at once: by Python, whose collector ends cycles, and by malloc."""

import ctypes
import gc

LARGE = 1 << 20
"""Bytes of arrays from which a collection is worth its time."""

LIBC = ctypes.CDLL(None)

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""glibc's malloc.h."""

MAPPED = 4 << 20
"""Blocks from this size on are mapped one by one: over the stream's chunks, below large arrays."""


def keep_all() -> None:
    """What is there now (modules, the app) stays: later collections need not look at it.

    Also has glibc give freed arrays back to the system: it would keep those of up to 32 MiB, for
    every thread (mallopt(3)); a server's peak was 1.2 to 1.6 times what its arrays take.
    """
    if hasattr(LIBC, "mallopt"):
        LIBC.mallopt(M_MMAP_THRESHOLD, MAPPED)
        LIBC.mallopt(M_ARENA_MAX, 2)
    gc.collect()
    gc.freeze()


def collect(size: int) -> None:
    """Free what nobody uses any more; `size` is that of the arrays just let go."""
    if size >= LARGE:
        gc.collect()
        if hasattr(LIBC, "malloc_trim"):
            LIBC.malloc_trim(0)
