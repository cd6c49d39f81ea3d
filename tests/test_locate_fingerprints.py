"""Values that are equal up to a factor are found among many, others are not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chainrule.locate.draws import Values
from chainrule.locate.fingerprints import Index, fingerprint, over

ENTRIES = st.floats(-10, 10).filter(lambda x: x == 0 or abs(x) > 0.1)
VECTORS = arrays(float, st.integers(2, 40), elements=ENTRIES)
FACTORS = st.floats(1e-6, 1e6).flatmap(lambda x: st.sampled_from([x, -x]))


def index_of(**vectors: Any) -> Index:
    index = Index()
    for label, vector in vectors.items():
        index.add(label, vector)
    return index


@given(VECTORS, FACTORS)
def test_a_multiple_is_found_with_its_factor(vector: Any, factor: float) -> None:
    assume(fingerprint(vector) is not None)
    ((label, found),) = index_of(v=vector).find(factor * vector)
    assert label == "v"
    assert found == pytest.approx(factor, rel=1e-6)


@given(VECTORS, FACTORS, st.data())
def test_a_vector_with_one_entry_off_is_not_found(
    vector: Any, factor: float, data: st.DataObject
) -> None:
    """By 0.1 % of the largest: what a wrong factor does is more."""
    assume(fingerprint(vector) is not None)
    other = factor * vector
    k = data.draw(st.integers(0, vector.size - 1))
    other[k] += 1e-3 * np.max(np.abs(other)) * data.draw(st.sampled_from([-1, 1]))
    proportional = np.linalg.matrix_rank(np.stack([other / factor, vector]), tol=1e-9) < 2
    assume(not proportional)
    assert index_of(v=vector).find(other) == []


@given(VECTORS, st.randoms(use_true_random=False))
def test_another_order_of_the_entries_is_another_vector(vector: Any, random: Any) -> None:
    order = list(range(vector.size))
    random.shuffle(order)
    other = vector[order]
    scale = np.max(np.abs(vector))
    assume(scale > 0)
    apart = min(np.max(np.abs(other - vector)), np.max(np.abs(other + vector))) / scale
    assume(apart > 1e-2)
    assert index_of(v=vector).find(other) == []


@given(VECTORS, FACTORS)
def test_rounding_does_not_hide_a_value(vector: Any, factor: float) -> None:
    assume(fingerprint(vector) is not None)
    noise = 1 + 1e-13 * np.cos(np.arange(vector.size))
    assert [label for label, _ in index_of(v=vector).find(factor * vector * noise)] == ["v"]


def projection(t: float) -> float:
    mark = fingerprint(np.array([1.0, t]))
    assert mark is not None
    return mark.projection


def test_equal_values_on_both_sides_of_a_rounding_are_found() -> None:
    """Fingerprints are kept by six digits; this one lies half way between two."""
    low, high = projection(0.0), projection(0.5)
    half_way = (round(high * 1e6) + 0.5) / 1e6
    t = 0.5 * (half_way - low) / (high - low)
    assert round(projection(t - 1e-10) * 1e6) != round(projection(t + 1e-10) * 1e6)
    for one, other in ((t - 1e-10, t + 1e-10), (t + 1e-10, t - 1e-10)):
        assert index_of(v=np.array([1.0, one])).find(np.array([1.0, other])) == [("v", 1.0)]


@pytest.mark.parametrize(
    "vector",
    [
        np.zeros(3),
        np.full(4, 2.5),
        np.full(4, -1e-3),
        np.array([1.0, np.nan]),
        np.array([np.inf, 1.0]),
        np.array([1e-14, -1e-15]),
        np.array([]),
        np.array([0.7]),
    ],
    ids=["zero", "constant", "negative", "nan", "inf", "rounding", "empty", "single"],
)
def test_what_says_nothing_has_no_fingerprint(vector: Any) -> None:
    assert fingerprint(vector) is None
    index = index_of(nothing=vector)
    assert index.entries == {}
    assert index.find(vector) == []


def test_nothing_is_asked_for_nothing() -> None:
    assert index_of(v=np.array([1.0, 2.0])).find(None) == []


def test_all_equal_ones_are_found_and_of_other_sizes_none() -> None:
    v = np.array([1.0, -2.0, 0.5])
    index = index_of(a=v, b=-2 * v, c=np.append(v, 0.0), d=v[::-1])
    assert sorted(index.find(4 * v)) == [("a", 4.0), ("b", -2.0)]


def test_a_tie_for_the_largest_entry_takes_the_first() -> None:
    """1 and −1, each the largest by rounding: the sign stays that of the factor."""
    v = np.array([1.0, -1.0 - 1e-12, 0.5])
    for factor in (3.0, -3.0):
        ((_, found),) = index_of(v=v).find(factor * np.array([1.0 + 1e-12, -1.0, 0.5]))
        assert found == pytest.approx(factor)


def replayed(*each: Any) -> list[Values]:
    return [Values({}, {7: value}) for value in each]


def test_a_nodes_values_over_all_replays_are_one_vector() -> None:
    found = over(replayed(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])), 7)
    np.testing.assert_array_equal(found, [1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(over(replayed(0.5, 1.5), 7), [0.5, 1.5])
    assert over(replayed(True, False), 7).dtype == float


def test_values_that_change_their_size_or_are_no_numbers_have_no_vector() -> None:
    assert over(replayed(np.ones(2), np.ones(3)), 7) is None
    assert over(replayed("a", "b"), 7) is None
