"""Gradient descent without backprop: every derivative is a difference quotient of the loss."""
import numpy as np

rng = np.random.RandomState(3)
X = rng.randn(20, 2)
y = np.sin(X[:, 0]) + 0.3 * X[:, 1]
theta = 0.5 * rng.randn(13)


def loss(t):
    hidden = np.tanh(X @ t[:6].reshape(2, 3) + t[6:9])
    return np.mean((hidden @ t[9:12] + t[12] - y) ** 2)


h = 1e-5
for step in range(100):
    grad = np.zeros_like(theta)
    for i in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[i] += h
        down[i] -= h
        grad[i] = (loss(up) - loss(down)) / (2 * h)
    theta -= 0.2 * grad
    if step % 25 == 0:
        print(step, loss(theta))
