"""The languages that code is written in: a table each, an operation beside its text."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

OPERATORS = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "negative": "-{}",
    "greater": "{} > {}",
    "greater_equal": "{} >= {}",
    "less": "{} < {}",
    "less_equal": "{} <= {}",
    "equal": "{} == {}",
    "not_equal": "{} != {}",
}
BINDING = {"add": 1, "subtract": 1, "multiply": 2, "divide": 2, "negative": 3}
"""How strongly an operator binds; the others stand in brackets wherever they are a part."""

_SAME_NAME = ("sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh")
_INVERSE = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
_INVERSE |= {"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}


@dataclass(frozen=True, slots=True)
class Target:
    """A language.

    Attributes:
        texts: operation → text with {} for its parts.
        helpers: operation → the function that its text calls, printed where it is used.
        header: the first lines.
        infinity, nan: what is larger than any number, and what is none.
    """

    texts: Mapping[str, str]
    header: str
    helpers: Mapping[str, str]
    infinity: str = "math.inf"
    nan: str = "math.nan"

    def number(self, value: float) -> str:
        """Return a number as text."""
        if math.isnan(value):
            return self.nan
        if math.isinf(value):
            return self.infinity if value > 0 else f"-{self.infinity}"
        return repr(value)


NUMPY = Target(
    OPERATORS
    | {name: f"np.{name}({{}})" for name in _SAME_NAME}
    | {name: f"np.{numpy}({{}})" for name, numpy in _INVERSE.items()}
    | {
        "power": "{} ** {}",
        "erf": "special.erf({})",
        "normal_cdf": "special.ndtr({})",
        "sigmoid": "special.expit({})",
        "softplus": "softplus({})",
        "absolute": "np.abs({})",
        "sign": "np.sign({})",
        "maximum": "np.maximum({}, {})",
        "minimum": "np.minimum({}, {})",
        "both": "{} & {}",
        "either": "{} | {}",
        "no": "~{}",
        "where": "np.where({}, {}, {})",
    },
    "import numpy as np\nfrom scipy import special\n",
    {"softplus": "def softplus(u):\n    return np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))\n"},
    "np.inf",
    "np.nan",
)

COMPLEX = Target(
    dict(NUMPY.texts)
    | {
        "sigmoid": "sigmoid({})",
        "softplus": "softplus({})",
        "absolute": "absolute({})",
        "sign": "np.sign(({}).real)",
        "maximum": "maximum({}, {})",
        "minimum": "-maximum(-({}), -({}))",
    }
    | {
        name: f"np.real({{}}) {OPERATORS[name][3:-3]} np.real({{}})"
        for name in ("greater", "greater_equal", "less", "less_equal", "equal", "not_equal")
    },
    NUMPY.header,
    {
        "absolute": "def absolute(u):\n    return np.where(np.real(u) < 0, -u, u)\n",
        "maximum": "def maximum(u, v):\n    return np.where(np.real(u) > np.real(v), u, v)\n",
        "minimum": "def maximum(u, v):\n    return np.where(np.real(u) > np.real(v), u, v)\n",
        "sigmoid": "def sigmoid(u):\n"
        "    decay = np.exp(np.where(np.real(u) < 0, u, -u))\n"
        "    return np.where(np.real(u) < 0, decay, 1) / (1 + decay)\n",
        "softplus": "def softplus(u):\n"
        "    size = np.where(np.real(u) < 0, -u, u)\n"
        "    return (u + size) / 2 + np.log1p(np.exp(-size))\n",
    },
    NUMPY.infinity,
    NUMPY.nan,
)
"""NumPy for complex z, whose sizes and signs are those of its real part: for the complex step."""

_LIMITED = "def {0}(u):\n    return math.{0}(u) if u < 709.7 else math.inf\n"

PYTHON = Target(
    OPERATORS
    | {name: f"math.{name}({{}})" for name in (*_SAME_NAME, *_INVERSE, "erf")}
    | {
        "exp": "exp({})",
        "expm1": "expm1({})",
        "sinh": "sinh({})",
        "cosh": "cosh({})",
        "power": "{} ** {}",
        "normal_cdf": "normal_cdf({})",
        "sigmoid": "sigmoid({})",
        "softplus": "softplus({})",
        "absolute": "abs({})",
        "sign": "sign({})",
        "maximum": "max({}, {})",
        "minimum": "min({}, {})",
        "both": "{} and {}",
        "either": "{} or {}",
        "no": "not {}",
        "where": "{1} if {0} else {2}",
    },
    "import math\n",
    {
        "exp": _LIMITED.format("exp"),
        "expm1": _LIMITED.format("expm1"),
        "sinh": "def sinh(u):\n"
        "    return math.sinh(u) if abs(u) < 710 else math.copysign(math.inf, u)\n",
        "cosh": "def cosh(u):\n    return math.cosh(u) if abs(u) < 710 else math.inf\n",
        "normal_cdf": "def normal_cdf(u):\n    return 0.5 * math.erfc(-0.7071067811865476 * u)\n",
        "sigmoid": "def sigmoid(u):\n"
        "    decay = math.exp(-abs(u))\n"
        "    return (decay if u < 0 else 1.0) / (1.0 + decay)\n",
        "softplus": "def softplus(u):\n    return max(u, 0.0) + math.log1p(math.exp(-abs(u)))\n",
        "sign": "def sign(u):\n    return float(u > 0) - float(u < 0)\n",
    },
)

_NUMBA = '@njit(error_model="numpy")\n'

NUMBA = Target(
    PYTHON.texts,
    "import math\n\nfrom numba import njit\n",
    {name: _NUMBA + text for name, text in PYTHON.helpers.items()},
)

C = Target(
    OPERATORS
    | {name: f"{name}({{}})" for name in (*_SAME_NAME, *_INVERSE, "erf")}
    | {
        "power": "pow({}, {})",
        "normal_cdf": "normal_cdf({})",
        "sigmoid": "sigmoid({})",
        "softplus": "softplus({})",
        "absolute": "fabs({})",
        "sign": "sign({})",
        "maximum": "fmax({}, {})",
        "minimum": "fmin({}, {})",
        "both": "{} && {}",
        "either": "{} || {}",
        "no": "!{}",
        "where": "{} ? {} : {}",
    },
    "#include <math.h>\n",
    {
        "normal_cdf": "static double normal_cdf(double u) {\n"
        "    return 0.5 * erfc(-0.7071067811865476 * u);\n}\n",
        "sigmoid": "static double sigmoid(double u) {\n"
        "    double decay = exp(-fabs(u));\n"
        "    return (u < 0 ? decay : 1.0) / (1.0 + decay);\n}\n",
        "softplus": "static double softplus(double u) {\n"
        "    return fmax(u, 0.0) + log1p(exp(-fabs(u)));\n}\n",
        "sign": "static double sign(double u) {\n    return (u > 0) - (u < 0);\n}\n",
    },
    "INFINITY",
    "NAN",
)

TARGETS: dict[str, Target] = {"numpy": NUMPY, "numba": NUMBA, "python": PYTHON, "c": C}
"""The languages, by the names that `--code` takes."""
