"""Numbers at the ends of their range: what the tables compute of them is a number, or ±∞."""

from collections.abc import Iterator

import numpy as np
import pytest
from compiled_functions import run

from chainrule._fast.activations import LOOPS
from chainrule._fast.losses import FUSED_LOOPS, LOSS_LOOPS
from chainrule.activations import ACTIVATIONS, softmax
from chainrule.chain import Array
from chainrule.losses import FUSED, LOSSES, Loss

DTYPES = ("float64", "float32")


@pytest.fixture(autouse=True)
def _overflow_is_expected() -> Iterator[None]:
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        yield


def extremes(dtype: str) -> Array:
    ends = np.finfo(dtype)
    usual = [0, 1e-20, 0.5, 1, 90, 800, 1e5, 1e30]
    sizes = np.array([*usual, ends.smallest_subnormal, ends.tiny, ends.max / 2, ends.max], dtype)
    return np.concatenate([sizes, -sizes])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_an_activation_and_its_derivative_are_numbers_by_both_engines(
    name: str, dtype: str
) -> None:
    record, z = ACTIVATIONS[name], extremes(dtype)
    a = record.value(z)
    bounded = abs(z) < np.finfo(dtype).max if name == "selu" else np.isfinite(z)  # λ max is ∞
    assert np.isfinite(a[bounded]).all()
    assert not np.isnan(a).any()
    slopes = [record.derivative(z)]
    slopes += [record.derivative_by_a(a)] if record.derivative_by_a else []
    assert all(np.isfinite(slope).all() for slope in slopes)
    assert all((abs(slope) < 1.8).all() for slope in slopes)
    compiled, da = np.empty_like(z), np.ones_like(z)
    run(LOOPS[name].value, z, compiled, len(z), 1)
    run(LOOPS[name].pullback, z if record.derivative_by_a is None else a, da, len(z), 1)
    np.testing.assert_allclose(compiled, a, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(da, slopes[-1], rtol=1e-5, atol=1e-5)


def pairs(dtype: str) -> tuple[Array, Array]:
    """Every two extremes side by side, (n, 2), and a row's class, (n, 2)."""
    ends = extremes(dtype)
    z = np.array([[one, two] for one in ends for two in ends], dtype)
    y = np.eye(2, dtype=dtype)
    return np.repeat(z, 2, axis=0), np.tile(y, (len(z), 1))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_shares_of_any_outputs_are_numbers(dtype: str) -> None:
    z, _ = pairs(dtype)
    np.testing.assert_allclose(softmax(z).sum(axis=1), 1, rtol=1e-6)


def below(values: Array) -> Array:
    """The values, of the largest a quarter of the largest: a sum of such may be infinite."""
    return np.minimum(values, np.finfo(values.dtype).max / 4).astype(float)


FUSED_CASES = [(*pair, loss) for pair, loss in FUSED.items()]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("output", "name", "loss"), FUSED_CASES, ids=lambda case: str(case)[:12])
def test_a_fused_loss_is_a_number_or_infinite(
    output: str, name: str, loss: Loss, dtype: str
) -> None:
    z, y = pairs(dtype)
    value, slope = loss.both(z, y) if loss.both else (loss.value(z, y), loss.derivative(z, y))
    reference = loss.value(z, y)
    total, totals, d = np.empty(1, dtype), np.empty(len(z), dtype), np.empty_like(z)
    for row in range(len(z)):
        here = slice(row, row + 1)
        run(FUSED_LOOPS[output, name], z[here], y[here], np.ones(1, dtype), d[here], total, 1, 2)
        totals[row] = total[0]
    for values in (value, totals):
        assert not np.isnan(values).any()
        np.testing.assert_allclose(below(values), below(reference), rtol=1e-5, atol=1e-5)
    assert (reference > -1).all()
    assert not np.isnan(slope).any()
    assert np.isfinite(slope).all() or output == "exponential"
    np.testing.assert_allclose(d, slope, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(LOSS_LOOPS))
def test_a_loss_is_a_number_or_infinite(name: str, dtype: str) -> None:
    a, y = pairs(dtype)
    if name == "binary_cross_entropy":
        a = softmax(a)
    elif name != "huber":
        y = a[:, ::-1].copy()
    loss, loop = LOSSES[name], LOSS_LOOPS[name]
    value, slope = loss.value(a, y), loss.derivative(a, y)
    assert (value >= 0).all()
    assert not np.isnan(slope).any()
    assert np.isinf(value[~np.isfinite(slope).all(axis=1)]).all()
    total, d = np.empty(1, dtype), np.empty_like(a)
    run(loop, a, y, np.ones(len(a), dtype), d, total, len(a), 2)
    assert not np.isnan(total[0])
    d, slope = np.clip([d, slope], -np.finfo(dtype).max / 4, np.finfo(dtype).max / 4)
    np.testing.assert_allclose(d, slope, rtol=1e-4)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("name", "expected"),
    [("binary_cross_entropy", [1, -1]), ("categorical_cross_entropy", [0, -1])],
)
def test_a_slope_at_a_probability_rounded_to_its_target(
    name: str, expected: list[float], dtype: str
) -> None:
    at = np.array([[0.0, 1.0]], dtype)
    assert LOSSES[name].derivative(at, at).tolist() == [expected]
    assert LOSSES["poisson"].derivative(at[:, :1], at[:, :1]).tolist() == [[1.0]]
