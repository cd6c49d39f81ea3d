"""The compiled activations, losses, masks and steps against the reference, number by number."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from compiled_functions import run

from chainrule._fast.activations import LOOPS
from chainrule._fast.dropout import draw_mask
from chainrule._fast.losses import FUSED_LOOPS, LOSS_LOOPS
from chainrule._fast.optimizers import settings_of, states_of, step_of
from chainrule.activations import ACTIVATIONS, EXPONENTIAL
from chainrule.chain import Array
from chainrule.links import Dropout, Softmax
from chainrule.losses import FUSED, LOSSES, Loss
from chainrule.optimizers import SGD, Adam

Loop = Callable[..., None]

DTYPES = ("float64", "float32")
RECORDS = {**ACTIVATIONS, "exponential": EXPONENTIAL}
USUAL = np.concatenate([np.linspace(-40, 40, 1601), [-1e-8, 1e-8, -1e-300, 0.0, -0.0]])
EXTREME = np.array([-1000.0, -800.0, -100.0, 100.0, 800.0, 1000.0, np.inf, -np.inf, np.nan])
STRICT = {"float64": 1e-14, "float32": 4e-6}


def close(found: Array, expected: Array) -> None:
    """Equal up to rounding, beside the largest: derivatives in a lose digits where a is near 1."""
    tolerance = STRICT[found.dtype.name]
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def test_every_activation_and_loss_has_a_loop() -> None:
    assert set(LOOPS) == set(RECORDS) | {"softmax"}
    assert set(FUSED_LOOPS) == set(FUSED)
    names = {loss.name for loss in LOSSES.values()}
    assert set(LOSS_LOOPS) == names - {"poisson", "categorical_cross_entropy"}
    for name in names - set(LOSS_LOOPS):  # all that these may be combined with is fused
        assert all((output, name) in FUSED_LOOPS for output in LOSSES[name].outputs)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(RECORDS))
def test_an_activation_and_its_pullback(name: str, dtype: str) -> None:
    record, loops = RECORDS[name], LOOPS[name]
    below = USUAL if name != "exponential" else USUAL[USUAL < 20]
    z = np.concatenate([below, EXTREME]).astype(dtype)
    a = np.empty_like(z)
    run(loops.value, z, a, 1, len(z))
    with np.errstate(all="ignore"):
        expected = np.asarray(record.value(z), dtype)
        saved = z if record.derivative_by_a is None else expected
        derivative = (record.derivative_by_a or record.derivative)(saved)
    ordinary = slice(len(below))
    close(a[ordinary], expected[ordinary])
    for found, wanted in zip(a[len(below) :], expected[len(below) :], strict=True):
        assert found == pytest.approx(wanted, rel=STRICT[dtype], nan_ok=True), (found, wanted)
    da = np.full_like(z, 3)
    run(loops.pullback, saved, da, 1, len(z))
    finite = np.isfinite(derivative) & np.isfinite(saved)
    close(da[finite], 3 * derivative[finite].astype(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_and_its_pullback(dtype: str) -> None:
    z = np.random.default_rng(1).normal(size=(6, 5), scale=30).astype(dtype)
    z[0] += 2000
    a, link = np.empty_like(z), Softmax()
    run(LOOPS["softmax"].value, z, a, 6, 5)
    close(a, link.forward(z)[0])
    da = np.random.default_rng(2).normal(size=z.shape).astype(dtype)
    expected = link.pullback(a, da)[0]
    run(LOOPS["softmax"].pullback, a, da, 6, 5)
    close(da, expected)


def targets(loss: Loss, random: np.random.Generator, shape: tuple[int, int]) -> Array:
    if loss.name == "categorical_cross_entropy":
        return np.eye(shape[1])[random.integers(shape[1], size=shape[0])]
    if loss.name == "binary_cross_entropy":
        return random.integers(2, size=shape).astype(float)
    return random.poisson(2.0, size=shape).astype(float)


CASES: list[tuple[Loss, Loop]] = [(LOSSES[name], loops) for name, loops in LOSS_LOOPS.items()]
CASES += [(FUSED[pair], loops) for pair, loops in FUSED_LOOPS.items()]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("loss", "loop"), CASES, ids=lambda case: getattr(case, "name", ""))
def test_a_loss_and_its_derivative(loss: Loss, loop: Loop, dtype: str) -> None:
    random = np.random.default_rng(3)
    a = random.normal(size=(40, 3), scale=4)
    if loop is LOSS_LOOPS["binary_cross_entropy"]:
        a = random.uniform(0.01, 0.99, size=(40, 3))
    a, y = a.astype(dtype), targets(loss, random, (40, 3)).astype(dtype)
    w = random.uniform(size=40).astype(dtype)
    d, total = np.empty_like(a), np.empty(1, dtype)
    run(loop, a, y, w, d, total, 40, 3)
    expected = (loss.value(a, y).astype(float) * w).sum()
    assert total[0] == pytest.approx(expected, rel=10 * STRICT[dtype])
    derivative = loss.both(a, y)[1] if loss.both else loss.derivative(a, y)
    close(d, (derivative * w[:, None]).astype(dtype))


@pytest.mark.parametrize("pair", sorted(FUSED_LOOPS), ids="+".join)
def test_a_fused_loss_neither_overflows_nor_hides_what_is_no_number(pair: tuple[str, str]) -> None:
    z = np.array([[-900.0, 0.0, 500.0], [-700.0, 3.0, -2.0]])
    y = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    if pair[0] == "exponential":
        z = z.clip(max=300)
    d, total, w = np.empty_like(z), np.empty(1), np.ones(2)
    run(FUSED_LOOPS[pair], z, y, w, d, total, 2, 3)
    assert total[0] == pytest.approx(FUSED[pair].value(z, y).sum(), rel=1e-13)
    assert np.isfinite(d).all()
    z[0, 1] = np.nan
    run(FUSED_LOOPS[pair], z, y, w, d, total, 2, 3)
    assert np.isnan(total[0])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_mask_is_that_of_the_reference_bit_by_bit(share: float, dtype: str) -> None:
    for n in (1, 7, 8, 9, 1000):
        mask, given = np.empty(n, dtype), np.array([share, 1 / (1 - share)], dtype)
        run(draw_mask, mask, given, n, 2**31 - 2, 3, 17)
        link = Dropout(share, 2**31 - 2, 3, draws=17)
        np.testing.assert_array_equal(mask, link.forward(np.ones((1, n), dtype))[1][0])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "optimizer",
    [SGD(0.1), SGD(0.1, 0.9), SGD(0.1, 0.9, True), Adam(0.01)],
    ids=["sgd", "momentum", "nesterov", "adam"],
)
def test_a_step_with_a_penalty(optimizer: SGD | Adam, dtype: str) -> None:
    random, n = np.random.default_rng(4), 37
    flat, gradient = np.ascontiguousarray(random.normal(size=(2, n)), dtype)
    optimizer, same = replace(optimizer), replace(optimizer)
    reference = flat.copy()
    first, second = states_of(optimizer, n, np.dtype(dtype))
    settings = settings_of(optimizer, np.dtype(dtype))
    for step in range(1, 4):
        same.step(reference, (gradient + 0.2 * reference).astype(dtype))
        rate = optimizer.learning_rate
        if isinstance(optimizer, Adam):
            rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        settings[:2] = rate, 0.2
        squares = np.zeros(1, dtype)
        before = (flat.astype(float) ** 2).sum()
        run(step_of(optimizer), flat, gradient, first, second, settings, squares, 0, n)
        assert squares[0] == pytest.approx(before, rel=10 * STRICT[dtype])
        close(flat, reference)
