"""Return large arrays' memory promptly: collect cycles, then trim malloc's heap."""

import ctypes
import gc

LARGE = 1 << 20
"""Bytes of arrays from which a collection is worth its time."""

LIBC = ctypes.CDLL(None)

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Parameters of mallopt, from glibc's malloc.h."""

MAPPED = 4 << 20
"""Bytes from which malloc maps a block apart: above the stream's chunks, below large arrays."""


def freeze_loaded() -> None:
    """Freeze all that is loaded (modules, the app) so that later collections skip it.

    Also makes glibc return freed arrays to the system. By default it keeps blocks of up to 32 MiB,
    for each thread (mallopt(3)): a server's peak was 1.2 to 1.6 times the size of its arrays.
    """
    if hasattr(LIBC, "mallopt"):
        LIBC.mallopt(M_MMAP_THRESHOLD, MAPPED)
        LIBC.mallopt(M_ARENA_MAX, 2)
    gc.collect()
    gc.freeze()


def release(size: int) -> None:
    """Free unused memory after arrays of `size` bytes were dropped; does nothing below LARGE."""
    if size >= LARGE:
        gc.collect()
        if hasattr(LIBC, "malloc_trim"):
            LIBC.malloc_trim(0)
