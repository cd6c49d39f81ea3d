import numpy as np
import pytest
from numpy.random import RandomState
from scipy.sparse import csr_array

from chainrule.activations import ACTIVATIONS
from chainrule.identity import (
    data_differences,
    described,
    described_data,
    described_settings,
    differences,
    digest,
)


def test_settings_are_described_without_addresses() -> None:
    values = [(5, 4), None, True, RandomState(1), ACTIVATIONS["tanh"], np.float32(0.5), {1: 0.5}]
    assert [described(value) for value in values] == [
        [5, 4], None, True, "a RandomState", "tanh", 0.5, {"1": 0.5},
    ]  # fmt: skip
    assert described(np.zeros(3)).startswith("3 float64, digest ")
    assert described(np.zeros(3)) != described(np.ones(3))


def test_what_may_change_is_no_part_of_them() -> None:
    assert described_settings({"max_iter": 3, "alpha": 0.1, "callbacks": []}) == {"alpha": 0.1}


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_a_digest_is_of_the_numbers(kind: type) -> None:
    rows = np.random.default_rng(0).normal(size=(5000, 3))
    changed = rows.copy()
    changed[4999, 2] += 1e-12
    assert digest([kind(rows)]) == digest([kind(rows.copy(order="F"))])
    assert digest([kind(rows)]) != digest([kind(changed)])


def test_labels_have_a_digest_too() -> None:
    texts = np.array(["a", "b"])
    assert digest([texts]) != digest([texts[::-1]])
    assert digest([texts.astype(object)]) != digest([texts[::-1].astype(object)])


def test_what_differs_is_said() -> None:
    assert differences({"a": 1, "b": "x" * 90}, {"a": 1, "b": 2, "c": None}) == [
        f"`b` was '{'x' * 56}... and is 2"
    ]
    before = described_data({"X": np.zeros((3, 2)), "y": np.zeros(3), "weight": None})
    now = described_data({"X": np.ones((3, 2)), "y": np.zeros(4), "weight": np.ones(3)})
    assert data_differences(before, now) == [
        "`X` holds other values",
        "`y` was 3 float64 and is 4 float64",
        "`weight` was not given before",
    ]
    assert data_differences(now, before)[2] == "`weight` was given before"
