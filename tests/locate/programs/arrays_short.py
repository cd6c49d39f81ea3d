"""A few lines of NumPy, old random numbers, augmented assignment."""
import numpy as np
np.random.seed(1)
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0, 1, 1, 0]]).T
w0 = 2 * np.random.random((3, 4)) - 1
w1 = 2 * np.random.random((4, 1)) - 1
sig = lambda x, deriv=False: x * (1 - x) if deriv else 1 / (1 + np.exp(-x))
for j in range(60):
    l1 = sig(np.dot(X, w0))
    l2 = sig(np.dot(l1, w1))
    d2 = (y - l2) * sig(l2, True)
    d1 = d2.dot(w1.T) * sig(l1, deriv=True)
    w1 += l1.T.dot(d2)
    w0 += X.T.dot(d1)
    if j % 20 == 0:
        print('error', np.mean(np.abs(y - l2)), type(l2), l2.dtype, type(np.mean(l2)))
print(l2)
print(w0.tolist())
