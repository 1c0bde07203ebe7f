"""vision/partition.py."""

import numpy as np
import pytest

from vision import partition

LABELS = np.repeat(np.arange(10), 30)


@pytest.mark.parametrize("how", ["iid", "dirichlet", "shards"])
def test_partitions_are_disjoint_and_their_union_is_the_whole_set(how: str) -> None:
    pieces = partition.split(LABELS, 4, how, 0.5, 42)
    assert sorted(int(i) for piece in pieces for i in piece) == list(range(300))


@pytest.mark.parametrize("how", ["iid", "dirichlet", "shards"])
def test_the_same_seed_gives_the_same_partitions(how: str) -> None:
    digests = [
        [partition.digest(p) for p in partition.split(LABELS, 4, how, 0.5, 42)] for _ in range(2)
    ]
    assert digests[0] == digests[1]


@pytest.mark.parametrize("how", ["iid", "dirichlet", "shards"])
def test_another_seed_gives_other_partitions(how: str) -> None:
    one, two = (partition.split(LABELS, 4, how, 0.5, seed) for seed in (42, 43))
    assert [partition.digest(p) for p in one] != [partition.digest(p) for p in two]


def test_iid_partitions_are_of_one_size() -> None:
    sizes = [len(p) for p in partition.split(LABELS, 7, "iid", 0.5, 42)]
    assert sizes == [43, 43, 43, 43, 43, 43, 42]


def test_shards_give_each_partition_two_runs_of_labels() -> None:
    pieces = partition.split(LABELS, 5, "shards", 0.5, 42)
    assert [len(p) for p in pieces] == [60] * 5
    assert [len(np.unique(LABELS[p])) for p in pieces] == [2] * 5


def test_a_smaller_alpha_makes_partitions_more_unlike() -> None:
    def largest_share(alpha: float) -> float:
        pieces = partition.split(LABELS, 4, "dirichlet", alpha, 42)
        return float(np.mean([np.bincount(LABELS[p]).max() / max(1, len(p)) for p in pieces]))

    assert largest_share(0.05) > 2 * largest_share(100.0)


def test_an_unknown_partitioning_is_refused_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="allowed") as refused:
        partition.split(LABELS, 4, "even", 0.5, 42)
    assert str(refused.value) == "partitioning is 'even' — allowed: iid, dirichlet, shards"
