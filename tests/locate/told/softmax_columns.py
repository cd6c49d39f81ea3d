"""Softmax regression, a sample a column, unrolled column by column, for L-BFGS."""
import numpy as np
from functools import partial
from scipy.optimize import fmin_l_bfgs_b

rng = np.random.default_rng(5)
X = rng.normal(size=(6, 25))
labels = rng.integers(0, 4, 25)


def unpack(theta, n, k):
    W = theta[:n * k].reshape(k, n, order='F')
    b = theta[n * k:].reshape(k, 1)
    return W, b


def softmax_cost(theta, X, labels, decay=0.01):
    n, m = X.shape
    W, b = unpack(theta, n, 4)
    truth = np.zeros((4, m))
    truth[labels, np.arange(m)] = 1
    z = W @ X + b
    z = z - z.max(axis=0)
    p = np.exp(z) / np.exp(z).sum(axis=0)
    loss = -np.sum(truth * np.log(p)) / m + decay / 2 * np.sum(W * W)
    dz = (p - truth) / m
    dW = dz @ X.T + decay * W
    db = dz.sum(axis=1, keepdims=True)
    return loss, np.r_[dW.ravel(order='F'), db.ravel()]


theta = 0.1 * rng.normal(size=28)
best, value, info = fmin_l_bfgs_b(partial(softmax_cost, X=X, labels=labels), theta, maxiter=20)
print(value)
