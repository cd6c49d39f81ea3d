"""SciPy calls back, eval, statistics, vectorize, struct, float32, threads of C: plain values there."""
import statistics
import struct

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

rng = np.random.RandomState(0)
X, y = rng.randn(20, 3), rng.randint(0, 2, 20)
start = np.array([0.1, -0.2, 0.3])


def cost(w):
    p = expit(X @ w)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + 0.01 * np.sum(w ** 2)


def slope(w):
    return X.T @ (expit(X @ w) - y) / len(y) + 0.02 * w


answer = minimize(cost, start, jac=slope, method='BFGS', options={'maxiter': 5})
print(answer.x, answer.fun, answer.nit)
w = answer.x - 0.1 * slope(answer.x)
print(w, eval('w.sum() * 2'), statistics.mean([float(v) for v in w]))
soft = np.vectorize(lambda v: max(0.0, v) if v < 1 else 1.0)
print(soft(X[:2]), struct.pack('d', w[0]).hex())
Z = X.astype(np.float32)
u = np.ones(3, dtype=np.float32)
u -= 0.1 * (Z.T @ (Z @ u)) / 20
print(u, u[0], u.dtype, (u[0] * 2).dtype, np.apply_along_axis(lambda r: r.max() - r.min(), 1, X)[:3])
