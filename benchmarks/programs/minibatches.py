"""A program of the usual size: 60,000 rows of 784, 784-128-10 relu and softmax, minibatches."""

import numpy as np

rng = np.random.default_rng(0)
X = rng.random((60_000, 784))
labels = rng.integers(0, 10, len(X))
Y = np.eye(10)[labels]
W1 = rng.standard_normal((784, 128)) * 0.05
b1 = np.zeros(128)
W2 = rng.standard_normal((128, 10)) * 0.1
b2 = np.zeros(10)
rate, batch = 0.1, 128

for epoch in range(2):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch):
        rows = order[start : start + batch]
        x, y = X[rows], Y[rows]
        z1 = x @ W1 + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2 + b2
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.sum(y * np.log(p)) / len(x)
        dz2 = (p - y) / len(x)
        dW2 = a1.T @ dz2
        db2 = dz2.sum(axis=0)
        dz1 = (dz2 @ W2.T) * (z1 > 0)
        dW1 = x.T @ dz1
        db1 = dz1.sum(axis=0)
        W1 -= rate * dW1
        b1 -= rate * db1
        W2 -= rate * dW2
        b2 -= rate * db2
    print(epoch, loss)
