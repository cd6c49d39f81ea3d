"""Functions made of few operators, in onnxruntime, beside SciPy's."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from chainrule import onnx_graph as of
from chainrule.chain import Array
from chainrule.network import OUTPUT_ACTIVATIONS
from chainrule.onnx_export import _assembled, _onnx, _type

pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

WIDE = np.concatenate([np.linspace(-40, 40, 4001), [0.0, 1e-9, -1e-9, 1e-300, 700, -700]])
INSIDE = WIDE[abs(WIDE) < 1]
FUNCTIONS: dict[str, tuple[Callable[[Array], Array], Array]] = {
    "expm1": (np.expm1, WIDE),
    "log1p": (np.log1p, WIDE[WIDE > -1]),
    "softplus": (lambda u: np.logaddexp(0, u), WIDE),
    "erf": (special.erf, WIDE),
    "erfc": (special.erfc, WIDE[WIDE < 26]),
    "normal_cdf": (special.ndtr, WIDE[WIDE > -37]),
    "sinh": (np.sinh, WIDE),
    "cosh": (np.cosh, WIDE),
    "tan": (np.tan, INSIDE),
    "asinh": (np.arcsinh, WIDE),
    "acosh": (np.arccosh, WIDE[WIDE > 1]),
    "atanh": (np.arctanh, INSIDE),
    "atan": (np.arctan, WIDE),
    "asin": (np.arcsin, INSIDE),
    "acos": (np.arccos, INSIDE),
}


def computed(function: Any, u: Array) -> Array:
    onnx, g = _onnx(), of.Graph(np.float64)
    out = g.add("Identity", function(g, "u"), name="out")
    info = onnx.helper.make_tensor_value_info
    kind = _type(onnx, np.float64)
    proto = _assembled(onnx, g, [info("u", kind, ["n"])], [info(out, kind, ["n"])])
    onnx.checker.check_model(proto, full_check=True)
    found: Array = runtime.InferenceSession(proto.SerializeToString()).run(None, {"u": u})[0]
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_its_digits_everywhere(name: str) -> None:
    function, places = FUNCTIONS[name]
    found = computed(getattr(of, name), places)
    np.testing.assert_allclose(found, function(places), rtol=1e-12, atol=1e-300)


def test_every_activation_has_its_operators() -> None:
    assert set(of.ACTIVATION_OPERATORS) == set(OUTPUT_ACTIVATIONS)


def test_equal_constants_are_one() -> None:
    g = of.Graph(np.float64)
    assert g.number(2) == g.number(2.0) != g.number(3)
    assert g.constant(np.array(["a", "b"], object)) != g.constant(np.array(["a"], object))
    g.taken = {"/v0", "label"}
    assert (g.add("Exp", "x"), g.add("Exp", "x", name="label")) == ("/v0_", "label_")
