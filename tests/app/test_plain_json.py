"""Valid JSON of all values that an app's metrics may hold: kubeflower/plain_json.py."""

import json
import math
from typing import Any

import numpy as np
import pytest
from flwr.app import ConfigRecord, MetricRecord

from kubeflower import plain_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), '"NaN"'),
        (float("inf"), '"Infinity"'),
        (-float("inf"), '"-Infinity"'),
        (2**63, "9223372036854775808"),
        (0.1, "0.1"),
        ([1.0, float("nan")], '[1.0, "NaN"]'),
        ({"a b/c": (True, None)}, '{"a b/c": [true, null]}'),
        ({1: "x"}, '{"1": "x"}'),
        (np.float32(0.5), "0.5"),
        (np.float64("nan"), '"NaN"'),
        (np.int64(7), "7"),
        (np.array([1.0, np.inf]), '[1.0, "Infinity"]'),
        (MetricRecord({"run": 1.0, "curve": [np.nan]}), '{"run": 1.0, "curve": ["NaN"]}'),
        (ConfigRecord({"key": b"\0\1"}), '{"key": "AAE="}'),
        (1j, '"1j"'),
    ],
)
def test_every_value_becomes_valid_json(value: Any, text: str) -> None:
    assert plain_json.text(value) == text
    json.loads(text, parse_constant=pytest.fail)


def test_plain_keeps_nan_and_infinities() -> None:
    assert plain_json.plain({"loss": np.float64("inf")}) == {"loss": math.inf}
    assert type(plain_json.plain(np.float64(1.5))) is float


def test_an_integer_that_no_float_holds_is_infinite() -> None:
    assert plain_json.plain([10**400, -(10**400), 2**63]) == [math.inf, -math.inf, 2**63]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1.5, 1.5),
        (10**400, math.inf),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("1.5", None),
        (True, None),
        (None, None),
        ([1.0], None),
    ],
)
def test_a_gauge_shows_the_number_that_a_value_stands_for(value: Any, number: Any) -> None:
    assert plain_json.number_of(value) == number


def test_nan_is_a_number_to_a_gauge() -> None:
    assert math.isnan(plain_json.number_of("NaN") or 0)
