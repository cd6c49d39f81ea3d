"""Networks computed by their derived rules alone, element by element or as arrays."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy
from scipy import special

from chainrule.activations import ACTIVATIONS, EXPONENTIAL
from chainrule.chain import Array
from chainrule.derivation.building import Expr, replaced
from chainrule.derivation.evaluation import value
from chainrule.derivation.sums import summed
from chainrule.losses import LOSSES
from chainrule.network import Network
from chainrule.parameters import Parameters
from chainrule.update_rules.record import Record

FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "cos": np.cos,
    "sin": np.sin,
    "abs": np.abs,
    "sign": np.sign,
    "max": np.maximum,
    "min": np.minimum,
    "where": np.where,
    "sigmoid": special.expit,
    "softplus": lambda u: np.logaddexp(0, u),
    "Phi": special.ndtr,
    "pi": np.pi,
    "sum": np.sum,
}
"""What the formulas of the JSON call."""


class Problem:
    """A network of drawn weights, rows and targets, with the gradients that the package finds."""

    def __init__(self, sizes: tuple[int, ...], hidden: list[str], loss: str, output: str) -> None:
        random = np.random.default_rng(sum(sizes))
        network = Network(sizes, tuple(ACTIVATIONS[name] for name in hidden), output, LOSSES[loss])
        parameters = Parameters.zeros(sizes)
        parameters.flat[:] = random.normal(scale=0.7, size=parameters.flat.size)
        rows, self.n_rows = random.normal(size=(4, sizes[0])), 4
        targets = random.uniform(size=(4, sizes[-1]))
        if LOSSES[loss].name == "poisson":
            targets = random.integers(0, 4, (4, sizes[-1])).astype(float)
        elif LOSSES[loss].outputs:
            targets = np.eye(max(sizes[-1], 2))[random.integers(0, sizes[-1], 4), : sizes[-1]]
        self.network, self.parameters, self.rows, self.targets = network, parameters, rows, targets

    def gradients(self, rows: slice = slice(None)) -> dict[str, Array]:
        """The gradients of the mean loss of rows, by the names of the rules."""
        found = self.network.gradients(self.parameters, self.rows[rows], self.targets[rows])
        layers = enumerate(zip(found.dW, found.db, strict=True), start=1)
        return {
            name: part
            for n, pair in layers
            for name, part in zip((f"dW{n}", f"db{n}"), pair, strict=True)
        }

    def given(self) -> dict[str, Array]:
        """The weights and biases, by the names of the rules."""
        layers = enumerate(zip(self.parameters.W, self.parameters.b, strict=True), start=1)
        return {
            name: part
            for n, pair in layers
            for name, part in zip((f"W{n}", f"b{n}"), pair, strict=True)
        }


def by_arrays(content: Mapping[str, Any], problem: Problem) -> dict[str, Array]:
    """All arrays of a network for all rows, computed by the `array` formulas of its JSON."""
    known: dict[str, Any] = {**problem.given(), "X": problem.rows, "Y": problem.targets}
    known["n"] = problem.n_rows
    for rule in (rule for layer in content["layers"] for rule in layer["forward"]):
        known[rule["name"]] = eval(rule["array"], FUNCTIONS, known)
    for rule in (rule for layer in content["layers"][::-1] for rule in layer["backward"]):
        known[rule["name"]] = eval(rule["array"], FUNCTIONS, known)
        sizes = [problem.n_rows if size == "n" else size for size in rule["shape"]]
        assert list(np.shape(known[rule["name"]])) == sizes
    return known


def by_elements(record: Record, problem: Problem, row: int) -> dict[str, Array]:
    """All arrays of a network for one row, each element by its rule."""
    known = {**problem.given(), "x": problem.rows[row], "y": problem.targets[row]}
    rules = [rule for layer in record.layers for rule in layer.forward]
    rules += [rule for layer in record.layers[::-1] for rule in layer.backward]
    for rule in rules:
        sizes = [size for size in rule.shape if isinstance(size, int)]
        indices = rule.of.rpartition("[")[2].rstrip("]").split(", ")
        known[rule.name] = np.empty(sizes)
        for place in itertools.product(*map(range, sizes)):
            here = dict(zip(indices, place, strict=True))
            known[rule.name][place] = number(rule.element, known, here)
    return known


def number(expression: Expr, arrays: Mapping[str, Any], here: Mapping[str, int]) -> float:
    """A formula of elements as a number, its sums over an index written out."""
    known: dict[Any, float] = {}
    sums = {}
    for node in _outermost_sums(expression):
        term, index = node.args
        places = range(_size(term, str(index), arrays))
        sums[node] = sympy.Dummy(real=True)
        known[sums[node]] = sum(number(term, arrays, {**here, str(index): k}) for k in places)
    plain = replaced(expression, sums)
    for symbol in plain.free_symbols - set(known):
        known[symbol] = _element(symbol.name, arrays, here)
    return float(value(plain, known, digits=20))


def _outermost_sums(node: Expr) -> list[Expr]:
    if isinstance(node, summed):
        return [node]
    return [found for part in node.args for found in _outermost_sums(part)]


def _size(term: Expr, index: str, arrays: Mapping[str, Any]) -> int:
    """How many values an index has, by the shapes of the arrays it is an index of."""
    for symbol in term.free_symbols:
        name, indices = _taken_apart(symbol.name)
        if index in indices and name != "δ":
            return int(np.shape(arrays[name])[indices.index(index)])
    raise AssertionError(index)


def _element(name: str, arrays: Mapping[str, Any], here: Mapping[str, int]) -> float:
    name, indices = _taken_apart(name)
    place = tuple(here[index] for index in indices)
    if name == "δ":
        return float(place[0] == place[1])
    return float(np.asarray(arrays[name])[place])


def _taken_apart(name: str) -> tuple[str, list[str]]:
    """The array and the indices: dz2 and k of ∂J/∂z2[k], ∂z2/∂a1 and k, j of ∂z2[k]/∂a1[j]."""
    indices = [index for found in re.findall(r"\[(.+?)\]", name) for index in found.split(", ")]
    array = re.sub(r"\[.+?\]", "", name)
    return re.sub("^∂[Jℓ]/∂", "d", array), indices


def partials(record: Record, known: dict[str, Any]) -> dict[str, Any]:
    """The derivatives that a rule only names, of one row, from the definitions of z and a."""
    found: dict[str, Any] = {"c": 0.0}
    for layer in record.layers:
        n, before = layer.number, "x" if layer.number == 1 else f"a{layer.number - 1}"
        eye = np.eye(layer.n_units)
        found[f"∂z{n}/∂a{n - 1}"] = known[f"W{n}"].T
        found[f"∂z{n}/∂b{n}"] = eye
        found[f"∂z{n}/∂W{n}"] = np.einsum("zj,i->zij", eye, known[before])
        a, z = known[f"a{n}"], known[f"z{n}"]
        if layer.activation is None:
            found["S"] = np.exp(z).sum()
            found[f"∂a{n}/∂z{n}"] = np.diag(a) - np.outer(a, a)
        else:
            slope = (ACTIVATIONS | {"exponential": EXPONENTIAL})[layer.activation.name].derivative(
                z
            )
            found[f"∂a{n}/∂z{n}"] = np.diag(slope)
    return known | found
