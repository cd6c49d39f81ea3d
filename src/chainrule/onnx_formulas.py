"""A formula's lines as ONNX nodes: the same operations as its code has, one by one."""

from collections.abc import Callable

from . import onnx_graph as of
from .derivation.lines import Lines
from .onnx_graph import Graph, Value

_SAME = {
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "negative": "Neg",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "equal": "Equal",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "sin": "Sin",
    "cos": "Cos",
    "tanh": "Tanh",
    "power": "Pow",
    "sigmoid": "Sigmoid",
    "absolute": "Abs",
    "sign": "Sign",
    "maximum": "Max",
    "minimum": "Min",
    "both": "And",
    "either": "Or",
    "no": "Not",
    "where": "Where",
}
_MADE: dict[str, Callable[[Graph, Value], Value]] = {
    "expm1": of.expm1,
    "log1p": of.log1p,
    "tan": of.tan,
    "sinh": of.sinh,
    "cosh": of.cosh,
    "asin": of.asin,
    "acos": of.acos,
    "atan": of.atan,
    "asinh": of.asinh,
    "acosh": of.acosh,
    "atanh": of.atanh,
    "erf": of.erf,
    "normal_cdf": of.normal_cdf,
    "softplus": of.softplus,
}
OPERATIONS = {*_SAME, *_MADE, "not_equal", "number", "x"}
"""What a line may be."""


def formula_nodes(g: Graph, lines: Lines, output: int, x: Value) -> Value:
    """Add the nodes that one line of a formula needs, of x, and return its value."""
    found: dict[int, Value] = {}
    for line in lines.needed((output,)):
        operation = lines.all[line]
        if operation.name == "x":
            found[line] = x
        elif operation.name == "number":
            found[line] = g.number(operation.args[0])
        else:
            found[line] = _node(g, operation.name, [found[arg] for arg in operation.args])
    if lines.all[output].name in ("number", "where"):  # of x's shape, whatever it is made of
        return g.add("Add", found[output], g.add("Mul", g.number(0), x))
    return found[output]


def _node(g: Graph, name: str, args: list[Value]) -> Value:
    if name in _MADE:
        return _MADE[name](g, *args)
    if name == "not_equal":
        return g.add("Not", g.add("Equal", *args))
    return g.add(_SAME[name], *args)
