"""The classic network from scratch: it does use the chain rule, as three products in two functions.

Error E = ½ Σ (output − expected)², neuron z = bias + Σ weight · input, output = σ(z).  No single
line shows the whole chain, because each product stores its result for the next one:

    product  function                  multiplies                          gives
    1        backward_propagate_error  ∂E/∂output · ∂output/∂z             ∂E/∂z = delta
    2        backward_propagate_error  ∂z_next/∂output · ∂E/∂z_next,       ∂E/∂output of a
                                       summed over the paths onward        hidden neuron
    3        update_weights            ∂E/∂z · ∂z/∂weight                  ∂E/∂weight

A `delta` is thus ∂E/∂z: neither an error nor a change of a weight.  A network is a list of layers,
a layer a list of neurons, a neuron a dict of its 'weights' (bias last), 'output' and 'delta'; its
known flaws are kept: docs/classic-code.md.  `python -m chainrule.scratch` trains it on ten rows.
"""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from math import exp
from random import random, randrange, seed
from typing import Any

Neuron = dict[str, Any]
Layer = list[Neuron]
Network = list[Layer]
Row = list[Any]

DEMO_ROWS: list[Row] = [
    [2.7810836, 2.550537003, 0],
    [1.465489372, 2.362125076, 0],
    [3.396561688, 4.400293529, 0],
    [1.38807019, 1.850220317, 0],
    [3.06407232, 3.005305973, 0],
    [7.627531214, 2.759262235, 1],
    [5.332441248, 2.088626775, 1],
    [6.922596716, 1.77106367, 1],
    [8.675418651, -0.242068655, 1],
    [7.673756466, 3.508563011, 1],
]


def initialize_network(n_inputs: int, n_hidden: int, n_outputs: int) -> Network:
    """Return a hidden and an output layer whose weights are drawn uniformly from [0, 1).

    >>> [[len(neuron["weights"]) for neuron in layer] for layer in initialize_network(2, 1, 2)]
    [[3], [2, 2]]
    """
    sizes = [(n_hidden, n_inputs), (n_outputs, n_hidden)]
    return [
        [{"weights": [random() for _ in range(fan_in + 1)]} for _ in range(size)]
        for size, fan_in in sizes
    ]


def activate(weights: Sequence[float], inputs: Sequence[Any]) -> float:
    """Return a neuron's net input, z = bias + Σ weight · input; surplus inputs are not read.

    >>> activate([2.0, 3.0, 0.5], [1.0, 10.0, "label"])
    32.5
    """
    z = weights[-1]
    for j in range(len(weights) - 1):
        z += weights[j] * inputs[j]
    return z


def transfer(activation: float) -> float:
    """Return the logistic sigmoid, σ(z) = 1 / (1 + e⁻ᶻ).

    >>> transfer(0.0)
    0.5
    """
    return 1.0 / (1.0 + exp(-activation))


def forward_propagate(network: Network, row: Sequence[Any]) -> list[float]:
    """Store every neuron's output, output = σ(z), layer by layer; return those of the last layer.

    >>> forward_propagate([[{"weights": [1.0, -1.0]}]], [1.0, "label"])
    [0.5]
    """
    values = list(row)
    for layer in network:
        for neuron in layer:
            neuron["output"] = transfer(activate(neuron["weights"], values))
        values = [neuron["output"] for neuron in layer]
    return values


def transfer_derivative(output: float) -> float:
    """Return σ′(z) by way of the output σ(z), not of z: ∂output/∂z = output · (1 − output).

    >>> transfer_derivative(0.5)
    0.25
    """
    return output * (1.0 - output)


def backward_propagate_error(network: Network, expected: Sequence[float]) -> None:
    """Store every neuron's delta = ∂E/∂z, last layer first; E = ½ Σ (output − expected)².

    >>> network = [[{"weights": [1.0, -1.0], "output": 0.5}]]
    >>> backward_propagate_error(network, [0.0])
    >>> network[0][0]["delta"]
    0.125
    """
    last = len(network) - 1
    for depth in range(last, -1, -1):  # last layer first: product 2 needs ∂E/∂z of the next layer
        for j, neuron in enumerate(network[depth]):  # one ∂E/∂z for every neuron
            if depth == last:
                # ∂E/∂output, directly from E: the derivative of ½ (output − expected)²
                error = neuron["output"] - expected[j]
            else:
                error = 0.0  # ∂E/∂output of a hidden neuron, before any path is added
                for following in network[depth + 1]:  # one path onward for each next neuron
                    # product 2: ∂z_next/∂output (= the weight between) · ∂E/∂z_next (= its delta);
                    # += sums over the paths: the chain rule for several variables
                    error += following["weights"][j] * following["delta"]
            # product 1: ∂E/∂output · ∂output/∂z = ∂E/∂z (= delta), in every layer alike
            neuron["delta"] = error * transfer_derivative(neuron["output"])


def update_weights(network: Network, row: Sequence[Any], l_rate: float) -> None:
    """Move every weight one step down, weight −= rate · ∂E/∂weight; the row ends in its label.

    >>> network = [[{"weights": [1.0, -1.0], "output": 0.5, "delta": 0.125}]]
    >>> update_weights(network, [2.0, "label"], l_rate=1.0)
    >>> network[0][0]["weights"]
    [0.75, -1.125]
    """
    inputs = list(row[:-1])  # ∂z/∂weight in the first layer: the row without its label
    for layer in network:  # every ∂E/∂z is stored already, so this order is free
        for neuron in layer:
            for j in range(len(inputs)):
                # product 3: ∂E/∂z (= delta) · ∂z/∂weight (= its input) = ∂E/∂weight;
                # times the rate and subtracted: the descent step, which is not the chain rule
                neuron["weights"][j] -= l_rate * neuron["delta"] * inputs[j]
            # product 3 again: ∂E/∂z · ∂z/∂bias = ∂E/∂bias, with ∂z/∂bias = 1 left unwritten
            neuron["weights"][-1] -= l_rate * neuron["delta"]
        inputs = [neuron["output"] for neuron in layer]  # ∂z/∂weight in the next layer


def train_network(
    network: Network, train: Sequence[Row], l_rate: float, n_epoch: int, n_outputs: int
) -> list[float]:
    """Descend row by row for a fixed number of epochs; return each epoch's Σ (expected − output)².

    A row ends in its class, an integer below `n_outputs`; the sum is 2 E, while weights change.
    """
    history = []
    for _ in range(n_epoch):
        sum_error = 0.0
        for row in train:
            outputs = forward_propagate(network, row)
            expected = [0] * n_outputs
            expected[row[-1]] = 1
            for target, output in zip(expected, outputs, strict=True):
                sum_error += (target - output) ** 2
            backward_propagate_error(network, expected)
            update_weights(network, row, l_rate)
        history.append(sum_error)
    return history


def predict(network: Network, row: Sequence[Any]) -> int:
    """Return the class of a row: the index of the largest output, the first if several are.

    >>> predict([[{"weights": [1.0, 0.0]}, {"weights": [2.0, 0.0]}]], [3.0])
    1
    """
    outputs = forward_propagate(network, row)
    return outputs.index(max(outputs))


def load_csv(filename: str) -> list[Row]:
    """Return the rows of a comma-separated file as lists of strings; blank lines are skipped."""
    with open(filename, newline="", encoding="utf-8") as file:
        return [row for row in csv.reader(file) if row]


def str_column_to_float(dataset: Sequence[Row], column: int) -> None:
    """Turn a column of strings into numbers, in place."""
    for row in dataset:
        row[column] = float(row[column].strip())


def str_column_to_int(dataset: Sequence[Row], column: int) -> dict[Any, int]:
    """Number a column's labels in sorted order, in place; return the number of each label.

    >>> str_column_to_int([["wild"], ["tame"], ["wild"]], 0)
    {'tame': 0, 'wild': 1}
    """
    codes = {label: code for code, label in enumerate(sorted({row[column] for row in dataset}))}
    for row in dataset:
        row[column] = codes[row[column]]
    return codes


def dataset_minmax(dataset: Sequence[Row]) -> list[list[Any]]:
    """Return [least, greatest] of every column."""
    return [[min(column), max(column)] for column in zip(*dataset, strict=False)]


def normalize_dataset(dataset: Sequence[Row], minmax: Sequence[Sequence[Any]]) -> None:
    """Scale all columns but the last to 0..1, x → (x − least) / (greatest − least), in place.

    >>> rows = [[1, 5], [3, 4], [2, 4]]
    >>> normalize_dataset(rows, dataset_minmax(rows))
    >>> rows
    [[0.0, 5], [1.0, 4], [0.5, 4]]
    """
    for row in dataset:
        for column in range(len(row) - 1):
            least, greatest = minmax[column]
            row[column] = (row[column] - least) / (greatest - least)


def cross_validation_split(dataset: Sequence[Row], n_folds: int) -> list[list[Row]]:
    """Draw rows without replacement into folds of ⌊rows / n_folds⌋; the rows left over are dropped.

    >>> [len(fold) for fold in cross_validation_split([[0]] * 11, 5)]
    [2, 2, 2, 2, 2]
    """
    remaining = list(dataset)
    size = len(dataset) // n_folds
    return [[remaining.pop(randrange(len(remaining))) for _ in range(size)] for _ in range(n_folds)]


def accuracy_metric(actual: Sequence[Any], predicted: Sequence[Any]) -> float:
    """Return the percentage of labels predicted right.

    >>> accuracy_metric([0, 1, 1, 0], [0, 1, 0, 0])
    75.0
    """
    right = sum(1 for label, guess in zip(actual, predicted, strict=True) if label == guess)
    return right / len(actual) * 100.0


def evaluate_algorithm(
    dataset: Sequence[Row], algorithm: Callable[..., Sequence[Any]], n_folds: int, *args: Any
) -> list[float]:
    """Return one accuracy a fold: `algorithm(train, test, *args)` learns from the other folds.

    The rows of `test` are copies whose label is None, so that no algorithm can read it.
    """
    folds = cross_validation_split(dataset, n_folds)
    scores = []
    for fold in folds:
        train = [row for other in folds if other is not fold for row in other]
        test = [[*row[:-1], None] for row in fold]
        scores.append(accuracy_metric([row[-1] for row in fold], algorithm(train, test, *args)))
    return scores


def back_propagation(
    train: Sequence[Row], test: Sequence[Row], l_rate: float, n_epoch: int, n_hidden: int
) -> list[int]:
    """Train a network on `train`, predict the rows of `test`; an algorithm to evaluate."""
    n_outputs = len({row[-1] for row in train})
    network = initialize_network(len(train[0]) - 1, n_hidden, n_outputs)
    train_network(network, train, l_rate, n_epoch, n_outputs)
    return [predict(network, row) for row in test]


def _describe(network: Network) -> Iterator[str]:
    """Say in words what each weight of each neuron belongs to."""
    source = "input"
    for depth, layer in enumerate(network, start=1):
        for number, neuron in enumerate(layer, start=1):
            *weights, bias = neuron["weights"]
            yield f"layer {depth}, neuron {number}"
            for j, weight in enumerate(weights, start=1):
                yield f"  weight of {source} {j}: {weight!r}"
            yield f"  bias: {bias!r}"
        source = f"layer {depth} output"


def main() -> None:
    """Train on the demo rows (seed 1, 2 hidden, rate 0.5, 20 epochs); print what came of it."""
    seed(1)
    l_rate = 0.5
    network = initialize_network(n_inputs=2, n_hidden=2, n_outputs=2)
    history = train_network(network, DEMO_ROWS, l_rate, n_epoch=20, n_outputs=2)
    for epoch, error in enumerate(history):
        print(f">epoch={epoch}, lrate={l_rate:.3f}, error={error:.3f}")
    places = {"products 1 and 2": backward_propagate_error, "product 3": update_weights}
    for what, function in places.items():
        print(f"chain rule, {what}: {function.__name__}, line {function.__code__.co_firstlineno}")
    print(*_describe(network), sep="\n")
    for row in DEMO_ROWS:
        print(f"expected={row[-1]}, predicted={predict(network, row)}")


if __name__ == "__main__":
    try:
        main()
        print(end="", flush=True)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
