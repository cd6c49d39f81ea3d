"""Faults in sentences, in the program's own names."""

from typing import Any

import numpy as np

from .cause import Cause
from .files import Place
from .fingerprints import over
from .naming import Names
from .reading import Reading, Target, flat
from .record import Fault
from .source import expression

_WHAT = {
    "missing-factor": "leaves out a factor of the chain rule",
    "extra-factor": "has a factor too many",
    "wrong-derivative": "is not the derivative of what the forward pass computes",
    "wrong-sign": "has the wrong sign",
    "wrong-scale": "has another scale than the other gradients",
    "wrong-sum": "is summed over the wrong axis, or not summed",
    "wrong-operand": "is computed from the wrong value",
    "stale-value": "reads a value that was overwritten, or not set back, since the forward pass",
    "updated-too-early": "reads a parameter that this step has already changed",
    "missing-path": "leaves out a path: one summand of the total derivative",
    "missing-gradient": "moves the other parameters, and not this one",
    "swapped-parameters": "holds the gradient of the other parameter",
    "loss-value-as-gradient": "takes the loss's value where its derivative belongs",
    "overwritten-gradient": "keeps the last contribution only where all are to be added",
    "forward-mismatch": "differentiates another function than the forward pass computes",
}


def fault(reading: Reading, names: Names, cause: Cause) -> Fault:
    """Return a cause as a fault of the report."""
    learned = reading.step.learned
    parameters = tuple(learned[k].name for k in cause.parameters)
    found = names.label(cause.found) if cause.found is not None else _text(reading, cause)
    expected = names.partial(cause.expected) if cause.expected is not None else None
    repair = _repair(reading, names, cause)
    file, line = cause.place
    subject = f"{f'{file}, ' * bool(file)}line {line}"
    message = f"{subject} {_WHAT[cause.kind]}"
    if cause.kind == "missing-gradient":
        message = f"no step changes {', '.join(parameters)}, though the loss depends on it"
    elif cause.kind == "wrong-operand" and cause.node is None:
        message = (
            f"{subject} changes {', '.join(parameters)} by what is not the loss's gradient; "
            "which line makes it wrong could not be told"
        )
    elif expected is not None:
        held = _multiple(cause, expected) or f"{found}, {expected} is needed"
        message += f": it holds {held}"
    if repair:
        message += f"; {repair}"
    return Fault(
        line=line,
        function=_function(reading, cause.place),
        kind=cause.kind,
        parameters=parameters,
        found=found,
        expected=expected,
        repair=repair,
        message=message + ".",
        file=file or None,
    )


def _multiple(cause: Cause, expected: str) -> str | None:
    """Return how many times what is needed a value holds, beside the other gradients."""
    if cause.found is None or cause.found.target != cause.expected or not cause.scale:
        return None
    times = cause.found.scale / cause.scale
    return f"−{expected}" if f"{times:.4g}" == "-1" else f"{times:.4g} times {expected}"


def _text(reading: Reading, cause: Cause) -> str | None:
    """Return the expression that computes a value."""
    if cause.node is None:
        return None
    return expression(reading.step.graph.positions[cause.node.position]) or None


def _function(reading: Reading, place: Place) -> str | None:
    """Return the innermost function around a line."""
    graph = reading.step.graph
    functions = [
        at.function
        for number, at in enumerate(graph.positions)
        if at.line == place.line and at.function and graph.place(number) == place
    ]
    return max(functions, key=len) if functions else None


def _repair(reading: Reading, names: Names, cause: Cause) -> str | None:
    """Return what to do, in the program's own names."""
    parameters = [reading.step.learned[k].name for k in cause.parameters]
    if cause.kind == "missing-gradient":
        return f"subtract the step times ∂J/∂{parameters[0]}"
    if cause.kind == "wrong-sign":
        return "change the sign"
    if cause.kind == "updated-too-early":
        return f"compute this before {cause.other} is updated, or from a copy of it"
    if cause.kind == "stale-value":
        return "keep a copy, or set it to zero at each step"
    if cause.kind == "overwritten-gradient":
        return "add up with += instead of ="
    if cause.expected is None:
        return None
    if cause.kind == "wrong-derivative" and cause.expected.kind == "local":
        return f"use {derivative_text(reading, names, cause.expected)}"
    if cause.kind == "missing-factor":
        factor = _factor(reading, names, cause)
        return f"multiply by {factor}" if factor else None
    if cause.kind == "missing-path":
        return f"add the other parts of {names.partial(cause.expected)}"
    return None


def _factor(reading: Reading, names: Names, cause: Cause) -> str | None:
    """Return the factor that turns what is there into what is meant."""
    if cause.node is None or cause.expected is None or cause.expected not in reading.targets:
        return None
    few = len(reading.targets[cause.expected])
    there = over(reading.replayed[:few], cause.node.number)
    meant = flat(reading.targets[cause.expected])
    if there is None or there.size != meant.size:
        return None
    with np.errstate(all="ignore"):
        labels = reading.look_up(meant / there)
    for label in labels:
        if label.target.kind == "local":
            return derivative_text(reading, names, label.target)
        if label.target.kind == "value":
            return names.partial(label.target)
    return None


def derivative_text(reading: Reading, names: Names, target: Target) -> str:
    """Return a local derivative as an expression in the program's names, if it is a known one."""
    instances = _instances(reading, target)
    if instances is None:
        return names.partial(target)
    out, net, derivative = instances
    a, z = names.of(target.of), names.of(target.by)
    forms = {
        f"{a} * (1 - {a})": out * (1 - out),
        f"1 - {a} ** 2": 1 - out**2,
        f"({z} > 0)": (net > 0).astype(float),
        f"exp({z})": np.exp(np.minimum(net, 700)),
        f"2 * {z}": 2 * net,
    }
    for text, value in forms.items():
        if np.allclose(value, derivative, rtol=1e-8):
            return text
    return names.partial(target)


def _instances(reading: Reading, target: Target) -> tuple[Any, Any, Any] | None:
    """Return all values of f(z), of z and of the derivative that its lines have, over all replays.

    One value alone may fit anything: where a ReLU is off, a (1 − a) is 0 as well.
    """
    nodes = reading.step.graph.nodes
    lines = (nodes[target.of].position, nodes[target.by].position)
    found = []
    for one, derivatives in reading.targets.items():
        if one.kind != target.kind or one.transposed != target.transposed:
            continue
        if (nodes[one.of].position, nodes[one.by].position) == lines:
            for values, derivative in zip(reading.replayed, derivatives, strict=False):
                found.append((values[one.of], values[one.by], derivative))
    arrays = [[np.asarray(part, float) for part in one] for one in found]
    if any(len({np.shape(part) for part in one}) > 1 for one in arrays):
        return None
    out, net, derivative = (
        np.concatenate(list(map(np.ravel, parts))) for parts in zip(*arrays, strict=True)
    )
    return out, net, derivative
