"""Random seeds: f(seed, round) on the server, f(seed, partition, round) on a client."""

import hashlib
import random
import sys

import numpy as np


def seed_all(*parts: int) -> None:
    """Seed random, numpy and (if imported) torch with a hash of the parts.

    Also makes torch deterministic: one thread, deterministic algorithms only.
    """
    digest = hashlib.sha256(",".join(map(str, parts)).encode()).digest()
    value = int.from_bytes(digest[:4], "big")
    random.seed(value)
    np.random.seed(value)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(value)
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
