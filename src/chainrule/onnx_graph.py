"""An ONNX graph as it is put together, and functions in operators that every runtime has.

onnxruntime has many operators for 32-bit floats only; in 64 bits a function is therefore made of
few: arithmetic, comparison, `Where`, exp, log, sqrt, sin, cos, tanh, sigmoid.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from scipy.special import erfcx

from .activations import ELU_ALPHA, LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE
from .chain import Array

Value = str
"""The name of a value in the graph."""

_ERFC_DEGREE = 28  # of erfcx in t = 2/(2 + |u|), for 64-bit floats
_ATAN_TERMS = 13


class Graph:
    """Nodes and constants, in the order in which they are added; equal constants are one."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.nodes: list[tuple[str, tuple[Value, ...], Value, dict[str, Any]]] = []
        self.constants: dict[Value, Array] = {}
        self.taken: set[Value] = set()  # by inputs, which are named as the columns are
        self._known: dict[tuple[str, tuple[int, ...], bytes], Value] = {}

    def add(self, operator: str, *inputs: Value, name: str = "", **attributes: Any) -> Value:
        """Add a node and return its output; `name` is for outputs of the whole."""
        output = name or f"/v{len(self.nodes)}"
        while output in self.taken:
            output += "_"
        self.nodes.append((operator, inputs, output, attributes))
        return output

    def constant(self, value: Any) -> Value:
        """Return a constant, an array of its own type."""
        array = np.asarray(value)
        key = (array.dtype.str, array.shape, array.tobytes())
        if array.dtype == object:
            key = ("text", array.shape, "\n".join(array.ravel()).encode())
        if key not in self._known:
            name = f"/c{len(self.constants)}"
            while name in self.taken:
                name += "_"
            self._known[key], self.constants[name] = name, array
        return self._known[key]

    def number(self, value: float) -> Value:
        """Return a number of the graph's type."""
        return self.constant(np.array(value, self.dtype))

    def where(self, condition: Value, value: Value, otherwise: Value) -> Value:
        """The one where the condition holds, else the other."""
        return self.add("Where", condition, value, otherwise)

    def polynomial(self, coefficients: Sequence[float], u: Value) -> Value:
        """c₀ + c₁u + c₂u² + …, by Horner's rule."""
        result = self.number(coefficients[-1])
        for c in reversed(coefficients[:-1]):
            result = self.add("Add", self.add("Mul", result, u), self.number(c))
        return result


def negative(g: Graph, u: Value) -> Value:
    """−u."""
    return g.add("Neg", u)


def expm1(g: Graph, u: Value) -> Value:
    """eᵘ − 1 = tanh(u/2)(eᵘ + 1), which does not cancel near 0."""
    half = g.add("Tanh", g.add("Mul", u, g.number(0.5)))
    return g.add("Mul", half, g.add("Add", g.add("Exp", u), g.number(1)))


def log1p(g: Graph, u: Value) -> Value:
    """log(1 + u); near 0 it is u log(w)/(w − 1), w = 1 + u as it is rounded (W. Kahan)."""
    w = g.add("Add", u, g.number(1))
    apart = g.add("Sub", w, g.number(1))
    near = g.add("Less", g.add("Abs", u), g.number(0.5))
    rounded = g.add("Equal", apart, g.number(0))
    quotient = g.add("Div", u, g.where(rounded, g.number(1), apart))
    small = g.where(rounded, u, g.add("Mul", g.add("Log", w), quotient))
    return g.where(near, small, g.add("Log", w))


def softplus(g: Graph, u: Value) -> Value:
    """log(1 + eᵘ) = max(u, 0) + log(1 + e^−|u|)."""
    tail = log1p(g, g.add("Exp", negative(g, g.add("Abs", u))))
    return g.add("Add", g.add("Max", u, g.number(0)), tail)


def erfc(g: Graph, u: Value) -> Value:
    """1 − erf(u) = e^(−u²) erfcx(|u|), or 2 less that; erfcx is a polynomial in 2/(2 + |u|)."""
    if g.dtype == np.float32:
        return g.add("Sub", g.number(1), g.add("Erf", u))
    size = g.add("Abs", u)
    t = g.add("Div", g.number(2), g.add("Add", size, g.number(2)))
    y = g.add("Sub", g.add("Mul", t, g.number(2)), g.number(1))
    scaled = _chebyshev(g, _erfcx_coefficients(), y)
    tail = g.add("Mul", scaled, g.add("Exp", negative(g, g.add("Mul", size, size))))
    below = g.add("Less", u, g.number(0))
    return g.where(below, g.add("Sub", g.number(2), tail), tail)


def _erfcx_coefficients() -> list[float]:
    """Chebyshev's coefficients of erfcx over t from 0 (|u| = ∞) to 1 (u = 0)."""

    def value(y: Any) -> Any:
        t = (y + 1) / 2
        return np.where(t > 0, erfcx(2 / np.maximum(t, 1e-300) - 2), 0)

    return [float(c) for c in chebyshev.chebinterpolate(value, _ERFC_DEGREE)]


def _chebyshev(g: Graph, coefficients: Sequence[float], y: Value) -> Value:
    """Σ cₖ Tₖ(y), by Clenshaw's rule."""
    double = g.add("Mul", y, g.number(2))
    after, last = g.number(0), g.number(0)
    for c in reversed(coefficients[1:]):
        total = g.add("Add", g.add("Sub", g.add("Mul", double, after), last), g.number(c))
        after, last = total, after
    return g.add("Add", g.add("Sub", g.add("Mul", y, after), last), g.number(coefficients[0]))


def erf(g: Graph, u: Value) -> Value:
    """Gauss's error function; near 0 its series in 64 bits, where 1 − erfc would cancel."""
    if g.dtype == np.float32:
        return g.add("Erf", u)
    square = g.add("Mul", u, u)
    terms = [
        2 / math.sqrt(math.pi) * (-1) ** k / (math.factorial(k) * (2 * k + 1)) for k in range(16)
    ]
    series = g.add("Mul", u, g.polynomial(terms, square))
    near = g.add("Less", g.add("Abs", u), g.number(0.5))
    return g.where(near, series, g.add("Sub", g.number(1), erfc(g, u)))


def normal_cdf(g: Graph, u: Value) -> Value:
    """Φ(u) = ½ erfc(−u/√2)."""
    tail = erfc(g, g.add("Mul", u, g.number(-math.sqrt(0.5))))
    return g.add("Mul", g.number(0.5), tail)


def sinh(g: Graph, u: Value) -> Value:
    """(eᵘ − e⁻ᵘ)/2."""
    difference = g.add("Sub", expm1(g, u), expm1(g, negative(g, u)))
    return g.add("Mul", g.number(0.5), difference)


def cosh(g: Graph, u: Value) -> Value:
    """(eᵘ + e⁻ᵘ)/2."""
    return g.add("Mul", g.number(0.5), g.add("Add", g.add("Exp", u), g.add("Exp", negative(g, u))))


def tan(g: Graph, u: Value) -> Value:
    """Sin u/cos u."""
    return g.add("Div", g.add("Sin", u), g.add("Cos", u))


def asinh(g: Graph, u: Value) -> Value:
    """Sign u × log(1 + |u| + u²/(1 + √(1 + u²)))."""
    size, square = g.add("Abs", u), g.add("Mul", u, u)
    root = g.add("Sqrt", g.add("Add", square, g.number(1)))
    more = g.add("Div", square, g.add("Add", root, g.number(1)))
    return g.add("Mul", g.add("Sign", u), log1p(g, g.add("Add", size, more)))


def acosh(g: Graph, u: Value) -> Value:
    """Log(1 + (u − 1) + √((u − 1)(u + 1)))."""
    less, more = g.add("Sub", u, g.number(1)), g.add("Add", u, g.number(1))
    return log1p(g, g.add("Add", less, g.add("Sqrt", g.add("Mul", less, more))))


def atanh(g: Graph, u: Value) -> Value:
    """½ (log(1 + u) − log(1 − u))."""
    difference = g.add("Sub", log1p(g, u), log1p(g, negative(g, u)))
    return g.add("Mul", g.number(0.5), difference)


def atan(g: Graph, u: Value) -> Value:
    """Beyond 1 it is π/2 − atan 1/u; its angle is halved twice, and then Gregory's series."""
    size = g.add("Abs", u)
    large = g.add("Greater", size, g.number(1))
    t = g.where(large, g.add("Div", g.number(1), size), size)
    for _ in range(2):
        root = g.add("Sqrt", g.add("Add", g.add("Mul", t, t), g.number(1)))
        t = g.add("Div", t, g.add("Add", root, g.number(1)))
    terms = [4 * (-1) ** k / (2 * k + 1) for k in range(_ATAN_TERMS)]
    angle = g.add("Mul", t, g.polynomial(terms, g.add("Mul", t, t)))
    angle = g.where(large, g.add("Sub", g.number(math.pi / 2), angle), angle)
    return g.add("Mul", g.add("Sign", u), angle)


def asin(g: Graph, u: Value) -> Value:
    """2 atan(u/(1 + √(1 − u²)))."""
    square = g.add("Mul", g.add("Sub", g.number(1), u), g.add("Add", g.number(1), u))
    whole = g.add("Add", g.add("Sqrt", square), g.number(1))
    return g.add("Mul", g.number(2), atan(g, g.add("Div", u, whole)))


def acos(g: Graph, u: Value) -> Value:
    """2 atan √((1 − u)/(1 + u))."""
    ratio = g.add("Div", g.add("Sub", g.number(1), u), g.add("Add", g.number(1), u))
    return g.add("Mul", g.number(2), atan(g, g.add("Sqrt", ratio)))


def _above(g: Graph, z: Value, otherwise: Value) -> Value:
    """Z where it is above 0."""
    return g.where(g.add("Greater", z, g.number(0)), z, otherwise)


def elu(g: Graph, z: Value, alpha: float = ELU_ALPHA) -> Value:
    """Z above 0, α (eᶻ − 1) below."""
    below = expm1(g, g.add("Min", z, g.number(0)))
    return _above(g, z, g.add("Mul", g.number(alpha), below))


def softsign(g: Graph, z: Value) -> Value:
    """z/(1 + |z|)."""
    return g.add("Div", z, g.add("Add", g.number(1), g.add("Abs", z)))


ACTIVATION_OPERATORS: dict[str, Callable[[Graph, Value], Value]] = {
    "identity": lambda _, z: z,
    "logistic": lambda g, z: g.add("Sigmoid", z),
    "tanh": lambda g, z: g.add("Tanh", z),
    "relu": lambda g, z: g.add("Max", z, g.number(0)),
    "leaky_relu": lambda g, z: _above(g, z, g.add("Mul", g.number(LEAKY_SLOPE), z)),
    "elu": elu,
    "selu": lambda g, z: g.add("Mul", g.number(SELU_SCALE), elu(g, z, SELU_ALPHA)),
    "gelu": lambda g, z: g.add("Mul", z, normal_cdf(g, z)),
    "silu": lambda g, z: g.add("Mul", z, g.add("Sigmoid", z)),
    "mish": lambda g, z: g.add("Mul", z, g.add("Tanh", softplus(g, z))),
    "softplus": softplus,
    "softsign": softsign,
    "hard_tanh": lambda g, z: g.add("Min", g.add("Max", z, g.number(-1)), g.number(1)),
    "gaussian": lambda g, z: g.add("Exp", negative(g, g.add("Mul", z, z))),
    "exponential": lambda g, z: g.add("Exp", z),
    "softmax": lambda g, z: g.add("Softmax", z, axis=1),
}
"""Activations of the table, and the two that only outputs have."""
