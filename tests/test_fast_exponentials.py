"""The polynomials for eˣ and its kin: a few units in the last place, limits and NaN as NumPy's."""

from collections.abc import Callable

import numpy as np
import pytest
from compiled_functions import run

from chainrule._fast.compiled import Numbers
from chainrule._fast.exponentials import exp, expm1, log1p, sigma, tanh
from chainrule.chain import Array

UNITS = 4  # in the last place
AROUND = np.concatenate([np.linspace(-120, 120, 20_001), [0.0, -0.0, 1e-30, -1e-30, 1e-5]])
EDGES = [-np.inf, -1e30, -800.0, -745.2, -700.0, 700.0, 709.7, 709.8, 800.0, 1e30, np.inf, np.nan]


def exp_of(x: Numbers, y: Numbers, n: int) -> None:
    for i in range(n):
        y[i] = exp(x[i])


def expm1_of(x: Numbers, y: Numbers, n: int) -> None:
    for i in range(n):
        y[i] = expm1(x[i])


def tanh_of(x: Numbers, y: Numbers, n: int) -> None:
    for i in range(n):
        y[i] = tanh(x[i])


def sigma_of(x: Numbers, y: Numbers, n: int) -> None:
    for i in range(n):
        y[i] = sigma(x[i])


def log1p_of(x: Numbers, y: Numbers, n: int) -> None:
    for i in range(n):
        y[i] = log1p(x[i])


CASES = [(exp_of, np.exp), (expm1_of, np.expm1), (tanh_of, np.tanh)]


def agree(loop: Callable[..., None], truth: Callable[[Array], Array], x: Array) -> None:
    found, wider = np.empty_like(x), np.float64 if x.dtype == np.float32 else np.longdouble
    run(loop, x, found, len(x))
    with np.errstate(all="ignore"):
        wanted = truth(x.astype(wider)).astype(x.dtype)
    special = ~np.isfinite(wanted)
    np.testing.assert_array_equal(found[special], wanted[special])
    apart = abs(found[~special].astype(wider) - wanted[~special])
    assert (apart <= UNITS * np.spacing(abs(wanted[~special]))).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("loop", "truth"), CASES, ids=lambda f: f.__name__)
def test_a_polynomial_is_within_a_few_last_places(
    loop: Callable[..., None], truth: Callable[[Array], Array], dtype: str
) -> None:
    agree(loop, truth, np.concatenate([AROUND, AROUND / 100, EDGES]).astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigma_is_within_a_few_last_places_where_its_exponential_is_finite(dtype: str) -> None:
    x = np.concatenate([AROUND[AROUND > -88], AROUND / 100, EDGES])
    agree(sigma_of, lambda x: 1 / (1 + np.exp(-x)), x.astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_logarithm_near_1_is_within_a_few_last_places(dtype: str) -> None:
    x = np.concatenate([np.linspace(0, 1, 9999), [1e-300, 1e-20, np.nan]])
    agree(log1p_of, np.log1p, x.astype(dtype))
