"""Operations: one name for the same operation, however a program writes it."""

import math
import operator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from foreign import last_stored, trace

from chainrule.locate.graph import (
    Attribute,
    Method,
    Node,
    element,
    follow,
    inputs,
    read_through,
    write_through,
)
from chainrule.locate.operations import SYNONYMS, operation

LEAF = Node(0, None, (), {}, 0)
EQUAL: dict[str, list[Any]] = {
    "add": [operator.add, np.add],
    "subtract": [operator.sub, np.subtract],
    "multiply": [operator.mul, np.multiply],
    "divide": [operator.truediv, np.divide, np.true_divide],
    "floor_divide": [operator.floordiv, np.floor_divide],
    "remainder": [operator.mod, np.mod, np.remainder],
    "power": [operator.pow, pow, math.pow, np.power],
    "negative": [operator.neg, np.negative],
    "absolute": [operator.abs, abs, math.fabs, np.abs, np.fabs],
    "matmul": [operator.matmul, np.matmul],
    "dot": [np.dot, Method("dot")],
    "sum": [sum, math.fsum, np.sum, Method("sum"), np.add.reduce],
    "prod": [math.prod, np.prod, Method("prod"), np.multiply.reduce],
    "mean": [np.mean, Method("mean")],
    "max": [np.max, np.amax, Method("max"), np.maximum.reduce],
    "min": [np.min, np.amin, Method("min"), np.minimum.reduce],
    "cumsum": [np.cumsum, Method("cumsum"), np.add.accumulate],
    "exp": [math.exp, np.exp],
    "log": [math.log, np.log],
    "tanh": [math.tanh, np.tanh],
    "sqrt": [math.sqrt, np.sqrt],
    "arctan": [math.atan, np.arctan],
    "clip": [np.clip, Method("clip")],
    "maximum": [np.maximum],
    "minimum": [np.minimum],
    "reshape": [np.reshape, Method("reshape")],
    "transpose": [np.transpose, Method("transpose"), Attribute("T"), Method("getT")],
    "inv": [np.linalg.inv, Attribute("I")],
    "getitem": [operator.getitem, read_through, follow, element],
    "write_through": [write_through],
    "copy": [np.copy, Method("copy"), np.float64, float, Method("astype"), np.asarray, np.array],
    "greater": [operator.gt, np.greater],
    "less_equal": [operator.le, np.less_equal],
    "equal": [operator.eq, np.equal],
    "bitwise_and": [operator.and_, np.bitwise_and],
    "subtract.outer": [np.subtract.outer],
    "einsum": [np.einsum],
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_operations_have_one_name(name: str) -> None:
    for function in EQUAL[name]:
        assert operation(Node(1, function, (LEAF,), {}, 0)) == name, function


def test_names_that_depend_on_arguments() -> None:
    item: Any = Method("item")
    assert operation(LEAF) == "leaf"
    assert operation(Node(1, np.array, ([LEAF, LEAF],), {}, 0)) == "array"
    assert operation(Node(1, item, (LEAF,), {}, 0)) == "copy"
    assert operation(Node(1, item, (LEAF, 2), {}, 0)) == "getitem"


def test_a_synonym_is_no_synonym_of_a_third() -> None:
    assert not set(SYNONYMS) & set(SYNONYMS.values())


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("a * b", "multiply"),
        ("x * 2", "multiply"),
        ("-a", "negative"),
        ("a.sum()", "sum"),
        ("sum([x, x])", "sum"),
        ("a.T", "transpose"),
        ("a[0]", "getitem"),
        ("a[0, 1]", "getitem"),
        ("a.flat[1]", "getitem"),
        ("a.tolist()[0][1]", "getitem"),
        ("np.array([x, 1.0])", "array"),
        ("np.array(a)", "copy"),
        ("a > 0", "greater"),
        ("np.maximum(a, 0)", "maximum"),
        ("abs(x)", "absolute"),
        ("np.c_[a, b]", "concatenate"),
        ("np.split(a, 2)[0]", "getitem"),
    ],
)
def test_names_of_recorded_operations(expression: str, name: str, tmp_path: Path) -> None:
    text = "import numpy as np\na = np.ones((2, 2))\nb = a + 1\nx = 0.5\n"
    node = last_stored(trace(tmp_path, f"{text}y = {expression}\n"), "y")
    assert operation(node) == name
    assert inputs(node)
