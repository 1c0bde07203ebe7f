"""Random seeds: f(seed, round) on the server, f(seed, partition, round) on a client."""

import hashlib
import os
import random
import sys

import numpy as np


def seed_all(*parts: int) -> None:
    """Seed random, numpy and (if imported) torch with a hash of the parts.

    Also makes torch deterministic, with as many threads as OMP_NUM_THREADS says, by default one:
    with another number sums may round differently. An operation that has no deterministic form,
    as some have on a GPU, still works, and torch warns of it in the log.
    """
    digest = hashlib.sha256(",".join(map(str, parts)).encode()).digest()
    value = int.from_bytes(digest[:4], "big")
    random.seed(value)
    np.random.seed(value)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(value)
        torch.set_num_threads(threads())
        torch.use_deterministic_algorithms(True, warn_only=True)


def threads() -> int:
    """Return the value of OMP_NUM_THREADS, which the stack sets to the pod's CPUs; 1 by default."""
    text = os.environ.get("OMP_NUM_THREADS", "")
    return int(text) if text.isdecimal() and int(text) > 0 else 1
