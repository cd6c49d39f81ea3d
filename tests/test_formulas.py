"""The formulas shown to people say what the functions compute: each text, read out as code."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, gammaln, ndtr

from chainrule.activations import ACTIVATIONS, EXPONENTIAL, SELU_ALPHA, SELU_SCALE
from chainrule.losses import FUSED, LOSSES, Loss

SCALED = SELU_SCALE * SELU_ALPHA

# formula → the same in Python, of z and a = f(z)
DERIVATIVES: dict[str, Callable[[Any, Any], Any]] = {
    "1": lambda z, _a: 1 + 0 * z,
    "a": lambda _z, a: a,
    "a(1 − a)": lambda _z, a: a * (1 - a),
    "1 − a²": lambda _z, a: 1 - a**2,
    "1 if a > 0 else 0": lambda _z, a: np.where(a > 0, 1, 0),
    "1 if a > 0 else 0.01": lambda _z, a: np.where(a > 0, 1, 0.01),
    "1 if a > 0 else a + 1": lambda _z, a: np.where(a > 0, 1, a + 1),
    "λ if a > 0 else a + λα": lambda _z, a: np.where(a > 0, SELU_SCALE, a + SCALED),
    "Φ(z) + z φ(z)": lambda z, _a: ndtr(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
    "σ(z)(1 + z σ(−z))": lambda z, _a: expit(z) * (1 + z * expit(-z)),
    "tanh s + z σ(z)/cosh² s, s = log(1 + e^z)": lambda z, _a: (
        np.tanh(np.log1p(np.exp(z))) + z * expit(z) / np.cosh(np.log1p(np.exp(z))) ** 2
    ),
    "1 − e^−a": lambda _z, a: 1 - np.exp(-a),
    "(1 − |a|)²": lambda _z, a: (1 - abs(a)) ** 2,
    "1 if |a| < 1 else 0": lambda _z, a: np.where(abs(a) < 1, 1, 0),
    "−2z e^−z²": lambda z, _a: -2 * z * np.exp(-(z**2)),
}

# (name, formula) of a loss → the same in Python, of a (z where fused), y and k outputs
LOSS_VALUES: dict[str, Callable[[Any, Any], Any]] = {
    "½ Σ (a − y)²": lambda a, y: 0.5 * np.sum((a - y) ** 2, axis=1),
    "Σ (a − y)²": lambda a, y: np.sum((a - y) ** 2, axis=1),
    "1/k Σ (a − y)²": lambda a, y: np.sum((a - y) ** 2, axis=1) / a.shape[1],
    "Σ |a − y|": lambda a, y: np.sum(abs(a - y), axis=1),
    "Σ ½(a − y)² if |a − y| ≤ 1 else |a − y| − ½": lambda a, y: np.sum(
        np.where(abs(a - y) <= 1, 0.5 * (a - y) ** 2, abs(a - y) - 0.5), axis=1
    ),
    "Σ a − y log a + log y!": lambda a, y: np.sum(a - y * np.log(a) + gammaln(y + 1), axis=1),
    "−Σ y log a + (1 − y) log(1 − a)": lambda a, y: (
        -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a), axis=1)
    ),
    "−Σ y log a": lambda a, y: -np.sum(y * np.log(a), axis=1),
    "Σ log(1 + e^z) − y z": lambda z, y: np.sum(np.log(1 + np.exp(z)) - y * z, axis=1),
    "log Σ e^z − Σ y z": lambda z, y: np.log(np.sum(np.exp(z), axis=1)) - np.sum(y * z, axis=1),
    "Σ e^z − y z + log y!": lambda z, y: np.sum(np.exp(z) - y * z + gammaln(y + 1), axis=1),
    "Σ a − y log a + log y!, a = log(1 + e^z)": lambda z, y: np.sum(
        np.log(1 + np.exp(z)) - y * np.log(np.log(1 + np.exp(z))) + gammaln(y + 1), axis=1
    ),
}

LOSS_DERIVATIVES: dict[str, Callable[[Any, Any], Any]] = {
    "a − y": lambda a, y: a - y,
    "2(a − y)": lambda a, y: 2 * (a - y),
    "2(a − y)/k": lambda a, y: 2 * (a - y) / a.shape[1],
    "sign(a − y)": lambda a, y: np.sign(a - y),
    "a − y, clipped to ±1": lambda a, y: np.clip(a - y, -1, 1),
    "1 − y/a": lambda a, y: 1 - y / a,
    "(a − y)/(a(1 − a))": lambda a, y: (a - y) / (a * (1 - a)),
    "−y/a": lambda a, y: -y / a,
    "(1 − y/a) σ(z)": lambda a, y: (1 - y / a) * expit(np.log(np.expm1(a))),
}

OUTPUTS: dict[str, Callable[[Any], Any]] = {
    "logistic": expit,
    "exponential": np.exp,
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}


@pytest.mark.parametrize("activation", [*ACTIVATIONS.values(), EXPONENTIAL], ids=lambda a: a.name)
def test_an_activations_derivative_is_what_its_formula_says(activation: Any) -> None:
    z = np.linspace(-4.03, 4.02, 60)
    said = DERIVATIVES[activation.derivative_formula](z, activation.value(z))
    np.testing.assert_allclose(activation.derivative(z), said, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("loss", list(LOSSES.values()), ids=lambda loss: loss.name)
def test_a_loss_is_what_its_formula_says(loss: Loss) -> None:
    random = np.random.default_rng(0)
    a, y = random.uniform(0.1, 0.9, (6, 3)), random.integers(0, 4, (6, 3)).astype(float)
    if loss.name == "huber":
        a = 4 * a
    np.testing.assert_allclose(loss.value(a, y), LOSS_VALUES[loss.formula](a, y), rtol=1e-12)
    said = LOSS_DERIVATIVES[loss.derivative_formula](a, y)
    np.testing.assert_allclose(loss.derivative(a, y), said, rtol=1e-12)


@pytest.mark.parametrize("pair", FUSED)
def test_a_fused_loss_is_what_its_formula_says(pair: tuple[str, str]) -> None:
    random = np.random.default_rng(0)
    z, y = random.normal(size=(6, 3)), np.eye(3)[[0, 1, 2, 2, 1, 0]]
    loss = FUSED[pair]
    np.testing.assert_allclose(loss.value(z, y), LOSS_VALUES[loss.formula](z, y), rtol=1e-12)
    said = LOSS_DERIVATIVES[loss.derivative_formula](OUTPUTS[pair[0]](z), y)
    np.testing.assert_allclose(loss.derivative(z, y), said, rtol=1e-10, atol=1e-14)
