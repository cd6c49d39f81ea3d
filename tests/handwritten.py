"""Small programs that train by hand-written backpropagation, all of them right."""

# A full batch through two layers of sigmoids; the squared error is printed.
NET = """\
import numpy as np

rng = np.random.default_rng(4)
X = rng.normal(size=(6, 3))
T = rng.uniform(0.1, 0.9, size=(6, 2))
W1, b1 = rng.normal(size=(3, 4)), np.zeros((1, 4))
W2, b2 = rng.normal(size=(4, 2)), np.zeros((1, 2))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


for epoch in range(20):
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    print(epoch, 0.5 * np.sum((a2 - T) ** 2))
    dz2 = (a2 - T) * a2 * (1 - a2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0, keepdims=True)
    dz1 = (dz2 @ W2.T) * a1 * (1 - a1)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0, keepdims=True)
    W1 -= 0.1 * dW1
    b1 -= 0.1 * db1
    W2 -= 0.1 * dW2
    b2 -= 0.1 * db2
"""

# One row at a time, one number at a time: neurons are dictionaries in lists of layers.
NEURONS = """\
import math
import random

random.seed(3)
rows = [[0.4, -0.7, 0.9], [-0.2, 0.8, 0.2], [0.9, 0.3, 0.6], [-0.5, -0.4, 0.1]]


def layer(count, size):
    return [{"weights": [random.uniform(-1, 1) for _ in range(size + 1)]} for _ in range(count)]


network = [layer(3, 2), layer(2, 3)]


def forward(row):
    values = row
    for units in network:
        outputs = []
        for neuron in units:
            total = neuron["weights"][-1]
            for weight, value in zip(neuron["weights"], values):
                total += weight * value
            neuron["output"] = 1 / (1 + math.exp(-total))
            outputs.append(neuron["output"])
        values = outputs
    return values


def backward(expected):
    for k in reversed(range(len(network))):
        for j, neuron in enumerate(network[k]):
            if k == len(network) - 1:
                error = neuron["output"] - expected[j]
            else:
                error = 0.0
                for after in network[k + 1]:
                    error += after["weights"][j] * after["delta"]
            slope = neuron["output"] * (1 - neuron["output"])
            neuron["delta"] = error * slope


def update(row, rate):
    for k, units in enumerate(network):
        values = row if k == 0 else [neuron["output"] for neuron in network[k - 1]]
        for neuron in units:
            for i, value in enumerate(values):
                neuron["weights"][i] -= rate * neuron["delta"] * value
            neuron["weights"][-1] -= rate * neuron["delta"]


for epoch in range(4):
    for row in rows:
        forward(row[:2])
        backward([row[2], 1 - row[2]])
        update(row[:2], 0.5)
"""

# Layers are objects; the cross-entropy is fused with the softmax; a step per batch.
LAYERS = """\
import numpy as np


class Dense:
    def __init__(self, inputs, outputs, rng):
        self.weights = rng.normal(size=(inputs, outputs)) * 0.7
        self.bias = rng.normal(size=outputs) * 0.1

    def forward(self, x):
        self.x = x
        return x @ self.weights + self.bias

    def backward(self, grad):
        self.d_weights = self.x.T @ grad
        self.d_bias = grad.sum(axis=0)
        return grad @ self.weights.T

    def step(self, rate):
        self.weights -= rate * self.d_weights
        self.bias -= rate * self.d_bias


class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Softmax:
    def forward(self, x, labels):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.labels = labels
        return -np.mean(np.log(self.p[np.arange(len(labels)), labels]))

    def backward(self):
        grad = self.p.copy()
        grad[np.arange(len(self.labels)), self.labels] -= 1
        return grad / len(self.labels)


rng = np.random.default_rng(1)
X, y = rng.normal(size=(8, 3)), np.array([0, 1, 2, 1, 0, 2, 1, 0])
first, relu, second, head = Dense(3, 6, rng), Relu(), Dense(6, 3, rng), Softmax()
for epoch in range(10):
    loss = head.forward(second.forward(relu.forward(first.forward(X))), y)
    print(epoch, loss)
    grad = second.backward(head.backward())
    first.backward(relu.backward(grad))
    for dense in (first, second):
        dense.step(0.5)
"""

# Characters through a recurrent layer, back through time, clipped, Adagrad.
RNN = """\
import numpy as np

np.random.seed(0)
text, size, hidden, rate = [0, 2, 1, 3, 1, 2, 0, 3, 1], 4, 5, 0.1
Wxh = np.random.randn(hidden, size) * 0.3
Whh = np.random.randn(hidden, hidden) * 0.3
Why = np.random.randn(size, hidden) * 0.3
bh, by = np.zeros((hidden, 1)), np.zeros((size, 1))


def loss_and_gradients(inputs, targets, hprev):
    xs, hs, ps, loss = {}, {-1: np.copy(hprev)}, {}, 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        scores = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    for grad in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(grad, -5, 5, out=grad)
    return loss, dWxh, dWhh, dWhy, dbh, dby, hs[len(inputs) - 1]


mWxh, mWhh, mWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
mbh, mby = np.zeros_like(bh), np.zeros_like(by)
hprev = np.zeros((hidden, 1))
for n in range(6):
    begin = n % 4
    loss, dWxh, dWhh, dWhy, dbh, dby, hprev = loss_and_gradients(
        text[begin : begin + 3], text[begin + 1 : begin + 4], hprev
    )
    print(n, loss)
    for param, dparam, memory in zip(
        [Wxh, Whh, Why, bh, by], [dWxh, dWhh, dWhy, dbh, dby], [mWxh, mWhh, mWhy, mbh, mby]
    ):
        memory += dparam * dparam
        param += -rate * dparam / np.sqrt(memory + 1e-8)
"""

# A yes or no, parameters and moments in dictionaries, the norm clipped, Adam.
ADAM = """\
import numpy as np

rng = np.random.default_rng(2)
x = rng.normal(size=(7, 3))
y = (rng.uniform(size=(7, 1)) > 0.5).astype(float)
params = {
    "w1": rng.normal(size=(3, 5)), "b1": np.zeros(5),
    "w2": rng.normal(size=(5, 1)), "b2": np.zeros(1),
}
m = {key: np.zeros_like(value) for key, value in params.items()}
v = {key: np.zeros_like(value) for key, value in params.items()}


def gradients(p):
    h = np.tanh(x @ p["w1"] + p["b1"])
    out = 1 / (1 + np.exp(-(h @ p["w2"] + p["b2"])))
    loss = -np.mean(y * np.log(out) + (1 - y) * np.log(1 - out))
    delta = (out - y) / len(x)
    grads = {"w2": h.T @ delta, "b2": delta.sum(axis=0)}
    dh = delta @ p["w2"].T
    dz = dh * (1 - h**2)
    grads["w1"] = x.T @ dz
    grads["b1"] = dz.sum(axis=0)
    return loss, grads


for t in range(1, 9):
    loss, grads = gradients(params)
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    for key in params:
        g = grads[key] * min(1.0, 1.0 / norm)
        m[key] = 0.9 * m[key] + 0.1 * g
        v[key] = 0.999 * v[key] + 0.001 * g**2
        fixed = m[key] / (1 - 0.9**t)
        params[key] = params[key] - 0.01 * fixed / (np.sqrt(v[key] / (1 - 0.999**t)) + 1e-8)
    print(t, loss)
"""

# A deeper net with momentum, weight decay in the gradient, a dropout mask; output by its own slope.
DEEP = """\
import numpy as np

np.random.seed(5)
inputs = np.random.randn(9, 4)
goals = np.random.randn(9, 2)
sizes = [4, 6, 5, 2]
weights = [np.random.randn(a, b) * 0.5 for a, b in zip(sizes, sizes[1:])]
biases = [np.zeros(b) for b in sizes[1:]]
speeds = [np.zeros_like(w) for w in weights]
keep, decay = 0.8, 0.01


def step(rate, friction):
    kept, masks = [inputs], []
    for k, (w, b) in enumerate(zip(weights, biases)):
        total = kept[-1] @ w + b
        if k < len(weights) - 1:
            mask = (np.random.rand(*total.shape) < keep) / keep
            masks.append(mask)
            kept.append(np.tanh(total) * mask)
        else:
            kept.append(total)
    cost = np.mean((kept[-1] - goals) ** 2)
    signal = 2 * (kept[-1] - goals) / goals.size
    for k in range(len(weights) - 1, -1, -1):
        d_w = kept[k].T @ signal + decay * weights[k]
        d_b = np.sum(signal, axis=0)
        if k > 0:
            before = kept[k] / np.where(masks[k - 1] > 0, masks[k - 1], 1)
            signal = (signal @ weights[k].T) * masks[k - 1] * (1 - before**2)
        speeds[k] = friction * speeds[k] - rate * d_w
        weights[k] += speeds[k]
        biases[k] -= rate * d_b
    return cost


for epoch in range(8):
    print(epoch, step(0.05, 0.9))
"""
PROGRAMS = {
    "net": NET, "neurons": NEURONS, "layers": LAYERS, "rnn": RNN, "adam": ADAM, "deep": DEEP,
}  # fmt: skip
