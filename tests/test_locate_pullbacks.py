"""Pullbacks of single operations: equal to central differences, and nothing where there is none."""

import math
import operator
from typing import Any

import numpy as np
import pytest
from derivatives import Case
from operation_cases import CASES, ODD, STRIDED, A, V, matrix

from chainrule.locate.cotangents import NotDifferentiable
from chainrule.locate.formulas import FORMULAS, REDUCTIONS
from chainrule.locate.graph import Method, Node
from chainrule.locate.operations import operation
from chainrule.locate.pullbacks import pullback


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(("function", "arguments", "keywords"), CASES)
def test_a_pullback_is_the_derivative(function: Any, arguments: Any, keywords: Any) -> None:
    Case(function, *arguments, **keywords).check()


def check_all(cases: list[Any]) -> None:
    for case in cases:
        function, arguments, keywords = case.values
        Case(function, *arguments, **keywords).check()


def test_every_row_of_the_tables_has_a_case() -> None:
    names = {operation(Node(1, case.values[0], case.values[1], {}, 0)) for case in CASES}
    assert set(FORMULAS) | set(REDUCTIONS) <= names | {"outer"}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize(
    ("name", "place"),
    [(name, k) for name, row in FORMULAS.items() for k, formula in enumerate(row) if formula],
)
def test_a_wrong_formula_is_noticed(name: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    row: list[Any] = list(FORMULAS[name])
    right = row[place]
    row[place] = lambda dy, *given: right(np.multiply(dy, 1.0001), *given)
    monkeypatch.setitem(FORMULAS, name, row)
    with pytest.raises(AssertionError, match="Not equal"):
        check_all(CASES)


def cotangents(function: Any, *arguments: Any, **keywords: Any) -> list[Any]:
    """The cotangents of a function's floating-point arguments, of a cotangent of ones."""
    one = Case(function, *arguments, **keywords)
    y = one.values[one.node.number]
    dy = np.ones(np.shape(y)) if np.ndim(y) else 1.0
    return [part for _, part in pullback(one.node, one.values, dy)]


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (np.maximum, (0.0, 0.0), [1.0, 0.0]),
        (np.minimum, (np.zeros(1), np.zeros(1)), [[1.0], [0.0]]),
        (np.maximum, (np.zeros(1, int), np.zeros(1)), [[0.0]]),
        (np.clip, (np.array([1.0, 2.0]), 1, 2), [[1.0, 1.0]]),
        (np.abs, (np.zeros(1),), [[0.0]]),
        (np.max, (np.array([2.0, 1.0, 2.0]),), [[0.5, 0.0, 0.5]]),
        (np.linalg.norm, (np.zeros(2),), [[0.0, 0.0]]),
        (np.power, (np.zeros(1), np.zeros(1)), [[0.0], [-np.inf]]),
        (operator.pow, (0.0, 2.0), [0.0, 0.0]),
        (operator.pow, (0.0, 0.5), [np.inf, 0.0]),
        (math.sqrt, (0.0,), [np.inf]),
    ],
)
def test_kinks_and_poles(function: Any, arguments: Any, expected: Any) -> None:
    for got, wanted in zip(cotangents(function, *arguments), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("function", [np.floor, np.sign, np.round, np.argmax, np.isnan, np.argsort])
def test_what_is_constant_between_jumps_gives_nothing(function: Any) -> None:
    assert cotangents(function, ODD) == []


def test_integers_and_masks_have_no_cotangent() -> None:
    assert len(cotangents(operator.mul, A, np.arange(4))) == 1
    assert len(cotangents(operator.getitem, A, np.array([0, 2]))) == 1
    assert len(cotangents(np.where, A > 1, A, 0)) == 1
    assert cotangents(np.multiply, np.arange(3), np.arange(3)) == []
    assert cotangents(Method("astype"), A, int) == []


def test_cotangents_of_numbers_are_python_floats() -> None:
    for x in (0.5, np.float64(0.5), np.float32(0.5)):
        for function in (operator.mul, operator.pow, np.maximum, np.matmul)[:3]:
            assert [type(part) for part in cotangents(function, x, x)] == [float, float]
        assert [type(part) for part in cotangents(operator.mul, x, A)] == [float, np.ndarray]


def test_cotangents_of_single_precision_are_in_double() -> None:
    (part, _) = cotangents(operator.mul, A.astype(np.float32), A)
    assert part.dtype == np.float64


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (np.convolve, (V, V), "convolve"),
        (np.linalg.norm, (A, 1), "norm"),
        (np.pad, (A, 1, "mean"), "pad"),
        (np.modf, (0.5,), "modf"),
        (Method("view"), (A, np.float32), "copy"),
        (np.sort, (A, None), "sort"),
        (np.max, (A, None, None, False, 0.5), "max"),
        (operator.pow, (matrix(np.eye(2)), 2), "power of an np.matrix"),
        (operator.mul, (A, A * 1j), "complex"),
        (STRIDED, (A[:, ::2], (2, 2), (8, 8)), "as_strided"),
    ],
)
def test_what_is_not_differentiable_is_named(function: Any, arguments: Any, name: str) -> None:
    with pytest.raises(NotDifferentiable, match=name):
        cotangents(function, *arguments)


@pytest.mark.parametrize(
    ("function", "keywords", "name"),
    [
        (np.sum, {"a": A}, "sum with a="),
        (np.clip, {"a": A, "a_min": 0.5, "a_max": 1.0}, "clip with a="),
        (np.max, {"a": A, "initial": 0.5}, "max with"),
    ],
)
def test_arrays_given_by_name_are_refused(function: Any, keywords: Any, name: str) -> None:
    with pytest.raises(NotDifferentiable, match=name):
        cotangents(function, **keywords)


@pytest.mark.parametrize("arguments", [(A, np.ones(3)), (A, 0, None)])
def test_calls_that_no_rule_expects_are_refused(arguments: Any) -> None:
    call = Node(2, np.matmul, arguments, {"axes": 3}, 0)
    with pytest.raises(NotDifferentiable, match="matmul") as caught:
        pullback(call, {2: A}, A)
    assert caught.value.node is call
