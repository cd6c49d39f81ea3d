import numpy as np
import pytest

from chainrule.chain import Array
from chainrule.datasets import iris
from chainrule.origin import Origin, fingerprint
from chainrule.preparation import Options, prepare

X = np.array([[0.0, np.nan], [1.5, -2.0]])


def test_the_fingerprint_is_of_the_values_alone() -> None:
    labels = np.array(["a", "b"])
    expected = fingerprint(X, labels)
    assert fingerprint(np.asfortranarray(X), labels.astype("<U9")) == expected
    other = -np.array(X)
    other[:, 0], other[1, 1] = [-0.0, 1.5], -2.0
    other[0, 1] = np.frombuffer(b"\1\0\0\0\0\0\xf8\x7f", "<f8")[0]  # another NaN
    assert fingerprint(other, labels) == expected


@pytest.mark.parametrize(
    ("rows", "labels"), [(X[::-1], ["a", "b"]), (X, ["b", "a"]), (X.T, ["a", "b"])]
)
def test_any_other_value_or_order_is_another_fingerprint(rows: Array, labels: list[str]) -> None:
    assert fingerprint(rows, np.array(labels)) != fingerprint(X, np.array(["a", "b"]))


def test_a_file_long_is_hashed_in_parts() -> None:
    long = np.arange(2.0 * 10_000).reshape(-1, 2)
    assert fingerprint(long, long[:, 0]) != fingerprint(long + (long == 9_001), long[:, 0])


def test_what_is_described_is_rebuilt() -> None:
    origin = Origin.of(prepare(iris(), Options()), {"solver": "adam"}, None)
    assert Origin.rebuilt(origin.described()) == origin
    assert (origin.data, origin.rows, origin.columns, origin.scores) == ("iris", 150, 4, ())
