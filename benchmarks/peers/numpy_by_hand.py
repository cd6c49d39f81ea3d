"""NumPy by hand: forward and backward written out, every result into memory made once."""

from time import perf_counter
from typing import Any

import numpy as np

from chainrule.chain import Array

from ..task import RATES, Layers, Task
from . import Train, Trained


class Network:
    """Weights, and the memory that every batch writes into."""

    def __init__(self, task: Task) -> None:
        number: Any = np.dtype(task.dtype).type
        self.task, self.number = task, number
        self.layers = task.start()
        self.A = [np.empty((task.batch, units), number) for units in task.sizes]
        self.D = [np.empty((task.batch, units), number) for units in task.sizes]
        self.slope = [np.empty((task.batch, units), number) for units in task.sizes]
        self.G, self.V, self.S, self.T = (self._zeros() for _ in range(4))
        self.column = np.empty((task.batch, 1), number)
        self.targets = np.empty(task.batch, np.int64)
        self.each = np.arange(task.batch)
        self.step = {"sgd": self.sgd, "momentum": self.momentum, "adam": self.adam}[task.solver]
        self.loss = 0.0
        self.t = 0

    def _zeros(self) -> Layers:
        return [(np.zeros_like(W), np.zeros_like(b)) for W, b in self.layers]

    def update(self, X: Array, y: Array, rows: Array) -> None:
        """Go one step down the gradient over some rows."""
        np.take(X, rows, 0, out=self.A[0], mode="clip")
        np.take(y, rows, 0, out=self.targets, mode="clip")
        self.forward()
        if self.task.tiny:
            self.squared_error()
        else:
            self.cross_entropy()
        self.backward()
        self.t += 1
        for part in zip(self.layers, self.G, self.V, self.S, self.T, strict=True):
            for arrays in zip(*part, strict=True):
                self.step(*arrays)

    def forward(self) -> None:
        """Compute the activations; the last layer's are net inputs, unless it is logistic."""
        last = len(self.layers) - 1
        for layer, (W, b) in enumerate(self.layers):
            z = self.A[layer + 1]
            np.matmul(self.A[layer], W, out=z)
            np.add(z, b, out=z)
            if self.task.tiny:
                np.negative(z, out=z)
                np.exp(z, out=z)
                np.add(z, 1, out=z)
                np.reciprocal(z, out=z)
            elif layer < last:
                np.maximum(z, 0, out=z)

    def squared_error(self) -> None:
        """Add Σ (a − y)² to the loss; write ∂J/∂z of the last layer."""
        a, d = self.A[-1], self.D[-1]
        np.copyto(d, a)
        d[self.each, self.targets] -= 1
        self.loss += float(np.vdot(d, d)) / len(d)
        self.times_slope(len(self.layers))
        np.multiply(d, self.number(1 / len(d)), out=d)

    def cross_entropy(self) -> None:
        """Add −log softmax of the classes to the loss; write ∂J/∂z of the last layer."""
        z, d, column = self.A[-1], self.D[-1], self.column
        np.max(z, axis=1, out=column, keepdims=True)
        np.subtract(z, column, out=d)
        chosen = d[self.each, self.targets]
        np.exp(d, out=d)
        np.sum(d, axis=1, out=column, keepdims=True)
        np.divide(d, column, out=d)
        d[self.each, self.targets] -= 1
        np.multiply(d, self.number(1 / len(d)), out=d)
        self.loss += float(np.log(column).sum() - chosen.sum()) / len(d)

    def times_slope(self, layer: int) -> None:
        """Multiply ∂J/∂a of a layer by the derivative of its activation."""
        a, slope, d = self.A[layer], self.slope[layer], self.D[layer]
        if self.task.tiny:
            np.subtract(1, a, out=slope)
            np.multiply(slope, a, out=slope)
        else:
            np.greater(a, 0, out=slope, casting="unsafe")
        np.multiply(d, slope, out=d)

    def backward(self) -> None:
        """Write the gradient of every layer, the last first."""
        for layer in range(len(self.layers) - 1, -1, -1):
            d = self.D[layer + 1]
            dW, db = self.G[layer]
            np.matmul(self.A[layer].T, d, out=dW)
            np.sum(d, axis=0, out=db)
            if layer:
                np.matmul(d, self.layers[layer][0].T, out=self.D[layer])
                self.times_slope(layer)

    def sgd(self, p: Array, g: Array, _v: Array, _s: Array, _scratch: Array) -> None:
        """Step by the gradient."""
        np.multiply(g, self.number(RATES["sgd"]), out=g)
        np.subtract(p, g, out=p)

    def momentum(self, p: Array, g: Array, v: Array, _s: Array, scratch: Array) -> None:
        """Step by the velocity."""
        np.multiply(v, self.number(0.9), out=v)
        np.add(v, g, out=v)
        np.multiply(v, self.number(RATES["momentum"]), out=scratch)
        np.subtract(p, scratch, out=p)

    def adam(self, p: Array, g: Array, m: Array, s: Array, scratch: Array) -> None:
        """Step by the mean over the root of the mean square, both without their bias."""
        rate = RATES["adam"] * np.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
        np.multiply(m, self.number(0.9), out=m)
        np.multiply(g, self.number(0.1), out=scratch)
        np.add(m, scratch, out=m)
        np.multiply(s, self.number(0.999), out=s)
        np.multiply(g, g, out=g)
        np.multiply(g, self.number(0.001), out=g)
        np.add(s, g, out=s)
        np.sqrt(s, out=scratch)
        np.add(scratch, self.number(1e-8), out=scratch)
        np.divide(m, scratch, out=scratch)
        np.multiply(scratch, self.number(rate), out=scratch)
        np.subtract(p, scratch, out=p)


def prepare(task: Task) -> Train:
    """Return the training."""
    X, y = task.data()
    batches = np.arange(task.rows).reshape(-1, task.batch)

    def train() -> Trained:
        network = Network(task)
        for rows in batches:
            network.update(X, y, rows)
        start = perf_counter()
        for _ in range(task.epochs):
            for rows in batches:
                network.update(X, y, rows)
        return Trained(network.layers, perf_counter() - start)

    return train
