import json
import random
import re
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from chainrule import MLPClassifier, MLPRegressor, scratch, trace_step
from chainrule.errors import InputError
from chainrule.render.step_machine import step_trace as as_json
from chainrule.render.step_text import step_trace as as_text
from chainrule.reports import StepTrace

X = np.random.default_rng(0).normal(size=(6, 3))
Y = np.array(["a", "b", "c", "a", "b", "c"])


def arrays(trace: StepTrace, what: str) -> dict[str, Any]:
    return {one.name: np.array(getattr(one, what)) for one in trace.parameters}


@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "sgd", "momentum": 0.0, "learning_rate_init": 0.3},
        {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": True},
        {"solver": "adam", "alpha": 0.1},
        {"solver": "adam", "weight_decay": 0.2, "max_grad_norm": 0.01},
    ],
)
def test_the_step_is_the_one_that_training_takes(settings: dict[str, Any]) -> None:
    model = MLPClassifier((4,), "tanh", random_state=0, batch_size=6, shuffle=False, **settings)
    model.build(X, Y)
    trace = trace_step(model, X, Y)
    before = {name: array.copy() for name, array in model.parameters_.named().items()}
    model.partial_fit(X, Y)
    for name, after in model.parameters_.named().items():
        np.testing.assert_array_equal(arrays(trace, "before")[name], before[name])
        np.testing.assert_allclose(arrays(trace, "after")[name], after, rtol=1e-13, atol=1e-16)
    assert trace.objective_after == pytest.approx(model.compute_loss(X, Y), rel=1e-13)
    assert trace.objective_after < trace.objective_before


def test_what_is_traced_obeys_the_equations() -> None:
    model = MLPRegressor("huber", (4, 3), ["tanh", "silu"], alpha=0.3, random_state=1)
    y = X @ [1.0, -2.0, 0.5]
    trace = trace_step(model.build(X, y), X, y, learning_rate=0.1)
    W, gradients = arrays(trace, "before"), arrays(trace, "gradient")
    incoming = np.array(trace.inputs)
    for number, layer in enumerate(trace.layers, start=1):
        z, a, delta = map(np.array, (layer.pre_activations, layer.activations, layer.deltas))
        np.testing.assert_allclose(z, incoming @ W[f"W{number}"] + W[f"b{number}"], rtol=1e-12)
        expected = incoming.T @ delta + 0.3 / 6 * W[f"W{number}"]
        np.testing.assert_allclose(gradients[f"W{number}"], expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(gradients[f"b{number}"], delta.sum(axis=0), rtol=1e-12)
        incoming = a
    for name, step in arrays(trace, "step").items():
        np.testing.assert_allclose(step, -0.1 * gradients[name], rtol=1e-15)
        np.testing.assert_array_equal(arrays(trace, "after")[name], W[name] + step)
    assert trace.shares == (1 / 6,) * 6


def test_the_classic_network_takes_its_own_step() -> None:
    random.seed(1)
    network = scratch.initialize_network(2, 2, 2)
    row = scratch.DEMO_ROWS[3]
    trace = trace_step(network, [row[:-1]], [row[-1]], learning_rate=0.5)
    scratch.forward_propagate(network, row)
    scratch.backward_propagate_error(network, [1.0, 0.0])
    scratch.update_weights(network, row, 0.5)
    for number, layer in enumerate(network, start=1):
        for unit, neuron in enumerate(layer):
            after = [*arrays(trace, "after")[f"W{number}"][:, unit]]
            after.append(arrays(trace, "after")[f"b{number}"][unit])
            assert neuron["weights"] == pytest.approx(after, rel=1e-13)
            assert neuron["delta"] == pytest.approx(trace.layers[number - 1].deltas[0][unit])


def test_every_digit_is_shown_on_a_narrow_terminal() -> None:
    trace = trace_step(MLPClassifier((12,), random_state=0).build(X, Y), X, Y, learning_rate=0.1)
    text = as_text(trace, Console(width=40))
    assert "…" not in text
    row = re.search(r"^ +W1\[2, 11\] +(\S+) +(\S+) +(\S+) +(\S+)$", text, re.MULTILINE)
    assert row is not None
    expected = [
        arrays(trace, what)["W1"][2, 11] for what in ("before", "gradient", "step", "after")
    ]
    assert [float(number) for number in row.groups()] == pytest.approx(expected, rel=1e-5)


def test_the_fixture_is_json_that_any_language_reads() -> None:
    model = MLPClassifier((2,), "relu", random_state=0).build(X, Y)
    record = json.loads(as_json(trace_step(model, X, Y, row=2)), parse_constant=pytest.fail)
    assert record["schema"] == "chainrule.step/1"
    assert record["rows"] == ["row 2"]
    assert record["optimizer"] == "adam"
    assert record["settings"]["learning_rate"] == 0.001
    assert np.shape(record["layers"][0]["deltas"]) == (1, 2)
    assert record["parameters"][0]["after"] == trace_step(model, X, Y, row=2).parameters[
        0
    ].after or (record["parameters"][0]["name"] == "W1")


@pytest.mark.parametrize(
    ("model", "choices", "message"),
    [
        (MLPClassifier((2,), solver="lbfgs"), {}, "`learning_rate` must be given: the model has"),
        (MLPClassifier((2,)), {"learning_rate": 0.0}, "must be greater than 0, got 0"),
        (MLPClassifier((2,)), {"row": 6}, "`row` must be 0 to 5"),
    ],
)
def test_a_step_that_cannot_be_taken(
    model: MLPClassifier, choices: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        trace_step(model.build(X, Y), X, Y, **choices)
