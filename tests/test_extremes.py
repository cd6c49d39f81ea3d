"""Numbers at the ends of their range: what the tables compute of them is a number, or ±∞."""

import re
import tracemalloc
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
from compiled_functions import run
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule._fast.activations import LOOPS
from chainrule._fast.losses import FUSED_LOOPS, LOSS_LOOPS
from chainrule.activations import ACTIVATIONS, softmax
from chainrule.chain import Array
from chainrule.errors import DivergenceError, InputError
from chainrule.estimators import MLPClassifier, MLPRegressor
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


X = np.random.default_rng(0).normal(size=(12, 3))
KIND, QUANTITY = (X[:, 0] > 0).astype(int), X[:, 0] - X[:, 1]


def times(values: Array, k: int, dtype: str) -> Array:
    """The values × 10^k, no larger than the type holds."""
    largest = float(np.finfo(dtype).max)
    return np.clip(values * float(f"1e{k}"), -largest, largest).astype(dtype)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("dtype", DTYPES)
@given(
    of_x=st.integers(-300, 300),
    of_y=st.integers(-300, 300),
    of_weights=st.sampled_from([-300, 0, 0, 0, 30, 150]),
    rows=st.sampled_from([1, 12]),
    columns=st.sampled_from([1, 3]),
    constant=st.booleans(),
    solver=st.sampled_from(["adam", "sgd", "lbfgs"]),
    regression=st.booleans(),
)
@settings(max_examples=20)
def test_a_training_ends_in_numbers_or_says_why(
    engine: str,
    dtype: str,
    of_x: int,
    of_y: int,
    of_weights: int,
    rows: int,
    columns: int,
    constant: bool,
    solver: str,
    regression: bool,
) -> None:
    inputs = times(X[:rows, :columns], of_x, dtype)
    inputs[:, 0] = inputs[0, 0] if constant else inputs[:, 0]
    y = times(QUANTITY[:rows], of_y, dtype) if regression else KIND[:rows]
    random = np.random.default_rng(1)
    start = [times(random.normal(size=(columns, 2)), of_weights, "float64")]
    start += [random.normal(size=(2, 1))]
    made = MLPRegressor if regression else MLPClassifier
    model = made(hidden_layer_sizes=(2,), solver=solver, max_iter=4, batch_size=rows)
    model.set_params(engine=engine, dtype=dtype, start_weights=(start, [np.zeros(2), np.zeros(1)]))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            model.fit(inputs, y)
        except DivergenceError as error:
            said = str(error)
        except InputError as error:
            said = str(error)
            assert "start_weights" in said or "float32" in said
            return
        else:
            said = ""
            assert np.isfinite(model.loss_)
        assert not said or re.search(r"diverged in epoch \d+: .*(scale them|lower|smaller)", said)
        weights = model.parameters_.flat
        if of_weights == 0:
            assert np.isfinite(weights).all()
            try:
                assert not np.isnan(model.predict(inputs)).any()
                assert not np.isnan(model.score(inputs, y)) or rows == 1
            except InputError as error:
                assert "overflows" in str(error)  # noqa: PT017


@pytest.mark.parametrize("engine", ["numpy", pytest.param("numba", marks=pytest.mark.slow)])
def test_ten_thousand_classes(engine: str) -> None:
    inputs = np.random.default_rng(0).normal(size=(10_000, 2))
    model = MLPClassifier((4,), max_iter=1, batch_size=1000, engine=engine, random_state=0)
    tracemalloc.start()
    try:
        with warnings.catch_warnings(action="ignore"):  # scikit-learn's, of so many classes
            model.partial_fit(inputs[:500], np.arange(500), classes=np.arange(10_000))
        coded = 500 * 10_000 * 8
        assert tracemalloc.get_traced_memory()[1] < 12 * coded
        assert model.predict(inputs[:700]).shape == (700,)
        assert model.predict_proba(inputs[:5]).shape == (5, 10_000)
    finally:
        tracemalloc.stop()
