"""Which images belong to which partition: deterministic, disjoint, together the whole set."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def split(labels: Indices, parts: int, how: str, alpha: float, seed: int) -> list[Indices]:
    """Indices of each partition, sorted; `how` is iid, dirichlet (alpha) or shards."""
    rng = np.random.default_rng(seed)
    if how == "iid":
        pieces = np.array_split(rng.permutation(len(labels)), parts)
    elif how == "shards":
        shards = np.array_split(np.argsort(labels, kind="stable"), 2 * parts)
        order = rng.permutation(2 * parts)
        pieces = [np.concatenate([shards[i] for i in order[k::parts]]) for k in range(parts)]
    elif how == "dirichlet":
        buckets: list[list[Indices]] = [[] for _ in range(parts)]
        for label in np.unique(labels):
            own = rng.permutation(np.flatnonzero(labels == label))
            shares = rng.dirichlet(np.full(parts, alpha))
            cuts = (np.cumsum(shares)[:-1] * len(own)).astype(int)
            for bucket, piece in zip(buckets, np.split(own, cuts), strict=True):
                bucket.append(piece)
        pieces = [np.concatenate(bucket) for bucket in buckets]
    else:
        raise ValueError(f"partitioning is {how!r} — allowed: iid, dirichlet, shards")
    return [np.sort(piece).astype(np.int64) for piece in pieces]


def digest(indices: Indices) -> str:
    """sha256 of the sorted indices as little-endian 64-bit integers."""
    return hashlib.sha256(indices.astype("<i8").tobytes()).hexdigest()
