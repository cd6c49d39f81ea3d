"""Linear regression by the normal equations, and Newton's method for a square root."""
import numpy as np

rng = np.random.RandomState(0)
X = np.c_[np.ones(25), rng.randn(25, 2)]
y = X @ np.array([0.5, 2.0, -1.0]) + 0.1 * rng.randn(25)
w = np.linalg.solve(X.T @ X, X.T @ y)
print('weights', w, 'error', np.mean((X @ w - y) ** 2))
x = 3.0
for i in range(6):
    x = x - (x * x - 7.0) / (2.0 * x)
    print(i, x)
