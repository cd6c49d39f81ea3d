"""The rules derived for a network, computed as they are written, give the package's gradients."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from ruled import Problem, by_arrays, by_elements, number, partials

from chainrule import ACTIVATIONS, LOSSES
from chainrule.chain import Array
from chainrule.derivation.building import replaced
from chainrule.derivation.grammar import symbol
from chainrule.derivation.writing import written
from chainrule.network import OUTPUT_ACTIVATIONS
from chainrule.render.update_rules_machine import as_json
from chainrule.update_rules.deriving import derive_network
from chainrule.update_rules.record import Record

NAMES = sorted({loss.name for loss in LOSSES.values()})
PAIRS = [(loss, output) for loss in NAMES for output in LOSSES[loss].outputs or OUTPUT_ACTIVATIONS]
FEW = [pair for pair in PAIRS if pair[1] in ("softmax", "logistic", "exponential", "softplus")]
SHAPES = [
    ((3, 2), []),
    ((3, 1), []),
    ((1, 1, 1), ["tanh"]),
    ((3, 4, 2), ["logistic"]),
    ((2, 3, 3, 2), ["relu", "gelu"]),
    ((2, 2, 2, 2), ["selu", "mish"]),
    ((2, 3, 2, 3, 2, 3, 2), ["tanh"] * 5),
]


def problem(
    sizes: tuple[int, ...],
    hidden: list[str],
    loss: str = "half_squared_error",
    output: str = "auto",
) -> tuple[Record, Problem]:
    record = derive_network(sizes, hidden, loss, output)
    return record, Problem(sizes, hidden, loss, record.architecture.output_activation)


def distance(found: dict[str, Array], expected: dict[str, Array]) -> float:
    """The largest difference of two gradients, as a share of the largest element."""
    size = max(abs(part).max() for part in expected.values())
    return max(abs(found[name] - part).max() for name, part in expected.items()) / size


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_each_loss_on_each_output(loss: str, output: str) -> None:
    record, given = problem((3, 4, 3), ["tanh"], loss, output)
    assert distance(by_arrays(json.loads(as_json(record)), given), given.gradients()) < 1e-12


@pytest.mark.parametrize(("loss", "output"), FEW)
def test_each_element(loss: str, output: str) -> None:
    record, given = problem((2, 2, 4), ["tanh"], loss, output)
    assert distance(by_elements(record, given, 1), given.gradients(slice(1, 2))) < 1e-12


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation(name: str) -> None:
    record, given = problem((3, 4, 3), [name])
    assert distance(by_arrays(json.loads(as_json(record)), given), given.gradients()) < 1e-12


@pytest.mark.parametrize(("sizes", "hidden"), SHAPES)
def test_each_shape(sizes: tuple[int, ...], hidden: list[str]) -> None:
    record, given = problem(sizes, hidden)
    known = by_arrays(json.loads(as_json(record)), given)
    assert distance(known, given.gradients()) < 1e-12
    assert distance(by_elements(record, given, 2), given.gradients(slice(2, 3))) < 1e-12
    for name, expected in given.gradients().items():
        layer = record.layers[int(name[2:]) - 1]
        rule = layer.dW if name.startswith("dW") else layer.db
        place = tuple(size - 1 for size in expected.shape)
        here = dict(zip(("i", "j")[-len(place) :], place, strict=True))
        assert rule.mean is not None
        assert number(rule.mean, known, here) == pytest.approx(expected[place], rel=1e-12)


@pytest.mark.parametrize(("loss", "output"), FEW)
def test_every_line_equals_the_next(loss: str, output: str) -> None:
    record, given = problem((2, 2, 3), ["silu"], loss, output)
    known = partials(record, by_elements(record, given, 0))
    here = {"i": 1, "j": 1, "m": 1}
    for rule in (rule for layer in record.layers for rule in (*layer.forward, *layer.backward)):
        values = [number(line.expression, known, here) for line in rule.lines]
        np.testing.assert_allclose(values, values[-1], rtol=1e-9, atol=1e-14, err_msg=rule.of)
        texts = [written(line.expression) for line in rule.lines]
        assert all(one != following for one, following in pairwise(texts)), rule.of
    for case, m in zip(record.jacobian, (1, 0), strict=bool(record.jacobian)):
        assert case.where == ("m = j" if m == 1 else "m ≠ j")
        values = [number(line.expression, known, {**here, "m": m}) for line in case.lines]
        slope = known["∂a2/∂z2"][m, 1]
        np.testing.assert_allclose(values, slope, rtol=1e-9, atol=1e-14, err_msg=case.where)


def test_the_indices_run_over_the_units_of_their_layers() -> None:
    first, last = derive_network("7-5-1").layers
    assert [layer.z.lines[0].reason for layer in (first, last)] == [
        "i = 0…6, j = 0…4", "i = 0…4, j = 0",
    ]  # fmt: skip
    assert first.da.lines[0].reason == "k = 0"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dz2 @ W2.T", "dz2 @ W2"),
        ("*(1 - a1)", ""),
        ("a2 - Y", "Y - a2"),
        ("X.T @ dz1", "X.T @ da1"),
        (" @ dz2/n", " @ dz2"),
    ],
)
def test_an_error_in_a_rule_of_arrays_is_found(right: str, wrong: str) -> None:
    record, given = problem((3, 3, 3), ["logistic"])
    text = as_json(record)
    assert right in text
    assert (
        distance(by_arrays(json.loads(text.replace(right, wrong)), given), given.gradients()) > 0.01
    )


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("W2[j, k]", "W2[k, j]"), ("a1[j]", "z1[j]"), ("∂J/∂z2[k]", "∂J/∂a2[k]"), ("x[i]", "z1[i]")],
)
def test_an_error_in_a_rule_of_elements_is_found(right: str, wrong: str) -> None:
    record, given = problem((3, 3, 3), ["logistic"])

    def planted(rule: Any) -> Any:
        lines = [
            replace(one, expression=replaced(one.expression, {symbol(right): symbol(wrong)}))
            for one in rule.lines
        ]
        return replace(rule, lines=tuple(lines))

    first = record.layers[0]
    wrong_layer = replace(first, dz=planted(first.dz), dW=planted(first.dW))
    wrong_record = replace(record, layers=(wrong_layer, *record.layers[1:]))
    assert distance(by_elements(wrong_record, given, 0), given.gradients(slice(1))) > 0.01
