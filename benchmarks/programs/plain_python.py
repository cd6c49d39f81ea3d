"""A 64-30-10 sigmoid network in lists of floats, one update a row, on rows like scanned digits."""

import math
import random

random.seed(1)
N_IN, N_HID, N_OUT = 64, 30, 10


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


def dot(w, x):
    total = 0.0
    for wi, xi in zip(w, x):
        total += wi * xi
    return total


class Network:
    def __init__(self, sizes):
        self.weights = [
            [[random.gauss(0, 1) / math.sqrt(n) for _ in range(n)] for _ in range(m)]
            for n, m in zip(sizes[:-1], sizes[1:])
        ]
        self.biases = [[random.gauss(0, 1) for _ in range(m)] for m in sizes[1:]]

    def forward(self, x):
        activations = [x]
        for W, b in zip(self.weights, self.biases):
            x = [sigmoid(dot(w, x) + bi) for w, bi in zip(W, b)]
            activations.append(x)
        return activations

    def update(self, x, y, rate):
        activations = self.forward(x)
        out = activations[-1]
        delta = [(o - t) * o * (1 - o) for o, t in zip(out, y)]
        for layer in range(len(self.weights) - 1, -1, -1):
            W, b, a = self.weights[layer], self.biases[layer], activations[layer]
            if layer > 0:
                before = [
                    sum(W[j][i] * delta[j] for j in range(len(W))) * a[i] * (1 - a[i])
                    for i in range(len(a))
                ]
            for j in range(len(W)):
                for i in range(len(a)):
                    W[j][i] -= rate * delta[j] * a[i]
                b[j] -= rate * delta[j]
            if layer > 0:
                delta = before
        return 0.5 * sum((o - t) ** 2 for o, t in zip(out, y))


def main():
    rows = []
    for k in range(300):
        label = k % N_OUT
        x = [random.randint(0, 16) / 16.0 for _ in range(N_IN)]
        y = [1.0 if j == label else 0.0 for j in range(N_OUT)]
        rows.append((x, y))
    net = Network([N_IN, N_HID, N_OUT])
    for epoch in range(5):
        loss = 0.0
        for x, y in rows:
            loss += net.update(x, y, 0.5)
        print(epoch, loss / len(rows))


main()
