"""vision/partition.py."""

import numpy as np
import pytest

from vision import partition

LABELS = np.repeat(np.arange(10), 30)


@pytest.mark.parametrize("how", ["iid", "dirichlet", "shards"])
def test_partitions_are_disjoint_and_their_union_is_the_whole_set(how: str) -> None:
    pieces = partition.split(LABELS, 4, how, 0.5, 42)
    assert sorted(np.concatenate(pieces).tolist()) == list(range(300))


@pytest.mark.parametrize("how", ["iid", "dirichlet", "shards"])
def test_the_same_seed_gives_the_same_partitions(how: str) -> None:
    digests = [
        [partition.digest(p) for p in partition.split(LABELS, 4, how, 0.5, 42)] for _ in range(2)
    ]
    assert digests[0] == digests[1]
