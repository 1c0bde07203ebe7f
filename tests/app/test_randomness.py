"""Seeds and deterministic torch: kubeflower/randomness.py."""

import random
import warnings

import numpy as np
import pytest
import torch

from kubeflower.randomness import seed_all, threads


def draws() -> tuple[float, float, float]:
    """Draw a number from each source."""
    return random.random(), float(np.random.rand()), float(torch.rand(1))


def test_equal_parts_give_equal_numbers_and_others_do_not() -> None:
    seed_all(42, 1)
    first = draws()
    seed_all(42, 1)
    assert draws() == first
    seed_all(42, 2)
    assert not set(draws()) & set(first)


def test_an_operation_without_a_deterministic_form_works_and_torch_warns_of_it() -> None:
    seed_all(42)
    assert torch.are_deterministic_algorithms_enabled()
    # Has none on a CPU either; many more have none on a GPU.
    with pytest.warns(UserWarning, match="put_.*does not have a deterministic implementation"):
        torch.zeros(3).put_(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))


def test_a_deterministic_operation_warns_of_nothing() -> None:
    seed_all(42)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2))


@pytest.mark.parametrize(("text", "count"), [("4", 4), ("0", 1), ("two", 1), (None, 1)])
def test_threads_follow_the_variable(
    text: str | None, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if text is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", text)
    assert threads() == count
