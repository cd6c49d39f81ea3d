"""Oja's rule: one neuron finds the first principal direction; no loss is differentiated backwards."""
import numpy as np

rng = np.random.RandomState(21)
X = rng.randn(80, 3) @ np.diag([2.0, 0.7, 0.3])
w = rng.randn(3)
w /= np.linalg.norm(w)
for epoch in range(10):
    for x in X:
        y = w @ x
        w += 0.005 * y * (x - y * w)
print(np.round(w, 2))
