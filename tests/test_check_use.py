"""The checker at kinks, on pullbacks, on unusual input and on misuse."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.chain import Array
from chainrule.check import check_gradients, check_pullback
from chainrule.errors import InputError

Arrays = dict[str, Array]
DTYPES = [np.float64, np.float32]


def relu_sum(x: Array) -> Any:
    return np.sum(np.maximum(x, 0))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("coded", "verdict"),
    [(0, "kink"), (1, "kink"), (0.25, "kink"), (0.5, "right"),
     (1.5, "fault"), (-0.01, "fault"), (1.001, "fault")],
)  # fmt: skip
@pytest.mark.parametrize(
    "loss",
    [relu_sum, lambda x: float(relu_sum(x)), lambda x: np.sum(np.where(x > 0, x, 0)),
     lambda x: np.sum(x * (x > 0))],
)  # fmt: skip
def test_relu_at_exactly_zero(
    loss: Callable[[Array], Any], coded: float, verdict: str, dtype: Any
) -> None:
    x = np.array([-1.0, 0.0, 2.0])
    (parameter,) = check_gradients(loss, x, np.array([0, coded, 1], dtype)).parameters
    assert parameter.verdict == verdict
    if verdict != "right":
        assert parameter.index == (1,)


@pytest.mark.parametrize("coded", [0.0, 0.5, 1.0])
def test_relu_net_with_units_at_zero(coded: float) -> None:
    random = np.random.default_rng(0)
    X, W, v = random.normal(size=(6, 3)), random.normal(size=(3, 4)), random.normal(size=4)
    X[0] = 0  # with b = 0 this row's pre-activations are exactly 0

    def loss(p: Arrays) -> Any:
        return np.sum((np.maximum(X @ p["W"] + p["b"], 0) @ v) ** 2 + X @ p["W"] @ v)

    z = X @ W
    step = np.where(z == 0, coded, z > 0)
    dz = 2 * (np.maximum(z, 0) @ v)[:, None] * v * step
    gradients = {"W": X.T @ dz + np.outer(X.sum(0), v), "b": dz.sum(0)}
    at = {"W": W, "b": np.zeros(4)}
    assert check_gradients(loss, at, gradients).ok
    assert not check_gradients(loss, at, {**gradients, "b": gradients["b"] * 1.001}).ok


@pytest.mark.parametrize("found", [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]])
def test_any_winner_of_a_tie_is_accepted(found: list[float]) -> None:
    assert check_gradients(np.max, np.array([2.0, 2.0, 1.0]), np.array(found)).ok


def test_norm_at_zero_has_a_ball_of_slopes() -> None:
    assert check_gradients(np.linalg.norm, np.zeros(3), np.zeros(3)).ok
    assert check_gradients(np.linalg.norm, np.zeros(3), np.array([0.6, 0.8, 0])).ok
    assert not check_gradients(np.linalg.norm, np.zeros(3), np.array([0, 1.5, 0])).ok


@pytest.mark.parametrize("distance", [1e-9, 1e-8, 1e-7, 3e-7, 1e-6, 1e-5, 1e-3])
@pytest.mark.parametrize("jump", [1e-5, 1e-2])
def test_kink_next_to_the_point(distance: float, jump: float) -> None:
    def loss(x: Array) -> float:
        return float(np.sin(x[0]) + jump * np.abs(x[0] - 1 - distance))

    right = np.array([np.cos(1.0) - jump])
    assert check_gradients(loss, np.ones(1), right).ok
    assert not check_gradients(loss, np.ones(1), 1.001 * (right + 2 * jump)).ok
    assert not check_gradients(loss, np.ones(1), 0.999 * right).ok


def test_fault_beats_kink() -> None:
    (parameter,) = check_gradients(relu_sum, np.array([0.0, 1.0]), np.array([0, 1.001])).parameters
    assert (parameter.verdict, parameter.index) == ("fault", (1,))


@pytest.mark.parametrize(
    "x", [2.0, 3, np.float32(2.0), [1.0, 2.0], [[1, 2], [3, 4]], np.ones((3, 4), order="F")]
)
def test_numbers_lists_and_arrays(x: Any) -> None:
    doubled = np.asarray(2.0) * np.asarray(x)
    (parameter,) = check_gradients(lambda x: np.sum(x**2), x, doubled).parameters
    assert (parameter.name, parameter.verdict) == ("x", "right")
    assert parameter.shape == np.shape(x)


def test_ratio_is_nan_where_zero_is_expected() -> None:
    at = {"a": np.ones(2), "unused": np.ones(2)}
    gradients = {"a": np.ones(2), "unused": np.array([0.0, 1e-6])}
    (fault,) = check_gradients(lambda p: np.sum(p["a"]), at, gradients).faults
    assert (fault.name, fault.index, fault.expected) == ("unused", (1,), 0.0)
    assert math.isnan(fault.ratio)


def test_rtol_can_be_asked_for() -> None:
    x = np.array([1.0, 2.0])
    assert not check_gradients(lambda x: np.sum(x**2), x, 2.002 * x, rtol=1e-4).ok
    assert check_gradients(lambda x: np.sum(x**2), x, 2.002 * x, rtol=0.01).ok


def square(x: Array) -> Any:
    return np.sum(x**2)


def unsteady() -> Callable[[Array], Any]:
    random = np.random.default_rng(0)
    return lambda x: np.sum(x * (random.random(x.shape) > 0.5))


@pytest.mark.parametrize(
    ("loss", "at", "gradients", "message"),
    [
        (square, np.ones((2, 3)), np.ones((3, 2)), r"\(3, 2\).*transpose"),
        (square, np.ones(3), np.ones(()), "shapes of `at`"),
        (square, {"W": np.ones(3), "b": np.ones(1)}, {"W": np.ones(3)}, "'b'.*missing name"),
        (square, {"W": np.ones(3)}, np.ones(3), "names"),
        (square, [np.ones(3), np.ones(2)], np.ones(3), "`at` must hold real numbers.*by name"),
        (square, np.ones(3) * 1j, np.ones(3), "complex128"),
        (square, np.ones(3), "text", "`gradients` must hold real numbers, got str"),
        (square, np.ones((0, 3)), np.ones((0, 3)), r"shape \(0, 3\)"),
        (lambda x: x**2, np.ones(3), np.ones(3), r"`loss` must return one real number.*\(3,\)"),
        (lambda _: None, np.ones(3), np.ones(3), "`loss` must return one real number.*object"),
        (lambda x: 1j * np.sum(x), np.ones(3), np.ones(3), "one real number.*complex128"),
        (lambda x: np.sum(np.log(x)), np.zeros(3), np.ones(3), "`loss` must be finite"),
        (lambda x: np.sum(x) * np.nan, np.ones(3), np.ones(3), "`loss` must be finite.*nan"),
        (unsteady(), np.ones(30), np.ones(30), "same at every call.*dropout"),
        (lambda x: np.sum(np.sqrt(x)), np.zeros(2), np.ones(2), r"both sides of `x` at index \(0,"),
    ],
)
def test_misuse_is_explained(
    loss: Callable[[Any], Any], at: Any, gradients: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_gradients(loss, at, gradients)


@pytest.mark.parametrize(
    "options", [{"rtol": 0.0}, {"rtol": -1}, {"rtol": math.nan}, {"rtol": 2}, {"max_elements": 0}]
)
def test_unusable_settings_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="`rtol` must lie between 0 and 1 and `max_elements`"):
        check_gradients(square, np.ones(2), np.ones(2), **options)


def test_errors_of_the_loss_itself_are_not_hidden() -> None:
    with pytest.raises(KeyError):
        check_gradients(lambda p: p["missing"], {"W": np.ones(2)}, {"W": np.ones(2)})


X, W, B = (np.random.default_rng(1).normal(size=shape) for shape in [(5, 4), (4, 3), (3,)])
AFFINE = {"X": X, "W": W, "b": B}


def affine(p: Arrays) -> Array:
    return np.asarray(p["X"] @ p["W"] + p["b"])


def affine_pullback(v: Array) -> Arrays:
    return {"X": v @ W.T, "W": X.T @ v, "b": v.sum(0)}


def test_right_pullbacks() -> None:
    assert check_pullback(affine, affine_pullback, AFFINE).ok
    a = np.tanh(X)
    assert check_pullback(np.tanh, lambda v: v * (1 - a**2), X).ok
    assert check_pullback(np.sum, lambda v: v * np.ones_like(X), X).ok  # a number is an array
    s = np.exp(X) / np.exp(X).sum(1, keepdims=True)
    assert check_pullback(
        lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True),
        lambda v: s * (v - (v * s).sum(1, keepdims=True)),
        X,
    ).ok


def test_right_pullback_in_float32() -> None:
    x = X.astype(np.float32)
    seen = []

    def pullback(v: Array) -> Array:
        seen.append(v.dtype)
        return np.asarray(v * (1 - np.tanh(x) ** 2))

    assert check_pullback(np.tanh, pullback, x).ok
    assert seen == [np.float32] * 3
    assert not check_pullback(np.tanh, lambda v: np.float32(1.001) * pullback(v), x).ok


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("W", lambda v: X.T @ v / len(X)),
        ("b", lambda v: v.mean(0)),
        ("X", lambda v: -v @ W.T),
        ("W", lambda v: X.T @ np.ones_like(v)),  # right for a loss that is the sum of y
        ("b", lambda v: np.clip(v, -6, 6).sum(0)),  # right for small cotangents, so not linear
        ("W", lambda v: X.T @ v + 1e-3),
        ("X", lambda v: 1.001 * v @ W.T),
    ],
)
def test_wrong_pullback_is_refused(name: str, wrong: Callable[[Array], Array]) -> None:
    check = check_pullback(affine, lambda v: {**affine_pullback(v), name: wrong(v)}, AFFINE)
    assert [fault.name for fault in check.faults] == [name]


def test_pullback_may_use_what_the_last_forward_saved_and_reuse_its_memory() -> None:
    saved: Arrays = {}
    memory = np.empty_like(X)

    def function(x: Array) -> Array:
        saved["a"] = np.tanh(x)
        return saved["a"]

    def pullback(v: Array) -> Array:
        v *= 1 - saved["a"] ** 2  # into the cotangent that it was given
        memory[:] = v
        return memory

    before = X.copy()
    assert check_pullback(function, pullback, X).ok
    np.testing.assert_array_equal(X, before)


def test_misuse_of_pullback_is_explained() -> None:
    with pytest.raises(InputError, match=r"`function\(at\)` must hold real numbers"):
        check_pullback(lambda x: {"y": x}, lambda v: v, X)
    with pytest.raises(InputError, match=r"`pullback\(v\)` must hold real numbers"):
        check_pullback(np.tanh, lambda _: None, X)
    with pytest.raises(InputError, match="shapes"):
        check_pullback(np.tanh, lambda v: v.T, X)
