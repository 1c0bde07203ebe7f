"""Large arrays freed at once: Flower's records are in cycles, which only the collector ends."""

import gc

LARGE = 1 << 20
"""Bytes of arrays from which a collection is worth its time."""


def keep_all() -> None:
    """What is there now (modules, the app) stays: later collections need not look at it."""
    gc.collect()
    gc.freeze()


def collect(size: int) -> None:
    """Free what nobody uses any more; `size` is that of the arrays just let go."""
    if size >= LARGE:
        gc.collect()
