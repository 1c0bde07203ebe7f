"""Split a data set into partitions: deterministic, disjoint, together the whole set."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def split(labels: Indices, parts: int, how: str, alpha: float, seed: int) -> list[Indices]:
    """Return the sorted indices of each partition.

    Args:
        labels: The labels of all images.
        parts: Number of partitions.
        how: `iid`: at random, in equal sizes. `dirichlet`: each label in random shares, as in
            https://arxiv.org/abs/1909.06335. `shards`: each partition gets two runs of the images
            sorted by label, as in https://arxiv.org/abs/1602.05629.
        alpha: Concentration of `dirichlet`: the smaller, the less alike the partitions are.
        seed: Decides all random choices.

    Raises:
        ValueError: `how` is another word.
    """
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
            found = rng.permutation(np.flatnonzero(labels == label))
            shares = rng.dirichlet(np.full(parts, alpha))
            cuts = (np.cumsum(shares)[:-1] * len(found)).astype(int)
            for bucket, piece in zip(buckets, np.split(found, cuts), strict=True):
                bucket.append(piece)
        pieces = [np.concatenate(bucket) for bucket in buckets]
    else:
        raise ValueError(f"partitioning is {how!r} — allowed: iid, dirichlet, shards")
    return [np.sort(piece).astype(np.int64) for piece in pieces]


def digest(indices: Indices) -> str:
    """Return the sha256 of the sorted indices as little-endian 64-bit integers."""
    return hashlib.sha256(indices.astype("<i8").tobytes()).hexdigest()


def digest_of(images: NDArray[np.uint8], labels: Indices) -> str:
    """Return the sha256 of images and their labels, as `digest` writes them."""
    own = hashlib.sha256(images.tobytes())
    own.update(labels.astype("<i8").tobytes())
    return own.hexdigest()
